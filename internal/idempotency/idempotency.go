// Package idempotency makes a request that is repeated under the same key happen once, and be answered alike.
//
// A key is claimed and the claim committed; then the request's effect, its answer and the claim's end are one transaction. So a program that
// dies leaves either nothing, and a claim that lapses, or all of it.
package idempotency

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

const (
	// Kept is how long an answer is kept, from the request on.
	Kept = 24 * time.Hour
	// lapse is how long a claim without an answer keeps others out: as long as serve lets a request take.
	lapse = time.Minute
	// releaseTimeout bounds the giving back of a claim.
	releaseTimeout = 5 * time.Second
)

// What can be wrong with a key.
var (
	Reused = &fault.Code{
		Name: "idempotency_key_reused", Kind: fault.Invalid,
		Title:  text.Text{DE: "Idempotency-Key mit anderem Inhalt", EN: "Idempotency key with another body"},
		Detail: text.Text{DE: "Unter diesem Schlüssel wurde hier schon eine Anfrage mit anderem Inhalt gestellt; diese wurde nicht ausgeführt.", EN: "A request with another body was made here under this key; this one was not carried out."},
		Hint:   text.Text{DE: "Verwenden Sie für jede neue Anfrage einen neuen Schlüssel, etwa eine UUID.", EN: "Use a new key for every new request, such as a UUID."},
	}
	Running = &fault.Code{
		Name: "idempotency_key_in_use", Kind: fault.Conflict,
		Title:  text.Text{DE: "Dieselbe Anfrage läuft noch", EN: "The same request is still running"},
		Detail: text.Text{DE: "Eine Anfrage mit diesem Schlüssel ist noch nicht beantwortet.", EN: "A request with this key has not been answered yet."},
		Hint:   text.Text{DE: "Wiederholen Sie die Anfrage gleich noch einmal mit demselben Schlüssel.", EN: "Repeat the request with the same key in a moment."},
	}
)

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code { return []*fault.Code{Reused, Running} }

// Request is a request under a key.
type Request struct {
	// Secret is what the caller proved itself with, which is not stored anywhere: fingerprints are made under it, so that nobody who sees
	// them can try out bodies.
	Secret string
	// Route names what is asked for; the same key may be used for another route.
	Route string
	Key   string
	Body  []byte
}

func (r Request) digest() []byte      { return r.mac("key", r.Key) }
func (r Request) fingerprint() []byte { return r.mac("body", string(r.Body)) }

func (r Request) mac(what, value string) []byte {
	hash := hmac.New(sha256.New, []byte(r.Secret))
	for _, part := range []string{what, r.Route, value} {
		_, _ = fmt.Fprintf(hash, "%d:%s", len(part), part)
	}
	return hash.Sum(nil)
}

// Answer is an answer as it is kept.
type Answer struct {
	Status int
	Header map[string]string `gorm:"serializer:json"`
	Body   []byte
}

// claim is a key that was used.
type claim struct {
	Digest      []byte `gorm:"primaryKey"`
	Fingerprint []byte
	Attempt     uuid.UUID
	ClaimedAt   time.Time
	AnsweredAt  *time.Time
	TenantID    *uuid.UUID
}

// TableName is idempotency_claims.
func (claim) TableName() string { return "idempotency_claims" }

// kept is a kept answer.
type kept struct {
	TenantID uuid.UUID
	Digest   []byte
	Answer   `gorm:"embedded"`
}

// TableName is idempotency_answers.
func (kept) TableName() string { return "idempotency_answers" }

// Keys is the door to keys.
type Keys struct {
	db  *database.DB
	now func() time.Time
}

// NewKeys returns the keys in a database.
func NewKeys(db *database.DB, now func() time.Time) *Keys { return &Keys{db: db, now: now} }

// Once runs do, unless the same request was answered before under its key: then it returns that answer, and that it is repeated. What do
// changes with its context, and the answer that it returns, are committed together. When do returns an error nothing is changed, nothing is
// kept, and the key is free again. do must work for a tenant, which the answer belongs to.
//
// It returns Reused for a key that was used with another body, Running while the same request is not answered, and do's own errors.
func (k *Keys) Once(ctx context.Context, r Request, do func(ctx context.Context) (Answer, error)) (answer Answer, repeated bool, err error) {
	held, found, err := k.claim(ctx, r)
	if err != nil {
		return Answer{}, false, err
	}
	if found != nil {
		return *found, true, nil
	}
	done := false
	defer func() {
		if !done {
			k.release(ctx, held)
		}
	}()
	err = k.db.Together(ctx, func(ctx context.Context) error {
		if answer, err = do(ctx); err != nil {
			return err
		}
		return k.keep(ctx, held, answer)
	})
	done = err == nil
	return answer, false, err
}

