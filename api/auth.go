package api

import (
	"cmp"
	"context"
	"net/http"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// admit decides who may do what, in this order:
//
//  1. The operation is looked up in the contract; what is not in it does not exist.
//  2. Operations of scope "none" need nobody; the budget of the client's address bounds them: 429.
//  3. The token is authenticated: 401, which costs the address too. The token's own budget bounds what it does: 429.
//  4. The tenant in the path must be one that the caller reaches, and exist: 404, never 403, so that nobody learns of others. The tenant's
//     budgets bound what its tokens do together: 429.
//  5. The caller must hold the operation's scope: 403.
//  6. A tenant that is not open can be read, and changed by the operator only: 409.
func (s *server) admit(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		op := s.contract.operations.of(c) // 1
		spending := s.meter.begin(c)
		if op == nil || op.scope == "" { // 2
			if err := spending.byAddress(); err != nil {
				return err
			}
			return next(c)
		}
		ctx := c.Request().Context()
		caller, err := s.authenticate(ctx, bearer(c.Request()), spending) // 3
		if caller.Kind != scope.System {
			// The log names who is refused, too.
			ctx = scope.WithCaller(ctx, caller)
			c.SetRequest(c.Request().WithContext(ctx))
		}
		if err != nil {
			return err
		}
		var owner tenant.Tenant
		if op.ofTenant { // 4
			if owner, err = s.reach(ctx, caller, c.Param("tenant_id")); err != nil {
				return err
			}
			ctx = scope.WithTenant(ctx, owner.ID)
			c.SetRequest(c.Request().WithContext(ctx))
			if err := spending.forTenant(caller, op, owner.ID); err != nil {
				return err
			}
		}
		if !caller.May(op.scope) { // 5
			return identity.MissingScope.New(fault.Args{"scope": op.scope})
		}
		if op.ofTenant && owner.Lifecycle != tenant.Open && caller.Kind != scope.Operator && !isRead(c.Request().Method) { // 6
			return tenant.NotOpen.New(fault.Args{"lifecycle": lifecycleWords[owner.Lifecycle]})
		}
		return next(c)
	}
}

// authenticate tells who shows a token. An address whose budget is used up is not answered before it shows one that was good lately: so
// nobody keeps the database busy with tokens that do not hold, and nobody is locked out by a neighbour who tries.
func (s *server) authenticate(ctx context.Context, token string, spending *spending) (scope.Caller, error) {
	if token == "" {
		return scope.Caller{}, cmp.Or(spending.byAddress(), error(identity.Unauthenticated.New(nil)))
	}
	if err := spending.mayTry(token); err != nil {
		return scope.Caller{}, err
	}
	caller, err := s.tokens.Authenticate(ctx, token)
	if fault.Has(err, identity.Unauthenticated) {
		return scope.Caller{}, cmp.Or(spending.byAddress(), err)
	}
	if err != nil {
		return scope.Caller{}, err
	}
	return caller, spending.withToken(token)
}

// bearer is the token that a request shows; empty without one.
func bearer(r *http.Request) string {
	scheme, shown, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(shown)
}

// reach returns the tenant in the path, if the caller may know of it.
func (s *server) reach(ctx context.Context, caller scope.Caller, param string) (tenant.Tenant, error) {
	id, err := uuid.Parse(param)
	if err != nil || id == uuid.Nil || !caller.Reaches(id) {
		return tenant.Tenant{}, fault.Missing.New(nil)
	}
	return s.tenants.Get(ctx, id)
}

func isRead(method string) bool { return method == "GET" || method == "HEAD" }

var lifecycleWords = map[tenant.Lifecycle]text.Text{
	tenant.Suspended: {DE: "gesperrt", EN: "suspended"},
	tenant.Closed:    {DE: "geschlossen", EN: "closed"},
}
