package secret_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/secret/secrettest"
	"github.com/stellwerk-hr/stellwerk/internal/secret/vaulttest"
)

// clock is a clock that only moves when it is told to.
type clock struct{ passed atomic.Int64 }

func (c *clock) now() time.Time {
	return time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC).Add(time.Duration(c.passed.Load()))
}

func (c *clock) add(d time.Duration) { c.passed.Add(int64(d)) }

// patient is a bound for calls that are to succeed on every machine.
const patient = time.Minute

// open opens a store at a mount as a role. change may change what it is opened with.
func open(t *testing.T, vault *vaulttest.Server, role vaulttest.Role, change func(*secret.VaultOptions)) (*secret.Vault, *clock) {
	t.Helper()
	clock := &clock{}
	options := secret.VaultOptions{
		Address: vault.URL, CAFile: vault.CAFile, Mount: vaulttest.Mount, RoleMount: "approle",
		RoleID: role.RoleID, SecretID: secret.New([]byte(role.SecretID)), Timeout: patient, Now: clock.now,
	}
	if change != nil {
		change(&options)
	}
	store, err := secret.OpenVault(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store, clock
}

// everything is a policy that allows all that a store does at a mount.
func everything(mount string) string {
	return fmt.Sprintf(`
		path "%[1]s/data/*" { capabilities = ["create", "update", "read"] }
		path "%[1]s/metadata/*" { capabilities = ["list", "delete"] }`, mount)
}

// shipped returns a policy that is handed out with the documentation.
func shipped(t *testing.T, name string) string {
	t.Helper()
	policy, err := os.ReadFile(filepath.Join("..", "..", "docs", "vault", name+".hcl"))
	if err != nil {
		t.Fatal(err)
	}
	return string(policy)
}

func TestVaultKeepsTheContract(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	var mounts atomic.Int64
	secrettest.Contract(t, func(t *testing.T) secret.Store {
		t.Helper()
		n := mounts.Add(1)
		mount := vault.NewMount(t, fmt.Sprintf("kv-%d/certificates", n))
		role := vault.NewRole(t, fmt.Sprintf("role-%d", n), everything(mount), nil)
		store, _ := open(t, vault, role, func(o *secret.VaultOptions) { o.Mount = "/" + mount + "/" })
		return store
	})
}

func TestServeMayOnlyWriteAndWorkMayOnlyReadAndDestroy(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	serve, _ := open(t, vault, vault.NewRole(t, "serve", shipped(t, "serve"), nil), nil)
	work, _ := open(t, vault, vault.NewRole(t, "work", shipped(t, "work"), nil), nil)
	path, value := secret.CertificatePath(uuid.New(), uuid.New()), secret.New([]byte("sealed"))
	denied := func(what string, err error) {
		t.Helper()
		if !fault.Has(err, secret.Denied) {
			t.Errorf("%s: %v", what, err)
		}
	}

	if err := serve.Put(t.Context(), path, value); err != nil {
		t.Fatal(err)
	}
	if err := serve.Put(t.Context(), path, secret.New([]byte("another"))); !errors.Is(err, secret.ErrExists) {
		t.Errorf("serve writes it anew: %v", err)
	}
	_, err := serve.Get(t.Context(), path)
	denied("serve reads", err)
	_, err = serve.List(t.Context(), "tenants")
	denied("serve lists", err)
	denied("serve destroys", serve.Delete(t.Context(), path))
	denied("serve writes elsewhere", serve.Put(t.Context(), "elsewhere", value))
	denied("work writes", work.Put(t.Context(), secret.CertificatePath(uuid.New(), uuid.New()), value))

	if got, err := work.Get(t.Context(), path); err != nil || string(got.Reveal()) != "sealed" {
		t.Errorf("work reads: %v", err)
	}
	if found, err := work.List(t.Context(), "tenants"); err != nil || len(found) != 1 || found[0] != path {
		t.Errorf("work lists: %q, %v", found, err)
	}
	if err := work.Delete(t.Context(), path); err != nil {
		t.Errorf("work destroys: %v", err)
	}
	if _, err := work.Get(t.Context(), path); !errors.Is(err, secret.ErrNotFound) {
		t.Errorf("work reads what is gone: %v", err)
	}
	if found, err := work.List(t.Context(), "tenants"); err != nil || len(found) != 0 {
		t.Errorf("left are %q, %v", found, err)
	}
}

func TestVaultHoldsNothingInTheClear(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	store, _ := open(t, vault, vault.NewRole(t, "role", everything(vaulttest.Mount), nil), nil)
	if err := store.Put(t.Context(), "x", secret.New([]byte("4711-geheim"))); err != nil {
		t.Fatal(err)
	}
	files := 0
	err := filepath.WalkDir(vault.Dir(), func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		files++
		content, err := os.ReadFile(name)
		if bytes.Contains(content, []byte("4711-geheim")) {
			t.Errorf("it stands in %s", name)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files, %v", files, err)
	}
}
