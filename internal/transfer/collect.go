package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// maxAnswers bounds how many answer files to one upload are read.
const maxAnswers = 20

// blankPolls is at how many polls an empty answer file must be there to be believed: before that it may be one that the BA is still writing.
const blankPolls = 3

// collect looks for the BA's answers to the files that are due, and settles those that are answered.
func (r *run) collect(ctx context.Context, waiting []Transfer) (*time.Time, error) {
	if err := r.connect(ctx); err != nil {
		return r.trouble(ctx, err)
	}
	entries, err := r.session.List(ctx)
	if err != nil {
		return r.trouble(ctx, err)
	}
	if err := r.gotThrough(ctx); err != nil {
		return nil, err
	}
	for i := range waiting {
		t := &waiting[i]
		if r.pollDue(t).After(r.now()) {
			continue
		}
		if err := r.collectOne(ctx, t, entries); err != nil {
			return r.trouble(ctx, err)
		}
	}
	if err := r.lookAround(ctx, entries); err != nil {
		return r.trouble(ctx, err)
	}
	return nil, r.showStanding(ctx)
}

// collectOne settles one transfer, if its answer is there and can be believed. A file that the BA does not hand out is waited for like one
// that is not there yet, so that it keeps neither other answers from being read nor files from going.
func (r *run) collectOne(ctx context.Context, t *Transfer, entries []ba.Entry) error {
	files, err := r.download(ctx, t, entries)
	switch {
	case notHandedOut(err):
		r.log.WarnContext(ctx, "answer cannot be downloaded", "file", t.FileName, "account", r.account.ID, "error", err)
		t.troubled(AnswerUnread)
	case err != nil:
		return err
	default:
		t.untroubled(AnswerUnread)
	}
	answer, err := r.read(ctx, t, files)
	if err != nil {
		return err
	}
	if answer == nil {
		return r.keepWaiting(ctx, t)
	}
	return r.settle(ctx, t, *answer)
}

// pollDue is when the BA's folder is read next for a transfer.
func (e *Engine) pollDue(t *Transfer) time.Time {
	due := t.since().Add(e.pace.poll(t.Polls))
	if t.Polls == 0 {
		return due
	}
	// Who stood still does not make up for the polls that were missed: they would all see the same file.
	if spaced := t.UpdatedAt.Add(e.pace.poll(t.Polls) - e.pace.poll(t.Polls-1)); spaced.After(due) {
		return spaced
	}
	return due
}

// notHandedOut says that the BA's host did not give us a file, while nobody stopped us.
func notHandedOut(err error) bool {
	class := ba.ClassOf(err)
	return class != "" && class != ba.ClassStopped
}

// download fetches the files that answer a transfer. While the BA is writing one of them, none is returned.
func (r *run) download(ctx context.Context, t *Transfer, entries []ba.Entry) ([]feedbackFile, error) {
	name, err := hrbaxml.ParseFileName(t.FileName)
	if err != nil {
		return nil, err
	}
	var files []feedbackFile
	for _, entry := range entries {
		if !name.AnsweredBy(entry.Name) || len(files) == maxAnswers {
			continue
		}
		file, whole, err := r.readTwice(ctx, t, entry)
		if err != nil {
			return nil, err
		}
		if !whole {
			return nil, nil
		}
		files = append(files, file)
	}
	return files, nil
}

// readTwice downloads a file that answers a transfer, and reports whether two readings were the same; while they differ, the BA is writing it.
func (r *run) readTwice(ctx context.Context, t *Transfer, entry ba.Entry) (feedbackFile, bool, error) {
	first, err := r.session.Download(ctx, entry.Name, ba.MaxFile)
	if err != nil {
		return feedbackFile{}, false, err
	}
	second, err := r.session.Download(ctx, entry.Name, ba.MaxFile)
	digest := sha256.Sum256(first)
	return feedbackFile{
		TenantID: t.TenantID, TransferID: t.ID, Name: entry.Name, Digest: digest[:], Content: first, Size: len(first), ReadAt: r.now(), Seen: 1,
		Listed: listedAs(entry),
	}, bytes.Equal(first, second), err
}

