package hrbaxml

import (
	"encoding/xml"
	"regexp"
	"strings"
	"sync"
)

// The namespaces that a file may speak of or must not take for its own.
const (
	namespaceXSI   = "http://www.w3.org/2001/XMLSchema-instance"
	namespaceXML   = "http://www.w3.org/XML/1998/namespace"
	namespaceXMLNS = "http://www.w3.org/2000/xmlns/"
)

// attributes refuses all but declarations of prefixes and, under their usual prefix, the hints at a schema for validators. One
// that is refused is told for each element: a tag may have a great many.
func (c *checker) attributes(attrs []xml.Attr) error {
	hints := len(c.hints) > 0 && c.hints[len(c.hints)-1]
	for _, a := range attrs {
		if a.Name.Space == "xmlns" && a.Name.Local == "xsi" {
			hints = a.Value == namespaceXSI
		}
	}
	c.hints = append(c.hints, hints)
	for _, a := range attrs {
		isHint := a.Name.Space == "xsi" && (a.Name.Local == "schemaLocation" || a.Name.Local == "noNamespaceSchemaLocation")
		if !declares(a) && !(isHint && hints) {
			c.add(Violation{Reason: HasAttribute, ID: c.track.top().id, Path: c.track.here(), Value: excerpt(qualified(a.Name))})
			return nil
		}
	}
	if name, twice := givenTwice(attrs); twice {
		return c.malformed("the attribute " + excerpt(qualified(name)) + " stands twice")
	}
	return nil
}

// declares reports whether the attribute declares a prefix, or that there is no default namespace. Reserved names stay as they are.
func declares(a xml.Attr) bool {
	switch {
	case a.Name.Space == "xmlns" && a.Name.Local == "xml":
		return a.Value == namespaceXML
	case a.Name.Space == "xmlns":
		return a.Name.Local != "xmlns" && a.Value != "" && a.Value != namespaceXML && a.Value != namespaceXMLNS
	}
	return a.Name == xml.Name{Local: "xmlns"} && a.Value == ""
}

// givenTwice finds an attribute that stands twice.
func givenTwice(attrs []xml.Attr) (xml.Name, bool) {
	if len(attrs) < 2 {
		return xml.Name{}, false
	}
	seen := make(map[xml.Name]bool, len(attrs))
	for _, a := range attrs {
		if seen[a.Name] {
			return a.Name, true
		}
		seen[a.Name] = true
	}
	return xml.Name{}, false
}

// declarationForm is the XML declaration with its encoding, in either sort of quotes. The decoder sees less: it overlooks an
// encoding with spaces around the sign and quotes that do not match.
var declarationForm = sync.OnceValue(func() *regexp.Regexp {
	const space, equals = `[ \t\r\n]`, `[ \t\r\n]*=[ \t\r\n]*`
	const name = `[A-Za-z][A-Za-z0-9._-]*`
	return regexp.MustCompile(`^version` + equals + `(?:"1\.0"|'1\.0')` +
		`(?:` + space + `+encoding` + equals + `(?:"(` + name + `)"|'(` + name + `)'))?` +
		`(?:` + space + `+standalone` + equals + `(?:"(?:yes|no)"|'(?:yes|no)'))?` + space + `*$`)
})

func (c *checker) instruction(t xml.ProcInst) error {
	c.begun = true
	if !strings.EqualFold(t.Target, "xml") {
		return c.aside(t.Inst)
	}
	parts := declarationForm().FindSubmatch(t.Inst)
	if c.offset > 0 || t.Target != "xml" || parts == nil {
		return c.malformed("the XML declaration is wrong or not at the beginning")
	}
	if err := c.source.decode(string(parts[1]) + string(parts[2])); err != nil {
		return c.stop(Violation{Reason: BadEncoding, Detail: err.Error()})
	}
	return nil
}
