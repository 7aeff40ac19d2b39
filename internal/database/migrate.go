package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/rivermigrate"
)

// migrateLock is the advisory lock under which migrations run, so that machines starting together do not trip over each other.
// The number has no meaning; it only has to stay.
const migrateLock = 7_355_608

// migrateTimeout bounds a migration, waiting for the lock included.
const migrateTimeout = 10 * time.Minute

// Migrate brings the database to the newest schema: the house's own migrations, River's, then the rights of the program's role.
// ownerURL belongs to the role that owns the tables; programURL is where the program will connect, and names the role that gets
// the rights. Both roles must exist. It may run again at any time and from several machines at once.
func Migrate(ctx context.Context, migrations fs.FS, ownerURL, programURL string) error {
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	program, err := pgx.ParseConfig(programURL)
	if err != nil {
		return errors.New("migrate: the program's database URL cannot be read")
	}
	owner, err := pgx.ParseConfig(ownerURL)
	if err != nil {
		return errors.New("migrate: the owner's database URL cannot be read")
	}
	if owner.User == program.User {
		return fmt.Errorf("migrate: the program's role %q must not be the owner of the tables: make a second role for it", program.User)
	}
	db := stdlib.OpenDB(*owner)
	defer func() { _ = db.Close() }()
	return underLock(ctx, db, func() error {
		if err := runGoose(ctx, db, migrations); err != nil {
			return err
		}
		if err := runRiver(ctx, db); err != nil {
			return err
		}
		return grant(ctx, db, program.User)
	})
}

// underLock runs do while this connection holds the advisory lock of migrations.
func underLock(ctx context.Context, db *sql.DB, do func() error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("migrate: connect as the owner: %w", err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", migrateLock); err != nil {
		return fmt.Errorf("migrate: wait for other migrations: %w", err)
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrateLock)
	}()
	return do()
}

func runGoose(ctx context.Context, db *sql.DB, migrations fs.FS) error {
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations)
	if err != nil {
		return fmt.Errorf("migrate: read the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

func runRiver(ctx context.Context, db *sql.DB) error {
	migrator, err := rivermigrate.New(riverdatabasesql.New(db), nil)
	if err != nil {
		return fmt.Errorf("migrate river: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate river: %w", err)
	}
	return nil
}

// grant gives the program's role what it needs: rows, never tables.
func grant(ctx context.Context, db *sql.DB, role string) error {
	name := pgx.Identifier{role}.Sanitize()
	for _, statement := range []string{
		"GRANT USAGE ON SCHEMA public TO " + name,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + name,
		"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO " + name,
		"REVOKE INSERT, UPDATE, DELETE ON goose_db_version FROM " + name,
	} {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("migrate: grant rights to %s: %w", name, err)
		}
	}
	return nil
}

// CheckRole returns an error when the program is connected as a role for which row-level security would not hold: a superuser,
// one with BYPASSRLS, or the owner of the tables. It also notices a database that was never migrated.
func (db *DB) CheckRole(ctx context.Context) error {
	var bypasses, owns, migrated bool
	err := db.pool.QueryRow(ctx, `
		SELECT role.rolsuper OR role.rolbypassrls,
		       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND pg_has_role(current_user, tableowner, 'MEMBER')),
		       EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename = 'tenants')
		FROM pg_roles role WHERE role.rolname = current_user`).Scan(&bypasses, &owns, &migrated)
	switch {
	case err != nil:
		return fmt.Errorf("check the database role: %w", err)
	case bypasses:
		return errors.New("the database role is a superuser or has BYPASSRLS, so tenants would not be kept apart: " +
			"use a plain role in STELLWERK_DATABASE_URL")
	case owns:
		return errors.New("the database role owns the tables, so tenants would not be kept apart: " +
			"use the owner in STELLWERK_MIGRATE_DATABASE_URL and a second, plain role in STELLWERK_DATABASE_URL")
	case !migrated:
		return errors.New("the database has no tables yet: run `stellwerk migrate` first")
	}
	return nil
}
