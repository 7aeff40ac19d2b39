package posting

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPlainTextKeepsWhatPeopleRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, in, want string }{
		{"plain text stays", "Wir suchen Sie!\n\nMelden Sie sich.", "Wir suchen Sie!\n\nMelden Sie sich."},
		{"line ends of every system", "a\r\nb\rc\u2028d", "a\nb\nc\nd"},
		{"blanks at line ends and many empty lines", "a  \n\n\n\nb\t\n", "a\n\nb"},
		{"angle brackets that are no tags", "1 < 2 und <Firma> & Söhne", "1 < 2 und <Firma> & Söhne"},
		{"entities in plain text", "R&amp;D, 5&nbsp;Tage, K&ouml;ln &#8211; ja", "R&D, 5\u00a0Tage, Köln – ja"},
		{"paragraphs", "<p>Eins</p><p>Zwei<br>Drei</p>", "Eins\n\nZwei\nDrei"},
		{"blocks", "<div>Eins</div><div>Zwei</div>", "Eins\nZwei"},
		{"bullets", "<p>Wir bieten:</p><ul><li>Zeit</li><li> Geld </li></ul><p>Gern</p>", "Wir bieten:\n\n- Zeit\n- Geld\n\nGern"},
		{"numbers", "<ol><li>Erst</li><li>Dann</li></ol>", "1. Erst\n2. Dann"},
		{"nested lists", "<ul><li>A<ul><li>B</li></ul></li><li>C</li></ul>", "- A\n  - B\n- C"},
		{"white space as a browser shows it", "<p>Viel   \n  Raum</p>", "Viel Raum"},
		{"emphasis joins", "<p>Ein <b>gro</b>ßes <i>Wort</i>!</p>", "Ein großes Wort!"},
		{"a link keeps its address", `<a href="https://example.org/jobs">Alle Stellen</a>`, "Alle Stellen (https://example.org/jobs)"},
		{"a link that shows its address", `<a href="https://example.org/">example.org</a>`, "example.org"},
		{"a mail link", `<a href="mailto:jobs@example.org">Schreiben Sie uns</a>`, "Schreiben Sie uns (jobs@example.org)"},
		{"scripts are not read", "<p>Ja</p><script>alert(1)</script><style>p{}</style>", "Ja"},
		{"tables", "<table><tr><td>Montag</td><td>8–16</td></tr><tr><td>Dienstag</td><td>frei</td></tr></table>", "Montag 8–16\nDienstag frei"},
		{"HTML escaped once too often", "&lt;p&gt;Gr&amp;uuml;&amp;szlig;e&lt;/p&gt;", "Grüße"},
		{"what XML forbids", "a\x00b\x0bc\ufffed\ufeff", "abcd"},
		{"unclosed elements", "<ul><li>Eins<li>Zwei", "- Eins\n- Zwei"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := PlainText(tt.in)

			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if again := PlainText(got); again != got {
				t.Errorf("not the same when applied again: %q", again)
			}
		})
	}
}

func TestSingleLineIsOneLine(t *testing.T) {
	t.Parallel()

	if got := singleLine("  Pflege\nfachkraft\u00a0 (m/w/d) &amp; mehr\x07 "); got != "Pflege fachkraft (m/w/d) & mehr" {
		t.Errorf("got %q", got)
	}
}

func FuzzPlainText(f *testing.F) {
	for _, seed := range []string{
		"", "<p>a</p>", "&amp;amp;lt;b&gt;", "<ul><li><ol><li>", "<a href='https://x.y'>z", "\x00\xff", "<<<p>>>", "&#1114112;", "a\u0085b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, got := range []string{PlainText(in), singleLine(in)} {
			if !utf8.ValidString(got) || got != permitted(got) {
				t.Errorf("%q became %q, which a file may not hold", in, got)
			}
			// Links and bullets add a little; nothing multiplies.
			if len(got) > 4*len(in)+64 {
				t.Errorf("%d bytes became %d", len(in), len(got))
			}
		}
		if line := singleLine(in); strings.ContainsAny(line, "\n\t") {
			t.Errorf("%q has several lines", line)
		}
	})
}
