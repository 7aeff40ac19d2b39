package transfer

import (
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

func TestAFileThatNeverArrivedIsGivenUpAndItsAdsGoAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ba.SetFaults(basim.Faults{CutBeforeStoring: 1})
	id := w.publish()
	w.advance()
	w.hear()
	w.wants(id, posting.AtBAUnknown, posting.ChangeSent)

	w.abandon(w.last().ID)
	w.wants(id, posting.AtBAUnknown, posting.ChangeWaiting)
	w.bring()

	w.wantsStates(Abandoned, Settled)
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted")
	if got := w.trouble(); got != "" {
		t.Errorf("the account still shows %q", got)
	}
}

func TestGivingUpAFileThatTheBAHasDoublesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ba.SetFaults(basim.Faults{NoFeedback: 1})
	id := w.publish()
	w.advance()
	w.wantsStates(Sent)

	w.abandon(w.last().ID)
	w.bring()
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted, updated")
	if ads := len(w.ba.Ads()); ads != 1 {
		t.Errorf("the BA has %d ads", ads)
	}
}

func TestOnlyAFileThatWaitsIsGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	decisions := NewDecisions(w.DB, w.Clock.Now, w.Berlin, func(database.Tx, uuid.UUID) error { return nil })

	settled := decisions.Abandon(w.ctx, w.last().ID)
	unknown := decisions.Abandon(w.ctx, uuid.New())

	if !fault.Has(settled, NotWaiting) {
		t.Errorf("of a settled one: %v", settled)
	}
	if !fault.Has(unknown, fault.Missing) {
		t.Errorf("of an unknown one: %v", unknown)
	}
}

func TestAdsOfAnOrganisationThatIsNotBetreutWaitUntilItIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.directory.CreateOrganisation(w.ctx, w.account, tenant.OrganisationInput{Name: "Neu", Town: "Ulm", Kundennummer: "C123C12345"})
	check(t, err)
	w.baKnows("C123C12345")
	view, err := w.desk.Create(w.ctx, posting.Input{Publish: true, Content: advert(), HiringOrganisationID: &made.ID})
	check(t, err)

	w.bring()
	w.wants(view.ID, posting.AtBANone, posting.ChangeWaiting)
	shown := w.posting(view.ID)
	if next := shown.Next(shown.Account); next.Code != "organisation_not_betreut" {
		t.Errorf("the next step is %q", next.Code)
	}
	_, err = w.directory.NoteBetreut(w.ctx, w.account, made.ID, w.engine.today(), "Frau Amt")
	check(t, err)
	w.bring()

	w.wants(view.ID, posting.AtBALive, posting.ChangeNone)
}

func (w *world) abandon(id uuid.UUID) {
	w.t.Helper()
	decisions := NewDecisions(w.DB, w.Clock.Now, w.Berlin, func(tx database.Tx, account uuid.UUID) error {
		return wakeAt(tx, account, w.Clock.Now())
	})
	check(w.t, decisions.Abandon(w.ctx, id))
}
