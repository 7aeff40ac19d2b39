// Package figures reads how the whole platform is doing, for its figures: what waits, and what all tenants have together. It goes through
// the walls between tenants as all work does: what waits stands in platform tables, and what tenants have is counted tenant by tenant.
package figures

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// readPulse reads how much work waits: three short queries over platform tables, each on an index.
func readPulse(ctx context.Context, db *database.DB, now time.Time) (telemetry.Pulse, error) {
	p := telemetry.Pulse{At: now, Jobs: map[string]int{}, JobAge: map[string]time.Duration{}}
	err := db.InPlatform(ctx, func(tx *gorm.DB) error {
		waiting, err := jobs.Unfinished(tx)
		if err != nil {
			return err
		}
		for _, w := range waiting {
			p.Jobs[w.State], p.JobAge[w.State] = w.Jobs, max(0, now.Sub(w.Oldest))
		}
		due, err := transfer.Due(tx, now)
		p.Due, p.Claimed, p.Late, p.Out = due.Accounts, due.Claimed, due.Late, due.Out
		return err
	})
	if err != nil {
		return telemetry.Pulse{}, fmt.Errorf("read what waits: %w", err)
	}
	return p, nil
}
