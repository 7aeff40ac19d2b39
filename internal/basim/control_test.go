package basim

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// controlled is a world with a control port.
type controlled struct {
	*world
	control *Control
}

func newControlled(t *testing.T) controlled {
	t.Helper()
	w := newWorld(t, Options{})
	control, err := StartControl(w.BA, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := control.Close(); err != nil {
			t.Error(err)
		}
	})
	return controlled{w, control}
}

// ask sends a request to the control port.
func (c controlled) ask(method, path, body string, header ...string) (int, string) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.control.URL()+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	a := roundTrip(http.DefaultClient, req)
	if a.err != nil {
		c.t.Fatal(a.err)
	}
	return a.status, a.body
}

// must sends a request that succeeds.
func (c controlled) must(method, path, body string) string {
	c.t.Helper()
	status, answer := c.ask(method, path, body)
	if status != http.StatusOK {
		c.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	return answer
}

func TestControlShowsWhatTheBAHas(t *testing.T) {
	t.Parallel()
	c := newControlled(t)
	name := c.upload(c.file(c.posting(adID("1"), insert), deletion(adID("2"))))

	var state State
	if err := json.Unmarshal([]byte(c.must(http.MethodGet, "state", "")), &state); err != nil {
		t.Fatal(err)
	}
	page := c.must(http.MethodGet, "", "")
	upload := c.must(http.MethodGet, "partners/"+employer+"/uploads/"+name, "")
	ca := c.must(http.MethodGet, "ca.pem", "")

	if len(state.Partners) != 1 || len(state.Ads) != 1 || len(state.Uploads) != 1 || len(state.Files) != 1 {
		t.Fatalf("state %+v", state)
	}
	if got := state.Ads[0].Content.Get("HiringOrg/Contact/FamilyName"); got != "Personalabteilung" {
		t.Errorf("family name %q", got)
	}
	if u := state.Uploads[0]; u.Records != 2 || u.Messages[0].Code != "FLR_DataStore_130" || u.Body != nil {
		t.Errorf("upload %+v", u)
	}
	for _, want := range []string{adID("1"), "Pflegefachkraft (m/w/d)", name, "FLR_DataStore_130", customer} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if !strings.Contains(upload, "<EntryId>"+adID("2")) || ca != string(c.CAPEM()) {
		t.Errorf("upload %s\nCA %s", upload, ca)
	}
}

func TestControlChangesHowTheBABehaves(t *testing.T) {
	t.Parallel()
	c := newControlled(t)

	c.must(http.MethodPut, "settings", `{"delay": "1h", "success": "blank"}`)
	c.must(http.MethodPut, "faults", `{"duplicate_feedback": 1}`)
	c.upload(c.file(c.posting(adID("1"), insert)))
	processed := c.must(http.MethodPost, "process", "")
	c.must(http.MethodPut, "settings", `{}`)
	locked := c.must(http.MethodPost, "partners/"+employer+"/ads/"+adID("1")+"/lock", "")
	c.must(http.MethodPut, "partners/"+employer+"/hiring-organisations/"+otherBranch, `{"not_supervised": true}`)

	if !strings.Contains(processed, `"processed": 1`) || !strings.Contains(locked, `"state": "locked"`) {
		t.Errorf("processed %s, locked %s", processed, locked)
	}
	files := c.Files(employer)
	if len(files) != 2 || string(files[0].Body) != "\n" {
		t.Errorf("files %v", files)
	}
	if refused := c.send(c.file(c.posting(adID("2"), insert, customer, otherBranch))); len(refused) != 1 || refused[0] != "FLR_JCValid_066" {
		t.Errorf("codes %v", refused)
	}
}

func TestControlPatchesWhatItIsTold(t *testing.T) {
	t.Parallel()
	c := newControlled(t)

	c.must(http.MethodPut, "settings", `{"delay": "1h", "latin1": true}`)
	settings := c.must(http.MethodPatch, "settings", `{"latin1": false, "office_hours": true}`)
	c.must(http.MethodPut, "faults", `{"no_feedback": 1, "server_error": 2}`)
	faults := c.must(http.MethodPatch, "faults", `{"server_error": 0}`)
	rates := c.must(http.MethodPut, "rates", `{"seed": 3, "faults": {"late_feedback": 0.25}}`)

	if !strings.Contains(settings, `"delay": "1h0m0s"`) || !strings.Contains(settings, `"latin1": false`) || !strings.Contains(settings, `"office_hours": true`) {
		t.Errorf("settings %s", settings)
	}
	if !strings.Contains(faults, `"no_feedback": 1`) || !strings.Contains(faults, `"server_error": 0`) {
		t.Errorf("faults %s", faults)
	}
	page := c.must(http.MethodGet, "", "")
	for _, want := range []string{"delay: 1h0m0s", "no_feedback: 1", "late_feedback: 0.25"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if !strings.Contains(rates, `"seed": 3`) {
		t.Errorf("rates %s", rates)
	}
}

func TestControlSetsTheClockAhead(t *testing.T) {
	t.Parallel()
	c := newControlled(t)
	c.must(http.MethodPut, "settings", `{"delay": "24h"}`)
	name := c.upload(c.file(c.posting(adID("1"), insert)))

	before := len(c.Files(employer))
	c.must(http.MethodPost, "clock", `{"advance": "24h"}`)
	feedback := c.must(http.MethodGet, "partners/"+employer+"/files/E"+name[1:], "")
	c.must(http.MethodPost, "clock", `{"advance": "337h"}`)

	if after := len(c.Files(employer)); before != 0 || after != 0 || !strings.Contains(feedback, "HRBAXMLErrorLog") {
		t.Errorf("%d files at first, %d after 14 days; between them %s", before, after, feedback)
	}
}

func TestStaffAmendsAnAd(t *testing.T) {
	t.Parallel()
	c := newControlled(t)
	c.send(c.file(c.posting(adID("1"), insert)))
	was, _ := c.Ad(employer, adID("1"))

	c.must(http.MethodPost, "partners/"+employer+"/ads/"+adID("1")+"/change",
		`{"path": "JobPositionInformation/JobPositionTitleDescription", "text": "Pflegekraft"}`)

	is, _ := c.Ad(employer, adID("1"))
	if is.Title() != "Pflegekraft" || was.Title() != "Pflegefachkraft (m/w/d)" || !is.Changed.After(was.Changed) {
		t.Errorf("was %q of %s, is %q of %s", was.Title(), was.Changed, is.Title(), is.Changed)
	}
	if err := c.Amend(employer, adID("1"), "JobPositionInformation/Logo", "x"); err == nil {
		t.Error("an element that is not there was changed")
	}
}

func TestControlIssuesAndRevokes(t *testing.T) {
	t.Parallel()
	c := newControlled(t)

	var issued Credentials
	answer := c.must(http.MethodPost, "issue", `{"partner_id": "V000765400", "alliance": "99007", "encryption": "modern"}`)
	if err := json.Unmarshal([]byte(answer), &issued); err != nil {
		t.Fatal(err)
	}
	c.must(http.MethodPatch, "partners/"+employer, `{"prefix_required": true}`)
	prefixed, _ := c.do(http.MethodGet, "")
	c.must(http.MethodPatch, "partners/"+employer, `{"prefix_required": false}`)
	c.must(http.MethodPut, "partners/"+employer+"/certificates/"+fingerprint(c.creds.Certificate.Leaf)+"/revoked", "")
	c.client.CloseIdleConnections()
	revoked := c.try(http.MethodGet, "")

	if issued.PartnerID != "V000765400" || len(issued.PIN) != 8 || len(issued.P12) == 0 {
		t.Errorf("issued %s", answer)
	}
	if prefixed != http.StatusForbidden {
		t.Errorf("without the prefix: %d", prefixed)
	}
	if revoked.err == nil {
		t.Errorf("the revoked certificate: %d", revoked.status)
	}
}

func TestControlRefusesWhatItDoesNotUnderstand(t *testing.T) {
	t.Parallel()
	c := newControlled(t)
	tests := []struct {
		method, path, body string
		status             int
	}{
		{http.MethodPut, "faults", `{"no_such_fault": 1}`, http.StatusUnprocessableEntity},
		{http.MethodPut, "settings", `{"delay": 5}`, http.StatusUnprocessableEntity},
		{http.MethodPut, "settings", `{"feedback": "poem"}`, http.StatusUnprocessableEntity},
		{http.MethodPut, "settings", `{"error_status": 1}`, http.StatusUnprocessableEntity},
		{http.MethodPatch, "settings", `{"max_records": -1}`, http.StatusUnprocessableEntity},
		{http.MethodPut, "rates", `{"faults": {"earthquake": 1}}`, http.StatusUnprocessableEntity},
		{http.MethodPost, "clock", `{"advance": "-1h"}`, http.StatusUnprocessableEntity},
		{http.MethodGet, "partners/" + employer + "/files/none.xml", ``, http.StatusNotFound},
		{http.MethodPut, "settings", `not json`, http.StatusUnprocessableEntity},
		{http.MethodPost, "issue", `{"partner_id": "x"}`, http.StatusUnprocessableEntity},
		{http.MethodPatch, "partners/V999999999", `{}`, http.StatusUnprocessableEntity},
		{http.MethodPut, "partners/" + employer + "/hiring-organisations/1", `{}`, http.StatusUnprocessableEntity},
		{http.MethodPut, "partners/" + employer + "/certificates/00/revoked", ``, http.StatusUnprocessableEntity},
		{http.MethodPost, "partners/" + employer + "/ads/none/lock", ``, http.StatusUnprocessableEntity},
		{http.MethodGet, "partners/" + employer + "/uploads/none.xml", ``, http.StatusNotFound},
		{http.MethodGet, "nothing", ``, http.StatusNotFound},
	}
	for _, test := range tests {
		if status, answer := c.ask(test.method, test.path, test.body); status != test.status {
			t.Errorf("%s %s: %d %s", test.method, test.path, status, answer)
		}
	}
	c.send(c.file(c.posting(adID("1"), insert)))
	if status, _ := c.ask(http.MethodPost, "partners/"+employer+"/ads/"+adID("1")+"/paint", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown act: %d", status)
	}
}

func TestControlIsForThisMachineOnly(t *testing.T) {
	t.Parallel()
	c := newControlled(t)

	rebound, _ := c.ask(http.MethodGet, "state", "", "Host", "evil.example")
	foreign, _ := c.ask(http.MethodPost, "process", "", "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	local, _ := c.ask(http.MethodGet, "state", "", "Host", "localhost")

	if rebound != http.StatusForbidden || foreign != http.StatusForbidden || local != http.StatusOK {
		t.Errorf("another host's name %d, another site %d, localhost %d", rebound, foreign, local)
	}
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "nonsense"} {
		if control, err := StartControl(c.BA, address); err == nil {
			t.Errorf("%s was listened on (%v)", address, control.Close())
		}
	}
}
