package ba

import (
	"bytes"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/charmap"
)

// maxPageText is how many characters of a page's words are kept.
const maxPageText = 500

// parsePage reads a page as HTML. Its characters are what the Content-Type says, else UTF-8 if they can be, else ISO-8859-1: the BA
// documents no charset.
func parsePage(contentType string, body []byte) (*html.Node, error) {
	root, err := html.Parse(bytes.NewReader(decode(contentType, body)))
	if err != nil {
		return nil, fmt.Errorf("parse page: %w", err)
	}
	return root, nil
}

func decode(contentType string, body []byte) []byte {
	switch charset(contentType) {
	case "utf-8", "utf8", "us-ascii":
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	case "iso-8859-1", "latin1", "windows-1252", "iso-8859-15":
		return fromLatin1(body)
	}
	if utf8.Valid(body) {
		return body
	}
	return fromLatin1(body)
}

func charset(contentType string) string {
	_, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		return ""
	}
	return strings.ToLower(params["charset"])
}

// fromLatin1 reads windows-1252, which is what browsers understand by ISO-8859-1. It cannot fail: every byte is a character.
func fromLatin1(body []byte) []byte {
	var b bytes.Buffer
	for _, c := range body {
		b.WriteRune(charmap.Windows1252.DecodeByte(c))
	}
	return b.Bytes()
}

// title returns the words of the first title element, with single spaces.
func title(root *html.Node) string {
	for node := range root.Descendants() {
		if node.DataAtom == atom.Title {
			return words(node)
		}
	}
	return ""
}

// bodyText returns the words of a page's body, cut to maxPageText characters.
func bodyText(root *html.Node) string {
	for node := range root.Descendants() {
		if node.DataAtom == atom.Body {
			text := []rune(words(node))
			return string(text[:min(len(text), maxPageText)])
		}
	}
	return ""
}

// words joins the text below a node, with single spaces and without scripts and styles.
func words(node *html.Node) string {
	var b strings.Builder
	for child := range node.Descendants() {
		if child.Type != html.TextNode || child.Parent.DataAtom == atom.Script || child.Parent.DataAtom == atom.Style {
			continue
		}
		b.WriteString(child.Data)
		b.WriteByte(' ')
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// attribute returns the value of an element's attribute, and whether it is there.
func attribute(node *html.Node, name string) (string, bool) {
	for _, a := range node.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}
