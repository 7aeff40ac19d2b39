package posting

import (
	"html"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// PlainText turns a text into what a file may hold: HTML becomes plain text with its paragraphs, lists and links, entities become the
// characters that they stand for, line breaks are kept as \n, and what XML 1.0 forbids is taken out. Nothing else is lost or cut. Plain text
// stays as it is, but for blanks at the ends of lines and more than one empty line in a row. The result is the same when it is applied again.
// A line break of the source counts as long as no HTML element makes lines: "Wir suchen <b>Köche</b>\nsofort" is two lines.
func PlainText(s string) string {
	s = permitted(s)
	converted := false
	// Software that escapes its HTML once more than it should exists, so what comes out is looked at again.
	for range maxPasses {
		before := s
		if marked, blocks := markup(s); marked {
			// Lines that an earlier pass made stay, whatever came to light inside them.
			s = fromHTML(s, converted || !blocks)
			converted = true
		} else {
			s = decodeEntities(s)
		}
		if s == before {
			break
		}
	}
	return tidyLines(stripTags(s))
}

// maxPasses bounds how often a text is taken for escaped once more.
const maxPasses = 4

// singleLine turns a text into one line: HTML tags go, entities are decoded, every run of white space is one blank, and what XML 1.0 forbids is
// taken out.
func singleLine(s string) string {
	if isPlainLine(s) {
		return s
	}
	s = permitted(s)
	for range maxPasses {
		before := s
		if s = decodeEntities(stripTags(s)); s == before {
			break
		}
	}
	return strings.Join(strings.Fields(stripTags(s)), " ")
}

// isPlainLine reports whether a text is one line already, as most are: single blanks between words, no tag, no entity, nothing forbidden.
func isPlainLine(s string) bool {
	blank := true
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' && blank, c < ' ', c == '<', c == '&', c == '\u007f':
			return false
		case c < utf8.RuneSelf:
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !isPermitted(r) || unicode.IsSpace(r) {
				return false
			}
			i += size
		}
		blank = c == ' '
	}
	return !blank || s == ""
}

// trimmed turns an address of the web or of mail into what a file may hold. An ampersand in it is one: what looks like an entity is a parameter.
func trimmed(s string) string { return strings.TrimSpace(permitted(s)) }

// markup says whether a text holds HTML, and whether any of it makes lines of its own.
func markup(s string) (marked, blocks bool) {
	if !strings.Contains(s, "<") {
		return false, false
	}
	for tags := newTagReader(s); tags.next(); {
		marked = marked || tags.kind != plainWords
		blocks = blocks || tags.kind.makesLines()
	}
	return marked, blocks
}

// stripTags takes the tags out of a text without laying it out; a blank stands where words would otherwise run together.
func stripTags(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	var out strings.Builder
	for tags := newTagReader(s); tags.next(); {
		switch {
		case tags.kind == plainWords:
			out.WriteString(tags.raw)
		case tags.kind.makesLines():
			out.WriteByte(' ')
		}
	}
	return out.String()
}

// entity is a character reference with its semicolon; "R&D" and "Müller & Söhne" have none.
var entity = regexp.MustCompile(`&(#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});`)

// ampersands is an ampersand that was escaped any number of times.
var ampersands = regexp.MustCompile(`&(?:(?i:amp)|#0*38|#[xX]0*26);(?:(?i:amp;)|#0*38;|#[xX]0*26;)*`)

func decodeEntities(s string) string {
	if !mayHaveEntity(s) {
		return s
	}
	s = ampersands.ReplaceAllString(s, "&")
	return permitted(entity.ReplaceAllStringFunc(s, html.UnescapeString))
}

// mayHaveEntity reports whether an ampersand begins what could be an entity; in plain text a blank follows most.
func mayHaveEntity(s string) bool {
	for {
		_, after, found := strings.Cut(s, "&")
		if !found || after == "" {
			return false
		}
		if after[0] == '#' || isLetterByte(after[0]) {
			return true
		}
		s = after
	}
}

// permitted takes out what XML 1.0 forbids: control characters, halves of surrogates, the two non-characters; and the marks that are
// invisible and only break searches. Line ends become \n. C1 control characters are what Windows-1252 read as Latin-1 leaves behind: they become
// the dashes, quotes and signs that were meant.
func permitted(s string) string {
	if allPermitted(s) {
		return s
	}
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		if r >= '\u0080' && r < '\u00a0' {
			r = charmap.Windows1252.DecodeByte(byte(r))
		}
		switch {
		case r == '\u2028' || r == '\u2029':
			return '\n'
		case !isPermitted(r):
			return -1
		default:
			return r
		}
	}, s)
}

// allPermitted reports whether a text may stand in a file as it is, which almost all do.
func allPermitted(s string) bool {
	for i := 0; i < len(s); {
		if c := s[i]; c >= ' ' && c < '\u007f' {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !isPermitted(r) {
			return false
		}
		i += size
	}
	return true
}

// isPermitted reports whether a character may stand in a file, and be meant as it stands.
func isPermitted(r rune) bool {
	switch {
	case r < ' ':
		return r == '\n' || r == '\t'
	case r < '\u007f':
		return true
	case r < '\u00a0', r == '\u00ad', r == '\u200b', r == '\u2028', r == '\u2029', r == '\ufeff', r == '\ufffe', r == '\uffff', r == utf8.RuneError:
		return false
	}
	return true
}

// tidyLines takes blanks off the ends of lines, and all but one of several empty lines.
func tidyLines(s string) string {
	if isTidy(s) {
		return s
	}
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

// isTidy reports whether a text has neither blanks at the ends of its lines nor empty lines at its ends or in a row.
func isTidy(s string) bool {
	empty := true
	for line := range strings.SplitSeq(s, "\n") {
		last, _ := utf8.DecodeLastRuneInString(line)
		if line == "" && empty || unicode.IsSpace(last) {
			return false
		}
		empty = line == ""
	}
	return !empty || s == ""
}
