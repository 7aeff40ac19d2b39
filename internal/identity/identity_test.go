package identity_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// house is a house with one tenant and the door to its tokens.
type house struct {
	*testhouse.House
	tokens *identity.Tokens
	tenant uuid.UUID
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := testhouse.New(t)
	id, _ := h.Tenant(t, "Muster Pflege")
	return &house{House: h, tokens: identity.NewTokens(h.DB, h.Clock.Now), tenant: id}
}

// token makes a token of the tenant that may read postings.
func (h *house) token(t *testing.T) (identity.Token, string) {
	t.Helper()
	made, secret, err := h.tokens.CreateTenant(t.Context(), h.tenant, identity.Request{Name: "ATS", Scopes: []string{"postings:read"}})
	if err != nil {
		t.Fatal(err)
	}
	return made, secret.Reveal()
}

// owner opens a connection that sees every row as it is.
func (h *house) owner(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), h.URLs.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func (h *house) lastUsed(t *testing.T, id uuid.UUID) *time.Time {
	t.Helper()
	var at *time.Time
	if err := h.owner(t).QueryRow(t.Context(), "SELECT last_used_at FROM api_tokens WHERE id = $1", id).Scan(&at); err != nil {
		t.Fatal(err)
	}
	return at
}

func TestATenantsTokenTellsWhoCalls(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	want := identity.Request{Name: "ATS", Scopes: []string{"postings:write", "postings:read", "postings:write"}}
	made, secret, err := h.tokens.CreateTenant(t.Context(), h.tenant, want)
	if err != nil {
		t.Fatal(err)
	}

	caller, err := h.tokens.Authenticate(t.Context(), secret.Reveal())

	if err != nil || caller.Kind != scope.TenantToken || caller.Tenant != h.tenant || caller.Token != made.ID || caller.Name != "ATS" {
		t.Errorf("got %+v, %v", caller, err)
	}
	if !slices.Equal(caller.Scopes, []string{"postings:read", "postings:write"}) {
		t.Errorf("it may %q", caller.Scopes)
	}
}

func TestAnOperatorsTokenReachesEveryTenant(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, secret, err := h.tokens.CreateOperator(t.Context(), "operator", nil)
	if err != nil {
		t.Fatal(err)
	}

	caller, err := h.tokens.Authenticate(t.Context(), secret.Reveal())

	if err != nil || caller.Kind != scope.Operator || caller.Tenant != uuid.Nil || !caller.Reaches(h.tenant) {
		t.Errorf("got %+v, %v", caller, err)
	}
	for _, name := range append(identity.TenantScopes(), "onboarding:activate", "tokens:write", "tenants:write") {
		if !caller.May(name) {
			t.Errorf("it may not %s", name)
		}
	}
}

func TestTheDatabaseKeepsTheHashOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, secret := h.token(t)

	var row string
	var hash []byte
	if err := h.owner(t).QueryRow(t.Context(), "SELECT t::text, hash FROM api_tokens t").Scan(&row, &hash); err != nil {
		t.Fatal(err)
	}

	if want := sha256.Sum256([]byte(secret)); !slices.Equal(hash, want[:]) {
		t.Error("the hash is not the token's SHA-256")
	}
	if strings.Contains(row, secret[len("swk_live_"):][:8]) || !strings.Contains(row, secret[len(secret)-4:]) {
		t.Errorf("the row is %s", row)
	}
}

func TestTheFormOfAToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, shown := h.token(t)
	if !regexp.MustCompile(`^swk_live_[0-9A-Za-z]{38}$`).MatchString(shown) {
		t.Errorf("it has %d characters", len(shown))
	}
	if _, ok := identity.ParseSecret(shown); !ok {
		t.Error("it is not read")
	}
	// A slip of one character anywhere is noticed without a look-up.
	for i := range shown {
		other := byte('x')
		if shown[i] == other {
			other = 'y'
		}
		if _, ok := identity.ParseSecret(shown[:i] + string(other) + shown[i+1:]); ok {
			t.Errorf("a slip at %d is not noticed", i)
		}
	}
	for _, bad := range []string{"", "swk_live_", shown + "0", shown[:46], " " + shown, strings.ToUpper(shown), "swk_live_" + strings.Repeat("\x00", 38)} {
		if _, ok := identity.ParseSecret(bad); ok {
			t.Errorf("%d characters are read that are no token", len(bad))
		}
	}
	if _, second := h.token(t); second == shown {
		t.Error("two tokens are the same")
	}
}

func TestATokenPrintsAsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, shown := h.token(t)
	secret, _ := identity.ParseSecret(shown)
	encoded, err := json.Marshal(map[string]any{"token": secret})
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("made", "token", secret)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("made", "token", secret)

	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s %q %x", secret, secret, secret, secret, secret, secret), string(encoded), logged.String()} {
		if strings.Contains(printed, shown[9:17]) || strings.Contains(printed, fmt.Sprintf("%x", shown[9:17])) {
			t.Errorf("printed as %s", printed)
		}
	}
}

