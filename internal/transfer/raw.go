package transfer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// RawDropped is answered when a file was not to be kept any longer.
var RawDropped = &fault.Code{
	Name: "raw_file_dropped", Kind: fault.Gone,
	Title:  text.Text{DE: "Die Datei wird nicht mehr aufbewahrt", EN: "The file is no longer kept"},
	Detail: text.Text{DE: "Die Datei {file} wurde nach Ablauf der Aufbewahrungszeit gelöscht.", EN: "The file {file} was dropped when the time was over for which files are kept."},
	Hint: text.Text{
		DE: "Ihre Prüfsumme, ihre Größe und das Ergebnis jeder Anzeige stehen weiterhin beim Transfer.",
		EN: "Its digest, its size and the result of every ad still stand with the transfer.",
	},
}

// Raw is a file as it was sent, or as the BA answered, byte for byte.
type Raw struct {
	Name    string
	Content []byte
}

// AnswerFile is what is known of one answer file of the BA, beside its content.
type AnswerFile struct {
	Name string
	// Digest is the SHA-256 of the file, Size its size in bytes.
	Digest []byte
	Size   int
	ReadAt time.Time
	// Kept says that the content is still there.
	Kept bool
}

// File returns the file of a transfer as it is sent. It returns fault.Missing and RawDropped.
func (l *Ledger) File(ctx context.Context, id uuid.UUID) (Raw, error) {
	var found Transfer
	err := l.db.InTx(ctx, func(tx database.Tx) error {
		return tx.Of(&Transfer{}).Select("file_name", "file").Where("id = ?", id).Take(&found).Error
	})
	if err != nil {
		return Raw{}, database.OrMissing("read the file of a transfer", err)
	}
	return rawOf(found.FileName, found.File)
}

// Answers lists the answer files of the BA to a transfer, oldest first. It returns fault.Missing for a transfer that is not there.
func (l *Ledger) Answers(ctx context.Context, id uuid.UUID) ([]AnswerFile, error) {
	var found []AnswerFile
	err := l.db.InTx(ctx, func(tx database.Tx) error {
		if err := tx.Of(&Transfer{}).Select("id").Where("id = ?", id).Take(&Transfer{}).Error; err != nil {
			return err
		}
		return tx.Of(&feedbackFile{}).Select("name, digest, size, read_at, content IS NOT NULL AS kept").
			Where("transfer_id = ?", id).Order("read_at, name").Find(&found).Error
	})
	return found, database.OrMissing("list answers", err)
}

// Answer returns an answer file of the BA to a transfer, by the SHA-256 of its content. It returns fault.Missing and RawDropped.
func (l *Ledger) Answer(ctx context.Context, id uuid.UUID, digest []byte) (Raw, error) {
	var found feedbackFile
	err := l.db.InTx(ctx, func(tx database.Tx) error {
		return tx.Of(&feedbackFile{}).Where("transfer_id = ? AND digest = ?", id, digest).Order("read_at, name").Take(&found).Error
	})
	if err != nil {
		return Raw{}, database.OrMissing("read an answer", err)
	}
	return rawOf(found.Name, found.Content)
}

func rawOf(name string, content packed) (Raw, error) {
	if content == nil {
		return Raw{}, RawDropped.New(fault.Args{"file": name})
	}
	return Raw{Name: name, Content: content}, nil
}

// dropAtOnce is how many files one transaction drops.
const dropAtOnce = 200

// DropRaw drops the content of every file and answer from before a time; digest, size and result stay. The file of a transfer that is not
// decided is kept, whatever its age. It goes on past single failures and returns them together.
func (l *Ledger) DropRaw(ctx context.Context, tenants *tenant.Directory, before time.Time) error {
	return tenants.Each(ctx, func(one tenant.Tenant) error {
		ctx := scope.WithTenant(ctx, one.ID)
		return errors.Join(
			l.drop(ctx, func(tx database.Tx) *gorm.DB {
				old := tx.Of(&Transfer{}).Select("id").Where("file IS NOT NULL AND written_at < ? AND state NOT IN ?", before, inFlight).Limit(dropAtOnce)
				return tx.Of(&Transfer{}).Where("id IN (?)", old).Update("file", nil)
			}),
			l.drop(ctx, func(tx database.Tx) *gorm.DB {
				old := tx.Of(&feedbackFile{}).Select("transfer_id, name, digest").Where("content IS NOT NULL AND read_at < ?", before).Limit(dropAtOnce)
				return tx.Of(&feedbackFile{}).Where("(transfer_id, name, digest) IN (?)", old).Update("content", nil)
			}),
		)
	})
}

// drop repeats a deed that works on dropAtOnce rows until it finds no more.
func (l *Ledger) drop(ctx context.Context, deed func(tx database.Tx) *gorm.DB) error {
	for {
		var rows int64
		err := l.db.InTx(ctx, func(tx database.Tx) error {
			done := deed(tx)
			rows = done.RowsAffected
			return done.Error
		})
		if err != nil {
			return fmt.Errorf("drop old files: %w", err)
		}
		if rows < dropAtOnce {
			return nil
		}
	}
}
