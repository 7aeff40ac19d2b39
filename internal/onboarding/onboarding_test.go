package onboarding_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// house is a house with one tenant, who has one account without numbers.
type house struct {
	*testhouse.House
	directory *tenant.Directory
	roads     *onboarding.Roads
	ctx       context.Context
	account   uuid.UUID
	// woken are the accounts that were to be looked at; wakeErr is what waking fails with.
	woken   []uuid.UUID
	wakeErr error
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{House: testhouse.New(t)}
	_, h.ctx = h.Tenant(t, "Muster Pflege")
	h.directory = tenant.NewDirectory(h.DB, h.Clock.Now)
	h.roads = onboarding.NewRoads(h.DB, h.Clock.Now, h.Berlin, func(_ database.Tx, account uuid.UUID) error {
		h.woken = append(h.woken, account)
		return h.wakeErr
	})
	created, err := h.directory.CreateAccount(h.ctx, tenant.AccountInput{Name: "Muster"})
	if err != nil {
		t.Fatal(err)
	}
	h.account = created.ID
	return h
}

func (h *house) today() calendar.Date { return calendar.On(h.Clock.Now(), h.Berlin) }

func (h *house) note(step onboarding.Step) func() error {
	return func() error {
		_, err := h.roads.Note(h.ctx, h.account, step, h.today(), "Frau Muster")
		return err
	}
}

// organisation adds a hiring organisation that is betreut, or not yet.
func (h *house) organisation(kundennummer string, betreut bool) func() error {
	return func() error {
		in := tenant.OrganisationInput{Name: "Haus " + kundennummer, Town: "Ulm", Kundennummer: kundennummer}
		created, err := h.directory.CreateOrganisation(h.ctx, h.account, in)
		if err == nil && betreut {
			_, err = h.directory.NoteBetreut(h.ctx, h.account, created.ID, h.today(), "Frau Amt")
		}
		return err
	}
}

func (h *house) numbers() error {
	in := tenant.AccountInput{Name: "Muster", SupplierID: new("V000123400"), AllianceNumber: new("99001")}
	_, err := h.directory.UpdateAccount(h.ctx, h.account, in)
	return err
}

// certificate gives the account a certificate for some days from now.
func (h *house) certificate(state credential.State, from, until int) func() error {
	return func() error {
		return h.DB.InTx(h.ctx, func(tx database.Tx) error {
			return tx.Create(&credential.Certificate{
				ID: uuid.New(), TenantID: tx.Tenant, AccountID: h.account, State: state, Fingerprint: strings.Repeat("0", 64),
				NotBefore: h.Clock.Now().AddDate(0, 0, from), NotAfter: h.Clock.Now().AddDate(0, 0, until),
			}).Error
		})
	}
}

// complete does every step but the activation.
func (h *house) complete(t *testing.T) {
	t.Helper()
	err := errors.Join(
		h.note(onboarding.Registered)(), h.note(onboarding.ContractRequested)(), h.note(onboarding.ContractSigned)(),
		h.organisation("A123A12345", true)(), h.numbers(), h.certificate(credential.Active, -1, 365)(),
	)
	if err != nil {
		t.Fatal(err)
	}
}

// open returns the steps that are not done.
func open(road onboarding.Road) []onboarding.Step {
	var steps []onboarding.Step
	for _, s := range road.Steps {
		if !s.Done {
			steps = append(steps, s.Step)
		}
	}
	return steps
}

// step returns how one step stands.
func step(road onboarding.Road, which onboarding.Step) onboarding.Status {
	for _, s := range road.Steps {
		if s.Step == which {
			return s
		}
	}
	return onboarding.Status{}
}

func words(missing []text.Text, lang text.Language) string {
	var all []string
	for _, m := range missing {
		all = append(all, m.In(lang))
	}
	return strings.Join(all, "; ")
}

