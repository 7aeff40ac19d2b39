package api_test

import (
	"bytes"
	"crypto/x509"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// TestAnEmployerChangesItsProvider: two ads are at the BA, sent by another system under the employer's own numbers. After the take-over one is
// changed and one is withdrawn; neither is inserted a second time.
func TestAnEmployerChangesItsProvider(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	e.goTheRoad(t)
	file := e.formerSystemPublishes(t, "99001-2025-1-S", "99001-2025-2-S")
	e.activate(t)
	path := e.base + e.account + "/take-over"
	give := func(query string, file []byte) answer {
		return e.want(t, http.StatusOK, ask{
			method: "POST", path: path + "/file" + query, token: e.software, body: file, header: map[string]string{"Content-Type": "application/xml"},
		})
	}

	dry := give("?dry_run=true", file)
	taken := give("", file)
	again := give("", file)

	for what, got := range map[string]any{
		"the dry run": dry.get(t, "taken"), "the take-over": taken.get(t, "taken"), "the second one": again.get(t, "known"),
	} {
		if got != 2.0 {
			t.Errorf("%s counts %v", what, got)
		}
	}
	first, second := taken.text(t, "items", 0, "posting_id"), taken.text(t, "items", 1, "posting_id")
	e.want(t, http.StatusOK, ask{method: "POST", path: path, token: e.software, body: object{"references": []object{
		{"reference": "99001-2025-1-S", "kundennummer": "A123A12345", "employment_type": "skilled_worker", "external_id": "REQ-1"},
	}}})
	shown := e.read(t, "/postings/by-external-id/REQ-1", e.software)
	if shown.text(t, "id") != first || shown.text(t, "status", "at_ba") != "live" || shown.text(t, "status", "change") != "none" {
		t.Errorf("REQ-1 is %s", shown.body)
	}

	changed := ad("Pflegefachkraft Nachtdienst (m/w/d)", true)
	e.put(t, "/postings/by-external-id/REQ-1", changed)
	e.advance(t)
	e.hear(t)
	e.put(t, "/postings/"+second+"/withdrawal", nil)
	e.advance(t)
	e.hear(t)

	for reference, want := range map[string]string{"99001-2025-1-S": "inserted, updated", "99001-2025-2-S": "inserted, deleted"} {
		there, _ := e.ba.Ad("V000123400", reference)
		var words []string
		for _, happened := range there.History {
			words = append(words, happened.What)
		}
		if got := strings.Join(words, ", "); got != want {
			t.Errorf("at the BA %s was %q, want %q", reference, got, want)
		}
	}
	if ads := e.ba.Ads(); len(ads) != 2 {
		t.Errorf("the BA has %d ads", len(ads))
	}
}

func TestAdsUnderAnotherPartnersNumberAreListedAndConfirmed(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	e.goTheRoad(t)
	path := e.base + e.account + "/take-over"
	listed := e.want(t, http.StatusOK, ask{method: "POST", path: path, token: e.software, body: object{"references": []object{
		{"reference": "13635-4711-S", "kundennummer": "A123A12345", "employment_type": "skilled_worker"},
	}}})
	if listed.text(t, "items", 0, "outcome") != "foreign" {
		t.Fatalf("%s", listed.body)
	}
	foreign := e.read(t, e.account+"/take-over/foreign-references", e.software)
	if foreign.get(t, "open") != 1.0 || foreign.text(t, "items", 0, "reference") != "13635-4711-S" {
		t.Errorf("%s", foreign.body)
	}
	wrong := e.want(t, http.StatusConflict, ask{method: "PUT", path: path + "/withdrawal", token: e.software, body: object{"count": 2}})
	if wrong.text(t, "code") != "withdrawal_count_differs" {
		t.Errorf("%s", wrong.body)
	}
	e.want(t, http.StatusNoContent, ask{method: "PUT", path: path + "/withdrawal", token: e.software, body: object{"count": 1}})

	confirmed := e.read(t, e.account+"/take-over/foreign-references", e.software)
	if confirmed.get(t, "open") != 0.0 || confirmed.text(t, "items", 0, "confirmed_by") != "recruiting software" {
		t.Errorf("%s", confirmed.body)
	}
}

func TestAFileToTakeOverIsBounded(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	path := e.base + e.account + "/take-over/file"
	media := map[string]string{"Content-Type": "application/xml"}

	large := e.want(t, http.StatusRequestEntityTooLarge, ask{method: "POST", path: path, token: e.software, body: bytes.Repeat([]byte(" "), 20<<20+1), header: media})
	none := e.want(t, http.StatusUnprocessableEntity, ask{method: "POST", path: path, token: e.software, body: "{}", header: media})
	e.want(t, http.StatusUnsupportedMediaType, ask{method: "POST", path: path, token: e.software, body: "{}"})

	if large.text(t, "code") != "body_too_large" || none.text(t, "code") != "take_over_file_unreadable" {
		t.Errorf("%s\n%s", large.body, none.body)
	}
}

// formerSystemPublishes sends ads to the BA with the employer's certificate, as another system does, and returns the file. The certificate is
// then handed in here.
func (e *employer) formerSystemPublishes(t *testing.T, references ...string) []byte {
	t.Helper()
	issued, err := e.ba.Issue(basim.IssueRequest{
		PartnerID: "V000123400", Alliance: "99001", Name: "Muster Pflege gGmbH", HiringOrgs: []basim.HiringOrg{{Number: "A123A12345", Name: "Muster Pflege gGmbH"}},
	})
	check(t, err)
	body, header := form(t, map[string]string{"file": string(issued.P12), "pin": issued.PIN})
	e.want(t, http.StatusCreated, ask{method: "POST", path: e.base + e.account + "/certificates", token: e.software, body: body, header: header})

	pair, err := e.doors.Certificates.Open(scope.WithTenant(t.Context(), e.ref.TenantID), e.ref.AccountID)
	check(t, err)
	client, err := ba.New(ba.Options{BaseURL: e.ba.URL(), ExtraRoots: []*x509.Certificate{e.ba.CA()}, Zone: e.Berlin})
	check(t, err)
	session, err := client.Session(ba.Identity{PartnerID: "V000123400", Certificate: pair.Certificate, Authorities: pair.Authorities, PathMode: ba.PathPlain})
	check(t, err)
	defer session.Close()
	file := e.formerFile(t, references)
	name := hrbaxml.FileName{Kind: hrbaxml.DataFile, Supplier: "V000123400", Stamp: hrbaxml.WallClock(e.Clock.Now(), e.Berlin)}.String()
	receipt, err := session.Upload(t.Context(), name, file)
	check(t, err)
	if receipt.Outcome != ba.Taken {
		t.Fatalf("the former system's file was %v", receipt.Outcome)
	}
	e.Clock.Add(transfer.DefaultPace().Polls[0])
	if ads := e.ba.Ads(); len(ads) != len(references) {
		t.Fatalf("the BA has %d ads of the former system: %+v", len(ads), e.ba.Uploads())
	}
	e.Clock.Add(time.Minute)
	return file
}

// formerFile is a file with one ad for each reference.
func (e *employer) formerFile(t *testing.T, references []string) []byte {
	t.Helper()
	insured := true
	content := posting.Content{
		EmploymentType: posting.SkilledWorker, Occupation: posting.Occupation{ID: 134833}, Title: "Pflegefachkraft (m/w/d)",
		Description: "Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.",
		Places:      []posting.Place{{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY"}},
		Openings:    1, Start: posting.Start{Immediately: true}, SocialInsurance: &insured,
		Apply: posting.Apply{Ways: []posting.ApplyWay{posting.ApplyByEmail}}, Contact: &posting.Contact{Company: "Muster Pflege gGmbH"},
	}
	content.Contact.Salutation, content.Contact.FamilyName, content.Contact.Email = posting.Ms, "Beispiel", "jobs@muster-pflege.example"
	var out bytes.Buffer
	w, err := hrbaxml.NewWriter(&out, hrbaxml.P82(), hrbaxml.Header{SupplierID: "V000123400", Timestamp: e.Clock.Now(), Amount: len(references)})
	check(t, err)
	for _, reference := range references {
		var ad hrbaxml.Ad
		posting.Encode(&ad, &content, posting.Envelope{
			Reference: reference, Action: posting.Insert, SupplierID: "V000123400", SupplierName: "Vorgänger", Kundennummer: "A123A12345",
			Employer: "Muster Pflege gGmbH", Modified: e.Clock.Now(), Today: calendar.On(e.Clock.Now(), e.Berlin),
		})
		check(t, w.WriteAd(ad))
	}
	check(t, w.Close())
	return out.Bytes()
}
