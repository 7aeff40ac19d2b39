package transfer

import (
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// listForeign lists an ad that is at the BA under another partner's prefix.
func (w *world) listForeign() {
	w.t.Helper()
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		return tx.Create(&ForeignReference{
			ID: uuid.New(), TenantID: tx.Tenant, AccountID: w.account, Reference: "13635-4711-S", ListedAt: w.Clock.Now(),
		}).Error
	}))
}

// withdrawn says that the listed ads are withdrawn.
func (w *world) withdrawn() {
	w.t.Helper()
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		err := tx.Of(&ForeignReference{}).Where("account_id = ?", w.account).
			Updates(map[string]any{"confirmed_at": w.Clock.Now(), "confirmed_by": "somebody"}).Error
		if err != nil {
			return err
		}
		_, err = Confirmed(tx, w.Clock.Now(), w.account)
		return err
	}))
}

func TestTheFirstTransferWaitsUntilTheFormerProvidersAdsAreWithdrawn(t *testing.T) {
	t.Parallel()
	w := openWorld(t, func(w *world) func(database.Tx, uuid.UUID) error {
		return func(tx database.Tx, account uuid.UUID) error { return wakeAt(tx, account, w.Clock.Now()) }
	})
	w.employer = w.employ("Muster Pflege gGmbH", "V000123400", "99001", "A123A12345")
	w.listForeign()
	id := w.publish()

	w.advance()
	w.advance()

	if sent := w.transfers(); len(sent) > 0 || w.trouble() != WithdrawalOpen.Name {
		t.Fatalf("%d transfers, trouble %q", len(sent), w.trouble())
	}
	if told := w.events()["account.trouble"]; told != 1 {
		t.Errorf("it was told %d times", told)
	}
	w.wants(id, posting.AtBANone, posting.ChangeWaiting)

	w.withdrawn()
	if w.trouble() != "" {
		t.Errorf("the trouble is still %s", w.trouble())
	}
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
}

func TestAnAccountThatHasTransferredIsNotHeldByFormerProvidersAds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.live()
	w.listForeign()

	w.withdraw(first)
	w.bring()

	w.wants(first, posting.AtBAEnded, posting.ChangeNone)
	if w.trouble() != "" {
		t.Errorf("the trouble is %s", w.trouble())
	}
}
