package secret_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/secret/vaulttest"
)

func TestATokenIsRenewedAndReplacedWhenItEnds(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	role := vault.NewRole(t, "short", everything(vaulttest.Mount), map[string]any{"token_ttl": "1h", "token_max_ttl": "3h"})
	store, clock := open(t, vault, role, nil)
	ask := func(logins, renewals int) {
		t.Helper()
		if _, err := store.Get(t.Context(), "x"); !errors.Is(err, secret.ErrNotFound) {
			t.Fatal(err)
		}
		if got := vault.Asked("auth/approle/login"); got != logins {
			t.Errorf("it logged in %d times, want %d", got, logins)
		}
		if got := vault.Asked("auth/token/renew-self"); got != renewals {
			t.Errorf("it renewed %d times, want %d", got, renewals)
		}
	}

	ask(1, 0)
	clock.add(39 * time.Minute)
	ask(1, 0)
	clock.add(time.Minute) // two thirds of an hour
	ask(1, 1)
	ask(1, 1)
	clock.add(time.Hour) // by our clock it has ended
	ask(2, 1)
	vault.RevokeTokens(t)
	ask(3, 1)
	vault.NewRole(t, "short", everything(vaulttest.Mount), map[string]any{"token_type": "batch", "token_ttl": "1h", "token_max_ttl": "3h"})
	clock.add(2 * time.Hour)
	ask(4, 1)
	clock.add(40 * time.Minute) // it cannot be renewed
	ask(5, 1)
}

func TestOfManyCallersOneLogsIn(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	store, _ := open(t, vault, vault.NewRole(t, "work", everything(vaulttest.Mount), nil), nil)
	var callers sync.WaitGroup
	for range 16 {
		callers.Go(func() {
			if _, err := store.Get(t.Context(), "x"); !errors.Is(err, secret.ErrNotFound) {
				t.Error(err)
			}
		})
	}
	callers.Wait()

	if got := vault.Asked("auth/approle/login"); got != 1 {
		t.Errorf("%d logged in", got)
	}
	if err := store.Close(); err != nil || vault.Asked("auth/token/revoke-self") != 1 {
		t.Errorf("the token is left behind: %v", err)
	}
}

func TestOnlyThePinnedAuthorityIsTrusted(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	role := vault.NewRole(t, "role", everything(vaulttest.Mount), nil)
	for name, file := range map[string]string{"the system's": "", "another": newAuthority(t)} {
		store, _ := open(t, vault, role, func(o *secret.VaultOptions) { o.CAFile = file })
		if _, err := store.Get(t.Context(), "x"); !fault.Has(err, secret.Unreachable) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, file := range map[string]string{"no file": filepath.Join(t.TempDir(), "none"), "no PEM": os.DevNull} {
		if _, err := secret.OpenVault(secret.VaultOptions{Address: vault.URL, CAFile: file, Mount: "secret"}); err == nil {
			t.Errorf("%s: it opens", name)
		}
	}
}

// newAuthority returns a PEM file with an authority that nobody knows.
func newAuthority(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().AddDate(1, 0, 0), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestALoginThatVaultRefusesIsNamed(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	role := vault.NewRole(t, "role", everything(vaulttest.Mount), nil)
	for name, wrong := range map[string]vaulttest.Role{
		"the role id": {RoleID: "nobody", SecretID: role.SecretID}, "the secret id": {RoleID: role.RoleID, SecretID: "4711-geheim"},
	} {
		store, _ := open(t, vault, wrong, nil)
		_, err := store.Get(t.Context(), "x")
		if !fault.Has(err, secret.LoginRefused) || strings.Contains(err.Error(), wrong.SecretID) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestANamespaceIsNamedInEveryRequest(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	store, _ := open(t, vault, vault.NewRole(t, "role", everything(vaulttest.Mount), nil), func(o *secret.VaultOptions) { o.Namespace = "employers/a" })
	var asked, named atomic.Int64
	vault.Fail(func(_ http.ResponseWriter, r *http.Request) bool {
		asked.Add(1)
		if r.Header.Get("X-Vault-Namespace") == "employers/a/" || r.Header.Get("X-Vault-Namespace") == "employers/a" {
			named.Add(1)
		}
		r.Header.Del("X-Vault-Namespace") // the Vault under test has none
		return false
	})

	if _, err := store.Get(t.Context(), "x"); !errors.Is(err, secret.ErrNotFound) {
		t.Error(err)
	}

	if asked.Load() < 2 || asked.Load() != named.Load() {
		t.Errorf("%d of %d requests name it", named.Load(), asked.Load())
	}
}

// TestVaultsOwnVariablesAreNotRead changes the environment, so it runs alone.
func TestVaultsOwnVariablesAreNotRead(t *testing.T) { //nolint:paralleltest // it changes the environment
	vault := vaulttest.Start(t)
	role := vault.NewRole(t, "role", everything(vaulttest.Mount), nil)
	for name, value := range map[string]string{
		"VAULT_ADDR": "http://127.0.0.1:1", "VAULT_AGENT_ADDR": "http://127.0.0.1:1", "VAULT_TOKEN": "nonsense", "VAULT_NAMESPACE": "elsewhere",
		"VAULT_HTTP_PROXY": "http://127.0.0.1:1", "VAULT_MAX_RETRIES": "7",
	} {
		t.Setenv(name, value)
	}
	store, _ := open(t, vault, role, nil)

	if _, err := store.Get(t.Context(), "x"); !errors.Is(err, secret.ErrNotFound) {
		t.Error(err)
	}
}
