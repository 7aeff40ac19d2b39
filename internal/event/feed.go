package event

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// Filter picks events of the feed; zero values pick all.
type Filter struct {
	// Kinds are kinds, or the subjects of kinds: "posting" for all that happens to postings.
	Kinds   []string
	Subject uuid.UUID
	// Since leaves out what happened before.
	Since time.Time
}

// Part is a part of the feed, oldest first.
type Part struct {
	Events []Event
	// Next is where the part after this one begins, which may come into being later.
	Next Place
	// More says that there is more already.
	More bool
}

// Place is a place in the feed: all events up to a position were told. The zero value is its beginning.
type Place int64

// placeBytes is how many bytes a place has as a cursor.
const placeBytes = 8

// String writes the place as a cursor.
func (p Place) String() string {
	return database.WriteCursor(binary.BigEndian.AppendUint64(nil, uint64(p))) //nolint:gosec // never negative
}

// ReadPlace reads a cursor; nil is the beginning. It returns database.BadCursor.
func ReadPlace(cursor *string) (Place, error) {
	if cursor == nil {
		return 0, nil
	}
	raw, err := database.ReadCursor(*cursor, placeBytes)
	if err != nil {
		return 0, err
	}
	if raw[0] > 0x7F {
		return 0, database.BadCursor.New(nil)
	}
	return Place(binary.BigEndian.Uint64(raw)), nil //nolint:gosec // the highest bit is not set
}

// Feed returns at most limit events of the tenant of the context after a place. An event is told after it was committed, once, and none is
// passed over, however long its transaction took. It returns database.BadCursor for a place that the feed has not reached.
func Feed(ctx context.Context, db *database.DB, filter Filter, after Place, limit int) (Part, error) {
	tenant, err := scope.Tenant(ctx)
	if err != nil {
		return Part{}, err
	}
	return feed(ctx, db, func(query *gorm.DB) *gorm.DB { return filter.in(query.Where("tenant_id = ?", tenant)) }, after, limit)
}

// FeedOfAll is Feed for the events of all tenants.
func FeedOfAll(ctx context.Context, db *database.DB, filter Filter, after Place, limit int) (Part, error) {
	return feed(ctx, db, filter.in, after, limit)
}

func feed(ctx context.Context, db *database.DB, filter func(*gorm.DB) *gorm.DB, after Place, limit int) (Part, error) {
	var told []entry
	var head Place
	err := db.InPlatform(ctx, func(tx *gorm.DB) error {
		if err := number(tx); err != nil {
			return err
		}
		// First how far the feed goes, then what is in it up to there: positions are committed in their order.
		if err := tx.Raw("SELECT coalesce(max(position), 0) FROM event_feed").Scan(&head).Error; err != nil {
			return err
		}
		if after > head {
			return database.BadCursor.New(nil)
		}
		return filter(tx.Where("position > ? AND position <= ?", after, head)).Order("position").Limit(limit + 1).Find(&told).Error
	})
	if err != nil {
		return Part{}, fmt.Errorf("read the feed: %w", err)
	}
	part := Part{Next: head}
	if len(told) > limit {
		told = told[:limit]
		part.Next, part.More = told[limit-1].Position, true
	}
	part.Events, err = read(ctx, db, told)
	return part, err
}

func (f Filter) in(query *gorm.DB) *gorm.DB {
	if len(f.Kinds) > 0 {
		query = query.Where("(kind IN ? OR split_part(kind, '.', 1) IN ?)", f.Kinds, f.Kinds)
	}
	if f.Subject != uuid.Nil {
		query = query.Where("subject_id = ?", f.Subject)
	}
	if !f.Since.IsZero() {
		query = query.Where("at >= ?", f.Since)
	}
	return query
}

// entry is an event's entry in the feed.
type entry struct {
	EventID  uuid.UUID `gorm:"primaryKey"`
	TenantID uuid.UUID
	Position Place
}

// TableName is event_feed.
func (entry) TableName() string { return "event_feed" }

const (
	// feedLock is the advisory lock under which positions are given. The number has no meaning; it only has to stay.
	feedLock = 7_355_609
	// numberBatch and numberBatches bound how many events are numbered at once.
	numberBatch   = 5000
	numberBatches = 20
)

// number gives the events that have none yet their positions. Only one transaction at a time does, and the next one begins when its positions
// can be seen: whoever sees a position sees all before it.
func number(tx *gorm.DB) error {
	var pending bool
	if err := tx.Raw("SELECT EXISTS (SELECT FROM event_feed WHERE position IS NULL)").Scan(&pending).Error; err != nil || !pending {
		return err
	}
	if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", feedLock).Error; err != nil {
		return err
	}
	for range numberBatches {
		done := tx.Exec(`
			UPDATE event_feed AS feed SET position = head.position + pending.number
			FROM (SELECT coalesce(max(position), 0) AS position FROM event_feed) AS head,
				(SELECT event_id, row_number() OVER (ORDER BY event_id) AS number
				 FROM event_feed WHERE position IS NULL ORDER BY event_id LIMIT ?) AS pending
			WHERE feed.event_id = pending.event_id`, numberBatch)
		if done.Error != nil || done.RowsAffected < numberBatch {
			return done.Error
		}
	}
	return nil
}

// read reads the events of entries, each as its tenant, and keeps their order.
func read(ctx context.Context, db *database.DB, told []entry) ([]Event, error) {
	ofTenant := map[uuid.UUID][]uuid.UUID{}
	for _, e := range told {
		ofTenant[e.TenantID] = append(ofTenant[e.TenantID], e.EventID)
	}
	byID := make(map[uuid.UUID]Event, len(told))
	for tenant, ids := range ofTenant {
		var found []Event
		err := db.InTx(scope.WithTenant(ctx, tenant), func(tx database.Tx) error {
			return tx.Of(&Event{}).Where("id IN ?", ids).Find(&found).Error
		})
		if err != nil {
			return nil, fmt.Errorf("read events: %w", err)
		}
		for _, e := range found {
			byID[e.ID] = e
		}
	}
	events := make([]Event, 0, len(told))
	for _, e := range told {
		if found, ok := byID[e.EventID]; ok {
			events = append(events, found)
		}
	}
	return events, nil
}

// IsKind reports whether something is a kind of event, or the subject of kinds.
func IsKind(name string) bool {
	for _, kind := range Kinds() {
		subject, _, _ := strings.Cut(string(kind), ".")
		if name == string(kind) || name == subject {
			return true
		}
	}
	return false
}
