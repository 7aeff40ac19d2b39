package tenant_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// chosen returns the name of the organisation that a posting which names none is for.
func (h *house) chosen(t *testing.T, account uuid.UUID) string {
	t.Helper()
	var name string
	err := h.DB.InTx(h.ctx, func(tx database.Tx) error {
		found, err := tenant.OrganisationFor(tx, account, nil)
		name = found.Name
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestOneOrganisationOfAnAccountIsTheDefault(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account, other := h.account(t, numbered()), h.account(t, tenant.AccountInput{Name: "other"})
	first := tenant.OrganisationInput{Name: "first", Town: "Ulm", Kundennummer: "A123A12345"}
	created, err := h.directory.CreateOrganisation(h.ctx, account.ID, first)
	if err != nil {
		t.Fatal(err)
	}
	second := tenant.OrganisationInput{Name: "second", Town: "Ulm", Kundennummer: "a123a12346", Default: true}
	if _, err := h.directory.CreateOrganisation(h.ctx, account.ID, second); err != nil {
		t.Fatal(err)
	}
	h.organisation(t, other.ID)

	if got := h.chosen(t, account.ID); got != "second" {
		t.Errorf("after a new default it is %s", got)
	}
	first.Default = true
	if _, err := h.directory.UpdateOrganisation(h.ctx, account.ID, created.ID, first); err != nil {
		t.Fatal(err)
	}
	if got := h.chosen(t, account.ID); got != "first" {
		t.Errorf("after moving it back it is %s", got)
	}
	if got := h.chosen(t, other.ID); got != "Muster" {
		t.Errorf("another account has %s", got)
	}
}

func TestOrganisationsMadeAtOnceHaveOneDefault(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account := h.account(t, numbered())
	const n = 8
	created := make([]tenant.HiringOrganisation, n)
	input := func(i int) tenant.OrganisationInput {
		return tenant.OrganisationInput{Name: "Muster", Town: "Ulm", Kundennummer: fmt.Sprintf("A123A1234%d", i), Default: true}
	}
	for _, err := range together(n, func(i int) (err error) {
		created[i], err = h.directory.CreateOrganisation(h.ctx, account.ID, input(i))
		return err
	}) {
		if err != nil {
			t.Errorf("create: %v", err)
		}
	}
	for _, err := range together(n, func(i int) error {
		_, err := h.directory.UpdateOrganisation(h.ctx, account.ID, created[i].ID, input(i))
		return err
	}) {
		if err != nil {
			t.Errorf("update: %v", err)
		}
	}
	h.chosen(t, account.ID)
}

func TestAKundennummerIsEnteredOnceForAnAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account, other := h.account(t, numbered()), h.account(t, tenant.AccountInput{Name: "other"})
	created := h.organisation(t, account.ID)
	again := tenant.OrganisationInput{Name: "again", Town: "Ulm", Kundennummer: "a123 a12345"}
	wrong := tenant.OrganisationInput{Name: "again", Town: "Ulm", Kundennummer: supplierID}

	_, twice := h.directory.CreateOrganisation(h.ctx, account.ID, again)
	_, misplaced := h.directory.CreateOrganisation(h.ctx, account.ID, wrong)
	_, changedWrongly := h.directory.UpdateOrganisation(h.ctx, account.ID, created.ID, wrong)

	if !fault.Has(twice, tenant.KundennummerTaken) {
		t.Errorf("twice: %v", twice)
	}
	if !fault.Has(misplaced, fault.InvalidInput) || !fault.Has(changedWrongly, fault.InvalidInput) {
		t.Errorf("a Supplier-ID: %v, %v", misplaced, changedWrongly)
	}
	h.organisation(t, other.ID)
	if got, err := h.directory.UpdateOrganisation(h.ctx, account.ID, created.ID, again); err != nil || got.Name != "again" || got.Kundennummer != "A123A12345" {
		t.Errorf("typed in another way: %+v, %v", got, err)
	}
}

func TestAMistypedKundennummerIsCorrectedUntilTheAccountIsActive(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account := h.account(t, numbered())
	created := h.organisation(t, account.ID)
	other := tenant.OrganisationInput{Name: "Mistyped", Town: "Ulm", Kundennummer: "A123A12346"}
	third := tenant.OrganisationInput{Name: "Mistyped", Town: "Ulm", Kundennummer: "A123A12347"}
	if _, err := h.directory.NoteBetreut(h.ctx, account.ID, created.ID, calendar.Date{Year: 2026, Month: 11, Day: 2}, "Frau Amt"); err != nil {
		t.Fatal(err)
	}

	corrected, err := h.directory.UpdateOrganisation(h.ctx, account.ID, created.ID, other)
	h.set(t, account.ID, "active_since", h.Clock.Now())
	_, late := h.directory.UpdateOrganisation(h.ctx, account.ID, created.ID, third)

	if err != nil || corrected.Kundennummer != other.Kundennummer || corrected.Betreut() {
		t.Errorf("corrected: %+v, %v; what the BA said of the old number does not hold for the new one", corrected, err)
	}
	if !fault.Has(late, tenant.KundennummerFixed) {
		t.Errorf("of an active account: %v", late)
	}
}

func TestBetreutIsNotedWithItsDayAndItsWitness(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account := h.account(t, numbered())
	created := h.organisation(t, account.ID)

	if _, err := h.directory.NoteBetreut(h.ctx, account.ID, created.ID, calendar.Date{Year: 2026, Month: 11, Day: 2}, "Frau Amt"); err != nil {
		t.Fatal(err)
	}

	all, _, err := h.directory.Organisations(h.ctx, account.ID, database.Page{Limit: 9})
	if err != nil || len(all) != 1 {
		t.Fatalf("%d organisations, %v", len(all), err)
	}
	got := all[0]
	if created.Betreut() || !got.Betreut() || calendar.On(*got.BetreutSince, time.UTC).String() != "2026-11-02" {
		t.Errorf("betreut since %v", got.BetreutSince)
	}
	if *got.BetreutBy != "Frau Amt" || *got.BetreutNotedBy != "Muster Pflege's software" {
		t.Errorf("got %+v", got)
	}
}

func TestOrganisationsAreFoundInTheirOwnAccountOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	account, other := h.account(t, numbered()), h.account(t, tenant.AccountInput{Name: "other"})
	created := h.organisation(t, account.ID)
	day := calendar.Date{Year: 2026, Month: 11, Day: 2}
	in := tenant.OrganisationInput{Name: "x", Town: "Ulm", Kundennummer: "A123A12345"}

	_, updated := h.directory.UpdateOrganisation(h.ctx, other.ID, created.ID, in)
	_, noted := h.directory.NoteBetreut(h.ctx, other.ID, created.ID, day, "Frau Amt")
	_, unknown := h.directory.CreateOrganisation(h.ctx, uuid.New(), in)
	chosen := h.DB.InTx(h.ctx, func(tx database.Tx) error {
		_, err := tenant.OrganisationFor(tx, other.ID, &created.ID)
		return err
	})
	without := h.DB.InTx(h.ctx, func(tx database.Tx) error {
		_, err := tenant.OrganisationFor(tx, other.ID, nil)
		return err
	})

	for name, err := range map[string]error{"update": updated, "betreut": noted, "create": unknown, "posting": chosen} {
		if !fault.Has(err, fault.Missing) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !fault.Has(without, tenant.MissingDefault) {
		t.Errorf("an account without any: %v", without)
	}
}
