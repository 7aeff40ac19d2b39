package api_test

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// employer is a tenant that is led through the story by its operator and its own software.
type employer struct {
	*house
	ba *basim.Server
	// base is the tenant's path, account its account's.
	base, account string
	software      string
	engine        *transfer.Engine
	ref           transfer.AccountRef
}

// TestAnEmployersWayThroughTheAPI is the main job over HTTP: from a new tenant to ads at the BA and away again.
func TestAnEmployersWayThroughTheAPI(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	e.goTheRoad(t)
	e.handIn(t)
	e.activate(t)
	first, refused := e.publish(t)
	e.advance(t)
	e.hear(t) // the first file carries one ad, and the other follows its answer
	e.hear(t)
	e.seesWhatTheBASaid(t, first, refused)
	e.downloadsFileAndAnswer(t)
	e.withdraws(t, first)
	e.pagesThroughTwelve(t)
}

func enrol(t *testing.T) *employer {
	t.Helper()
	e := &employer{house: newHouse(t)}
	var err error
	e.ba, err = basim.Start(basim.Options{Now: e.Clock.Now})
	check(t, err)
	t.Cleanup(func() { _ = e.ba.Close() })
	e.engine = e.newEngine(t, e.doors.Certificates)

	made := e.want(t, 201, ask{method: "POST", path: "/v1/tenants", token: e.operator, body: object{"name": "Muster Pflege gGmbH"}})
	e.base = "/v1/tenants/" + made.text(t, "id")
	token := e.want(t, 201, ask{method: "POST", path: e.base + "/tokens", token: e.operator, body: object{
		"name": "recruiting software", "scopes": []string{
			"tenants:read", "accounts:read", "accounts:write", "certificates:read", "certificates:write", "onboarding:read", "onboarding:write",
			"postings:read", "postings:write", "transfers:read",
		},
	}})
	e.software = token.text(t, "token")
	if listed := e.read(t, "/tokens", e.operator); strings.Contains(string(listed.body), e.software) || listed.text(t, "items", 0, "hint") != e.software[len(e.software)-4:] {
		t.Errorf("the list of tokens: %s", listed.body)
	}

	swapped := e.want(t, 422, ask{method: "POST", path: e.base + "/ba-accounts", token: e.software, body: object{
		"name": "Muster Pflege gGmbH", "supplier_id": "A123A12345", "alliance_number": "99001",
	}})
	if got := swapped.pointers(t); !slices.Equal(got, []string{"/supplier_id"}) {
		t.Errorf("a swapped number is complained about at %q", got)
	}
	account := e.want(t, 201, ask{method: "POST", path: e.base + "/ba-accounts", token: e.software, body: object{
		"name": "Muster Pflege gGmbH", "supplier_id": "V000123400", "alliance_number": "99001",
	}})
	e.account = "/ba-accounts/" + account.text(t, "id")
	e.ref = transfer.AccountRef{TenantID: uuid.MustParse(made.text(t, "id")), AccountID: uuid.MustParse(account.text(t, "id"))}
	return e
}

// newEngine makes the workers' part of the house.
func (e *employer) newEngine(t *testing.T, keeper *credential.Keeper) *transfer.Engine {
	t.Helper()
	client, err := ba.New(ba.Options{BaseURL: e.ba.URL(), ExtraRoots: []*x509.Certificate{e.ba.CA()}, Zone: e.Berlin})
	check(t, err)
	return transfer.NewEngine(transfer.Options{
		DB: e.DB, Client: client, Keeper: keeper, Pace: transfer.DefaultPace(), Now: e.Clock.Now, Berlin: e.Berlin, Log: e.Log,
	})
}

// read reads a path of the tenant.
func (e *employer) read(t *testing.T, path, token string) answer {
	t.Helper()
	return e.want(t, http.StatusOK, ask{method: "GET", path: e.base + path, token: token})
}

// put sends a body to a path of the tenant, as its software.
func (e *employer) put(t *testing.T, path string, body any) answer {
	t.Helper()
	return e.want(t, http.StatusOK, ask{method: "PUT", path: e.base + path, token: e.software, body: body})
}

