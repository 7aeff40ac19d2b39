package notice

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// sendArgs asks for one mail to be sent.
type sendArgs struct {
	TenantID uuid.UUID `json:"tenant_id"`
	MailID   uuid.UUID `json:"mail_id"`
}

// Kind names the job.
func (sendArgs) Kind() string { return "send_mail" }

// InsertOpts: a failed job is not tried again by River, since the mail's own schedule does.
func (sendArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// findDueArgs asks for the mails whose time has come: digests in the morning, and what failed before.
type findDueArgs struct{}

// Kind names the job.
func (findDueArgs) Kind() string { return "find_due_mails" }

// InsertOpts: the next one comes soon anyway.
func (findDueArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 1} }

// AddWorkers adds the sender's jobs to a program's workers.
func AddWorkers(workers *river.Workers, sender *Sender, queue *jobs.Queue) {
	river.AddWorker(workers, &sendWorker{sender: sender})
	river.AddWorker(workers, &findDueWorker{sender: sender, queue: queue})
}

// Periodic returns the job that looks for due mails.
func Periodic(every time.Duration) *river.PeriodicJob {
	return river.NewPeriodicJob(river.PeriodicInterval(every), func() (river.JobArgs, *river.InsertOpts) {
		return findDueArgs{}, nil
	}, &river.PeriodicJobOpts{RunOnStart: true})
}

type sendWorker struct {
	river.WorkerDefaults[sendArgs]
	sender *Sender
}

// Work sends.
func (w *sendWorker) Work(ctx context.Context, job *river.Job[sendArgs]) error {
	return w.sender.Send(scope.WithTenant(ctx, job.Args.TenantID), job.Args.MailID)
}

type findDueWorker struct {
	river.WorkerDefaults[findDueArgs]
	sender *Sender
	queue  *jobs.Queue
}

// Work puts a job in for every due mail. Putting one in twice does no harm: the second finds nothing to do.
func (w *findDueWorker) Work(ctx context.Context, _ *river.Job[findDueArgs]) error {
	return w.sender.handOut(ctx, func(tx *gorm.DB, due ref) error {
		return w.queue.Put(tx, sendArgs(due))
	})
}
