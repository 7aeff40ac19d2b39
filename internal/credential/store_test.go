package credential_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

var errBroken = errors.New("the store is broken")

func TestAnUploadThatTheStoreRefusesLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		arrange func(s *store)
		// left is how many secrets are left until the sweep.
		left int
	}{
		"it writes nothing":                        {func(s *store) { s.put = errBroken }, 0},
		"it fails after writing":                   {func(s *store) { s.putAfter = errBroken }, 0},
		"it fails after writing, and at taking it": {func(s *store) { s.putAfter, s.remove = errBroken, errBroken }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			active := h.uploaded(t, -300, 65)
			issued := h.issue(t, -1, 365)
			test.arrange(h.store)

			_, err := h.upload(issued)

			if !fault.Has(err, credential.StoreUnavailable) || !errors.Is(err, errBroken) {
				t.Errorf("got %v", err)
			}
			if got, n := h.states(t), h.secrets(t); !slices.Equal(got, []credential.State{credential.Active, credential.Revoked}) || n != 1+test.left {
				t.Errorf("the states are %v, with %d secrets", got, n)
			}
			if opened, err := h.keeper.Open(h.ctx, h.account); err != nil || !opened.Certificate.Leaf.NotAfter.Equal(active.NotAfter) {
				t.Errorf("the one before is not in use: %v", err)
			}

			h.store.put, h.store.putAfter, h.store.remove = nil, nil, nil
			if err := h.keeper.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := h.secrets(t); n != 1 {
				t.Errorf("after the sweep there are %d secrets", n)
			}
			if _, err := h.upload(issued); err != nil {
				t.Errorf("trying it again: %v", err)
			}
		})
	}
}

func TestAnUploadThatCannotBePutToUseLeavesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.uploaded(t, -300, 65)
	h.woken.err = errors.New("no queue")

	if _, err := h.upload(h.issue(t, -1, 365)); !errors.Is(err, h.woken.err) {
		t.Errorf("got %v", err)
	}

	if got, n := h.states(t), h.secrets(t); !slices.Equal(got, []credential.State{credential.Active, credential.Revoked}) || n != 1 {
		t.Errorf("the states are %v, with %d secrets", got, n)
	}
}

func TestAnUploadWhoseCallerLeftIsTakenBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx, leave := context.WithCancel(h.ctx)
	h.store.during = leave

	if _, err := h.keeper.Upload(ctx, h.account, h.issue(t, -1, 365).P12, secret.New([]byte(pin))); err == nil {
		t.Error("it is taken")
	}

	if got, n := h.states(t), h.secrets(t); !slices.Equal(got, []credential.State{credential.Revoked}) || n != 0 {
		t.Errorf("the states are %v, with %d secrets", got, n)
	}
}

func TestACertificateRevokedWhileItIsStoredIsNotUsed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.store.during = func() {
		all, _, err := h.keeper.List(h.ctx, h.account, database.Page{Limit: 1})
		if err == nil {
			_, err = h.keeper.Revoke(h.ctx, h.account, all[0].ID)
		}
		if err != nil {
			t.Error(err)
		}
	}

	if _, err := h.upload(h.issue(t, -1, 365)); !fault.Has(err, fault.Missing) {
		t.Errorf("got %v", err)
	}

	if got, n := h.states(t), h.secrets(t); !slices.Equal(got, []credential.State{credential.Revoked}) || n != 0 {
		t.Errorf("the states are %v, with %d secrets", got, n)
	}
}

