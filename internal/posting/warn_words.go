package posting

import (
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// risk is a reason for which wording can cost an employer: a ground of the Equal Treatment Act (AGG), or a rule of the BA.
type risk struct {
	code      string
	text, fix text.Text
}

// agg makes the risk of a ground of the Equal Treatment Act.
func agg(groundDE, groundEN, fixDE, fixEN string) *risk {
	return &risk{
		code: "agg_wording",
		text: text.Text{
			DE: "„{words}“ kann nach dem Gleichbehandlungsgesetz (AGG) als Benachteiligung wegen " + groundDE + " gelten.",
			EN: "“{words}” may count as discrimination by " + groundEN + " under the Equal Treatment Act (AGG).",
		},
		fix: text.Text{DE: fixDE, EN: fixEN},
	}
}

// phrase is a wording that is looked for, in lower case. Words are separated by a blank and meet any blanks and hyphens; the last is the beginning
// of a word, or a whole one when a full stop follows.
type phrase struct {
	words string
	*risk
}

// phrases are the wordings that are looked for.
func phrases() []phrase {
	age := agg("des Alters", "age", "Beschreiben Sie, was die Arbeit verlangt, ohne ein Alter.", "Describe what the work demands, without an age.")
	origin := agg("der Herkunft", "origin", "Nennen Sie das Sprachniveau, das die Arbeit braucht, etwa „Deutsch C1“.", "Name the level of language that the work needs, such as “German C1”.")
	gender := agg("des Geschlechts", "gender", "Sprechen Sie alle Geschlechter an.", "Address all genders.")
	religion := agg("der Religion", "religion", "Verlangen Sie eine Religion nur, wenn die Arbeit sie wirklich braucht.", "Demand a religion only if the work truly needs it.")
	body := agg("einer Behinderung oder des Aussehens", "disability or looks", "Beschreiben Sie die Aufgabe statt des Körpers.", "Describe the task and not the body.")
	speculative := &risk{
		code: "speculative_application",
		text: text.Text{DE: "„{words}“: Anzeigen für Initiativbewerbungen nimmt die BA von ihrem Portal.", EN: "“{words}”: the BA takes ads for speculative applications off its portal."},
		fix:  text.Text{DE: "Schreiben Sie eine bestimmte Stelle aus.", EN: "Advertise one particular job."},
	}
	var all []phrase
	for _, group := range []struct {
		risk  *risk
		words string
	}{
		{age, "junges team|jungen team|junges dynamisches|jung und dynamisch|junge mitarbeiter|junge kolleg|junger mitarbeiter|junge und dynamische|jungen und dynamischen|" +
			"junge leute|junge frau|junger mann|junge dame|junge kraft|junge menschen bis|digital native|rüstige|rentner|höchstalter|altersgrenze|zwischen 20 und|zwischen 18 und|zwischen 25 und|" +
			"bis 30 jahre.|bis 35 jahre.|bis 40 jahre.|bis 45 jahre.|bis 50 jahre.|nicht älter als|maximal 30 jahre|maximal 35 jahre|maximal 40 jahre|höchstens 30 jahre|höchstens 35 jahre|höchstens 40 jahre|young team|young and dynamic"},
		{origin, "muttersprach|deutsche staatsangehörigkeit|deutsche herkunft|deutscher herkunft|akzentfrei|native speaker|inländer|keine ausländer|einheimische|eu bürger|mother tongue"},
		{gender, "sekretärin.|putzfrau|putzfee|reinemachefrau|hausfrau|dame.|damen gesucht|nur frauen|nur männer|ausschließlich frauen|ausschließlich männer|mädchen für alles|männlich.|weiblich.|" +
			"starker mann|starke männer|krankenschwester.|kindergärtnerin|stewardess|zimmermädchen|empfangsdame|bürokauffrau.|verkäuferin."},
		{religion, "kirchenmitglied|zugehörigkeit zu einer christlichen|christlicher konfession|konfessionszugehörigkeit|evangelische konfession|katholische konfession|mitgliedschaft in der kirche|gläubige"},
		{body, "uneingeschränkt gesund|körperlich gesund|kerngesund|attraktives äußeres|gutes aussehen|gepflegtes äußeres|ansprechendes äußeres|schlanke|keine behinderung|nicht behindert|ohne behinderung"},
		{speculative, "initiativbewerb|blindbewerb|spontanbewerb"},
	} {
		for words := range strings.SplitSeq(group.words, "|") {
			all = append(all, phrase{words, group.risk})
		}
	}
	return all
}

// lookout finds the phrases whose first two bytes stand at a place.
type lookout struct {
	// starts has a bit for each second byte, by the first, in any case.
	starts [256][4]uint64
	// byFirst has the phrases by their first byte in lower case.
	byFirst [256][]phrase
}

var watched = sync.OnceValue(func() *lookout {
	l := &lookout{}
	for _, p := range phrases() {
		l.byFirst[p.words[0]] = append(l.byFirst[p.words[0]], p)
	}
	for one := range 256 {
		for two := range 256 {
			lowerOne, lowerTwo := lowerBytes(byte(one), byte(two))
			if slices.ContainsFunc(l.byFirst[lowerOne], func(p phrase) bool { return p.words[1] == lowerTwo }) {
				l.starts[one][two/64] |= 1 << (two % 64)
			}
		}
	}
	return l
})

// mayStart reports whether a phrase begins with two bytes.
func (l *lookout) mayStart(one, two byte) bool { return l.starts[one][two/64]&(1<<(two%64)) != 0 }

// maxRisks bounds the warnings about the words of one text.
const maxRisks = 10

// riskyWords finds wordings that are risky, each once. It looks at the first bytes of every word and compares only where they fit.
func riskyWords(pointer, s string) []Finding {
	l := watched()
	var found []Finding
	var said map[string]bool
	for i := 0; i+1 < len(s) && len(found) < maxRisks; i++ {
		if !l.mayStart(s[i], s[i+1]) || i > 0 && isLetterByte(s[i-1]) {
			continue
		}
		first, _ := lowerBytes(s[i], s[i+1])
		for _, p := range l.byFirst[first] {
			if n := p.match(s[i:]); n > 0 && !said[p.words] {
				if said == nil {
					said = map[string]bool{}
				}
				said[p.words] = true
				risky := warning(p.code, pointer, p.text, p.fix)
				risky.Args = map[string]any{"words": s[i : i+n]}
				found = append(found, risky)
			}
		}
	}
	return found
}

// isLetterByte takes every byte of a character outside ASCII for a letter, which those of German words are.
func isLetterByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= utf8.RuneSelf
}

