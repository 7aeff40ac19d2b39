package transfer

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// ForeignReference is an ad that the employer has at the BA under another partner's prefix. It is not ours to change: the provider who
// published it must withdraw it, or it stands there twice.
type ForeignReference struct {
	ID        uuid.UUID
	TenantID  uuid.UUID
	AccountID uuid.UUID
	Reference string
	Title     string
	ListedAt  time.Time
	// ConfirmedAt and ConfirmedBy are when and by whom it was said that the ad is withdrawn; nil before that.
	ConfirmedAt *time.Time
	ConfirmedBy *string
}

// WithdrawalOpen keeps an account from its first transfer while ads of its employer are still with another provider.
var WithdrawalOpen = &fault.Code{
	Name: "withdrawal_open", Kind: fault.Conflict,
	Title:  text.Text{DE: "Anzeigen des bisherigen Anbieters sind noch nicht zurückgezogen", EN: "Ads of the former provider are not withdrawn yet"},
	Detail: text.Text{DE: "{count} Anzeigen stehen unter der Nummer eines anderen Partners bei der BA; sie erschienen sonst doppelt.", EN: "{count} ads are at the BA under another partner's number; they would appear twice."},
	Hint: text.Text{
		DE: "Lassen Sie den bisherigen Anbieter sie zurückziehen, und bestätigen Sie es dann hier. Danach geht die erste Datei von selbst.",
		EN: "Have the former provider withdraw them, then confirm it here. After that the first file goes by itself.",
	},
}

// OpenWithdrawals counts, within a transaction, the account's foreign references of which nobody has said that they are withdrawn.
func OpenWithdrawals(tx database.Tx, account uuid.UUID) (int64, error) {
	var open int64
	err := tx.Of(&ForeignReference{}).Where("account_id = ? AND confirmed_at IS NULL", account).Count(&open).Error
	if err != nil {
		return 0, fmt.Errorf("count foreign references: %w", err)
	}
	return open, nil
}

// withdrawals is the fault that keeps the account from its first transfer; nil when none does. An account that has transferred before is not
// held: its ads go on as they are.
func (r *run) withdrawals(tx database.Tx) (*fault.Error, error) {
	var sent int64
	if err := tx.Of(&Transfer{}).Where("account_id = ? AND sending_at IS NOT NULL", r.account.ID).Count(&sent).Error; err != nil {
		return nil, fmt.Errorf("look for earlier transfers: %w", err)
	}
	if sent > 0 {
		return nil, nil
	}
	open, err := OpenWithdrawals(tx, r.account.ID)
	if err != nil || open == 0 {
		return nil, err
	}
	return WithdrawalOpen.New(fault.Args{"count": open}), nil
}

// holdForWithdrawal keeps the account from its first transfer while a withdrawal is open, and tells it once. It runs in the transaction that
// holds the account's row, so nothing is listed meanwhile.
func (r *run) holdForWithdrawal(tx database.Tx) (held bool, err error) {
	if r.way.ProvenAs != nil {
		return false, nil
	}
	cause, err := r.withdrawals(tx)
	if err != nil || cause == nil {
		return false, err
	}
	_, err = r.hold(tx, cause)
	return true, err
}

// Confirmed ends, within a transaction, the trouble of an account whose withdrawals are confirmed, and reports whether it had that trouble.
func Confirmed(tx database.Tx, now time.Time, account uuid.UUID) (bool, error) {
	var held int64
	err := tx.Of(&tenant.Account{}).Where("id = ? AND trouble->>'code' = ?", account, WithdrawalOpen.Name).Count(&held).Error
	if err != nil || held == 0 {
		return false, err
	}
	return tenant.SetTrouble(tx, now, account, "", nil)
}
