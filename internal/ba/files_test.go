package ba_test

import (
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
)

const feedbackName = "ESV000123400_2026-11-24_09-30-00.xml"

// listing is written as Apache does it with preformatted columns.
const listing = `<!DOCTYPE HTML><html><head><title>Index of /</title></head><body><h1>Index of /</h1>
<pre><img src="/icons/blank.gif" alt="Icon "> <a href="?C=N;O=D">Name</a>  <a href="?C=M;O=A">Last modified</a>  <a href="?C=S;O=A">Size</a><hr>
<img src="/icons/folder.gif" alt="[DIR]"> <a href="in/">in/</a>                     01-Sep-2015 18:30    -
<img src="/icons/text.gif" alt="[TXT]"> <a href="ESV000123400_2026-11-24_09-30-00.xml">ESV000123400_2026-11..&gt;</a> 24-Nov-2026 09:41  4.5K
<img src="/icons/text.gif" alt="[TXT]"> <a href="/Bericht%20%C3%BCber%20alles.xlsx">Bericht</a>
<a href="sonstiges/">sonstiges/</a> <a href="mailto:x@example.org">mail</a> <a href="/">top</a> <a href="..%2Fpasswd">x</a>
<a href="..\passwd">x</a> <a href="https://example.org/ES.xml">x</a> <a href="//example.org/ES.xml">x</a> <a href="a%00b">x</a> <a>x</a>
<a href="ESV000123400_2026-11-24_09-30-00.xml">again</a>
<hr></pre><address>Apache Server at hrbaxml.arbeitsagentur.de Port 443</address></body></html>`

func TestListReadsNamesDatesAndSizes(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	h := startHost(t, page(200, listing))
	session := h.sessionWith(t, ba.Options{Zone: berlin}, ba.Identity{
		PartnerID:   partner,
		Certificate: h.authority.issue(t, time.Now().Add(time.Hour)),
		Authorities: []*x509.Certificate{h.authority.cert},
		PathMode:    ba.PathPlain,
	})

	got, err := session.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	want := []ba.Entry{
		{Name: feedbackName, Modified: time.Date(2026, 11, 24, 9, 41, 0, 0, berlin), Size: "4.5K"},
		{Name: "Bericht über alles.xlsx"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries differ (-want +got):\n%s", diff)
	}
}

func TestListReadsATableToo(t *testing.T) {
	t.Parallel()
	h := startHost(t, page(200, `<title>Index of /</title><table>
<tr><td><a href="`+feedbackName+`">ESV</a></td><td align="right">2026-11-24 09:41  </td><td align="right">812 </td><td>&nbsp;</td></tr>
<tr><td><a href="b.xml">b</a></td><td>&nbsp;</td><td align="right">  - </td></tr></table>`))

	got, err := h.session(t, ba.PathPlain).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	want := []ba.Entry{
		{Name: feedbackName, Modified: time.Date(2026, 11, 24, 9, 41, 0, 0, time.UTC), Size: "812"},
		{Name: "b.xml"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entries differ (-want +got):\n%s", diff)
	}
}

func TestListNeverTakesAnotherPageForAnEmptyDirectory(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		handler http.HandlerFunc
		class   ba.Class
	}{
		"empty directory":         {page(200, "<title>Index of /</title>"), ""},
		"maintenance":             {page(200, `<title>Wartung</title><a href="info.pdf">mehr</a>`), ba.ClassGarbage},
		"nothing":                 {page(200, ""), ba.ClassGarbage},
		"half a page":             {cutInsideAnswer, ba.ClassConnectionCut},
		"other partner's files":   {page(200, strings.ReplaceAll(listing, partner, "V000999900")), ba.ClassForeignListing},
		"several partners' files": {page(200, listing+`<a href="ESV000999900_2026-11-24_09-30-00.xml">x</a>`), ""},
		"nested without end":      {page(200, strings.Repeat("<b><div>", 10_000)), ba.ClassGarbage},
		"unauthorised":            {page(401, ""), ba.ClassHTTP4xx},
		"down":                    {page(502, ""), ba.ClassHTTP5xx},
		"moved away":              {redirect(http.StatusMovedPermanently, "https://www.arbeitsagentur.de/"), ba.ClassElsewhere},
		"endless":                 {endlessPage, ba.ClassTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := startHost(t, test.handler)

			entries, err := h.session(t, ba.PathPlain).List(t.Context())

			if ba.ClassOf(err) != test.class || (err == nil) != (test.class == "") {
				t.Errorf("got %v, %v; want %q", entries, err, test.class)
			}
		})
	}
}

