package credential_test

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/secret/vaulttest"
)

// process is a program that keeps certificates in Vault under the policy that is handed out for it.
func (h *house) process(t *testing.T, vault *vaulttest.Server, name string) (*credential.Keeper, *secret.Vault) {
	t.Helper()
	policy, err := os.ReadFile(filepath.Join("..", "..", "docs", "vault", name+".hcl"))
	if err != nil {
		t.Fatal(err)
	}
	role := vault.NewRole(t, name, string(policy), nil)
	store, err := secret.OpenVault(secret.VaultOptions{
		Address: vault.URL, CAFile: vault.CAFile, Mount: vaulttest.Mount, RoleMount: "approle",
		RoleID: role.RoleID, SecretID: secret.New([]byte(role.SecretID)), Timeout: time.Minute, Now: h.Clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return h.keeperOf(t, store), store
}

func TestServeHandsInAndWorkUsesAndDestroys(t *testing.T) {
	t.Parallel()
	h, vault := newHouse(t), vaulttest.Start(t)
	serve, _ := h.process(t, vault, "serve")
	work, store := h.process(t, vault, "work")
	issued := h.issue(t, -1, 365)

	kept, err := serve.Upload(h.ctx, h.account, issued.P12, secret.New([]byte(pin)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := serve.Open(h.ctx, h.account); !fault.Has(err, secret.Denied) {
		t.Errorf("serve opens it: %v", err)
	}
	opened, err := work.Open(h.ctx, h.account)
	if err != nil {
		t.Fatal(err)
	}
	if status := h.knock(t, opened); status != http.StatusOK {
		t.Errorf("the BA answers %d", status)
	}
	if _, err := serve.Revoke(h.ctx, h.account, kept.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := work.Open(h.ctx, h.account); !fault.Has(err, credential.None) {
		t.Errorf("once it is revoked: %v", err)
	}
	for _, one := range h.doomed.all() {
		if err := work.Destroy(h.ctx, one.certificate); err != nil {
			t.Error(err)
		}
	}
	if left, err := store.List(t.Context(), "tenants"); err != nil || len(left) != 0 {
		t.Errorf("left are %q, %v", left, err)
	}
	if said := h.logged.String(); strings.Contains(said, pin) {
		t.Error("the PIN is logged")
	}
}

func TestAnUploadWhileVaultIsAwayLeavesNothing(t *testing.T) {
	t.Parallel()
	h, vault := newHouse(t), vaulttest.Start(t)
	serve, _ := h.process(t, vault, "serve")
	work, store := h.process(t, vault, "work")
	upload := func() error {
		_, err := serve.Upload(h.ctx, h.account, h.issue(t, -1, 365).P12, secret.New([]byte(pin)))
		return err
	}
	if err := upload(); err != nil {
		t.Fatal(err)
	}

	vault.Seal(t)
	sealed := upload()
	vault.Unseal(t)
	vault.Fail(vault.LostAnswer(t, http.MethodPut))
	lost := upload()
	vault.Fail(nil)

	if !fault.Has(sealed, secret.Sealed) || !fault.Has(lost, secret.Unreachable) {
		t.Errorf("got %v and %v", sealed, lost)
	}
	if got := h.states(t); !slices.Equal(got, []credential.State{credential.Active, credential.Revoked, credential.Revoked}) {
		t.Errorf("the states are %v", got)
	}
	for _, one := range h.doomed.all() {
		if err := work.Destroy(h.ctx, one.certificate); err != nil {
			t.Error(err)
		}
	}
	if left, err := store.List(t.Context(), "tenants"); err != nil || len(left) != 1 {
		t.Errorf("left are %q, %v", left, err)
	}
	if err := upload(); err != nil {
		t.Errorf("trying it again: %v", err)
	}
}
