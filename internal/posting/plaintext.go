package posting

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	nethtml "golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// markup finds a tag that recruiting software writes. Other angle brackets, as in "a < b" or "<Firma>", are text.
var markup = regexp.MustCompile(`(?i)</?(a|abbr|article|b|blockquote|body|br|center|code|dd|div|dl|dt|em|figure|font|footer|h[1-6]|header|hr|html|i|img|li|main|` +
	`meta|ol|p|pre|s|script|section|small|span|strong|style|sub|sup|table|tbody|td|th|thead|title|tr|u|ul)(\s[^<>]*)?/?>`)

// PlainText turns a text into what a file may hold: HTML becomes plain text with its paragraphs, lists and links, entities become the
// characters that they stand for, line breaks are kept as \n, and what XML 1.0 forbids is taken out. Nothing else is lost or cut. Plain text
// stays as it is, but for blanks at the ends of lines and more than one empty line in a row. The result is the same when it is applied again.
func PlainText(s string) string {
	s = permitted(s)
	// Software that escapes its HTML once more than it should exists, so what comes out is looked at again.
	for range maxPasses {
		before := s
		if markup.MatchString(s) {
			s = fromHTML(s)
		} else {
			s = decodeEntities(s)
		}
		if s == before {
			break
		}
	}
	return tidyLines(markup.ReplaceAllString(s, ""))
}

// maxPasses bounds how often a text is taken for escaped once more.
const maxPasses = 4

// singleLine turns a text into one line: entities are decoded, every run of white space is one blank, and what XML 1.0 forbids is taken out.
func singleLine(s string) string {
	return strings.Join(strings.Fields(decodeEntities(permitted(s))), " ")
}

// entity is a character reference with its semicolon; "R&D" and "Müller & Söhne" have none.
var entity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)

// ampersands is an ampersand that was escaped any number of times.
var ampersands = regexp.MustCompile(`&(?:(?i:amp)|#0*38|#[xX]0*26);(?:(?i:amp;)|#0*38;|#[xX]0*26;)*`)

func decodeEntities(s string) string {
	if !strings.Contains(s, "&") {
		return s
	}
	s = ampersands.ReplaceAllString(s, "&")
	return permitted(entity.ReplaceAllStringFunc(s, html.UnescapeString))
}

// permitted takes out what XML 1.0 forbids: control characters, halves of surrogates, the two non-characters; and the marks that are
// invisible and only break searches. Line ends become \n.
func permitted(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u2028' || r == '\u2029':
			return '\n'
		case r < ' ', r == '\u007f', r >= '\u0080' && r < '\u00a0', r == utf8.RuneError, r == '\ufffe', r == '\uffff',
			r == '\ufeff', r == '\u200b', r == '\u00ad':
			return -1
		default:
			return r
		}
	}, s)
}

// tidyLines takes blanks off the ends of lines, and all but one of several empty lines.
func tidyLines(s string) string {
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for _, line := range lines {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" && (len(kept) == 0 || kept[len(kept)-1] == "") {
			continue
		}
		kept = append(kept, line)
	}
	return strings.TrimRight(strings.Join(kept, "\n"), "\n")
}

// htmlText collects the text of an HTML document.
type htmlText struct {
	out strings.Builder
	// lists are the open lists, innermost last: the number of the next item, zero for bullets.
	lists []int
	// skip counts the open elements whose text is not for people.
	skip int
	// link is the address of the open link, and linkAt where its text begins.
	link   string
	linkAt int
	// blank says that white space is due before the next word.
	blank bool
}

// maxListDepth bounds the indentation of nested lists.
const maxListDepth = 5

func fromHTML(s string) string {
	tokens := nethtml.NewTokenizer(strings.NewReader(s))
	var t htmlText
	for {
		switch tokens.Next() {
		case nethtml.ErrorToken:
			// The end, since reading a string cannot fail otherwise.
			return permitted(t.out.String())
		case nethtml.TextToken:
			if t.skip == 0 {
				t.text(tokens.Token().Data)
			}
		case nethtml.StartTagToken, nethtml.SelfClosingTagToken:
			t.start(tokens.Token())
		case nethtml.EndTagToken:
			t.end(tokens.Token().DataAtom)
		}
	}
}

