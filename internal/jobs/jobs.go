// Package jobs puts work into River's queue, in the transaction that needs it, and runs the workers that take it out.
package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
)

const (
	// jobTimeout is how long one job may take.
	jobTimeout = 2 * time.Minute
	// rescueAfter is when a job whose worker died is taken up again: after jobTimeout, so that it certainly is dead.
	rescueAfter = 3 * time.Minute
	// softStop is how long running jobs may finish when the program ends, before they are cancelled.
	softStop = 30 * time.Second
)

// Queue puts jobs in.
type Queue struct{ client *river.Client[*sql.Tx] }

// NewQueue returns a queue that only puts jobs in.
func NewQueue(log *slog.Logger) (*Queue, error) {
	client, err := river.NewClient(riverdatabasesql.New(nil), &river.Config{Logger: quiet(log)})
	if err != nil {
		return nil, fmt.Errorf("open job queue: %w", err)
	}
	return &Queue{client: client}, nil
}

// Put inserts a job in the transaction that needs it: both happen, or neither.
func (q *Queue) Put(tx *gorm.DB, args river.JobArgs) error {
	sqlTx, err := database.SQLTx(tx)
	if err != nil {
		return err
	}
	if _, err := q.client.InsertTx(tx.Statement.Context, sqlTx, args, nil); err != nil {
		return fmt.Errorf("put job %s: %w", args.Kind(), err)
	}
	return nil
}

// Runner takes jobs out and works on them.
type Runner struct{ client *river.Client[pgx.Tx] }

// Plan is what a Runner does.
type Plan struct {
	Workers  *river.Workers
	Periodic []*river.PeriodicJob
	// Parallel is how many jobs run at once.
	Parallel int
	// Around is done around every job, for traces.
	Around []rivertype.Plugin
}

// NewRunner returns a runner on the database's pool.
func NewRunner(db *database.DB, plan Plan, log *slog.Logger) (*Runner, error) {
	client, err := river.NewClient(riverpgxv5.New(db.Pool()), &river.Config{
		Queues:               map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: plan.Parallel}},
		Workers:              plan.Workers,
		PeriodicJobs:         plan.Periodic,
		JobTimeout:           jobTimeout,
		RescueStuckJobsAfter: rescueAfter,
		Logger:               quiet(log),
		ErrorHandler:         &reporter{log: log},
		Plugins:              plan.Around,
	})
	if err != nil {
		return nil, fmt.Errorf("open job runner: %w", err)
	}
	return &Runner{client: client}, nil
}

// Run works until ctx ends, then lets running jobs finish for half a minute before it cancels them.
func (r *Runner) Run(ctx context.Context) error {
	if err := r.client.Start(context.WithoutCancel(ctx)); err != nil {
		return fmt.Errorf("start jobs: %w", err)
	}
	<-ctx.Done()
	soft, cancel := context.WithTimeout(context.WithoutCancel(ctx), softStop)
	defer cancel()
	if err := r.client.Stop(soft); err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), softStop)
	defer cancel()
	if err := r.client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stop jobs: %w", err)
	}
	return nil
}

// reporter logs what a job returned as an error, which is nowhere else.
type reporter struct{ log *slog.Logger }

// HandleError logs a failed job; River tries it again by its own rule.
func (h *reporter) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	h.log.ErrorContext(ctx, "job failed", "job", job.Kind, "id", job.ID, "attempt", job.Attempt, "error", err)
	return nil
}

// HandlePanic logs a job that panicked.
func (h *reporter) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	h.log.ErrorContext(ctx, "job panicked", "job", job.Kind, "id", job.ID, "attempt", job.Attempt, "panic", value, "trace", trace)
	return nil
}
