// Package hrbaxml knows HR-BA-XML, the file interface over which the Bundesagentur für Arbeit (BA) takes job ads.
//
// One schema table (see [Release]) says what a file may hold: every element with its place, its number, its kind of value and
// its codes. Everything else follows from it: [Writer] writes files, [Check] and [Read] judge and read anybody's, [CheckAd]
// judges one ad before it is saved, and the XSD in xsd/ and the field reference in docs/ are generated. An ad is a flat list of
// values ([Ad]); its tree is implied by the table. [ReadFeedback] reads the BA's answers, [FileName] their names.
//
// The package is pure: no database, no network, no clock.
package hrbaxml

//go:generate go run ./gen
