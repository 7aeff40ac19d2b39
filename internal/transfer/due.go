package transfer

import (
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Load is how many accounts wait to be looked at, on the whole platform.
type Load struct {
	// Accounts are due and nobody works on them, Claimed are those on which somebody does.
	Accounts, Claimed int
	// Late is how long the one that waits longest has been due.
	Late time.Duration
	// Out says that the breaker is open: the BA's host is held to be out.
	Out bool
}

// Due reads, in a platform transaction, how many accounts are due.
func Due(tx *gorm.DB, now time.Time) (Load, error) {
	var found struct {
		Accounts, Claimed int
		Oldest            *time.Time
		Out               bool
	}
	err := tx.Raw(`
		SELECT due.accounts, due.oldest,
		       (SELECT count(*) FROM account_schedule WHERE claimed_until >= @now) AS claimed,
		       (SELECT since IS NOT NULL FROM ba_outage) AS out
		FROM (SELECT count(*) AS accounts, min(next_run_at) AS oldest FROM account_schedule
		      WHERE next_run_at <= @now AND (claimed_until IS NULL OR claimed_until < @now)) AS due`,
		map[string]any{"now": now}).Scan(&found).Error
	if err != nil {
		return Load{}, fmt.Errorf("count due accounts: %w", err)
	}
	load := Load{Accounts: found.Accounts, Claimed: found.Claimed, Out: found.Out}
	if found.Oldest != nil {
		load.Late = now.Sub(*found.Oldest)
	}
	return load, nil
}
