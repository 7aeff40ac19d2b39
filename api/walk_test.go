package api_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/identity"
)

// These tests walk every operation of the contract, so that a new one is guarded before it has a test of its own.

func TestEveryOperationButTheOpenOnesNeedsAToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner, _ := h.Tenant(t, "Muster Pflege gGmbH")
	for _, op := range h.contract.operations() {
		got := h.do(t, op.ask(t, "", map[string]string{"tenant_id": owner.String()}))

		if open := op.scope() == "none"; open != (got.status != http.StatusUnauthorized) {
			t.Errorf("%s: status %d without a token, scope %s", op.OperationID, got.status, op.scope())
		}
		if got.status == http.StatusUnauthorized && !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer") {
			t.Errorf("%s: no challenge", op.OperationID)
		}
	}
}

func TestOnlyATokenThatHoldsIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner, _ := h.Tenant(t, "Muster Pflege gGmbH")
	soon := h.Clock.Now().Add(time.Hour)
	_, expiring, err := h.doors.Tokens.CreateTenant(t.Context(), owner, identity.Request{Name: "old", Scopes: identity.TenantScopes(), ExpiresAt: &soon})
	check(t, err)
	revoked, revokedSecret, err := h.doors.Tokens.CreateTenant(t.Context(), owner, identity.Request{Name: "lost", Scopes: identity.TenantScopes()})
	check(t, err)
	check(t, h.doors.Tokens.Revoke(t.Context(), owner, revoked.ID))
	h.Clock.Add(time.Hour)
	unknown := h.operator[:len(h.operator)-1] + "!"
	headers := map[string]string{
		"expired": "Bearer " + expiring.Reveal(), "revoked": "Bearer " + revokedSecret.Reveal(), "unknown": "Bearer " + unknown, "empty": "Bearer ",
		"no scheme": h.operator, "another scheme": "Basic " + h.operator, "two tokens": "Bearer " + h.operator + " " + h.operator,
		"null": "Bearer null", "very long": "Bearer " + strings.Repeat("x", 8<<10), "not ASCII": "Bearer swk_live_ÄÖÜ",
	}
	for _, op := range h.contract.operations() {
		if op.scope() == "none" {
			continue
		}
		for name, header := range headers {
			request := op.ask(t, "", map[string]string{"tenant_id": owner.String()})
			request = request.with(map[string]string{"Authorization": header})

			if got := h.do(t, request); got.status != http.StatusUnauthorized {
				t.Errorf("%s: %s: status %d", op.OperationID, name, got.status)
			}
		}
	}
}

func TestNoTokenDoesWhatItsScopesDoNotSay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner, _ := h.Tenant(t, "Muster Pflege gGmbH")
	before := h.dump(t)
	for _, op := range h.contract.operations() {
		if op.scope() == "none" {
			continue
		}
		without := func(scopes []string) []string {
			return slices.DeleteFunc(scopes, func(s string) bool { return s == op.scope() })
		}
		for kind, token := range map[string]string{
			"a tenant's token":    h.tenantToken(t, owner, without(identity.TenantScopes())...),
			"an operator's token": h.operatorToken(t, without(identity.OperatorScopes())...),
		} {
			got := h.do(t, op.ask(t, token, map[string]string{"tenant_id": owner.String()}))

			if got.status != http.StatusForbidden {
				t.Errorf("%s: %s: status %d", op.OperationID, kind, got.status)
				continue
			}
			if !strings.Contains(got.text(t, "detail"), op.scope()) {
				t.Errorf("%s: %s: the scope is not named: %s", op.OperationID, kind, got.body)
			}
		}
	}
	delete(before, "api_tokens")
	after := h.dump(t)
	delete(after, "api_tokens")
	for name := range after {
		if before[name] != after[name] {
			t.Errorf("table %s has changed", name)
		}
	}
}

func TestATokenWithJustTheScopeIsAdmitted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner, _ := h.Tenant(t, "Muster Pflege gGmbH")
	for _, op := range h.contract.operations() {
		if op.scope() == "none" {
			continue
		}
		tokens := map[string]string{"an operator's token": h.operatorToken(t, op.scope())}
		if slices.Contains(identity.TenantScopes(), op.scope()) {
			tokens["a tenant's token"] = h.tenantToken(t, owner, op.scope())
		}
		for kind, token := range tokens {
			got := h.do(t, op.ask(t, token, map[string]string{"tenant_id": owner.String()}))

			if got.status == http.StatusUnauthorized || got.status == http.StatusForbidden {
				t.Errorf("%s: %s: status %d", op.OperationID, kind, got.status)
			}
		}
	}
}

