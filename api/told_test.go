package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// deed is a request that changes something, and the kind of event that must tell of it.
type deed struct {
	operation string
	kind      event.Kind
	// at is where it goes, below the tenant.
	at     string
	body   any
	header map[string]string
	// method is PUT when it is left out, and want any success.
	method string
}

// untold are the operations beside them that no event tells of: one saves nothing, and who gets mails is neither ad, account nor certificate.
var untold = []string{"validatePosting", "putOrganisationNotifications", "deleteOrganisationNotifications"}

func TestEveryOperationThatChangesSomethingIsTold(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	deeds := e.deeds(t)
	cursor, _ := e.news(t, "")
	told := map[string]bool{}
	for _, d := range deeds {
		method := d.method
		if method == "" {
			method = http.MethodPut
		}
		got := e.do(t, ask{method: method, path: e.base + d.at, token: e.operator, body: d.body, header: d.header})

		var news []string
		cursor, news = e.news(t, cursor)
		if got.status >= http.StatusMultipleChoices || !slices.Contains(news, string(d.kind)) {
			t.Errorf("%s: status %d, told %q, want %s\n%s", d.operation, got.status, news, d.kind, got.body)
		}
		told[d.operation] = true
	}
	for _, op := range e.contract.operations() {
		about := slices.Contains([]string{"accounts", "onboarding", "certificates", "postings", "take-over"}, op.Tags[0])
		if (about || op.OperationID == "updateTenant") && op.method != http.MethodGet && !told[op.OperationID] && !slices.Contains(untold, op.OperationID) {
			t.Errorf("%s was not tried, or not told", op.OperationID)
		}
	}
}

// deeds prepares an employer and returns what is to be done with it, one after the other.
func (e *employer) deeds(t *testing.T) []deed {
	t.Helper()
	e.goTheRoad(t)
	file := e.formerSystemPublishes(t, "99001-2025-1-S")
	e.holdDeletions(t)
	organisations := e.account + "/hiring-organisations"
	organisation := organisations + "/" + e.read(t, organisations, e.operator).text(t, "items", 0, "id")
	certificates := e.account + "/certificates"
	certificate := certificates + "/" + e.read(t, certificates, e.operator).text(t, "items", 0, "id")
	saved := e.want(t, http.StatusCreated, ask{method: "POST", path: e.base + "/postings", token: e.operator, body: ad("Altenpfleger (m/w/d)", true)})
	posting := "/postings/" + saved.text(t, "id")
	renewed, form := e.renewal(t)
	return []deed{
		{operation: "createAccount", kind: event.AccountCreated, method: "POST", at: "/ba-accounts", body: object{"name": "Zweitkonto"}},
		{operation: "updateAccount", kind: event.AccountChanged, at: e.account, header: whateverIsThere, body: object{
			"name": "Muster Pflege Nürnberg", "supplier_id": "V000123400", "alliance_number": "99001",
		}},
		{operation: "updateHiringOrganisation", kind: event.AccountOrganisationChanged, at: organisation, header: whateverIsThere, body: object{
			"name": "Muster Pflege gGmbH", "town": "Fürth", "kundennummer": "A123A12345",
		}},
		{operation: "noteBetreut", kind: event.AccountBetreutNoted, at: organisation + "/betreut", body: object{
			"since": "2026-11-04", "confirmed_by": "Herr Amt, Agentur Nürnberg",
		}},
		{operation: "noteOnboardingStep", kind: event.OnboardingStepNoted, at: e.account + "/onboarding/steps/registered", body: object{
			"done_on": "2026-11-03", "done_by": "Erika Beispiel",
		}},
		{operation: "activateAccount", kind: event.AccountActivated, at: e.account + "/activation"},
		{operation: "deactivateAccount", kind: event.AccountDeactivated, method: "DELETE", at: e.account + "/activation"},
		{operation: "createHiringOrganisation", kind: event.AccountOrganisationCreated, method: "POST", at: organisations, body: object{
			"name": "Muster Pflege gGmbH", "town": "Ulm", "kundennummer": "B123B12345",
		}},
		{operation: "approveDeletions", kind: event.AccountDeletionsApproved, at: e.account + "/deletion-approval", body: object{"count": 7}},
		{operation: "takeOverFile", kind: event.AccountTakenOver, method: "POST", at: e.account + "/take-over/file", body: file, header: map[string]string{
			"Content-Type": "application/xml",
		}},
		{operation: "takeOverReferences", kind: event.AccountTakenOver, method: "POST", at: e.account + "/take-over", body: object{"references": []object{
			{"reference": "13635-4711-S", "kundennummer": "A123A12345", "employment_type": "skilled_worker"},
		}}},
		{operation: "confirmWithdrawal", kind: event.AccountWithdrawalConfirmed, at: e.account + "/take-over/withdrawal", body: object{"count": 1}},
		{operation: "uploadCertificate", kind: event.CertificateActive, method: "POST", at: certificates, body: renewed, header: form},
		{operation: "revokeCertificate", kind: event.CertificateRevoked, method: "DELETE", at: certificate},
		{operation: "createPosting", kind: event.PostingSaved, method: "POST", at: "/postings", body: ad("Koch (m/w/d)", false)},
		{operation: "replacePosting", kind: event.PostingSaved, at: posting, header: whateverIsThere, body: ad("Pflegehelfer (m/w/d)", true)},
		{operation: "withdrawPosting", kind: event.PostingSaved, at: posting + "/withdrawal"},
		{operation: "putPostingByExternalId", kind: event.PostingSaved, at: "/postings/by-external-id/REQ-1", body: ad("Koch (m/w/d)", false)},
		{operation: "putPostings", kind: event.PostingSaved, method: "POST", at: "/postings/bulk", body: object{"items": []object{
			with(ad("Koch (m/w/d)", false), "external_id", "REQ-2"),
		}}},
		{operation: "updateTenant", kind: event.TenantSuspended, header: whateverIsThere, body: object{"name": "Muster", "lifecycle": "suspended"}},
		{operation: "updateTenant", kind: event.TenantClosed, header: whateverIsThere, body: object{"name": "Muster", "lifecycle": "closed"}},
		{operation: "updateTenant", kind: event.TenantReopened, header: whateverIsThere, body: object{"name": "Muster", "lifecycle": "open"}},
	}
}

