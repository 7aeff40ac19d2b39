package transfer

import (
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// closedPort is an address at which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	check(t, listener.Close())
	return "https://" + listener.Addr().String() + "/"
}

func TestWhileTheBACannotBeReachedAdsWaitAndItIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	up := w.engine
	w.engine = w.newEngine(w.clientOf(closedPort(t)))
	var waits []time.Duration

	for range 7 {
		w.advance()
		waits = append(waits, w.nextRun().Sub(w.Clock.Now()))
		w.Clock.Set(w.nextRun())
	}
	w.wants(id, posting.AtBANone, posting.ChangeWaiting)
	told := w.trouble()
	w.replace(id, titled("Pflegefachkraft in Teilzeit")) // what goes out later is what is wanted then
	w.engine = up
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if told != "ba_unreachable" || w.trouble() != "" {
		t.Errorf("trouble was %q, is %q", told, w.trouble())
	}
	if counts := w.events(); counts["account.trouble"] != 1 || counts["account.recovered"] != 1 {
		t.Errorf("told of trouble %d times, of recovery %d times", counts["account.trouble"], counts["account.recovered"])
	}
	for i, want := range append(DefaultPace().Retries, 15*time.Minute, 15*time.Minute) {
		if waits[i] != want {
			t.Errorf("wait %d was %v, want %v", i, waits[i], want)
		}
	}
	w.wantsHistory(w.reference(id), "inserted")
	w.wantsStates(Settled)
}

func TestTroubleGoesByWhatTheNextStepNeeds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	id := w.publish()
	w.ba.SetFaults(basim.Faults{FailedReads: 1}) // the upload form

	w.advance()
	w.wants(id, posting.AtBANone, posting.ChangeWaiting)
	p := w.posting(id)
	if next := p.Next(p.Account); next.Code != "account_in_trouble" {
		t.Errorf("next is %q", next.Code)
	}
	w.Clock.Set(w.nextRun())
	w.advance()

	w.wants(id, posting.AtBANone, posting.ChangeSent)
	if w.trouble() != "" {
		t.Errorf("trouble is %q", w.trouble())
	}
}

// TestAnUploadOfWhichNobodyKnows cuts and garbles the answer to an upload in every way.
func TestAnUploadOfWhichNobodyKnows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		faults basim.Faults
		stored bool
	}{
		"cut before storing": {basim.Faults{CutBeforeStoring: 1}, false},
		"cut after storing":  {basim.Faults{CutAfterStoring: 1}, true},
		"status 500":         {basim.Faults{ServerError: 1}, false},
		"status 503":         {basim.Faults{Unavailable: 1}, false},
		"a garbage page":     {basim.Faults{GarbagePage: 1}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.publish()
			w.ba.SetFaults(test.faults)

			w.advance()
			w.wantsStates(Unclear)
			w.wants(id, posting.AtBAUnknown, posting.ChangeSent)
			later := w.publish(titled("Noch eine Anzeige"))
			w.advance()
			w.wantsStates(Unclear)
			w.wants(later, posting.AtBANone, posting.ChangeWaiting)
			w.hear()

			if test.stored {
				w.wants(id, posting.AtBALive, posting.ChangeNone)
				w.wantsStates(Settled, Sent)
				w.wantsHistory(w.reference(id), "inserted")
				return
			}
			w.wants(id, posting.AtBAUnknown, posting.ChangeSent)
			w.wantsStates(Unclear)
			if got := w.events()["transfer.unclear"]; got != 1 {
				t.Errorf("told %d times that it is unclear", got)
			}
			if got := w.trouble(); got != UploadUnclear.Name {
				t.Errorf("the account shows %q", got)
			}
		})
	}
}

func TestAnUnclearChangeOfALiveAdKeepsItLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.ba.SetFaults(basim.Faults{CutAfterStoring: 1})
	w.replace(id, titled("Pflegefachkraft in Teilzeit"))

	w.advance()
	w.wants(id, posting.AtBALive, posting.ChangeSent)
	w.hear()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted, updated")
}

func TestAnUnclearDeletionIsUnknownUntilItIsAnswered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.ba.SetFaults(basim.Faults{CutAfterStoring: 1})
	w.withdraw(id)

	w.advance()
	w.wants(id, posting.AtBAUnknown, posting.ChangeWithdrawing)
	w.hear()

	w.wants(id, posting.AtBAEnded, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted, deleted")
}

func TestARejectedFileIsTriedAgainAfterAWhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.ba.SetFaults(basim.Faults{ErrorPage: 1})

	w.advance()
	w.wants(id, posting.AtBANone, posting.ChangeWaiting)
	if next := w.nextRun(); !next.Equal(w.Clock.Now().Add(DefaultPace().Stuck)) || w.trouble() != FileRejected.Name {
		t.Errorf("trouble %q, next look %v", w.trouble(), next)
	}
	w.Clock.Set(w.nextRun())
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsStates(Rejected, Settled)
	w.wantsHistory(w.reference(id), "inserted")
	if w.trouble() != "" {
		t.Errorf("trouble is %q", w.trouble())
	}
}

func TestAfterARejectedFileAnEditIsNotSentBeforeTheWaitIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.ba.SetFaults(basim.Faults{ErrorPage: 1})
	w.advance()

	for i := range 3 {
		w.Clock.Add(10 * time.Second)
		w.replace(id, titled(fmt.Sprintf("Pflegefachkraft %d", i)))
		w.advance()
	}
	w.wantsStates(Rejected)
	w.Clock.Set(w.nextRun().Add(time.Millisecond))
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsStates(Rejected, Settled)
}

func TestWithoutAnAnswerNothingIsSentAgainAndTheAlarmIsRaisedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.ba.SetFaults(basim.Faults{NoFeedback: 1})

	w.advance()
	for range 30 {
		w.Clock.Add(time.Hour)
		w.advance()
		if alarmed := w.trouble() == NoAnswer.Name; alarmed != (w.Clock.Now().Sub(*w.last().SentAt) >= 24*time.Hour) {
			t.Fatalf("alarm %v after %v", alarmed, w.Clock.Now().Sub(*w.last().SentAt))
		}
	}

	w.wants(id, posting.AtBANone, posting.ChangeSent)
	w.wantsStates(Sent)
	w.wantsHistory(w.reference(id), "inserted")
	if counts := w.events(); counts["transfer.unanswered"] != 1 || counts["account.trouble"] != 1 {
		t.Errorf("events are %v", counts)
	}
}

func TestALateAnswerEndsTheAlarm(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.ba.SetFaults(basim.Faults{LateFeedback: 1, Late: basim.Duration(30 * time.Hour)})

	w.advance()
	w.Clock.Add(25 * time.Hour)
	w.advance()
	alarm := w.trouble()
	w.Clock.Add(6 * time.Hour)
	w.advance()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if alarm != NoAnswer.Name || w.trouble() != "" {
		t.Errorf("trouble was %q, is %q", alarm, w.trouble())
	}
}

func TestWhoStoodStillDoesNotMakeUpForMissedPolls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish()
	w.ba.SetFaults(basim.Faults{NoFeedback: 1})
	w.advance()

	w.Clock.Add(72 * time.Hour)
	w.advance()

	if polls := w.last().Polls; polls != 1 {
		t.Errorf("%d polls at once", polls)
	}
	if wait := w.nextRun().Sub(w.Clock.Now()); wait != 10*time.Minute {
		t.Errorf("next look in %v", wait)
	}
}
