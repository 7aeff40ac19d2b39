package main

import (
	"context"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// gate is a moment in the life of a transfer at which a worker can be stopped: in the transaction that writes it down, before that is
// committed. So each gate stands for all of the time since the gate before it.
type gate struct {
	name string
	// on is the event that a trigger waits for.
	on string
}

// gates lie one after another on the way of one file.
var gates = []gate{
	{"the account is claimed", "UPDATE ON account_schedule FOR EACH ROW WHEN (NEW.claimed_by IS NOT NULL)"},
	{"the file is written", "INSERT ON transfers FOR EACH ROW"},
	{"the upload begins", "UPDATE ON transfers FOR EACH ROW WHEN (NEW.state = 'sending' AND OLD.state <> 'sending')"},
	{"the BA has taken the file", "UPDATE ON transfers FOR EACH ROW WHEN (NEW.state = 'sent' AND OLD.state <> 'sent')"},
	{"the answer is read", "INSERT ON feedback_files FOR EACH ROW"},
	{"the answer is settled", "UPDATE ON transfers FOR EACH ROW WHEN (NEW.state = 'settled')"},
}

// gateLock is the first number of the advisory locks that are the gates; the second is the gate's index. A closed gate is one that the
// test holds.
const gateLock = 0x6a7e

// buildGates puts the gates into the database, all of them open.
func (r *railway) buildGates() {
	r.t.Helper()
	r.exec(`CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS
		$$ BEGIN PERFORM pg_advisory_xact_lock_shared(TG_ARGV[0]::int, TG_ARGV[1]::int); RETURN NEW; END $$`)
	for i, g := range gates {
		r.exec(fmt.Sprintf("CREATE TRIGGER gate_%d BEFORE %s EXECUTE FUNCTION pass_gate(%d, %d)", i, g.on, gateLock, i))
	}
}

// killAt closes a gate, starts a worker, and kills it when it stands before the gate.
func (r *railway) killAt(number int) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), patience)
	defer cancel()
	// The gate's lock belongs to a connection.
	keeper, err := r.owner.Acquire(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	defer keeper.Release()
	if _, err := keeper.Exec(ctx, "SELECT pg_advisory_lock($1, $2)", gateLock, number); err != nil {
		r.t.Fatal(err)
	}
	worker := r.startWorkers(1)[0]
	for waiting := false; !waiting; {
		err := keeper.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database =
			(SELECT oid FROM pg_database WHERE datname = current_database()) AND classid = $1 AND objid = $2)`, gateLock, number).Scan(&waiting)
		if err != nil {
			worker.signal(syscall.SIGKILL)
			r.t.Fatalf("no worker came to where %s: %v\n%s", gates[number].name, err, &worker.said)
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
	worker.signal(syscall.SIGKILL)
	if _, err := keeper.Exec(ctx, "SELECT pg_advisory_unlock($1, $2)", gateLock, number); err != nil {
		r.t.Fatal(err)
	}
	r.bury()
}

// load gives the next file something of everything: a new ad, a change of the older ones, and once in three rounds the withdrawal of one
// that is live.
func (r *railway) load(round int) {
	r.t.Helper()
	all := r.of(wanted)
	if round%3 == 2 {
		for i, ad := range all {
			if r.read(ad).Status.AtBA == "live" {
				r.withdraw(ad)
				all = append(all[:i], all[i+1:]...)
				break
			}
		}
	}
	for _, ad := range all {
		r.change(ad)
	}
	r.add()
}

func TestAWorkerThatIsKilledAnywhereLosesAndDoublesNothing(t *testing.T) {
	t.Parallel()
	r := newRailway(t, testhouse.New(t).URLs)
	r.buildGates()
	rounds := 12
	if os.Getenv("STELLWERK_TEST_LONG") != "" {
		rounds = 36
	}

	for round := range rounds {
		r.load(round)
		r.killAt(round % len(gates))
	}
	worker := r.startWorkers(1)[0]

	r.expectAsWanted()
	if code := worker.signal(syscall.SIGTERM); code != cli.ExitOK {
		t.Errorf("work ended with %d:\n%s", code, &worker.said)
	}
	fmt.Printf("proof: kills at gates: %d, at each of %d gates on a file's way\n", rounds, len(gates))
}
