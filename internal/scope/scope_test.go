package scope_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

func TestATenantIsCarriedByTheContext(t *testing.T) {
	t.Parallel()
	want := uuid.New()

	got, err := scope.Tenant(scope.WithTenant(t.Context(), want))

	if err != nil || got != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestWithoutATenantThereIsAnError(t *testing.T) {
	t.Parallel()
	for name, ctx := range map[string]context.Context{
		"none":           t.Context(),
		"the nil tenant": scope.WithTenant(t.Context(), uuid.Nil),
	} {
		if id, err := scope.Tenant(ctx); !errors.Is(err, scope.ErrNoTenant) || id != uuid.Nil {
			t.Errorf("%s: got %s, %v", name, id, err)
		}
	}
}

func TestWhoReachesATenant(t *testing.T) {
	t.Parallel()
	own, other := uuid.New(), uuid.New()
	for name, test := range map[string]struct {
		caller     scope.Caller
		own, other bool
	}{
		"an operator reaches all":                        {scope.Caller{Kind: scope.Operator}, true, true},
		"the system reaches all":                         {scope.Caller{Kind: scope.System}, true, true},
		"a tenant's token reaches its own":               {scope.Caller{Kind: scope.TenantToken, Tenant: own}, true, false},
		"a tenant's token without a tenant reaches none": {scope.Caller{Kind: scope.TenantToken}, false, false},
		"nobody reaches none":                            {scope.Caller{}, false, false},
		"an unknown kind of caller reaches none":         {scope.Caller{Kind: "support", Tenant: own}, false, false},
	} {
		if got := test.caller.Reaches(own); got != test.own {
			t.Errorf("%s: own tenant %t", name, got)
		}
		if got := test.caller.Reaches(other); got != test.other {
			t.Errorf("%s: other tenant %t", name, got)
		}
	}
}

func TestACallerMayWhatItsScopesSay(t *testing.T) {
	t.Parallel()
	caller := scope.Caller{Scopes: []string{"postings:read"}}

	if !caller.May("postings:read") {
		t.Error("it may not read")
	}
	for _, other := range []string{"postings:write", "postings", "postings:read ", ""} {
		if caller.May(other) {
			t.Errorf("it may %q", other)
		}
	}
}

func TestWithoutARequestTheSystemAsks(t *testing.T) {
	t.Parallel()
	if got := scope.CallerOf(t.Context()); got.Kind != scope.System || got.Name != "stellwerk" {
		t.Errorf("got %+v", got)
	}
	asked := scope.WithCaller(t.Context(), scope.Caller{Kind: scope.TenantToken, Name: "Anna's software"})
	if got := scope.CallerOf(asked).Name; got != "Anna's software" {
		t.Errorf("got %s", got)
	}
}
