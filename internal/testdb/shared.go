package testdb

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
)

// The first of the two numbers of our advisory locks; the second is the run, or a hash of the migrations.
const (
	lockRun      = 0x5745_0001
	lockTemplate = 0x5745_0002
)

// checkRights returns the server's version, and an error that names what is missing when it is too old, or when the role of the
// connection may not create roles and databases.
func checkRights(ctx context.Context, conn *pgx.Conn) (string, error) {
	var version, role string
	var number int
	var superuser, roles, databases bool
	err := conn.QueryRow(ctx, `
		SELECT current_setting('server_version'), current_setting('server_version_num')::int,
		       rolname, rolsuper, rolcreaterole, rolcreatedb
		FROM pg_roles WHERE rolname = current_user`).Scan(&version, &number, &role, &superuser, &roles, &databases)
	switch {
	case err != nil:
		return "", fmt.Errorf("read the role's rights: %w", err)
	case number < MinMajor*10_000:
		return "", fmt.Errorf("the server is PostgreSQL %s, and %d is the oldest that works", version, MinMajor)
	case superuser || (roles && databases):
		return version, nil
	default:
		return "", fmt.Errorf("the role %q may not create roles and databases, which needs: ALTER ROLE %s CREATEROLE CREATEDB",
			role, quote(role))
	}
}

// claimRun takes the lock that says that the run is alive, for as long as the connection lives.
func claimRun(ctx context.Context, conn *pgx.Conn, run string) error {
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1, $2)", lockRun, runNumber(run)); err != nil {
		return fmt.Errorf("claim run %s: %w", run, err)
	}
	return nil
}

// runNumber returns the run as PostgreSQL's signed number of the same bits.
func runNumber(run string) int32 {
	number, _ := strconv.ParseUint(run, 16, 32) // made by newRun or matched by a pattern
	return int32(uint32(number))                //nolint:gosec // the same 32 bits, read as signed
}

// sweepRuns drops what runs left behind that were killed. A lock is taken inside one database but seen from all of them, so runs
// that reached the server by another database are left alone while they live.
func sweepRuns(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		WITH found AS (SELECT datname AS name FROM pg_database UNION SELECT rolname FROM pg_roles),
		     runs AS (SELECT DISTINCT substring(name FROM '^stellwerk_([0-9a-f]{8})_') AS run FROM found)
		SELECT run FROM runs WHERE run IS NOT NULL AND NOT EXISTS (
			SELECT FROM pg_locks
			WHERE locktype = 'advisory' AND granted AND classid = $1::bigint::oid
			  AND objid::bigint = ('x' || run)::bit(32)::bigint)`, lockRun)
	if err != nil {
		return fmt.Errorf("look for killed runs: %w", err)
	}
	runs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look for killed runs: %w", err)
	}
	for _, run := range runs {
		// What this role may not drop, or another process is dropping just now, is not ours to worry about.
		_ = dropRun(ctx, conn, run)
	}
	return nil
}

// dropRun drops the databases of a run, then its roles.
func dropRun(ctx context.Context, conn *pgx.Conn, run string) error {
	databases, err := namesOfRun(ctx, conn, "SELECT datname FROM pg_database WHERE starts_with(datname, $1)", run)
	if err != nil {
		return err
	}
	roles, err := namesOfRun(ctx, conn, "SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", run)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range databases {
		errs = append(errs, dropDatabase(ctx, conn, name))
	}
	for _, name := range roles {
		errs = append(errs, dropRole(ctx, conn, name))
	}
	return errors.Join(errs...)
}

func namesOfRun(ctx context.Context, conn *pgx.Conn, query, run string) ([]string, error) {
	rows, err := conn.Query(ctx, query, namePrefix+run+"_")
	if err != nil {
		return nil, fmt.Errorf("list what run %s made: %w", run, err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list what run %s made: %w", run, err)
	}
	return names, nil
}
