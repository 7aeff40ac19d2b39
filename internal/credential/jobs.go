package credential

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// destroyArgs asks for the secret of a revoked certificate to be destroyed.
type destroyArgs struct {
	TenantID      uuid.UUID `json:"tenant_id"`
	CertificateID uuid.UUID `json:"certificate_id"`
}

// Kind names the job.
func (destroyArgs) Kind() string { return "destroy_certificate" }

// Dooms returns the function that has the secret of a revoked certificate destroyed, by a job in the transaction that revokes it: the program
// that revokes need not be allowed to destroy.
func Dooms(queue *jobs.Queue) func(tx database.Tx, certificate uuid.UUID) error {
	return func(tx database.Tx, certificate uuid.UUID) error {
		return queue.Put(tx.DB, destroyArgs{TenantID: tx.Tenant, CertificateID: certificate})
	}
}

type destroyWorker struct {
	river.WorkerDefaults[destroyArgs]
	keeper *Keeper
}

// Work destroys; while the store is away River tries it again.
func (w *destroyWorker) Work(ctx context.Context, job *river.Job[destroyArgs]) error {
	return w.keeper.Destroy(scope.WithTenant(ctx, job.Args.TenantID), job.Args.CertificateID)
}

// sweepArgs asks for abandoned secrets to be destroyed.
type sweepArgs struct{}

// Kind names the job.
func (sweepArgs) Kind() string { return "sweep_certificates" }

// InsertOpts: the next one comes in some hours anyway.
func (sweepArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// AddWorkers adds the keeper's jobs to a program's workers.
func AddWorkers(workers *river.Workers, keeper *Keeper) {
	river.AddWorker(workers, &destroyWorker{keeper: keeper})
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
