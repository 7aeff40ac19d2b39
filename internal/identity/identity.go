package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// What can be wrong with tokens.
var (
	Unauthenticated = &fault.Code{
		Name: "unauthenticated", Kind: fault.Unauthenticated,
		Title:  text.Text{DE: "Nicht angemeldet", EN: "Not authenticated"},
		Detail: text.Text{DE: "Die Anfrage trägt kein gültiges Token.", EN: "The request carries no valid token."},
		Hint: text.Text{
			DE: "Senden Sie „Authorization: Bearer swk_live_…“ mit einem Token, das weder abgelaufen noch widerrufen ist.",
			EN: "Send `Authorization: Bearer swk_live_…` with a token that is neither expired nor revoked.",
		},
	}
	MissingScope = &fault.Code{
		Name: "missing_scope", Kind: fault.Forbidden,
		Title:  text.Text{DE: "Recht fehlt", EN: "Missing scope"},
		Detail: text.Text{DE: "Dem Token fehlt das Recht „{scope}“.", EN: "The token lacks the scope `{scope}`."},
		Hint: text.Text{
			DE: "Verwenden Sie ein Token mit diesem Recht; der Betreiber stellt es aus.",
			EN: "Use a token that has this scope; the operator issues it.",
		},
	}
	UnknownScope = &fault.Code{
		Name: "unknown_scope", Kind: fault.Invalid,
		Title:  text.Text{DE: "Unbekanntes Recht", EN: "Unknown scope"},
		Detail: text.Text{DE: "Das ist kein Recht, das ein Mandanten-Token haben kann.", EN: "This is not a scope that a tenant's token can have."},
		Hint:   text.Text{DE: "Erlaubt sind: {known}.", EN: "Allowed are: {known}."},
	}
	BadExpiry = &fault.Code{
		Name: "invalid_expiry", Kind: fault.Invalid,
		Title:  text.Text{DE: "Ablaufzeit ist nicht erlaubt", EN: "The expiry is not allowed"},
		Detail: text.Text{DE: "Ein Token läuft in der Zukunft ab, spätestens in zwei Jahren.", EN: "A token expires in the future, within two years at the latest."},
		Hint:   text.Text{DE: "Lassen Sie die Angabe weg; dann gilt das Token ein Jahr.", EN: "Leave it out; the token then holds for one year."},
	}
)

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code {
	return []*fault.Code{Unauthenticated, MissingScope, UnknownScope, BadExpiry}
}

// How long tokens hold.
const (
	defaultLife = 365 * 24 * time.Hour
	longestLife = 2 * defaultLife
)

// usedEvery is how exact last use is kept: writing it at every request would make every read a write.
const usedEvery = time.Minute

// TenantScopes are the scopes that a tenant's token may have.
func TenantScopes() []string {
	return []string{
		"accounts:read", "accounts:write", "certificates:read", "certificates:write", "events:read", "onboarding:read", "onboarding:write",
		"postings:read", "postings:write", "tenants:read", "transfers:read",
	}
}

// OperatorScopes are the scopes of an operator's token: a tenant's, and what only the operator does.
func OperatorScopes() []string {
	return append(TenantScopes(), "onboarding:activate", "tenants:list", "tenants:write", "transfers:decide", "tokens:read", "tokens:write")
}

// Token is what is kept of an API token. The token itself is shown once and not kept.
type Token struct {
	ID   uuid.UUID
	Kind scope.Kind
	// TenantID is the only tenant that the token reaches; nil for operators.
	TenantID *uuid.UUID
	// Name says what the token is for: 1 to 100 characters.
	Name string
	Hash []byte
	// Hint is the token's last four characters.
	Hint string
	// Scopes are what the token may do, separated by spaces.
	Scopes     string
	CreatedAt  time.Time `gorm:"autoCreateTime:false"`
	CreatedBy  string
	ExpiresAt  time.Time
	LastUsedAt *time.Time
	RevokedAt  *time.Time
}

// TableName is api_tokens.
func (Token) TableName() string { return "api_tokens" }

// holds reports whether the token is neither revoked nor expired.
func (t Token) holds(now time.Time) bool { return t.RevokedAt == nil && t.ExpiresAt.After(now) }

// Tokens is the door to API tokens.
type Tokens struct {
	db  *database.DB
	now func() time.Time
}

// NewTokens returns the tokens in a database.
func NewTokens(db *database.DB, now func() time.Time) *Tokens { return &Tokens{db: db, now: now} }

// Request says which token is wanted.
type Request struct {
	Name   string
	Scopes []string
	// ExpiresAt is nil for one year; two years are the most.
	ExpiresAt *time.Time
}

// CreateOperator makes a token that reaches every tenant. Only the command line does, on the machine itself: no token makes such a
// token. It returns BadExpiry.
func (t *Tokens) CreateOperator(ctx context.Context, name string, expiresAt *time.Time) (Token, Secret, error) {
	return t.create(ctx, Token{Kind: scope.Operator, Name: name, Scopes: strings.Join(OperatorScopes(), " ")}, expiresAt)
}

