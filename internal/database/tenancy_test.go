package database_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// errUndo ends a transaction that was only a try.
var errUndo = errors.New("undo")

// full returns a house with a row in every table for each of two tenants, and the owner's connection.
func full(t *testing.T) (house *testhouse.House, owner *pgx.Conn, a, b uuid.UUID) {
	t.Helper()
	house = testhouse.New(t)
	a, _ = house.Tenant(t, "A")
	b, _ = house.Tenant(t, "B")
	owner = connect(t, house.URLs.OwnerURL)
	fill(t, owner, a)
	fill(t, owner, b)
	return house, owner, a, b
}

// refused runs a statement that must fail on the policy of row-level security, and leaves the transaction usable.
func refused(tx *gorm.DB, statement string, args ...any) error {
	err := tx.Transaction(func(tx *gorm.DB) error { return tx.Exec(statement, args...).Error })
	if err == nil {
		return errors.New("it is allowed")
	}
	if state, ok := errors.AsType[interface {
		error
		SQLState() string
	}](err); !ok || state.SQLState() != "42501" {
		return fmt.Errorf("it fails on something else: %w", err)
	}
	return nil
}

func TestEveryTenantTableIsTried(t *testing.T) {
	t.Parallel()
	var filled []string
	for _, f := range fillings() {
		filled = append(filled, f.table)
	}
	slices.Sort(filled)

	if want := tenantTables(); !slices.Equal(filled, want) {
		t.Errorf("the tests of this file fill %q, the tenants have %q", filled, want)
	}
}

