package database_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// tenantTables returns the tables whose rows belong to tenants, sorted.
func tenantTables() []string {
	var found []string
	for name, wall := range database.Walls() {
		if wall == database.PerTenant {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

func TestTheListOfWallsNamesEveryTable(t *testing.T) {
	t.Parallel()
	owner := connect(t, testhouse.New(t).URLs.OwnerURL)

	there := texts(t, owner, `SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY 1`)

	if listed := slices.Sorted(maps.Keys(database.Walls())); !slices.Equal(there, listed) {
		t.Errorf("the database has %q, the list %q", there, listed)
	}
}

func TestEachTableHasTheWallThatTheListSays(t *testing.T) {
	t.Parallel()
	owner := connect(t, testhouse.New(t).URLs.OwnerURL)
	const (
		ofTenant   = "(%s = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)"
		ofPlatform = "(current_setting('app.platform'::text, true) = 'on'::text)"
	)
	rule := map[database.Wall]string{
		database.PerTenant:  strings.ReplaceAll(ofTenant, "%s", "tenant_id"),
		database.TenantList: "(" + strings.ReplaceAll(ofTenant, "%s", "id") + " OR " + ofPlatform + ")",
	}
	for name, wall := range database.Walls() {
		enabled := texts(t, owner, `SELECT relrowsecurity::text FROM pg_class WHERE oid = ('public.' || $1)::regclass`, name)
		policies := texts(t, owner, `
			SELECT concat_ws(' ', permissive, roles::text, cmd, qual = with_check, qual) FROM pg_policies
			WHERE schemaname = 'public' AND tablename = $1`, name)
		if wall == database.Platform {
			if enabled[0] != "false" || len(policies) != 0 {
				t.Errorf("%s is said to be a platform table and has row-level security", name)
			}
			continue
		}
		if enabled[0] != "true" {
			t.Errorf("%s: row-level security is off", name)
		}
		if want := []string{"PERMISSIVE {public} ALL t " + rule[wall]}; !slices.Equal(policies, want) {
			t.Errorf("%s: the policies are %q, want %q", name, policies, want)
		}
	}
}

func TestTenantTablesAreKeyedByTenant(t *testing.T) {
	t.Parallel()
	owner := connect(t, testhouse.New(t).URLs.OwnerURL)
	for _, table := range tenantTables() {
		column := texts(t, owner, `
			SELECT format_type(atttypid, atttypmod) || ' ' || attnotnull FROM pg_attribute
			WHERE attrelid = ('public.' || $1)::regclass AND attname = 'tenant_id'`, table)
		if !slices.Equal(column, []string{"uuid true"}) {
			t.Errorf("%s.tenant_id is %q", table, column)
		}
		// Only a table that others refer to needs the key, and only with it can they refer to it with the tenant.
		referred := texts(t, owner, `SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = ('public.' || $1)::regclass`, table)
		if len(referred) > 0 && !hasKey(t, owner, table) {
			t.Errorf("%s has no UNIQUE (tenant_id, id), and %q refer to it", table, referred)
		}
	}
}

// hasKey reports whether a table has UNIQUE (tenant_id, id).
func hasKey(t *testing.T, owner *pgx.Conn, table string) bool {
	t.Helper()
	keys := texts(t, owner, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'u' AND conrelid = ('public.' || $1)::regclass`, table)
	return slices.Contains(keys, "UNIQUE (tenant_id, id)")
}

func TestForeignKeysNeverCrossFromOneTenantToAnother(t *testing.T) {
	t.Parallel()
	owner := connect(t, testhouse.New(t).URLs.OwnerURL)
	walls := database.Walls()
	rows, err := owner.Query(t.Context(), `
		SELECT conrelid::regclass::text, confrelid::regclass::text, pg_get_constraintdef(oid)
		FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := map[string]int{}
	for rows.Next() {
		var from, to, definition string
		if err := rows.Scan(&from, &to, &definition); err != nil {
			t.Fatal(err)
		}
		seen[from]++
		whole := strings.HasPrefix(definition, "FOREIGN KEY (tenant_id, ") && strings.Contains(definition, " REFERENCES "+to+"(tenant_id, ")
		if walls[to] == database.PerTenant && !whole {
			t.Errorf("%s: %s leaves out the tenant", from, definition)
		}
		if strings.Contains(definition, " ON ") {
			t.Errorf("%s: %s changes rows behind the program's back", from, definition)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, table := range tenantTables() {
		if seen[table] == 0 {
			t.Errorf("%s is not tied to its tenant by any foreign key", table)
		}
	}
}

func TestTheProgramMayChangeRowsAndNothingElse(t *testing.T) {
	t.Parallel()
	urls := testhouse.New(t).URLs
	program := connect(t, urls.AppURL)
	for table := range database.Walls() {
		for _, right := range []string{"TRUNCATE", "REFERENCES", "TRIGGER"} {
			var has bool
			if err := program.QueryRow(t.Context(), `SELECT has_table_privilege('public.' || $1, $2)`, table, right).Scan(&has); err != nil {
				t.Fatal(err)
			}
			if has {
				t.Errorf("%s on %s: row-level security does not hold it back", right, table)
			}
		}
	}
	for _, statement := range []string{
		"TRUNCATE events", "ALTER TABLE events DISABLE ROW LEVEL SECURITY", "DROP POLICY tenant_rows ON events", "CREATE TABLE loot (x int)",
		"DELETE FROM goose_db_version", "SET ROLE " + pgx.Identifier{userOf(t, urls.OwnerURL)}.Sanitize(),
	} {
		if _, err := program.Exec(t.Context(), statement); err == nil {
			t.Errorf("the program may %s", statement)
		}
	}
}

func userOf(t *testing.T, url string) string {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	return config.User
}
