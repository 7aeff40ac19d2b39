package transfer

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

func TestALateAnswerCorrectsWhatABlankOneLetBelieve(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ba.SetSettings(basim.Settings{Success: basim.SuccessBlank})
	inserted, changed, ended := w.publish(), w.publish(titled("Koch (m/w/d)")), w.publish(titled("Köchin"))
	deliver := func() Transfer {
		w.advance()
		for range blankPolls {
			w.Clock.Set(w.nextRun())
			w.advance()
		}
		return w.last()
	}
	first := deliver()
	w.wants(inserted, posting.AtBALive, posting.ChangeNone)
	if !first.WithoutDetails {
		t.Error("it does not show that the answer was blank")
	}
	w.late(first, inserted)
	w.wants(inserted, posting.AtBANone, posting.ChangeRefused)
	w.wants(changed, posting.AtBALive, posting.ChangeNone)

	w.replace(changed, titled("Koch in Teilzeit"))
	w.withdraw(ended)
	second := deliver()
	w.wants(ended, posting.AtBAEnded, posting.ChangeNone)
	w.late(second, changed, ended)

	w.wants(changed, posting.AtBALive, posting.ChangeRefused)
	w.wants(ended, posting.AtBALive, posting.ChangeWithdrawing)
	if p := w.posting(changed); p.LiveRevision != nil {
		t.Errorf("live is revision %d", *p.LiveRevision)
	}
}

// late lets an answer come in after a transfer was decided, which refuses some of its ads.
func (w *world) late(sent Transfer, refused ...uuid.UUID) {
	w.t.Helper()
	var answer hrbaxml.Feedback
	for _, id := range refused {
		answer.Messages = append(answer.Messages, hrbaxml.Message{Code: "FLR_JCValid_033", Reference: w.reference(id)})
	}
	r := &run{Engine: w.engine}
	_, err := r.load(w.ctx, w.account)
	check(w.t, err)
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error { return r.settleLate(tx, &sent, answer) }))
}

func TestALateAnswerDecidesAFileThatWasGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ba.SetFaults(basim.Faults{LateFeedback: 1, Late: basim.Duration(30 * time.Hour)})
	id := w.publish()
	w.advance()
	w.Clock.Add(26 * time.Hour)
	w.abandon(w.last().ID)
	w.wants(id, posting.AtBAUnknown, posting.ChangeWaiting)
	_, err := w.roads.Deactivate(w.ctx, w.account) // so that nothing newer goes out
	check(t, err)

	w.Clock.Add(5 * time.Hour)
	r := &run{Engine: w.engine}
	defer r.close()
	_, err = r.load(w.ctx, w.account)
	check(t, err)
	check(t, r.connect(w.ctx))
	entries, err := r.session.List(w.ctx)
	check(t, err)
	check(t, r.lookAround(w.ctx, entries))

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsStates(Settled)
}

// TestWhatWasGivenUpIsNotForgotten gives up the file of an insert, or of a deletion, which the BA had taken, and lets the wish change.
func TestWhatWasGivenUpIsNotForgotten(t *testing.T) {
	t.Parallel()
	t.Run("an insert, then the ad is withdrawn", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.ba.SetFaults(basim.Faults{NoFeedback: 1})
		id := w.publish()
		w.advance()
		w.withdraw(id)
		w.abandon(w.last().ID)
		w.wants(id, posting.AtBAUnknown, posting.ChangeWithdrawing)

		w.bring()

		w.wants(id, posting.AtBAEnded, posting.ChangeNone)
		w.wantsHistory(w.reference(id), "inserted, deleted")
	})
	t.Run("a deletion, then the ad is published again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		id := w.live()
		before := w.reference(id)
		w.ba.SetFaults(basim.Faults{NoFeedback: 1})
		w.withdraw(id)
		w.advance()
		w.replace(id)
		w.abandon(w.last().ID)

		w.bring() // deleted again, since nobody knows
		w.hear()

		w.wants(id, posting.AtBALive, posting.ChangeNone)
		w.wantsHistory(before, "inserted, deleted")
		w.wantsHistory(w.reference(id), "inserted")
	})
}
