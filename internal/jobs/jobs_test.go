package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/riverqueue/river"
	"go.uber.org/goleak"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// errUndo ends a transaction that was only a try.
var errUndo = errors.New("undo")

// signalArgs asks for a signal to be set.
type signalArgs struct {
	Signal string `json:"signal"`
}

// Kind names the job.
func (signalArgs) Kind() string { return "set_signal" }

// signalWorker does what do says.
type signalWorker struct {
	river.WorkerDefaults[signalArgs]
	do func(ctx context.Context, signal string) error
}

// Work sets the signal.
func (w *signalWorker) Work(ctx context.Context, job *river.Job[signalArgs]) error {
	return w.do(ctx, job.Args.Signal)
}

// put puts jobs in, in one transaction that ends with the given error.
func put(t *testing.T, house *testhouse.House, end error, signals ...string) {
	t.Helper()
	queue, err := jobs.NewQueue(house.Log)
	if err != nil {
		t.Fatal(err)
	}
	err = house.DB.InPlatform(t.Context(), func(tx *gorm.DB) error {
		for _, signal := range signals {
			if err := queue.Put(tx, signalArgs{Signal: signal}); err != nil {
				return err
			}
		}
		return end
	})
	if !errors.Is(err, end) {
		t.Fatal(err)
	}
}

// waiting counts the jobs in the queue by state.
func waiting(t *testing.T, house *testhouse.House, state string) int {
	t.Helper()
	var n int
	if err := house.DB.Pool().QueryRow(t.Context(), "SELECT count(*) FROM river_job WHERE state = $1", state).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// start runs a runner for the worker; stop ends it and returns what Run said.
func start(t *testing.T, db *database.DB, log *slog.Logger, do func(ctx context.Context, signal string) error) (stop func() error) {
	t.Helper()
	workers := river.NewWorkers()
	river.AddWorker(workers, &signalWorker{do: do})
	runner, err := jobs.NewRunner(db, jobs.Plan{Workers: workers, Parallel: 2}, log)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	t.Cleanup(func() { _ = stop() })
	return stop
}

func TestAJobExistsExactlyWhenItsTransactionIsCommitted(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)

	put(t, house, errUndo, "A1")
	if n := waiting(t, house, "available"); n != 0 {
		t.Errorf("after a rollback there are %d", n)
	}

	put(t, house, nil, "A1", "A1")
	if n := waiting(t, house, "available"); n != 2 {
		t.Errorf("after a commit there are %d", n)
	}
}

func TestAJobNeedsATransaction(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	queue, err := jobs.NewQueue(house.Log)
	if err != nil {
		t.Fatal(err)
	}
	err = house.DB.InPlatform(t.Context(), func(tx *gorm.DB) error {
		tx.Statement.ConnPool = nil
		return queue.Put(tx, signalArgs{})
	})
	if err == nil || !strings.Contains(err.Error(), "is not a transaction") {
		t.Errorf("got %v", err)
	}
}

//nolint:paralleltest // it counts the goroutines of the whole process
func TestARunnerWorksAndEndsCleanly(t *testing.T) {
	house := testhouse.New(t)
	before := goleak.IgnoreCurrent()
	db, err := database.Open(t.Context(), house.URLs.AppURL, 4, house.Log)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan string)
	stop := start(t, db, house.Log, func(_ context.Context, signal string) error {
		done <- signal
		return nil
	})
	put(t, house, nil, "A1")
	if got := <-done; got != "A1" {
		t.Errorf("worked on %s", got)
	}

	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
	db.Close()
	if err := goleak.Find(before); err != nil {
		t.Errorf("left behind: %v", err)
	}
	if n := waiting(t, house, "completed"); n != 1 {
		t.Errorf("%d jobs are completed", n)
	}
}

func TestARunnerLetsItsJobsFinish(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	begun, finish := make(chan struct{}), make(chan struct{})
	stop := start(t, house.DB, house.Log, func(ctx context.Context, _ string) error {
		close(begun)
		<-finish
		return ctx.Err()
	})
	put(t, house, nil, "A1")
	<-begun

	ended := make(chan error, 1)
	go func() { ended <- stop() }()
	close(finish)

	if err := <-ended; err != nil {
		t.Errorf("stop: %v", err)
	}
	if n := waiting(t, house, "completed"); n != 1 {
		t.Errorf("%d jobs are completed", n)
	}
}

func TestAFailedJobIsLoggedOnceAndTriedAgain(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	var logged bytes.Buffer
	worked := make(chan struct{}, 2)
	stop := start(t, house.DB, slog.New(slog.NewTextHandler(&logged, nil)), func(_ context.Context, signal string) error {
		defer func() { worked <- struct{}{} }()
		if signal == "panic" {
			panic("the lever broke")
		}
		return errors.New("the wire is broken")
	})
	put(t, house, nil, "error", "panic")
	<-worked
	<-worked

	if err := stop(); err != nil {
		t.Fatal(err)
	}

	if n := waiting(t, house, "retryable") + waiting(t, house, "available"); n != 2 {
		t.Errorf("%d jobs are tried again", n)
	}
	for _, words := range []string{`msg="job failed" job=set_signal`, `error="the wire is broken"`, `msg="job panicked"`, `panic="the lever broke"`} {
		if strings.Count(logged.String(), words) != 1 {
			t.Errorf("%q is logged %d times:\n%s", words, strings.Count(logged.String(), words), &logged)
		}
	}
}
