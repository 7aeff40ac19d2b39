package testdb_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/testdb"
)

// migrate makes one table that the program may read, as a real migration would.
func migrate(ctx context.Context, ownerURL, appURL string) error {
	app, err := pgx.ParseConfig(appURL)
	if err != nil {
		return err
	}
	owner, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return err
	}
	defer func() { _ = owner.Close(ctx) }()
	_, err = owner.Exec(ctx, fmt.Sprintf(`
		CREATE TABLE signals (name text PRIMARY KEY);
		GRANT USAGE ON SCHEMA public TO %[1]s;
		GRANT SELECT, INSERT ON signals TO %[1]s`, app.User))
	return err
}

// startCluster starts a cluster for one test.
func startCluster(t *testing.T) *testdb.Cluster {
	t.Helper()
	c, err := testdb.StartCluster(t.Context(), testdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func open(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func query[V any](t *testing.T, conn *pgx.Conn, sql string, args ...any) V {
	t.Helper()
	var value V
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

func TestEveryTestHasAMigratedDatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	first := open(t, testdb.New(t, migrate, "signals").AppURL)
	second := open(t, testdb.New(t, migrate, "signals").AppURL)

	if _, err := first.Exec(t.Context(), "INSERT INTO signals VALUES ('Hp0')"); err != nil {
		t.Fatalf("insert: %v", err)
	}

	if rows := query[int](t, second, "SELECT count(*) FROM signals"); rows != 0 {
		t.Errorf("the second database sees %d rows of the first", rows)
	}
}

func TestTheTemplateIsMigratedOncePerVersion(t *testing.T) {
	t.Parallel()
	version := rand.Text() // no other run of this test has migrated it
	var runs atomic.Int32
	counted := func(ctx context.Context, ownerURL, appURL string) error {
		runs.Add(1)
		return migrate(ctx, ownerURL, appURL)
	}
	t.Run("tests", func(t *testing.T) {
		for range 4 {
			t.Run("parallel", func(t *testing.T) {
				t.Parallel()
				testdb.New(t, counted, version+"1")
			})
		}
	})
	testdb.New(t, counted, version+"2")

	if got := runs.Load(); got != 2 {
		t.Errorf("migrated %d times for two versions", got)
	}
}

func TestTheDatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	var gone string
	t.Run("inner", func(t *testing.T) {
		gone = query[string](t, open(t, testdb.New(t, migrate, "signals").AppURL), "SELECT current_database()::text")
	})

	conn := open(t, testdb.New(t, migrate, "signals").AppURL)
	if query[bool](t, conn, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", gone) {
		t.Errorf("database %s is still there", gone)
	}
}

func TestRowLevelSecurityHoldsForTheProgramsRole(t *testing.T) {
	t.Parallel()
	conn := open(t, testdb.New(t, migrate, "signals").AppURL)

	plain := query[bool](t, conn, `SELECT NOT (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)
		FROM pg_roles WHERE rolname = current_user`)
	member := query[int](t, conn, "SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole")
	owned := query[int](t, conn, "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole")

	if !plain || member != 0 || owned != 0 {
		t.Errorf("plain=%v, member of %d roles, owner of %d tables", plain, member, owned)
	}
}

func TestAnEmptyDatabaseGivesTheProgramNothing(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	db, drop, err := c.NewDatabase(t.Context(), "empty")
	if err != nil {
		t.Fatal(err)
	}
	app, owner := open(t, db.AppURL), open(t, db.OwnerURL)
	if _, err := owner.Exec(t.Context(), "CREATE TABLE signals (name text)"); err != nil {
		t.Fatalf("the owner cannot create tables: %v", err)
	}

	for _, statement := range []string{"SELECT * FROM public.signals", "CREATE TABLE mine ()", "CREATE TEMP TABLE mine ()"} {
		if _, err := app.Exec(t.Context(), statement); err == nil {
			t.Errorf("the program's role may %s", statement)
		}
	}
	if err := drop(t.Context()); err != nil {
		t.Errorf("drop with open connections: %v", err)
	}
	if _, err := pgx.Connect(t.Context(), db.AppURL); err == nil {
		t.Error("the database can still be reached")
	}
}

func TestTwoDatabasesOfAClusterAreClosedToEachOther(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	first, _, err := c.NewDatabase(t.Context(), "first")
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := c.NewDatabase(t.Context(), "second")
	if err != nil {
		t.Fatal(err)
	}

	foreign := strings.Replace(first.AppURL, "_first?", "_second?", 1)
	if foreign == first.AppURL || second.AppURL == first.AppURL {
		t.Fatalf("the URLs do not name the databases: %s", first.AppURL)
	}
	if _, err := pgx.Connect(t.Context(), foreign); err == nil {
		t.Error("the first program's role connects to the second database")
	}
}

func TestABadNameIsRefused(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	for _, name := range []string{"", "Demo", "1st", `de"mo`, strings.Repeat("a", 31)} {
		if _, _, err := c.NewDatabase(t.Context(), name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}

func TestARestartedClusterStillHasWhatWasCommitted(t *testing.T) {
	t.Parallel()
	c, err := testdb.StartCluster(t.Context(), testdb.Options{Private: true, Durable: true})
	if errors.Is(err, testdb.ErrNoPrograms) {
		return // nothing private to restart on this machine
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	db, _, err := c.NewDatabase(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	before := open(t, db.OwnerURL)
	if _, err := before.Exec(t.Context(), "CREATE TABLE signals (name text); INSERT INTO signals VALUES ('Hp0')"); err != nil {
		t.Fatal(err)
	}

	if err := c.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}

	if err := before.Ping(t.Context()); err == nil {
		t.Error("a connection outlived the restart")
	}
	if rows := query[int](t, open(t, db.OwnerURL), "SELECT count(*) FROM signals"); rows != 1 {
		t.Errorf("%d rows are left", rows)
	}
}
