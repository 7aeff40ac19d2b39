package transfer

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// claimedSnooze is how long a job waits that finds its account claimed.
const claimedSnooze = time.Second

// advanceArgs asks for one account to be moved forward.
type advanceArgs struct {
	TenantID  uuid.UUID `json:"tenant_id"`
	AccountID uuid.UUID `json:"account_id"`
	// Quiet says that something was changed, and that the account's quiet time is to be kept.
	Quiet bool `json:"quiet,omitempty"`
}

// Kind names the job.
func (advanceArgs) Kind() string { return "advance_account" }

// InsertOpts: a failed job is not tried again by River, since the account's own schedule does.
func (advanceArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// findDueArgs asks for the accounts whose time has come.
type findDueArgs struct{}

// Kind names the job.
func (findDueArgs) Kind() string { return "find_due_accounts" }

// InsertOpts: the next one comes soon anyway.
func (findDueArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// Waker returns the function that puts an account on its way, in the transaction that gives it something to do: its time in the
// schedule, which is what counts, and a job, so that it happens soon. The account waits for the quiet time after the first of several
// changes, so that they go in one file.
func Waker(queue *jobs.Queue, now func() time.Time, quiet time.Duration) func(tx database.Tx, account uuid.UUID) error {
	return func(tx database.Tx, account uuid.UUID) error {
		if err := wakeAt(tx, account, now().Add(quiet)); err != nil {
			return err
		}
		return queue.Put(tx.DB, advanceArgs{TenantID: tx.Tenant, AccountID: account, Quiet: true})
	}
}

// dropRawArgs asks for old files to be dropped.
type dropRawArgs struct{}

// Kind names the job.
func (dropRawArgs) Kind() string { return "drop_raw_files" }

// InsertOpts: the next one comes in some hours anyway.
func (dropRawArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// AddWorkers adds the engine's jobs to a program's workers.
func AddWorkers(workers *river.Workers, engine *Engine, queue *jobs.Queue) {
	river.AddWorker(workers, &advanceWorker{engine: engine})
	river.AddWorker(workers, &findDueWorker{engine: engine, queue: queue})
}

// Periodic returns the job that looks for due accounts.
func Periodic(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return findDueArgs{}, nil
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

type advanceWorker struct {
	river.WorkerDefaults[advanceArgs]
	engine *Engine
}

// Work moves the account forward; while it is quiet, or somebody else is at it, the job comes back later. Of several jobs that waited for the
// same quiet time the first one does the work, and the others end.
func (w *advanceWorker) Work(ctx context.Context, job *river.Job[advanceArgs]) error {
	ref := AccountRef{TenantID: job.Args.TenantID, AccountID: job.Args.AccountID}
	if job.Args.Quiet {
		wait, due, err := w.engine.quiet(ctx, ref)
		switch {
		case err != nil:
			return err
		case wait > 0:
			return river.JobSnooze(wait)
		case !due:
			return nil
		}
	}
	err := w.engine.Advance(ctx, ref)
	if errors.Is(err, ErrClaimed) {
		return river.JobSnooze(claimedSnooze)
	}
	return err
}

type findDueWorker struct {
	river.WorkerDefaults[findDueArgs]
	engine *Engine
	queue  *jobs.Queue
}

// Work puts a job in for every due account. Putting one in twice does no harm: the second finds nothing to do.
func (w *findDueWorker) Work(ctx context.Context, _ *river.Job[findDueArgs]) error {
	return w.engine.HandOut(ctx, func(tx *gorm.DB, ref AccountRef) error {
		return w.queue.Put(tx, advanceArgs{TenantID: ref.TenantID, AccountID: ref.AccountID})
	})
}

// Keeping says for how long files and answers are kept as they were.
type Keeping struct {
	Ledger  *Ledger
	Tenants *tenant.Directory
	For     time.Duration
	Now     func() time.Time
}

// AddDropping adds the job that drops what is older to a program's workers.
func AddDropping(workers *river.Workers, keeping Keeping) {
	river.AddWorker(workers, &dropRawWorker{Keeping: keeping})
}

// PeriodicDropping returns that job.
func PeriodicDropping(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return dropRawArgs{}, nil
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

type dropRawWorker struct {
	river.WorkerDefaults[dropRawArgs]
	Keeping
}

// Work drops.
func (w *dropRawWorker) Work(ctx context.Context, _ *river.Job[dropRawArgs]) error {
	return w.Ledger.DropRaw(ctx, w.Tenants, w.Now().Add(-w.For))
}
