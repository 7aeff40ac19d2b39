package figures

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/time/rate"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// tenantsAtOnce is how many ids of tenants are read at a time.
const tenantsAtOnce = 500

// count counts what all tenants have, one short transaction for each of them, as fast as pace allows.
func count(ctx context.Context, db *database.DB, pace *rate.Limiter, now func() time.Time) (telemetry.Census, error) {
	c := telemetry.Census{Ads: map[telemetry.AdState]int{}}
	for last := uuid.Nil; ; {
		found, err := tenantsAfter(ctx, db, last)
		if err != nil {
			return telemetry.Census{}, err
		}
		for _, id := range found {
			if err := pace.Wait(ctx); err != nil {
				return telemetry.Census{}, err
			}
			if err := countTenant(scope.WithTenant(ctx, id), db, &c); err != nil {
				return telemetry.Census{}, fmt.Errorf("count tenant %s: %w", id, err)
			}
		}
		if len(found) < tenantsAtOnce {
			c.At = now()
			return c, nil
		}
		last = found[len(found)-1]
	}
}

// tenantsAfter returns the ids of the next tenants in the order of their ids.
func tenantsAfter(ctx context.Context, db *database.DB, last uuid.UUID) ([]uuid.UUID, error) {
	var found []uuid.UUID
	err := db.InPlatform(ctx, func(tx *gorm.DB) error {
		return tx.Model(&tenant.Tenant{}).Where("id > ?", last).Order("id").Limit(tenantsAtOnce).Pluck("id", &found).Error
	})
	if err != nil {
		return nil, fmt.Errorf("list tenants: %w", err)
	}
	return found, nil
}

// countTenant adds what the tenant of the context has.
func countTenant(ctx context.Context, db *database.DB, c *telemetry.Census) error {
	var ads []struct {
		AtBa, Change string
		Ads          int
	}
	var ends []time.Time
	err := db.InTx(ctx, func(tx database.Tx) error {
		if err := tx.Of(&posting.Posting{}).Select("at_ba, change, count(*) AS ads").Group("at_ba, change").Scan(&ads).Error; err != nil {
			return err
		}
		return tx.Of(&credential.Certificate{}).Where("state = ?", credential.Active).Pluck("not_after", &ends).Error
	})
	if err != nil {
		return err
	}
	c.Tenants++
	for _, some := range ads {
		c.Ads[telemetry.AdState{AtBA: some.AtBa, Change: some.Change}] += some.Ads
	}
	c.Ends = append(c.Ends, ends...)
	return nil
}
