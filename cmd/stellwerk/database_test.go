package main

import (
	"context"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// emptyDatabase returns a database of the test's own in which nothing was migrated.
func emptyDatabase(t *testing.T) testdb.Database {
	t.Helper()
	return testdb.New(t, func(context.Context, string, string) error { return nil }, "empty")
}

// configuration is what serve and work need, on a database.
func configuration(t *testing.T, databaseURL string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := secret.GenerateKeyFile(filepath.Join(dir, "key")); err != nil {
		t.Fatal(err)
	}
	return []string{
		"STELLWERK_DATABASE_URL=" + databaseURL, "STELLWERK_LISTEN=127.0.0.1:0", "STELLWERK_SECRETS=file",
		"STELLWERK_SECRET_DIR=" + filepath.Join(dir, "store"), "STELLWERK_SECRET_KEY_FILE=" + filepath.Join(dir, "key"),
	}
}

// superuser returns the database's URL for the superuser of the private cluster; empty on a server whose superuser is someone else.
func superuser(t *testing.T, db testdb.Database) string {
	t.Helper()
	address, err := url.Parse(db.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.User("postgres")
	conn, err := pgx.Connect(t.Context(), address.String())
	if err != nil {
		return ""
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	return address.String()
}

func TestMigrateMayRunAgainAndAgain(t *testing.T) {
	t.Parallel()
	db := emptyDatabase(t)
	environ := []string{"STELLWERK_DATABASE_URL=" + db.AppURL, "STELLWERK_MIGRATE_DATABASE_URL=" + db.OwnerURL}

	before := stellwerkRun(t, environ[:1], "token", "create")
	first := stellwerkRun(t, environ, "migrate")
	second := stellwerkRun(t, environ, "migrate")
	after := stellwerkRun(t, environ[:1], "token", "create")

	if before.code != cli.ExitFailed || !strings.Contains(before.errOut, "`stellwerk migrate` first") {
		t.Errorf("before: exit code %d: %s", before.code, before.errOut)
	}
	for _, got := range []outcome{first, second, after} {
		if got.code != cli.ExitOK {
			t.Errorf("exit code %d: %s", got.code, got.errOut)
		}
	}
}

func TestOneRoleForOwnerAndProgramIsRefused(t *testing.T) {
	t.Parallel()
	db := emptyDatabase(t)

	got := stellwerkRun(t, []string{"STELLWERK_DATABASE_URL=" + db.OwnerURL, "STELLWERK_MIGRATE_DATABASE_URL=" + db.OwnerURL}, "migrate")

	if got.code != cli.ExitFailed || !strings.Contains(got.errOut, "must not be the owner") {
		t.Errorf("exit code %d: %s", got.code, got.errOut)
	}
}

func TestTheProgramRefusesARoleThatSeesAllTenants(t *testing.T) {
	t.Parallel()
	db := testhouse.New(t).URLs
	for _, c := range []struct{ role, address, want string }{
		{"owner", db.OwnerURL, "owns the tables"},
		{"superuser", superuser(t, db), "superuser"},
	} {
		if c.address == "" {
			continue
		}
		environ := configuration(t, c.address)
		for _, command := range []string{"serve", "work", "token create"} {
			got := stellwerkRun(t, environ, strings.Fields(command)...)

			if got.code != cli.ExitFailed || !strings.Contains(got.errOut, c.want) {
				t.Errorf("%s as %s: exit code %d: %s", command, c.role, got.code, got.errOut)
			}
		}
	}
}

func TestTokenCreatePrintsATokenAndNothingElse(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)

	got := stellwerkRun(t, []string{"STELLWERK_DATABASE_URL=" + house.URLs.AppURL}, "token", "create", "--name", "night shift", "--expires-in", "1h")

	if got.code != cli.ExitOK || got.errOut != "" || !regexp.MustCompile(`^swk_live_[0-9A-Za-z]+\n$`).MatchString(got.out) {
		t.Fatalf("exit code %d: %q, %s", got.code, got.out, got.errOut)
	}
	caller, err := identity.NewTokens(house.DB, time.Now).Authenticate(t.Context(), strings.TrimSpace(got.out))
	if err != nil {
		t.Fatal(err)
	}
	if caller.Kind != scope.Operator || caller.Name != "night shift" || !slices.Contains(caller.Scopes, "tenants:write") {
		t.Errorf("the token is that of %+v", caller)
	}
	later := func() time.Time { return time.Now().Add(time.Hour + time.Second) }
	if _, err := identity.NewTokens(house.DB, later).Authenticate(t.Context(), strings.TrimSpace(got.out)); err == nil {
		t.Error("the token holds for longer than it should")
	}
}

func TestTokenCreateSaysWhatIsWrongWithItsFlags(t *testing.T) {
	t.Parallel()
	environ := []string{"STELLWERK_DATABASE_URL=" + testhouse.New(t).URLs.AppURL}
	for _, c := range []struct{ flag, value, want string }{
		{"--expires-in", "-1h", "expires in the future"},
		{"--expires-in", "30000h", "within two years"},
		{"--name", "", "1 to 100 characters"},
		{"--name", strings.Repeat("ü", 101), "1 to 100 characters"},
	} {
		got := stellwerkRun(t, environ, "token", "create", c.flag, c.value)

		if got.code != cli.ExitUsage || got.out != "" || !strings.Contains(got.errOut, c.want) {
			t.Errorf("%s %s: exit code %d: %s%s", c.flag, c.value, got.code, got.out, got.errOut)
		}
	}
}
