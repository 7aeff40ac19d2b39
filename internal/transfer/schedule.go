package transfer

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
)

// ErrClaimed means that somebody else is working on the account at this moment.
var ErrClaimed = errors.New("transfer: the account is claimed")

// claimFor is how long a worker holds an account without a sign of life. It renews the claim three times within that; when it dies, the
// account is free again after this time at the latest.
const claimFor = 30 * time.Second

// spread is the span of time after midnight over which the daily look at all accounts is spread.
const spread = 10 * time.Minute

// handedOut is when an account for which a job was put in is due again, should the job never run.
const handedOut = time.Minute

// dueLimit bounds how many due accounts are taken at once.
const dueLimit = 500

// AccountRef names an account and the tenant that it belongs to.
type AccountRef struct {
	TenantID  uuid.UUID
	AccountID uuid.UUID
}

// slot is an account's row in the schedule.
type slot struct {
	AccountID    uuid.UUID `gorm:"primaryKey"`
	TenantID     uuid.UUID
	NextRunAt    *time.Time
	ClaimedBy    *uuid.UUID
	ClaimedUntil *time.Time
}

// TableName is account_schedule.
func (slot) TableName() string { return "account_schedule" }

// wakeAt makes sure, within a transaction of the account's tenant, that the account is looked at no later than at a time.
func wakeAt(tx database.Tx, account uuid.UUID, at time.Time) error {
	err := tx.Exec(`
		INSERT INTO account_schedule (account_id, tenant_id, next_run_at) VALUES (?, ?, ?)
		ON CONFLICT (account_id) DO UPDATE SET next_run_at = least(account_schedule.next_run_at, excluded.next_run_at)`,
		account, tx.Tenant, at).Error
	if err != nil {
		return fmt.Errorf("schedule account %s: %w", account, err)
	}
	return nil
}

// quiet tells how long an account's quiet time still lasts, and, when it is over, whether the account is due; it is not when the change that
// began it has been taken care of.
func (e *Engine) quiet(ctx context.Context, ref AccountRef) (wait time.Duration, due bool, err error) {
	var found slot
	err = e.db.InPlatform(ctx, func(tx *gorm.DB) error {
		return tx.Where("account_id = ? AND tenant_id = ?", ref.AccountID, ref.TenantID).Limit(1).Find(&found).Error
	})
	if err != nil {
		return 0, false, fmt.Errorf("read the schedule of account %s: %w", ref.AccountID, err)
	}
	now := e.now()
	switch {
	case found.NextRunAt == nil && found.ClaimedUntil == nil:
		return 0, false, nil
	case found.NextRunAt == nil:
		// Somebody works on it, and may have begun before the change; whoever died at it is found by HandOut.
		return claimedSnooze, false, nil
	case found.NextRunAt.After(now.Add(e.pace.Quiet)):
		return 0, false, nil
	default:
		return max(0, found.NextRunAt.Sub(now)), true, nil
	}
}

// HandOut gives start the accounts whose time has come and on which nobody works, and those whose worker died at it, in one transaction.
// Each is due again a minute later, unless somebody has taken it by then: a backlog of jobs does not grow by the accounts that wait in it.
func (e *Engine) HandOut(ctx context.Context, start func(tx *gorm.DB, ref AccountRef) error) error {
	now := e.now()
	err := e.db.InPlatform(ctx, func(tx *gorm.DB) error {
		var due []AccountRef
		err := tx.Raw(`
			UPDATE account_schedule SET next_run_at = @again WHERE account_id IN (
				SELECT account_id FROM account_schedule
				WHERE (next_run_at <= @now OR next_run_at IS NULL AND claimed_until IS NOT NULL) AND (claimed_until IS NULL OR claimed_until < @now)
				ORDER BY next_run_at NULLS FIRST LIMIT @limit FOR NO KEY UPDATE SKIP LOCKED)
			RETURNING tenant_id, account_id`,
			map[string]any{"again": now.Add(handedOut), "now": now, "limit": dueLimit}).Scan(&due).Error
		if err != nil {
			return err
		}
		for _, ref := range due {
			if err := start(tx, ref); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("hand out due accounts: %w", err)
	}
	return nil
}

// claim is the right to work on one account. It ends by release, or by itself when its holder gives no sign of life.
type claim struct {
	engine *Engine
	ref    AccountRef
	holder uuid.UUID
}

// take claims the account, or returns ErrClaimed. The due time is cleared, so that a change which arrives meanwhile shows as a new one.
func (e *Engine) take(ctx context.Context, ref AccountRef) (*claim, error) {
	now := e.now()
	c := &claim{engine: e, ref: ref, holder: uuid.New()}
	var taken int64
	err := e.db.InPlatform(ctx, func(tx *gorm.DB) error {
		done := tx.Exec(`
			UPDATE account_schedule SET claimed_by = ?, claimed_until = ?, next_run_at = NULL
			WHERE account_id = ? AND tenant_id = ? AND (claimed_until IS NULL OR claimed_until < ?)`,
			c.holder, now.Add(claimFor), ref.AccountID, ref.TenantID, now)
		taken = done.RowsAffected
		return done.Error
	})
	if err != nil {
		return nil, fmt.Errorf("claim account %s: %w", ref.AccountID, err)
	}
	if taken == 0 {
		return nil, ErrClaimed
	}
	return c, nil
}

// keep renews the claim until ctx ends. When the claim is lost, because this process stood still for too long, it calls lost.
func (c *claim) keep(ctx context.Context, lost context.CancelCauseFunc) {
	ticker := time.NewTicker(claimFor / 3)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := c.renew(ctx); errors.Is(err, ErrClaimed) {
			lost(err)
			return
		}
	}
}

// renew extends the claim, or returns ErrClaimed when it is somebody else's now.
func (c *claim) renew(ctx context.Context) error {
	var kept int64
	err := c.engine.db.InPlatform(ctx, func(tx *gorm.DB) error {
		done := tx.Exec("UPDATE account_schedule SET claimed_until = ? WHERE account_id = ? AND claimed_by = ?",
			c.engine.now().Add(claimFor), c.ref.AccountID, c.holder)
		kept = done.RowsAffected
		return done.Error
	})
	if err != nil {
		return fmt.Errorf("renew claim: %w", err)
	}
	if kept == 0 {
		return ErrClaimed
	}
	return nil
}

// release gives the account back, to be looked at again at next; a change that arrived meanwhile keeps its earlier time.
func (c *claim) release(ctx context.Context, next time.Time) error {
	err := c.engine.db.InPlatform(ctx, func(tx *gorm.DB) error {
		return tx.Exec(`
			UPDATE account_schedule SET claimed_by = NULL, claimed_until = NULL, next_run_at = least(next_run_at, ?)
			WHERE account_id = ? AND claimed_by = ?`, next, c.ref.AccountID, c.holder).Error
	})
	if err != nil {
		return fmt.Errorf("release account %s: %w", c.ref.AccountID, err)
	}
	return nil
}

// nextDay returns when an account with nothing to do is looked at again: soon after the next midnight in Germany, each account at its
// own minute.
func (e *Engine) nextDay(account uuid.UUID) time.Time {
	return calendar.On(e.now(), e.berlin).AddDays(1).Start(e.berlin).Add(ownMoment(account, spread))
}

// ownMoment is an account's own moment within a span of time, always the same one.
func ownMoment(account uuid.UUID, span time.Duration) time.Duration {
	hash := fnv.New64a()
	_, _ = hash.Write(account[:])
	return time.Duration(hash.Sum64() % uint64(span)) //nolint:gosec // less than the span, which is a constant above zero
}