func TestATokenExpires(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made, secret := h.token(t)
	if want := h.Clock.Now().AddDate(0, 0, 365); !made.ExpiresAt.Equal(want) {
		t.Errorf("it expires at %s, want %s", made.ExpiresAt, want)
	}

	h.Clock.Set(made.ExpiresAt.Add(-time.Second))
	if _, err := h.tokens.Authenticate(t.Context(), secret); err != nil {
		t.Errorf("a second before: %v", err)
	}
	h.Clock.Set(made.ExpiresAt)
	if _, err := h.tokens.Authenticate(t.Context(), secret); !fault.Has(err, identity.Unauthenticated) {
		t.Errorf("at its end: %v", err)
	}
}

func TestAnExpiryLiesWithinTwoYears(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const year = 365 * 24 * time.Hour
	for after, good := range map[time.Duration]bool{-time.Second: false, 0: false, time.Second: true, 2 * year: true, 2*year + time.Second: false} {
		at := h.Clock.Now().Add(after)
		_, _, tenantErr := h.tokens.CreateTenant(t.Context(), h.tenant, identity.Request{Name: "ATS", ExpiresAt: &at})
		_, _, operatorErr := h.tokens.CreateOperator(t.Context(), "operator", &at)
		for _, err := range []error{tenantErr, operatorErr} {
			if (err == nil) != good || (!good && !strings.Contains(err.Error(), "invalid_expiry at /expires_at")) {
				t.Errorf("after %s: %v", after, err)
			}
		}
	}
}

func TestScopesThatATenantCannotHaveAreNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)

	_, _, err := h.tokens.CreateTenant(t.Context(), h.tenant, identity.Request{
		Name: "ATS", Scopes: []string{"postings:read", "tokens:write", "postings:*", "onboarding:activate"},
	})

	found, ok := err.(*fault.Error) //nolint:errorlint // it comes as it is
	if !ok || len(found.Parts) != 3 {
		t.Fatalf("got %v", err)
	}
	for i, pointer := range []string{"/scopes/1", "/scopes/2", "/scopes/3"} {
		if part := found.Parts[i]; part.Code != identity.UnknownScope || part.Pointer != pointer {
			t.Errorf("got %v", part)
		}
	}
}

func TestAnUnknownTenantGetsNoToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if _, _, err := h.tokens.CreateTenant(t.Context(), uuid.New(), identity.Request{Name: "ATS"}); !fault.Has(err, fault.Missing) {
		t.Errorf("got %v", err)
	}
}

func TestARevokedTokenIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made, secret := h.token(t)
	_, other := h.token(t)
	stranger, _ := h.Tenant(t, "Bau AG")

	if err := h.tokens.Revoke(t.Context(), stranger, made.ID); !fault.Has(err, fault.Missing) {
		t.Errorf("by another tenant: %v", err)
	}
	for range 2 {
		if err := h.tokens.Revoke(t.Context(), h.tenant, made.ID); err != nil {
			t.Fatal(err)
		}
		h.Clock.Add(time.Hour)
	}

	if _, err := h.tokens.Authenticate(t.Context(), secret); !fault.Has(err, identity.Unauthenticated) {
		t.Errorf("got %v", err)
	}
	if at := h.lastUsed(t, made.ID); at != nil {
		t.Errorf("a refused call counts as use at %s", at)
	}
	if _, err := h.tokens.Authenticate(t.Context(), other); err != nil {
		t.Errorf("the other token: %v", err)
	}
	all, _, err := h.tokens.OfTenant(t.Context(), h.tenant, database.Page{Limit: 9})
	if err != nil || len(all) != 2 || !all[0].RevokedAt.Equal(h.Clock.Now().Add(-2*time.Hour)) {
		t.Errorf("listed are %+v, %v", all, err)
	}
	if all, _, err := h.tokens.OfTenant(t.Context(), stranger, database.Page{Limit: 9}); err != nil || len(all) != 0 {
		t.Errorf("the other tenant has %d, %v", len(all), err)
	}
}

func TestWhatNobodyIssuedIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stranger := newHouse(t)
	_, foreign := stranger.token(t) // well-formed, of another database
	for _, shown := range []string{"", "nonsense", foreign} {
		if caller, err := h.tokens.Authenticate(t.Context(), shown); !fault.Has(err, identity.Unauthenticated) || caller.Kind != "" {
			t.Errorf("%d characters: %+v, %v", len(shown), caller, err)
		}
	}
}

func TestLastUseIsWrittenAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	made, secret := h.token(t)
	start := h.Clock.Now()
	for _, test := range []struct{ at, want time.Duration }{{0, 0}, {59 * time.Second, 0}, {time.Minute, time.Minute}, {90 * time.Second, time.Minute}} {
		h.Clock.Set(start.Add(test.at))
		if _, err := h.tokens.Authenticate(t.Context(), secret); err != nil {
			t.Fatal(err)
		}
		if got := h.lastUsed(t, made.ID); got == nil || !got.Equal(start.Add(test.want)) {
			t.Errorf("after %s it is %v", test.at, got)
		}
	}
}
