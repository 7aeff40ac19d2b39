package posting

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// UnknownReference is answered when a posting names an account or hiring organisation that the tenant does not have.
var UnknownReference = &fault.Code{
	Name: "unknown_reference", Kind: fault.Invalid,
	Title:  text.Text{DE: "Unbekannte Kennung", EN: "Unknown id"},
	Detail: text.Text{DE: "Unter dieser Kennung gibt es hier nichts: {what}.", EN: "There is nothing here under this id: {what}."},
	Hint:   text.Text{DE: "Lassen Sie die Angabe für den Standard weg, oder nennen Sie eine Kennung aus der Liste.", EN: "Leave it out for the default, or name an id of the list."},
}

// accountFor reads the account that a caller names for a posting, or the default.
func accountFor(tx database.Tx, id *uuid.UUID) (tenant.Account, error) {
	if id == nil {
		return tenant.DefaultAccount(tx)
	}
	found, err := tenant.AccountByID(tx, *id)
	return found, aboutField("/account_id", text.Text{DE: "BA-Konto", EN: "BA account"}, err)
}

// organisationFor reads the hiring organisation that a caller names for a posting, or the account's default.
func organisationFor(tx database.Tx, account uuid.UUID, id *uuid.UUID) (tenant.HiringOrganisation, error) {
	found, err := tenant.OrganisationFor(tx, account, id)
	return found, aboutField("/hiring_organisation_id", text.Text{DE: "Einstellungsorganisation", EN: "hiring organisation"}, err)
}

// aboutField turns "no such thing" into a complaint about the field that names it.
func aboutField(pointer string, what text.Text, err error) error {
	if !fault.Has(err, fault.Missing) {
		return err
	}
	return fault.Collect(fault.InvalidInput, []*fault.Error{UnknownReference.At(pointer, fault.Args{"what": what})})
}

// accountStates returns what tells the state of each posting's account, read at once for a list.
func accountStates(tx database.Tx) (func(p Posting) AccountState, error) {
	owner, err := tenant.Owner(tx)
	if err != nil {
		return nil, err
	}
	accounts, organisations := map[uuid.UUID]tenant.Account{}, map[uuid.UUID]tenant.HiringOrganisation{}
	var found []tenant.Account
	if err := tx.Of(&tenant.Account{}).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read accounts: %w", err)
	}
	var branches []tenant.HiringOrganisation
	if err := tx.Of(&tenant.HiringOrganisation{}).Find(&branches).Error; err != nil {
		return nil, fmt.Errorf("read hiring organisations: %w", err)
	}
	for _, a := range found {
		accounts[a.ID] = a
	}
	for _, o := range branches {
		organisations[o.ID] = o
	}
	return func(p Posting) AccountState {
		return state(owner, accounts[p.AccountID], organisations[p.HiringOrganisationID])
	}, nil
}

// stateOf tells the state of one posting's account.
func stateOf(tx database.Tx, account tenant.Account, organisation tenant.HiringOrganisation) (AccountState, error) {
	owner, err := tenant.Owner(tx)
	return state(owner, account, organisation), err
}

func state(owner tenant.Tenant, account tenant.Account, organisation tenant.HiringOrganisation) AccountState {
	return AccountState{
		Active: account.Active(), InTrouble: account.Stopped(), TenantNotOpen: owner.Lifecycle != tenant.Open,
		NotBetreut: !organisation.Betreut(),
	}
}
