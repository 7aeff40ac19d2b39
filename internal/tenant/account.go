package tenant

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// PathMode says where the BA keeps an account's folder: at the root of its host, or under /daten/<PartnerId>/, which it needs when
// several certificates went to one e-mail address.
type PathMode string

// The path modes.
const (
	PathUnknown  PathMode = "unknown"
	PathPlain    PathMode = "plain"
	PathPrefixed PathMode = "prefixed"
)

// Account is one identity of a tenant at the BA. Road, certificates and the in-flight lock hang on it.
type Account struct {
	ID       uuid.UUID
	TenantID uuid.UUID
	// Name is what the tenant calls the account, and the deliverer's name in its files: 1 to 45 characters (SupplierName).
	Name string
	// SupplierID and AllianceNumber are nil until the BA has sent them.
	SupplierID     *string
	AllianceNumber *string
	PathMode       PathMode
	// SchemaRelease names the release of HR-BA-XML that the account's files follow.
	SchemaRelease string
	IsDefault     bool
	// ActiveSince is when the account was activated; nil while it is not, and then nothing is sent.
	ActiveSince *time.Time
	// LastStamp is the newest time that stands in a file name of this account, in German wall clock time.
	LastStamp *time.Time
	// Trouble says what keeps the account from sending, or is to be known about it, since when; nil when nothing does.
	Trouble      json.RawMessage `gorm:"type:jsonb"`
	TroubleSince *time.Time
	Version      int64
	CreatedAt    time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt    time.Time `gorm:"autoUpdateTime:false"`
}

// TableName is ba_accounts.
func (Account) TableName() string { return "ba_accounts" }

// Active reports whether ads may be sent.
func (a Account) Active() bool { return a.ActiveSince != nil }

// Stopped reports whether the account's trouble keeps its files from going: one that is a warning does not.
func (a Account) Stopped() bool {
	var kept struct{ Warning bool }
	return a.Trouble != nil && (json.Unmarshal(a.Trouble, &kept) != nil || !kept.Warning)
}

// AccountInput is what a caller says of an account.
type AccountInput struct {
	Name           string
	SupplierID     *string
	AllianceNumber *string
	// Default makes this the account of postings that name none. The first account always is.
	Default bool
}

// DefaultRelease is the release of HR-BA-XML that new accounts use.
const DefaultRelease = "P82"

// CreateAccount adds a BA account to the tenant of the context. The numbers may follow later. It returns fault.InvalidInput with
// NumberMalformed, NumberMisplaced or SupplierNotEmployer, SupplierTaken, and fault.Missing for an unknown tenant.
func (d *Directory) CreateAccount(ctx context.Context, in AccountInput) (Account, error) {
	in, err := readNumbers(in)
	if err != nil {
		return Account{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Account{}, fmt.Errorf("create account: %w", err)
	}
	now := d.now()
	created := Account{
		ID: id, Name: in.Name, SupplierID: in.SupplierID, AllianceNumber: in.AllianceNumber,
		PathMode: PathUnknown, SchemaRelease: DefaultRelease, Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	err = d.db.InTx(ctx, func(tx database.Tx) error {
		if err := lockTenant(tx); err != nil {
			return err
		}
		created.TenantID = tx.Tenant
		var others int64
		if err := tx.Of(&Account{}).Count(&others).Error; err != nil {
			return err
		}
		created.IsDefault = in.Default || others == 0
		if err := dropDefault(tx.Of(&Account{}), created.IsDefault); err != nil {
			return err
		}
		if err := tx.Create(&created).Error; err != nil {
			return accountConflict(err)
		}
		return event.Append(tx, now, event.AccountCreated, id, nil)
	})
	return created, database.OrMissing("create account", err)
}

// UpdateAccount changes name, numbers and default; what says nothing new changes nothing. The numbers stay once the account is active or a file was written under them. It
// returns fault.Missing, NumbersInUse, and what CreateAccount returns.
func (d *Directory) UpdateAccount(ctx context.Context, id uuid.UUID, in AccountInput) (Account, error) {
	in, err := readNumbers(in)
	if err != nil {
		return Account{}, err
	}
	var found Account
	err = d.db.InTx(ctx, func(tx database.Tx) error {
		if err := lockTenant(tx); err != nil {
			return err
		}
		if err := database.ForUpdate(tx.Of(&Account{})).Where("id = ?", id).Take(&found).Error; err != nil {
			return err
		}
		if err := d.expect.Met(found.Version); err != nil {
			return err
		}
		changed, err := found.take(tx, in)
		if err != nil || !changed {
			return err
		}
		found.Version++
		found.UpdatedAt = d.now()
		if err := accountConflict(tx.Rewrite(&found)); err != nil {
			return err
		}
		return event.Append(tx, found.UpdatedAt, event.AccountChanged, id, nil)
	})
	return found, database.OrMissing("update account", err)
}

// take makes a locked account what a caller says of it, and reports whether that changes anything.
func (a *Account) take(tx database.Tx, in AccountInput) (bool, error) {
	renumbered := !same(a.SupplierID, in.SupplierID) || !same(a.AllianceNumber, in.AllianceNumber)
	if renumbered && (a.Active() || a.LastStamp != nil) {
		return false, NumbersInUse.New(nil)
	}
	promoted := in.Default && !a.IsDefault
	changed := renumbered || promoted || a.Name != in.Name
	a.Name, a.SupplierID, a.AllianceNumber, a.IsDefault = in.Name, in.SupplierID, in.AllianceNumber, a.IsDefault || promoted
	return changed, dropDefault(tx.Of(&Account{}), promoted)
}

// Account returns one BA account of the tenant of the context, or fault.Missing.
func (d *Directory) Account(ctx context.Context, id uuid.UUID) (Account, error) {
	var found Account
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		var err error
		found, err = AccountByID(tx, id)
		return err
	})
	return found, err
}

