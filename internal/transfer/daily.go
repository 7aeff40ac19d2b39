package transfer

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
)

// StatisticsFile is one of the BA's workbooks about an account, as it was downloaded: what was refused, which ads there are.
type StatisticsFile struct {
	AccountID uuid.UUID `gorm:"primaryKey"`
	TenantID  uuid.UUID
	Name      string `gorm:"primaryKey"`
	// Digest is the SHA-256 of the workbook, Size its size in bytes.
	Digest  []byte `gorm:"primaryKey"`
	Content packed
	Size    int
	// FetchedAt is when this content was downloaded first.
	FetchedAt time.Time
}

// TableName is statistics_files.
func (StatisticsFile) TableName() string { return "statistics_files" }

const (
	// lookHour is when accounts look through their folder once a day, on the clocks in Germany: before the BA's working hours, when nothing
	// else goes on. Daylight saving never skips or repeats it.
	lookHour = 5
	// lookSpread is the span of time over which they do.
	lookSpread = time.Hour
	// lookAgain is when it is tried again after a failure.
	lookAgain = time.Hour
	// lookFor bounds one look, so that the account's own files do not wait for it.
	lookFor = time.Minute
	// maxWorkbook bounds one workbook, in bytes.
	maxWorkbook = 16 << 20
	// keepWorkbooks is how long a workbook is kept.
	keepWorkbooks = 366 * 24 * time.Hour
)

// lookDue is when the account looks through its folder next. The first time is the day after its activation.
func (r *run) lookDue() time.Time {
	if r.way.StatisticsAfter != nil {
		return *r.way.StatisticsAfter
	}
	if r.account.ActiveSince == nil {
		return r.lookOn(r.today().AddDays(1))
	}
	return r.lookOn(dayOf(*r.account.ActiveSince, r.berlin).AddDays(1))
}

// lookOn is the account's own minute of a day.
func (r *run) lookOn(day calendar.Date) time.Time {
	return onDay(day, lookHour, r.berlin).Add(ownMoment(r.account.ID, lookSpread))
}

// lookDaily goes through the account's folder though nothing is waited for, and fetches the BA's statistics. What fails is tried again in an
// hour, and is no trouble of the account: its files do not depend on it.
func (r *run) lookDaily(ctx context.Context) error {
	next := r.lookOn(r.today().AddDays(1))
	if err := r.lookThrough(ctx); err != nil {
		if ctx.Err() != nil {
			return err
		}
		r.log.WarnContext(ctx, "the daily look through the account's folder failed", "account", r.account.ID, "error", err)
		next = r.now().Add(lookAgain)
	}
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		found, err := wayOf(tx, r.account.ID)
		if err != nil {
			return err
		}
		found.StatisticsAfter = &next
		return found.save(tx)
	})
	if err != nil {
		return fmt.Errorf("note the daily look: %w", err)
	}
	return nil
}

func (r *run) lookThrough(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	if err := r.connect(ctx); err != nil {
		return err
	}
	entries, err := r.session.List(ctx)
	if err != nil {
		return err
	}
	if err := r.gotThrough(ctx); err != nil {
		return err
	}
	if err := r.lookAround(ctx, entries); err != nil {
		return err
	}
	if err := r.fetchStatistics(ctx); err != nil {
		return err
	}
	return r.showStanding(ctx)
}

// fetchStatistics keeps the BA's workbooks raw, each content once.
func (r *run) fetchStatistics(ctx context.Context) error {
	workbooks, err := r.session.Statistics(ctx)
	if err != nil {
		return err
	}
	for _, entry := range workbooks {
		content, err := r.session.DownloadStatistics(ctx, entry.Name, maxWorkbook)
		if err != nil {
			return err
		}
		if err := r.keepStatistics(ctx, entry.Name, content); err != nil {
			return fmt.Errorf("keep statistics %s: %w", entry.Name, err)
		}
	}
	return nil
}

func (r *run) keepStatistics(ctx context.Context, name string, content []byte) error {
	digest := sha256.Sum256(content)
	return r.db.InTx(ctx, func(tx database.Tx) error {
		file := StatisticsFile{
			AccountID: r.account.ID, TenantID: tx.Tenant, Name: name, Digest: digest[:], Content: content, Size: len(content), FetchedAt: r.now(),
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&file).Error; err != nil {
			return err
		}
		return tx.Of(&StatisticsFile{}).Where("account_id = ? AND fetched_at < ?", r.account.ID, r.now().Add(-keepWorkbooks)).
			Delete(&StatisticsFile{}).Error
	})
}