func (e *employer) goTheRoad(t *testing.T) {
	t.Helper()
	organisation := e.want(t, 201, ask{method: "POST", path: e.base + e.account + "/hiring-organisations", token: e.software, body: object{
		"name": "Muster Pflege gGmbH", "town": "Nürnberg", "kundennummer": "A123A12345",
	}})
	early := e.want(t, 409, ask{
		method: "PUT", path: e.base + e.account + "/activation", token: e.operator, header: map[string]string{"Accept-Language": "de"},
	})
	if early.text(t, "code") != "steps_missing" {
		t.Errorf("%s", early.body)
	}
	for _, step := range []string{"registered", "contract_requested", "contract_signed"} {
		e.put(t, e.account+"/onboarding/steps/"+step, object{"done_on": "2026-11-02", "done_by": "Erika Beispiel"})
	}
	tomorrow := e.want(t, 422, ask{
		method: "PUT", path: e.base + e.account + "/onboarding/steps/registered", token: e.software, body: object{"done_on": "2026-11-25", "done_by": "Erika Beispiel"},
	})
	if got := tomorrow.pointers(t); !slices.Equal(got, []string{"/done_on"}) {
		t.Errorf("tomorrow is complained about at %q", got)
	}
	noted := e.put(t, e.account+"/hiring-organisations/"+organisation.text(t, "id")+"/betreut",
		object{"since": "2026-11-03", "confirmed_by": "Frau Amt, Agentur Nürnberg"})
	if noted.text(t, "betreut", "since") != "2026-11-03" {
		t.Errorf("%s", noted.body)
	}
}

func (e *employer) handIn(t *testing.T) {
	t.Helper()
	issued, err := e.ba.Issue(basim.IssueRequest{
		PartnerID: "V000123400", Alliance: "99001", Name: "Muster Pflege gGmbH", HiringOrgs: []basim.HiringOrg{{Number: "A123A12345", Name: "Muster Pflege gGmbH"}},
	})
	check(t, err)
	upload := func(pin string) answer {
		body, header := form(t, map[string]string{"file": string(issued.P12), "pin": pin})
		return e.do(t, ask{method: "POST", path: e.base + e.account + "/certificates", token: e.software, body: body, header: header})
	}

	if wrong := upload("00000000x"); wrong.status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong PIN: %d %s", wrong.status, wrong.body)
	}
	taken := upload(issued.PIN)

	if taken.status != http.StatusCreated || taken.text(t, "state") != "active" {
		t.Fatalf("%d %s", taken.status, taken.body)
	}
	shown := e.read(t, e.account+"/certificates/"+taken.text(t, "id"), e.software)
	for where, words := range map[string]string{"the answer": string(taken.body) + string(shown.body), "the log": e.log.String()} {
		if strings.Contains(words, issued.PIN) {
			t.Errorf("%s shows the PIN", where)
		}
	}
}

func (e *employer) activate(t *testing.T) {
	t.Helper()
	e.want(t, 403, ask{method: "PUT", path: e.base + e.account + "/activation", token: e.software})

	road := e.want(t, 200, ask{method: "PUT", path: e.base + e.account + "/activation", token: e.operator})

	if road.get(t, "active") != true {
		t.Errorf("%s", road.body)
	}
}

// publish saves an ad that the BA takes and one whose address does not exist, which only the BA knows.
func (e *employer) publish(t *testing.T) (good, bad string) {
	t.Helper()
	path := e.base + "/postings/by-external-id/"
	e.want(t, 201, ask{method: "PUT", path: path + "REQ-1", token: e.software, body: ad("Pflegefachkraft (m/w/d)", true)})
	again := e.put(t, "/postings/by-external-id/REQ-1", ad("Pflegefachkraft (m/w/d)", true))
	if again.get(t, "status", "latest_revision") != 1.0 || again.text(t, "status", "change") != "waiting" {
		t.Errorf("saved again without a change: %s", again.body)
	}
	nowhere := ad("Pflegehelfer (m/w/d)", true)
	content, _ := nowhere["content"].(object)
	content["places"] = []object{{"country": "DE", "postal_code": "90402", "town": "Fürth", "region": "DE-BY"}}
	other := e.want(t, 201, ask{method: "PUT", path: path + "REQ-2", token: e.software, body: nowhere})

	untitled := ad("", true)
	hopeless := e.want(t, 422, ask{method: "POST", path: e.base + "/postings", token: e.software, body: untitled})
	if got := hopeless.pointers(t); !slices.Contains(got, "/content/title") || hopeless.text(t, "code") != "posting_not_publishable" {
		t.Errorf("an ad without title: %s", hopeless.body)
	}
	return again.text(t, "id"), other.text(t, "id")
}

// advance moves the account as far as it goes now, as a worker would.
func (e *employer) advance(t *testing.T) {
	t.Helper()
	check(t, e.engine.Advance(t.Context(), e.ref))
}

// hear lets the time pass until the BA's answer is read.
func (e *employer) hear(t *testing.T) {
	t.Helper()
	files := e.read(t, "/transfers", e.software)
	last := 0
	for files.get(t, "items", last+1) != nil {
		last++
	}
	if state := files.text(t, "items", last, "state"); state != "sent" {
		t.Fatalf("the file is %s: %s", state, files.body)
	}
	e.Clock.Add(transfer.DefaultPace().Polls[0])
	e.advance(t)
}

