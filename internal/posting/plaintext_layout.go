package posting

import (
	"regexp"
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
	// keepLines says that white space stays as it is written; so it does inside of pre, which counts the open elements.
	keepLines bool
	pre       int
	// blank says that white space is due before the next word.
	blank bool
	// bullet is how long the text was when the last bullet had been written: what follows it stays on its line.
	bullet int
}

// atBullet reports whether nothing was written since the last bullet.
func (t *htmlText) atBullet() bool { return t.bullet > 0 && t.out.Len() == t.bullet }

// maxListDepth bounds the indentation of nested lists.
const maxListDepth = 5

// fromHTML lays HTML out as plain text. keepLines says that its line breaks are breaks for people too.
func fromHTML(s string, keepLines bool) string {
	t := htmlText{keepLines: keepLines}
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

// text adds words; every run of white space between them is one blank, as a browser shows it, unless it is kept.
func (t *htmlText) text(s string) {
	for _, r := range decodeEntities(s) {
		if !t.keepLines && t.pre == 0 && unicode.IsSpace(r) {
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
	if t.out.Len() > 0 && !t.atBullet() && !strings.HasSuffix(t.out.String(), "\n") {
		t.out.WriteByte('\n')
	}
	t.blank = false
}

func (t *htmlText) paragraph() {
	t.line()
	// In a list a paragraph is a line.
	if t.out.Len() > 0 && len(t.lists) == 0 && !strings.HasSuffix(t.out.String(), "\n\n") {
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
		t.pre++
	case cellTag:
		t.blank = true
	case listTag:
		if len(t.lists) == 0 {
			t.paragraph()
		}
		t.lists = append(t.lists, map[string]int{"ol": 1}[name])
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
		t.pre = max(t.pre-1, 0)
	case cellTag:
		t.blank = true
	case listTag:
		t.lists = t.lists[:max(len(t.lists)-1, 0)]
		if len(t.lists) == 0 {
			t.paragraph()
		}
	case linkTag:
		t.closeLink()
	}
}

// item begins an item with its bullet or number.
func (t *htmlText) item() {
	t.bullet = 0
	t.line()
	defer func() { t.bullet = t.out.Len() }()
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

// usable is an address that leads somewhere from outside the page, too.
var usable = regexp.MustCompile(`^(?i:https?://|mailto:).`)

// href returns the address of a link, if people can use it.
func href(tag string) string {
	tokens := nethtml.NewTokenizer(strings.NewReader(tag))
	tokens.Next()
	for _, attribute := range tokens.Token().Attr {
		if value := strings.TrimSpace(attribute.Val); attribute.Key == "href" && usable.MatchString(value) {
			return value
		}
	}
	return ""
}
