package database

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

type wholeKey struct{}

// whole is a transaction of which others are parts.
type whole struct {
	tx *gorm.DB
	// tenant is whom the last part for a tenant worked for.
	tenant uuid.UUID
}

func wholeOf(ctx context.Context) *whole {
	found, _ := ctx.Value(wholeKey{}).(*whole)
	return found
}

// Together makes one transaction of every InTx and InPlatform that is called with do's context: all that they changed is committed when do
// returns nil, and nothing when it returns an error. A part that fails is undone by itself, and do may go on without it. Parts run one after
// the other and not within each other; a Together within another is a part of that one. No network call belongs into do.
func (db *DB) Together(ctx context.Context, do func(ctx context.Context) error) error {
	return db.transaction(ctx, func(tx *gorm.DB) error {
		within := &whole{tx: tx}
		err := do(context.WithValue(ctx, wholeKey{}, within))
		if outer := wholeOf(ctx); outer != nil {
			outer.tenant = within.tenant
		}
		return err
	})
}

// WorkedFor returns the tenant that the last part of a Together worked for; uuid.Nil for none.
func WorkedFor(ctx context.Context) uuid.UUID {
	if whole := wholeOf(ctx); whole != nil {
		return whole.tenant
	}
	return uuid.Nil
}

// partName is the savepoint of a part. Of those with one name PostgreSQL means the newest.
const partName = "part"

// part runs do in the whole transaction, and undoes what it did when it fails.
func (w *whole) part(ctx context.Context, do func(tx *gorm.DB) error) error {
	tx := w.tx.WithContext(ctx)
	if err := tx.Exec("SAVEPOINT " + partName).Error; err != nil {
		return fmt.Errorf("begin a part: %w", err)
	}
	if err := do(tx); err != nil {
		if undone := tx.Exec("ROLLBACK TO SAVEPOINT " + partName + "; RELEASE SAVEPOINT " + partName).Error; undone != nil {
			return errors.Join(err, fmt.Errorf("undo a part: %w", undone))
		}
		return err
	}
	if err := tx.Exec("RELEASE SAVEPOINT " + partName).Error; err != nil {
		return fmt.Errorf("end a part: %w", err)
	}
	return nil
}
