package testdb

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// newTimeout bounds the making of one test's database, waiting for the cluster and the template included.
const newTimeout = 3 * time.Minute

// testDatabases names the role pair that all databases made by New share.
const testDatabases = "test"

// T is what New needs of a testing.TB.
type T interface {
	Helper()
	Context() context.Context
	Cleanup(cleanup func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Migrate brings an empty database to its newest schema, and grants the role of appURL its rights. It must leave no connection
// behind.
type Migrate func(ctx context.Context, ownerURL, appURL string) error

// New returns a migrated database of the test's own, which is dropped when the test ends. It is a copy of a template that one
// process of the test run migrates once for all; version names what migrate does, such as a hash of the migrations, and the
// template is made anew when it differs. Without a cluster from a parent process (see Cluster.Environ) this process starts one.
func New(t T, migrate Migrate, version string) Database {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), newTimeout)
	defer cancel()
	c, err := processCluster()
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	pair, name := c.roles(testDatabases), c.fullName("t_"+newRun())
	err = c.asAdmin(ctx, func(admin *pgx.Conn) error {
		template, err := c.template(ctx, admin, migrate, version)
		if err != nil {
			return err
		}
		return createDatabase(ctx, admin, name, pair, "TEMPLATE "+quote(template))
	})
	if err != nil {
		t.Fatalf("test database: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), newTimeout)
		defer cancel()
		err := c.asAdmin(ctx, func(admin *pgx.Conn) error { return dropDatabase(ctx, admin, name) })
		if err != nil {
			t.Errorf("test database: %v", err)
		}
	})
	return c.urls(name, pair)
}

// processCluster is the cluster of this test process: its parent's, or one that is started when the first test asks and that ends
// with the process. It is a package variable because a test process has no other place that all its tests share.
var processCluster = sync.OnceValues(func() (*Cluster, error) {
	if c, found, err := joinCluster(); found {
		return c, err
	}
	return StartCluster(context.Background(), Options{})
})

// template returns the name of the migrated database for version, which the first process that needs it makes while the others
// wait for its lock. It gets that name when it is ready, so a half-migrated one is never copied.
func (c *Cluster) template(ctx context.Context, admin *pgx.Conn, migrate Migrate, version string) (string, error) {
	hash := sha256.Sum256([]byte(version))
	name := c.fullName(fmt.Sprintf("template_%x", hash[:8]))
	ready, err := exists(ctx, admin, name)
	if ready || err != nil {
		return name, err
	}
	// One lock for all versions, since they share the roles. It is freed with the connection.
	if _, err := admin.Exec(ctx, "SELECT pg_advisory_lock($1, $2)", lockTemplate, runNumber(c.run)); err != nil {
		return "", fmt.Errorf("wait for the template: %w", err)
	}
	ready, err = exists(ctx, admin, name)
	if ready || err != nil {
		return name, err
	}
	if err := c.makeTemplate(ctx, admin, name, migrate); err != nil {
		return "", fmt.Errorf("make the template: %w", err)
	}
	return name, nil
}

// makeTemplate migrates a new database under another name and then gives it its own.
func (c *Cluster) makeTemplate(ctx context.Context, admin *pgx.Conn, name string, migrate Migrate) error {
	pair, unfinished := c.roles(testDatabases), c.fullName("unfinished")
	var haveRoles bool
	err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", pair.app).Scan(&haveRoles)
	if err == nil && !haveRoles {
		err = c.createRoles(ctx, admin, pair)
	}
	// A process that failed or was killed here has left one behind.
	err = errors.Join(err, dropDatabase(ctx, admin, unfinished))
	if err != nil {
		return err
	}
	if err := c.createEmpty(ctx, admin, unfinished, pair); err != nil {
		return err
	}
	urls := c.urls(unfinished, pair)
	if err := migrate(ctx, urls.OwnerURL, urls.AppURL); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return execAll(ctx, admin, "ALTER DATABASE "+quote(unfinished)+" RENAME TO "+quote(name))
}

func exists(ctx context.Context, admin *pgx.Conn, database string) (bool, error) {
	var found bool
	err := admin.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", database).Scan(&found)
	if err != nil {
		return false, fmt.Errorf("look for database %s: %w", database, err)
	}
	return found, nil
}
