package api

import (
	"context"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// ListAccounts answers a page of the tenant's BA accounts.
func (s *server) ListAccounts(ctx context.Context, r ListAccountsRequestObject) (ListAccountsResponseObject, error) {
	page, err := pageOf(ctx, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	found, next, err := s.tenants.Accounts(ctx, page)
	if err != nil {
		return nil, err
	}
	show := func(a tenant.Account) Account { return s.showAccount(a, languageOf(ctx)) }
	return ListAccounts200JSONResponse{
		Body: AccountList{Items: each(found, show), Next: next}, Headers: ListAccounts200ResponseHeaders{Link: nextLink(ctx, next)},
	}, nil
}

// CreateAccount creates a BA account.
func (s *server) CreateAccount(ctx context.Context, r CreateAccountRequestObject) (CreateAccountResponseObject, error) {
	created, err := s.tenants.CreateAccount(ctx, accountInput(*r.Body))
	if err != nil {
		return nil, err
	}
	shown := s.showAccount(created, languageOf(ctx))
	return CreateAccount201JSONResponse{Body: shown, Headers: CreateAccount201ResponseHeaders{ETag: tagOf(created.Version, shown)}}, nil
}

// GetAccount answers one BA account.
func (s *server) GetAccount(ctx context.Context, r GetAccountRequestObject) (GetAccountResponseObject, error) {
	found, err := s.tenants.Account(ctx, r.AccountID)
	if err != nil {
		return nil, err
	}
	shown := s.showAccount(found, languageOf(ctx))
	return GetAccount200JSONResponse{Body: shown, Headers: GetAccount200ResponseHeaders{ETag: tagOf(found.Version, shown)}}, nil
}

// UpdateAccount changes a BA account.
func (s *server) UpdateAccount(ctx context.Context, r UpdateAccountRequestObject) (UpdateAccountResponseObject, error) {
	updated, err := s.tenants.Expecting(expected(r.Params.IfMatch)).UpdateAccount(ctx, r.AccountID, accountInput(*r.Body))
	if err != nil {
		return nil, err
	}
	shown := s.showAccount(updated, languageOf(ctx))
	return UpdateAccount200JSONResponse{Body: shown, Headers: UpdateAccount200ResponseHeaders{ETag: tagOf(updated.Version, shown)}}, nil
}

// ListHiringOrganisations answers a page of an account's hiring organisations.
func (s *server) ListHiringOrganisations(
	ctx context.Context, r ListHiringOrganisationsRequestObject,
) (ListHiringOrganisationsResponseObject, error) {
	page, err := pageOf(ctx, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	found, next, err := s.tenants.Organisations(ctx, r.AccountID, page)
	if err != nil {
		return nil, err
	}
	return ListHiringOrganisations200JSONResponse{
		Body: HiringOrganisationList{Items: each(found, showOrganisation), Next: next}, Headers: ListHiringOrganisations200ResponseHeaders{Link: nextLink(ctx, next)},
	}, nil
}

// CreateHiringOrganisation adds a hiring organisation to an account.
func (s *server) CreateHiringOrganisation(
	ctx context.Context, r CreateHiringOrganisationRequestObject,
) (CreateHiringOrganisationResponseObject, error) {
	created, err := s.tenants.CreateOrganisation(ctx, r.AccountID, organisationInput(*r.Body))
	if err != nil {
		return nil, err
	}
	shown := showOrganisation(created)
	return CreateHiringOrganisation201JSONResponse{
		Body: shown, Headers: CreateHiringOrganisation201ResponseHeaders{ETag: tagOf(created.Version, shown)},
	}, nil
}

// GetHiringOrganisation answers one hiring organisation.
func (s *server) GetHiringOrganisation(
	ctx context.Context, r GetHiringOrganisationRequestObject,
) (GetHiringOrganisationResponseObject, error) {
	found, err := s.tenants.Organisation(ctx, r.AccountID, r.OrganisationID)
	if err != nil {
		return nil, err
	}
	shown := showOrganisation(found)
	return GetHiringOrganisation200JSONResponse{
		Body: shown, Headers: GetHiringOrganisation200ResponseHeaders{ETag: tagOf(found.Version, shown)},
	}, nil
}

// UpdateHiringOrganisation changes a hiring organisation.
func (s *server) UpdateHiringOrganisation(
	ctx context.Context, r UpdateHiringOrganisationRequestObject,
) (UpdateHiringOrganisationResponseObject, error) {
	directory := s.tenants.Expecting(expected(r.Params.IfMatch))
	updated, err := directory.UpdateOrganisation(ctx, r.AccountID, r.OrganisationID, organisationInput(*r.Body))
	if err != nil {
		return nil, err
	}
	shown := showOrganisation(updated)
	return UpdateHiringOrganisation200JSONResponse{
		Body: shown, Headers: UpdateHiringOrganisation200ResponseHeaders{ETag: tagOf(updated.Version, shown)},
	}, nil
}

// NoteBetreut notes that a hiring organisation is betreut.
func (s *server) NoteBetreut(ctx context.Context, r NoteBetreutRequestObject) (NoteBetreutResponseObject, error) {
	if err := s.roads.CheckDay("/since", r.Body.Since); err != nil {
		return nil, err
	}
	directory := s.tenants.Expecting(expectedIfSaid(r.Params.IfMatch))
	updated, err := directory.NoteBetreut(ctx, r.AccountID, r.OrganisationID, r.Body.Since, r.Body.ConfirmedBy)
	if err != nil {
		return nil, err
	}
	shown := showOrganisation(updated)
	return NoteBetreut200JSONResponse{Body: shown, Headers: NoteBetreut200ResponseHeaders{ETag: tagOf(updated.Version, shown)}}, nil
}

func accountInput(body AccountInput) tenant.AccountInput {
	return tenant.AccountInput{
		Name: body.Name, SupplierID: body.SupplierID, AllianceNumber: body.AllianceNumber, Default: isTrue(body.IsDefault),
	}
}

func organisationInput(body HiringOrganisationInput) tenant.OrganisationInput {
	return tenant.OrganisationInput{
		Name: body.Name, Town: body.Town, Kundennummer: body.Kundennummer, Default: isTrue(body.IsDefault),
	}
}

func isTrue(given *bool) bool { return given != nil && *given }

func (s *server) showAccount(a tenant.Account, lang text.Language) Account {
	shown := Account{
		ID: a.ID, Name: a.Name, SupplierID: a.SupplierID, AllianceNumber: a.AllianceNumber, SchemaRelease: a.SchemaRelease,
		PathMode: AccountPathMode(a.PathMode), IsDefault: a.IsDefault, Active: a.Active(), ActiveSince: utc(a.ActiveSince),
		CreatedAt: a.CreatedAt.UTC(), UpdatedAt: a.UpdatedAt.UTC(),
	}
	if kept := accountTrouble(a.Trouble); kept != nil && a.TroubleSince != nil {
		shown.Trouble = s.trouble(*kept, *a.TroubleSince, lang)
	}
	return shown
}

func showOrganisation(o tenant.HiringOrganisation) HiringOrganisation {
	shown := HiringOrganisation{
		ID: o.ID, Name: o.Name, Town: o.Town, Kundennummer: o.Kundennummer, IsDefault: o.IsDefault,
		CreatedAt: o.CreatedAt.UTC(), UpdatedAt: o.UpdatedAt.UTC(),
	}
	if o.Betreut() {
		shown.Betreut = &Betreut{Since: calendar.On(*o.BetreutSince, time.UTC), ConfirmedBy: *o.BetreutBy}
	}
	return shown
}