// claim takes the key for this attempt, or returns the answer that is kept under it.
func (k *Keys) claim(ctx context.Context, r Request) (claim, *Answer, error) {
	mine := claim{Digest: r.digest(), Fingerprint: r.fingerprint(), Attempt: uuid.New(), ClaimedAt: k.now()}
	other, err := k.take(ctx, mine)
	if err == nil && other != nil && !k.now().Before(other.ClaimedAt.Add(Kept)) {
		// It was not pruned yet.
		if err = k.forget(ctx, *other); err == nil {
			other, err = k.take(ctx, mine)
		}
	}
	switch {
	case err != nil:
		return mine, nil, fmt.Errorf("claim an idempotency key: %w", err)
	case other == nil:
		return mine, nil, nil
	case !hmac.Equal(other.Fingerprint, mine.Fingerprint):
		return mine, nil, Reused.New(nil)
	case other.AnsweredAt == nil:
		return mine, nil, Running.New(nil)
	}
	found, err := k.read(ctx, *other)
	return mine, &found, err
}

// take takes the key, if nobody has it or a claim on it has lapsed; otherwise it returns who has it.
func (k *Keys) take(ctx context.Context, mine claim) (*claim, error) {
	var other *claim
	err := k.db.InPlatform(ctx, func(tx *gorm.DB) error {
		taken := tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "digest"}},
			DoUpdates: clause.AssignmentColumns([]string{"fingerprint", "attempt", "claimed_at"}),
			Where: clause.Where{Exprs: []clause.Expression{clause.Expr{
				SQL:  "idempotency_claims.answered_at IS NULL AND idempotency_claims.claimed_at <= ?",
				Vars: []any{mine.ClaimedAt.Add(-lapse)},
			}}},
		}).Create(&mine)
		if taken.Error != nil || taken.RowsAffected > 0 {
			return taken.Error
		}
		other = &claim{}
		return tx.Where("digest = ?", mine.Digest).Take(other).Error // the insert has locked it: it is there
	})
	return other, err
}

// keep ends the claim with its answer, in the transaction of the effect. It returns Running when the claim has lapsed and another attempt has
// the key: the effect must not happen.
func (k *Keys) keep(ctx context.Context, held claim, answer Answer) error {
	owner := database.WorkedFor(ctx)
	if tenant, err := scope.Tenant(ctx); err == nil {
		owner = tenant
	}
	err := k.db.InTx(scope.WithTenant(ctx, owner), func(tx database.Tx) error {
		ended := tx.Model(&claim{}).Where("digest = ? AND attempt = ? AND answered_at IS NULL", held.Digest, held.Attempt).
			Updates(map[string]any{"answered_at": k.now(), "tenant_id": owner})
		if ended.Error != nil {
			return ended.Error
		}
		if ended.RowsAffected == 0 {
			return Running.New(nil)
		}
		return tx.Create(&kept{TenantID: owner, Digest: held.Digest, Answer: answer}).Error
	})
	if err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}

// read returns the answer that a claim ended with.
func (k *Keys) read(ctx context.Context, ended claim) (Answer, error) {
	var found kept
	err := k.db.InTx(scope.WithTenant(ctx, *ended.TenantID), func(tx database.Tx) error {
		return tx.Of(&kept{}).Where("digest = ?", ended.Digest).Take(&found).Error
	})
	if err != nil {
		return Answer{}, fmt.Errorf("read a kept answer: %w", err)
	}
	return found.Answer, nil
}

// release gives a claim back whose request failed, so that the key can be used at once, even with another body. Should it fail, the claim
// lapses.
func (k *Keys) release(ctx context.Context, held claim) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseTimeout)
	defer cancel()
	_ = k.db.InPlatform(ctx, func(tx *gorm.DB) error {
		return tx.Where("digest = ? AND attempt = ? AND answered_at IS NULL", held.Digest, held.Attempt).Delete(&claim{}).Error
	})
}

// forget removes answers, then the keys that lead to them.
func (k *Keys) forget(ctx context.Context, old ...claim) error {
	ofTenant, all := map[uuid.UUID][][]byte{}, make([]uuid.UUID, len(old))
	for i, one := range old {
		all[i] = one.Attempt
		if one.TenantID != nil {
			ofTenant[*one.TenantID] = append(ofTenant[*one.TenantID], one.Digest)
		}
	}
	for tenant, digests := range ofTenant {
		err := k.db.InTx(scope.WithTenant(ctx, tenant), func(tx database.Tx) error {
			return tx.Of(&kept{}).Where("digest IN ?", digests).Delete(&kept{}).Error
		})
		if err != nil {
			return fmt.Errorf("forget answers: %w", err)
		}
	}
	err := k.db.InPlatform(ctx, func(tx *gorm.DB) error {
		return tx.Where("attempt IN ?", all).Delete(&claim{}).Error
	})
	if err != nil {
		return fmt.Errorf("forget idempotency keys: %w", err)
	}
	return nil
}
