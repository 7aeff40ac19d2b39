package hrbaxml_test

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// mutations is how many mutated documents libxml2 and we judge. STELLWERK_TEST_MUTATIONS sets another number; `make test-long`
// does.
const mutations = 2000

// mutatedAtOnce is how many of them are held at a time.
const mutatedAtOnce = 1000

// TestCheckerAgreesWithLibxml2 changes valid documents at random and compares the verdicts.
func TestCheckerAgreesWithLibxml2(t *testing.T) {
	t.Parallel()
	count, err := strconv.Atoi(cmp.Or(os.Getenv("STELLWERK_TEST_MUTATIONS"), strconv.Itoa(mutations)))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	type tally struct{ valid, explained int }
	tallies := map[string]*tally{}
	for _, xsd := range schemas() {
		tallies[xsd] = &tally{}
	}
	for done := 0; done < count; done += mutatedAtOnce {
		documents := make([][]byte, min(mutatedAtOnce, count-done))
		for i := range documents {
			documents[i] = mutate(random, writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd(), randomAd(random)}, "99001-OLD-S"))
			if random.IntN(4) == 0 {
				documents[i] = mutate(random, documents[i])
			}
		}
		for xsd, sum := range tallies {
			valid, explained := compare(t, xsd, documents)
			sum.valid += valid
			sum.explained += explained
		}
	}
	for xsd, sum := range tallies {
		t.Logf("%s: %d documents, %d of them valid, %d disagreements that are explained", filepath.Base(xsd), count, sum.valid, sum.explained)
	}
}

// compare lets libxml2 and us judge documents and complains about disagreements that are not explained.
func compare(t *testing.T, xsd string, documents [][]byte) (valid, explained int) {
	t.Helper()
	theirs, said := lint(t, xsd, documents)
	for i, document := range documents {
		report := check(t, string(document))
		switch ours := report.Valid(); {
		case ours == theirs[i]:
		case isExplained(document, ours):
			explained++
		default:
			t.Errorf("%s: libxml2 takes it: %v %s; we say: %v", filepath.Base(xsd), theirs[i], said[i], messages(report))
		}
		if theirs[i] {
			valid++
		}
	}
	return valid, explained
}

func messages(report hrbaxml.Report) []string {
	var out []string
	for _, v := range report.Violations {
		out = append(out, v.Error())
	}
	return out
}

// disagreements are the texts about which libxml2 and we differ, by our verdict.
var disagreements = map[bool][]*regexp.Regexp{
	false: {
		// A sign before a part of a phone number: the BA's schema has no lower bound, our table forbids what makes no sense.
		regexp.MustCompile(`<(AreaCode|TelNumber)>\s*-`),
		// libxml2 counts wrong in the BA's pattern, with {1,2} twice in a row; ours says the same without counting.
		regexp.MustCompile(`<NAICS>[0-9]{3}<`),
		// Attributes for validators in the schema's own namespace that choose another type or say nil: nobody needs them.
		regexp.MustCompile(`xsi:(type|nil)=`),
		// Behind a byte order mark we read UTF-8, as newer releases of libxml2; older ones believe the declaration.
		regexp.MustCompile(`^\x{FEFF}<\?xml[^>]*(ISO-8859|windows-1252|US-ASCII)`),
	},
	true: {
		// libxml2 counts at most 24 digits in any number; XML Schema does not.
		regexp.MustCompile(`>\s*[+-]?[0-9]{25,}\s*<`),
		// libxml2 takes no white space around a date; XML Schema ignores it (whiteSpace is collapse).
		regexp.MustCompile(`>(\s+-?[0-9]{4,}-[0-9:.TZ+-]*\s*|\s*-?[0-9]{4,}-[0-9:.TZ+-]*\s+)<`),
		// libxml2 takes white space in a CDATA section between elements for text; XML Schema does not care how it is written.
		regexp.MustCompile(`<!\[CDATA\[\s*\]\]>`),
		// The decoder of the standard library does not ask for a space behind the name of an instruction.
		regexp.MustCompile(`<\?[A-Za-z]+[^A-Za-z\s?]`),
		// The decoder of the standard library makes U+FFFD of a reference to half a surrogate pair before we see it.
		regexp.MustCompile(`&#(x[dD][89a-fA-F][0-9a-fA-F]{2}|5[5-7][0-9]{3});`),
		// Behind a byte order mark we read UTF-8, as newer releases of libxml2; older ones believe the declaration.
		regexp.MustCompile(`^\x{FEFF}<\?xml[^>]*(ISO-8859|windows-1252|US-ASCII)`),
	},
}

func isExplained(document []byte, ours bool) bool {
	return slices.ContainsFunc(disagreements[ours], func(r *regexp.Regexp) bool { return r.Match(document) })
}

// span is a part of a document.
type span struct{ from, to int }

// leaf is an element that holds no others.
type leaf struct{ all, name, text span }