func TestDownloadStopsAtItsLimit(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.Handle("GET /"+feedbackName, page(200, "0123456789"))
	mux.Handle("GET /Bericht über alles.xlsx", page(200, "x"))
	session := startHost(t, mux).session(t, ba.PathPlain)

	got, err := session.Download(t.Context(), feedbackName, 10)
	if err != nil || string(got) != "0123456789" {
		t.Errorf("at the limit: %q, %v", got, err)
	}
	if _, err := session.Download(t.Context(), feedbackName, 9); ba.ClassOf(err) != ba.ClassTooLarge {
		t.Errorf("over the limit: %v", err)
	}
	if got, err := session.Download(t.Context(), "Bericht über alles.xlsx", 9); err != nil || string(got) != "x" {
		t.Errorf("a name with blanks: %q, %v", got, err)
	}
	if _, err := session.Download(t.Context(), "missing.xml", 9); ba.ClassOf(err) != ba.ClassHTTP4xx {
		t.Errorf("a missing file: %v", err)
	}
	for _, name := range []string{"", ".", "..", "a/b", `a\b`, "in/../x"} {
		if _, err := session.Download(t.Context(), name, 9); err == nil || ba.ClassOf(err) != "" {
			t.Errorf("the name %q was asked for: %v", name, err)
		}
	}
}

func TestDeleteOfAMissingFileIsDone(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		class  ba.Class
	}{
		"deleted":     {http.StatusNoContent, ""},
		"gone before": {http.StatusNotFound, ""},
		"not allowed": {http.StatusMethodNotAllowed, ba.ClassHTTP4xx},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.HandleFunc("DELETE /"+feedbackName, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(test.status) })
			h := startHost(t, mux)

			err := h.session(t, ba.PathPlain).Delete(t.Context(), feedbackName)

			if ba.ClassOf(err) != test.class || (err == nil) != (test.class == "") {
				t.Errorf("got %v, want %q", err, test.class)
			}
		})
	}
}

func TestProbeFindsThePathMode(t *testing.T) {
	t.Parallel()
	own, foreign := page(200, listing), page(200, strings.ReplaceAll(listing, partner, "V000999900"))
	for name, test := range map[string]struct {
		plain, prefixed http.HandlerFunc
		known           ba.PathMode
		found           ba.PathMode
		class           ba.Class
	}{
		"plain":                     {own, page(404, ""), ba.PathUnknown, ba.PathPlain, ""},
		"plain while both work":     {own, own, ba.PathUnknown, ba.PathPlain, ""},
		"prefixed is kept":          {own, own, ba.PathPrefixed, ba.PathPrefixed, ""},
		"plain forbidden":           {page(403, ""), own, ba.PathPlain, ba.PathPrefixed, ""},
		"plain not found":           {page(404, ""), own, ba.PathUnknown, ba.PathPrefixed, ""},
		"plain shows others' files": {foreign, own, ba.PathPlain, ba.PathPrefixed, ""},
		"prefix no longer there":    {own, page(404, ""), ba.PathPrefixed, ba.PathPlain, ""},
		"neither":                   {page(403, ""), page(404, ""), ba.PathUnknown, ba.PathUnknown, ba.ClassHTTP4xx},
		"wrong Supplier-ID":         {foreign, page(403, ""), ba.PathUnknown, ba.PathUnknown, ba.ClassForeignListing},
		"down":                      {page(503, ""), own, ba.PathPlain, ba.PathPlain, ba.ClassHTTP5xx},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mux := http.NewServeMux()
			mux.Handle("GET /{$}", test.plain)
			mux.Handle("GET /daten/"+partner+"/{$}", test.prefixed)
			session := startHost(t, mux).session(t, test.known)

			found, err := session.Probe(t.Context())

			if found != test.found || ba.ClassOf(err) != test.class {
				t.Errorf("got %q, %v; want %q, %q", found, err, test.found, test.class)
			}
			if session.PathMode() != test.found {
				t.Errorf("the session goes on with %q", session.PathMode())
			}
		})
	}
}
