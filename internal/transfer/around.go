package transfer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
)

// ForeignAnswer is an answer in an account's folder to a file that we did not send. It is never deleted.
type ForeignAnswer struct {
	AccountID uuid.UUID `gorm:"primaryKey"`
	TenantID  uuid.UUID
	Name      string `gorm:"primaryKey"`
	// SeenAt is when it was found.
	SeenAt time.Time
}

// TableName is foreign_answers.
func (ForeignAnswer) TableName() string { return "foreign_answers" }

// maxAround bounds how many other files of a folder are looked at in one go.
const maxAround = 200

// answerLength is the length of ES, PartnerId, underscore and stamp: what every answer's name begins with.
const answerLength = len("ESV000123400_2026-11-24_09-30-00")

// lookAround goes through the files of the account's folder that answer nothing which is waited for: late answers to files of ours, and
// answers to files that somebody else sent under this Supplier-ID.
func (r *run) lookAround(ctx context.Context, entries []ba.Entry) error {
	looked := 0
	for _, entry := range entries {
		upload, ok := r.answered(entry.Name)
		if !ok || looked == maxAround {
			continue
		}
		looked++
		ours, known, err := r.knows(ctx, upload, entry.Name)
		switch {
		case err != nil:
			return err
		case ours == nil:
			if err := r.noteForeign(ctx, entry.Name, upload.Stamp); err != nil {
				return err
			}
		case !known && !ours.waits():
			if err := r.hearLate(ctx, ours, entry.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// answered returns the name of the upload that a file answers, by its own name.
func (r *run) answered(name string) (hrbaxml.FileName, bool) {
	if len(name) < answerLength || !strings.HasPrefix(name, "ES"+*r.account.SupplierID+"_") {
		return hrbaxml.FileName{}, false
	}
	upload, err := hrbaxml.ParseFileName(name[:answerLength] + ".xml")
	return upload, err == nil
}

// knows finds our transfer that a file answers, nil if none does, and reports whether the file was stored before.
func (r *run) knows(ctx context.Context, upload hrbaxml.FileName, name string) (ours *Transfer, known bool, err error) {
	err = r.db.InTx(ctx, func(tx database.Tx) error {
		var found Transfer
		err := tx.Of(&Transfer{}).Omit("file").Where("supplier_id = ? AND stamp = ?", *r.account.SupplierID, upload.Stamp).Take(&found).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		ours = &found
		var stored int64
		err = tx.Of(&feedbackFile{}).Where("transfer_id = ? AND name = ?", found.ID, name).Count(&stored).Error
		known = stored > 0 && !found.WithoutDetails && found.State != Abandoned
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("find what %s answers: %w", name, err)
	}
	return ours, known, nil
}

// noteForeign notes, and tells once for each file, that another system sends under this Supplier-ID. Files from before the account was
// activated are its former system's.
func (r *run) noteForeign(ctx context.Context, name string, stamp time.Time) error {
	if r.account.ActiveSince == nil || stamp.Before(hrbaxml.WallClock(*r.account.ActiveSince, r.berlin)) {
		return nil
	}
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		row := ForeignAnswer{AccountID: r.account.ID, TenantID: tx.Tenant, Name: name, SeenAt: r.now()}
		noted := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
		if noted.Error != nil || noted.RowsAffected == 0 {
			return noted.Error
		}
		r.log.ErrorContext(ctx, "another system sends under this Supplier-ID", "account", r.account.ID, "file", name)
		if err := event.Append(tx, r.now(), event.AccountForeignSender, r.account.ID, map[string]any{"file_name": name}); err != nil {
			return err
		}
		return r.tellOfForeign(tx, name)
	})
	if err != nil {
		return fmt.Errorf("note the foreign answer %s: %w", name, err)
	}
	return nil
}

// foreignFor is how long after the last foreign answer the account shows that another system sends under its Supplier-ID.
const foreignFor = 7 * 24 * time.Hour

// maxNamed bounds how many files a trouble names.
const maxNamed = 3

// foreignOf is the trouble of an account under whose Supplier-ID somebody else sends; nil when nobody has for a week.
func foreignOf(tx database.Tx, account uuid.UUID, now time.Time) (*fault.Error, error) {
	var names []string
	err := tx.Of(&ForeignAnswer{}).Where("account_id = ? AND seen_at > ?", account, now.Add(-foreignFor)).
		Order("seen_at DESC, name DESC").Limit(maxNamed).Pluck("name", &names).Error
	if err != nil {
		return nil, fmt.Errorf("read foreign answers: %w", err)
	}
	if len(names) == 0 {
		return nil, nil
	}
	return ForeignSender.New(fault.Args{"files": strings.Join(names, ", ")}), nil
}

// tellOfForeign tells the account's people that somebody else sends under its Supplier-ID, unless they were told within a week.
func (r *run) tellOfForeign(tx database.Tx, name string) error {
	var before int64
	err := tx.Of(&ForeignAnswer{}).Where("account_id = ? AND name <> ? AND seen_at > ?", r.account.ID, name, r.now().Add(-foreignFor)).Count(&before).Error
	if err != nil {
		return fmt.Errorf("count foreign answers: %w", err)
	}
	if before > 0 {
		return nil
	}
	return r.outbox.Put(tx, []notice.Notice{r.aboutAccount(event.AccountForeignSender, ForeignSender.New(fault.Args{"files": name}), nil)})
}

// hearLate reads an answer to a transfer that was decided without it: given up, or believed blank.
func (r *run) hearLate(ctx context.Context, t *Transfer, name string) error {
	content, whole, err := r.readTwice(ctx, name)
	if err != nil || !whole {
		return err
	}
	feedback, err := hrbaxml.ReadFeedback(content)
	believed := err == nil && !feedback.Blank && (t.State == Abandoned || t.WithoutDetails || len(feedback.Messages) > 0)
	err = r.db.InTx(ctx, func(tx database.Tx) error {
		if err := r.keep(tx, t, map[string][]byte{name: content}); err != nil || !believed {
			return err
		}
		return r.settleLate(tx, t, feedback)
	})
	if err != nil {
		return fmt.Errorf("hear the late answer %s: %w", name, err)
	}
	return nil
}
