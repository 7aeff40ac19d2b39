// Package testhouse is what tests of the domain share: a migrated database of the test's own, a clock that stands until it is moved, and
// tenants. Tests that need the BA start package basim beside it.
package testhouse

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

// connections is how many connections one test opens at most.
const connections = 8

// House is one test's database and clock.
type House struct {
	DB     *database.DB
	URLs   testdb.Database
	Clock  *Clock
	Berlin *time.Location
	Log    *slog.Logger
}

// New returns a house of the test's own; it is gone when the test ends. Its clock stands at 09:30 in Germany on 24 November 2026.
func New(t *testing.T) *House {
	t.Helper()
	urls := testdb.New(t, migrate, version(t))
	berlin, err := calendar.Berlin()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	db, err := database.Open(t.Context(), urls.AppURL, connections, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return &House{
		DB: db, URLs: urls, Clock: NewClock(time.Date(2026, 11, 24, 9, 30, 0, 0, berlin)), Berlin: berlin, Log: log,
	}
}

// Tenant makes a tenant, and returns its id and a context in which a token of its own works for it.
func (h *House) Tenant(t *testing.T, name string) (uuid.UUID, context.Context) {
	t.Helper()
	created, err := tenant.NewDirectory(h.DB, h.Clock.Now).Create(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	ctx := scope.WithTenant(t.Context(), created.ID)
	return created.ID, scope.WithCaller(ctx, scope.Caller{Kind: scope.TenantToken, Name: name + "'s software", Tenant: created.ID})
}

// Clock is a clock that stands until it is moved. It is safe for concurrent use.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock returns a clock that stands at a time.
func NewClock(at time.Time) *Clock { return &Clock{now: at} }

// Now returns what the clock shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add moves the clock on.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Set puts the clock to a time.
func (c *Clock) Set(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = at
}

func migrate(ctx context.Context, ownerURL, appURL string) error {
	return database.Migrate(ctx, migrations.Files, ownerURL, appURL)
}

// version names the migrations by their content.
func version(t *testing.T) string {
	t.Helper()
	hash := sha256.New()
	names, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		content, err := fs.ReadFile(migrations.Files, name)
		if err != nil {
			t.Fatal(err)
		}
		hash.Write(content)
	}
	return hex.EncodeToString(hash.Sum(nil))
}
