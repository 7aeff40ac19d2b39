package transfer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// watchTransfers lets the database itself write down, by its own clock, when each transfer of the world changed its state.
func (w *world) watchTransfers() *pgx.Conn {
	w.t.Helper()
	owner, err := pgx.Connect(w.t.Context(), w.URLs.OwnerURL)
	check(w.t, err)
	w.t.Cleanup(func() { _ = owner.Close(context.WithoutCancel(w.t.Context())) })
	for _, statement := range []string{
		"CREATE TABLE watched (transfer_id uuid, supplier_id text, state text, overtaken boolean, at timestamptz)",
		`CREATE FUNCTION watch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ DECLARE seen transfers; BEGIN
			IF TG_OP = 'DELETE' THEN seen = OLD; seen.state = 'forgotten'; ELSE seen = NEW; END IF;
			INSERT INTO watched VALUES (seen.id, seen.supplier_id, seen.state, seen.overtaken_at IS NOT NULL, clock_timestamp());
			RETURN seen; END $$`,
		"CREATE TRIGGER watch AFTER INSERT OR UPDATE OR DELETE ON transfers FOR EACH ROW EXECUTE FUNCTION watch()",
	} {
		_, err := owner.Exec(w.t.Context(), statement)
		check(w.t, err)
	}
	return owner
}

// together counts the pairs of transfers of one Supplier-ID that were under way at the same time, neither being overtaken.
const together = `
	WITH spans AS (
		SELECT transfer_id, supplier_id, bool_or(overtaken) AS overtaken, min(at) AS began,
			coalesce(min(at) FILTER (WHERE state IN ('settled', 'rejected', 'abandoned', 'forgotten')), 'infinity') AS ended
		FROM watched GROUP BY transfer_id, supplier_id)
	SELECT count(*) FROM spans a JOIN spans b ON a.supplier_id = b.supplier_id AND a.transfer_id < b.transfer_id
	WHERE NOT a.overtaken AND NOT b.overtaken AND a.began < b.ended AND b.began < a.ended`

// TestWorkersOnOneDatabaseNeverHaveTwoFilesUnderWay lets workers, the clocks of two of which are five minutes off and take the claims of
// the others for lost, run against each other, while ads are changed and the time goes on.
func TestWorkersOnOneDatabaseNeverHaveTwoFilesUnderWay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.watchTransfers()
	ads := make([]uuid.UUID, 5)
	for i := range ads {
		ads[i] = w.publish(titled(fmt.Sprintf("Pflege %d", i)))
	}
	workers := make([]*Engine, 0, 4)
	for _, skew := range []time.Duration{0, 0, -5 * time.Minute, 5 * time.Minute} {
		e := w.newEngine(w.client)
		e.now = func() time.Time { return w.Clock.Now().Add(skew) }
		workers = append(workers, e)
	}

	const changes = 30
	for change := range changes {
		w.replace(ads[change%len(ads)], titled(fmt.Sprintf("Pflege %d, Fassung %d", change%len(ads), change)))
		var all sync.WaitGroup
		for _, e := range workers {
			all.Go(func() {
				// Whoever loses the account to another one in the middle of his work fails, and that is all that happens.
				_ = e.Advance(w.t.Context(), w.ref())
			})
		}
		all.Wait()
		w.Clock.Add([]time.Duration{20 * time.Second, 4 * time.Minute, 11 * time.Minute}[change%3])
	}
	w.comeToRest()

	var pairs, watched int
	check(t, owner.QueryRow(t.Context(), together).Scan(&pairs))
	check(t, owner.QueryRow(t.Context(), "SELECT count(DISTINCT transfer_id) FROM watched").Scan(&watched))
	if pairs > 0 || watched < len(w.transfers()) {
		t.Errorf("%d pairs of the %d files were under way together", pairs, watched)
	}
	names := map[string]bool{}
	for _, upload := range w.ba.Uploads() {
		if names[upload.Name] || len(upload.Messages) > 0 {
			t.Errorf("%s was sent twice, or refused: %+v", upload.Name, upload.Messages)
		}
		names[upload.Name] = true
	}
	for i, id := range ads {
		w.wants(id, posting.AtBALive, posting.ChangeNone)
		ad, _ := w.ba.Ad(w.supplier, w.reference(id))
		if want := fmt.Sprintf("Pflege %d, Fassung %d", i, changes-len(ads)+i); ad.Title() != want {
			t.Errorf("the BA has %q, want %q", ad.Title(), want)
		}
	}
	if got := len(w.ba.Ads()); got != len(ads) {
		t.Errorf("the BA has %d ads", got)
	}
	fmt.Printf("proof: %d files of %d changes by 4 workers at once, 2 of them five minutes off: %d pairs under way together\n", len(names), changes, pairs)
}

// comeToRest lets one worker go on, from one time when the account is due to the next, until nothing waits.
func (w *world) comeToRest() {
	w.t.Helper()
	w.Clock.Add(claimFor + 6*time.Minute) // whoever has claimed the account has stopped
	for range 40 {
		if err := w.engine.Advance(w.t.Context(), w.ref()); err != nil && !errors.Is(err, ErrClaimed) {
			w.t.Fatal(err)
		}
		var busy int64
		check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
			return tx.Of(&posting.Posting{}).Where("change <> 'none'").Count(&busy).Error
		}))
		if busy == 0 {
			return
		}
		w.Clock.Add(10 * time.Minute)
	}
	w.t.Fatal("the account does not come to rest")
}

// TestAChangeWaitsForTheQuietTimeAndTenBecomeOneFile follows the jobs of ten changes.
func TestAChangeWaitsForTheQuietTimeAndTenBecomeOneFile(t *testing.T) {
	t.Parallel()
	w := openWorld(t, func(w *world) func(database.Tx, uuid.UUID) error {
		return func(tx database.Tx, account uuid.UUID) error {
			return wakeAt(tx, account, w.Clock.Now().Add(DefaultPace().Quiet))
		}
	})
	w.employer = w.employ("Muster Pflege gGmbH", "V000123400", "99001", "A123A12345")
	w.prove()
	w.Clock.Add(DefaultPace().Quiet)
	w.advance()
	const changes = 10
	for i := range changes {
		w.publish(titled(fmt.Sprintf("Pflege %d", i)))
		w.Clock.Add(100 * time.Millisecond)
	}

	early, due, err := w.engine.quiet(t.Context(), w.ref())
	check(t, err)
	if want := DefaultPace().Quiet - changes*100*time.Millisecond; early != want || !due {
		t.Fatalf("the account is quiet for %v more, want %v", early, want)
	}
	w.Clock.Add(early)
	if left, due, err := w.engine.quiet(t.Context(), w.ref()); err != nil || left > 0 || !due {
		t.Fatalf("the quiet time lasts %v more (%v)", left, err)
	}
	w.bring()

	w.wantsStates(Settled)
	if items := w.last().Items; items != changes {
		t.Errorf("the file has %d ads", items)
	}
	if _, due, err := w.engine.quiet(t.Context(), w.ref()); err != nil || due {
		t.Errorf("the jobs of the other changes find something to do (%v)", err)
	}
}
