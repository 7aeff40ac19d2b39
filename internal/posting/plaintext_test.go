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
		{"paragraphs in items, as rich text editors write them", "<ul><li><p>Zeit</p></li><li></li><li><p>Geld</p></li></ul><p>Gern</p>", "- Zeit\n-\n- Geld\n\nGern"},
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
		{
			"line breaks beside inline tags", "Wir suchen <b>Köche</b>\nZeile 2\n- Punkt eins\n- Punkt zwei",
			"Wir suchen Köche\nZeile 2\n- Punkt eins\n- Punkt zwei",
		},
		{"unknown tags", "Max <max@example.org> … <b>bald</b> … <Muster GmbH>", "Max <max@example.org> … bald … <Muster GmbH>"},
		{"unknown tags among blocks", "<p>Max <max@example.org>,<br><Muster GmbH></p>", "Max <max@example.org>,\n<Muster GmbH>"},
		{"an opened bracket", "<p>Nur wenn a <b ist</p><p>und c <d", "Nur wenn a <b ist\n\nund c <d"},
		{"a quote that nobody closes", `<p class="x>Eins</p><p class="y">Zwei</p>`, "Eins\n\nZwei"},
		{"a bracket inside quotes", `<p title="a > b">Eins</p>`, "Eins"},
		{"a script that ends in itself", "<p>Vorher</p><script src=x /><p>Nachher</p>", "Vorher\n\nNachher"},
		{"a script without an end", "<p>Vorher</p><SCRIPT src=x><p>Nachher</p>", "Vorher\n\nNachher"},
		{"a title without an end", "Als <title> Manager", "Als  Manager"},
		{"a page's title", "<head><title>Seite 1</TITLE></head><body>Text</body>", "Text"},
		{"tags escaped inside HTML", "<p>Eins</p><p>Zwei &lt;br&gt;Drei &lt;b&gt;vier&lt;/b&gt;</p><ul><li>A</li></ul>", "Eins\n\nZwei\nDrei vier\n\n- A"},
		{"tags escaped twice inside HTML", "<p>Eins</p><p>Zwei &amp;lt;p&amp;gt;Drei&amp;lt;/p&amp;gt;</p>", "Eins\n\nZwei\n\nDrei"},
		{"preformatted text", "<p>Zeiten  der\nSchicht</p><pre>\nMo  8–16\nDi  frei</pre>a\nb", "Zeiten der Schicht\n\nMo  8–16\nDi  frei\na b"},
		{"comments", "Ja <!-- intern: <b>geheim</b>\n-->gern", "Ja gern"},
		{"comments among blocks", "<p>Ja</p><!-- <p>intern</p> --><p>gern</p>", "Ja\n\ngern"},
		{"a comment without an end", "Ja <!-- und <b>Amen</b>", "Ja <!-- und Amen"},
		{"elements rare and old", "<address>Weg 1</address><label>Ort</label> <strike>X</strike> <BLINK>Y</BLINK>", "Weg 1\nOrt X Y"},
		{"office software", `<!DOCTYPE html><?xml version="1.0"?><![if !supportLists]>Eins<o:p></o:p> <st1:place w:st="on">Ulm</st1:place><![endif]>`, "Eins Ulm"},
		{"Windows-1252 read as Latin-1", "8\u009616 Uhr, 12 \u0080, \u0084ja\u0093\u0081", "8–16 Uhr, 12 €, „ja“"},
		{"ampersands in addresses", "<p>https://x.y/?a=1&copy=2</p>", "https://x.y/?a=1&copy=2"},
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
	for in, want := range map[string]string{
		"  Pflege\nfachkraft\u00a0 (m/w/d) &amp; mehr\x07 ": "Pflege fachkraft (m/w/d) & mehr",
		"<b>Koch</b>": "Koch",
		"<p>Koch</p><p>in <i>Ulm</i></p><!-- 7 -->": "Koch in Ulm",
		"&lt;b&gt;Koch&lt;/b&gt; 8\u009616 Uhr":     "Koch 8–16 Uhr",
		"Koch <Muster GmbH>, a < b":                 "Koch <Muster GmbH>, a < b",
	} {
		if got := singleLine(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestTrimmedLeavesAddressesAlone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" https://x.y/?a=1&copy=2\n":     "https://x.y/?a=1&copy=2",
		"https://x.y/?a=1&lt;=2&amp;b=3": "https://x.y/?a=1&lt;=2&amp;b=3",
		"\tjobs+r&d@example.org ":        "jobs+r&d@example.org",
	} {
		if got := trimmed(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func FuzzPlainText(f *testing.F) {
	for _, seed := range []string{
		"", "<p>a</p>", "&amp;amp;lt;b&gt;", "<ul><li><ol><li>", "<a href='https://x.y'>z", "\x00\xff", "<<<p>>>", "&#1114112;", "a\u0085b",
		"<!--<script><!--<pre>\n\n</pre>", "<title><title/></title>", `<a href="'>"<b '`, "<<b>b>&lt;p&gt;",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, got := range []string{PlainText(in), singleLine(in), trimmed(in)} {
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
