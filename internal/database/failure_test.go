package database_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

func TestWhichErrorsMeanThatTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	away := func(code string) error { return fmt.Errorf("read: %w", &pgconn.PgError{Code: code}) }
	for _, test := range []struct {
		name string
		err  error
		want bool
	}{
		{"the connection failed", away("08006"), true},
		{"too many connections", away("53300"), true},
		{"the server shuts down", away("57P01"), true},
		{"the server starts up", away("57P03"), true},
		{"the network", &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, true},
		{"an answer cut short", fmt.Errorf("read: %w", io.ErrUnexpectedEOF), true},
		{"the server is too slow", fmt.Errorf("read: %w", context.DeadlineExceeded), true},
		{"a duplicate", away("23505"), false},
		{"a wrong password", away("28P01"), false},
		{"no right", away("42501"), false},
		{"no row", gorm.ErrRecordNotFound, false},
		{"the caller left", context.Canceled, false},
		{"nothing", nil, false},
	} {
		if got := database.Unreachable(test.err); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

func TestADatabaseThatIsAwayIsUnreachable(t *testing.T) {
	t.Parallel()
	// Nobody listens where a listener was just closed.
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := url.URL{Scheme: "postgres", User: url.UserPassword("one", "geheim-4711"), Host: listener.Addr().String(), Path: "/db"}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	db := open(t, address.String(), 2)
	nothing := func(*gorm.DB) error { return nil }
	for name, err := range map[string]error{
		"ping": db.Ping(t.Context()), "transaction": db.InPlatform(t.Context(), nothing), "role": db.CheckRole(t.Context()),
	} {
		if !database.Unreachable(err) || strings.Contains(err.Error(), "geheim") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestALostConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	db := open(t, house.URLs.AppURL, 1)

	err := db.InPlatform(t.Context(), func(tx *gorm.DB) error {
		return tx.Exec("SELECT pg_terminate_backend(pg_backend_pid())").Error
	})
	if !database.Unreachable(err) {
		t.Errorf("the transaction that lost it: %v", err)
	}

	if err := db.InPlatform(t.Context(), func(tx *gorm.DB) error { return tx.Exec("SELECT 1").Error }); err != nil {
		t.Errorf("the next one: %v", err)
	}
}

func TestAViolationIsToldByItsName(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	id, _ := house.Tenant(t, "A")

	err := house.DB.InPlatform(t.Context(), func(tx *gorm.DB) error {
		return tx.Create(&tenant.Tenant{ID: id, Name: "B", Lifecycle: tenant.Open}).Error
	})

	if !database.Violates(err, "tenants_pkey") || database.Violates(err, "tenants_name_check") || database.Violates(nil, "tenants_pkey") {
		t.Errorf("got %v", err)
	}
}

func TestOrMissing(t *testing.T) {
	t.Parallel()
	if err := database.OrMissing("read", nil); err != nil {
		t.Errorf("nothing becomes %v", err)
	}
	if err := database.OrMissing("read", fmt.Errorf("first: %w", gorm.ErrRecordNotFound)); !fault.Has(err, fault.Missing) {
		t.Errorf("no row becomes %v", err)
	}
	if err := database.OrMissing("read", io.EOF); !errors.Is(err, io.EOF) || err.Error() != "read: EOF" {
		t.Errorf("another error becomes %v", err)
	}
}

func TestASlowStatementIsLoggedWithoutItsValues(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	var logged bytes.Buffer
	db := house.DB.LoggingAll(slog.New(slog.NewJSONHandler(&logged, nil)))
	const name = "Anna Geheim"

	err := db.InPlatform(t.Context(), func(tx *gorm.DB) error {
		created := tenant.Tenant{Name: name, Lifecycle: tenant.Open}
		return errors.Join(
			tx.Create(&created).Error, tx.Where("name = ?", name).Take(&tenant.Tenant{}).Error,
			tx.Model(&created).Where("name = ?", name).Update("name", name+"!").Error, tx.Exec("SELECT ?", name).Error,
		)
	})

	if err != nil || strings.Contains(logged.String(), "Geheim") {
		t.Errorf("%v, logged:\n%s", err, &logged)
	}
	for _, statement := range []string{`INSERT INTO \"tenants\"`, `name = $1`, `UPDATE \"tenants\"`, `SELECT $1`} {
		if !strings.Contains(logged.String(), statement) {
			t.Errorf("not logged: %s", statement)
		}
	}
}

func TestAFailedStatementIsForItsCallerAndNotForTheLog(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	var logged bytes.Buffer
	db, err := database.Open(t.Context(), house.URLs.AppURL, 1, slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)

	err = db.InPlatform(t.Context(), func(tx *gorm.DB) error { return tx.Exec("SELECT * FROM nowhere").Error })

	if err == nil || logged.Len() > 0 {
		t.Errorf("%v, logged: %s", err, &logged)
	}
}
