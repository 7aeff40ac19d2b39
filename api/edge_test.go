package api_test

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/api"
)

// edged makes a handler of the house with an edge of its own, whose budgets follow the house's clock.
func (h *house) edged(t *testing.T, edge api.Edge) http.Handler {
	t.Helper()
	doors := h.doors
	edge.Now = h.Clock.Now
	doors.Edge = edge
	return h.serve(t, doors)
}

func TestAUsedUpBudgetIsSaidWithWhenItIsThereAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handler := h.edged(t, api.Edge{Budgets: api.Budgets{Token: 3}})
	read := ask{method: "GET", path: "/v1/tenants", token: h.operator}

	for left := 2; left >= 0; left-- {
		got := h.doOn(t, handler, read)
		if got.status != http.StatusOK || got.header.Get("RateLimit-Policy") != `"token";q=3;w=60` {
			t.Fatalf("status %d, policy %s", got.status, got.header.Get("RateLimit-Policy"))
		}
		want := `"token";r=` + strconv.Itoa(left) + `;t=` + strconv.Itoa(20*(3-left))
		if got.header.Get("RateLimit") != want || got.header.Get("Retry-After") != "" {
			t.Errorf("RateLimit %s, want %s; Retry-After %q", got.header.Get("RateLimit"), want, got.header.Get("Retry-After"))
		}
	}
	got := h.doOn(t, handler, ask{method: "GET", path: "/v1/tenants", token: h.operator, header: map[string]string{"Accept-Language": "de"}})
	if told := h.log.String(); !strings.Contains(told, "status=429") || strings.Contains(told, "caller=nobody") {
		t.Errorf("the log does not tell whose budget is used up:\n%s", told)
	}
	if got.status != http.StatusTooManyRequests || got.text(t, "code") != "rate_limited" || got.header.Get("Retry-After") != "20" {
		t.Errorf("status %d, Retry-After %q: %s", got.status, got.header.Get("Retry-After"), got.body)
	}

	h.Clock.Add(20 * time.Second)
	if got := h.doOn(t, handler, read); got.status != http.StatusOK {
		t.Errorf("after Retry-After: status %d", got.status)
	}
	if got := h.doOn(t, handler, read); got.status != http.StatusTooManyRequests {
		t.Errorf("and once more at once: status %d", got.status)
	}
}

func TestATenantsTokensShareItsBudgetsAndNobodyElseDoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handler := h.edged(t, api.Edge{Budgets: api.Budgets{Tenant: 4, Publishing: 2}})
	owner, _ := h.Tenant(t, "Muster Pflege gGmbH")
	neighbour, _ := h.Tenant(t, "Holzbau Beispiel GmbH")
	one, other, foreign := h.tenantToken(t, owner), h.tenantToken(t, owner), h.tenantToken(t, neighbour)
	postings := "/v1/tenants/" + owner.String() + "/postings"
	status := func(method, path, token string) int {
		a := ask{method: method, path: path, token: token}
		if method == "POST" {
			a.body = ad("Pflegefachkraft (m/w/d)", false)
		}
		return h.doOn(t, handler, a).status
	}

	for i, token := range []string{one, other} {
		if got := status("POST", postings, token); got == http.StatusTooManyRequests {
			t.Errorf("write %d: status %d", i+1, got)
		}
	}
	if got := status("POST", postings, one); got != http.StatusTooManyRequests {
		t.Errorf("the third write of two: status %d", got)
	}
	for i := range 2 {
		if got := status("GET", postings, other); got != http.StatusOK {
			t.Errorf("read %d: status %d", i+1, got)
		}
	}
	if got := status("GET", postings, one); got != http.StatusTooManyRequests {
		t.Errorf("the fifth request of four: status %d", got)
	}
	if got := status("GET", "/v1/tenants/"+neighbour.String()+"/postings", foreign); got != http.StatusOK {
		t.Errorf("another tenant: status %d", got)
	}
	if got := status("GET", postings, h.operator); got != http.StatusOK {
		t.Errorf("the operator: status %d", got)
	}
}

func TestWhoShowsNoGoodTokenIsLimitedByAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handler := h.edged(t, api.Edge{Budgets: api.Budgets{Address: 3}})
	unknown := "swk_live_" + strings.Repeat("a", len(h.operator)-len("swk_live_"))
	h.doOn(t, handler, ask{method: "GET", path: "/v1/tenants", token: h.operator})

	for i, a := range []ask{{path: "/livez"}, {path: "/v1/tenants"}, {path: "/v1/tenants", token: unknown}} {
		a.method = "GET"
		if got := h.doOn(t, handler, a); got.status == http.StatusTooManyRequests {
			t.Errorf("request %d: status %d", i+1, got.status)
		}
	}
	for _, a := range []ask{{path: "/livez"}, {path: "/v1/tenants"}, {path: "/v1/tenants", token: unknown}, {path: "/nowhere"}, {path: "/docs"}} {
		a.method = "GET"
		got := h.doOn(t, handler, a)
		if got.status != http.StatusTooManyRequests || got.header.Get("RateLimit-Policy") != `"address";q=3;w=60` {
			t.Errorf("%s: status %d, policy %s", a.path, got.status, got.header.Get("RateLimit-Policy"))
		}
	}
	if got := h.doOn(t, handler, ask{method: "GET", path: "/v1/tenants", token: h.operator}); got.status != http.StatusOK {
		t.Errorf("a good token from the same address: status %d", got.status)
	}
}

