// Package database is the way to PostgreSQL: one pool, and two kinds of transaction, for one tenant and for none. Every statement
// of the program runs in one of the two, so that row-level security always knows whose rows may be seen.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// connectTimeout bounds how long opening a connection may take, so that a vanished server is an error and not a hang.
const connectTimeout = 5 * time.Second

// statementTimeout bounds one statement, so that a request does not wait for a lock for ever.
const statementTimeout = time.Minute

// slowQuery is how long a statement may take before it is logged.
const slowQuery = 500 * time.Millisecond

// DB is the program's connection to PostgreSQL.
type DB struct {
	pool *pgxpool.Pool
	sql  *sql.DB
	gorm *gorm.DB
	// closed is set when the program ends.
	closed atomic.Bool
}

// Option changes how a database is opened.
type Option func(*pgxpool.Config)

// Traced lets a tracer see every statement, with placeholders instead of values.
func Traced(tracer pgx.QueryTracer) Option {
	return func(config *pgxpool.Config) { config.ConnConfig.Tracer = tracer }
}

// Open connects to the database at url with at most maxConns connections. The connection is made when it is first needed; Ping
// tells whether it works.
func Open(ctx context.Context, url string, maxConns int32, log *slog.Logger, options ...Option) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		// The parser's error repeats the URL with its password.
		return nil, errors.New("open database: the database URL cannot be read")
	}
	config.MaxConns = maxConns
	config.ConnConfig.ConnectTimeout = connectTimeout
	// Days and stamps are compared as the program hands them in, whatever the server's own zone is.
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["statement_timeout"] = strconv.FormatInt(statementTimeout.Milliseconds(), 10)
	for _, change := range options {
		change(config)
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	sqlDB := stdlib.OpenDBFromPool(pool)
	gormDB, err := gorm.Open(postgres.New(postgres.Config{Conn: sqlDB}), &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		Logger:                 queryLog{log: log, slow: slowQuery},
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open database: %w", err)
	}
	return &DB{pool: pool, sql: sqlDB, gorm: gormDB}, nil
}

// Pool returns the pool itself, for River's workers, which listen on a connection of their own.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error {
	if err := db.pool.Ping(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// Close gives all connections back.
func (db *DB) Close() {
	db.closed.Store(true)
	_ = db.sql.Close()
	db.pool.Close()
}

// Tx is a transaction for one tenant.
type Tx struct {
	*gorm.DB
	// Tenant is whose rows the transaction sees.
	Tenant uuid.UUID
}

// Of starts a query on the tenant's own rows of a model's table: the first wall of tenancy.
func (tx Tx) Of(model any) *gorm.DB {
	return tx.Model(model).Where("tenant_id = ?", tx.Tenant)
}

// Rewrite saves every column of a row of the tenant that was read before, given as a pointer. It returns gorm.ErrRecordNotFound when the
// tenant has no such row.
func (tx Tx) Rewrite(row any) error {
	done := tx.Of(row).Select("*").Updates(row)
	if done.Error == nil && done.RowsAffected == 0 {
		return gorm.ErrRecordNotFound
	}
	return done.Error
}

// InTx runs do in a transaction for the tenant of the context and commits it unless do returns an error. It returns
// scope.ErrNoTenant when the context has no tenant, and do's own error otherwise. No network call belongs into do.
func (db *DB) InTx(ctx context.Context, do func(tx Tx) error) error {
	tenant, err := scope.Tenant(ctx)
	if err != nil {
		return err
	}
	return db.transaction(ctx, func(tx *gorm.DB) error {
		if err := enter(tx, tenant.String(), ""); err != nil {
			return fmt.Errorf("enter tenant: %w", err)
		}
		if whole := wholeOf(ctx); whole != nil {
			whole.tenant = tenant
		}
		return do(Tx{DB: tx, Tenant: tenant})
	})
}

// InPlatform runs do in a transaction for no tenant: it sees the platform's tables and the list of tenants, and no row that
// belongs to a tenant.
func (db *DB) InPlatform(ctx context.Context, do func(tx *gorm.DB) error) error {
	return db.transaction(ctx, func(tx *gorm.DB) error {
		if err := enter(tx, "", "on"); err != nil {
			return fmt.Errorf("enter platform: %w", err)
		}
		return do(tx)
	})
}

// enter says whose rows may be seen. Both settings are made anew each time, since a transaction may be a part of one that worked for others.
func enter(tx *gorm.DB, tenant, platform string) error {
	return tx.Exec("SELECT set_config('app.tenant_id', ?, true), set_config('app.platform', ?, true)", tenant, platform).Error
}

func (db *DB) transaction(ctx context.Context, do func(tx *gorm.DB) error) error {
	if whole := wholeOf(ctx); whole != nil {
		return whole.part(ctx, do)
	}
	if db.closed.Load() {
		return errClosed
	}
	return db.gorm.WithContext(ctx).Transaction(do)
}

// ForUpdate makes a query lock the rows it reads until the transaction ends. Rows that only refer to them can still be added: ids never
// change, so nobody needs the stronger lock.
func ForUpdate(query *gorm.DB) *gorm.DB {
	return query.Clauses(clause.Locking{Strength: "NO KEY UPDATE"})
}

// SQLTx returns the transaction below a GORM transaction, for libraries that take a *sql.Tx.
func SQLTx(tx *gorm.DB) (*sql.Tx, error) {
	found, ok := tx.Statement.ConnPool.(*sql.Tx)
	if !ok {
		return nil, fmt.Errorf("database: %T is not a transaction", tx.Statement.ConnPool)
	}
	return found, nil
}

// OrMissing wraps an error with what was tried; "no such row" becomes fault.Missing. It returns nil for nil.
func OrMissing(tried string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fault.Missing.Because(err, nil)
	default:
		return fmt.Errorf("%s: %w", tried, err)
	}
}
