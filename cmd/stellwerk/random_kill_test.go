package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

// How often workers are killed at random, and what else happens once in so many rounds.
const (
	randomKills     = 16
	randomKillsLong = 200
	restartEvery    = 8
	cutOffEvery     = 9
	pairEvery       = 3
	staffEvery      = 11
	// uploadEvery is once in how many rounds a worker is killed while a file is about to leave or leaves, within atUpload of its being written.
	uploadEvery = 2
	atUpload    = 40 * time.Millisecond
	// longestUpload is how long is waited for that.
	longestUpload = 10 * time.Second
	// fleet is how many ads are wanted at a time; what is more is withdrawn.
	fleet = 8
)

// durable returns a migrated database that loses nothing in a power cut, and what lets its server have one. On a machine that has
// PostgreSQL by DATABASE_URL only, restart is nil.
func durable(t *testing.T) (urls testdb.Database, restart func() error) {
	t.Helper()
	cluster, err := testdb.StartCluster(t.Context(), testdb.Options{Private: true, Durable: true})
	if errors.Is(err, testdb.ErrNoPrograms) {
		return testhouse.New(t).URLs, nil
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	urls, _, err = cluster.NewDatabase(t.Context(), "railway")
	if err == nil {
		err = database.Migrate(t.Context(), migrations.Files, urls.OwnerURL, urls.AppURL)
	}
	if err != nil {
		t.Fatal(err)
	}
	return urls, func() error { return cluster.Restart(context.WithoutCancel(t.Context())) }
}

// cutOff makes the secret store unreadable, and returns what mends it: a file stands where the certificates were.
func (r *railway) cutOff() (mend func()) {
	r.t.Helper()
	var store string
	for _, pair := range r.environ {
		if dir, found := strings.CutPrefix(pair, "STELLWERK_SECRET_DIR="); found {
			store = filepath.Join(dir, "tenants")
		}
	}
	aside := store + "-aside"
	if err := errors.Join(os.Rename(store, aside), os.WriteFile(store, nil, 0o600)); err != nil {
		r.t.Fatal(err)
	}
	return func() {
		if err := errors.Join(os.Remove(store), os.Rename(aside, store)); err != nil {
			r.t.Fatal(err)
		}
	}
}

// happen lets the employer and, now and then, the BA's staff do something.
func (r *railway) happen(round int, dice *rand.Rand) {
	r.t.Helper()
	if live := len(r.of(wanted)); live > 2 && round%staffEvery == staffEvery-1 {
		if ad := r.liveOne(dice); ad != nil {
			r.staff(ad, []basim.Act{basim.ActRemove, basim.ActLock}[dice.IntN(2)])
		}
	}
	if len(r.of(wanted)) > fleet {
		if ad := r.liveOne(dice); ad != nil {
			r.withdraw(ad)
		}
	}
	all := r.of(wanted)
	for _, i := range dice.Perm(len(all))[:min(2, len(all))] {
		r.change(all[i])
	}
	r.add()
}

// untilUpload waits until a file is about to leave, and then for some time more. There always is something to send, but a worker that has no
// certificate, or no database, may not come to it.
func (r *railway) untilUpload(more time.Duration) {
	r.t.Helper()
	for deadline := time.Now().Add(longestUpload); time.Now().Before(deadline); <-time.After(time.Millisecond) {
		var leaves bool
		if err := r.owner.QueryRow(r.t.Context(), "SELECT EXISTS (SELECT FROM transfers WHERE state IN ('written', 'sending'))").Scan(&leaves); err != nil {
			r.t.Fatal(err)
		}
		if leaves {
			break
		}
	}
	<-time.After(more)
}

// underWay says in a word what the account had under way when its workers were killed.
func (r *railway) underWay() string {
	r.t.Helper()
	var word string
	err := r.owner.QueryRow(r.t.Context(), `SELECT coalesce(
		(SELECT state FROM transfers WHERE state IN ('written', 'sending', 'sent', 'unclear') ORDER BY id DESC LIMIT 1),
		(SELECT 'claimed' FROM account_schedule WHERE claimed_by IS NOT NULL), 'nothing')`).Scan(&word)
	if err != nil {
		r.t.Fatal(err)
	}
	return word
}

func TestWorkersThatAreKilledAtRandomLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	urls, restart := durable(t)
	r := newRailway(t, urls)
	least, seed := randomKills, uint64(1)
	if os.Getenv("STELLWERK_TEST_LONG") != "" {
		least, seed = randomKillsLong, uint64(time.Now().UnixNano())
	}
	if given := os.Getenv("STELLWERK_TEST_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	dice := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)

	span := r.span()
	round, kills, restarts, cuts, lost := 0, 0, 0, 0, 0
	caught := map[string]int{}
	for ; kills < least; round++ {
		lost += r.giveUpLost()
		r.happen(round, dice)
		moment := func() { <-time.After(time.Duration(dice.Int64N(int64(2 * span)))) }
		if round%uploadEvery == 0 {
			moment = func() { r.untilUpload(time.Duration(dice.Int64N(int64(atUpload)))) }
		}
		mend := func() {}
		if round%cutOffEvery == cutOffEvery-1 {
			mend = r.cutOff()
			cuts++
		}
		workers := r.startWorkers(1 + round%pairEvery/(pairEvery-1))
		moment()
		mend()
		if restart != nil && round%restartEvery == restartEvery-1 {
			if err := restart(); err != nil {
				t.Fatal(err)
			}
			restarts++
			moment()
		}
		for i, worker := range workers {
			if i > 0 {
				moment()
			}
			worker.signal(syscall.SIGKILL)
			kills++
		}
		caught[r.underWay()]++
		r.bury()
		r.expectNoLie()
	}
	worker := r.startWorkers(1)[0]
	r.happen(round, dice)
	r.expectAsWanted()
	if restart != nil {
		// Whoever has begun to work outlives a restart.
		if err := restart(); err != nil {
			t.Fatal(err)
		}
		restarts++
		r.happen(round+1, dice)
		r.expectAsWanted()
	}

	if code := worker.signal(syscall.SIGTERM); code != cli.ExitOK {
		t.Errorf("work ended with %d:\n%s", code, &worker.said)
	}
	fmt.Printf("proof: random kills: %d (seed %d), under way then %v; PostgreSQL restarted %d times, secret store cut off %d times; "+
		"%d files sent, %d never arrived and were given up; %d ads, of which the BA's staff removed %d and locked %d\n",
		kills, seed, caught, restarts, cuts, len(r.atBA().Uploads), lost, len(r.ads), len(r.of(removed)), len(r.of(locked)))
}

// span publishes the first ad, and returns how long a worker takes from its start to the BA's answer: the time in which it is killed later.
func (r *railway) span() time.Duration {
	r.t.Helper()
	r.add()
	worker := r.startWorkers(1)[0]
	began := time.Now()
	for _, ad := range r.of(wanted) {
		r.await(ad)
	}
	took := time.Since(began)
	worker.signal(syscall.SIGKILL)
	r.bury()
	return took
}
