package transfer

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

func TestWorkForOneTenantNeverTouchesAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	care := w.employer
	ours := w.publish()
	logistics := w.employ("Beispiel Logistik GmbH", "V000567800", "99002", "B456B67890")
	w.employer = logistics
	theirs := w.publish()
	w.employer = care

	w.bring()
	mixed := w.engine.Advance(t.Context(), AccountRef{TenantID: care.tenant, AccountID: logistics.account})

	w.wants(ours, posting.AtBALive, posting.ChangeNone)
	sent := w.last()
	if !errors.Is(mixed, ErrClaimed) {
		t.Errorf("an account was advanced for a tenant that does not have it: %v", mixed)
	}
	for _, upload := range w.ba.Uploads() {
		if upload.Partner != care.supplier {
			t.Errorf("a file was sent for %s", upload.Partner)
		}
	}
	w.employer = logistics
	w.wants(theirs, posting.AtBANone, posting.ChangeWaiting)
	if _, _, err := NewLedger(w.DB).Get(w.ctx, sent.ID); !fault.Has(err, fault.Missing) {
		t.Errorf("another tenant's transfer: %v", err)
	}
	if found := w.transfers(); len(found) > 0 {
		t.Errorf("the other tenant has %d transfers", len(found))
	}
}

func TestTheLedgerListsTransfersWithoutTheirFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.withdraw(id)
	w.bring()
	page, err := database.NewPage("transfers", nil, new(1))
	check(t, err)

	first, cursor, err := NewLedger(w.DB).List(w.ctx, page)
	check(t, err)
	if cursor == nil || len(first) != 1 || first[0].File != nil || first[0].Items != 1 {
		t.Fatalf("the first page is %+v, next %v", first, cursor)
	}
	page, err = database.NewPage("transfers", cursor, new(1))
	check(t, err)
	second, cursor, err := NewLedger(w.DB).List(w.ctx, page)
	check(t, err)

	if cursor != nil || len(second) != 1 || second[0].ID == first[0].ID {
		t.Errorf("the second page is %+v, next %v", second, cursor)
	}
	_, items, err := NewLedger(w.DB).Get(w.ctx, w.last().ID)
	check(t, err)
	if len(items) != 1 || items[0].Action != posting.Delete || items[0].Revision != nil || items[0].PostingID != id {
		t.Errorf("the items are %+v", items)
	}
}

// TestJobsBringAnAdToTheBAByThemselves runs River for real: nobody calls Advance.
func TestJobsBringAnAdToTheBAByThemselves(t *testing.T) {
	t.Parallel()
	queue, err := jobs.NewQueue(slog.New(slog.NewTextHandler(t.Output(), nil)))
	check(t, err)
	w := openWorld(t, func(w *world) func(database.Tx, uuid.UUID) error { return Waker(queue, w.Clock.Now, 0) })
	w.employer = w.employ("Muster Pflege gGmbH", "V000123400", "99001", "A123A12345")
	w.engine.pace.Polls, w.engine.pace.PollEvery = []time.Duration{0, 0, 0}, 0
	workers := river.NewWorkers()
	AddWorkers(workers, w.engine, queue)
	runner, err := jobs.NewRunner(w.DB, jobs.Plan{
		Workers: workers, Periodic: []*river.PeriodicJob{Periodic(50 * time.Millisecond)}, Parallel: 2,
	}, w.Log)
	check(t, err)
	w.runs(runner)

	id := w.publish()
	w.eventually(id, posting.AtBALive, posting.ChangeNone)
	w.withdraw(id)
	w.eventually(id, posting.AtBAEnded, posting.ChangeNone)

	w.wantsHistory(w.reference(id), "inserted, deleted")
}

// runs lets a runner work until the test ends.
func (w *world) runs(runner *jobs.Runner) {
	ctx, stop := context.WithCancel(context.WithoutCancel(w.t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			w.t.Error(err)
		}
	})
}

// eventually looks until an ad stands where it should; it looks a hundred times a second at most.
func (w *world) eventually(id uuid.UUID, at posting.AtBA, change posting.Change) {
	w.t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for {
		p := w.posting(id)
		if p.AtBA == at && p.Change == change {
			return
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("the ad is still %s/%s", p.AtBA, p.Change)
		}
		time.Sleep(10 * time.Millisecond) // so that looking does not keep the workers from working
	}
}

func TestEveryFaultHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, code := range Faults() {
		for _, words := range []text.Text{code.Title, code.Detail, code.Hint} {
			if words.Empty() {
				t.Errorf("%s lacks words in a language", code.Name)
			}
		}
	}
}