func TestAForeignTenantIsAnsweredLikeNone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	owner, _ := h.Tenant(t, "Muster Pflege gGmbH")
	stranger, _ := h.Tenant(t, "Holzbau Beispiel GmbH")
	nobody := uuid.NewString()
	foreign := h.tenantToken(t, stranger)
	weak := h.tenantToken(t, stranger, "postings:read")
	before := h.dump(t)
	for _, op := range h.contract.operations() {
		if op.tenant() != "path" {
			continue
		}
		answers := map[string]answer{
			"a foreign token":                h.do(t, op.ask(t, foreign, map[string]string{"tenant_id": owner.String()})),
			"a foreign token without scopes": h.do(t, op.ask(t, weak, map[string]string{"tenant_id": owner.String()})),
			"a token and no such tenant":     h.do(t, op.ask(t, foreign, map[string]string{"tenant_id": nobody})),
			"an operator and no such tenant": h.do(t, op.ask(t, h.operator, map[string]string{"tenant_id": nobody})),
		}
		for who, got := range answers {
			if got.status != http.StatusNotFound || got.text(t, "detail") != answers["a token and no such tenant"].text(t, "detail") {
				t.Errorf("%s: %s: status %d\n%s", op.OperationID, who, got.status, got.body)
			}
		}
	}
	h.unchanged(t, before)
}

func TestWhatIsAnotherTenantsIsNotThereInOnesOwn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	foreign := h.furnish(t)
	foreign["external_id"] = "REQ-4711"
	own, _ := h.Tenant(t, "Holzbau Beispiel GmbH")
	foreign["tenant_id"] = own.String()
	token := h.tenantToken(t, own)
	before := h.dump(t)
	for _, op := range h.contract.operations() {
		names := 0 // of things within the tenant
		for _, parameter := range op.parameters {
			if parameter.Value.In == "path" && parameter.Value.Name != "tenant_id" && foreign[parameter.Value.Name] != "" {
				names++
			}
		}
		if names == 0 || op.OperationID == "putPostingByExternalId" {
			continue
		}
		for who, token := range map[string]string{"the tenant": token, "the operator": h.operator} {
			want := http.StatusNotFound
			if who == "the tenant" && !slices.Contains(identity.TenantScopes(), op.scope()) {
				want = http.StatusForbidden
			}
			if got := h.do(t, op.ask(t, token, foreign)); got.status != want {
				t.Errorf("%s: %s: status %d\n%s", op.OperationID, who, got.status, got.body)
			}
		}
	}
	h.unchanged(t, before)
}

func TestAnIDThatIsNoneNamesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	for _, op := range h.contract.operations() {
		for _, parameter := range op.parameters {
			if parameter.Value.In != "path" || parameter.Value.Schema.Value.Format != "uuid" {
				continue
			}
			for _, garbage := range []string{
				"1", "null", "..%2f..", "%00", "%F0%28", "%27%20OR%201=1--", "0193a1b2-0000-7000-8000-00000000000g", strings.Repeat("a", 300),
				// Go's reader takes these for the id, and no answer ever wrote them.
				"%7B" + known[parameter.Value.Name] + "%7D", "urn:uuid:" + known[parameter.Value.Name], strings.ReplaceAll(known[parameter.Value.Name], "-", ""),
			} {
				values := maps.Clone(known)
				values[parameter.Value.Name] = garbage

				if got := h.do(t, op.ask(t, h.operator, values)); got.status != http.StatusNotFound {
					t.Errorf("%s: %s=%s: status %d", op.OperationID, parameter.Value.Name, garbage, got.status)
				}
			}
		}
	}
}

func TestASuspendedTenantReadsAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	own := h.tenantToken(t, uuid.MustParse(known["tenant_id"]))
	h.want(t, http.StatusOK, ask{
		method: "PUT", path: "/v1/tenants/" + known["tenant_id"], token: h.operator, body: object{"name": "Muster Pflege gGmbH", "lifecycle": "suspended"},
		header: whateverIsThere,
	})
	before := h.dump(t)
	for _, op := range h.contract.operations() {
		if op.tenant() != "path" || !slices.Contains(identity.TenantScopes(), op.scope()) || !op.knows(known) {
			continue
		}
		got := h.do(t, op.ask(t, own, known))

		want := http.StatusConflict
		if op.method == http.MethodGet {
			want = http.StatusOK
		}
		if got.status != want {
			t.Errorf("%s: status %d\n%s", op.OperationID, got.status, got.body)
		}
	}
	h.unchanged(t, before)
}