// Accounts returns a page of the tenant's BA accounts, and the cursor of the next page.
func (d *Directory) Accounts(ctx context.Context, page database.Page) ([]Account, *string, error) {
	var found []Account
	err := d.db.InTx(ctx, func(tx database.Tx) error { return page.In(tx.Of(&Account{})).Find(&found).Error })
	if err != nil {
		return nil, nil, fmt.Errorf("list accounts: %w", err)
	}
	found, next := database.Cut(page, found, func(a Account) uuid.UUID { return a.ID })
	return found, next, nil
}

// AccountByID reads one BA account within a transaction. It returns fault.Missing.
func AccountByID(tx database.Tx, id uuid.UUID) (Account, error) {
	var found Account
	err := tx.Of(&Account{}).Where("id = ?", id).Take(&found).Error
	return found, database.OrMissing("read account", err)
}

// DefaultAccount reads the BA account of postings that name none. It returns MissingDefault.
func DefaultAccount(tx database.Tx) (Account, error) {
	var found Account
	err := tx.Of(&Account{}).Where("is_default").Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return found, MissingDefault.At("/account_id", fault.Args{"what": text.Text{DE: "BA-Konto", EN: "BA account"}})
	}
	return found, database.OrMissing("read default account", err)
}

// SetTrouble notes what keeps an account from sending, or that nothing does any more (nil), within a transaction. It reports whether
// that is news, so that people are told once.
func SetTrouble(tx database.Tx, now time.Time, account uuid.UUID, code string, trouble json.RawMessage) (bool, error) {
	query := tx.Of(&Account{}).Where("id = ?", account)
	values := map[string]any{"trouble": nil, "trouble_since": nil, "updated_at": now}
	if trouble == nil {
		query = query.Where("trouble IS NOT NULL")
	} else {
		query = query.Where("trouble IS NULL OR trouble->>'code' <> ?", code)
		values["trouble"], values["trouble_since"] = trouble, now
	}
	done := query.Updates(values)
	if done.Error != nil {
		return false, fmt.Errorf("note the account's trouble: %w", done.Error)
	}
	return done.RowsAffected > 0, nil
}

// readNumbers returns the input with its numbers as they are kept.
func readNumbers(in AccountInput) (AccountInput, error) {
	var wrong []*fault.Error
	read := func(pointer string, want Number, typed *string) *string {
		if typed == nil {
			return nil
		}
		value, complaint := ReadNumber(pointer, want, *typed)
		if complaint != nil {
			wrong = append(wrong, complaint)
		}
		return &value
	}
	in.SupplierID = read("/supplier_id", SupplierID, in.SupplierID)
	in.AllianceNumber = read("/alliance_number", AllianceNumber, in.AllianceNumber)
	return in, fault.Collect(fault.InvalidInput, wrong)
}

// lockTenant makes changes to the tenant's accounts wait for each other, so that exactly one of them is the default. It returns
// gorm.ErrRecordNotFound for an unknown tenant.
func lockTenant(tx database.Tx) error {
	return database.ForUpdate(tx.DB).Where("id = ?", tx.Tenant).Take(&Tenant{}).Error
}

// dropDefault takes the mark of the default away from whoever has it, if somebody else is about to get it.
func dropDefault(rows *gorm.DB, needed bool) error {
	if !needed {
		return nil
	}
	return rows.Where("is_default").Update("is_default", false).Error
}

func accountConflict(err error) error {
	if database.Violates(err, "ba_accounts_supplier_id_key") {
		return SupplierTaken.At("/supplier_id", nil)
	}
	return err
}

func same(a, b *string) bool {
	return (a == nil) == (b == nil) && (a == nil || *a == *b)
}