func TestActivationIsRefusedWhileAStepIsMissingAndNamesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	road := []struct {
		step   onboarding.Step
		de, en string
		do     func() error
	}{
		{onboarding.Registered, "Bei der BA registriert", "Registered with the BA", h.note(onboarding.Registered)},
		{onboarding.Betreut, "Vom Arbeitgeber-Service betreut", "Looked after by the local employer service", h.organisation("A123A12345", true)},
		{onboarding.ContractRequested, "Kooperationsvertrag angefordert", "Cooperation contract requested", h.note(onboarding.ContractRequested)},
		{onboarding.ContractSigned, "Kooperationsvertrag unterschrieben", "Cooperation contract signed", h.note(onboarding.ContractSigned)},
		{
			onboarding.CredentialsReceived, "Zugangsdaten erhalten", "Credentials received",
			func() error { return errors.Join(h.numbers(), h.certificate(credential.Active, -1, 365)()) },
		},
	}
	for i, next := range road {
		_, err := h.roads.Activate(h.ctx, h.account)
		refused, ok := errors.AsType[*fault.Error](err)
		if !ok || refused.Code != onboarding.StepsMissing {
			t.Fatalf("before %s: %v", next.step, err)
		}
		de, en := refused.Code.Detail.Format(text.German, refused.Args), refused.Code.Detail.Format(text.English, refused.Args)
		for j, other := range road {
			if strings.Contains(de, other.de) != (j >= i) || strings.Contains(en, other.en) != (j >= i) {
				t.Errorf("before %s, about %s: %s / %s", next.step, other.step, de, en)
			}
		}
		if err := next.do(); err != nil {
			t.Fatal(err)
		}
	}
	if h.woken != nil {
		t.Errorf("a refused activation wakes %v", h.woken)
	}

	done, err := h.roads.Activate(h.ctx, h.account)

	if err != nil || len(open(done)) != 0 || !done.ActiveSince.Equal(h.Clock.Now()) {
		t.Errorf("got %+v, %v", done, err)
	}
	if !slices.Equal(h.woken, []uuid.UUID{h.account}) {
		t.Errorf("woken are %v", h.woken)
	}
}

func TestANewAccountHasItsWholeRoadBeforeIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)

	road, err := h.roads.Of(h.ctx, h.account)

	want := []onboarding.Step{
		onboarding.Registered, onboarding.Betreut, onboarding.ContractRequested, onboarding.ContractSigned, onboarding.CredentialsReceived, onboarding.Active,
	}
	if err != nil || !slices.Equal(open(road), want) || road.ActiveSince != nil {
		t.Fatalf("got %+v, %v", road, err)
	}
	for _, s := range road.Steps {
		if s.Title.Empty() || s.Hint.Empty() {
			t.Errorf("%s lacks words", s.Step)
		}
	}
	if got := words(step(road, onboarding.CredentialsReceived).Missing, text.German); got != "Supplier-ID; Allianzpartnernummer; ein gültiges Zertifikat mit PIN" {
		t.Errorf("of the credentials there lack: %s", got)
	}
}

func TestANotedStepTellsWhenAndByWhomAndCanBeCorrected(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := h.note(onboarding.ContractSigned)(); err != nil {
		t.Fatal(err)
	}

	road, err := h.roads.Note(h.ctx, h.account, onboarding.ContractSigned, h.today().AddDays(-3), "Herr Muster")

	got := step(road, onboarding.ContractSigned)
	if err != nil || !got.Done || got.DoneOn.String() != "2026-11-21" || got.DoneBy != "Herr Muster" || got.Hint != (text.Text{}) {
		t.Errorf("got %+v, %v", got, err)
	}
	history, err := event.History(h.ctx, h.DB, h.account)
	if err != nil || len(history) != 3 || history[0].Kind != event.OnboardingStepNoted || !strings.Contains(string(history[0].Data), "2026-11-21") {
		t.Errorf("history %+v, %v", history, err)
	}
}

func TestADayInTheFutureIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Clock.Set(time.Date(2026, 11, 24, 23, 30, 0, 0, time.UTC)) // in Germany the 25th has begun
	for date, good := range map[string]bool{"2026-11-24": true, "2026-11-25": true, "2026-11-26": false, "2126-01-01": false} {
		day, err := calendar.Parse(date)
		if err != nil {
			t.Fatal(err)
		}
		_, err = h.roads.Note(h.ctx, h.account, onboarding.Registered, day, "Frau Muster")
		if (err == nil) != good || (!good && !strings.Contains(err.Error(), "day_in_future at /done_on")) {
			t.Errorf("%s: %v", date, err)
		}
	}
}

func TestEveryHiringOrganisationMustBeBetreut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.complete(t)
	if err := h.organisation("A123A12346", false)(); err != nil {
		t.Fatal(err)
	}

	road, err := h.roads.Of(h.ctx, h.account)

	got := step(road, onboarding.Betreut)
	if err != nil || got.Done || words(got.Missing, text.English) != "Haus A123A12346 (A123A12346)" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := h.roads.Activate(h.ctx, h.account); !fault.Has(err, onboarding.StepsMissing) {
		t.Errorf("activation: %v", err)
	}
}

