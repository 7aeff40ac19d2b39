// Package inspect applies the BA's rules that go beyond the schema of HR-BA-XML and need nothing but the ad, the day and the
// catalogue. [Ad] judges one ad, which may come from a posting or from a file; [File] judges any file, its structure first.
package inspect
