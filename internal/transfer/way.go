package transfer

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// way is what is known of the way of one account to the BA.
type way struct {
	AccountID uuid.UUID `gorm:"primaryKey"`
	TenantID  uuid.UUID
	// ProvenAs are the numbers under which a file was answered, ProvenAt is when.
	ProvenAs *string
	ProvenAt *time.Time
	// Deletions of DeletionsOf live ads wait for a human since DeletionsSince; DeletionsLetGo is how many a human let go.
	Deletions      int
	DeletionsOf    int
	DeletionsSince *time.Time
	DeletionsLetGo int
	DeletionsBy    *string
	// StatisticsAfter is when the account's folder is looked through next; nil before the first time.
	StatisticsAfter *time.Time
	// AtMost is how many ads the next file may carry while one is looked for that makes the BA refuse whole files; nil while none is.
	AtMost *int
	// RetryAfter is when a file may go again after a failure that somebody must mend, StuckWith what the account failed with.
	RetryAfter *time.Time
	StuckWith  *string
}

// TableName is account_ways.
func (way) TableName() string { return "account_ways" }

// wayOf reads the way of an account; an account that never sent anything has an empty one.
func wayOf(tx database.Tx, account uuid.UUID) (way, error) {
	found := way{AccountID: account, TenantID: tx.Tenant}
	err := tx.Of(&way{}).Where("account_id = ?", account).Take(&found).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return way{}, fmt.Errorf("read the account's way: %w", err)
	}
	found.AccountID, found.TenantID = account, tx.Tenant
	return found, nil
}

func (w way) save(tx database.Tx) error {
	if err := tx.Save(&w).Error; err != nil {
		return fmt.Errorf("save the account's way: %w", err)
	}
	return nil
}

// numbersOf are an account's numbers as one text.
func numbersOf(a tenant.Account) string {
	if a.SupplierID == nil || a.AllianceNumber == nil {
		return ""
	}
	return *a.SupplierID + "/" + *a.AllianceNumber
}

// proven says that a file under the account's present numbers was answered since it was activated. Until then a file carries one ad.
func (w way) proven(a tenant.Account) bool {
	return w.ProvenAs != nil && *w.ProvenAs == numbersOf(a) && a.ActiveSince != nil && !w.ProvenAt.Before(*a.ActiveSince)
}

// prove notes that a file of the account was answered.
func (r *run) prove(tx database.Tx) error {
	if r.way.proven(r.account) {
		return nil
	}
	found, err := wayOf(tx, r.account.ID)
	if err != nil {
		return err
	}
	now, numbers := r.now(), numbersOf(r.account)
	found.ProvenAs, found.ProvenAt = &numbers, &now
	return found.save(tx)
}

// fits is how many ads of a plan the next file may carry. While nothing is proven it is one: whatever is wrong with the numbers or the
// agreement shall hit one ad; the others follow its answer.
func (w way) fits(a tenant.Account, planned int) int {
	switch {
	case !w.proven(a):
		return min(planned, 1)
	case w.AtMost != nil:
		return min(planned, *w.AtMost)
	default:
		return planned
	}
}

// narrow halves the next file, since the BA refused this one as a whole: one of its ads may be to blame, and is found when it goes alone.
func (r *run) narrow(tx database.Tx, t *Transfer) error {
	found, err := wayOf(tx, r.account.ID)
	if err != nil {
		return err
	}
	half := max(1, t.Items/2)
	if found.AtMost != nil {
		half = min(half, *found.AtMost)
	}
	found.AtMost = &half
	return found.save(tx)
}

// widen doubles the next file, if it was narrowed: the BA did not refuse this one as a whole.
func (r *run) widen(tx database.Tx) error {
	found, err := wayOf(tx, r.account.ID)
	if err != nil || found.AtMost == nil {
		return err
	}
	if double := 2 * *found.AtMost; double < maxItems {
		found.AtMost = &double
	} else {
		found.AtMost = nil
	}
	return found.save(tx)
}

