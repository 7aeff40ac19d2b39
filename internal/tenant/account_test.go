package tenant_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

func TestANewAccountIsReadAsItWasMade(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	in := tenant.AccountInput{Name: "Muster", SupplierID: new(" v000123400"), AllianceNumber: new("99 001")}

	created := h.account(t, in)

	read, err := h.directory.Account(h.ctx, created.ID)
	if err != nil {
		t.Fatal(err)
	}
	if read.Name != "Muster" || *read.SupplierID != supplierID || *read.AllianceNumber != alliance || read.TenantID != h.tenant {
		t.Errorf("got %+v", read)
	}
	if read.Active() || !read.IsDefault || read.PathMode != tenant.PathUnknown || read.SchemaRelease != tenant.DefaultRelease || !read.CreatedAt.Equal(h.Clock.Now()) {
		t.Errorf("it begins as %+v", read)
	}
	history, err := event.History(h.ctx, h.DB, created.ID)
	if err != nil || len(history) != 1 || history[0].Kind != event.AccountCreated || history[0].Caller != "Muster Pflege's software" {
		t.Errorf("history %+v, %v", history, err)
	}
}

func TestAllWrongNumbersOfAnAccountAreNamedAndNothingIsSaved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)

	_, err := h.directory.CreateAccount(h.ctx, tenant.AccountInput{Name: "Muster", SupplierID: new(alliance), AllianceNumber: new("x")})

	found, ok := err.(*fault.Error) //nolint:errorlint // it comes as it is
	if !ok || found.Code != fault.InvalidInput || len(found.Parts) != 2 || found.Parts[0].Code != tenant.NumberMisplaced || found.Parts[1].Pointer != "/alliance_number" {
		t.Errorf("got %v", err)
	}
	if all, _, err := h.directory.Accounts(h.ctx, database.Page{Limit: 9}); err != nil || len(all) != 0 {
		t.Errorf("there are %d accounts, %v", len(all), err)
	}
}

func TestASupplierIDExistsOnceOnThePlatform(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.account(t, numbered())
	other := h.account(t, tenant.AccountInput{Name: "second"})
	_, foreign := h.Tenant(t, "Bau AG")

	_, sameTenant := h.directory.CreateAccount(h.ctx, numbered())
	_, otherTenant := h.directory.CreateAccount(foreign, tenant.AccountInput{Name: "x", SupplierID: new("v000123400")})
	_, updated := h.directory.UpdateAccount(h.ctx, other.ID, numbered())

	for name, err := range map[string]error{"same tenant": sameTenant, "other tenant": otherTenant, "update": updated} {
		if !fault.Has(err, tenant.SupplierTaken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.directory.CreateAccount(foreign, tenant.AccountInput{Name: "x", AllianceNumber: new(alliance)}); err != nil {
		t.Errorf("an alliance number is not unique: %v", err)
	}
}

func TestOneAccountIsTheDefault(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.account(t, tenant.AccountInput{Name: "first"})
	h.account(t, tenant.AccountInput{Name: "second"})
	if got := h.defaults(t); got != "first" {
		t.Errorf("of two it is %s", got)
	}

	h.account(t, tenant.AccountInput{Name: "third", Default: true})
	if got := h.defaults(t); got != "third" {
		t.Errorf("after a new default it is %s", got)
	}

	if _, err := h.directory.UpdateAccount(h.ctx, first.ID, tenant.AccountInput{Name: "first", Default: true}); err != nil {
		t.Fatal(err)
	}
	if got := h.defaults(t); got != "first" {
		t.Errorf("after moving it back it is %s", got)
	}

	// Taking the mark away is no way to have none.
	if _, err := h.directory.UpdateAccount(h.ctx, first.ID, tenant.AccountInput{Name: "first"}); err != nil {
		t.Fatal(err)
	}
	if got := h.defaults(t); got != "first" {
		t.Errorf("after an update it is %s", got)
	}
}

func TestOneAccountIsTheDefaultHoweverManyAreMadeAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const n = 6
	created := make([]tenant.Account, n)

	for _, err := range together(n, func(i int) (err error) {
		created[i], err = h.directory.CreateAccount(h.ctx, tenant.AccountInput{Name: fmt.Sprint("account ", i), Default: i%2 == 0})
		return err
	}) {
		if err != nil {
			t.Errorf("create: %v", err)
		}
	}
	for _, err := range together(n, func(i int) error {
		_, err := h.directory.UpdateAccount(h.ctx, created[i].ID, tenant.AccountInput{Name: "account", Default: true})
		return err
	}) {
		if err != nil {
			t.Errorf("update: %v", err)
		}
	}

	if got := h.defaults(t); got != "account" {
		t.Errorf("the defaults are %q", got)
	}
}

func TestThereIsNoDefaultWithoutAnAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	err := h.DB.InTx(h.ctx, func(tx database.Tx) error {
		_, err := tenant.DefaultAccount(tx)
		return err
	})
	if !fault.Has(err, tenant.MissingDefault) {
		t.Errorf("got %v", err)
	}
}