func TestAnAddressIsOnlyWhatATrustedProxySays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	proxies := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8:1::/48")}
	for name, test := range map[string]struct {
		proxies   []netip.Prefix
		forwarded []string
		want      string
	}{
		"no proxy is trusted":               {nil, []string{"198.51.100.7"}, "192.0.2.1"},
		"the proxy says who":                {proxies, []string{"198.51.100.7"}, "198.51.100.7"},
		"a client forged the beginning":     {proxies, []string{"203.0.113.9, 127.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		"a client forged a header of its":   {proxies, []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},
		"two proxies, one behind another":   {proxies, []string{"203.0.113.9, 198.51.100.7, 192.0.2.77"}, "198.51.100.7"},
		"loopback and private are nobody's": {proxies, []string{"198.51.100.7, 10.0.0.1"}, "10.0.0.1"},
		"nonsense":                          {proxies, []string{"198.51.100.7, unknown"}, "192.0.2.1"},
		"nothing":                           {proxies, nil, "192.0.2.1"},
		"IPv6":                              {proxies, []string{"2001:db8:2::5, 2001:db8:1::1"}, "2001:db8:2::5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &house{House: h.House, doors: h.doors, contract: h.contract, log: &lines{}}
			handler := h.edged(t, api.Edge{Proxies: test.proxies})

			// Requests of a test come from 192.0.2.1.
			h.doWith(t, handler, ask{method: "GET", path: "/livez"}, http.Header{"X-Forwarded-For": test.forwarded})

			if log := h.log.String(); !strings.Contains(log, "client="+test.want+" ") {
				t.Errorf("want %s, logged %s", test.want, log)
			}
		})
	}
}

func TestAForgedAddressBuysNoBudget(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handler := h.edged(t, api.Edge{Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}, Budgets: api.Budgets{Address: 2}})
	refused := 0
	for i := range 5 {
		forged := "203.0.113." + strconv.Itoa(i) + ", 198.51.100.7"
		if got := h.doOn(t, handler, ask{method: "GET", path: "/livez", header: map[string]string{"X-Forwarded-For": forged}}); got.status == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused != 3 {
		t.Errorf("%d of 5 requests were refused", refused)
	}
}

func TestOneCustomersNetworkOfIPv6IsOneAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handler := h.edged(t, api.Edge{Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}, Budgets: api.Budgets{Address: 1}})
	from := func(address string) int {
		return h.doOn(t, handler, ask{method: "GET", path: "/livez", header: map[string]string{"X-Forwarded-For": address}}).status
	}
	if first, same, other := from("2001:db8::1"), from("2001:db8::2:3"), from("2001:db8:0:1::1"); first != 200 || same != 429 || other != 200 {
		t.Errorf("statuses %d, %d, %d", first, same, other)
	}
}

func TestOnlyScriptsOfNamedPagesMayCall(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handler := h.edged(t, api.Edge{Origins: []string{"https://app.example"}})
	for origin, want := range map[string]string{
		"https://app.example": "https://app.example", "https://app.example.evil": "", "http://app.example": "", "https://APP.example": "",
		"https://app.example:8443": "", "null": "", "": "",
	} {
		header := http.Header{}
		if origin != "" {
			header.Set("Origin", origin)
		}
		got := h.doWith(t, handler, ask{method: "GET", path: "/v1/tenants", token: h.operator}, header)
		if got.header.Get("Access-Control-Allow-Origin") != want || got.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%q: allowed %q", origin, got.header.Get("Access-Control-Allow-Origin"))
		}
		if !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Origin") {
			t.Errorf("%q: Vary %q", origin, got.header.Values("Vary"))
		}
		header.Set("Access-Control-Request-Method", "PUT")
		header.Set("Access-Control-Request-Headers", "authorization,if-match,x-request-id")
		asked := h.doWith(t, handler, ask{method: "OPTIONS", path: "/v1/tenants"}, header)
		if asked.header.Get("Access-Control-Allow-Origin") != want || (want != "") != strings.Contains(asked.header.Get("Access-Control-Allow-Headers"), "If-Match") {
			t.Errorf("%q: asked before: %v", origin, asked.header)
		}
	}
	header := http.Header{"Origin": {"https://app.example"}, "Access-Control-Request-Method": {"PUT"}}
	asked := h.doWith(t, handler, ask{method: "OPTIONS", path: "/v1/tenants"}, header)
	for _, needed := range []string{"Authorization", "Idempotency-Key", "If-Match", "X-Request-Id", "Traceparent"} {
		if !strings.Contains(asked.header.Get("Access-Control-Allow-Headers"), needed) {
			t.Errorf("a script may not send %s", needed)
		}
	}
	got := h.doWith(t, h.handler, ask{method: "GET", path: "/livez"}, http.Header{"Origin": {"https://app.example"}})
	if got.header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("a page that nobody named may call")
	}
}

func TestEveryAnswerTellsBrowsersWhatTheyMayNotDo(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{"/livez", "/v1/tenants", "/nowhere", "/docs", "/llms.txt"} {
		got := h.do(t, ask{method: "GET", path: path})
		if got.header.Get("X-Content-Type-Options") != "nosniff" || got.header.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: %v", path, got.header)
		}
		if policy := got.header.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if got.header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: without TLS nobody may be sent to it", path)
		}
	}
}

func TestBehindTLSBrowsersAreToldToStay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	over := map[string]string{"X-Forwarded-Proto": "https"}
	trusting := h.edged(t, api.Edge{Proxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}})

	if got := h.doOn(t, trusting, ask{method: "GET", path: "/livez", header: over}); got.header.Get("Strict-Transport-Security") == "" {
		t.Error("a trusted proxy says that it was TLS")
	}
	if got := h.doOn(t, h.handler, ask{method: "GET", path: "/livez", header: over}); got.header.Get("Strict-Transport-Security") != "" {
		t.Error("anybody can say so")
	}
}
