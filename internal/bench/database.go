package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

// connections is how many connections the processes open at most.
const connections = 4

// dropTimeout bounds the dropping of the database.
const dropTimeout = 30 * time.Second

// withPostings runs do with a database of its own, in which one tenant has that many postings.
func withPostings(ctx context.Context, postings int, do func(urls testdb.Database, tenant uuid.UUID) error) error {
	return withDatabase(ctx, func(urls testdb.Database) error {
		owner, err := fill(ctx, urls, postings)
		if err != nil {
			return fmt.Errorf("fill the database: %w", err)
		}
		return do(urls, owner)
	})
}

// withDatabase runs do with a migrated database of its own.
func withDatabase(ctx context.Context, do func(urls testdb.Database) error) (err error) {
	cluster, err := testdb.StartCluster(ctx, testdb.Options{})
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
	return do(urls)
}

// fill makes a tenant with an account, an organisation and postings.
func fill(ctx context.Context, urls testdb.Database, postings int) (uuid.UUID, error) {
	db, err := database.Open(ctx, urls.AppURL, connections, slog.New(slog.DiscardHandler))
	if err != nil {
		return uuid.Nil, err
	}
	defer db.Close()
	directory := tenant.NewDirectory(db, func() time.Time { return now })
	made, err := directory.Create(ctx, employerName)
	if err != nil {
		return uuid.Nil, err
	}
	ctx = scope.WithCaller(scope.WithTenant(ctx, made.ID), scope.Caller{Kind: scope.TenantToken, Name: "bench", Tenant: made.ID})
	account, err := directory.CreateAccount(ctx, tenant.AccountInput{Name: employerName, SupplierID: new(supplierID), AllianceNumber: new(alliance)})
	if err != nil {
		return uuid.Nil, err
	}
	organisation, err := directory.CreateOrganisation(ctx, account.ID, tenant.OrganisationInput{
		Name: employerName, Town: "Nürnberg", Kundennummer: kundennummer,
	})
	if err != nil {
		return uuid.Nil, err
	}
	return made.ID, copyIn(ctx, urls.OwnerURL, postings, made.ID, account.ID, organisation.ID)
}

// copyIn writes postings with one revision each, as the tables' owner: row-level security leaves COPY to nobody else.
func copyIn(ctx context.Context, ownerURL string, postings int, owner, account, organisation uuid.UUID) error {
	conn, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	ids := make([]uuid.UUID, postings)
	for i := range ids {
		if ids[i], err = uuid.NewV7(); err != nil {
			return err
		}
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"postings"}, []string{
		"id", "tenant_id", "account_id", "hiring_organisation_id", "publish", "latest_revision", "title", "employment_type",
		"at_ba", "change", "change_since", "reference", "version", "created_at", "updated_at",
	}, pgx.CopyFromSlice(postings, func(i int) ([]any, error) {
		c := content(i)
		return []any{
			ids[i], owner, account, organisation, true, 1, c.Title, string(c.EmploymentType), "none", "waiting", now, reference(i), 1, now, now,
		}, nil
	}))
	if err != nil {
		return err
	}
	_, err = conn.CopyFrom(ctx, pgx.Identifier{"posting_revisions"}, []string{
		"tenant_id", "posting_id", "number", "content", "created_at", "created_by",
	}, pgx.CopyFromSlice(postings, func(i int) ([]any, error) {
		raw, err := json.Marshal(content(i))
		return []any{owner, ids[i], 1, raw, now, "bench"}, err
	}))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "ANALYZE postings, posting_revisions")
	return err
}
