package credential

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
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
	Log  *slog.Logger
}

// NewKeeper returns a keeper.
func NewKeeper(o Options) *Keeper {
	return &Keeper{db: o.DB, store: o.Store, opener: o.Opener, now: o.Now, wake: o.Wake, log: o.Log}
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
// the codes of package p12 for what is wrong with the file, Known and StoreUnavailable.
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
		k.giveUp(ctx, owner, created)
		return Certificate{}, StoreUnavailable.Because(err, nil)
	}
	return k.ready(ctx, created)
}

func seal(file []byte, pin secret.Secret, opened *p12.Opened) secret.Secret {
	content := sealed{File: file, PIN: pin.Reveal(), Key: opened.Key.Reveal(), Leaf: opened.Leaf.Raw}
	for _, other := range opened.Chain {
		content.Chain = append(content.Chain, other.Raw)
	}
	raw, _ := json.Marshal(content) // bytes only: it cannot fail
	return secret.New(raw)
}

func (k *Keeper) insertPending(ctx context.Context, account uuid.UUID, opened *p12.Opened) (Certificate, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Certificate{}, fmt.Errorf("draw a certificate id: %w", err)
	}
	created := describe(opened)
	created.ID, created.AccountID, created.State = id, account, Pending
	created.CreatedAt, created.UpdatedAt, created.CreatedBy = k.now(), k.now(), scope.CallerOf(ctx).Name
	err = k.db.InTx(ctx, func(tx database.Tx) error {
		created.TenantID = tx.Tenant
		var same int64
		err := certificates(tx, account).Where("fingerprint = ? AND state IN ?", created.Fingerprint, []State{Active, Next}).Count(&same).Error
		if err != nil {
			return err
		}
		if same > 0 {
			return Known.New(nil)
		}
		return tx.Create(&created).Error
	})
	if err != nil {
		return Certificate{}, fmt.Errorf("store certificate: %w", err)
	}
	return created, nil
}

// giveUp takes back a certificate whose secret may not have been stored. What it cannot take back now, Sweep does.
func (k *Keeper) giveUp(ctx context.Context, owner uuid.UUID, created Certificate) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), giveUpTimeout)
	defer cancel()
	err := errors.Join(
		k.db.InTx(ctx, func(tx database.Tx) error { return k.setState(tx, created.ID, Revoked) }),
		k.store.Delete(ctx, secret.CertificatePath(owner, created.ID)),
	)
	if err != nil {
		k.log.WarnContext(ctx, "certificate not taken back yet", "certificate", created.ID, "error", err)
	}
}

// giveUpTimeout bounds the taking back of a failed upload.
const giveUpTimeout = 10 * time.Second

// ready puts a stored certificate to its use: the newest valid one is active.
func (k *Keeper) ready(ctx context.Context, created Certificate) (Certificate, error) {
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		state, kind := Active, event.CertificateActive
		if created.NotBefore.After(k.now()) {
			state, kind = Next, event.CertificateStored
		}
		err := certificates(tx, created.AccountID).Where("state = ?", state).
			Updates(map[string]any{"state": Retired, "updated_at": k.now()}).Error
		if err != nil {
			return err
		}
		if err := k.setState(tx, created.ID, state); err != nil {
			return err
		}
		created.State = state
		if err := k.tell(tx, kind, created); err != nil {
			return err
		}
		return k.wake(tx, created.AccountID)
	})
	if err != nil {
		return Certificate{}, fmt.Errorf("put certificate to use: %w", err)
	}
	return created, nil
}

// Revoke stops using a certificate and destroys its secret; revoking it again changes nothing. It returns fault.Missing.
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
		return k.wake(tx, account)
	})
	if err != nil {
		return Certificate{}, database.OrMissing("revoke certificate", err)
	}
	if err := k.store.Delete(ctx, secret.CertificatePath(found.TenantID, id)); err != nil {
		// It is out of use already; Sweep destroys it later.
		k.log.WarnContext(ctx, "secret of a revoked certificate not destroyed yet", "certificate", id, "error", err)
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

// Usable reads, within a transaction, the certificate that an account uses, or will use. It reports false when there is none.
func Usable(tx database.Tx, account uuid.UUID) (Certificate, bool, error) {
	var found []Certificate
	err := certificates(tx, account).Where("state IN ?", []State{Active, Next}).Order("state").Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return Certificate{}, false, err
	}
	return found[0], true, nil
}

// KeyPair is an opened certificate, ready for mutual TLS.
type KeyPair struct {
	Certificate tls.Certificate
	// Authorities are the other certificates of the file: the BA's server may chain to them.
	Authorities []*x509.Certificate
}

// Open returns the certificate that an account uses now, with its key. It returns None, p12.Expired, StoreUnavailable and Lost.
func (k *Keeper) Open(ctx context.Context, account uuid.UUID) (KeyPair, error) {
	active, err := k.current(ctx, account)
	if err != nil {
		return KeyPair{}, err
	}
	kept, err := k.store.Get(ctx, secret.CertificatePath(active.TenantID, active.ID))
	switch {
	case errors.Is(err, secret.ErrNotFound), errors.Is(err, secret.ErrUnreadable):
		return KeyPair{}, Lost.Because(err, nil)
	case err != nil:
		return KeyPair{}, StoreUnavailable.Because(err, nil)
	}
	return unseal(kept)
}

func unseal(kept secret.Secret) (KeyPair, error) {
	var content sealed
	if err := json.Unmarshal(kept.Reveal(), &content); err != nil {
		return KeyPair{}, Lost.New(nil) // the decoder's words could quote the secret
	}
	leaf, err := x509.ParseCertificate(content.Leaf)
	if err != nil {
		return KeyPair{}, Lost.Because(err, nil)
	}
	opened := p12.Opened{Leaf: leaf, Key: secret.New(content.Key)}
	for _, raw := range content.Chain {
		other, err := x509.ParseCertificate(raw)
		if err != nil {
			return KeyPair{}, Lost.Because(err, nil)
		}
		opened.Chain = append(opened.Chain, other)
	}
	certificate, err := opened.Certificate()
	if err != nil {
		return KeyPair{}, Lost.Because(err, nil)
	}
	return KeyPair{Certificate: certificate, Authorities: opened.Chain}, nil
}

// current finds the certificate to use now; a next one whose time has begun takes over.
func (k *Keeper) current(ctx context.Context, account uuid.UUID) (Certificate, error) {
	now := k.now()
	var active Certificate
	err := k.db.InTx(ctx, func(tx database.Tx) error {
		var next Certificate
		err := certificates(tx, account).Where("state = ? AND not_before <= ?", Next, now).Take(&next).Error
		if err == nil {
			active = next
			return k.takeOver(tx, next)
		}
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		return certificates(tx, account).Where("state = ?", Active).Take(&active).Error
	})
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return Certificate{}, None.New(nil)
	case err != nil:
		return Certificate{}, fmt.Errorf("find the account's certificate: %w", err)
	case now.After(active.NotAfter):
		return Certificate{}, p12.Expired.New(fault.Args{
			"not_before": active.NotBefore.UTC().Format(time.DateOnly), "not_after": active.NotAfter.UTC().Format(time.DateOnly),
		})
	}
	return active, nil
}

func (k *Keeper) takeOver(tx database.Tx, next Certificate) error {
	err := certificates(tx, next.AccountID).Where("state = ?", Active).
		Updates(map[string]any{"state": Retired, "updated_at": k.now()}).Error
	if err != nil {
		return err
	}
	if err := k.setState(tx, next.ID, Active); err != nil {
		return err
	}
	return k.tell(tx, event.CertificateActive, next)
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
