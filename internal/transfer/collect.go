package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
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

// blankPolls is at which poll an empty answer file is believed: before that it may be one that the BA is still writing.
const blankPolls = 3

// collect looks for the BA's answer to a transfer, once its next poll is due, and settles the transfer by it.
func (r *run) collect(ctx context.Context, t *Transfer) (*time.Time, error) {
	if due := r.pollDue(t); due.After(r.now()) {
		return &due, nil
	}
	if err := r.connect(ctx); err != nil {
		return r.trouble(ctx, err)
	}
	files, err := r.download(ctx, t)
	if err != nil {
		return r.trouble(ctx, err)
	}
	answer, err := r.read(ctx, t, files)
	if err != nil {
		return nil, err
	}
	if answer == nil {
		return r.keepWaiting(ctx, t)
	}
	return nil, r.settle(ctx, t, *answer)
}

// pollDue is when the BA's folder is read next for a transfer.
func (e *Engine) pollDue(t *Transfer) time.Time {
	since := t.WrittenAt
	if t.SendingAt != nil {
		since = *t.SendingAt
	}
	if t.SentAt != nil {
		since = *t.SentAt
	}
	due := since.Add(e.pace.poll(t.Polls))
	if t.Polls == 0 {
		return due
	}
	// Who stood still does not make up for the polls that were missed: they would all see the same file.
	if spaced := t.UpdatedAt.Add(e.pace.poll(t.Polls) - e.pace.poll(t.Polls-1)); spaced.After(due) {
		return spaced
	}
	return due
}

// download fetches the files that answer a transfer. Each is read twice; while the two readings of one differ, the BA is writing it, and
// none is returned.
func (r *run) download(ctx context.Context, t *Transfer) (map[string][]byte, error) {
	name, err := hrbaxml.ParseFileName(t.FileName)
	if err != nil {
		return nil, err
	}
	entries, err := r.session.List(ctx)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		if !name.AnsweredBy(entry.Name) || len(files) == maxAnswers {
			continue
		}
		first, err := r.session.Download(ctx, entry.Name, ba.MaxFile)
		if err != nil {
			return nil, err
		}
		second, err := r.session.Download(ctx, entry.Name, ba.MaxFile)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(first, second) {
			return nil, nil
		}
		files[entry.Name] = first
	}
	return files, nil
}

// read keeps the answer files raw and joins what they say. It returns nil while there are none, or one that cannot be believed: it may
// hold what was refused.
func (r *run) read(ctx context.Context, t *Transfer, files map[string][]byte) (*hrbaxml.Feedback, error) {
	now := r.now()
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		for name, content := range files {
			digest := sha256.Sum256(content)
			row := feedbackFile{
				TenantID: tx.Tenant, TransferID: t.ID, Name: name, Digest: digest[:], Content: content, ReadAt: now,
			}
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
				return err
			}
		}
		// Only the count: the row may have moved on meanwhile.
		return tx.Of(&Transfer{}).Where("id = ?", t.ID).Updates(map[string]any{"polls": gorm.Expr("polls + 1"), "updated_at": now}).Error
	})
	if err != nil {
		return nil, fmt.Errorf("keep the answer to %s: %w", t.FileName, err)
	}
	t.Polls++
	t.UpdatedAt = now
	return r.join(ctx, t, files), nil
}

// join reads answer files as one.
func (r *run) join(ctx context.Context, t *Transfer, files map[string][]byte) *hrbaxml.Feedback {
	if len(files) == 0 {
		return nil
	}
	var joined hrbaxml.Feedback
	for _, name := range slices.Sorted(maps.Keys(files)) {
		feedback, err := hrbaxml.ReadFeedback(files[name])
		if err != nil {
			r.log.WarnContext(ctx, "answer not readable yet", "file", name, "error", err)
			return nil
		}
		if feedback.Blank && t.Polls < blankPolls {
			return nil
		}
		joined.Messages = append(joined.Messages, feedback.Messages...)
	}
	return &joined
}

// keepWaiting returns when to poll next, and raises the alarm when the answer is long overdue. Nothing is ever sent again blindly.
func (r *run) keepWaiting(ctx context.Context, t *Transfer) (*time.Time, error) {
	next := r.pollDue(t)
	overdue := t.SendingAt != nil && r.now().Sub(*t.SendingAt) >= r.pace.Alarm
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		switch {
		case !overdue && t.State == Unclear:
			_, err := r.hold(tx, UploadUnclear.New(fault.Args{"file": t.FileName}))
			return err
		case !overdue:
			return r.recovered(tx)
		}
		if t.Trouble != nil && t.Trouble.Code == NoAnswer.Name {
			return nil
		}
		t.Trouble = troubleOf(NoAnswer.New(fault.Args{"file": t.FileName}))
		if err := move(tx, t, t.State, r.now()); err != nil {
			return err
		}
		return event.Append(tx, r.now(), event.TransferUnanswered, t.ID, map[string]any{"file_name": t.FileName})
	})
	if err != nil {
		return nil, fmt.Errorf("wait for the answer to %s: %w", t.FileName, err)
	}
	if overdue {
		if _, err := r.noteTrouble(ctx, NoAnswer.New(fault.Args{"file": t.FileName})); err != nil {
			return nil, fmt.Errorf("tell that %s is unanswered: %w", t.FileName, err)
		}
	}
	return &next, nil
}