func (e *employer) seesWhatTheBASaid(t *testing.T, good, bad string) {
	t.Helper()
	if live := e.read(t, "/postings/"+good, e.software); live.text(t, "status", "at_ba") != "live" || live.text(t, "status", "change") != "none" {
		t.Errorf("%s", live.body)
	}
	refused := e.want(t, 200, ask{method: "GET", path: e.base + "/postings/" + bad, token: e.software, header: map[string]string{"Accept-Language": "de"}})
	if refused.text(t, "status", "change") != "refused" || refused.text(t, "status", "refusal", "answers", 0, "code") != "FLR_JCValid_033" {
		t.Errorf("%s", refused.body)
	}
	for filter, want := range map[string]string{"at_ba=live": good, "change=refused": bad} {
		if found := e.read(t, "/postings?"+filter, e.software); found.text(t, "items", 0, "id") != want || found.get(t, "items", 1) != nil {
			t.Errorf("%s: %s", filter, found.body)
		}
	}
	list := e.read(t, "/transfers", e.software)
	for i := range 2 {
		detail := e.read(t, "/transfers/"+list.text(t, "items", i, "id"), e.software)
		if detail.text(t, "state") != "settled" || detail.get(t, "item_count") != 1.0 || detail.get(t, "items", 1) != nil {
			t.Errorf("%s", detail.body)
		}
	}
	var kinds []string
	events := e.read(t, "/postings/"+good+"/events", e.software)
	for i := 0; events.get(t, "items", i) != nil; i++ {
		kinds = append(kinds, events.text(t, "items", i, "kind"))
	}
	if len(kinds) < 2 || kinds[0] != "posting.live" || kinds[len(kinds)-1] != "posting.saved" {
		t.Errorf("the history is %q", kinds)
	}
}

// downloadsFileAndAnswer reads what went to the BA and what came back, byte for byte.
func (e *employer) downloadsFileAndAnswer(t *testing.T) {
	t.Helper()
	transfer := e.read(t, "/transfers?limit=1", e.software)
	path := "/transfers/" + transfer.text(t, "items", 0, "id")

	file := e.read(t, path+"/file", e.software)
	if digest := sha256.Sum256(file.body); hex.EncodeToString(digest[:]) != transfer.text(t, "items", 0, "file_digest") {
		t.Errorf("the file: %s", file.body)
	}
	if want := `attachment; filename=` + transfer.text(t, "items", 0, "file_name"); file.header.Get("Content-Disposition") != want {
		t.Errorf("the file is called %q", file.header.Get("Content-Disposition"))
	}
	listed := e.read(t, path+"/feedback", e.software)
	answer := e.read(t, path+"/feedback/"+listed.text(t, "items", 0, "digest"), e.software)
	if listed.get(t, "items", 0, "size") != float64(len(answer.body)) || answer.header.Get("Content-Type") != "application/xml" {
		t.Errorf("the answer, listed as %s: %s", listed.body, answer.body)
	}
}

func (e *employer) withdraws(t *testing.T, id string) {
	t.Helper()
	if asked := e.put(t, "/postings/"+id+"/withdrawal", nil); asked.text(t, "status", "change") != "withdrawing" || asked.text(t, "status", "at_ba") != "live" {
		t.Errorf("%s", asked.body)
	}
	e.advance(t)
	e.Clock.Add(transfer.DefaultPace().Polls[0])
	e.advance(t)

	if gone := e.read(t, "/postings/"+id, e.software); gone.text(t, "status", "at_ba") != "ended" {
		t.Errorf("%s", gone.body)
	}
	if ads := e.ba.Ads(); len(ads) != 1 || ads[0].State != basim.AdRemoved {
		t.Errorf("the BA has %+v", ads)
	}
}

// pagesThroughTwelve reads twelve postings in pages of five.
func (e *employer) pagesThroughTwelve(t *testing.T) {
	t.Helper()
	for i := range 10 {
		e.want(t, 201, ask{method: "POST", path: e.base + "/postings", token: e.software, body: ad(fmt.Sprintf("Anzeige %d", i), false)})
	}
	var ids []string
	var sizes []int
	next := ""
	for range 5 {
		page := e.read(t, "/postings?limit=5"+next, e.software)
		size := 0
		for ; page.get(t, "items", size) != nil; size++ {
			ids = append(ids, page.text(t, "items", size, "id"))
		}
		sizes = append(sizes, size)
		if page.get(t, "next") == nil {
			break
		}
		next = "&cursor=" + url.QueryEscape(page.text(t, "next"))
	}

	slices.Sort(ids)
	if !slices.Equal(sizes, []int{5, 5, 2}) || len(slices.Compact(ids)) != 12 {
		t.Errorf("pages of %v with %d postings", sizes, len(ids))
	}
	for _, secret := range []string{e.operator, e.software} {
		if strings.Contains(e.log.String(), secret) {
			t.Error("the log shows a token")
		}
	}
}
