package api

import (
	"context"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// ListTenants answers a page of all tenants. Only an operator's token can have its scope.
func (s *server) ListTenants(ctx context.Context, r ListTenantsRequestObject) (ListTenantsResponseObject, error) {
	page, err := pageOf(ctx, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	found, next, err := s.tenants.List(ctx, page)
	if err != nil {
		return nil, err
	}
	return ListTenants200JSONResponse{
		Body: TenantList{Items: each(found, showTenant), Next: next}, Headers: ListTenants200ResponseHeaders{Link: nextLink(ctx, next)},
	}, nil
}

// CreateTenant creates a tenant.
func (s *server) CreateTenant(ctx context.Context, r CreateTenantRequestObject) (CreateTenantResponseObject, error) {
	created, err := s.tenants.Create(ctx, r.Body.Name)
	if err != nil {
		return nil, err
	}
	shown := showTenant(created)
	return CreateTenant201JSONResponse{Body: shown, Headers: CreateTenant201ResponseHeaders{ETag: tagOf(created.Version, shown)}}, nil
}

// GetTenant answers one tenant.
func (s *server) GetTenant(ctx context.Context, r GetTenantRequestObject) (GetTenantResponseObject, error) {
	found, err := s.tenants.Get(ctx, r.TenantID)
	if err != nil {
		return nil, err
	}
	shown := showTenant(found)
	return GetTenant200JSONResponse{Body: shown, Headers: GetTenant200ResponseHeaders{ETag: tagOf(found.Version, shown)}}, nil
}

// UpdateTenant renames a tenant or moves it to another lifecycle.
func (s *server) UpdateTenant(ctx context.Context, r UpdateTenantRequestObject) (UpdateTenantResponseObject, error) {
	updated, err := s.tenants.Expecting(expected(r.Params.IfMatch)).Update(ctx, r.TenantID, r.Body.Name, tenant.Lifecycle(r.Body.Lifecycle))
	if err != nil {
		return nil, err
	}
	shown := showTenant(updated)
	return UpdateTenant200JSONResponse{Body: shown, Headers: UpdateTenant200ResponseHeaders{ETag: tagOf(updated.Version, shown)}}, nil
}

// ListTokens answers a page of a tenant's tokens.
func (s *server) ListTokens(ctx context.Context, r ListTokensRequestObject) (ListTokensResponseObject, error) {
	page, err := pageOf(ctx, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	found, next, err := s.tokens.OfTenant(ctx, r.TenantID, page)
	if err != nil {
		return nil, err
	}
	return ListTokens200JSONResponse{
		Body: TokenList{Items: each(found, showToken), Next: next}, Headers: ListTokens200ResponseHeaders{Link: nextLink(ctx, next)},
	}, nil
}

// CreateToken creates a tenant's token and shows it, this once.
func (s *server) CreateToken(ctx context.Context, r CreateTokenRequestObject) (CreateTokenResponseObject, error) {
	created, secret, err := s.tokens.CreateTenant(ctx, r.TenantID, identity.Request{
		Name: r.Body.Name, Scopes: r.Body.Scopes, ExpiresAt: r.Body.ExpiresAt,
	})
	if err != nil {
		return nil, err
	}
	shown := showToken(created)
	return CreateToken201JSONResponse{
		ID: shown.ID, Name: shown.Name, Hint: shown.Hint, Scopes: shown.Scopes, CreatedAt: shown.CreatedAt, ExpiresAt: shown.ExpiresAt,
		Token: secret.Reveal(),
	}, nil
}

// RevokeToken ends a tenant's token.
func (s *server) RevokeToken(ctx context.Context, r RevokeTokenRequestObject) (RevokeTokenResponseObject, error) {
	if err := s.tokens.Revoke(ctx, r.TenantID, r.TokenID); err != nil {
		return nil, err
	}
	return RevokeToken204Response{}, nil
}

func showTenant(t tenant.Tenant) Tenant {
	return Tenant{
		ID: t.ID, Name: t.Name, Lifecycle: Lifecycle(t.Lifecycle), CreatedAt: t.CreatedAt.UTC(), UpdatedAt: t.UpdatedAt.UTC(),
	}
}

func showToken(t identity.Token) Token {
	return Token{
		ID: t.ID, Name: t.Name, Hint: t.Hint, Scopes: strings.Fields(t.Scopes), CreatedAt: t.CreatedAt.UTC(), ExpiresAt: t.ExpiresAt.UTC(),
		LastUsedAt: utc(t.LastUsedAt), RevokedAt: utc(t.RevokedAt),
	}
}
