package api_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// editable are the resources of a furnished tenant that are replaced by their id, with two good bodies each.
func editable(known map[string]string) map[string][2]object {
	base := "/v1/tenants/" + known["tenant_id"]
	account := base + "/ba-accounts/" + known["account_id"]
	return map[string][2]object{
		base:    {{"name": "Muster", "lifecycle": "open"}, {"name": "Muster Pflege", "lifecycle": "open"}},
		account: {{"name": "eins", "supplier_id": "V000123400"}, {"name": "zwei", "supplier_id": "V000123400"}},
		account + "/hiring-organisations/" + known["organisation_id"]: {
			{"name": "eins", "town": "Ulm", "kundennummer": "A123A12345"}, {"name": "zwei", "town": "Ulm", "kundennummer": "A123A12345"},
		},
		base + "/postings/" + known["posting_id"]: {ad("Pflegefachkraft (m/w/d)", false), ad("Pflegehelfer (m/w/d)", false)},
	}
}

func match(tag string) map[string]string { return map[string]string{"If-Match": tag} }

func TestAReplacementMustSayWhatItReplaces(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	for path, bodies := range editable(known) {
		put := ask{method: "PUT", path: path, token: h.operator, body: bodies[1]}
		before := h.dump(t)

		blind := h.want(t, http.StatusPreconditionRequired, put)

		if blind.text(t, "code") != "version_required" {
			t.Errorf("%s: %s", path, blind.body)
		}
		h.unchanged(t, before)
		read := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator}).header.Get("ETag")
		written := h.want(t, http.StatusOK, put.with(match(read))).header.Get("ETag")
		if now := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator}).header.Get("ETag"); now != written || now == read {
			t.Errorf("%s: read %s, written as %s, now %s", path, read, written, now)
		}
		stale := h.want(t, http.StatusPreconditionFailed, put.with(match(read)))
		if stale.text(t, "code") != "stale_version" {
			t.Errorf("%s: %s", path, stale.body)
		}
	}
}

func TestOfTwoWritersWithOneTagOneWins(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	for path, bodies := range editable(known) {
		if bodies[0]["content"] != nil {
			continue // replacing a posting by what it is already is no change, and its version stays: see below
		}
		tag := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator}).header.Get("ETag")
		const writers = 8
		var statuses [writers]int
		var running sync.WaitGroup
		for i := range writers {
			running.Go(func() {
				statuses[i] = h.do(t, ask{method: "PUT", path: path, token: h.operator, body: bodies[i%2], header: match(tag)}).status
			})
		}
		running.Wait()

		slices.Sort(statuses[:])
		want := append([]int{http.StatusOK}, slices.Repeat([]int{http.StatusPreconditionFailed}, writers-1)...)
		if !slices.Equal(statuses[:], want) {
			t.Errorf("%s: %v", path, statuses)
		}
	}
}

func TestOfTwoWritersOfAPostingOneWins(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/postings/" + known["posting_id"]
	tag := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator}).header.Get("ETag")
	titles := []string{"Pflegehelfer (m/w/d)", "Altenpfleger (m/w/d)"}
	var answers [2]answer
	var running sync.WaitGroup
	for i, title := range titles {
		running.Go(func() {
			answers[i] = h.do(t, ask{method: "PUT", path: path, token: h.operator, body: ad(title, false), header: match(tag)})
		})
	}
	running.Wait()

	winner := slices.IndexFunc(answers[:], func(a answer) bool { return a.status == http.StatusOK })
	if winner < 0 || answers[1-winner].status != http.StatusPreconditionFailed {
		t.Fatalf("%d and %d", answers[0].status, answers[1].status)
	}
	now := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator})
	if now.text(t, "title") != titles[winner] || now.get(t, "status", "latest_revision") != 2.0 {
		t.Errorf("%s", now.body)
	}
}

func TestWhatTheBAAnswersDoesNotMakeAnEditStale(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/postings/" + known["posting_id"]
	read := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator}).header.Get("ETag")
	check(t, h.DB.InTx(within(t, known), func(tx database.Tx) error {
		return tx.Of(&posting.Posting{}).Where("id = ?", known["posting_id"]).Update("at_ba", posting.AtBALive).Error
	}))

	looks := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator, header: map[string]string{"If-None-Match": read}})

	if looks.header.Get("ETag") == read || looks.text(t, "status", "at_ba") != "live" {
		t.Errorf("the new state is hidden: %s", looks.body)
	}
	h.want(t, http.StatusOK, ask{method: "PUT", path: path, token: h.operator, body: ad("Pflegehelfer (m/w/d)", false), header: match(read)})
}

func TestTagsAreReadAsTheStandardSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"]
	for tag, status := range map[string]int{
		`*`: 200, `"1"`: 412, `"-"`: 412, `"x-1"`: 412, `""`: 412, `"99999999999999999999"`: 412, `"a", W/"b"`: 412,
		`1`: 400, `"1`: 400, `x, "1"`: 400, `"1" "2"`: 400, "\"\u00e4\"": 400, `"` + strings.Repeat("a", 400) + `"`: 400,
	} {
		tenant := h.want(t, http.StatusOK, ask{method: "PUT", path: path, token: h.operator, body: object{"name": "A", "lifecycle": "open"}, header: whateverIsThere})
		before := tenant.header.Get("ETag")
		got := h.do(t, ask{method: "PUT", path: path, token: h.operator, body: object{"name": "B", "lifecycle": "open"}, header: match(tag)})

		if got.status != status {
			t.Errorf("%s: %d, and the tag was %s: %s", tag, got.status, before, got.body)
		}
		if status == http.StatusBadRequest && !slices.Equal(got.pointers(t), []string{"If-Match"}) {
			t.Errorf("%s: the complaint is about %v", tag, got.pointers(t))
		}
	}
	for _, form := range []string{"%s", "W/%s", `"0-0", %s`, `"0-0",%s , "x"`} {
		now := h.want(t, http.StatusOK, ask{method: "GET", path: path, token: h.operator}).header.Get("ETag")
		tag := strings.ReplaceAll(form, "%s", now)
		h.want(t, http.StatusOK, ask{method: "PUT", path: path, token: h.operator, body: object{"name": form, "lifecycle": "open"}, header: match(tag)})
	}
}

func TestAPutByExternalIDWritesLastUnlessItSaysOtherwise(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/postings/by-external-id/"
	put := func(id, title string, header map[string]string) answer {
		return h.do(t, ask{method: "PUT", path: path + id, token: h.operator, body: ad(title, false), header: header})
	}
	createOnly := map[string]string{"If-None-Match": "*"}

	first := put("REQ-4711", "Pflegehelfer (m/w/d)", nil)
	exists := put("REQ-4711", "Altenpfleger (m/w/d)", createOnly)
	stale := put("REQ-4711", "Altenpfleger (m/w/d)", match(`"1-0"`))
	missing := put("REQ-1", "Altenpfleger (m/w/d)", whateverIsThere)
	created := put("REQ-1", "Altenpfleger (m/w/d)", createOnly)
	replaced := put("REQ-1", "Pflegehelfer (m/w/d)", match(created.header.Get("ETag")))

	if exists.status == 412 && exists.text(t, "code") != "exists_already" {
		t.Errorf("%s", exists.body)
	}
	for name, test := range map[string]struct {
		got  answer
		want int
	}{
		"no condition": {first, 200}, "create only, and it exists": {exists, 412}, "an old tag": {stale, 412},
		"replace only, and there is none": {missing, 412}, "create only": {created, 201}, "the tag of the creation": {replaced, 200},
	} {
		if test.got.status != test.want {
			t.Errorf("%s: %d %s", name, test.got.status, test.got.body)
		}
	}
}

func TestOfManyWhoCreateOnlyOneDoes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/postings/by-external-id/REQ-1"
	var statuses [6]int
	var running sync.WaitGroup
	for i := range statuses {
		running.Go(func() {
			statuses[i] = h.do(t, ask{
				method: "PUT", path: path, token: h.operator, body: ad("Altenpfleger (m/w/d)", false), header: map[string]string{"If-None-Match": "*"},
			}).status
		})
	}
	running.Wait()

	slices.Sort(statuses[:])
	if want := []int{201, 412, 412, 412, 412, 412}; !slices.Equal(statuses[:], want) {
		t.Errorf("%v", statuses)
	}
}

func TestWhatTheCallerHasIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	known["external_id"] = "REQ-4711"
	asked := 0
	for _, op := range h.contract.operations() {
		if op.method != http.MethodGet || op.Responses.Status(http.StatusNotModified) == nil || !op.knows(known) {
			continue
		}
		asked++
		request := op.ask(t, h.operator, known)
		tag := h.want(t, http.StatusOK, request).header.Get("ETag")
		for _, list := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
			got := h.do(t, request.with(map[string]string{"If-None-Match": list}))

			if got.status != http.StatusNotModified || len(got.body) > 0 || got.header.Get("ETag") != tag || got.header.Get("Content-Type") != "" {
				t.Errorf("%s: %s: %d with %d bytes", op.OperationID, list, got.status, len(got.body))
			}
		}
		for _, list := range []string{`"x"`, `"1"`, `"` + uuid.NewString() + `"`} {
			if got := h.do(t, request.with(map[string]string{"If-None-Match": list})); got.status != http.StatusOK || len(got.body) == 0 {
				t.Errorf("%s: %s: %d", op.OperationID, list, got.status)
			}
		}
		german := h.do(t, request.with(map[string]string{"If-None-Match": tag, "Accept-Language": "de"}))
		if op.OperationID == "getPosting" && german.status != http.StatusOK {
			t.Errorf("%s: the German answer is taken for the English one", op.OperationID)
		}
	}
	if asked < 5 {
		t.Errorf("only %d operations were asked", asked)
	}
}
