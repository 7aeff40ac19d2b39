package api_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/event"
)

func TestTheContractNamesAndExplainsEveryKindOfEvent(t *testing.T) {
	t.Parallel()
	schema := readContract(t).document.Components.Schemas["EventKind"].Value
	listed, _ := schema.Extensions["x-extensible-enum"].([]any)
	for _, kind := range event.Kinds() {
		if !slices.Contains(listed, any(string(kind))) || !strings.Contains(schema.Description, "`"+string(kind)+"`: ") {
			t.Errorf("%s is not listed, or not explained", kind)
		}
	}
	if len(listed) != len(event.Kinds()) {
		t.Errorf("%d kinds are listed, and there are %d", len(listed), len(event.Kinds()))
	}
}

func TestAFeedIsFollowedByItsLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	own := h.tenantToken(t, uuid.MustParse(known["tenant_id"]))
	next := "/v1/tenants/" + known["tenant_id"] + "/events?limit=1"
	var kinds []string
	for {
		got := h.want(t, http.StatusOK, ask{method: "GET", path: next, token: own})
		items, _ := got.get(t, "items").([]any)
		for i := range items {
			kinds = append(kinds, got.text(t, "items", i, "kind"))
			if got.text(t, "items", i, "tenant_id") != known["tenant_id"] || got.text(t, "items", i, "subject_id") == "" {
				t.Errorf("%s", got.body)
			}
		}
		next = linked(t, got)
		if got.get(t, "more") == false {
			break
		}
	}
	later := h.want(t, http.StatusOK, ask{method: "GET", path: next, token: own})
	h.want(t, http.StatusCreated, ask{method: "POST", path: "/v1/tenants/" + known["tenant_id"] + "/postings", token: own, body: ad("Altenpfleger (m/w/d)", false)})
	then := h.want(t, http.StatusOK, ask{method: "GET", path: next, token: own})

	if want := []string{"account.created", "account.organisation_created", "posting.saved"}; !slices.Equal(kinds, want) {
		t.Errorf("told %q, want %q", kinds, want)
	}
	if items, _ := later.get(t, "items").([]any); len(items) != 0 || later.text(t, "next") == "" {
		t.Errorf("at the end: %s", later.body)
	}
	if then.text(t, "items", 0, "kind") != "posting.saved" || then.get(t, "items", 1) != nil {
		t.Errorf("after one more: %s", then.body)
	}
}

// linked is the address of the next page.
func linked(t *testing.T, a answer) string {
	t.Helper()
	address, rel, ok := strings.Cut(strings.TrimPrefix(a.header.Get("Link"), "<"), ">; ")
	if !ok || rel != `rel="next"` {
		t.Fatalf("the link is %q", a.header.Get("Link"))
	}
	return address
}

func TestTheFeedOfAllIsTheOperatorsAndATenantsIsItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	stranger, _ := h.Tenant(t, "Holzbau Beispiel GmbH")
	h.want(t, http.StatusCreated, ask{method: "POST", path: "/v1/tenants/" + stranger.String() + "/ba-accounts", token: h.operator, body: object{"name": "Holzbau"}})
	for name, test := range map[string]struct {
		token string
		want  []string
	}{
		"the operator":   {h.operator, append(slices.Repeat([]string{known["tenant_id"]}, 3), stranger.String())},
		"a tenant":       {h.tenantToken(t, uuid.MustParse(known["tenant_id"])), slices.Repeat([]string{known["tenant_id"]}, 3)},
		"another tenant": {h.tenantToken(t, stranger), []string{stranger.String()}},
	} {
		got := h.want(t, http.StatusOK, ask{method: "GET", path: "/v1/events", token: test.token})

		var owners []string
		items, _ := got.get(t, "items").([]any)
		for i := range items {
			owners = append(owners, got.text(t, "items", i, "tenant_id"))
		}
		if !slices.Equal(owners, test.want) {
			t.Errorf("%s is told of %q, want %q", name, owners, test.want)
		}
	}
}

func TestTheFeedTakesFiltersAndNamesBadOnes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	base := "/v1/tenants/" + known["tenant_id"] + "/events?"
	for query, want := range map[string]int{
		"kind=posting": 1, "kind=posting.saved,account.created": 2, "kind=transfer": 0, "subject_id=" + known["account_id"]: 2,
		"since=" + url.QueryEscape("2026-11-24T08:30:00Z"): 3, "since=" + url.QueryEscape("2026-11-24T08:30:01Z"): 0,
	} {
		got := h.want(t, http.StatusOK, ask{method: "GET", path: base + query, token: h.operator})

		if items, _ := got.get(t, "items").([]any); len(items) != want {
			t.Errorf("%s: %d events", query, len(items))
		}
	}
	for query, pointer := range map[string]string{
		"kind=postings": "?kind", "kind=": "?kind", "kind=posting,,": "?kind", "subject_id=1": "?subject_id", "since=today": "?since", "limit=201": "?limit",
		"cursor=nonsense": "", "cursor=__________8": "", "cursor=AAAAAAAAAP8": "",
	} {
		got := h.want(t, http.StatusBadRequest, ask{method: "GET", path: base + query, token: h.operator})

		if strings.Join(got.pointers(t), " ") != pointer {
			t.Errorf("%s: %s", query, got.body)
		}
	}
}
