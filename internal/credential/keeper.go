package credential

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// Keeper is the door to certificates.
type Keeper struct {
	db     *database.DB
	store  secret.Store
	opener *p12.Opener
	now    func() time.Time
	wake   func(tx database.Tx, account uuid.UUID) error
	doom   func(tx database.Tx, certificate uuid.UUID) error
	opened *cache
	log    *slog.Logger
}

// Options is what a Keeper works with.
type Options struct {
	DB     *database.DB
	Store  secret.Store
	Opener *p12.Opener
	Now    func() time.Time
	// Wake is called in the transaction that gives an account another certificate.
	Wake func(tx database.Tx, account uuid.UUID) error
	// Doom is called in the transaction that revokes a certificate; Destroy is to be called for it afterwards, by a program that may.
	Doom func(tx database.Tx, certificate uuid.UUID) error
	Log  *slog.Logger
}

// NewKeeper returns a keeper.
func NewKeeper(o Options) *Keeper {
	return &Keeper{
		db: o.DB, store: o.Store, opener: o.Opener, now: o.Now, wake: o.Wake, doom: o.Doom, opened: newCache(o.Now), log: o.Log,
	}
}

// sealed is what lies in the secret store for one certificate.
type sealed struct {
	File []byte `json:"file"`
	PIN  []byte `json:"pin"`
	// Key is PKCS#8, Leaf and Chain are certificates, all DER: what the file was opened to, so that using it needs no PIN.
	Key   []byte   `json:"key"`
	Leaf  []byte   `json:"leaf"`
	Chain [][]byte `json:"chain"`
}

// Upload opens a .p12 file with its PIN and keeps it for an account of the tenant of the context. The row is committed as Pending, then the
// secret is written, then the row becomes Active, or Next when its time has not begun. It returns fault.Missing for an unknown account,
// the codes of package p12 for what is wrong with the file, Known, StoreUnavailable and the outages of package secret.
func (k *Keeper) Upload(ctx context.Context, account uuid.UUID, file []byte, pin secret.Secret) (Certificate, error) {
	owner, err := scope.Tenant(ctx)
	if err != nil {
		return Certificate{}, err
	}
	if err := k.db.InTx(ctx, func(tx database.Tx) error {
		_, err := tenant.AccountByID(tx, account)
		return err
	}); err != nil {
		return Certificate{}, err
	}
	opened, err := k.opener.Open(ctx, owner.String(), file, pin)
	if err != nil {
		return Certificate{}, err
	}
	if err := p12.Inspect(opened, k.now()); err != nil && !fault.Has(err, p12.NotYetValid) {
		return Certificate{}, err
	}
	created, err := k.insertPending(ctx, account, opened)
	if err != nil {
		return Certificate{}, err
	}
	if err := k.store.Put(ctx, secret.CertificatePath(owner, created.ID), seal(file, pin, opened)); err != nil {
		k.giveUp(ctx, created)
		return Certificate{}, unavailable(err)
	}
	used, err := k.ready(ctx, created)
	if err != nil {
		k.giveUp(ctx, created)
		return Certificate{}, database.OrMissing("put certificate to use", err)
	}
	return used, nil
}

func seal(file []byte, pin secret.Secret, opened *p12.Opened) secret.Secret {
	content := sealed{File: file, PIN: pin.Reveal(), Key: opened.Key.Reveal(), Leaf: opened.Leaf.Raw}
	for _, other := range opened.Chain {
		content.Chain = append(content.Chain, other.Raw)
	}
	raw, _ := json.Marshal(content) //nolint:errchkjson // bytes only: it cannot fail
	return secret.New(raw)
}

func (k *Keeper) insertPending(ctx context.Context, account uuid.UUID, opened *p12.Opened) (Certificate, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Certificate{}, fmt.Errorf("draw a certificate id: %w", err)
	}
	created := Describe(opened)
	created.ID, created.AccountID, created.State = id, account, Pending
	created.CreatedAt, created.UpdatedAt, created.CreatedBy = k.now(), k.now(), scope.CallerOf(ctx).Name
	err = k.db.InTx(ctx, func(tx database.Tx) error {
		created.TenantID = tx.Tenant
		if err := refuseKnown(tx, created); err != nil {
			return err
		}
		return tx.Create(&created).Error
	})
	if err != nil {
		return Certificate{}, fmt.Errorf("store certificate: %w", err)
	}
	return created, nil
}

// refuseKnown returns Known when the account uses, or will use, this very certificate already.
func refuseKnown(tx database.Tx, c Certificate) error {
	var same int64
	err := certificates(tx, c.AccountID).Where("fingerprint = ? AND state IN ?", c.Fingerprint, []State{Active, Next}).Count(&same).Error
	if err == nil && same > 0 {
		return Known.New(nil)
	}
	return err
}

