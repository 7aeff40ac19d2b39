package transfer

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
)

// Ledger is the door to what was transferred.
type Ledger struct{ db *database.DB }

// NewLedger returns the ledger in a database.
func NewLedger(db *database.DB) *Ledger { return &Ledger{db: db} }

// List returns a page of the tenant's transfers without their files, and the cursor of the next page.
func (l *Ledger) List(ctx context.Context, page database.Page) ([]Transfer, *string, error) {
	var found []Transfer
	err := l.db.InTx(ctx, func(tx database.Tx) error {
		return page.In(tx.Of(&Transfer{}).Omit("file")).Find(&found).Error
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list transfers: %w", err)
	}
	found, next := database.Cut(page, found, func(t Transfer) uuid.UUID { return t.ID })
	return found, next, nil
}

// Get returns one transfer without its file, and its items. It returns fault.Missing.
func (l *Ledger) Get(ctx context.Context, id uuid.UUID) (Transfer, []Item, error) {
	var found Transfer
	var items []Item
	err := l.db.InTx(ctx, func(tx database.Tx) error {
		if err := tx.Of(&Transfer{}).Omit("file").Where("id = ?", id).Take(&found).Error; err != nil {
			return err
		}
		var err error
		items, err = itemsOf(tx, id)
		return err
	})
	return found, items, database.OrMissing("read transfer", err)
}
