package posting

import (
	"regexp"
	"slices"
	"strings"
)

// tagKind is what a piece of HTML does to the text around it.
type tagKind int

const (
	// plainWords is text: words, and angle brackets that are no markup, as in "a < b", "<max@example.org>" or "<Muster GmbH>".
	plainWords tagKind = iota
	// inlineTag changes how words look and is dropped; so are comments.
	inlineTag
	linkTag
	// hiddenTag holds what is not for people, as scripts do.
	hiddenTag
	breakTag
	lineTag
	paragraphTag
	preTag
	cellTag
	listTag
	itemTag
)

// makesLines says that the element sets its text apart from what stands before it.
func (k tagKind) makesLines() bool { return k >= breakTag }

// kindOf returns the kind of an element of HTML, of any version, or of office software; plainWords for every other name.
func kindOf(name string) tagKind {
	switch name {
	case "a":
		return linkTag
	case "script", "style", "title":
		return hiddenTag
	case "br":
		return breakTag
	case "p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "hr", "dl":
		return paragraphTag
	case "address", "article", "aside", "body", "caption", "center", "dd", "details", "dialog", "div", "dt", "fieldset", "figcaption", "figure",
		"footer", "form", "frameset", "head", "header", "hgroup", "html", "legend", "main", "nav", "noframes", "optgroup", "option", "search",
		"section", "summary", "tbody", "tfoot", "thead", "tr":
		return lineTag
	case "listing", "plaintext", "pre", "xmp":
		return preTag
	case "td", "th":
		return cellTag
	case "ul", "ol", "menu", "dir":
		return listTag
	case "li":
		return itemTag
	case "abbr", "acronym", "applet", "area", "audio", "b", "base", "basefont", "bdi", "bdo", "bgsound", "big", "blink", "button", "canvas", "cite",
		"code", "col", "colgroup", "data", "datalist", "del", "dfn", "em", "embed", "font", "frame", "i", "iframe", "image", "img", "input", "ins",
		"kbd", "keygen", "label", "link", "map", "mark", "marquee", "math", "meta", "meter", "nobr", "noembed", "noscript", "object", "output",
		"param", "picture", "portal", "progress", "q", "rb", "rp", "rt", "rtc", "ruby", "s", "samp", "select", "slot", "small", "source", "spacer",
		"span", "strike", "strong", "sub", "sup", "svg", "template", "textarea", "time", "track", "tt", "u", "var", "video", "wbr":
		return inlineTag
	}
	if prefix, _, ok := strings.Cut(name, ":"); ok && slices.Contains([]string{"o", "w", "v", "x", "m", "st1"}, prefix) {
		return inlineTag
	}
	return plainWords
}

// tag is a whole tag. No tag holds a "<", not even between quotes: an opened quote that nobody closes would take the text after it along.
var tag = regexp.MustCompile(`^<(/?)([A-Za-z][A-Za-z0-9:]*)(?:[\s/](?:[^<>"']|"[^"<]*"|'[^'<]*')*|[\s/][^<>]*)?>`)

// declaration is markup that is neither an element nor a comment: the document type, the XML declaration, the conditions of office software.
var declaration = regexp.MustCompile(`^<(?:!(?i:doctype)\s[^<>]*|\?[A-Za-z][^<>]*|!\[(?i:if|endif)\b[^<>]*)>`)

// tagReader takes a text apart into tags and the words between them, in time that grows with its length only.
type tagReader struct {
	text string
	// lower is the text with small letters A to Z, in which ends are looked for; empty until one is.
	lower string
	at    int
	// missing holds the ends that do not occur in the rest of the text, so that nobody looks for them twice.
	missing map[string]bool

	// kind, name, closing and raw are what next has found; the name is that of an element, in small letters.
	kind    tagKind
	name    string
	closing bool
	raw     string
}

func newTagReader(s string) *tagReader {
	return &tagReader{text: s}
}

// lowerASCII leaves all letters but A to Z, so that no character changes its length.
func lowerASCII(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// next goes on to the next tag, comment or stretch of words, and says whether there is one.
func (t *tagReader) next() bool {
	piece := t.text[t.at:]
	if piece == "" {
		return false
	}
	if bracket := strings.IndexByte(piece[1:], '<'); bracket >= 0 {
		piece = piece[:bracket+1]
	}
	t.kind, t.name, t.closing = plainWords, "", false
	length := t.markup(piece)
	t.raw = t.text[t.at : t.at+length]
	t.at += length
	t.skip()
	return true
}

// markup recognises the tag or the comment that begins here, and returns its length; the whole piece up to the next "<" if it is words.
func (t *tagReader) markup(piece string) int {
	if strings.HasPrefix(piece, "<!--") {
		if end := t.find("-->"); end >= 0 {
			t.kind = inlineTag
			return end + len("-->")
		}
	}
	if found := declaration.FindString(piece); found != "" {
		t.kind = inlineTag
		return len(found)
	}
	if found := tag.FindStringSubmatch(piece); found != nil {
		t.name, t.closing = strings.ToLower(found[2]), found[1] != ""
		if t.kind = kindOf(t.name); t.kind != plainWords {
			return len(found[0])
		}
	}
	return len(piece)
}

// skip passes over what is not for people after a tag: the text of a script up to its end, if it has one, and the first line break of <pre>.
func (t *tagReader) skip() {
	switch {
	case t.closing || strings.HasSuffix(t.raw, "/>"):
	case t.kind == preTag && strings.HasPrefix(t.text[t.at:], "\n"):
		t.at++
	case t.kind == hiddenTag:
		if end := t.find("</" + t.name); end >= 0 {
			t.at += end
		}
	}
}

// find returns how far the next such end is away, or -1.
func (t *tagReader) find(end string) int {
	if t.missing[end] {
		return -1
	}
	if t.lower == "" {
		t.lower, t.missing = strings.Map(lowerASCII, t.text), map[string]bool{}
	}
	away := strings.Index(t.lower[t.at:], end)
	t.missing[end] = away < 0
	return away
}