// scan finds the tags of a document, and the leaves among its elements.
func scan(document []byte) (leaves []leaf, tags []span) {
	for from := 0; ; {
		open := bytes.IndexByte(document[from:], '<')
		if open < 0 {
			return leaves, tags
		}
		tag := span{from + open, len(document)}
		if end := bytes.IndexByte(document[tag.from:], '>'); end >= 0 {
			tag.to = tag.from + end + 1
		}
		from = tag.to
		if tag.to-tag.from < 3 || document[tag.from+1] == '?' || document[tag.from+1] == '!' {
			continue
		}
		tags = append(tags, tag)
		if text := bytes.IndexByte(document[tag.to:], '<'); text >= 0 && bytes.HasPrefix(document[tag.to+text:], endTag(document, tag)) {
			to := tag.to + text + len(endTag(document, tag))
			leaves = append(leaves, leaf{all: span{tag.from, to}, name: span{tag.from + 1, tag.to - 1}, text: span{tag.to, tag.to + text}})
		}
	}
}

// endTag returns the tag that ends the element that the tag begins.
func endTag(document []byte, tag span) []byte {
	return slices.Concat([]byte("</"), document[tag.from+1:tag.to])
}

// nasty are texts at the edges of every kind of value.
var nasty = []string{
	"", " ", "0", "00", "1", "01", "+1", "-1", "-0", " 1 ", "1\n", "\t7", "1 2", "1.0", "1.", ".5", "1e1", "٣", "6", "7", "8", "9", "13", "14", "15", "16", "17",
	"18", "20", "21", "40", "41", "47.99", "48", "48.0", "48.00", "48.01", "49", "1.234", "1.230", "0.99", "120", "121", "128", "129", "143", "144", "303", "304", "999",
	"1000", "9999", "10000", "99999999999999", "999999999999999", "999999999999999999999999", "9223372036854775808", "F", "D", "f", "DE", "de", "D3", "DEU",
	"+49", "0049", "++49", "+", "00", "+4912345", "14:30", "99:99", "1:30", "14:30:00", "A", "Z", "a", "78", "78.1", "78.1.", "78..1", "781.1", ".78",
	"http://", "http://x", "https://x\ny", "HTTP://x", "ftp://x y", "mailto:x@y", "V000123400", "|000123400", "V00012340", "X000123400", "A123A12345", "D123A12345",
	"A123Z12345", "123", "12", "1234567", "12345678", "0000123", "+123", "2026-11-24", "2026-1-24", "2026-02-29", "2028-02-29", "2100-02-29", "2000-02-29",
	"2026-11-31", "2026-13-01", "2026-00-10", "2026-11-00", "0000-01-01", "0001-01-01", "-0001-01-01", "12026-01-01", "02026-01-01", "2026-11-24Z", "2026-11-24+01:00",
	"2026-11-24+14:00", "2026-11-24-13:59", "2026-11-24+14:01", "2026-11-24+1:00", "2026-11-24 ", "2026-11-24T09:30:00", "2026-11-24T09:30:00Z",
	"2026-11-24T09:30:00+01:00", "2026-11-24T09:30:00.123", "2026-11-24T09:30:00.", "2026-11-24T24:00:00", "2026-11-24T24:00:01", "2026-11-24T09:60:00",
	"2026-11-24T09:30:60", "2026-11-24t09:30:00", "2026-11-24 09:30:00", "2026-11-24T09:30", "+2026-11-24", "&#10;", "&#13;", "&amp;", "&lt;", "&uuml;", "&#0;",
	"&#xFFFE;", "&#x10FFFF;", "&#x110000;", "&amp", "<![CDATA[1]]>", "<![CDATA[ ]]>", "]]>", "<!-- c -->1", "<!-- -- -->1", "<?pi x?>1", "<?xml version=\"1.0\"?>",
	"<!DOCTYPE a>", "<b/>", "<TitleCode>123</TitleCode>", "\ufeff1", "\u00a01", "ü", "\U0001F600", "\x00", "\x0b", "\xff", "\ufffe",
}

// longText returns a text as long as a limit of the schema, or one more or less, in characters of one to four bytes.
func longText(random *rand.Rand) string {
	lengths := []int{10, 15, 25, 27, 30, 35, 40, 45, 60, 64, 90, 100, 200, 254, 255, 1000, 4000}
	unit := []string{"a", "ü", "€", "\U0001F600", "&amp;", "&#228;", "\n"}[random.IntN(7)]
	return string(bytes.Repeat([]byte(unit), lengths[random.IntN(len(lengths))]+random.IntN(3)-1))
}

