package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// named are the addresses that a page names.
var named = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

func TestTheDocsPageNeedsNothingFromOutside(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	page := h.want(t, http.StatusOK, ask{method: "GET", path: "/docs"})

	if policy := page.header.Get("Content-Security-Policy"); strings.Contains(policy, "http") || !strings.Contains(policy, "connect-src 'self'") {
		t.Errorf("policy %q", policy)
	}
	scripts := 0
	for _, found := range named.FindAllStringSubmatch(string(page.body), -1) {
		path := found[1]
		if path == "data:," {
			continue
		}
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") {
			t.Errorf("%s is outside", path)
			continue
		}
		got := h.want(t, http.StatusOK, ask{method: "GET", path: path})
		if strings.HasSuffix(path, ".js") {
			scripts++
			if !strings.HasPrefix(got.header.Get("Content-Type"), "text/javascript") || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
				t.Errorf("%s: %v", path, got.header)
			}
		}
	}
	if scripts != 2 {
		t.Errorf("%d scripts", scripts)
	}
}

func TestTheViewerComesPackedToWhomeverTakesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	page := h.want(t, http.StatusOK, ask{method: "GET", path: "/docs"})
	viewer := regexp.MustCompile(`/docs/viewer-[0-9a-f]{8}\.js`).FindString(string(page.body))
	plain := h.want(t, http.StatusOK, ask{method: "GET", path: viewer, header: map[string]string{"Accept-Encoding": "br, gzip;q=0"}})
	packed := h.want(t, http.StatusOK, ask{method: "GET", path: viewer, header: map[string]string{"Accept-Encoding": "gzip, deflate"}})

	if plain.header.Get("Content-Encoding") != "" || packed.header.Get("Content-Encoding") != "gzip" || len(packed.body) > len(plain.body)/2 {
		t.Fatalf("%d bytes plain, %d packed", len(plain.body), len(packed.body))
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed.body))
	check(t, err)
	unpacked, err := io.ReadAll(reader)
	check(t, err)
	if !bytes.Equal(unpacked, plain.body) {
		t.Error("they differ")
	}
}

func TestTheGuideNamesEveryOperationAndProblem(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	got := h.want(t, http.StatusOK, ask{method: "GET", path: "/llms.txt"})
	guide := string(got.body)
	if !strings.HasPrefix(guide, "# Stellwerk\n\n> ") || len(guide) > 64<<10 {
		t.Errorf("%d bytes: %.100s", len(guide), guide)
	}
	for _, op := range h.contract.operations() {
		if !strings.Contains(guide, "`"+op.method+" "+op.path+"` ("+op.OperationID+", ") {
			t.Errorf("%s is not named", op.OperationID)
		}
	}
	links := regexp.MustCompile(`\]\((/[^)]*)\)`).FindAllStringSubmatch(guide, -1)
	if len(links) < 50 {
		t.Errorf("%d links", len(links))
	}
	for _, link := range links {
		h.want(t, http.StatusOK, ask{method: "GET", path: link[1]})
	}
}

func TestAProblemIsAPageForBrowsersAndDataForOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
	for accept, page := range map[string]bool{
		browser: true, "text/html": true, "text/html;q=0.8, application/json": false, "": false, "*/*": false, "application/json": false,
		"application/problem+json, text/html;q=0.1": false, "text/html;q=0, */*": false, ";;;": false,
	} {
		got := h.want(t, http.StatusOK, ask{method: "GET", path: "/problems/missing_scope", header: map[string]string{"Accept": accept}})
		if is := strings.HasPrefix(got.header.Get("Content-Type"), "text/html"); is != page {
			t.Errorf("%q: %s", accept, got.header.Get("Content-Type"))
		}
	}
	german := h.want(t, http.StatusOK, ask{
		method: "GET", path: "/problems/missing_scope", header: map[string]string{"Accept": browser, "Accept-Language": "de-DE,de;q=0.9,en;q=0.5"},
	})
	body := string(german.body)
	if de, en := strings.Index(body, "<h1>Recht fehlt</h1>"), strings.Index(body, "<h1>Missing scope</h1>"); de < 0 || en < de || !strings.Contains(body, `<html lang="de">`) {
		t.Errorf("not German first:\n%s", body)
	}
	if !strings.Contains(body, "<var>scope</var>") || strings.Contains(body, "{") && !strings.Contains(body, "<style>") {
		t.Errorf("placeholders are not marked:\n%s", body)
	}
}