// footing is what of an account can be mended here: its certificate, and what its activation says.
func footing(tx database.Tx, a tenant.Account) (string, error) {
	certificate, err := credential.InUse(tx, a.ID)
	if err != nil || a.ActiveSince == nil {
		return certificate.String(), err
	}
	return certificate.String() + "/" + a.ActiveSince.UTC().Format(time.RFC3339Nano), nil
}

// stick notes that nothing is sent before a time, unless the account gets another certificate or is activated anew. Else every saved ad
// would wake it, and fail as the one before.
func (r *run) stick(tx database.Tx, until time.Time) error {
	found, err := wayOf(tx, r.account.ID)
	if err != nil {
		return err
	}
	with, err := footing(tx, r.account)
	if err != nil {
		return err
	}
	found.RetryAfter, found.StuckWith = &until, &with
	return found.save(tx)
}

// stuck returns until when nothing is sent; nil if something may be.
func (r *run) stuck(tx database.Tx) (*time.Time, error) {
	if r.way.RetryAfter == nil || !r.way.RetryAfter.After(r.now()) {
		return nil, nil
	}
	with, err := footing(tx, r.account)
	if err != nil || with != *r.way.StuckWith {
		return nil, err
	}
	return r.way.RetryAfter, nil
}

// What makes deletions wait for a human: at least so many, and more than so many of a hundred live ads.
const (
	guardCount   = 10
	guardPercent = 30
)

// held is the fault of deletions that wait.
func (w way) held() *fault.Error {
	return DeletionsHeld.New(fault.Args{"count": w.Deletions, "live": w.DeletionsOf})
}

// guarded says that nobody asked for this deletion one by one: the ad is wanted, and is deleted only to appear anew.
func (p planned) guarded() bool { return p.Action == posting.Delete && p.wanted }

// guard decides whether the deletions of wanted ads wait for a human, and notes it. It counts over the whole account, not over one file.
func (r *run) guard(tx database.Tx) (held bool, err error) {
	var counted struct{ Deletions, Live int }
	today := r.today().String()
	err = tx.Raw(`
		SELECT count(*) AS live, count(*) FILTER (WHERE p.publish AND coalesce(p.publish_until >= @today, true)
			AND coalesce(p.publish_from <= @today, true) AND (c.kundennummer <> o.kundennummer OR c.employment_type <> p.employment_type)) AS deletions
		FROM copies c
		JOIN postings p ON p.id = c.posting_id AND p.tenant_id = @tenant
		JOIN hiring_organisations o ON o.id = p.hiring_organisation_id AND o.tenant_id = @tenant
		WHERE c.tenant_id = @tenant AND c.account_id = @account AND c.state = 'live'`,
		map[string]any{"today": today, "tenant": tx.Tenant, "account": r.account.ID}).Scan(&counted).Error
	if err != nil {
		return false, fmt.Errorf("count deletions: %w", err)
	}
	now := r.way
	held = counted.Deletions >= guardCount && counted.Deletions*100 > counted.Live*guardPercent && counted.Deletions > now.DeletionsLetGo
	switch {
	case held && now.Deletions == counted.Deletions && now.DeletionsSince != nil:
		return true, nil
	case held:
		news := now.DeletionsSince == nil
		if news {
			now.DeletionsSince = new(r.now())
		}
		now.Deletions, now.DeletionsOf = counted.Deletions, counted.Live
		r.way = now
		if err := now.save(tx); err != nil || !news {
			return true, err
		}
		if _, err := r.show(tx, now.held()); err != nil {
			return true, err
		}
		data := map[string]any{"code": DeletionsHeld.Name, "count": counted.Deletions, "live": counted.Live}
		if err := event.Append(tx, r.now(), event.AccountTrouble, r.account.ID, data); err != nil {
			return true, err
		}
		return true, r.tellOfTrouble(tx, now.held())
	case now.DeletionsSince != nil || counted.Deletions == 0 && now.DeletionsLetGo > 0:
		now.Deletions, now.DeletionsOf, now.DeletionsSince = 0, 0, nil
		if counted.Deletions == 0 {
			now.DeletionsLetGo, now.DeletionsBy = 0, nil
		}
		r.way = now
		if err := now.save(tx); err != nil {
			return false, err
		}
		return false, r.recovered(tx)
	default:
		return false, nil
	}
}
