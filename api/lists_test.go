package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// ids are the ids of the items of a list.
func (a answer) ids(t *testing.T) []string {
	t.Helper()
	items, _ := a.get(t, "items").([]any)
	found := make([]string, len(items))
	for i := range items {
		found[i] = a.text(t, "items", i, "id")
	}
	return found
}

func TestAListIsFollowedByItsLinksInBothOrders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/postings"
	want := []string{known["posting_id"]}
	for i := range 4 {
		made := h.want(t, http.StatusCreated, ask{method: "POST", path: path, token: h.operator, body: ad(fmt.Sprintf("Stelle %d (m/w/d)", i), false)})
		want = append(want, made.text(t, "id"))
	}
	for _, order := range []string{"", "&order=oldest", "&order=newest"} {
		var got []string
		next := path + "?limit=2&publish=false" + order
		for next != "" {
			page := h.want(t, http.StatusOK, ask{method: "GET", path: next, token: h.operator})
			got = append(got, page.ids(t)...)
			if next = ""; page.get(t, "next") != nil {
				next = linked(t, page)
			} else if page.header.Get("Link") != "" {
				t.Errorf("the last page has the link %s", page.header.Get("Link"))
			}
		}
		if order == "&order=newest" {
			slices.Reverse(got)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", order, got, want)
		}
	}
}

func TestEveryListHasALinkToItsNextPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	_, _ = h.Tenant(t, "Holzbau Beispiel GmbH")
	for _, op := range h.contract.operations() {
		ok := op.Responses.Status(http.StatusOK)
		if op.method != http.MethodGet || ok == nil || ok.Value.Content["application/json"] == nil || !op.knows(known) {
			continue
		}
		schema := ok.Value.Content["application/json"].Schema.Value
		if schema.Properties["next"] == nil {
			continue
		}
		request := op.ask(t, h.operator, known)
		request.path += "?limit=1"
		got := h.want(t, http.StatusOK, request)

		next, _ := got.get(t, "next").(string)
		if next == "" && got.header.Get("Link") == "" {
			continue // one page is all
		}
		if link := linked(t, got); !strings.Contains(link, "cursor="+next) || !strings.Contains(link, "limit=1") {
			t.Errorf("%s: %s and %s", op.OperationID, next, link)
		}
	}
}

func TestPostingsCanBeFiltered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	base := "/v1/tenants/" + known["tenant_id"]
	h.Clock.Add(time.Hour)
	account := h.want(t, 201, ask{method: "POST", path: base + "/ba-accounts", token: h.operator, body: object{"name": "Zweitkonto"}}).text(t, "id")
	branch := h.want(t, 201, ask{method: "POST", path: base + "/ba-accounts/" + account + "/hiring-organisations", token: h.operator, body: object{
		"name": "Zweig", "town": "Ulm", "kundennummer": "A123A12345",
	}}).text(t, "id")
	other := with(with(ad("ÄRZTLICHE Leitung 100% (m/w/d)", true), "account_id", account), "external_id", "abc_DEF")
	other["content"] = with(other["content"].(object), "employment_type", "job") //nolint:forcetypeassert,errcheck // it was made here
	second := h.want(t, 201, ask{method: "POST", path: base + "/postings", token: h.operator, body: other}).text(t, "id")
	first := known["posting_id"]
	for query, want := range map[string][]string{
		"":                                    {first, second},
		"account_id=" + account:               {second},
		"hiring_organisation_id=" + branch:    {second},
		"account_id=" + uuid.NewString():      nil,
		"publish=true":                        {second},
		"publish=false":                       {first},
		"employment_type=job":                 {second},
		"at_ba=none":                          {first, second},
		"change=draft":                        {first},
		"q=ärztliche":                         {second},
		"q=(M/W/D)":                           {first, second},
		"q=100%25":                            {second},
		"q=_":                                 {second},
		"q=Abc_d":                             {second},
		"q=req-47":                            {first},
		"q=%25":                               {second},
		"q=%5C":                               nil,
		"updated_since=2026-11-24T09:30:00Z":  {second},
		"updated_since=2026-11-24T08:30:00Z":  {first, second},
		"updated_since=2026-11-24T09:30:01Z":  nil,
		"publish=true&q=pflege":               nil,
		"publish=true&q=leitung&order=newest": {second},
	} {
		values, err := url.ParseQuery(query)
		check(t, err)
		got := h.want(t, http.StatusOK, ask{method: "GET", path: base + "/postings?" + values.Encode(), token: h.operator})

		if ids := got.ids(t); !slices.Equal(ids, want) && len(ids)+len(want) > 0 {
			t.Errorf("%s: %q, want %q", query, ids, want)
		}
	}
}

func TestTransfersCanBeFiltered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	account := uuid.MustParse(known["account_id"])
	var made []string
	for i, state := range []transfer.State{transfer.Settled, transfer.Abandoned, transfer.Settled} {
		id, at := uuid.Must(uuid.NewV7()), h.Clock.Now().Add(time.Duration(i)*time.Hour).UTC()
		made = append(made, id.String())
		check(t, h.DB.InTx(within(t, known), func(tx database.Tx) error {
			return tx.Exec(`INSERT INTO transfers (id, tenant_id, account_id, supplier_id, stamp, file_name, items, state, attempts, polls, written_at, updated_at)
				VALUES (?, ?, ?, 'V000123400', ?, 'name', 1, ?, 1, 0, ?, ?)`, id, tx.Tenant, account, at, state, at, at).Error
		}))
	}
	for query, want := range map[string][]string{
		"":              made,
		"order=newest":  {made[2], made[1], made[0]},
		"state=settled": {made[0], made[2]},
		"account_id=" + account.String() + "&state=abandoned": {made[1]},
		"account_id=" + uuid.NewString():                      nil,
		"updated_since=2026-11-24T09:30:00Z":                  {made[1], made[2]},
		"order=newest&limit=1":                                {made[2]},
	} {
		got := h.want(t, http.StatusOK, ask{method: "GET", path: "/v1/tenants/" + known["tenant_id"] + "/transfers?" + query, token: h.operator})

		if ids := got.ids(t); !slices.Equal(ids, want) && len(ids)+len(want) > 0 {
			t.Errorf("%s: %q, want %q", query, ids, want)
		}
	}
}