func TestATenantReadsItsOwnRowsOnly(t *testing.T) {
	t.Parallel()
	house, _, a, _ := full(t)
	err := house.DB.InTx(scope.WithTenant(t.Context(), a), func(tx database.Tx) error {
		for _, table := range tenantTables() {
			var seen []uuid.UUID
			if err := tx.Raw("SELECT tenant_id FROM " + table).Scan(&seen).Error; err != nil {
				return err
			}
			if !slices.Equal(seen, []uuid.UUID{a}) {
				t.Errorf("%s shows rows of %v", table, seen)
			}
		}
		var tenants []uuid.UUID
		if err := tx.Raw("SELECT id FROM tenants").Scan(&tenants).Error; err != nil {
			return err
		}
		if !slices.Equal(tenants, []uuid.UUID{a}) {
			t.Errorf("it sees the tenants %v", tenants)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestATenantChangesAndDeletesItsOwnRowsOnly(t *testing.T) {
	t.Parallel()
	house, owner, a, b := full(t)
	err := house.DB.InTx(scope.WithTenant(t.Context(), a), func(tx database.Tx) error {
		for _, f := range slices.Backward(fillings()) {
			if done := tx.Exec("UPDATE " + f.table + " SET tenant_id = tenant_id"); done.Error != nil || done.RowsAffected != 1 {
				t.Errorf("update of %s without a condition: %d rows, %v", f.table, done.RowsAffected, done.Error)
			}
			if err := refused(tx.DB, "UPDATE "+f.table+" SET tenant_id = ?", b); err != nil {
				t.Errorf("giving a row of %s to another tenant: %v", f.table, err)
			}
			if done := tx.Exec("DELETE FROM "+f.table+" WHERE tenant_id = ?", b); done.Error != nil || done.RowsAffected != 0 {
				t.Errorf("delete from %s of another tenant: %d rows, %v", f.table, done.RowsAffected, done.Error)
			}
			if done := tx.Exec("DELETE FROM " + f.table); done.Error != nil || done.RowsAffected != 1 {
				t.Errorf("delete from %s without a condition: %d rows, %v", f.table, done.RowsAffected, done.Error)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tenantTables() {
		if left := texts(t, owner, "SELECT tenant_id::text FROM "+table+" WHERE tenant_id = $1", b); len(left) != 1 {
			t.Errorf("%s has %d rows of the other tenant left", table, len(left))
		}
	}
}

func TestATenantAddsNoRowForAnother(t *testing.T) {
	t.Parallel()
	house, owner, a, b := full(t)
	err := house.DB.InTx(scope.WithTenant(t.Context(), a), func(tx database.Tx) error {
		for _, table := range tenantTables() {
			row := texts(t, owner, "SELECT row_to_json(r)::text FROM "+table+" r WHERE tenant_id = $1", b)[0]
			if err := refused(tx.DB, "INSERT INTO "+table+" SELECT * FROM json_populate_record(NULL::"+table+", ?)", row); err != nil {
				t.Errorf("%s: %v", table, err)
			}
		}
		return refused(tx.DB, "INSERT INTO tenants SELECT ?, 'C', 'open', 1, now(), now()", uuid.New())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAForgottenTenantSeesNothing(t *testing.T) {
	t.Parallel()
	house, owner, _, b := full(t)
	program := connect(t, house.URLs.AppURL)
	tables := append(tenantTables(), "tenants")
	for _, table := range tables {
		if seen := texts(t, program, "SELECT r::text FROM "+table+" r"); len(seen) != 0 {
			t.Errorf("%s shows %d rows", table, len(seen))
		}
		if done, err := program.Exec(t.Context(), "DELETE FROM "+table); err != nil || done.RowsAffected() != 0 {
			t.Errorf("%s: %d rows deleted, %v", table, done.RowsAffected(), err)
		}
	}
	for _, table := range tenantTables() {
		row := texts(t, owner, "SELECT row_to_json(r)::text FROM "+table+" r WHERE tenant_id = $1", b)[0]
		if _, err := program.Exec(t.Context(), "INSERT INTO "+table+" SELECT * FROM json_populate_record(NULL::"+table+", $1)", row); err == nil {
			t.Errorf("%s takes a row without a tenant", table)
		}
	}
}

func TestWithoutATenantThereIsNoTransaction(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)

	err := house.DB.InTx(t.Context(), func(database.Tx) error {
		t.Error("it runs")
		return nil
	})

	if !errors.Is(err, scope.ErrNoTenant) {
		t.Errorf("got %v", err)
	}
}

func TestThePlatformSeesTheTenantsAndNothingOfTheirs(t *testing.T) {
	t.Parallel()
	house, _, a, b := full(t)
	err := house.DB.InPlatform(t.Context(), func(tx *gorm.DB) error {
		for _, table := range tenantTables() {
			var rows int
			if err := tx.Raw("SELECT count(*) FROM " + table).Scan(&rows).Error; err != nil {
				return err
			}
			if rows != 0 {
				t.Errorf("%s shows %d rows", table, rows)
			}
		}
		var tenants []uuid.UUID
		if err := tx.Raw("SELECT id FROM tenants ORDER BY id").Scan(&tenants).Error; err != nil {
			return err
		}
		if !slices.Equal(tenants, []uuid.UUID{a, b}) {
			t.Errorf("it sees %v", tenants)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNothingOfATransactionStaysOnItsConnection(t *testing.T) {
	t.Parallel()
	house, _, a, _ := full(t)
	db := open(t, house.URLs.AppURL, 1)
	inTenant := func(ctx context.Context, end error) error {
		return db.InTx(scope.WithTenant(ctx, a), func(database.Tx) error { return end })
	}
	inPlatform := func(ctx context.Context, end error) error {
		return db.InPlatform(ctx, func(*gorm.DB) error { return end })
	}
	for name, transact := range map[string]func(context.Context, error) error{"tenant": inTenant, "platform": inPlatform} {
		for _, end := range []error{nil, errUndo} {
			if err := transact(t.Context(), end); !errors.Is(err, end) {
				t.Fatal(err)
			}
			var tenant, platform string
			var rows int
			err := db.Pool().QueryRow(t.Context(), `
				SELECT coalesce(current_setting('app.tenant_id', true), ''), coalesce(current_setting('app.platform', true), ''),
				       (SELECT count(*) FROM postings) + (SELECT count(*) FROM tenants)`).Scan(&tenant, &platform, &rows)
			if err != nil || tenant != "" || platform != "" || rows != 0 {
				t.Errorf("%s, ended with %v: left are tenant %q, platform %q, %d rows, %v", name, end, tenant, platform, rows, err)
			}
		}
	}
}

func TestAFailedTransactionLeavesNothing(t *testing.T) {
	t.Parallel()
	house, owner, a, _ := full(t)
	failing := func(tx database.Tx) error {
		if err := tx.Exec("UPDATE postings SET title = 'changed'").Error; err != nil {
			return err
		}
		return errUndo
	}

	if err := house.DB.InTx(scope.WithTenant(t.Context(), a), failing); !errors.Is(err, errUndo) {
		t.Errorf("the transaction's own error is lost: %v", err)
	}

	if got := texts(t, owner, "SELECT DISTINCT title FROM postings"); !slices.Equal(got, []string{"title"}) {
		t.Errorf("the titles are %q", got)
	}
}

func TestARowOfAnotherTenantIsMissing(t *testing.T) {
	t.Parallel()
	house, owner, a, b := full(t)
	type posting struct {
		ID       uuid.UUID
		TenantID uuid.UUID
		Title    string
	}
	foreign := posting{ID: uuid.MustParse(texts(t, owner, "SELECT id::text FROM postings WHERE tenant_id = $1", b)[0]), TenantID: b, Title: "stolen"}
	err := house.DB.InTx(scope.WithTenant(t.Context(), a), func(tx database.Tx) error {
		read := tx.Of(&posting{}).Where("id = ?", foreign.ID).Take(&posting{}).Error
		if !fault.Has(database.OrMissing("read", read), fault.Missing) {
			t.Errorf("reading it: %v", read)
		}
		if err := tx.Rewrite(&foreign); !errors.Is(err, gorm.ErrRecordNotFound) {
			t.Errorf("rewriting it: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := texts(t, owner, "SELECT DISTINCT title FROM postings"); !slices.Equal(got, []string{"title"}) {
		t.Errorf("the titles are %q", got)
	}
}
