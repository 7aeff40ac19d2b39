package api_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

func TestTheRoutersOwnErrorsAreProblemsToo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, test := range map[string]struct {
		method, path string
		status       int
		allow        []string
	}{
		"no such path":                 {"GET", "/nothing", 404, nil},
		"the root":                     {"GET", "/", 404, nil},
		"a path without its version":   {"GET", "/tenants", 404, nil},
		"two slashes":                  {"GET", "//v1/tenants", 404, nil},
		"up and away":                  {"GET", "/v1/tenants/../../etc/passwd", 404, nil},
		"another method":               {"DELETE", "/v1/tenants", 405, []string{"GET", "HEAD", "OPTIONS", "POST"}},
		"a method that nobody knows":   {"BREW", "/livez", 405, []string{"GET", "HEAD", "OPTIONS"}},
		"a method that echoes headers": {"TRACE", "/v1/tenants", 405, []string{"GET", "HEAD", "OPTIONS", "POST"}},
	} {
		for language, titles := range map[string]map[int]string{
			"de": {404: "Nicht gefunden", 405: "Methode nicht erlaubt"}, "en": {404: "Not found", 405: "Method not allowed"},
		} {
			got := h.do(t, ask{method: test.method, path: test.path, header: map[string]string{"Accept-Language": language}})

			if got.status != test.status || got.text(t, "title") != titles[test.status] {
				t.Errorf("%s: %d %s", name, got.status, got.body)
			}
			if allow := allowed(got.header); !slices.Equal(allow, test.allow) {
				t.Errorf("%s: allowed are %q", name, allow)
			}
		}
	}
}

func allowed(header http.Header) []string {
	if header.Get("Allow") == "" {
		return nil
	}
	return slices.Sorted(slices.Values(strings.Split(header.Get("Allow"), ", ")))
}

func TestOptionsSayWhatIsAllowed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	got := h.want(t, http.StatusNoContent, ask{method: "OPTIONS", path: "/v1/tenants"})

	if allow := allowed(got.header); !slices.Equal(allow, []string{"GET", "HEAD", "OPTIONS", "POST"}) {
		t.Errorf("allowed are %q", allow)
	}
	if got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("another site's scripts are let in")
	}
}

func TestHeadIsGetWithoutTheBody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner, _ := h.Tenant(t, "Muster Pflege gGmbH")
	server := httptest.NewServer(h.handler)
	t.Cleanup(server.Close)
	for _, test := range []struct {
		path, token string
		status      int
	}{
		{"/livez", "", 200},
		{"/v1/tenants", "", 401},
		{"/v1/tenants", h.operator, 200},
		{"/v1/tenants/" + owner.String(), h.tenantToken(t, owner, "postings:read"), 403},
		{"/v1/tenants/1", h.operator, 404},
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodHead, server.URL+test.path, http.NoBody)
		check(t, err)
		request.Header.Set("Authorization", "Bearer "+test.token)

		response, err := server.Client().Do(request)
		check(t, err)
		body, err := io.ReadAll(response.Body)
		check(t, err)
		check(t, response.Body.Close())

		if response.StatusCode != test.status || len(body) > 0 || response.Header.Get("X-Request-Id") == "" {
			t.Errorf("%s: %d with %d bytes", test.path, response.StatusCode, len(body))
		}
	}
}

func TestARequestKeepsTheIDThatItsCallerGaveIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for id, kept := range map[string]bool{
		"0193a1b2-0000-7000-8000-00000000000a": true, "job.4711_retry-2": true, strings.Repeat("a", 64): true,
		"": false, "short": false, strings.Repeat("a", 65): false, "with blank 12": false, "new\nline 123": false, "umläutlich": false, `"quoted 12"`: false,
	} {
		got := h.want(t, http.StatusUnauthorized, ask{method: "GET", path: "/v1/tenants", header: map[string]string{"X-Request-Id": id}})

		if (got.header.Get("X-Request-Id") == id) != kept || got.text(t, "request_id") != got.header.Get("X-Request-Id") {
			t.Errorf("%q became %q", id, got.header.Get("X-Request-Id"))
		}
	}
}