func TestACertificateThatTheStoreCannotGive(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kept := h.uploaded(t, -1, 365)
	path := secret.CertificatePath(h.tenant, kept.ID)
	expect := func(when string, want *fault.Code) {
		t.Helper()
		if _, err := h.keeper.Open(h.ctx, h.account); !fault.Has(err, want) {
			t.Errorf("%s: %v", when, err)
		}
	}
	h.store.get = errBroken
	expect("it fails", credential.StoreUnavailable)
	h.store.get = secret.ErrUnreadable
	expect("it was sealed with another key", credential.Lost)
	h.store.get = nil

	for what, content := range map[string]string{
		"nonsense": "geheim", "no certificate": `{}`, "no key": `{"leaf":"AAAA"}`, "another thing": `[1]`,
	} {
		if err := errors.Join(h.store.Delete(t.Context(), path), h.store.Put(t.Context(), path, secret.New([]byte(content)))); err != nil {
			t.Fatal(err)
		}
		expect(what, credential.Lost)
	}
	if err := h.store.Delete(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	expect("it is gone", credential.Lost)
}

func TestARevokedCertificateWhoseSecretStaysIsSwept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kept := h.uploaded(t, -1, 365)
	h.store.remove = errBroken

	got, err := h.keeper.Revoke(h.ctx, h.account, kept.ID)

	if err != nil || got.State != credential.Revoked || h.secrets(t) != 1 {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := h.keeper.Sweep(t.Context()); !errors.Is(err, errBroken) || !strings.Contains(err.Error(), kept.ID.String()) {
		t.Errorf("sweeping a broken store: %v", err)
	}
	h.store.remove = nil
	if err := h.keeper.Sweep(t.Context()); err != nil || h.secrets(t) != 0 {
		t.Errorf("sweeping: %v, %d secrets are left", err, h.secrets(t))
	}
}

// died leaves what an upload leaves whose process was killed: a pending certificate, and its secret if it came so far.
func (h *house) died(ctx context.Context, t *testing.T, account uuid.UUID, stored bool) {
	t.Helper()
	row := credential.Certificate{
		ID: uuid.New(), AccountID: account, State: credential.Pending, Fingerprint: strings.Repeat("0", 64),
		CreatedAt: h.Clock.Now(), UpdatedAt: h.Clock.Now(),
	}
	err := h.DB.InTx(ctx, func(tx database.Tx) error {
		row.TenantID = tx.Tenant
		return tx.Create(&row).Error
	})
	if err == nil && stored {
		err = h.store.Put(ctx, secret.CertificatePath(row.TenantID, row.ID), secret.New([]byte("sealed")))
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestUploadsThatDiedAreSweptAfterAnHour(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	_, other := h.Tenant(t, "Bau AG")
	foreign, err := tenant.NewDirectory(h.DB, h.Clock.Now).CreateAccount(other, tenant.AccountInput{Name: "Bau"})
	if err != nil {
		t.Fatal(err)
	}
	h.uploaded(t, -1, 365)
	h.died(h.ctx, t, h.account, true)
	h.died(h.ctx, t, h.account, false)
	h.died(other, t, foreign.ID, true)
	expect := func(state credential.State, secrets int) {
		t.Helper()
		if err := h.keeper.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := h.states(t); !slices.Equal(got, []credential.State{credential.Active, state, state}) {
			t.Errorf("the states are %v", got)
		}
		theirs, _, err := h.keeper.List(other, foreign.ID, database.Page{Limit: 9})
		if err != nil || len(theirs) != 1 || theirs[0].State != state {
			t.Errorf("the other tenant has %+v, %v", theirs, err)
		}
		if n := h.secrets(t); n != secrets {
			t.Errorf("there are %d secrets", n)
		}
	}

	h.Clock.Add(time.Hour)
	expect(credential.Pending, 3)
	h.Clock.Add(time.Second)
	expect(credential.Revoked, 1)
}

func TestWhatAFolderHasNotFinishedIsSwept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	begun := filepath.Join(h.store.dir, ".tmp", "begun")
	hours := h.Clock.Now().Add(-2 * time.Hour)
	if err := errors.Join(os.WriteFile(begun, []byte("half of it"), 0o600), os.Chtimes(begun, hours, hours)); err != nil {
		t.Fatal(err)
	}

	if err := h.keeperOf(t, h.store.Store).Sweep(t.Context()); err != nil {
		t.Error(err)
	}

	if _, err := os.Stat(begun); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
}

func TestASweepLeavesWhatIsNotOurs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, path := range []string{
		secret.CertificatePath(h.tenant, uuid.New()), // ours was restored from a backup
		secret.CertificatePath(uuid.New(), uuid.New()), "tenants/x/certificates/y", "tenants/" + h.tenant.String() + "/seeds/" + uuid.NewString(),
	} {
		if err := h.store.Put(t.Context(), path, secret.New([]byte("sealed"))); err != nil {
			t.Fatal(err)
		}
	}

	if err := h.keeper.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}

	if n := h.secrets(t); n != 4 {
		t.Errorf("%d are left", n)
	}
	h.store.list = errBroken
	if err := h.keeper.Sweep(scope.WithTenant(t.Context(), h.tenant)); !errors.Is(err, errBroken) {
		t.Errorf("a store that cannot list: %v", err)
	}
}