func TestAnOrganisationAddedLaterDoesNotEndTheActivation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.complete(t)
	if _, err := h.roads.Activate(h.ctx, h.account); err != nil {
		t.Fatal(err)
	}
	if err := h.organisation("A123A12346", false)(); err != nil {
		t.Fatal(err)
	}

	road, err := h.roads.Of(h.ctx, h.account)

	if err != nil || road.ActiveSince == nil || !slices.Equal(open(road), []onboarding.Step{onboarding.Betreut}) {
		t.Errorf("got %+v, %v", road, err)
	}
	if _, err := h.roads.Activate(h.ctx, h.account); err != nil {
		t.Errorf("activating it again: %v", err)
	}
}

func TestDeactivationStopsAnAccountAndActivationChecksAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.complete(t)
	if _, err := h.roads.Activate(h.ctx, h.account); err != nil {
		t.Fatal(err)
	}
	h.Clock.Add(time.Hour)
	again, err := h.roads.Activate(h.ctx, h.account)
	if err != nil || !again.ActiveSince.Equal(h.Clock.Now().Add(-time.Hour)) || len(h.woken) != 1 {
		t.Errorf("activating it twice: %+v, %v", again, err)
	}

	for range 2 {
		road, err := h.roads.Deactivate(h.ctx, h.account)
		if err != nil || road.ActiveSince != nil || !slices.Equal(open(road), []onboarding.Step{onboarding.Active}) {
			t.Errorf("got %+v, %v", road, err)
		}
	}

	h.Clock.Add(366 * 24 * time.Hour) // the certificate has expired
	if _, err := h.roads.Activate(h.ctx, h.account); !fault.Has(err, onboarding.StepsMissing) {
		t.Errorf("activating it with an expired certificate: %v", err)
	}
	var kinds []event.Kind
	history, err := event.History(h.ctx, h.DB, h.account)
	for _, e := range history[:2] {
		kinds = append(kinds, e.Kind)
	}
	if err != nil || !slices.Equal(kinds, []event.Kind{event.AccountDeactivated, event.AccountActivated}) {
		t.Errorf("history %v, %v", kinds, err)
	}
}

func TestWhichCertificatesCount(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		have []func(h *house) error
		want bool
	}{
		"none":                       {nil, false},
		"active":                     {[]func(*house) error{in(credential.Active, -9, 9)}, true},
		"expired":                    {[]func(*house) error{in(credential.Active, -9, -1)}, false},
		"one that has yet to begin":  {[]func(*house) error{in(credential.Next, 1, 9)}, true},
		"expired, the next is there": {[]func(*house) error{in(credential.Active, -9, -1), in(credential.Next, -2, 9)}, true},
		"not stored yet":             {[]func(*house) error{in(credential.Pending, -9, 9)}, false},
		"revoked and retired":        {[]func(*house) error{in(credential.Revoked, -9, 9), in(credential.Retired, -9, 9)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			err := h.numbers()
			for _, add := range test.have {
				err = errors.Join(err, add(h))
			}
			if err != nil {
				t.Fatal(err)
			}

			road, err := h.roads.Of(h.ctx, h.account)

			if got := step(road, onboarding.CredentialsReceived).Done; err != nil || got != test.want {
				t.Errorf("credentials received: %t, %v", got, err)
			}
		})
	}
}

func in(state credential.State, from, until int) func(*house) error {
	return func(h *house) error { return h.certificate(state, from, until)() }
}

func TestAnActivationThatCannotWakeDidNotHappen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.complete(t)
	h.wakeErr = errors.New("no queue")

	if _, err := h.roads.Activate(h.ctx, h.account); !errors.Is(err, h.wakeErr) {
		t.Errorf("got %v", err)
	}

	if road, err := h.roads.Of(h.ctx, h.account); err != nil || road.ActiveSince != nil {
		t.Errorf("got %+v, %v", road, err)
	}
}

func TestTheRoadOfAnotherTenantIsMissing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.complete(t)
	_, h.ctx = h.Tenant(t, "Bau AG")

	_, read := h.roads.Of(h.ctx, h.account)
	_, noted := h.roads.Note(h.ctx, h.account, onboarding.Registered, h.today(), "x")
	_, activated := h.roads.Activate(h.ctx, h.account)
	_, deactivated := h.roads.Deactivate(h.ctx, h.account)

	for name, err := range map[string]error{"read": read, "note": noted, "activate": activated, "deactivate": deactivated} {
		if !fault.Has(err, fault.Missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
