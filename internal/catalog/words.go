package catalog

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// queryWord is one word that must occur.
type queryWord struct {
	text string
	// stem and head are the parts of a compound that names of the catalogue take apart; empty for other words.
	stem, head string
}

// heads are the ends of compounds that the catalogue puts first, and the word that it uses for them.
var heads = []struct{ ending, word string }{
	{"hilfskraft", "helfer"},
	{"aushilfe", "helfer"},
	{"helfer", "helfer"},
	{"hilfe", "helfer"},
	{"leitung", "leiter"},
	{"leiter", "leiter"},
	{"ingenieur", "ingenieur"},
	{"techniker", "techniker"},
	{"lehrer", "lehrer"},
	{"kaufmann", "kaufmann"},
	{"kauffrau", "kauffrau"},
	{"berater", "berater"},
	{"meister", "meister"},
	{"kraft", "helfer"},
}

// parseQuery cuts a query into the words that count. What is beyond the bounds is not looked at.
func parseQuery(query string) []queryWord {
	if runes := []rune(query); len(runes) > maxQueryRunes {
		query = string(runes[:maxQueryRunes])
	}
	words := splitWords(query)
	parsed := make([]queryWord, 0, maxQueryWords)
	for _, word := range words[:min(len(words), maxQueryWords)] {
		q := queryWord{text: word}
		neutral := strings.TrimSuffix(word, "in")
		for _, head := range heads {
			if stem, found := strings.CutSuffix(neutral, head.ending); found && len(stem) >= 3 {
				q.stem, q.head = stem, head.word
				break
			}
		}
		parsed = append(parsed, q)
	}
	return parsed
}

// attached finds endings in brackets, such as in "Beamt(er/in)".
var attached = regexp.MustCompile(`(\pL)\(([^()]*)\)`)

// genderEndings are what names and queries put behind a stroke or a star.
var genderEndings = []string{"in", "innen", "r", "n", "s", "e", "er"}

// fillers are words that tell nothing, folded.
var fillers = []string{"in", "innen", "und", "oder", "fur", "im", "am", "als", "der", "die", "das", "mit", "von", "div", "gn"}

// splitWords returns the folded words of a name or a query. Where it has both genders with a stroke, both words come out:
// "Fachmann/-frau" is "fachmann" and "fachfrau". Single letters, such as those of (m/w/d), do not count.
func splitWords(name string) []string {
	name = fold(attached.ReplaceAllString(name, "$1$2"))
	var words []string
	add := func(text string) {
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(word) > 1 && !slices.Contains(fillers, word) && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	for _, chunk := range strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;()", r) }) {
		parts := strings.Split(chunk, "/")
		add(parts[0])
		for _, part := range parts[1:] {
			if ending, found := strings.CutPrefix(part, "-"); found {
				part = otherGender(parts[0], ending)
			}
			if !slices.Contains(genderEndings, part) {
				add(part)
			}
		}
	}
	return words
}

// otherGender puts the end of a word's other gender in place of the word's own: "fachmann" and "frau" are "fachfrau",
// "verfahrenstechnologe" and "technologin" are "verfahrenstechnologin".
func otherGender(word, ending string) string {
	if stem, found := strings.CutSuffix(word, "mann"); found && ending == "frau" {
		return stem + ending
	}
	for end := len(ending); end >= 3; end-- {
		if i := strings.LastIndex(word, ending[:end]); i >= 0 {
			return word[:i] + ending
		}
	}
	return ending
}

// digraphs are the ways to write umlauts in ASCII. Folding them away in names and queries alike makes ä, ae and a the same.
var digraphs = strings.NewReplacer("ae", "a", "oe", "o", "ue", "u")

// fold takes case, accents and umlauts away.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range norm.NFD.String(strings.ToLower(s)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ß':
			b.WriteString("ss")
		default:
			b.WriteRune(r)
		}
	}
	return digraphs.Replace(b.String())
}