// CreateTenant makes a token of one tenant. It returns UnknownScope, BadExpiry, and fault.Missing for an unknown tenant.
func (t *Tokens) CreateTenant(ctx context.Context, tenant uuid.UUID, want Request) (Token, Secret, error) {
	var wrong []*fault.Error
	for i, name := range want.Scopes {
		if !slices.Contains(TenantScopes(), name) {
			wrong = append(wrong, UnknownScope.At(fmt.Sprintf("/scopes/%d", i), fault.Args{"known": strings.Join(TenantScopes(), ", ")}))
		}
	}
	if err := fault.Collect(fault.InvalidInput, wrong); err != nil {
		return Token{}, Secret{}, err
	}
	scopes := slices.Compact(slices.Sorted(slices.Values(want.Scopes)))
	return t.create(ctx, Token{Kind: scope.TenantToken, TenantID: &tenant, Name: want.Name, Scopes: strings.Join(scopes, " ")}, want.ExpiresAt)
}

func (t *Tokens) create(ctx context.Context, token Token, expiresAt *time.Time) (Token, Secret, error) {
	now := t.now()
	token.ExpiresAt = now.Add(defaultLife)
	if expiresAt != nil {
		token.ExpiresAt = *expiresAt
	}
	if !token.ExpiresAt.After(now) || token.ExpiresAt.After(now.Add(longestLife)) {
		return Token{}, Secret{}, fault.Collect(fault.InvalidInput, []*fault.Error{BadExpiry.At("/expires_at", nil)})
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Token{}, Secret{}, fmt.Errorf("create token: %w", err)
	}
	secret := newSecret()
	token.ID, token.Hash, token.Hint = id, secret.hash(), secret.hint()
	token.CreatedAt, token.CreatedBy = now, scope.CallerOf(ctx).Name
	err = t.db.InPlatform(ctx, func(tx *gorm.DB) error { return tx.Create(&token).Error })
	if database.Violates(err, "api_tokens_tenant_id_fkey") {
		return Token{}, Secret{}, fault.Missing.Because(err, nil)
	}
	if err != nil {
		return Token{}, Secret{}, fmt.Errorf("create token: %w", err)
	}
	return token, secret, nil
}

// Authenticate tells who shows a token. It returns Unauthenticated for one that is unknown, expired or revoked.
func (t *Tokens) Authenticate(ctx context.Context, shown string) (scope.Caller, error) {
	secret, ok := ParseSecret(shown)
	if !ok {
		return scope.Caller{}, Unauthenticated.New(nil)
	}
	now := t.now()
	var found Token
	err := t.db.InPlatform(ctx, func(tx *gorm.DB) error {
		if err := tx.Where("hash = ?", secret.hash()).Take(&found).Error; err != nil {
			return err
		}
		if !found.holds(now) || (found.LastUsedAt != nil && now.Sub(*found.LastUsedAt) < usedEvery) {
			return nil
		}
		return tx.Model(&found).Update("last_used_at", now).Error
	})
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return scope.Caller{}, Unauthenticated.New(nil)
	}
	if err != nil {
		return scope.Caller{}, fmt.Errorf("look up token: %w", err)
	}
	if !found.holds(now) {
		return scope.Caller{}, Unauthenticated.New(nil)
	}
	caller := scope.Caller{Kind: found.Kind, Token: found.ID, Name: found.Name, Scopes: strings.Fields(found.Scopes)}
	if found.TenantID != nil {
		caller.Tenant = *found.TenantID
	}
	return caller, nil
}

// OfTenant returns a page of a tenant's tokens, and the cursor of the next page.
func (t *Tokens) OfTenant(ctx context.Context, tenant uuid.UUID, page database.Page) ([]Token, *string, error) {
	var found []Token
	err := t.db.InPlatform(ctx, func(tx *gorm.DB) error {
		return page.In(tx.Where("tenant_id = ?", tenant)).Find(&found).Error
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list tokens: %w", err)
	}
	found, next := database.Cut(page, found, func(t Token) uuid.UUID { return t.ID })
	return found, next, nil
}

// Revoke ends a tenant's token at once; revoking it again changes nothing. It returns fault.Missing.
func (t *Tokens) Revoke(ctx context.Context, tenant, id uuid.UUID) error {
	err := t.db.InPlatform(ctx, func(tx *gorm.DB) error {
		var found Token
		if err := database.ForUpdate(tx).Where("tenant_id = ? AND id = ?", tenant, id).Take(&found).Error; err != nil {
			return err
		}
		if found.RevokedAt != nil {
			return nil
		}
		return tx.Model(&found).Update("revoked_at", t.now()).Error
	})
	return database.OrMissing("revoke token", err)
}
