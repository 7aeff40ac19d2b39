package credential

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// abandonedAfter is when a Pending certificate counts as one whose upload died.
const abandonedAfter = time.Hour

// Sweep destroys secrets that no usable certificate needs: of uploads that died, and of revoked certificates whose removal did. It goes on
// past single failures and returns them together.
func (k *Keeper) Sweep(ctx context.Context) error {
	paths, err := k.store.List(ctx, "tenants")
	if err != nil {
		return fmt.Errorf("list secrets: %w", err)
	}
	var failed []error
	for _, path := range paths {
		owner, id, ok := parsePath(path)
		if !ok {
			continue
		}
		if err := k.sweepOne(scope.WithTenant(ctx, owner), path, id); err != nil {
			failed = append(failed, fmt.Errorf("sweep certificate %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

func (k *Keeper) sweepOne(ctx context.Context, path string, id uuid.UUID) error {
	needed := true
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		var found Certificate
		err := database.ForUpdate(tx.Of(&Certificate{})).Where("id = ?", id).Take(&found).Error
		switch {
		case errors.Is(err, gorm.ErrRecordNotFound):
			// Rows are never deleted, so this secret belongs to another database, or ours was restored from a backup: not ours to destroy.
			return nil
		case err != nil:
			return err
		case found.State == Pending && k.now().Sub(found.CreatedAt) > abandonedAfter:
			needed = false
			return k.setState(tx, id, Revoked)
		}
		needed = found.State != Revoked
		return nil
	})
	if err != nil || needed {
		return err
	}
	return k.store.Delete(ctx, path)
}

// parsePath reads what secret.CertificatePath wrote.
func parsePath(path string) (owner, certificate uuid.UUID, ok bool) {
	parts := strings.Split(path, "/")
	if len(parts) != 4 {
		return uuid.Nil, uuid.Nil, false
	}
	owner, ownerErr := uuid.Parse(parts[1])
	certificate, certificateErr := uuid.Parse(parts[3])
	ok = ownerErr == nil && certificateErr == nil && path == secret.CertificatePath(owner, certificate)
	return owner, certificate, ok
}
