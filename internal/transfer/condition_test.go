package transfer

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

const branchNumber = "B456B67890"

// under publishes an ad under a hiring organisation.
func (w *world) under(organisation uuid.UUID, changes ...func(*posting.Content)) uuid.UUID {
	w.t.Helper()
	made, err := w.desk.Create(w.ctx, posting.Input{Publish: true, Content: advert(changes...), HiringOrganisationID: &organisation})
	check(w.t, err)
	return made.ID
}

// moveTo saves an ad under another hiring organisation.
func (w *world) moveTo(id, organisation uuid.UUID) {
	w.t.Helper()
	_, err := w.desk.Replace(w.ctx, id, posting.Input{Publish: true, Content: advert(), HiringOrganisationID: &organisation})
	check(w.t, err)
}

// refusedBranch is a branch under which the BA refuses all ads, and the ad by which that came out.
func (w *world) refusedBranch() (branch, waiting uuid.UUID) {
	w.t.Helper()
	branch = w.branch(w.employer, branchNumber)
	check(w.t, w.ba.SetHiringOrg(w.supplier, basim.HiringOrg{Number: branchNumber, Name: "Haus B", NotSupervised: true}))
	waiting = w.under(branch)
	w.bring()
	w.wants(waiting, posting.AtBANone, posting.ChangeWaiting)
	return branch, waiting
}

func TestDeletionsThatRestKeepNoOtherAdFromItsTurn(t *testing.T) {
	t.Parallel()
	today := func(w *world) calendar.Date { return calendar.On(w.Clock.Now(), w.Berlin) }
	for name, ends := range map[string]func(w *world, id uuid.UUID){
		"withdrawn":       func(w *world, id uuid.UUID) { w.withdraw(id) },
		"ended by itself": func(w *world, _ uuid.UUID) { w.Clock.Set(today(w).AddDays(1).Start(w.Berlin).Add(10 * time.Hour)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			branch := w.branch(w.employer, branchNumber)
			w.baKnows(branchNumber)
			first := w.under(branch, func(c *posting.Content) { c.Publication.Until = new(today(w)) })
			w.bring()
			check(t, w.ba.SetHiringOrg(w.supplier, basim.HiringOrg{Number: branchNumber, Name: "Haus B", Deactivated: true}))
			ends(w, first)
			w.bring() // 049: the deletion rests

			w.engine.maxItems = 1
			other := w.publish()
			w.bring()

			w.wants(first, posting.AtBALive, posting.ChangeWithdrawing)
			w.wants(other, posting.AtBALive, posting.ChangeNone)
		})
	}
}

func TestALiveAdIsNotDeletedWhileNothingCanFollowItUnderItsNewNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	live := w.live()
	branch, waiting := w.refusedBranch()
	w.moveTo(live, branch)
	w.engine.maxItems = 1 // the moved ad keeps the other one not from being the probe

	w.Clock.Add(61 * time.Minute)
	w.bring()

	w.wants(live, posting.AtBALive, posting.ChangeWaiting)
	w.wantsHistory(w.reference(live), "inserted")
	w.wantsStates(Settled, Settled, Settled) // the probe, which was refused

	w.baKnows(branchNumber)
	w.Clock.Add(3 * time.Hour)
	for range 4 {
		w.bring()
	}

	w.wants(live, posting.AtBALive, posting.ChangeNone)
	w.wants(waiting, posting.AtBALive, posting.ChangeNone)
}

func TestAProbeThatNeverLeftUsesUpNoWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.lapseAgreement(true)
	id := w.publish()
	w.bring()
	w.lapseAgreement(false)

	w.engine = w.newEngine(w.nowhere)
	for range 3 {
		w.Clock.Set(w.nextRun().Add(time.Millisecond))
		w.advance()
	}
	if wait := w.nextRun().Sub(w.Clock.Now()); wait > time.Hour {
		t.Errorf("tried again in %v", wait)
	}
	w.engine = w.newEngine(w.client)
	w.Clock.Set(w.nextRun().Add(time.Millisecond))
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
}

func TestAConditionEndsWhenNoAdWaitsForItAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, waiting := w.refusedBranch()
	before := w.trouble()

	w.withdraw(waiting)
	w.advance()

	if before != AccountRefused.Name || w.trouble() != "" {
		t.Errorf("trouble was %q, is %q", before, w.trouble())
	}
}

func TestAConditionEndsWhenTheKundennummerIsNotedAsBetreut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	live := w.live()
	branch, waiting := w.refusedBranch()
	w.moveTo(live, branch)
	w.withdraw(waiting) // so that only the moved ad is left, which is no probe
	w.advance()
	w.wantsHistory(w.reference(live), "inserted")

	w.baKnows(branchNumber)
	w.Clock.Add(time.Minute)
	_, err := w.directory.NoteBetreut(w.ctx, w.account, branch, w.engine.today(), "Frau Amt")
	check(t, err)
	for range 2 {
		w.bring()
	}

	w.wants(live, posting.AtBALive, posting.ChangeNone)
	if w.trouble() != "" {
		t.Errorf("trouble is %q", w.trouble())
	}
}
