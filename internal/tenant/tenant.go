// Package tenant knows the customers of the operator, their accounts at the BA and the hiring organisations of each account.
package tenant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// Lifecycle says whether a tenant may work.
type Lifecycle string

// The lifecycles. An open tenant works; nothing is sent for a suspended one and nothing of it can be changed by its own tokens; a
// closed one has left.
const (
	Open      Lifecycle = "open"
	Suspended Lifecycle = "suspended"
	Closed    Lifecycle = "closed"
)

// Tenant is one customer of the operator.
type Tenant struct {
	ID uuid.UUID
	// Name has 1 to 200 characters.
	Name      string
	Lifecycle Lifecycle
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

// Directory is the door to tenants, accounts and hiring organisations.
type Directory struct {
	db     *database.DB
	now    func() time.Time
	wake   func(tx database.Tx, account uuid.UUID) error
	expect database.Expect
}

// NewDirectory returns the directory in a database.
func NewDirectory(db *database.DB, now func() time.Time) *Directory {
	return &Directory{db: db, now: now, wake: func(database.Tx, uuid.UUID) error { return nil }}
}

// Waking returns a directory that calls wake for an account in the transaction that lets it go on: its tenant is opened again, or a hiring
// organisation of it is betreut. What has been waiting meanwhile goes at once.
func (d *Directory) Waking(wake func(tx database.Tx, account uuid.UUID) error) *Directory {
	other := *d
	other.wake = wake
	return &other
}

// Expecting returns a directory that changes what is there only if it is as expected. Its methods that change something return
// database.Stale besides what they return anyway.
func (d *Directory) Expecting(expect database.Expect) *Directory {
	other := *d
	other.expect = expect
	return &other
}

// Create adds an open tenant.
func (d *Directory) Create(ctx context.Context, name string) (Tenant, error) {
	now := d.now()
	id, err := uuid.NewV7()
	if err != nil {
		return Tenant{}, fmt.Errorf("create tenant: %w", err)
	}
	created := Tenant{ID: id, Name: name, Lifecycle: Open, Version: 1, CreatedAt: now, UpdatedAt: now}
	err = d.db.InTx(scope.WithTenant(ctx, id), func(tx database.Tx) error { return tx.Create(&created).Error })
	if err != nil {
		return Tenant{}, fmt.Errorf("create tenant: %w", err)
	}
	return created, nil
}

// Get returns one tenant, or fault.Missing.
func (d *Directory) Get(ctx context.Context, id uuid.UUID) (Tenant, error) {
	var found Tenant
	err := d.db.InTx(scope.WithTenant(ctx, id), func(tx database.Tx) error {
		return tx.Where("id = ?", tx.Tenant).Take(&found).Error
	})
	return found, database.OrMissing("read tenant", err)
}

// Owner reads, within a transaction, the tenant that it works for. It returns fault.Missing.
func Owner(tx database.Tx) (Tenant, error) {
	var found Tenant
	err := tx.Where("id = ?", tx.Tenant).Take(&found).Error
	return found, database.OrMissing("read tenant", err)
}

// List returns a page of all tenants in the order of their creation, and the cursor of the next page.
func (d *Directory) List(ctx context.Context, page database.Page) ([]Tenant, *string, error) {
	var found []Tenant
	err := d.db.InPlatform(ctx, func(tx *gorm.DB) error { return page.In(tx).Find(&found).Error })
	if err != nil {
		return nil, nil, fmt.Errorf("list tenants: %w", err)
	}
	found, next := database.Cut(page, found, func(t Tenant) uuid.UUID { return t.ID })
	return found, next, nil
}

// Each runs do for every tenant there is, in whatever lifecycle. It goes on past single failures and returns them together.
func (d *Directory) Each(ctx context.Context, do func(tenant Tenant) error) error {
	page := database.Page{Limit: database.MaxPageSize}
	var failed []error
	for {
		found, next, err := d.List(ctx, page)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, one := range found {
			if err := do(one); err != nil {
				failed = append(failed, fmt.Errorf("tenant %s: %w", one.ID, err))
			}
		}
		if next == nil {
			return errors.Join(failed...)
		}
		page.After = found[len(found)-1].ID
	}
}

// Update renames a tenant or moves it to another lifecycle; what says nothing new changes nothing. It returns fault.Missing.
func (d *Directory) Update(ctx context.Context, id uuid.UUID, name string, lifecycle Lifecycle) (Tenant, error) {
	var found Tenant
	err := d.db.InTx(scope.WithTenant(ctx, id), func(tx database.Tx) error {
		if err := database.ForUpdate(tx.DB).Where("id = ?", tx.Tenant).Take(&found).Error; err != nil {
			return err
		}
		if err := d.expect.Met(found.Version); err != nil {
			return err
		}
		moved := found.Lifecycle != lifecycle
		if !moved && found.Name == name {
			return nil
		}
		found.Name, found.Lifecycle = name, lifecycle
		found.Version++
		found.UpdatedAt = d.now()
		if err := tx.Save(&found).Error; err != nil || !moved {
			return err
		}
		if err := event.Append(tx, found.UpdatedAt, moves[lifecycle], id, nil); err != nil || lifecycle != Open {
			return err
		}
		return d.wakeAll(tx)
	})
	return found, database.OrMissing("update tenant", err)
}

// moves are the kinds of event that tell of a tenant's new lifecycle.
var moves = map[Lifecycle]event.Kind{Open: event.TenantReopened, Suspended: event.TenantSuspended, Closed: event.TenantClosed}

// wakeAll wakes every account of the tenant.
func (d *Directory) wakeAll(tx database.Tx) error {
	var accounts []uuid.UUID
	if err := tx.Of(&Account{}).Order("id").Pluck("id", &accounts).Error; err != nil {
		return err
	}
	for _, account := range accounts {
		if err := d.wake(tx, account); err != nil {
			return err
		}
	}
	return nil
}
