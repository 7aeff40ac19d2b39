package basim

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Bounds on an uploaded document, far above what the interface needs: ten levels, and a hundred elements for an ad.
const (
	maxDepth    = 32
	maxElements = 2_000_000
	maxText     = 64 << 10
)

// Element is a piece of an uploaded XML document: either children or text.
type Element struct {
	Name     string     `json:"name"`
	Text     string     `json:"text,omitempty"`
	Children []*Element `json:"children,omitempty"`
	// line is where the element starts in the file.
	line int
}

// All returns the elements at a path of names such as "JobPositionInformation/NumberToFill", below e, in document order.
func (e *Element) All(path string) []*Element {
	found := []*Element{e}
	for name := range strings.SplitSeq(path, "/") {
		var next []*Element
		for _, parent := range found {
			for _, child := range parent.Children {
				if child.Name == name {
					next = append(next, child)
				}
			}
		}
		found = next
	}
	return found
}

// Get returns the text of the first element at a path, without surrounding white space; empty if there is none.
func (e *Element) Get(path string) string {
	if found := e.All(path); len(found) > 0 {
		return strings.TrimSpace(found[0].Text)
	}
	return ""
}

// Has reports whether there is an element at a path.
func (e *Element) Has(path string) bool { return len(e.All(path)) > 0 }

// clone returns a copy that shares nothing with the original.
func (e *Element) clone() *Element {
	c := *e
	c.Children = make([]*Element, len(e.Children))
	for i, child := range e.Children {
		c.Children[i] = child.clone()
	}
	return &c
}

// errBlank means that a file holds nothing but white space.
var errBlank = errors.New("die Datei ist leer")

// parse reads a whole XML document. It refuses what the interface does not have: a DOCTYPE, namespaces, attributes other than
// declarations of namespaces, and text beside elements. Its errors are in German, for the feedback.
func parse(raw []byte) (*Element, error) {
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, errBlank
	}
	decoder := xml.NewDecoder(bytes.NewReader(raw))
	document := &Element{}
	open := []*Element{document}
	for elements := 0; elements <= maxElements; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return root(document)
		}
		if err != nil {
			return nil, err
		}
		line, _ := decoder.InputPos()
		if open, err = grow(open, token, line); err != nil {
			return nil, fmt.Errorf("in Zeile %d: %w", line, err)
		}
		if _, ok := token.(xml.StartElement); ok {
			elements++
		}
	}
	return nil, errors.New("die Datei hat zu viele Elemente")
}

// root returns the one element of a document.
func root(document *Element) (*Element, error) {
	if len(document.Children) != 1 {
		return nil, errors.New("ein Dokument hat genau ein Wurzelelement")
	}
	return document.Children[0], nil
}

// grow adds a token to the innermost of the open elements and returns those that are open after it.
func grow(open []*Element, token xml.Token, line int) ([]*Element, error) {
	inner := open[len(open)-1]
	switch t := token.(type) {
	case xml.StartElement:
		if err := plain(t); err != nil {
			return nil, err
		}
		if len(open) > maxDepth {
			return nil, errors.New("die Elemente sind zu tief verschachtelt")
		}
		if strings.TrimSpace(inner.Text) != "" {
			return nil, fmt.Errorf("in %s steht Text neben Elementen", inner.Name)
		}
		inner.Text = ""
		child := &Element{Name: t.Name.Local, line: line}
		inner.Children = append(inner.Children, child)
		return append(open, child), nil
	case xml.EndElement:
		return open[:len(open)-1], nil
	case xml.CharData:
		if len(inner.Children) == 0 && len(open) > 1 {
			if len(inner.Text)+len(t) > maxText {
				return nil, fmt.Errorf("der Text von %s ist zu lang", inner.Name)
			}
			inner.Text += string(t)
			return open, nil
		}
		if len(bytes.TrimSpace(t)) > 0 && !bytes.Equal(t, []byte("\ufeff")) {
			return nil, fmt.Errorf("in %s steht Text neben Elementen", inner.Name)
		}
	case xml.Directive:
		return nil, errors.New("ein DOCTYPE ist nicht erlaubt")
	}
	return open, nil
}

// plain refuses names with a namespace, and attributes.
func plain(start xml.StartElement) error {
	if start.Name.Space != "" {
		return fmt.Errorf("%s steht im Namensraum %q; die Schnittstelle hat keinen", start.Name.Local, start.Name.Space)
	}
	for _, attribute := range start.Attr {
		declares := attribute.Name.Space == "xmlns" || attribute.Name.Local == "noNamespaceSchemaLocation"
		if !declares {
			return fmt.Errorf("%s hat das Attribut %s; die Schnittstelle hat keine", start.Name.Local, attribute.Name.Local)
		}
	}
	return nil
}
