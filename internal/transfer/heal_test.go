package transfer

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// act lets BA staff do something to an ad.
func (w *world) act(id uuid.UUID, act basim.Act) {
	w.t.Helper()
	check(w.t, w.ba.Act(w.supplier, w.reference(id), act))
}

// copies lists what we know of an ad's references, oldest first.
func (w *world) copies(id uuid.UUID) []Copy {
	w.t.Helper()
	var found []Copy
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		return tx.Of(&Copy{}).Where("posting_id = ?", id).Order("id").Find(&found).Error
	}))
	return found
}

// edit changes a copy as no ordinary way would.
func (w *world) edit(c Copy) {
	w.t.Helper()
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error { return tx.Rewrite(&c) }))
}

// supervised makes an ad one that the BA's local service looks after.
func supervised(c *posting.Content) {
	c.PlacementOrder = true
	c.Pay = &posting.Pay{Text: "3.500 EUR im Monat"}
	c.Contact.Address = &posting.Address{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY", Street: "Marktweg 1"}
}

// TestAChangeByTheBAIsMetByThePlacementOrder has BA staff change an ad between our file and its processing (120).
func TestAChangeByTheBAIsMetByThePlacementOrder(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		with    func(c *posting.Content)
		change  posting.Change
		history string
	}{
		"with one the recruiter decides":       {supervised, posting.ChangeRefused, "inserted, staff: change"},
		"without one the ad is sent once more": {func(*posting.Content) {}, posting.ChangeNone, "inserted, staff: change, updated"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.live(test.with)
			w.ba.SetSettings(basim.Settings{Delay: basim.Duration(5 * time.Minute)})
			w.replace(id, test.with, titled("Pflegefachkraft in Teilzeit"))
			w.advance()
			w.Clock.Add(time.Minute)
			w.act(id, basim.ActChange)
			w.ba.SetSettings(basim.Settings{})

			w.hear()
			w.hear()

			w.wants(id, posting.AtBALive, test.change)
			w.wantsHistory(w.reference(id), test.history)
			if test.change == posting.ChangeRefused && w.events()["posting.changed_by_ba"] != 1 {
				t.Errorf("events are %v", w.events())
			}
		})
	}
}

func TestAChangeByTheBAThatIsStillNewerIsLeftToTheRecruiter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.act(id, basim.ActChange)
	w.replace(id, titled("Pflegefachkraft in Teilzeit"))
	c := w.copies(id)[0]
	c.LastModified = new(w.Clock.Now().Add(-time.Hour))
	w.edit(c)
	w.Clock.Add(-40 * time.Minute) // our clock is behind the BA's

	w.bring()
	w.hear()
	w.wants(id, posting.AtBALive, posting.ChangeRefused)
	if w.codes(id) != "FLR_DataStore_120" {
		t.Errorf("refused with %q", w.codes(id))
	}
	w.wantsStates(Settled, Settled, Settled)
	w.Clock.Add(40 * time.Minute)
	w.advance()
	w.wantsHistory(w.reference(id), "inserted, staff: change")
	w.replace(id, titled("Pflegefachkraft in Teilzeit")) // the recruiter insists
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted, staff: change, updated")
}

func TestALockedAdCanOnlyBeWithdrawn(t *testing.T) {
	t.Parallel()
	for name, act := range map[string]basim.Act{"deactivated (062)": basim.ActLock, "marked for deletion (107)": basim.ActPlanDeletion} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.live()
			w.act(id, act)
			w.Clock.Add(time.Minute)

			w.replace(id, titled("Pflegefachkraft in Teilzeit"))
			w.bring()
			w.wants(id, posting.AtBALocked, posting.ChangeRefused)
			w.replace(id, titled("Pflegefachkraft in Vollzeit"))
			w.advance()
			w.wants(id, posting.AtBALocked, posting.ChangeRefused)
			w.wantsStates(Settled, Settled)
			w.withdraw(id)
			w.bring()

			w.wants(id, posting.AtBAEnded, posting.ChangeNone)
		})
	}
}

func TestWhatTheBARemovedAppearsAgainOnlyByTheRecruiter(t *testing.T) {
	t.Parallel()
	for name, decide := range map[string]func(w *world, id uuid.UUID){
		"saved with a change": func(w *world, id uuid.UUID) { w.replace(id, titled("Koch (m/w/d)")) },
		"withdrawn and published": func(w *world, id uuid.UUID) {
			w.withdraw(id)
			w.replace(id, titled("Pflegefachkraft in Teilzeit"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.live()
			before := w.reference(id)
			w.act(id, basim.ActRemove)
			w.Clock.Add(time.Minute)
			w.replace(id, titled("Pflegefachkraft in Teilzeit"))
			w.bring()
			w.wants(id, posting.AtBARemoved, posting.ChangeNone)
			w.replace(id, titled("Pflegefachkraft in Teilzeit")) // as it was
			w.Clock.Add(48 * time.Hour)
			w.advance()
			w.wantsStates(Settled, Settled)

			decide(w, id)
			w.bring()

			w.wants(id, posting.AtBALive, posting.ChangeNone)
			w.wantsHistory(before, "inserted, staff: remove")
			if w.reference(id) == before {
				t.Error("the reference was used twice")
			}
		})
	}
}

func TestAnInsertWhoseAnswerWasLostBecomesAnUpdate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish(inFürth)
	w.bring()
	// The BA has what it refused, as if an earlier answer had never come.
	w.insertBehindOurBack(w.reference(id))
	w.replace(id)

	w.bring() // 110
	w.wants(id, posting.AtBALive, posting.ChangeSent)
	w.hear()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted, updated")
}

func TestAReferenceThatIsNotOursIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.insertBehindOurBack(w.planned(id))

	w.bring() // 110, though we never sent it before
	w.hear()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	copies := w.copies(id)
	if len(copies) != 2 || copies[0].State != CopyGone || copies[1].State != CopyLive {
		t.Errorf("copies are %+v", copies)
	}
	w.wantsHistory(copies[0].Reference, "inserted")
	w.wantsHistory(copies[1].Reference, "inserted")
}

func TestAfterThreeSpentReferencesAHumanHasToLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()

	for range maxSpent {
		reference := w.planned(id)
		w.insertBehindOurBack(reference)
		check(t, w.ba.Act(w.supplier, reference, basim.ActRemove)) // 139
		w.advance()
		w.Clock.Add(DefaultPace().Polls[0])
		w.settleOnly()
	}
	w.advance()

	w.wants(id, posting.AtBANone, posting.ChangeRefused)
	w.wantsStates(Settled, Settled, Settled)
	if w.codes(id) != "FLR_JCValid_139" || len(w.copies(id)) != maxSpent {
		t.Errorf("refused with %q after %d references", w.codes(id), len(w.copies(id)))
	}
	w.replace(id) // the human looked
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
}

func TestARefusedDeletionRestsForAnHour(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.withdraw(id)
	w.advance()

	w.answer(`<L><ErrorMessage><ErrorCode>FLR_JCValid_999</ErrorCode><ReferenceId>` + w.reference(id) + `</ReferenceId></ErrorMessage></L>`)
	w.wants(id, posting.AtBALive, posting.ChangeWithdrawing)
	w.Clock.Add(59 * time.Minute)
	w.advance()
	w.wantsStates(Settled, Settled)
	if wait := w.nextRun().Sub(w.Clock.Now()); wait != time.Minute {
		t.Errorf("looked at next in %v", wait)
	}
	w.Clock.Add(time.Minute)
	w.bring()

	w.wants(id, posting.AtBAEnded, posting.ChangeNone)
	w.wantsStates(Settled, Settled, Settled)
}

func TestADeletionOfWhatIsGoneIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.act(id, basim.ActRemove)
	w.withdraw(id)

	w.bring()

	w.wants(id, posting.AtBAEnded, posting.ChangeNone)
	_, items, err := NewLedger(w.DB).Get(w.ctx, w.last().ID)
	check(t, err)
	if items[0].Result != Accepted || items[0].Answers[0].Code != notThere {
		t.Errorf("the item is %+v", items[0])
	}
}

func TestAnUpdateOfWhatWasNeverConfirmedGoesUnderANewReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish(inFürth)
	w.bring()
	c := w.copies(id)[0]
	c.State, c.ConfirmedRevision, c.ConfirmedMapper = CopyLive, new(0), new(posting.MapperVersion) // as a 110 would have left it
	w.edit(c)
	w.replace(id)

	w.bring() // 130
	w.hear()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if copies := w.copies(id); len(copies) != 2 || copies[0].State != CopyGone {
		t.Errorf("copies are %+v", copies)
	}
}

// planned lets the account write its file without sending it, and returns the reference that an ad goes under.
func (w *world) planned(id uuid.UUID) string {
	w.t.Helper()
	w.write()
	copies := w.copies(id)
	return copies[len(copies)-1].Reference
}

func TestAnAdThatTheBAWorksOnTheNextDayGoesAgainWithThatDaysDates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	changed := w.live()
	w.ba.SetSettings(basim.Settings{OfficeHours: true})
	w.Clock.Set(w.engine.today().Start(w.Berlin).Add(22 * time.Hour))

	w.replace(changed, titled("Pflegefachkraft in Teilzeit"))
	id := w.publish()
	w.advance()
	w.Clock.Set(w.engine.today().AddDays(1).Start(w.Berlin).Add(8 * time.Hour)) // the BA has refused both: their start has passed (147)
	w.advance()

	w.wantsStates(Settled, Settled, Sent)
	w.wants(id, posting.AtBANone, posting.ChangeSent)
	w.wants(changed, posting.AtBALive, posting.ChangeSent)
	w.hear()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wants(changed, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted")
	w.wantsHistory(w.reference(changed), "inserted, updated")
	if got := w.events()["posting.refused"]; got > 0 {
		t.Errorf("%d refusals were told", got)
	}
}

func TestAStartThatIsRefusedOnItsOwnDayIsTheRecruitersToCorrect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	check(t, w.ba.Advance(24*time.Hour)) // the BA's clock is wrong, or its rule is another one
	id := w.publish()

	w.bring()

	w.wants(id, posting.AtBANone, posting.ChangeRefused)
	w.wantsStates(Settled)
	if got := w.codes(id); got != "FLR_JCValid_147" {
		t.Errorf("refused for %q", got)
	}
}
