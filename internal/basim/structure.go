package basim

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// schema checks the structure of files: which elements, in which order, how often, and their values. The facts are those of the
// table that the writer uses as well, since no other source of them may be shipped; the judgement is this package's own.
type schema struct {
	release  *hrbaxml.Release
	root, ad *hrbaxml.Element
	patterns map[hrbaxml.ID]*regexp.Regexp
}

// newSchemas prepares the releases by the names that Settings.Release has for them. The default is the newest: the BA's own is newer
// than the last one that is public.
func newSchemas() (map[string]schema, error) {
	newest, err := newSchema(hrbaxml.Next())
	if err != nil {
		return nil, err
	}
	public, err := newSchema(hrbaxml.P82())
	if err != nil {
		return nil, err
	}
	return map[string]schema{"": newest, "next": newest, "P82": public}, nil
}

func newSchema(release *hrbaxml.Release) (schema, error) {
	s := schema{release: release, patterns: map[hrbaxml.ID]*regexp.Regexp{}}
	for rule := range s.release.Elements {
		switch {
		case s.root == nil:
			s.root = rule
		case rule.Name == nameAd && s.ad == nil:
			s.ad = rule
		}
		if rule.Value.Pattern == "" {
			continue
		}
		pattern, err := regexp.Compile(`^(?:` + rule.Value.Pattern + `)$`)
		if err != nil {
			return schema{}, fmt.Errorf("read pattern of %s: %w", rule.Path, err)
		}
		s.patterns[rule.ID] = pattern
	}
	return s, nil
}

// nameAd is the element of an ad.
const nameAd = "JobPositionPosting"

// check returns the first thing that is wrong with a document, in German as the feedback says it.
func (s schema) check(document *Element) error {
	if document.Name != s.root.Name {
		return fmt.Errorf("das Wurzelelement heißt %s statt %s", document.Name, s.root.Name)
	}
	return s.element(document, s.root)
}

// element checks one element and everything in it.
func (s schema) element(e *Element, rule *hrbaxml.Element) error {
	if !rule.IsGroup() {
		if len(e.Children) > 0 {
			return fmt.Errorf("in Zeile %d: %s darf keine Elemente enthalten", e.line, e.Name)
		}
		if reason := s.value(e.Text, rule); reason != "" {
			return fmt.Errorf("in Zeile %d: %s %s", e.line, e.Name, reason)
		}
		return nil
	}
	if strings.TrimSpace(e.Text) != "" {
		return fmt.Errorf("in Zeile %d: %s darf keinen Text enthalten", e.line, e.Name)
	}
	rest := e.Children
	for _, id := range rule.Children {
		child := s.release.Element(id)
		count := 0
		for len(rest) > 0 && rest[0].Name == child.Name {
			if err := s.element(rest[0], child); err != nil {
				return err
			}
			rest = rest[1:]
			count++
		}
		if count < child.Min {
			return fmt.Errorf("in Zeile %d: in %s fehlt %s", e.line, e.Name, child.Name)
		}
		if child.Max != hrbaxml.Many && count > child.Max {
			return fmt.Errorf("in Zeile %d: in %s steht %s zu oft", e.line, e.Name, child.Name)
		}
	}
	if len(rest) > 0 {
		return fmt.Errorf("in Zeile %d: %s ist an dieser Stelle von %s nicht erlaubt", rest[0].line, rest[0].Name, e.Name)
	}
	return nil
}

// wholeNumber and decimalNumber are the forms of xs:integer and xs:decimal.
var (
	wholeNumber   = regexp.MustCompile(`^[+-]?[0-9]+$`)
	decimalNumber = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)$`)
)

// value says what is wrong with the text of an element; nothing when it is sound.
func (s schema) value(text string, rule *hrbaxml.Element) string {
	want := rule.Value
	if want.Kind != hrbaxml.Text {
		text = strings.TrimSpace(text)
	}
	if pattern := s.patterns[rule.ID]; pattern != nil && !pattern.MatchString(text) {
		return fmt.Sprintf("hat nicht die verlangte Form: %q", shortened(text))
	}
	isCode := func(c hrbaxml.Code) bool { return c.Value == text }
	if len(want.Codes) > 0 && !slices.ContainsFunc(want.Codes, isCode) {
		return fmt.Sprintf("hat einen nicht erlaubten Wert: %q", shortened(text))
	}
	switch want.Kind {
	case hrbaxml.Group: // has no text; element sees to that
	case hrbaxml.Text:
		length := utf8.RuneCountInString(text)
		if length < want.MinLength || want.MaxLength > 0 && length > want.MaxLength {
			return fmt.Sprintf("hat %d Zeichen, erlaubt sind %d bis %d", length, want.MinLength, want.MaxLength)
		}
	case hrbaxml.Integer:
		return wrongInteger(text, want)
	case hrbaxml.Decimal:
		return wrongDecimal(text, want)
	case hrbaxml.Date:
		return wrongTime(text, "2006-01-02", "2006-01-02Z07:00")
	case hrbaxml.DateTime:
		return wrongTime(text, time.RFC3339, "2006-01-02T15:04:05")
	}
	return ""
}

func wrongInteger(text string, want hrbaxml.Value) string {
	if !wholeNumber.MatchString(text) {
		return fmt.Sprintf("ist keine ganze Zahl: %q", shortened(text))
	}
	if want.Digits > 0 && (text[0] == '-' || len(strings.TrimLeft(text, "+0")) > want.Digits) {
		return fmt.Sprintf("hat mehr als %d Stellen", want.Digits)
	}
	if len(want.Ranges) == 0 {
		return ""
	}
	n, err := strconv.ParseInt(text, 10, 64)
	within := func(r hrbaxml.Range) bool { return n >= r.Min && n <= r.Max }
	if err != nil || !slices.ContainsFunc(want.Ranges, within) {
		return "liegt außerhalb der erlaubten Werte: " + shortened(text)
	}
	return ""
}

func wrongDecimal(text string, want hrbaxml.Value) string {
	if !decimalNumber.MatchString(text) {
		return fmt.Sprintf("ist keine Zahl: %q", shortened(text))
	}
	_, fraction, _ := strings.Cut(text, ".")
	if len(strings.TrimRight(fraction, "0")) > want.Fraction {
		return fmt.Sprintf("hat mehr als %d Nachkommastellen", want.Fraction)
	}
	n, err := strconv.ParseFloat(text, 64)
	within := func(r hrbaxml.Range) bool { return n >= float64(r.Min) && n <= float64(r.Max) }
	if err != nil || len(want.Ranges) > 0 && !slices.ContainsFunc(want.Ranges, within) {
		return "liegt außerhalb der erlaubten Werte: " + shortened(text)
	}
	return ""
}

func wrongTime(text string, layouts ...string) string {
	for _, layout := range layouts {
		if _, err := time.Parse(layout, text); err == nil {
			return ""
		}
	}
	return fmt.Sprintf("ist kein gültiges Datum: %q", shortened(text))
}

// shortened cuts a text that a complaint quotes.
func shortened(text string) string {
	const most = 60
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}
