package credential

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// HasUsable reports, within a transaction, whether an account has a certificate that is in use or waits for its time, and has not expired.
func HasUsable(tx database.Tx, account uuid.UUID, now time.Time) (bool, error) {
	var usable int64
	err := certificates(tx, account).Where("state IN ? AND not_after > ?", []State{Active, Next}, now).Count(&usable).Error
	if err != nil {
		return false, fmt.Errorf("look for a certificate: %w", err)
	}
	return usable > 0, nil
}

// InUse returns, within a transaction, the id of the certificate that an account uses; uuid.Nil for none.
func InUse(tx database.Tx, account uuid.UUID) (uuid.UUID, error) {
	var ids []uuid.UUID
	if err := certificates(tx, account).Where("state = ?", Active).Pluck("id", &ids).Error; err != nil {
		return uuid.Nil, fmt.Errorf("look for the certificate in use: %w", err)
	}
	if len(ids) == 0 {
		return uuid.Nil, nil
	}
	return ids[0], nil
}

// KeyPair is an opened certificate, ready for mutual TLS. It holds the private key, so it redacts itself.
type KeyPair struct {
	Certificate tls.Certificate
	// Authorities are the other certificates of the file: the BA's server may chain to them.
	Authorities []*x509.Certificate
}

// redacted is what every way of printing a KeyPair shows.
const redacted = "[redacted]"

// Format hides the key from every verb of fmt.
func (KeyPair) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the key in slog.
func (KeyPair) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText hides the key in JSON and every other text encoding.
func (KeyPair) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// Open returns the certificate that an account uses now, with its key. What was opened stays open for some minutes, as long as the account
// uses that certificate. It returns None, p12.Expired, Lost, StoreUnavailable and the outages of package secret.
func (k *Keeper) Open(ctx context.Context, account uuid.UUID) (KeyPair, error) {
	active, err := k.current(ctx, account)
	if err != nil {
		k.opened.drop(account)
		return KeyPair{}, err
	}
	if pair, ok := k.opened.get(account, active.ID); ok {
		return pair, nil
	}
	kept, err := k.store.Get(ctx, secret.CertificatePath(active.TenantID, active.ID))
	switch {
	case errors.Is(err, secret.ErrNotFound), errors.Is(err, secret.ErrUnreadable):
		return KeyPair{}, Lost.Because(err, nil)
	case err != nil:
		return KeyPair{}, unavailable(err)
	}
	pair, err := unseal(kept)
	if err == nil {
		k.opened.put(account, active.ID, pair)
	}
	return pair, err
}

// unavailable is the fault of a store that fails: the outage that it names itself, or StoreUnavailable.
func unavailable(err error) error {
	if secret.OutageOf(err) != nil {
		return err
	}
	return StoreUnavailable.Because(err, nil)
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
		// Locked, since several workers may come at once and only one of them may have it take over.
		due := certificates(tx, account).Where("state = ? AND not_before <= ?", Next, now)
		err := database.ForUpdate(due).Take(&next).Error
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
	if err := k.replace(tx, next, Active); err != nil {
		return err
	}
	return k.tell(tx, event.CertificateActive, next)
}
