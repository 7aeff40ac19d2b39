package takeover

import (
	"context"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// Foreign returns a page of the account's ads under another partner's prefix, how many of all are not confirmed as withdrawn, and the cursor
// of the next page. It returns fault.Missing.
func (d *Door) Foreign(ctx context.Context, account uuid.UUID, page database.Page) (found []transfer.ForeignReference, open int, next *string, err error) {
	err = d.db.InTx(ctx, func(tx database.Tx) error {
		if _, err := tenant.AccountByID(tx, account); err != nil {
			return err
		}
		n, err := transfer.OpenWithdrawals(tx, account)
		if err != nil {
			return err
		}
		open = int(n)
		return page.In(tx.Of(&transfer.ForeignReference{}).Where("account_id = ?", account)).Find(&found).Error
	})
	if err != nil {
		return nil, 0, nil, database.OrMissing("list foreign references", err)
	}
	found, next = database.Cut(page, found, func(r transfer.ForeignReference) uuid.UUID { return r.ID })
	return found, open, next, nil
}

// ConfirmWithdrawn notes that the former provider has withdrawn all ads that were listed: as many as the caller saw, so that nobody confirms
// what he does not know. Then the account's first transfer may go. Confirming again changes nothing. It returns fault.Missing and
// WithdrawalDiffers.
func (d *Door) ConfirmWithdrawn(ctx context.Context, account uuid.UUID, count int) error {
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		if err := database.ForUpdate(tx.Of(&tenant.Account{})).Where("id = ?", account).Take(&tenant.Account{}).Error; err != nil {
			return err
		}
		open, err := transfer.OpenWithdrawals(tx, account)
		switch {
		case err != nil:
			return err
		case open == 0:
			return nil
		case int(open) != count:
			return WithdrawalDiffers.New(fault.Args{"count": open})
		}
		now := d.now()
		err = tx.Of(&transfer.ForeignReference{}).Where("account_id = ? AND confirmed_at IS NULL", account).
			Updates(map[string]any{"confirmed_at": now, "confirmed_by": scope.CallerOf(ctx).Name}).Error
		if err != nil {
			return err
		}
		if err := event.Append(tx, now, event.AccountWithdrawalConfirmed, account, map[string]any{"count": count}); err != nil {
			return err
		}
		if _, err := transfer.Confirmed(tx, now, account); err != nil {
			return err
		}
		return d.wake(tx, account)
	})
	return database.OrMissing("confirm the withdrawal of foreign references", err)
}