func TestNumbersStayWhileTheyAreInUse(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		column string
		value  any
	}{
		"the account is active":   {"active_since", time.Now()},
		"a file has been written": {"last_stamp", time.Now()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			account := h.account(t, numbered())
			h.set(t, account.ID, test.column, test.value)
			for change, in := range map[string]tenant.AccountInput{
				"another Supplier-ID":     {Name: "new", SupplierID: new("V000123401"), AllianceNumber: new(alliance)},
				"another alliance number": {Name: "new", SupplierID: new(supplierID), AllianceNumber: new("99002")},
				"no alliance number":      {Name: "new", SupplierID: new(supplierID)},
			} {
				if _, err := h.directory.UpdateAccount(h.ctx, account.ID, in); !fault.Has(err, tenant.NumbersInUse) {
					t.Errorf("%s: %v", change, err)
				}
			}
			renamed := numbered()
			renamed.Name = "renamed"
			if got, err := h.directory.UpdateAccount(h.ctx, account.ID, renamed); err != nil || got.Name != "renamed" || got.Version != 2 {
				t.Errorf("the name alone: %+v, %v", got, err)
			}
		})
	}
}

func TestNumbersMayFollowAndBeCorrectedBeforeUse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account := h.account(t, tenant.AccountInput{Name: "Muster"})
	h.Clock.Add(time.Hour)

	if _, err := h.directory.UpdateAccount(h.ctx, account.ID, tenant.AccountInput{Name: "Muster", SupplierID: new("V000123499")}); err != nil {
		t.Fatal(err)
	}
	got, err := h.directory.UpdateAccount(h.ctx, account.ID, numbered())

	if err != nil || *got.SupplierID != supplierID || got.Version != 3 || !got.UpdatedAt.Equal(h.Clock.Now()) || !got.CreatedAt.Equal(account.CreatedAt) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestAccountsOfOthersAreMissing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account := h.account(t, numbered())
	_, foreign := h.Tenant(t, "Bau AG")

	_, read := h.directory.Account(foreign, account.ID)
	_, updated := h.directory.UpdateAccount(foreign, account.ID, tenant.AccountInput{Name: "mine"})
	_, added := h.directory.CreateOrganisation(foreign, account.ID, tenant.OrganisationInput{Name: "x", Town: "Ulm", Kundennummer: "A123A12345"})
	_, _, listed := h.directory.Organisations(foreign, account.ID, database.Page{Limit: 9})
	_, created := h.directory.CreateAccount(scope.WithTenant(t.Context(), uuid.New()), numbered())

	for name, err := range map[string]error{"read": read, "update": updated, "organisation": added, "organisations": listed, "an unknown tenant": created} {
		if !fault.Has(err, fault.Missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if all, _, err := h.directory.Accounts(foreign, database.Page{Limit: 9}); err != nil || len(all) != 0 {
		t.Errorf("the other tenant lists %d accounts, %v", len(all), err)
	}
}

func TestTroubleIsNewsOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account := h.account(t, numbered())
	for i, test := range []struct {
		code string
		news bool
	}{
		{"", false}, {"not_betreut", true}, {"not_betreut", false}, {"locked_out", true}, {"", true}, {"", false},
	} {
		var raw json.RawMessage
		if test.code != "" {
			raw = json.RawMessage(`{"code":"` + test.code + `"}`)
		}
		err := h.DB.InTx(h.ctx, func(tx database.Tx) error {
			news, err := tenant.SetTrouble(tx, h.Clock.Now(), account.ID, test.code, raw)
			if err == nil && news != test.news {
				t.Errorf("%d, %q: news is %t", i, test.code, news)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.directory.Account(h.ctx, account.ID)
		if err != nil || (got.TroubleSince != nil) != (test.code != "") {
			t.Errorf("%d: trouble since %v, %v", i, got.TroubleSince, err)
		}
	}
}
