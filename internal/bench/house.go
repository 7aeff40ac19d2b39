package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/api"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

const (
	// houseTenants is how many tenants the measured API serves, and adsOfTenant how many ads each of them has.
	houseTenants = 10_000
	adsOfTenant  = 100
	// askingTenants are those whose software asks while it is measured: every tenth.
	askingTenants = 1_000
	// clients ask at the same time.
	clients = 16
)

// customer is a tenant whose software asks.
type customer struct {
	Tenant, Account, Organisation uuid.UUID
	token                         string
}

// house is the API on a database that writes through to the disk.
type house struct {
	urls      testdb.Database
	server    *httptest.Server
	recorder  *recorder
	customers []customer
}

// withHouse runs do with a full house.
func withHouse(ctx context.Context, do func(h *house) error) (err error) {
	cluster, err := testdb.StartCluster(ctx, testdb.Options{Durable: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	urls, drop, err := cluster.NewDatabase(ctx, "bench")
	if err != nil {
		return err
	}
	defer func() {
		dropping, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
		defer cancel()
		err = errors.Join(err, drop(dropping))
	}()
	if err := database.Migrate(ctx, migrations.Files, urls.OwnerURL, urls.AppURL); err != nil {
		return err
	}
	h := &house{urls: urls, recorder: &recorder{}}
	if err := h.fill(ctx); err != nil {
		return fmt.Errorf("fill the house: %w", err)
	}
	log := slog.New(slog.DiscardHandler)
	db, err := database.Open(ctx, urls.AppURL, clients, log, database.Traced(h.recorder))
	if err != nil {
		return err
	}
	defer db.Close()
	if err := h.open(ctx, db, log); err != nil {
		return err
	}
	defer h.server.Close()
	return do(h)
}

// open serves the API, and makes a token for each customer.
func (h *house) open(ctx context.Context, db *database.DB, log *slog.Logger) error {
	berlin, err := calendar.Berlin()
	if err != nil {
		return err
	}
	queue, err := jobs.NewQueue(log)
	if err != nil {
		return err
	}
	tokens := identity.NewTokens(db, time.Now)
	handler, err := api.New(api.Doors{
		DB: db, Tenants: tenant.NewDirectory(db, time.Now), Tokens: tokens,
		Postings: posting.NewDesk(db, time.Now, berlin, transfer.Waker(queue, time.Now, transfer.DefaultPace().Quiet)),
	}, log)
	if err != nil {
		return err
	}
	for i := range h.customers {
		_, made, err := tokens.CreateTenant(ctx, h.customers[i].Tenant, identity.Request{Name: "ATS", Scopes: []string{"postings:read", "postings:write"}})
		if err != nil {
			return err
		}
		h.customers[i].token = made.Reveal()
	}
	h.server = httptest.NewServer(handler)
	return nil
}

// Foreign keys are set aside while the many rows are written, and checked at once when they are put back.
const (
	setAside = `DO $$ DECLARE k record; BEGIN
		CREATE TABLE set_aside AS SELECT conrelid::regclass::text AS of, conname AS name, pg_get_constraintdef(oid) AS rule FROM pg_constraint
			WHERE contype = 'f' AND conrelid IN ('postings'::regclass, 'posting_revisions'::regclass);
		FOR k IN SELECT * FROM set_aside LOOP EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', k.of, k.name); END LOOP; END $$`
	putBack = `DO $$ DECLARE k record; BEGIN
		FOR k IN SELECT * FROM set_aside LOOP EXECUTE format('ALTER TABLE %s ADD CONSTRAINT %I %s', k.of, k.name, k.rule); END LOOP;
		DROP TABLE set_aside; END $$`
)

// fill writes tenants with their ads, as the tables' owner, in statements that the server works on by itself.
func (h *house) fill(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, h.urls.OwnerURL)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, statement := range []string{
		`INSERT INTO tenants SELECT gen_random_uuid(), 'Muster Pflege gGmbH', 'open', 1, now(), now() FROM generate_series(1, @tenants)`,
		`INSERT INTO ba_accounts (id, tenant_id, name, path_mode, schema_release, is_default, version, created_at, updated_at)
			SELECT gen_random_uuid(), id, 'Muster Pflege gGmbH', 'unknown', 'P82', true, 1, now(), now() FROM tenants`,
		`INSERT INTO hiring_organisations (id, tenant_id, account_id, name, town, kundennummer, is_default, version, created_at, updated_at)
			SELECT gen_random_uuid(), tenant_id, id, 'Muster Pflege gGmbH', 'Nürnberg', 'A123A12345', true, 1, now(), now() FROM ba_accounts`,
		setAside,
		`INSERT INTO postings (id, tenant_id, external_id, account_id, hiring_organisation_id, publish, latest_revision, title, employment_type,
				at_ba, live_revision, change, change_since, reference, version, created_at, updated_at)
			SELECT gen_random_uuid(), tenant_id, 'REQ-' || n, account_id, id, true, 1, 'Pflegefachkraft (m/w/d)', 'skilled_worker', 'live', 1, 'none', now(),
				'99001-' || substr(id::text, 1, 8) || n, 1, now(), now()
			FROM hiring_organisations, generate_series(1, @ads) AS n`,
		`INSERT INTO posting_revisions (tenant_id, posting_id, number, content, created_at, created_by)
			SELECT tenant_id, id, 1, @content, now(), 'bench' FROM postings`,
		putBack,
		`VACUUM ANALYZE`,
	} {
		args := pgx.NamedArgs{"tenants": houseTenants, "ads": adsOfTenant, "content": smallAd()}
		if _, err := conn.Exec(ctx, statement, args); err != nil {
			return fmt.Errorf("%.40s: %w", statement, err)
		}
	}
	rows, err := conn.Query(ctx, `SELECT o.tenant_id AS tenant, o.account_id AS account, o.id AS organisation FROM hiring_organisations o
		ORDER BY md5(o.id::text) LIMIT $1`, askingTenants)
	if err != nil {
		return err
	}
	h.customers, err = pgx.CollectRows(rows, pgx.RowToStructByName[customer])
	return err
}

// used notes every token as used just now: else its first use in a minute would be measured with the request.
func (h *house) used(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, h.urls.OwnerURL)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	_, err = conn.Exec(ctx, `UPDATE api_tokens SET last_used_at = now()`)
	return err
}
