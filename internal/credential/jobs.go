package credential

import (
	"context"
	"time"

	"github.com/riverqueue/river"
)

// sweepArgs asks for abandoned secrets to be destroyed.
type sweepArgs struct{}

// Kind names the job.
func (sweepArgs) Kind() string { return "sweep_certificates" }

// InsertOpts: the next one comes in some hours anyway.
func (sweepArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// AddWorkers adds the keeper's jobs to a program's workers.
func AddWorkers(workers *river.Workers, keeper *Keeper) {
	river.AddWorker(workers, &sweepWorker{keeper: keeper})
}

// Periodic returns the job that destroys abandoned secrets.
func Periodic(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return sweepArgs{}, nil
	}, nil)
}

type sweepWorker struct {
	river.WorkerDefaults[sweepArgs]
	keeper *Keeper
}

// Work sweeps.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	return w.keeper.Sweep(ctx)
}
