package transfer

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
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

// maxAround bounds how many other files of a folder are read or noted in one go; those that are known do not count.
const maxAround = 200

// recallAtOnce is for how many files of a folder it is looked up at once whether they are known.
const recallAtOnce = 500

// answerLength is the length of ES, PartnerId, underscore and stamp: what every answer's name begins with.
const answerLength = len("ESV000123400_2026-11-24_09-30-00")

// lookAround goes through the files of the account's folder that answer nothing which is waited for: late answers to files of ours, and
// answers to files that somebody else sent under this Supplier-ID.
func (r *run) lookAround(ctx context.Context, entries []ba.Entry) error {
	var answers []answer
	for _, entry := range entries {
		if upload, ok := r.answered(entry.Name); ok {
			answers = append(answers, answer{entry: entry, stamp: upload.Stamp})
		}
	}
	left := maxAround
	for part := range slices.Chunk(answers, recallAtOnce) {
		known, err := r.recall(ctx, part)
		if err != nil {
			return err
		}
		for _, a := range part {
			if left == 0 {
				return nil
			}
			ours := known.ours[a.stamp.Unix()]
			switch {
			case ours == nil && !known.foreign[a.entry.Name] && r.sinceActive(a.stamp):
				err = r.noteForeign(ctx, a.entry.Name)
			case ours != nil && !ours.waits() && !known.heard(ours, a.entry):
				err = r.hearLate(ctx, ours, a.entry)
			default:
				continue
			}
			if err != nil {
				return err
			}
			left--
		}
	}
	return nil
}

// answer is a file of the account's folder that, by its name, answers the upload with a stamp.
type answer struct {
	entry ba.Entry
	stamp time.Time
}

// answered returns the name of the upload that a file answers, by its own name.
func (r *run) answered(name string) (hrbaxml.FileName, bool) {
	if len(name) < answerLength || !strings.HasPrefix(name, "ES"+*r.account.SupplierID+"_") {
		return hrbaxml.FileName{}, false
	}
	upload, err := hrbaxml.ParseFileName(name[:answerLength] + ".xml")
	return upload, err == nil
}

// memory is what is known of some files of a folder: which transfers of ours they answer, by the seconds of the stamp; which files were
// read, without their content, by name; and which ones are known to be another sender's.
type memory struct {
	ours    map[int64]*Transfer
	read    map[string][]feedbackFile
	foreign map[string]bool
}

// recall looks up what is known of files.
func (r *run) recall(ctx context.Context, answers []answer) (memory, error) {
	m := memory{ours: map[int64]*Transfer{}, read: map[string][]feedbackFile{}, foreign: map[string]bool{}}
	stamps, names := make([]time.Time, len(answers)), make([]string, len(answers))
	for i, a := range answers {
		stamps[i], names[i] = a.stamp, a.entry.Name
	}
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		var ours []Transfer
		err := tx.Of(&Transfer{}).Omit("file").Where("supplier_id = ? AND stamp IN ?", *r.account.SupplierID, stamps).Find(&ours).Error
		if err != nil {
			return err
		}
		ids := []uuid.UUID{uuid.Nil} // an empty list would be no list for SQL
		for i := range ours {
			m.ours[ours[i].Stamp.Unix()] = &ours[i]
			ids = append(ids, ours[i].ID)
		}
		var read []feedbackFile
		if err := tx.Of(&feedbackFile{}).Omit("content").Where("transfer_id IN ?", ids).Find(&read).Error; err != nil {
			return err
		}
		for _, file := range read {
			m.read[file.Name] = append(m.read[file.Name], file)
		}
		var foreign []string
		err = tx.Of(&ForeignAnswer{}).Where("account_id = ? AND name IN ?", r.account.ID, names).Pluck("name", &foreign).Error
		for _, name := range foreign {
			m.foreign[name] = true
		}
		return err
	})
	if err != nil {
		return memory{}, fmt.Errorf("look up what the files of the folder answer: %w", err)
	}
	return m, nil
}

// heard says that a file tells nothing new: it was read, and its transfer decided by its answer; or it is listed as it was when it was read.
func (m memory) heard(t *Transfer, entry ba.Entry) bool {
	decided := !t.WithoutDetails && t.State != Abandoned
	listed := listedAs(entry)
	return slices.ContainsFunc(m.read[entry.Name], func(file feedbackFile) bool {
		return decided || listed != "" && file.Listed == listed
	})
}

// sinceActive says that a file was sent since the account was activated. What is older is its former system's.
func (r *run) sinceActive(stamp time.Time) bool {
	return r.account.ActiveSince != nil && !stamp.Before(hrbaxml.WallClock(*r.account.ActiveSince, r.berlin))
}

// noteForeign notes, and tells once for each file, that another system sends under this Supplier-ID.
func (r *run) noteForeign(ctx context.Context, name string) error {
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

// hearLate reads an answer to a transfer that was decided without it: given up, or believed blank. One that the BA does not hand out is left
// for the next look.
func (r *run) hearLate(ctx context.Context, t *Transfer, entry ba.Entry) error {
	file, whole, err := r.readTwice(ctx, t, entry)
	if notHandedOut(err) {
		r.log.WarnContext(ctx, "late answer cannot be downloaded", "file", entry.Name, "account", r.account.ID, "error", err)
		return nil
	}
	if err != nil || !whole {
		return err
	}
	feedback, err := hrbaxml.ReadFeedback(file.Content)
	believed := err == nil && !feedback.Blank && (t.State == Abandoned || t.WithoutDetails || len(feedback.Messages) > 0)
	err = r.db.InTx(ctx, func(tx database.Tx) error {
		if err := keep(tx, []feedbackFile{file}); err != nil || !believed {
			return err
		}
		return r.settleLate(tx, t, feedback)
	})
	if err != nil {
		return fmt.Errorf("hear the late answer %s: %w", entry.Name, err)
	}
	return nil
}
