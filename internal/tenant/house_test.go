package tenant_test

import (
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

const (
	supplierID = "V000123400"
	alliance   = "99001"
	// kundennummer is the one of the organisations of which a test needs no two.
	kundennummer = "A123A12345"
)

// house is a directory with one tenant, in whose context everything happens.
type house struct {
	*testhouse.House
	directory *tenant.Directory
	tenant    uuid.UUID
	ctx       context.Context
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := testhouse.New(t)
	id, ctx := h.Tenant(t, "Muster Pflege")
	return &house{House: h, directory: tenant.NewDirectory(h.DB, h.Clock.Now), tenant: id, ctx: ctx}
}

// numbered is an account with both numbers.
func numbered() tenant.AccountInput {
	return tenant.AccountInput{Name: "Muster", SupplierID: new(supplierID), AllianceNumber: new(alliance)}
}

func (h *house) account(t *testing.T, in tenant.AccountInput) tenant.Account {
	t.Helper()
	created, err := h.directory.CreateAccount(h.ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	return created
}

func (h *house) organisation(t *testing.T, account uuid.UUID) tenant.HiringOrganisation {
	t.Helper()
	created, err := h.directory.CreateOrganisation(h.ctx, account, tenant.OrganisationInput{Name: "Muster", Town: "Ulm", Kundennummer: kundennummer})
	if err != nil {
		t.Fatal(err)
	}
	return created
}

// set changes a column of an account behind the directory's back.
func (h *house) set(t *testing.T, account uuid.UUID, column string, value any) {
	t.Helper()
	err := h.DB.InTx(h.ctx, func(tx database.Tx) error {
		return tx.Of(&tenant.Account{}).Where("id = ?", account).Update(column, value).Error
	})
	if err != nil {
		t.Fatal(err)
	}
}

// defaults returns the names of the accounts that are the default.
func (h *house) defaults(t *testing.T) string {
	t.Helper()
	all, _, err := h.directory.Accounts(h.ctx, database.Page{Limit: database.MaxPageSize})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, a := range all {
		if a.IsDefault {
			names = append(names, a.Name)
		}
	}
	return strings.Join(names, ", ")
}

// together runs do n times at once and returns what each got.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { errs[i] = do(i) })
	}
	all.Wait()
	return errs
}
