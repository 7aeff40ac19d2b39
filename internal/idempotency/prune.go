package idempotency

import (
	"context"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"gorm.io/gorm"
)

// The bounds of one run of Prune: what is left over is for the next one.
const (
	pruneBatch   = 500
	pruneBatches = 200
)

// Prune forgets the keys that are older than Kept, and lapsed claims of that age.
func (k *Keys) Prune(ctx context.Context) error {
	for range pruneBatches {
		var old []claim
		err := k.db.InPlatform(ctx, func(tx *gorm.DB) error {
			return tx.Where("claimed_at <= ?", k.now().Add(-Kept)).Order("claimed_at").Limit(pruneBatch).Find(&old).Error
		})
		if err != nil {
			return fmt.Errorf("look for old idempotency keys: %w", err)
		}
		if len(old) == 0 {
			return nil
		}
		if err := k.forget(ctx, old...); err != nil {
			return err
		}
	}
	return nil
}

// pruneArgs asks for old keys to be forgotten.
type pruneArgs struct{}

// Kind names the job.
func (pruneArgs) Kind() string { return "prune_idempotency_keys" }

// InsertOpts: the next one comes soon anyway.
func (pruneArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// AddWorkers adds the job that forgets old keys to a program's workers.
func AddWorkers(workers *river.Workers, keys *Keys) {
	river.AddWorker(workers, &pruneWorker{keys: keys})
}

// Periodic returns that job.
func Periodic(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return pruneArgs{}, nil
	}, nil)
}

type pruneWorker struct {
	river.WorkerDefaults[pruneArgs]
	keys *Keys
}

// Work prunes.
func (w *pruneWorker) Work(ctx context.Context, _ *river.Job[pruneArgs]) error {
	return w.keys.Prune(ctx)
}
