package database_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

// rightsOf tells, table by table, what the program may do.
func rightsOf(t *testing.T, urls testdb.Database) string {
	t.Helper()
	return strings.Join(texts(t, connect(t, urls.AppURL), `
		SELECT concat(table_name, ': ', string_agg(privilege_type, ' ' ORDER BY privilege_type))
		FROM information_schema.role_table_grants WHERE grantee = current_user GROUP BY table_name ORDER BY table_name`), "\n")
}

func TestMigratingAgainAndAtTheSameTimeChangesNothing(t *testing.T) {
	t.Parallel()
	urls := empty(t, startCluster(t), "twice")

	errs := make([]error, 3)
	var machines sync.WaitGroup
	for i := range errs {
		machines.Go(func() { errs[i] = migrate(t.Context(), urls) })
	}
	machines.Wait()
	for _, err := range errs {
		if err != nil {
			t.Errorf("at the same time: %v", err)
		}
	}
	rights := rightsOf(t, urls)
	if err := migrate(t.Context(), urls); err != nil {
		t.Errorf("again: %v", err)
	}

	if again := rightsOf(t, urls); again != rights {
		t.Errorf("the program's rights were\n%s\nand are\n%s", rights, again)
	}
	for _, want := range []string{"postings: DELETE INSERT SELECT UPDATE\n", "goose_db_version: SELECT\n"} {
		if !strings.Contains(rights, want) {
			t.Errorf("the program's rights lack %q:\n%s", want, rights)
		}
	}
	if tables := texts(t, connect(t, urls.OwnerURL), "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"); len(tables) != len(database.Walls()) {
		t.Errorf("there are %d tables", len(tables))
	}
}

func TestTheProgramIsNotTheOwner(t *testing.T) {
	t.Parallel()
	err := database.Migrate(t.Context(), migrations.Files, "postgres://one:geheim-1@127.0.0.1:1/db", "postgres://one:geheim-2@other.example/db")

	if err == nil || !strings.Contains(err.Error(), `"one" must not be the owner`) || strings.Contains(err.Error(), "geheim") {
		t.Errorf("got %v", err)
	}
}

func TestURLsThatCannotBeReadAreNotRepeated(t *testing.T) {
	t.Parallel()
	const bad, good = "postgres://one:geheim@host:port/db", "postgres://two@127.0.0.1:1/db"
	_, openErr := database.Open(t.Context(), bad, 2, nil)
	for name, err := range map[string]error{
		"open":    openErr,
		"owner":   database.Migrate(t.Context(), migrations.Files, bad, good),
		"program": database.Migrate(t.Context(), migrations.Files, good, bad),
	} {
		if err == nil || strings.Contains(err.Error(), "geheim") || !strings.Contains(err.Error(), "URL cannot be read") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCheckRoleRefusesRolesThatTheWallsDoNotHold(t *testing.T) {
	t.Parallel()
	cluster := startCluster(t)
	migrated, blank := empty(t, cluster, "migrated"), empty(t, cluster, "blank")
	if err := migrate(t.Context(), migrated); err != nil {
		t.Fatal(err)
	}
	check := func(url, want string) {
		t.Helper()
		err := open(t, url, 1).CheckRole(t.Context())
		if (err == nil) != (want == "") || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	check(migrated.AppURL, "")
	check(migrated.OwnerURL, "owns the tables")
	check(blank.AppURL, "run `stellwerk migrate` first")
	check(blank.OwnerURL, "run `stellwerk migrate` first")

	// Roles are changed as the cluster's administrator, whose URL is the first thing that it hands down to other processes.
	_, admin, _ := strings.Cut(cluster.Environ()[0], "=")
	conn := connect(t, admin)
	if texts(t, conn, "SELECT rolsuper::text FROM pg_roles WHERE rolname = current_user")[0] == "true" {
		check(admin, "superuser")
		change(t, conn, "ALTER ROLE %s BYPASSRLS", userOf(t, migrated.AppURL))
		check(migrated.AppURL, "BYPASSRLS")
		change(t, conn, "ALTER ROLE %s NOBYPASSRLS", userOf(t, migrated.AppURL))
	}
	change(t, conn, "GRANT "+pgx.Identifier{userOf(t, migrated.OwnerURL)}.Sanitize()+" TO %s", userOf(t, migrated.AppURL))
	check(migrated.AppURL, "owns the tables")
}

func change(t *testing.T, admin *pgx.Conn, statement, role string) {
	t.Helper()
	if _, err := admin.Exec(t.Context(), strings.ReplaceAll(statement, "%s", pgx.Identifier{role}.Sanitize())); err != nil {
		t.Fatal(err)
	}
}