func TestWhoAcceptsNothingThatWeAnswerIsToldSo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	before := h.dump(t)
	for _, op := range h.contract.operations() {
		request := op.ask(t, h.operator, known).with(map[string]string{"Accept": "application/vnd.nothing"})
		got := h.do(t, request)

		if len(op.offers()) == 0 {
			continue // there is no body to accept
		}
		if got.status != http.StatusNotAcceptable || got.text(t, "code") != "not_acceptable" {
			t.Errorf("%s: %d %s", op.OperationID, got.status, got.body)
		}
	}
	delete(before, "api_tokens") // one was revoked, which has no body
	for name, rows := range h.dump(t) {
		if was, ok := before[name]; ok && was != rows {
			t.Errorf("table %s has changed", name)
		}
	}
	for accepted, status := range map[string]int{
		"": 200, "*/*": 200, "application/*": 200, "application/json": 200, "Application/JSON; charset=utf-8": 200, "text/html, */*;q=0.1": 200,
		"application/json;q=0.001": 200, "text/*;q=0.9, application/json;q=0.5": 200, "nonsense": 200, ";;;": 200, "application/problem+json, application/json": 200,
		"text/html": 406, "application/json;q=0": 406, "application/json;q=0, */*": 406, "application/*;q=0, */*": 406, "text/*": 406, "application/xml": 406,
	} {
		got := h.do(t, ask{method: "GET", path: "/v1/tenants", token: h.operator, header: map[string]string{"Accept": accepted}})

		if got.status != status {
			t.Errorf("%q: %d", accepted, got.status)
		}
	}
}

func TestEveryRequestHasAnIDOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	seen := map[string]bool{}
	for range 3 {
		got := h.do(t, ask{method: "GET", path: "/livez", header: map[string]string{"X-Request-Id": "mine\", \"level\":\"forged"}})

		id := got.header.Get("X-Request-Id")
		if len(id) != 36 || seen[id] {
			t.Errorf("the id is %q", id)
		}
		seen[id] = true
	}
}

func TestTheAnswersLanguageIsTheCallersFirstThatWeSpeak(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for accepted, want := range map[string]string{
		"": "en", "de": "de", "DE": "de", "de-AT": "de", "de-CH-1996": "de", "en": "en", "fr": "en", "fr, de;q=0.5": "de", "en, de;q=0.9": "en",
		"de;q=0.1, en;q=0.9": "en", "*": "en", "de;q=0": "en", "zz-zz-zz, ;;;q=x": "en", strings.Repeat("fr,", 10_000) + "de": "de",
	} {
		got := h.want(t, http.StatusUnauthorized, ask{method: "GET", path: "/v1/tenants", header: map[string]string{"Accept-Language": accepted}})

		title := map[string]string{"de": "Nicht angemeldet", "en": "Not authenticated"}[want]
		if got.header.Get("Content-Language") != want || got.text(t, "title") != title {
			t.Errorf("%.40q: answered in %q: %s", accepted, got.header.Get("Content-Language"), got.body)
		}
	}
}

func TestAnswersAreNotKeptOrGuessedAt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	got := h.want(t, http.StatusOK, ask{method: "GET", path: "/v1/tenants", token: h.operator})

	for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Vary": "Accept-Language"} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q", name, got.header.Get(name))
		}
	}
}

func TestAPanicIsLoggedOnceAndAnsweredBlandly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	broken := h.doors
	broken.Tenants = nil // its first use panics
	handler := h.serve(t, broken)

	got := h.doOn(t, handler, ask{method: "GET", path: "/v1/tenants", token: h.operator, header: map[string]string{"Accept-Language": "de"}})

	if got.status != http.StatusInternalServerError || got.text(t, "code") != "internal_error" || strings.Contains(string(got.body), "nil pointer") {
		t.Errorf("%d %s", got.status, got.body)
	}
	log := h.log.String()
	if strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, got.header.Get("X-Request-Id")) || !strings.Contains(log, "tenants.go") {
		t.Errorf("the log does not say it once, with the request's id and the place:\n%s", log)
	}
	if strings.Contains(log, h.operator) {
		t.Error("the log shows the token")
	}
}