// mutate changes a document in one place.
func mutate(random *rand.Rand, document []byte) []byte {
	leaves, tags := scan(document)
	if len(leaves) == 0 {
		return document
	}
	leaf, other, tag := leaves[random.IntN(len(leaves))], leaves[random.IntN(len(leaves))], tags[random.IntN(len(tags))]
	replace := func(part span, with string) []byte {
		return slices.Concat(document[:part.from], []byte(with), document[part.to:])
	}
	switch random.IntN(18) {
	default: // another text
		return replace(leaf.text, nastyLike(random, string(document[leaf.text.from:leaf.text.to])))
	case 7: // a text at the edge of a length
		return replace(leaf.text, longText(random))
	case 8: // an element is gone
		return replace(leaf.all, "")
	case 9: // an element stands twice, or a second time somewhere else
		at := []span{leaf.all, other.all}[random.IntN(2)]
		return replace(span{at.from, at.from}, string(document[leaf.all.from:leaf.all.to]))
	case 6: // an element stands later
		first, last := leaf.all, other.all
		if first.from > last.from {
			first, last = last, first
		}
		return slices.Concat(document[:first.from], document[first.to:last.to], document[first.from:first.to], document[last.to:])
	case 10: // another name
		name := string(document[other.name.from:other.name.to])
		return replace(leaf.all, "<"+name+">"+string(document[leaf.text.from:leaf.text.to])+"</"+name+">")
	case 11: // something before or after a tag
		at := []int{tag.from, tag.to}[random.IntN(2)]
		return replace(span{at, at}, nasty[random.IntN(len(nasty))])
	case 12: // an attribute
		attributes := []string{
			` a="1"`, ` xmlns="urn:x"`, ` xmlns=""`, ` xmlns:p="urn:x"`, ` a=1`, ` a="<"`, ` a='1' a='2'`, " ",
			` xmlns:p="urn:x" xmlns:p="urn:y"`, ` xmlns:p="urn:x" xmlns:q="urn:x"`, ` xmlns:xsi="urn:x"`, xsi, hint,
			` xmlns:xsi="urn:x"` + hint, ` xsi:schemaLocation="urn:x a.xsd"` + xsi, ` xmlns:xmlns="urn:x"`,
			` xmlns:p="http://www.w3.org/2000/xmlns/"`, ` xmlns:xml="http://www.w3.org/XML/1998/namespace"`, ` xmlns:xml="urn:x"`, ` xmlns:p=""`,
		}
		attribute := attributes[random.IntN(len(attributes))]
		return replace(span{tag.to - 1, tag.to - 1}, attribute)
	case 13: // a tag is gone
		return replace(tag, "")
	case 14: // an element is gone with everything in it, or stands twice
		length := bytes.Index(document[tag.from:], endTag(document, tag))
		if length < 0 {
			return document
		}
		element := span{tag.from, tag.from + length + len(endTag(document, tag))}
		doubled := bytes.Repeat(document[element.from:element.to], 2*random.IntN(2))
		return replace(element, string(doubled))
	case 16: // another declaration
		return redeclare(random, document)
	case 17: // hints at a schema, with their prefix declared around them
		document = replace(span{tag.to - 1, tag.to - 1}, hint)
		return bytes.Replace(document, []byte("<HRBAXMLJobPositionPosting"), []byte("<HRBAXMLJobPositionPosting"+xsi), 1)
	case 15: // a byte changes
		at := random.IntN(len(document))
		return replace(span{at, at + 1}, string([]byte{byte(random.IntN(256))}))
	}
}

// redeclare gives a document another XML declaration, and some bytes beyond ASCII.
func redeclare(random *rand.Rand, document []byte) []byte {
	pick := func(list ...string) string { return list[random.IntN(len(list))] }
	name := pick("UTF-8", "utf-8", "UTF8", "US-ASCII", "ISO-8859-1", "ISO-8859-15", "windows-1252", "nonsense", "", "8")
	equals, quote := pick("=", "=", " = "), pick(`"`, `"`, `'`)
	declaration := pick("", "", "\ufeff") + "<?xml " + pick("version", "version", "version", "VERSION", "") + equals + quote +
		pick("1.0", "1.0", "1.0", "1.1", "2.0", "1.") + quote +
		pick(" ", " ", "\n", "", "\f") + "encoding" + equals + quote + name + pick(quote, quote, quote, `"`) +
		pick("", "", ` standalone="yes"`, ` standalone="maybe"`) + pick("", " ") + "?>"
	_, body, _ := bytes.Cut(document, []byte("?>"))
	beyond := pick("", "", "ü", "\xfc", "\x80", "\x81", "\xa4")
	body = bytes.Replace(body, []byte("<HiringOrgName>"), []byte("<HiringOrgName>"+beyond), 1)
	return append([]byte(declaration), body...)
}

// nastyLike returns mostly a text of the same sort as the given one: others are refused for simple reasons.
func nastyLike(random *rand.Rand, text string) string {
	like := nasty[random.IntN(len(nasty))]
	for try := 0; try < 20 && sort(like) != sort(text); try++ {
		like = nasty[random.IntN(len(nasty))]
	}
	return like
}

// sort tells dates, numbers and the rest apart.
func sort(text string) string {
	switch {
	case len(text) > 4 && text[4] == '-':
		return "date"
	case strings.Trim(text, "+-. 0123456789") == "":
		return "number"
	}
	return "text"
}
