// Package scope carries through a context who is asking and for which tenant. It fails closed: without a tenant there is an error,
// never everybody's data.
package scope

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
)

// ErrNoTenant means that code which works for one tenant was called without one: a mistake of ours.
var ErrNoTenant = errors.New("scope: no tenant in the context")

type tenantKey struct{}

type callerKey struct{}

// WithTenant returns a context in which everything happens for one tenant.
func WithTenant(ctx context.Context, tenant uuid.UUID) context.Context {
	return context.WithValue(ctx, tenantKey{}, tenant)
}

// Tenant returns the tenant of the context, or ErrNoTenant.
func Tenant(ctx context.Context) (uuid.UUID, error) {
	id, ok := ctx.Value(tenantKey{}).(uuid.UUID)
	if !ok || id == uuid.Nil {
		return uuid.Nil, ErrNoTenant
	}
	return id, nil
}

// Kind says on whose behalf a caller acts.
type Kind string

// The kinds of caller.
const (
	// Operator is the company that runs Stellwerk: it reaches every tenant.
	Operator Kind = "operator"
	// TenantToken is software of one tenant.
	TenantToken Kind = "tenant"
	// System is Stellwerk itself, working without a request.
	System Kind = "system"
)

// Caller is who asks: a token, later a person, or Stellwerk itself.
type Caller struct {
	Kind Kind
	// Token is the id of the token that was shown; nil for the system.
	Token uuid.UUID
	// Name is what people call the caller; it stands in histories.
	Name string
	// Tenant is the only tenant that the caller reaches; nil for operators.
	Tenant uuid.UUID
	// Scopes are what the caller may do, such as "postings:write".
	Scopes []string
}

// May reports whether the caller holds a scope.
func (c Caller) May(scope string) bool { return slices.Contains(c.Scopes, scope) }

// Reaches reports whether the caller may know that a tenant exists.
func (c Caller) Reaches(tenant uuid.UUID) bool {
	switch c.Kind {
	case Operator, System:
		return true
	case TenantToken:
		return c.Tenant == tenant
	}
	return false
}

// WithCaller returns a context in which the caller asks.
func WithCaller(ctx context.Context, caller Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// CallerOf returns who asks; without one it is the system.
func CallerOf(ctx context.Context) Caller {
	caller, ok := ctx.Value(callerKey{}).(Caller)
	if !ok {
		return Caller{Kind: System, Name: "stellwerk"}
	}
	return caller
}