// listedAs is what a listing says of a file beside its name, empty if it does not say both time and size.
func listedAs(entry ba.Entry) string {
	if entry.Modified.IsZero() || entry.Size == "" {
		return ""
	}
	return entry.Modified.UTC().Format(time.RFC3339) + " " + entry.Size
}

// keep stores answer files raw, each content once, and counts at how many looks each was seen.
func keep(tx database.Tx, files []feedbackFile) error {
	again := clause.OnConflict{
		Columns:   []clause.Column{{Name: "transfer_id"}, {Name: "name"}, {Name: "digest"}},
		DoUpdates: clause.Assignments(map[string]any{"seen": gorm.Expr("feedback_files.seen + 1"), "listed": gorm.Expr("excluded.listed")}),
	}
	for i := range files {
		if err := tx.Clauses(again, clause.Returning{Columns: []clause.Column{{Name: "seen"}}}).Create(&files[i]).Error; err != nil {
			return fmt.Errorf("store answer %s: %w", files[i].Name, err)
		}
	}
	return nil
}

// read keeps the answer files raw and joins what they say. It returns nil while there are none, or one that cannot be believed: it may
// hold what was refused.
func (r *run) read(ctx context.Context, t *Transfer, files []feedbackFile) (*hrbaxml.Feedback, error) {
	t.Polls++
	t.UpdatedAt = r.now()
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := keep(tx, files); err != nil {
			return err
		}
		// No more than what a look changes, and only while it waits: the row may have moved on meanwhile.
		return tx.Of(&Transfer{}).Where("id = ? AND state = ?", t.ID, t.State).Select("polls", "trouble", "updated_at").Updates(t).Error
	})
	if err != nil {
		return nil, fmt.Errorf("keep the answer to %s: %w", t.FileName, err)
	}
	return r.join(ctx, files), nil
}

// join reads answer files as one.
func (r *run) join(ctx context.Context, files []feedbackFile) *hrbaxml.Feedback {
	if len(files) == 0 {
		return nil
	}
	joined := hrbaxml.Feedback{Blank: true}
	for _, file := range files {
		feedback, err := hrbaxml.ReadFeedback(file.Content)
		if err != nil {
			r.log.WarnContext(ctx, "answer not readable yet", "file", file.Name, "error", err)
			return nil
		}
		if feedback.Blank && file.Seen < blankPolls {
			return nil
		}
		joined.Blank = joined.Blank && feedback.Blank
		joined.Messages = append(joined.Messages, feedback.Messages...)
	}
	return &joined
}

// keepWaiting raises the alarm when the answer is long overdue. Nothing is ever sent again blindly.
func (r *run) keepWaiting(ctx context.Context, t *Transfer) error {
	if t.SendingAt == nil || r.now().Sub(*t.SendingAt) < r.pace.Alarm || t.Trouble != nil && t.Trouble.Code == NoAnswer.Name {
		return nil
	}
	t.Trouble = troubleOf(NoAnswer.New(fault.Args{"file": t.FileName}))
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := move(tx, t, t.State, r.now()); err != nil {
			return err
		}
		if err := event.Append(tx, r.now(), event.TransferUnanswered, t.ID, map[string]any{"file_name": t.FileName}); err != nil {
			return err
		}
		return r.outbox.Alarm(tx, r.aboutAccount(event.TransferUnanswered, NoAnswer.New(fault.Args{"file": t.FileName}), nil))
	})
	if err != nil {
		return fmt.Errorf("raise the alarm for %s: %w", t.FileName, err)
	}
	r.log.ErrorContext(ctx, "the BA has not answered for a day", "file", t.FileName, "account", r.account.ID)
	return nil
}

// showStanding shows what stands in the account's way after its folder was read, and tells it if that is news.
func (r *run) showStanding(ctx context.Context) error {
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		standing, err := r.standing(tx)
		if err != nil {
			return err
		}
		if standing == nil {
			return r.recovered(tx)
		}
		if standing.Code == AccountRefused || standing.Code == DeletionsHeld || standing.Code == ForeignSender {
			// Told when it began.
			_, err = r.show(tx, standing)
			return err
		}
		_, err = r.hold(tx, standing)
		return err
	})
	if err != nil {
		return fmt.Errorf("show what stands in the account's way: %w", err)
	}
	return nil
}
