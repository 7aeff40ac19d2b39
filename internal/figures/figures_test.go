package figures

import (
	"bytes"
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/time/rate"

	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// house is a test's database, and a connection to it as the tables' owner, who sees everything.
type house struct {
	*testhouse.House
	owner *pgx.Conn
}

func newHouse(t *testing.T) house {
	t.Helper()
	h := house{House: testhouse.New(t)}
	var err error
	if h.owner, err = pgx.Connect(t.Context(), h.URLs.OwnerURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.owner.Close(context.WithoutCancel(t.Context())) })
	return h
}

func (h house) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if _, err := h.owner.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
}

// account makes a tenant's account with an organisation and returns their ids.
func (h house) account(ctx context.Context, t *testing.T) (account, organisation uuid.UUID) {
	t.Helper()
	directory := tenant.NewDirectory(h.DB, h.Clock.Now)
	made, err := directory.CreateAccount(ctx, tenant.AccountInput{Name: "Muster"})
	if err != nil {
		t.Fatal(err)
	}
	branch, err := directory.CreateOrganisation(ctx, made.ID, tenant.OrganisationInput{Name: "Muster", Town: "Nürnberg", Kundennummer: "A123A12345"})
	if err != nil {
		t.Fatal(err)
	}
	return made.ID, branch.ID
}

func TestWhatAllTenantsHaveIsCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	now := h.Clock.Now()
	for i := range 3 {
		owner, ctx := h.Tenant(t, "Muster")
		account, organisation := h.account(ctx, t)
		for _, state := range [][2]string{{"none", "draft"}, {"live", "none"}, {"live", "none"}}[:i+1] {
			h.exec(t, `INSERT INTO postings (id, tenant_id, account_id, hiring_organisation_id, publish, latest_revision, title, employment_type,
				at_ba, change, change_since, version, created_at, updated_at)
				VALUES (gen_random_uuid(), $1, $2, $3, true, 1, 'x', 'job', $4, $5, $6, 1, $6, $6)`,
				owner, account, organisation, state[0], state[1], now)
		}
		for _, state := range []string{"active", "retired"} {
			h.exec(t, `INSERT INTO certificates (id, tenant_id, account_id, state, subject, issuer, serial, fingerprint, not_before, not_after,
				created_at, created_by, updated_at) VALUES (gen_random_uuid(), $1, $2, $3, '', '', '', repeat('a', 64), $4, $5, $4, '', $4)`,
				owner, account, state, now, now.AddDate(0, 0, i))
		}
	}

	got, err := count(t.Context(), h.DB, rate.NewLimiter(rate.Inf, 1), h.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}

	want := map[telemetry.AdState]int{{AtBA: "none", Change: "draft"}: 3, {AtBA: "live", Change: "none"}: 3}
	if diff := cmp.Diff(want, got.Ads); diff != "" || got.Tenants != 3 || len(got.Ends) != 3 || !got.At.Equal(now) {
		t.Errorf("%d tenants, %d ends at %s; ads: %s", got.Tenants, len(got.Ends), got.At, diff)
	}
}

func TestMoreTenantsThanOnePageAreCountedOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.exec(t, `INSERT INTO tenants SELECT gen_random_uuid(), 'x', 'open', 1, $1, $1 FROM generate_series(1, $2)`, h.Clock.Now(), 2*tenantsAtOnce)

	got, err := count(t.Context(), h.DB, rate.NewLimiter(rate.Inf, 1), h.Clock.Now)

	if err != nil || got.Tenants != 2*tenantsAtOnce {
		t.Errorf("%d tenants, %v", got.Tenants, err)
	}
}

func TestACountThatIsBrokenOffCountsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.Tenant(t, "Muster")
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var logged bytes.Buffer
	metrics := telemetry.NewMetrics()

	Options{DB: h.DB, Metrics: metrics, Now: h.Clock.Now, Log: slog.New(slog.NewTextHandler(&logged, nil))}.census(ctx)

	if logged.Len() > 0 {
		t.Errorf("the program's end is no failure: %s", &logged)
	}
}

func TestWhatWaitsIsRead(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	now := h.Clock.Now()
	job := `INSERT INTO river_job (state, args, kind, max_attempts, scheduled_at, attempted_at, finalized_at, attempt) VALUES ($1, '{}', 'x', 5, $2, $3, $4, 1)`
	h.exec(t, job, "available", now.Add(-time.Minute), nil, nil)
	h.exec(t, job, "available", now.Add(-time.Second), nil, nil)
	h.exec(t, job, "running", now.Add(-time.Hour), now.Add(-5*time.Second), nil)
	h.exec(t, job, "retryable", now.Add(time.Hour), nil, nil)
	h.exec(t, job, "scheduled", now.Add(time.Hour), nil, nil)
	h.exec(t, job, "completed", now.Add(-time.Hour), now.Add(-time.Hour), now)
	for _, slot := range []struct{ next, claimed *time.Time }{
		{new(now.Add(-2 * time.Minute)), nil}, {new(now.Add(-time.Minute)), new(now.Add(-time.Second))}, {new(now.Add(time.Minute)), nil}, {nil, new(now.Add(time.Second))},
	} {
		owner, ctx := h.Tenant(t, "Muster")
		account, _ := h.account(ctx, t)
		var holder *uuid.UUID
		if slot.claimed != nil {
			holder = new(uuid.New())
		}
		h.exec(t, `INSERT INTO account_schedule (account_id, tenant_id, next_run_at, claimed_by, claimed_until) VALUES ($1, $2, $3, $4, $5)`,
			account, owner, slot.next, holder, slot.claimed)
	}

	got, err := readPulse(t.Context(), h.DB, now)
	if err != nil {
		t.Fatal(err)
	}

	want := telemetry.Pulse{
		At: now, Jobs: map[string]int{"available": 2, "running": 1, "retryable": 1},
		JobAge: map[string]time.Duration{"available": time.Minute, "running": 5 * time.Second, "retryable": 0},
		Due:    2, Claimed: 1, Late: 2 * time.Minute,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	h.exec(t, `UPDATE ba_outage SET since = $1, retry_at = $1`, now)
	if got, err := readPulse(t.Context(), h.DB, now); err != nil || !got.Out {
		t.Errorf("the BA is out: %+v, %v", got, err)
	}
}

func TestFiguresAreReadAtOnceAndUntilTheEnd(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, stop := context.WithCancel(t.Context())
	read := make(chan struct{})
	done := make(chan struct{})
	clock := func() time.Time {
		select {
		case read <- struct{}{}:
		case <-ctx.Done():
		}
		return h.Clock.Now()
	}
	go func() {
		defer close(done)
		Run(ctx, Options{DB: h.DB, Metrics: telemetry.NewMetrics(), Now: clock, Log: h.Log, Census: true})
	}()

	<-read // what waits
	<-read // what all tenants have
	stop()
	<-done
}