func TestADatabaseThatIsAwayIsNoFailureOfOurs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	broken := h.doors
	broken.DB = away(t, h)
	broken.Tokens = identity.NewTokens(broken.DB, h.Clock.Now)
	broken.Tenants = tenant.NewDirectory(broken.DB, h.Clock.Now)
	handler := h.serve(t, broken)
	for _, path := range []string{"/readyz", "/v1/tenants"} {
		got := h.doOn(t, handler, ask{method: "GET", path: path, token: h.operator})

		if got.status != http.StatusServiceUnavailable || got.text(t, "code") != "unavailable" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := h.doOn(t, handler, ask{method: "GET", path: "/livez"}); got.status != http.StatusOK {
		t.Errorf("the process lives, and says %d", got.status)
	}
	if log := h.log.String(); strings.Contains(log, "level=ERROR") || strings.Contains(log, h.operator) {
		t.Errorf("the log\n%s", log)
	}
}

func TestADatabaseThatWasClosedIsNoFailureOfOurs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.DB.Close()
	for _, path := range []string{"/readyz", "/v1/tenants"} {
		got := h.doOn(t, h.handler, ask{method: "GET", path: path, token: h.operator})

		if got.status != http.StatusServiceUnavailable || got.text(t, "code") != "unavailable" {
			t.Errorf("%s: %d %s\n%s", path, got.status, got.body, h.log.String())
		}
	}
}

// away is a database at an address where nobody listens.
func away(t *testing.T, h *house) *database.DB {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	address := listener.Addr().String()
	check(t, listener.Close())
	db, err := database.Open(t.Context(), (&url.URL{Scheme: "postgres", User: url.UserPassword("nobody", "secret"), Host: address, Path: "/none"}).String(), 1, h.Log)
	check(t, err)
	t.Cleanup(db.Close)
	return db
}

func TestACallerWhoWentAwayIsNoFailureOfOurs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	gone, leave := context.WithCancel(t.Context())
	leave()
	request := httptest.NewRequestWithContext(gone, http.MethodGet, "/v1/tenants", http.NoBody)
	request.Header.Set("Authorization", "Bearer "+h.operator)

	h.handler.ServeHTTP(httptest.NewRecorder(), request)

	if log := h.log.String(); strings.Contains(log, "level=ERROR") {
		t.Errorf("the log\n%s", log)
	}
}

func TestABadParameterIsNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner, _ := h.Tenant(t, "Muster Pflege gGmbH")
	base := "/v1/tenants/" + owner.String()
	for path, want := range map[string]string{
		"/v1/tenants?limit=0":                                        "?limit",
		"/v1/tenants?limit=201":                                      "?limit",
		"/v1/tenants?limit=ten":                                      "?limit",
		"/v1/tenants?limit=1e1":                                      "?limit",
		"/v1/tenants?limit=99999999999999999999":                     "?limit",
		"/v1/tenants?limit=":                                         "?limit",
		"/v1/tenants?limit=1&limit=2":                                "?limit",
		"/v1/tenants?cursor=a&cursor=b":                              "?cursor",
		"/v1/tenants?cursor=" + strings.Repeat("a", 101):             "?cursor",
		"/v1/tenants?cursor=nonsense":                                "",
		"/v1/tenants?cursor=%00%FF":                                  "?cursor",
		base + "/postings?q=%00":                                     "?q",
		base + "/postings?q=%FF":                                     "?q",
		base + "/postings?q=":                                        "?q",
		base + "/postings?publish=yes":                               "?publish",
		base + "/postings?account_id=1":                              "?account_id",
		base + "/postings?updated_since=yesterday":                   "?updated_since",
		base + "/postings?order=random":                              "?order",
		base + "/transfers?state=lost":                               "?state",
		"/v1/tenants?cursor=":                                        "",
		base + "/postings?at_ba=dead":                                "?at_ba",
		base + "/postings?change=":                                   "?change",
		base + "/postings/by-external-id/" + strings.Repeat("a", 65): "{external_id}",
		base + "/postings/by-external-id/a%2Fb":                      "{external_id}",
		base + "/postings/by-external-id/%C3%A4":                     "{external_id}",
	} {
		got := h.want(t, http.StatusBadRequest, ask{method: "GET", path: path, token: h.operator})

		if pointers := got.pointers(t); strings.Join(pointers, " ") != want {
			t.Errorf("%s: the complaint is about %q", path, pointers)
		}
	}
	step := h.furnish(t)
	got := h.want(t, http.StatusBadRequest, ask{
		method: "PUT", path: "/v1/tenants/" + step["tenant_id"] + "/ba-accounts/" + step["account_id"] + "/onboarding/steps/active", token: h.operator,
		body: object{"done_on": "2026-11-02", "done_by": "Erika Beispiel"},
	})
	if pointers := got.pointers(t); !slices.Equal(pointers, []string{"{step}"}) {
		t.Errorf("the complaint is about %q", pointers)
	}
}

func TestAProblemsAddressExplainsIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	problem := h.want(t, http.StatusUnauthorized, ask{method: "GET", path: "/v1/tenants"})

	got := h.want(t, http.StatusOK, ask{method: "GET", path: problem.text(t, "type"), header: map[string]string{"Accept-Language": "de"}})

	if got.text(t, "code") != "unauthenticated" || got.text(t, "title") != "Nicht angemeldet" {
		t.Errorf("%s", got.body)
	}
	for path, status := range map[string]int{"/problems/nothing": 404, "/problems/": 404, "/problems/" + strings.Repeat("a", 65): 400} {
		h.want(t, status, ask{method: "GET", path: path})
	}
}

func TestAFormThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/ba-accounts/" + known["account_id"] + "/certificates"
	before := h.dump(t)
	whole, header := form(t, map[string]string{"file": canary, "pin": canary})
	part := func(name, content string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + content + "\r\n"
	}
	own := "multipart/form-data; boundary=b"
	for name, test := range map[string]struct {
		body, media string
		status      int
		code        string
		pointers    []string
	}{
		"JSON":               {`{"file": "", "pin": ""}`, "application/json", 415, "unsupported_media_type", nil},
		"no boundary":        {string(whole), "multipart/form-data", 400, "malformed_form", nil},
		"another boundary":   {string(whole), "multipart/form-data; boundary=other", 422, "invalid_input", []string{"/file", "/pin"}},
		"empty":              {"", own, 422, "invalid_input", []string{"/file", "/pin"}},
		"cut in a part":      {part("pin", canary) + part("file", canary), own, 400, "malformed_form", nil},
		"nothing in it":      {"--b--\r\n", own, 422, "invalid_input", []string{"/file", "/pin"}},
		"no file":            {part("pin", canary) + "--b--\r\n", own, 422, "invalid_input", []string{"/file"}},
		"no PIN":             {part("file", canary) + "--b--\r\n", own, 422, "invalid_input", []string{"/pin"}},
		"two PINs":           {part("pin", canary) + part("pin", canary) + "--b--\r\n", own, 422, "invalid_input", []string{"/pin"}},
		"an unknown field":   {part("secret", canary) + "--b--\r\n", own, 422, "invalid_input", []string{"/secret"}},
		"a field of no name": {part("", canary) + "--b--\r\n", own, 422, "invalid_input", []string{"/"}},
		"a long PIN":         {part("pin", strings.Repeat(canary, 100)) + "--b--\r\n", own, 422, "invalid_input", []string{"/pin"}},
		"a large file":       {part("pin", canary) + part("file", strings.Repeat("x", 64<<10+1)) + "--b--\r\n", own, 413, "", nil},
		"a huge file":        {part("pin", canary) + part("secret", strings.Repeat("x", 2<<20)) + "--b--\r\n", own, 422, "invalid_input", []string{"/secret"}},
		"a huge preamble":    {strings.Repeat("x", 2<<20), own, 400, "malformed_form", nil},
		"no certificate":     {string(whole), header["Content-Type"], 422, "", nil},
		"a nameless charset": {string(whole), header["Content-Type"] + "; =", 415, "unsupported_media_type", nil},
	} {
		got := h.do(t, ask{method: "POST", path: path, token: h.operator, body: test.body, header: map[string]string{"Content-Type": test.media}})

		if got.status != test.status || (test.code != "" && got.text(t, "code") != test.code) {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
		if test.pointers != nil && !slices.Equal(got.pointers(t), test.pointers) {
			t.Errorf("%s: the complaints are about %q", name, got.pointers(t))
		}
		if strings.Contains(string(got.body), canary) {
			t.Errorf("%s: the PIN comes back: %s", name, got.body)
		}
	}
	h.unchanged(t, before)
	if strings.Contains(h.log.String(), canary) {
		t.Errorf("the log repeats the PIN\n%s", h.log.String())
	}
}