// holdDeletions makes seven deletions of the account wait for a person, as a plan does.
func (e *employer) holdDeletions(t *testing.T) {
	t.Helper()
	check(t, e.DB.InTx(scope.WithTenant(t.Context(), e.ref.TenantID), func(tx database.Tx) error {
		return tx.Exec(`INSERT INTO account_ways (account_id, tenant_id, deletions, deletions_of, deletions_since) VALUES (?, ?, 7, 10, ?)`,
			e.ref.AccountID, tx.Tenant, e.Clock.Now()).Error
	}))
}

// renewal is the form that hands in another certificate of the account.
func (e *employer) renewal(t *testing.T) (body []byte, header map[string]string) {
	t.Helper()
	issued, err := e.ba.Issue(basim.IssueRequest{
		PartnerID: "V000123400", Alliance: "99001", Name: "Muster Pflege gGmbH", HiringOrgs: []basim.HiringOrg{{Number: "A123A12345", Name: "Muster Pflege gGmbH"}},
	})
	check(t, err)
	return form(t, map[string]string{"file": string(issued.P12), "pin": issued.PIN})
}

// news are the kinds of the tenant's events after a cursor, and the cursor after them.
func (e *employer) news(t *testing.T, after string) (cursor string, kinds []string) {
	t.Helper()
	query := ""
	if after != "" {
		query = "?cursor=" + after
	}
	got := e.read(t, "/events"+query, e.operator)
	items, _ := got.get(t, "items").([]any)
	for i := range items {
		kinds = append(kinds, got.text(t, "items", i, "kind"))
	}
	return got.text(t, "next"), kinds
}

func TestWhatChangesNothingIsNotTold(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	e.goTheRoad(t)
	organisation := e.account + "/hiring-organisations/" + e.read(t, e.account+"/hiring-organisations", e.operator).text(t, "items", 0, "id")
	repeated := map[string]object{
		"":           {"name": "Muster Pflege gGmbH", "lifecycle": "open"},
		e.account:    {"name": "Muster Pflege gGmbH", "supplier_id": "V000123400", "alliance_number": "99001"},
		organisation: {"name": "Muster Pflege gGmbH", "town": "Nürnberg", "kundennummer": "A123A12345"},
	}
	before := e.dump(t)
	for at, body := range repeated {
		tag := e.read(t, at, e.operator).header.Get("ETag")

		got := e.want(t, http.StatusOK, ask{method: "PUT", path: e.base + at, token: e.operator, body: body, header: match(tag)})

		if got.header.Get("ETag") != tag {
			t.Errorf("%q: the tag was %s and is %s", at, tag, got.header.Get("ETag"))
		}
	}
	e.put(t, organisation+"/betreut", object{"since": "2026-11-03", "confirmed_by": "Frau Amt, Agentur Nürnberg"})

	e.unchanged(t, before)
}
