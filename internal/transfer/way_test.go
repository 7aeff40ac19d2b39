package transfer

import (
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

func TestAnAdIsLiveOnlyAfterTheBAsAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.wants(id, posting.AtBANone, posting.ChangeWaiting)

	w.advance()
	w.wants(id, posting.AtBANone, posting.ChangeSent)
	w.wantsHistory(w.reference(id), "inserted")
	w.Clock.Add(9 * time.Minute)
	w.advance()
	w.wants(id, posting.AtBANone, posting.ChangeSent)
	w.Clock.Add(time.Minute)
	w.advance()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if p := w.posting(id); *p.LiveRevision != 1 {
		t.Errorf("live is revision %d", *p.LiveRevision)
	}
	w.wantsStates(Settled)
}

func TestARefusedAdGoesAgainOnceItIsCorrected(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish(inFürth)
	other := w.publish()

	w.bring()
	w.wants(id, posting.AtBANone, posting.ChangeRefused)
	w.wants(other, posting.AtBALive, posting.ChangeNone)
	refused := w.codes(id)
	w.Clock.Add(48 * time.Hour)
	w.advance()
	w.wantsStates(Settled)
	w.replace(id)
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if refused != "FLR_JCValid_033" || w.codes(id) != "" {
		t.Errorf("refused with %q, afterwards %q", refused, w.codes(id))
	}
	w.wantsHistory(w.reference(id), "inserted")
}

func TestALiveAdIsUpdatedAndWithdrawn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()

	w.replace(id, titled("Pflegefachkraft in Teilzeit"))
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	ad, _ := w.ba.Ad(w.supplier, w.reference(id))
	w.withdraw(id)
	w.wants(id, posting.AtBALive, posting.ChangeWithdrawing)
	w.bring()

	w.wants(id, posting.AtBAEnded, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted, updated, deleted")
	if ad.Title() != "Pflegefachkraft in Teilzeit" {
		t.Errorf("the BA shows %q", ad.Title())
	}
}

func TestAWithdrawnAdIsPublishedAgainUnderANewReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.withdraw(id)
	w.bring()
	before := w.reference(id)

	w.replace(id)
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(before, "inserted, deleted")
	w.wantsHistory(w.reference(id), "inserted")
}

func TestALiveAdWhoseChangeIsRefusedStaysLiveAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()

	w.replace(id, inFürth)
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeRefused)
	w.Clock.Add(24 * time.Hour)
	w.advance()

	w.wantsStates(Settled, Settled)
	if p := w.posting(id); *p.LiveRevision != 1 || p.LatestRevision != 2 {
		t.Errorf("live is revision %d of %d", *p.LiveRevision, p.LatestRevision)
	}
	w.wantsHistory(w.reference(id), "inserted")
}

func TestAScheduledAdWaitsForItsDayAndEndsOnItsDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	today := calendar.On(w.Clock.Now(), w.Berlin)
	id := w.publish(func(c *posting.Content) {
		c.Publication = posting.Publication{From: new(today.AddDays(2)), Until: new(today.AddDays(4))}
	})

	w.advance()
	w.wants(id, posting.AtBANone, posting.ChangeScheduled)
	w.Clock.Set(today.AddDays(1).Start(w.Berlin).Add(23*time.Hour + 59*time.Minute))
	w.advance()
	w.wants(id, posting.AtBANone, posting.ChangeScheduled)
	w.wantsStates()
	if next, day := w.nextRun(), today.AddDays(2); calendar.On(next, w.Berlin) != day {
		t.Errorf("looked at next on %v, want %v", next, day)
	}
	w.Clock.Set(w.nextRun())
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.Clock.Set(today.AddDays(4).Start(w.Berlin).Add(23*time.Hour + 59*time.Minute))
	w.advance()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.Clock.Set(w.nextRun())
	w.bring()

	w.wants(id, posting.AtBAEnded, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted, deleted")
}

