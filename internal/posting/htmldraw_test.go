package posting

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// written are words as HTML writes them, with what people read.
var written = [][2]string{
	{"Wir", "Wir"},
	{"suchen", "suchen"},
	{"Gr&uuml;&szlig;e", "Grüße"},
	{"R&amp;D", "R&D"},
	{"M&#252;ller", "Müller"},
	{"&#x20AC;", "€"},
	{"&lt;3", "<3"},
	{"Söhne", "Söhne"},
	{"8&ndash;16", "8–16"},
	{"(m/w/d)", "(m/w/d)"},
	{"Kranken&shy;pflege", "Krankenpflege"},
	{"ja!\x07", "ja!"},
	{"a&nbsp;b", "a b"},
}

// TestNoWordOfHTMLIsLost lays out any document of paragraphs, lines and lists exactly as it is read: nothing is lost, moved or said twice.
func TestNoWordOfHTMLIsLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var html strings.Builder
		var want []string
		for range rapid.IntRange(1, 6).Draw(t, "blocks") {
			source, text := drawBlock(t)
			html.WriteString(source + rapid.SampledFrom([]string{"", "\n", "\r\n  "}).Draw(t, "between"))
			want = append(want, text)
		}

		got := PlainText(html.String())

		if got != strings.Join(want, "\n\n") {
			t.Fatalf("%q became\n%q, want\n%q", html.String(), got, strings.Join(want, "\n\n"))
		}
		if again := PlainText(got); again != got {
			t.Fatalf("not the same when applied again: %q", again)
		}
	})
}

// drawBlock draws a paragraph or a list with the text that it stands for.
func drawBlock(t *rapid.T) (source, text string) {
	kind := rapid.SampledFrom([]string{"p", "h2", "ul", "ol"}).Draw(t, "kind")
	var lines []string
	for n := range rapid.IntRange(1, 4).Draw(t, "lines") {
		part, words := drawPhrase(t)
		switch kind {
		case "ul":
			source += "<li>" + part + "</li>"
			words = "- " + words
		case "ol":
			source += "<LI class=\"x>y\">" + part
			words = strconv.Itoa(n+1) + ". " + words
		default:
			if n > 0 {
				source += rapid.SampledFrom([]string{"<br>", "<br/>", "<BR />\n"}).Draw(t, "break")
			}
			source += part
		}
		lines = append(lines, words)
	}
	return "<" + kind + ` style='color:"red"'>` + source + "</" + kind + ">", strings.Join(lines, "\n")
}

// drawPhrase draws words on one line, some of them marked up.
func drawPhrase(t *rapid.T) (source, text string) {
	var words []string
	for range rapid.IntRange(1, 5).Draw(t, "words") {
		word := rapid.SampledFrom(written).Draw(t, "word")
		around := rapid.SampledFrom([][2]string{{"", ""}, {"<b>", "</b>"}, {`<span lang="de">`, "</span>"}, {"<!-- x -->", ""}}).Draw(t, "around")
		if len(words) > 0 {
			source += rapid.SampledFrom([]string{" ", "  ", "\n", "\t "}).Draw(t, "blank")
		}
		source += around[0] + word[0] + around[1]
		words = append(words, word[1])
	}
	return source, strings.Join(words, " ")
}
