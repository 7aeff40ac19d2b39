package database_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

// connect opens a connection that no policy of ours prepares.
func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// texts runs a query whose rows are one text each.
func texts(t *testing.T, conn *pgx.Conn, query string, args ...any) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// open opens a database as the program does.
func open(t *testing.T, url string, connections int32) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), url, connections, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// empty returns a database, with roles of its own, that nobody has migrated.
func empty(t *testing.T, cluster *testdb.Cluster, name string) testdb.Database {
	t.Helper()
	urls, drop, err := cluster.NewDatabase(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := drop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return urls
}

func migrate(ctx context.Context, urls testdb.Database) error {
	return database.Migrate(ctx, migrations.Files, urls.OwnerURL, urls.AppURL)
}

// startCluster starts a cluster on which roles may be changed without another test noticing.
func startCluster(t *testing.T) *testdb.Cluster {
	t.Helper()
	cluster, err := testdb.StartCluster(t.Context(), testdb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Close(); err != nil {
			t.Error(err)
		}
	})
	return cluster
}