// text adds words; every run of white space between them is one blank, as a browser shows it.
func (t *htmlText) text(s string) {
	s = decodeEntities(s)
	for _, r := range s {
		if unicode.IsSpace(r) {
			t.blank = true
			continue
		}
		t.space()
		t.out.WriteRune(r)
	}
}

// space writes the blank that is due, unless the line has just begun.
func (t *htmlText) space() {
	written := t.out.String()
	if t.blank && written != "" && !strings.HasSuffix(written, "\n") && !strings.HasSuffix(written, " ") {
		t.out.WriteByte(' ')
	}
	t.blank = false
}

// line begins a new line, paragraph a new paragraph.
func (t *htmlText) line() {
	if t.out.Len() > 0 && !strings.HasSuffix(t.out.String(), "\n") {
		t.out.WriteByte('\n')
	}
	t.blank = false
}

func (t *htmlText) paragraph() {
	t.line()
	if t.out.Len() > 0 && !strings.HasSuffix(t.out.String(), "\n\n") {
		t.out.WriteByte('\n')
	}
}

func (t *htmlText) start(token nethtml.Token) {
	switch token.DataAtom {
	case atom.Script, atom.Style, atom.Title:
		t.skip++
	case atom.Br:
		t.blank = false
		t.out.WriteByte('\n')
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Table, atom.Hr, atom.Dl:
		t.paragraph()
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Tr, atom.Dt, atom.Dd, atom.Pre, atom.Figure, atom.Center:
		t.line()
	case atom.Td, atom.Th:
		t.blank = true
	case atom.Ul, atom.Ol:
		t.openList(token.DataAtom)
	case atom.Li:
		t.item()
	case atom.A:
		t.space()
		t.link, t.linkAt = href(token), t.out.Len()
	}
}

func (t *htmlText) end(tag atom.Atom) {
	switch tag {
	case atom.Script, atom.Style, atom.Title:
		t.skip = max(t.skip-1, 0)
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Blockquote, atom.Table, atom.Dl:
		t.paragraph()
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Tr, atom.Li, atom.Dt, atom.Dd, atom.Pre, atom.Figure, atom.Center:
		t.line()
	case atom.Td, atom.Th:
		t.blank = true
	case atom.Ul, atom.Ol:
		if len(t.lists) > 0 {
			t.lists = t.lists[:len(t.lists)-1]
		}
		if len(t.lists) == 0 {
			t.paragraph()
		}
	case atom.A:
		t.closeLink()
	}
}

func (t *htmlText) openList(tag atom.Atom) {
	if len(t.lists) == 0 {
		t.paragraph()
	}
	first := 0
	if tag == atom.Ol {
		first = 1
	}
	t.lists = append(t.lists, first)
}

// item begins an item with its bullet or number.
func (t *htmlText) item() {
	t.line()
	depth := len(t.lists)
	t.out.WriteString(strings.Repeat("  ", min(max(depth-1, 0), maxListDepth)))
	if depth > 0 && t.lists[depth-1] > 0 {
		t.out.WriteString(strconv.Itoa(t.lists[depth-1]) + ". ")
		t.lists[depth-1]++
		return
	}
	t.out.WriteString("- ")
}

// closeLink adds a link's address, unless its text already shows it.
func (t *htmlText) closeLink() {
	if t.link == "" {
		return
	}
	shown := t.out.String()[min(t.linkAt, t.out.Len()):]
	bare := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(t.link, "mailto:"), "https://"), "http://")
	if !strings.Contains(shown, strings.TrimSuffix(bare, "/")) {
		t.out.WriteString(" (" + strings.TrimPrefix(t.link, "mailto:") + ")")
	}
	t.link = ""
}

// href returns the address of a link that people can use outside the page.
func href(token nethtml.Token) string {
	for _, attribute := range token.Attr {
		value := strings.TrimSpace(attribute.Val)
		for _, scheme := range []string{"https://", "http://", "mailto:"} {
			if attribute.Key == "href" && strings.HasPrefix(strings.ToLower(value), scheme) && len(value) > len(scheme) {
				return value
			}
		}
	}
	return ""
}