// The UTF-8 of Ä to Þ and of ä to þ, which differ by one bit of their second byte.
const (
	latin1Lead   = 0xC3
	upperLatin1  = 0x80
	lowerLatin1  = 0xA0
	caseOfLatin1 = 0x20
)

// lowerBytes returns two bytes in lower case, of German letters.
func lowerBytes(one, two byte) (lowerOne, lowerTwo byte) {
	if one == latin1Lead && two >= upperLatin1 && two < lowerLatin1 {
		return one, two | caseOfLatin1
	}
	return lowerByte(one), lowerByte(two)
}

func lowerByte(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b | caseOfLatin1
	}
	return b
}

// match returns how many bytes of a text, which begins with a word, are the phrase; 0 when it is another. A phrase's last word counts to its end.
func (p phrase) match(s string) int {
	words, whole := strings.CutSuffix(p.words, ".")
	i := 0
	for j := 0; j < len(words); {
		if words[j] == ' ' {
			gap := strings.IndexFunc(s[i:], func(r rune) bool { return r != ' ' && r != '-' && r != '\n' })
			if gap <= 0 {
				return 0
			}
			i, j = i+gap, j+1
			continue
		}
		if words[j] < utf8.RuneSelf {
			if i == len(s) || lowerByte(s[i]) != words[j] {
				return 0
			}
			i, j = i+1, j+1
			continue
		}
		want, size := utf8.DecodeRuneInString(words[j:])
		got, n := utf8.DecodeRuneInString(s[i:])
		if unicode.ToLower(got) != want {
			return 0
		}
		i, j = i+n, j+size
	}
	rest := strings.IndexFunc(s[i:], notLetter)
	if rest < 0 {
		rest = len(s) - i
	}
	if whole && rest > 0 {
		return 0
	}
	return i + rest
}
