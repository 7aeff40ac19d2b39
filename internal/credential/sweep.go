package credential

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// abandonedAfter is when a Pending certificate counts as one whose upload died.
const abandonedAfter = time.Hour

// Sweep revokes certificates whose upload died, and destroys the secrets that no certificate needs any more, and what a folder was about to
// write when its process died. It goes on past single failures and returns them together.
func (k *Keeper) Sweep(ctx context.Context) error {
	failed := []error{k.sweepRows(ctx), k.sweepSecrets(ctx)}
	if folder, ok := k.store.(*secret.Folder); ok {
		failed = append(failed, folder.Sweep(ctx, k.now().Add(-abandonedAfter)))
	}
	return errors.Join(failed...)
}

// sweepRows revokes what has been Pending for too long, tenant by tenant.
func (k *Keeper) sweepRows(ctx context.Context) error {
	before := k.now().Add(-abandonedAfter)
	err := tenant.NewDirectory(k.db, k.now).Each(ctx, func(one tenant.Tenant) error {
		return k.db.InTx(scope.WithTenant(ctx, one.ID), func(tx database.Tx) error {
			return k.abandon(tx, tx.Of(&Certificate{}).Where("created_at < ?", before))
		})
	})
	if err != nil {
		return fmt.Errorf("sweep certificates: %w", err)
	}
	return nil
}

// sweepSecrets destroys the secrets of revoked certificates.
func (k *Keeper) sweepSecrets(ctx context.Context) error {
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
		if err := k.Destroy(scope.WithTenant(ctx, owner), id); err != nil {
			failed = append(failed, fmt.Errorf("sweep certificate %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

// Destroy destroys the secret of a certificate of the context's tenant if the certificate is revoked, which is for good. Rows are never
// deleted, so a secret without a row belongs to another database, or ours was restored from a backup: not ours to destroy.
func (k *Keeper) Destroy(ctx context.Context, id uuid.UUID) error {
	var revoked []Certificate
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		return tx.Of(&Certificate{}).Where("id = ? AND state = ?", id, Revoked).Find(&revoked).Error
	})
	if err != nil {
		return fmt.Errorf("look for a revoked certificate: %w", err)
	}
	for _, one := range revoked {
		if err := k.store.Delete(ctx, secret.CertificatePath(one.TenantID, one.ID)); err != nil {
			return err
		}
	}
	return nil
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
