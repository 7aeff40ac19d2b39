package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/database"
)

// item is an item of a bulk: an ad under an external id.
func item(id, title string) object { return with(ad(title, false), "external_id", id) }

func TestEachItemOfABulkHasAnAnswerOfItsOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/postings"
	content, _ := item("REQ-5", "")["content"].(object)
	broken := with(item("REQ-5", ""), "content", with(with(content, "openings", "three"), canary, 1))
	unpublishable := with(item("REQ-6", strings.Repeat("x", 70)), "publish", true)
	items := []any{
		item("REQ-1", "Altenpfleger (m/w/d)"), broken, item("REQ-4711", "Pflegehelfer (m/w/d)"), canary, unpublishable,
		item("REQ-1", "Noch einmal (m/w/d)"), without(item("REQ-7", "Ohne Wunsch"), "publish"), with(item("REQ-8", "x"), "account_id", known["posting_id"]),
	}

	got := h.want(t, http.StatusOK, ask{method: "POST", path: path + "/bulk", token: h.operator, body: object{"items": items}})

	for i, want := range []struct {
		status   float64
		outcome  string
		pointers string
	}{
		{201, "created", ""},
		{422, "refused", "/content/" + canary + " /content/openings"},
		{200, "replaced", ""},
		{422, "refused", ""},
		{422, "refused", "/content/title"},
		{422, "refused", "/external_id"},
		{422, "refused", "/publish"},
		{422, "refused", "/account_id"},
	} {
		var pointers []string
		errors, _ := got.get(t, "items", i, "problem", "errors").([]any)
		for n := range errors {
			pointers = append(pointers, got.text(t, "items", i, "problem", "errors", n, "pointer"))
		}
		slices.Sort(pointers)
		if got.get(t, "items", i, "status") != want.status || got.text(t, "items", i, "outcome") != want.outcome || got.get(t, "items", i, "index") != float64(i) {
			t.Errorf("item %d: %v", i, got.get(t, "items", i))
		}
		if want.pointers != "" && strings.Join(pointers, " ") != want.pointers {
			t.Errorf("item %d: complaints about %q", i, pointers)
		}
	}
	if got.get(t, "saved") != 2.0 || got.get(t, "refused") != 6.0 || got.text(t, "items", 1, "external_id") != "REQ-5" || got.get(t, "items", 3, "external_id") != nil {
		t.Errorf("%s", got.body)
	}
	if words := strings.ReplaceAll(string(got.body), "/"+canary, ""); strings.Contains(words, canary) {
		t.Errorf("a value is repeated: %s", got.body)
	}
	one := h.want(t, http.StatusOK, ask{method: "GET", path: path + "/by-external-id/REQ-1", token: h.operator})
	if one.text(t, "id") != got.text(t, "items", 0, "id") || one.header.Get("ETag") != got.text(t, "items", 0, "etag") {
		t.Errorf("%s is not what was answered: %s", one.body, got.body)
	}
}

func TestNoItemOfAnyFormSpoilsTheOthers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	good, err := json.Marshal(item("REQ-1", "Altenpfleger (m/w/d)"))
	check(t, err)
	for i, other := range []string{
		`null`, `1`, `"x"`, `[]`, `{}`, `{"external_id": 1e999}`, `{"external_id": "a\ud800"}`, `{"a\udc00": 1}`, `{"a": 1, "a": 2}`, `{"a": "\u0000"}`,
	} {
		body := fmt.Sprintf(`{"items": [%s, %s]}`, other, good)

		got := h.do(t, ask{method: "POST", path: "/v1/tenants/" + known["tenant_id"] + "/postings/bulk", token: h.operator, body: body})

		want := map[bool]string{true: "created", false: "unchanged"}[i == 0]
		if got.status != http.StatusOK || got.text(t, "items", 0, "outcome") != "refused" || got.text(t, "items", 1, "outcome") != want {
			t.Errorf("%s: %d %s", other, got.status, got.body)
		}
	}
}

func TestABulkThatIsTriedIsAnsweredAlikeAndSavesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	before := h.dump(t)
	items := []object{item("REQ-1", "Altenpfleger (m/w/d)"), item("REQ-4711", "Pflegehelfer (m/w/d)"), item("REQ-2", "")}
	items[2]["publish"] = true

	got := h.want(t, http.StatusOK, ask{
		method: "POST", path: "/v1/tenants/" + known["tenant_id"] + "/postings/bulk", token: h.operator, body: object{"items": items, "dry_run": true},
	})

	for i, want := range []string{"created", "replaced", "refused"} {
		if got.text(t, "items", i, "outcome") != want {
			t.Errorf("item %d: %v", i, got.get(t, "items", i))
		}
	}
	if got.get(t, "items", 0, "id") != nil || got.text(t, "items", 1, "id") != known["posting_id"] {
		t.Errorf("%s", got.body)
	}
	h.unchanged(t, before)
}

func TestNoItemWithACharacterThatCannotBeStoredIsMissed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	const many = 150 // more than the complaints that one answer lists
	items := make([]any, many)
	for i := range items {
		items[i] = item(fmt.Sprintf("REQ-%d", i), "Pflege\x00kraft (m/w/d)")
	}
	items[many/2] = item("REQ-good", "Altenpfleger (m/w/d)")

	got := h.want(t, http.StatusOK, ask{
		method: "POST", path: "/v1/tenants/" + known["tenant_id"] + "/postings/bulk", token: h.operator, body: object{"items": items},
	})

	if got.get(t, "refused") != float64(many-1) || got.text(t, "items", many/2, "outcome") != "created" {
		t.Errorf("saved %v, refused %v", got.get(t, "saved"), got.get(t, "refused"))
	}
	if place := got.text(t, "items", many-1, "problem", "errors", 0, "pointer"); place != "/content/title" {
		t.Errorf("the complaint is about %s", place)
	}
}

func TestFiveHundredPostingsAreOneCallAndOneJob(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	bulk := func(items int) ask {
		all := make([]object, items)
		for i := range all {
			all[i] = with(item(fmt.Sprintf("REQ-%d", i), fmt.Sprintf("Pflegefachkraft %d (m/w/d)", i)), "publish", true)
		}
		return ask{
			method: "POST", path: "/v1/tenants/" + known["tenant_id"] + "/postings/bulk", token: h.operator, body: object{"items": all},
			header: underKey("bulk"),
		}
	}
	jobs := func() int { return strings.Count(h.dump(t)["river_job"], `"advance_account"`) }
	before := jobs()

	first := h.want(t, http.StatusOK, bulk(500))
	second := h.want(t, http.StatusOK, bulk(500))
	tooMany := h.want(t, http.StatusUnprocessableEntity, bulk(501))

	if first.get(t, "saved") != 500.0 || jobs()-before != 1 {
		t.Errorf("%v saved, %d jobs", first.get(t, "saved"), jobs()-before)
	}
	if second.header.Get("Idempotency-Replayed") != "true" || !slices.Equal(first.body, second.body) {
		t.Error("the bulk is not repeated under its key")
	}
	if !slices.Equal(tooMany.pointers(t), []string{"/items"}) {
		t.Errorf("%s", tooMany.body)
	}
	var saved int64
	check(t, h.DB.InTx(within(t, known), func(tx database.Tx) error { return tx.Table("postings").Count(&saved).Error }))
	if saved != 501 { // with the furnished one
		t.Errorf("%d postings", saved)
	}
}
