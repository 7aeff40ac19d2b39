package transfer

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

func TestManyDeletionsThatNobodyAskedForWaitForAHuman(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]uuid.UUID, 12)
	for i := range ids {
		ids[i] = w.publish(titled(fmt.Sprintf("Anzeige %d", i)))
	}
	w.bring()
	w.withdraw(ids[11]) // asked for, so it does not wait
	w.baKnows("B456B67890")

	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		return tx.Exec("UPDATE hiring_organisations SET kundennummer = 'B456B67890' WHERE id = ?", w.organisation).Error
	}))
	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) error { // as saving the ads anew would
		return tx.Exec("UPDATE postings SET change = 'waiting' WHERE change = 'none'").Error
	}))
	other := w.publish(titled("Eine neue"))
	w.bring()
	w.wants(ids[0], posting.AtBALive, posting.ChangeWaiting)
	w.wants(ids[11], posting.AtBAEnded, posting.ChangeNone)
	w.wants(other, posting.AtBALive, posting.ChangeNone)
	if w.trouble() != DeletionsHeld.Name || w.events()["account.trouble"] != 1 {
		t.Errorf("trouble %q, events %v", w.trouble(), w.events())
	}

	decisions := w.decisions()
	if err := decisions.Approve(w.ctx, w.account, 10); !fault.Has(err, NothingHeld) {
		t.Errorf("another number: %v", err)
	}
	check(t, decisions.Approve(w.ctx, w.account, 11))
	w.bring()
	w.hear()

	for _, id := range append(ids[:11], other) {
		w.wants(id, posting.AtBALive, posting.ChangeNone)
	}
	if w.trouble() != "" {
		t.Errorf("trouble is %q", w.trouble())
	}
	if err := decisions.Approve(w.ctx, w.account, 11); !fault.Has(err, NothingHeld) {
		t.Errorf("approved twice: %v", err)
	}
}

func TestManyDeletionsThatWereAskedForDoNotWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]uuid.UUID, 11)
	for i := range ids {
		ids[i] = w.publish(titled(fmt.Sprintf("Anzeige %d", i)))
	}
	w.bring()

	for _, id := range ids {
		w.withdraw(id)
	}
	w.bring()

	for _, id := range ids {
		w.wants(id, posting.AtBAEnded, posting.ChangeNone)
	}
}

func (w *world) decisions() *Decisions {
	return NewDecisions(w.DB, w.Clock.Now, w.Berlin, func(tx database.Tx, account uuid.UUID) error {
		return wakeAt(tx, account, w.Clock.Now())
	})
}