func TestAnAdWithoutEndIsRenewedTenDaysBefore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	published := calendar.On(w.Clock.Now(), w.Berlin)
	id := w.live()
	fixed := w.live(func(c *posting.Content) { c.Publication.Until = new(published.AddDays(55)) })
	ends := func() string {
		ad, _ := w.ba.Ad(w.supplier, w.reference(id))
		return ad.Content.Get("PostDetail/EndDate")
	}
	if want := published.AddDays(60).String(); ends() != want {
		t.Fatalf("ends on %s, want %s", ends(), want)
	}

	w.Clock.Set(published.AddDays(49).Start(w.Berlin).Add(12 * time.Hour))
	w.advance()
	w.wantsHistory(w.reference(id), "inserted")
	w.Clock.Set(published.AddDays(50).Start(w.Berlin).Add(12 * time.Hour))
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted, updated")
	w.wantsHistory(w.reference(fixed), "inserted")
	if want := published.AddDays(110).String(); ends() != want {
		t.Errorf("ends on %s, want %s", ends(), want)
	}
}

func TestAnAdIsNotRenewedWhileWhatTheBAHasOfItEndsByItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live(func(c *posting.Content) { c.Publication.Until = new(calendar.On(w.Clock.Now(), w.Berlin)) })
	w.replace(id, inFürth)
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeRefused)

	for range 3 {
		w.hear()
	}

	w.wantsHistory(w.reference(id), "inserted")
	w.wantsStates(Settled, Settled)
}

func TestARefusedRenewalIsTriedOnceADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	day := calendar.On(w.Clock.Now(), w.Berlin)
	id := w.live()

	w.Clock.Set(day.AddDays(50).Start(w.Berlin).Add(12 * time.Hour))
	w.advance()
	w.answer(`<L><ErrorMessage><ErrorCode>FLR_JCValid_999</ErrorCode><ReferenceId>` + w.reference(id) + `</ReferenceId></ErrorMessage></L>`)
	w.wants(id, posting.AtBALive, posting.ChangeRefused)
	for range 5 {
		w.Clock.Add(time.Hour)
		w.advance()
	}
	w.wantsStates(Settled, Settled)
	w.Clock.Add(20 * time.Hour)
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsStates(Settled, Settled, Settled)
}

func TestWhatTheBARefusesAsAChangeIsEndedAndPublishedAnew(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *world, in *posting.Input){
		"another employment type": func(_ *world, in *posting.Input) { ofKind(posting.Helper)(&in.Content) },
		"another hiring organisation": func(w *world, in *posting.Input) {
			branch := w.branch(w.employer, "B456B67890")
			w.baKnows("B456B67890")
			in.HiringOrganisationID = &branch
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.live()
			before := w.reference(id)
			in := posting.Input{Publish: true, Content: advert()}
			change(w, &in)

			_, err := w.desk.Replace(w.ctx, id, in)
			check(t, err)
			w.advance()
			w.wants(id, posting.AtBALive, posting.ChangeWithdrawing)
			w.wantsHistory(before, "inserted, deleted")
			w.hear() // ended, so it is published anew at once
			w.wants(id, posting.AtBAEnded, posting.ChangeSent)
			w.hear()

			w.wants(id, posting.AtBALive, posting.ChangeNone)
			if w.reference(id) == before {
				t.Error("the reference was used twice")
			}
			w.wantsHistory(before, "inserted, deleted")
			w.wantsHistory(w.reference(id), "inserted")
		})
	}
}

func TestAnAdWhoseLastDayPassedBeforeItWasSentIsNotWaitingAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	today := calendar.On(w.Clock.Now(), w.Berlin)
	_, err := w.roads.Deactivate(w.ctx, w.account)
	check(t, err)
	id := w.publish(func(c *posting.Content) { c.Publication.Until = new(today.AddDays(1)) })
	w.advance()
	w.wants(id, posting.AtBANone, posting.ChangeWaiting)

	w.Clock.Add(72 * time.Hour)
	_, err = w.roads.Activate(w.ctx, w.account)
	check(t, err)
	w.advance()

	w.wants(id, posting.AtBANone, posting.ChangeNone)
	w.wantsStates()
}
