package posting

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// neutralMarks make a title neutral wherever they stand, in lower case: the marks behind a word, and both forms of it.
var neutralMarks = []string{
	"m/w", "w/m", "m/f", "f/m", "d/m", "d/w", "m|w", "w|m", "m,w", "w,m", "m-w-d", "mwd", "all genders", "alle geschlechter", "(gn)", "(a)", "(x)", "*in", ":in", "_in", "·in",
	"/in", "/-in", "(in)", "/r", "/-r", "(r)", ":r", "*r", "/-frau", "/frau", "/-mann", "/mann",
}

// neutralWords are stems of words that name no gender.
var neutralWords = []string{
	"kraft", "kräfte", "hilfe", "person", "leitung", "führung", "team", "ausbildung", "azubi", "auszubildende", "studium", "studierende", "student:", "praktik", "trainee",
	"assistenz", "vertretung", "mitarbeitende", "beschäftigte", "begleitung", "betreuung", "therapie", "administration", "management", "verwaltung", "beratung",
	"minijob", "nebenjob", "talent", "fsj", "bufdi", "freiwilligendienst", "pflegende", "lehrende", "forschende", "unterstützung", "reinigung", "lagerist:",
}

// warnTitle finds a title that names one gender only, by all that can be seen: it has no mark such as (m/w/d), no second form and no neutral word.
func warnTitle(title string) []Finding {
	lower := strings.ToLower(title)
	if title == "" || containsAny(lower, neutralMarks) || containsAny(lower, neutralWords) || hasBothForms(lower) || hasInnerCapital(title) {
		return nil
	}
	return []Finding{warning("title_not_neutral", "/title",
		text.Text{DE: "Der Titel spricht nicht erkennbar alle Geschlechter an.", EN: "The title does not visibly address all genders."},
		text.Text{
			DE: "Ergänzen Sie „(m/w/d)“, oder wählen Sie eine neutrale Form wie „Pflegefachkraft“ oder „Köch:in“.",
			EN: "Add “(m/w/d)”, or choose a neutral form such as “Pflegefachkraft” or “Köch:in”.",
		})}
}

func containsAny(s string, parts []string) bool {
	for _, part := range parts {
		if strings.Contains(s, part) {
			return true
		}
	}
	return false
}

// hasBothForms reports whether two words with a slash or "und" between them are the female and the male form, such as Köchin/Koch.
func hasBothForms(lower string) bool {
	lower = strings.ReplaceAll(strings.ReplaceAll(lower, " und ", "/"), " oder ", "/")
	for {
		before, after, found := strings.Cut(lower, "/")
		if !found {
			return false
		}
		one, other := lastWord(before), firstWord(after)
		if strings.HasSuffix(one, "in") != strings.HasSuffix(other, "in") || strings.HasSuffix(one, "frau") != strings.HasSuffix(other, "frau") {
			return true
		}
		lower = after
	}
}

func lastWord(s string) string { return s[strings.LastIndexFunc(s, notLetter)+1:] }

func firstWord(s string) string {
	if i := strings.IndexFunc(s, notLetter); i >= 0 {
		return s[:i]
	}
	return s
}

func notLetter(r rune) bool { return !unicode.IsLetter(r) }

// hasInnerCapital reports whether a word has the I of both forms within, such as LehrerIn.
func hasInnerCapital(title string) bool {
	for i := strings.Index(title, "In"); i > 0; {
		before, _ := utf8.DecodeLastRuneInString(title[:i])
		if unicode.IsLower(before) {
			return true
		}
		next := strings.Index(title[i+1:], "In")
		if next < 0 {
			return false
		}
		i += 1 + next
	}
	return false
}
