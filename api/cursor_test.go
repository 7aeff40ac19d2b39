package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// twoOfEach makes a second posting and two transfers beside what is furnished, so that their lists have a second page.
func (h *house) twoOfEach(t *testing.T, known map[string]string) {
	t.Helper()
	base := "/v1/tenants/" + known["tenant_id"]
	h.want(t, http.StatusCreated, ask{method: "POST", path: base + "/postings", token: h.operator, body: ad("Altenpfleger (m/w/d)", false)})
	check(t, h.DB.InTx(within(t, known), func(tx database.Tx) error {
		for _, state := range []transfer.State{transfer.Settled, transfer.Abandoned} {
			at := h.Clock.Now()
			err := tx.Exec(`INSERT INTO transfers (id, tenant_id, account_id, supplier_id, stamp, file_name, items, state, attempts, polls, written_at, updated_at)
				VALUES (?, ?, ?, ?, ?, 'name', 1, ?, 1, 0, ?, ?)`, uuid.Must(uuid.NewV7()), tx.Tenant, known["account_id"], "V"+uuid.NewString()[:9], at, state, at, at).Error
			if err != nil {
				return err
			}
		}
		return nil
	}))
}

func TestACursorHoldsForItsListOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	h.twoOfEach(t, known)
	stranger, _ := h.Tenant(t, "Holzbau Beispiel GmbH")
	base := "/v1/tenants/" + known["tenant_id"]
	cursorOf := func(list string) string {
		return h.want(t, http.StatusOK, ask{method: "GET", path: list, token: h.operator}).text(t, "next")
	}
	own := cursorOf(base + "/postings?limit=1")
	h.want(t, http.StatusOK, ask{method: "GET", path: base + "/postings?limit=2&cursor=" + own, token: h.operator})
	for name, wrong := range map[string]struct{ path, cursor string }{
		"of transfers":       {base + "/postings", cursorOf(base + "/transfers?limit=1")},
		"of tenants":         {base + "/postings", cursorOf("/v1/tenants?limit=1")},
		"of another tenant":  {"/v1/tenants/" + stranger.String() + "/postings", own},
		"of the other order": {base + "/postings", cursorOf(base + "/postings?limit=1&order=newest")},
		"of other filters":   {base + "/postings?publish=false", own},
		"with a line's end":  {base + "/postings", own + "%0A"},
		"with a line within": {base + "/postings", own[:4] + "%0D%0A" + own[4:]},
		"of the feed":        {base + "/postings", h.want(t, http.StatusOK, ask{method: "GET", path: base + "/events?limit=1", token: h.operator}).text(t, "next")},
		"of postings":        {base + "/events", own},
		"the feed's, broken": {base + "/events", "AAAAAAAAAAE%0A"},
	} {
		separator := "?"
		if strings.Contains(wrong.path, "?") {
			separator = "&"
		}

		got := h.do(t, ask{method: "GET", path: wrong.path + separator + "cursor=" + wrong.cursor, token: h.operator})

		if got.status != http.StatusBadRequest || got.text(t, "code") != "invalid_cursor" {
			t.Errorf("a cursor %s: status %d\n%s", name, got.status, got.body)
		}
	}
}

func TestForeignReferencesAreFollowedByTheirLinks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	account := "/v1/tenants/" + known["tenant_id"] + "/ba-accounts/" + known["account_id"]
	h.want(t, http.StatusOK, ask{method: "POST", path: account + "/take-over", token: h.operator, body: object{"references": []object{
		{"reference": "13635-4711-S", "kundennummer": "A123A12345", "employment_type": "skilled_worker"},
		{"reference": "13635-4712-S", "kundennummer": "A123A12345", "employment_type": "skilled_worker"},
	}}})

	first := h.want(t, http.StatusOK, ask{method: "GET", path: account + "/take-over/foreign-references?limit=1", token: h.operator})
	second := h.want(t, http.StatusOK, ask{method: "GET", path: linked(t, first), token: h.operator})

	if first.text(t, "items", 0, "reference") != "13635-4711-S" || second.text(t, "items", 0, "reference") != "13635-4712-S" || second.header.Get("Link") != "" {
		t.Errorf("%s\n%s, then %s", first.body, second.body, second.header.Get("Link"))
	}
}

func TestEveryListOfPagesPromisesALink(t *testing.T) {
	t.Parallel()
	for _, op := range readContract(t).operations() {
		paged := false
		for _, parameter := range op.parameters {
			paged = paged || parameter.Value.Name == "cursor"
		}
		if paged && op.Responses.Status(http.StatusOK).Value.Headers["Link"] == nil {
			t.Errorf("%s: no Link is declared", op.OperationID)
		}
	}
}
