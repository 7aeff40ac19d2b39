package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

func TestParametersThatAreNotThereAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	base := "/v1/tenants/" + known["tenant_id"]
	before := h.dump(t)
	for query, pointers := range map[string][]string{
		"dryrun=true":                    {"?dryrun"},
		"Dry_Run=true":                   {"?Dry_Run"},
		"dry_run=true":                   {"?dry_run"}, // here it belongs into the body
		"foo=1&limit=3":                  {"?foo", "?limit"},
		"dry_run=true;":                  {"?"},
		"dry_run=true%":                  {"?"},
		url.QueryEscape("a\x00b") + "=1": {"?"},
	} {
		got := h.do(t, ask{
			method: "POST", path: base + "/postings/bulk?" + query, token: h.operator, body: object{"items": []object{item("REQ-1", "Altenpfleger (m/w/d)")}},
		})

		if got.status != http.StatusBadRequest || got.text(t, "code") != "invalid_parameter" || !slices.Equal(got.pointers(t), pointers) {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
	h.unchanged(t, before)
	for _, query := range []string{"q=%zz", "q=a;b=c", "updatedsince=2026-11-24T08:00:00Z"} {
		if got := h.do(t, ask{method: "GET", path: base + "/postings?" + query, token: h.operator}); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
	}
}

func TestAConditionThatNobodyLooksAtIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	before := h.dump(t)
	for _, op := range h.contract.operations() {
		taken := slices.ContainsFunc(op.parameters, func(p *openapi3.ParameterRef) bool { return p.Value.Name == "If-Match" })
		if taken || op.method == http.MethodGet || op.Security != nil && len(*op.Security) == 0 {
			continue
		}

		got := h.do(t, op.ask(t, h.operator, known).with(map[string]string{"If-Match": `"7-0011223344556677"`}))

		if got.status != http.StatusBadRequest || !slices.Contains(got.pointers(t), "If-Match") {
			t.Errorf("%s: %d %s", op.OperationID, got.status, got.body)
		}
	}
	h.unchanged(t, before)
}

func TestAnExternalIDIsNoWayThroughFolders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/postings"
	for id, want := range map[string]int{
		".": 422, "..": 422, "": 422, "a/b": 422, "...": 201, ".a": 201, "..a": 201, "a.": 201, "a..b": 201, "-": 201,
	} {
		if got := h.do(t, ask{method: "POST", path: path, token: h.operator, body: item(id, "Altenpfleger (m/w/d)")}); got.status != want {
			t.Errorf("%q: %d %s", id, got.status, got.body)
		}
	}
}