// giveUp takes back a certificate that was not put to use, whether its secret was stored or not. What it cannot take back now, Sweep
// does. A certificate that was put to use after all, because only the database's answer was lost, stays.
func (k *Keeper) giveUp(ctx context.Context, created Certificate) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpTimeout)
	defer cancel()
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		return k.abandon(tx, tx.Of(&Certificate{}).Where("id = ?", created.ID))
	})
	if err != nil {
		k.log.WarnContext(ctx, "certificate not taken back yet", "certificate", created.ID, "error", err)
	}
}

// abandon revokes those of the certificates whose secret the store has not confirmed.
func (k *Keeper) abandon(tx database.Tx, certificates *gorm.DB) error {
	var found []Certificate
	if err := database.ForUpdate(certificates).Where("state = ?", Pending).Find(&found).Error; err != nil {
		return err
	}
	for _, one := range found {
		if err := k.setState(tx, one.ID, Revoked); err != nil {
			return err
		}
		if err := k.doom(tx, one.ID); err != nil {
			return err
		}
	}
	return nil
}

// giveUpTimeout bounds the taking back of a failed upload.
const giveUpTimeout = 10 * time.Second

// ready puts a stored certificate to its use: the newest valid one is active. It returns gorm.ErrRecordNotFound when the certificate was
// revoked meanwhile, and Known when the same file was uploaded twice at once.
func (k *Keeper) ready(ctx context.Context, created Certificate) (Certificate, error) {
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		// Uploads for one account wait here for each other, so that each retires the one before.
		if err := database.ForUpdate(tx.Of(&tenant.Account{})).Where("id = ?", created.AccountID).Take(&tenant.Account{}).Error; err != nil {
			return err
		}
		pending := certificates(tx, created.AccountID).Where("id = ? AND state = ?", created.ID, Pending)
		if err := database.ForUpdate(pending).Take(&created).Error; err != nil {
			return err
		}
		if err := refuseKnown(tx, created); err != nil {
			return err
		}
		state, kind := Active, event.CertificateActive
		if created.NotBefore.After(k.now()) {
			state, kind = Next, event.CertificateStored
		}
		if err := k.replace(tx, created, state); err != nil {
			return err
		}
		created.State = state
		if err := k.tell(tx, kind, created); err != nil {
			return err
		}
		return k.wake(tx, created.AccountID)
	})
	return created, err
}

// replace gives a certificate a state that only one of the account's can have, and retires the one that had it.
func (k *Keeper) replace(tx database.Tx, c Certificate, state State) error {
	err := certificates(tx, c.AccountID).Where("state = ?", state).Updates(map[string]any{"state": Retired, "updated_at": k.now()}).Error
	if err != nil {
		return err
	}
	return k.setState(tx, c.ID, state)
}

// Revoke stops using a certificate for good and has its secret destroyed; revoking it again changes nothing. It returns fault.Missing.
func (k *Keeper) Revoke(ctx context.Context, account, id uuid.UUID) (Certificate, error) {
	var found Certificate
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		if err := database.ForUpdate(certificates(tx, account)).Where("id = ?", id).Take(&found).Error; err != nil {
			return err
		}
		if found.State == Revoked {
			return nil
		}
		found.State = Revoked
		if err := k.setState(tx, id, Revoked); err != nil {
			return err
		}
		if err := k.tell(tx, event.CertificateRevoked, found); err != nil {
			return err
		}
		if err := k.doom(tx, id); err != nil {
			return err
		}
		return k.wake(tx, account)
	})
	if err != nil {
		return Certificate{}, database.OrMissing("revoke certificate", err)
	}
	return found, nil
}

// Get returns what is known of one certificate, or fault.Missing.
func (k *Keeper) Get(ctx context.Context, account, id uuid.UUID) (Certificate, error) {
	var found Certificate
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		return certificates(tx, account).Where("id = ?", id).Take(&found).Error
	})
	return found, database.OrMissing("read certificate", err)
}

// List returns a page of an account's certificates, and the cursor of the next page. It returns fault.Missing for an unknown account.
func (k *Keeper) List(ctx context.Context, account uuid.UUID, page database.Page) ([]Certificate, *string, error) {
	var found []Certificate
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		if _, err := tenant.AccountByID(tx, account); err != nil {
			return err
		}
		return page.In(certificates(tx, account)).Find(&found).Error
	})
	if err != nil {
		return nil, nil, database.OrMissing("list certificates", err)
	}
	found, next := database.Cut(page, found, func(c Certificate) uuid.UUID { return c.ID })
	return found, next, nil
}

func (k *Keeper) setState(tx database.Tx, id uuid.UUID, state State) error {
	return tx.Of(&Certificate{}).Where("id = ?", id).Updates(map[string]any{"state": state, "updated_at": k.now()}).Error
}

func (k *Keeper) tell(tx database.Tx, kind event.Kind, c Certificate) error {
	data := map[string]any{"account_id": c.AccountID, "fingerprint": c.Fingerprint, "not_after": c.NotAfter.UTC()}
	return event.Append(tx, k.now(), kind, c.ID, data)
}

func certificates(tx database.Tx, account uuid.UUID) *gorm.DB {
	return tx.Of(&Certificate{}).Where("account_id = ?", account)
}
