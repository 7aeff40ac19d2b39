package posting

import (
	"strconv"
	"strings"
	"unicode"

	nethtml "golang.org/x/net/html"
)

// htmlText collects the text of an HTML document.
type htmlText struct {
	out strings.Builder
	// lists are the open lists, innermost last: the number of the next item, zero for bullets.
	lists []int
	// link is the address of the open link, and linkAt where its text begins.
	link   string
	linkAt int
	// keep counts the reasons for which white space counts as it is written.
	keep int
	// blank says that white space is due before the next word.
	blank bool
}

// maxListDepth bounds the indentation of nested lists.
const maxListDepth = 5

// fromHTML lays HTML out as plain text. keepLines says that its line breaks are breaks for people too.
func fromHTML(s string, keepLines bool) string {
	var t htmlText
	if keepLines {
		t.keep = 1
	}
	for tags := newTagReader(s); tags.next(); {
		switch {
		case tags.kind == plainWords:
			t.text(tags.raw)
		case tags.closing:
			t.end(tags.kind)
		default:
			t.start(tags.kind, tags.name, tags.raw)
		}
	}
	return permitted(t.out.String())
}

// text adds words; every run of white space between them is one blank, as a browser shows it.
func (t *htmlText) text(s string) {
	for _, r := range decodeEntities(s) {
		if t.keep == 0 && unicode.IsSpace(r) {
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

func (t *htmlText) start(kind tagKind, name, raw string) {
	switch kind {
	case breakTag:
		t.blank = false
		t.out.WriteByte('\n')
	case paragraphTag:
		t.paragraph()
	case lineTag:
		t.line()
	case preTag:
		t.line()
		t.keep++
	case cellTag:
		t.blank = true
	case listTag:
		t.openList(name)
	case itemTag:
		t.item()
	case linkTag:
		t.space()
		t.link, t.linkAt = href(raw), t.out.Len()
	}
}

func (t *htmlText) end(kind tagKind) {
	switch kind {
	case paragraphTag:
		t.paragraph()
	case lineTag, itemTag:
		t.line()
	case preTag:
		t.line()
		t.keep = max(t.keep-1, 0)
	case cellTag:
		t.blank = true
	case listTag:
		if len(t.lists) > 0 {
			t.lists = t.lists[:len(t.lists)-1]
		}
		if len(t.lists) == 0 {
			t.paragraph()
		}
	case linkTag:
		t.closeLink()
	}
}

func (t *htmlText) openList(name string) {
	if len(t.lists) == 0 {
		t.paragraph()
	}
	first := 0
	if name == "ol" {
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
func href(tag string) string {
	tokens := nethtml.NewTokenizer(strings.NewReader(tag))
	tokens.Next()
	for _, attribute := range tokens.Token().Attr {
		value := strings.TrimSpace(attribute.Val)
		for _, scheme := range []string{"https://", "http://", "mailto:"} {
			if attribute.Key == "href" && strings.HasPrefix(strings.ToLower(value), scheme) && len(value) > len(scheme) {
				return value
			}
		}
	}
	return ""
}
