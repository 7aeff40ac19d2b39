package transfer

import (
	"context"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// maxShown bounds how many of an account's foreign answers and workbooks are shown, newest first.
const maxShown = 100

// ForeignAnswers returns the newest answers in an account's folder to files that Stellwerk did not send, at most 100. It returns fault.Missing.
func (l *Ledger) ForeignAnswers(ctx context.Context, account uuid.UUID) ([]ForeignAnswer, error) {
	var found []ForeignAnswer
	err := l.db.InTx(ctx, func(tx database.Tx) error {
		if _, err := tenant.AccountByID(tx, account); err != nil {
			return err
		}
		return tx.Of(&ForeignAnswer{}).Where("account_id = ?", account).Order("seen_at DESC, name DESC").Limit(maxShown).Find(&found).Error
	})
	return found, database.OrMissing("list foreign answers", err)
}

// Statistics returns the newest workbooks of the BA about an account without their content, at most 100. It returns fault.Missing.
func (l *Ledger) Statistics(ctx context.Context, account uuid.UUID) ([]StatisticsFile, error) {
	var found []StatisticsFile
	err := l.db.InTx(ctx, func(tx database.Tx) error {
		if _, err := tenant.AccountByID(tx, account); err != nil {
			return err
		}
		return tx.Of(&StatisticsFile{}).Omit("content").Where("account_id = ?", account).Order("fetched_at DESC, name").Limit(maxShown).Find(&found).Error
	})
	return found, database.OrMissing("list statistics", err)
}

// StatisticsFile returns the newest workbook of a name, or with a digest the one with that content. It returns fault.Missing.
func (l *Ledger) StatisticsFile(ctx context.Context, account uuid.UUID, name string, digest []byte) (StatisticsFile, error) {
	var found StatisticsFile
	err := l.db.InTx(ctx, func(tx database.Tx) error {
		query := tx.Of(&StatisticsFile{}).Where("account_id = ? AND name = ?", account, name)
		if digest != nil {
			query = query.Where("digest = ?", digest)
		}
		return query.Order("fetched_at DESC").Take(&found).Error
	})
	return found, database.OrMissing("read statistics", err)
}
