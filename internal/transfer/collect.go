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

// collectOne settles one transfer, if its answer is there and can be believed.
func (r *run) collectOne(ctx context.Context, t *Transfer, entries []ba.Entry) error {
	files, err := r.download(ctx, t, entries)
	if err != nil {
		return err
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

// download fetches the files that answer a transfer. Each is read twice; while the two readings of one differ, the BA is writing it, and
// none is returned.
func (r *run) download(ctx context.Context, t *Transfer, entries []ba.Entry) (map[string][]byte, error) {
	name, err := hrbaxml.ParseFileName(t.FileName)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, entry := range entries {
		if !name.AnsweredBy(entry.Name) || len(files) == maxAnswers {
			continue
		}
		content, whole, err := r.readTwice(ctx, entry.Name)
		if err != nil {
			return nil, err
		}
		if !whole {
			return nil, nil
		}
		files[entry.Name] = content
	}
	return files, nil
}

// readTwice downloads a file and reports whether two readings were the same.
func (r *run) readTwice(ctx context.Context, name string) ([]byte, bool, error) {
	first, err := r.session.Download(ctx, name, ba.MaxFile)
	if err != nil {
		return nil, false, err
	}
	second, err := r.session.Download(ctx, name, ba.MaxFile)
	return first, bytes.Equal(first, second), err
}

// keep stores answer files raw, each content once.
func (r *run) keep(tx database.Tx, t *Transfer, files map[string][]byte) error {
	for name, content := range files {
		digest := sha256.Sum256(content)
		row := feedbackFile{
			TenantID: tx.Tenant, TransferID: t.ID, Name: name, Digest: digest[:], Content: content, Size: len(content), ReadAt: r.now(),
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return fmt.Errorf("store answer %s: %w", name, err)
		}
	}
	return nil
}

// read keeps the answer files raw and joins what they say. It returns nil while there are none, or one that cannot be believed: it may
// hold what was refused.
func (r *run) read(ctx context.Context, t *Transfer, files map[string][]byte) (*hrbaxml.Feedback, error) {
	now := r.now()
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := r.keep(tx, t, files); err != nil {
			return err
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
	joined := hrbaxml.Feedback{Blank: true}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		feedback, err := hrbaxml.ReadFeedback(files[name])
		if err != nil {
			r.log.WarnContext(ctx, "answer not readable yet", "file", name, "error", err)
			return nil
		}
		if feedback.Blank && t.Polls < blankPolls {
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
