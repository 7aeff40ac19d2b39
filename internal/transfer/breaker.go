package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// HostOut is what an account shows while the BA's host cannot be reached by several accounts.
var HostOut = &fault.Code{
	Name: "ba_out", Kind: fault.Unavailable,
	Title:  text.Text{DE: "Die BA ist zurzeit für niemanden erreichbar", EN: "The BA cannot be reached by anybody at present"},
	Detail: text.Text{DE: "Mehrere BA-Konten haben die Gegenstelle der BA nicht erreicht.", EN: "Several BA accounts could not reach the BA's host."},
	Hint:   text.Text{DE: "Nichts zu tun: Stellwerk versucht es für alle gemeinsam und sendet dann, was wartet.", EN: "Nothing to do: Stellwerk tries for all of them together, and then sends what waits."},
}

// breaks is how many accounts must fail to reach the BA, with nobody getting through in between, for it to count as an outage of the platform.
const breaks = 3

// probeFor is how long the one that tries the BA during an outage has before another one may.
const probeFor = time.Minute

// outageSpread is over how long the accounts come back after an outage.
const outageSpread = 20 * time.Second

// platformClasses are the failures that say nothing about the account: the host itself is out.
var platformClasses = []ba.Class{
	ba.ClassDNS, ba.ClassConnectionRefused, ba.ClassConnectionCut, ba.ClassTimeoutBeforeBody, ba.ClassHTTP5xx, ba.ClassServerCertificate,
}

// outage is the breaker that all accounts share. While it is open one account after another tries the BA, and nobody else does.
type outage struct {
	// Failures is how many accounts failed since somebody got through.
	Failures int
	Since    *time.Time
	RetryAt  *time.Time
}

// outageError says that the breaker is open.
type outageError struct{ until time.Time }

// Error tells until when.
func (e *outageError) Error() string {
	return "transfer: the BA is out for everybody until " + e.until.Format(time.RFC3339)
}

// passBreaker returns an *outageError while the BA is out for everybody, unless this account is the one that tries now.
func (r *run) passBreaker(ctx context.Context) error {
	now := r.now()
	err := r.db.InPlatform(ctx, func(tx *gorm.DB) error {
		err := tx.Raw("SELECT cardinality(failed) AS failures, since, retry_at FROM ba_outage WHERE id = 1").Scan(&r.outage).Error
		if err != nil || r.outage.RetryAt == nil {
			return err
		}
		if r.outage.RetryAt.After(now) {
			return &outageError{until: *r.outage.RetryAt}
		}
		tries := tx.Exec("UPDATE ba_outage SET retry_at = ? WHERE id = 1 AND retry_at <= ?", now.Add(probeFor), now)
		if tries.Error == nil && tries.RowsAffected == 0 {
			return &outageError{until: now.Add(probeFor)}
		}
		return tries.Error
	})
	if _, out := errors.AsType[*outageError](err); err != nil && !out {
		return fmt.Errorf("look whether the BA is out: %w", err)
	}
	return err
}

// noteFailure notes that the account failed, and returns until when the BA is out for everybody, if it is.
func (r *run) noteFailure(ctx context.Context, failure error) (until time.Time, open bool, err error) {
	if !slices.Contains(platformClasses, ba.ClassOf(failure)) {
		return time.Time{}, false, nil
	}
	now := r.now()
	var seen outage
	err = r.db.InPlatform(ctx, func(tx *gorm.DB) error {
		err := tx.Raw(`
			UPDATE ba_outage SET failed = CASE WHEN CAST(@account AS uuid) = ANY (failed) OR cardinality(failed) >= @enough THEN failed ELSE failed || CAST(@account AS uuid) END
			WHERE id = 1 RETURNING cardinality(failed) AS failures, since, retry_at`,
			map[string]any{"account": r.account.ID, "enough": breaks}).Scan(&seen).Error
		if err != nil || seen.Failures < breaks {
			return err
		}
		since := now
		if seen.Since != nil {
			since = *seen.Since
		}
		until, open = now.Add(r.pace.retry(now.Sub(since))), true
		return tx.Exec("UPDATE ba_outage SET since = ?, retry_at = ? WHERE id = 1", since, until).Error
	})
	if err != nil {
		return time.Time{}, false, fmt.Errorf("note that the BA was not reached: %w", err)
	}
	r.outage = outage{Failures: seen.Failures}
	if open && seen.Since == nil {
		r.log.ErrorContext(ctx, "the BA is out for everybody", "accounts", seen.Failures, "error", failure)
	}
	return until, open, nil
}

// gotThrough closes the breaker, if it was open or about to open, and brings those back that wait for it.
func (r *run) gotThrough(ctx context.Context) error {
	if r.outage.Failures == 0 {
		return nil
	}
	now, was := r.now(), r.outage
	r.outage = outage{}
	err := r.db.InPlatform(ctx, func(tx *gorm.DB) error {
		closed := tx.Exec("UPDATE ba_outage SET failed = '{}', since = NULL, retry_at = NULL WHERE id = 1")
		if closed.Error != nil || was.Since == nil {
			return closed.Error
		}
		r.log.InfoContext(ctx, "the BA is back", "since", *was.Since)
		return tx.Exec(`
			UPDATE account_schedule SET next_run_at = CAST(@now AS timestamptz) + (hashtext(account_id::text)::bigint & 2147483647) % @spread * interval '1 millisecond'
			WHERE claimed_by IS NULL AND next_run_at > @now AND next_run_at <= @last`,
			map[string]any{"now": now, "spread": outageSpread.Milliseconds(), "last": now.Add(probeFor + r.pace.Retries[len(r.pace.Retries)-1] + outageSpread)}).Error
	})
	if err != nil {
		return fmt.Errorf("note that the BA was reached: %w", err)
	}
	return nil
}

// waitOutage shows that the BA is out, without telling it account by account, and returns when this one is looked at again: each at its own
// second, so that they do not come back all at once.
func (r *run) waitOutage(ctx context.Context, until time.Time) (*time.Time, error) {
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		_, err := r.show(tx, HostOut.New(nil))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("show that the BA is out: %w", err)
	}
	return new(until.Add(ownMoment(r.account.ID, outageSpread))), nil
}
