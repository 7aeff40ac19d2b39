package transfer

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// due lists the accounts that are handed out now.
func (w *world) due() []AccountRef {
	w.t.Helper()
	var found []AccountRef
	check(w.t, w.engine.HandOut(w.t.Context(), func(_ *gorm.DB, ref AccountRef) error {
		found = append(found, ref)
		return nil
	}))
	return found
}

func TestOnlyOneWorksOnAnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	held, err := w.engine.take(t.Context(), w.ref())
	check(t, err)
	other := w.newEngine(w.client)

	if err := other.Advance(t.Context(), w.ref()); !errors.Is(err, ErrClaimed) {
		t.Errorf("a claimed account was advanced: %v", err)
	}
	w.Clock.Add(claimFor - time.Second)
	check(t, held.renew(t.Context()))
	w.Clock.Add(claimFor - time.Second)
	if _, err := other.take(t.Context(), w.ref()); !errors.Is(err, ErrClaimed) {
		t.Errorf("a renewed claim was taken: %v", err)
	}
	w.Clock.Add(2 * time.Second)
	_, err = other.take(t.Context(), w.ref())
	check(t, err)

	if err := held.renew(t.Context()); !errors.Is(err, ErrClaimed) {
		t.Errorf("a lost claim was renewed: %v", err)
	}
	check(t, held.release(t.Context(), w.Clock.Now()))
	if err := w.engine.Advance(t.Context(), w.ref()); !errors.Is(err, ErrClaimed) {
		t.Errorf("who lost the claim gave it away: %v", err)
	}
}

func TestAChangeDuringARunIsNotLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.advance()
	held, err := w.engine.take(t.Context(), w.ref())
	check(t, err)
	if due := w.due(); len(due) > 0 {
		t.Fatalf("a claimed account is due: %v", due)
	}

	id := w.publish() // the run has read the ads already
	check(t, held.release(t.Context(), w.Clock.Now().Add(24*time.Hour)))

	if due := w.due(); !slices.Equal(due, []AccountRef{w.ref()}) {
		t.Fatalf("due are %v", due)
	}
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
}

func TestADueAccountIsHandedOutOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)

	first, second := w.due(), w.due()
	w.Clock.Add(handedOut)
	third := w.due()

	if len(first) != 1 || len(second) != 0 || len(third) != 1 {
		t.Errorf("handed out %v, %v, %v", first, second, third)
	}
}

func TestAnAccountWhoseWorkerDiedIsDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.engine.take(t.Context(), w.ref())
	check(t, err)

	w.Clock.Add(claimFor)
	early := w.due()
	w.Clock.Add(time.Second)
	late := w.due()

	if len(early) != 0 || len(late) != 1 {
		t.Errorf("due are %v, then %v", early, late)
	}
}

func TestAFailureToHandOutLeavesTheAccountDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	failure := errors.New("no queue")

	err := w.engine.HandOut(t.Context(), func(*gorm.DB, AccountRef) error { return failure })

	if !errors.Is(err, failure) || len(w.due()) != 1 {
		t.Errorf("got %v", err)
	}
}

func TestAFailedRunComesBackSoon(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.publish()
	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		return tx.Of(&tenant.Account{}).Where("id = ?", w.account).Update("schema_release", "P00").Error
	}))

	err := w.engine.Advance(t.Context(), w.ref())

	if err == nil || !w.nextRun().Equal(w.Clock.Now().Add(DefaultPace().Retries[0])) {
		t.Errorf("got %v, next run %v", err, w.nextRun())
	}
}

func TestAStoppedRunIsNoTroubleOfItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	r := &run{Engine: w.engine}
	_, err := r.load(w.ctx, w.account)
	check(t, err)

	_, err = r.trouble(w.ctx, &ba.Error{Class: ba.ClassStopped, Err: context.Canceled})

	if !errors.Is(err, context.Canceled) || w.trouble() != "" {
		t.Errorf("got %v, trouble %q", err, w.trouble())
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	if err := w.engine.Advance(stopped, w.ref()); err == nil {
		t.Error("a stopped run went on")
	}
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
}

func TestTheMomentsOfTheAccountsFillTheSpan(t *testing.T) {
	t.Parallel()
	for _, span := range []time.Duration{outageSpread, spread, lookSpread} {
		first, last := span, time.Duration(0)

		for range 1000 {
			moment := ownMoment(uuid.New(), span)
			first, last = min(first, moment), max(last, moment)
		}

		if first < 0 || first > span/20 || last < span-span/20 || last >= span {
			t.Errorf("1000 accounts have their moments from %v to %v of %v", first, last, span)
		}
	}
}

func TestTheDailyLookIsSpreadOverAFewMinutes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	midnight := w.engine.today().AddDays(1).Start(w.Berlin)
	seen := map[time.Time]bool{}

	for range 100 {
		at := w.engine.nextDay(uuid.New())
		seen[at] = true
		if at.Before(midnight) || !at.Before(midnight.Add(spread)) {
			t.Errorf("%v is not within %v of midnight", at, spread)
		}
	}

	if len(seen) < 90 {
		t.Errorf("only %d different times", len(seen))
	}
}
