// Package preflight holds the rules by which the Bundesagentur für Arbeit (BA) refuses job ads beyond the schema of HR-BA-XML: all 103 that
// it documents (release P82), as data, in one place. Those that can be judged outside the BA are functions over an ad: [Ad] judges one ad,
// which may come from a posting or from a file, [File] judges any file, its structure first. The others are explained when the BA answers
// with them ([ByCode]).
package preflight
