package tenant_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

func TestATenantIsRenamedAndSuspended(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	other, _ := h.Tenant(t, "Bau AG")
	h.Clock.Add(time.Hour)

	if _, err := h.directory.Update(t.Context(), h.tenant, "Muster gGmbH", tenant.Suspended); err != nil {
		t.Fatal(err)
	}

	got, err := h.directory.Get(t.Context(), h.tenant)
	if err != nil || got.Name != "Muster gGmbH" || got.Lifecycle != tenant.Suspended || got.Version != 2 || !got.UpdatedAt.After(got.CreatedAt) {
		t.Errorf("got %+v, %v", got, err)
	}
	if untouched, err := h.directory.Get(t.Context(), other); err != nil || untouched.Name != "Bau AG" || untouched.Lifecycle != tenant.Open {
		t.Errorf("the other is %+v, %v", untouched, err)
	}
	all, next, err := h.directory.List(t.Context(), database.Page{Limit: 2})
	if err != nil || len(all) != 2 || next != nil || all[0].ID != h.tenant {
		t.Errorf("listed are %+v, %v", all, err)
	}
}

func TestAnUnknownTenantIsMissing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, read := h.directory.Get(t.Context(), uuid.New())
	_, updated := h.directory.Update(t.Context(), uuid.New(), "x", tenant.Open)
	if !fault.Has(read, fault.Missing) || !fault.Has(updated, fault.Missing) {
		t.Errorf("got %v, %v", read, updated)
	}
}

func TestOpeningATenantAgainWakesItsAccounts(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, second := h.account(t, numbered()), h.account(t, tenant.AccountInput{Name: "second"})
	var woken []uuid.UUID
	directory := h.directory.Waking(func(_ database.Tx, account uuid.UUID) error {
		woken = append(woken, account)
		return nil
	})
	for _, lifecycle := range []tenant.Lifecycle{tenant.Open, tenant.Suspended, tenant.Closed, tenant.Open, tenant.Open} {
		if _, err := directory.Update(t.Context(), h.tenant, "Muster", lifecycle); err != nil {
			t.Fatal(err)
		}
	}

	if want := []uuid.UUID{first.ID, second.ID}; !slices.Equal(woken, want) {
		t.Errorf("woken %v, want each once: %v", woken, want)
	}
}
