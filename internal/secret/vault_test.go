package secret_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/secret/secrettest"
	"github.com/stellwerk-hr/stellwerk/internal/secret/vaulttest"
	"github.com/stellwerk-hr/stellwerk/internal/text"
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

func TestEveryOutageOfVaultIsNamedAndPasses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		timeout     time.Duration
		begin, mend func(t *testing.T, vault *vaulttest.Server)
		want        *fault.Code
	}{
		"sealed": {
			patient, func(t *testing.T, vault *vaulttest.Server) { vault.Seal(t) },
			func(t *testing.T, vault *vaulttest.Server) { vault.Unseal(t) }, secret.Sealed,
		},
		"killed and restarted": {
			patient, func(_ *testing.T, vault *vaulttest.Server) { vault.Kill() },
			func(t *testing.T, vault *vaulttest.Server) { vault.Restart(t) }, secret.Unreachable,
		},
		"the connection breaks": {
			patient, func(_ *testing.T, vault *vaulttest.Server) { vault.Fail(vaulttest.Away) },
			func(_ *testing.T, vault *vaulttest.Server) { vault.Fail(nil) }, secret.Unreachable,
		},
		"slow": {
			50 * time.Millisecond, func(_ *testing.T, vault *vaulttest.Server) { vault.Fail(vaulttest.Silent) },
			nil, secret.Slow,
		},
		"it answers 500": {
			patient, func(_ *testing.T, vault *vaulttest.Server) { vault.Fail(vaulttest.Broken) },
			func(_ *testing.T, vault *vaulttest.Server) { vault.Fail(nil) }, secret.Failing,
		},
		"a policy is missing": {
			patient, func(t *testing.T, vault *vaulttest.Server) {
				vault.SetPolicy(t, "role", `path "x" { capabilities = ["read"] }`)
			},
			func(t *testing.T, vault *vaulttest.Server) { vault.SetPolicy(t, "role", everything(vaulttest.Mount)) }, secret.Denied,
		},
		"the mount is gone": {
			patient, func(t *testing.T, vault *vaulttest.Server) {
				vault.Do(t, http.MethodDelete, "sys/mounts/"+vaulttest.Mount, nil)
			},
			nil, secret.Denied,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vault := vaulttest.Start(t)
			role := vault.NewRole(t, "role", everything(vaulttest.Mount), nil)
			store, clock := open(t, vault, role, func(o *secret.VaultOptions) { o.Timeout = test.timeout })
			if test.timeout == patient {
				if err := store.Put(t.Context(), "x", secret.New([]byte("value"))); err != nil {
					t.Fatal(err)
				}
			}
			test.begin(t, vault)

			_, getErr := store.Get(t.Context(), "x")
			_, listErr := store.List(t.Context(), "x")
			for method, err := range map[string]error{
				"get": getErr, "list": listErr, "delete": store.Delete(t.Context(), "x"),
				"put": store.Put(t.Context(), "y", secret.New([]byte("4711-geheim"))),
			} {
				found := secret.OutageOf(err)
				if found == nil || found.Code != test.want {
					t.Errorf("%s: %v", method, err)
					continue
				}
				if words := found.Code.Detail.Format(text.English, found.Args); !strings.Contains(words, "since 2026-11-24 08:30 UTC") {
					t.Errorf("the words are %q", words)
				}
				if said := fmt.Sprintf("%v %+v", err, err); strings.Contains(said, "4711") || strings.Contains(said, role.SecretID) {
					t.Errorf("the error tells a secret: %s", said)
				}
			}

			if test.mend == nil {
				return
			}
			test.mend(t, vault)
			clock.add(time.Minute)
			if got, err := store.Get(t.Context(), "x"); err != nil || string(got.Reveal()) != "value" {
				t.Errorf("once it is mended: %v", err)
			}
		})
	}
}

func TestAVaultThatIsAwayIsAskedNowAndThen(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	store, clock := open(t, vault, vault.NewRole(t, "role", everything(vaulttest.Mount), nil), nil)
	if err := store.Put(t.Context(), "x", secret.New([]byte("value"))); err != nil {
		t.Fatal(err)
	}
	var asked atomic.Int64
	vault.Fail(func(w http.ResponseWriter, r *http.Request) bool {
		asked.Add(1)
		return vaulttest.Broken(w, r)
	})
	expect := func(want int64) {
		t.Helper()
		for range 5 {
			if _, err := store.Get(t.Context(), "x"); !fault.Has(err, secret.Failing) {
				t.Errorf("got %v", err)
			}
		}
		if got := asked.Load(); got != want {
			t.Errorf("it was asked %d times, want %d", got, want)
		}
	}

	expect(3)
	clock.add(5 * time.Second)
	expect(4)
	clock.add(9 * time.Second)
	expect(4)
	clock.add(time.Second)
	expect(5)
	vault.Fail(nil)
	if _, err := store.Get(t.Context(), "x"); !fault.Has(err, secret.Failing) {
		t.Errorf("it is asked before its time: %v", err)
	}
	clock.add(20 * time.Second)
	for range 2 {
		if got, err := store.Get(t.Context(), "x"); err != nil || string(got.Reveal()) != "value" {
			t.Errorf("once it is mended: %v", err)
		}
	}
}

func TestACallersOwnEndIsNoOutage(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	store, _ := open(t, vault, vault.NewRole(t, "role", everything(vaulttest.Mount), nil), nil)
	for range 4 {
		ctx, leave := context.WithCancel(t.Context())
		vault.Fail(func(w http.ResponseWriter, r *http.Request) bool {
			leave()
			return vaulttest.Silent(w, r)
		})
		if _, err := store.Get(ctx, "x"); !errors.Is(err, context.Canceled) || secret.OutageOf(err) != nil {
			t.Errorf("got %v", err)
		}
	}
	vault.Fail(nil)
	if _, err := store.Get(t.Context(), "x"); !errors.Is(err, secret.ErrNotFound) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestASecretWhoseAnswerWasLostIsThereAndNotDoubled(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	store, _ := open(t, vault, vault.NewRole(t, "role", everything(vaulttest.Mount), nil), nil)
	if _, err := store.Get(t.Context(), "x"); !errors.Is(err, secret.ErrNotFound) { // logged in
		t.Fatal(err)
	}
	vault.Fail(vault.LostAnswer(t, http.MethodPut))
	if err := store.Put(t.Context(), "x", secret.New([]byte("value"))); !fault.Has(err, secret.Unreachable) {
		t.Errorf("got %v", err)
	}
	vault.Fail(nil)

	if err := store.Put(t.Context(), "x", secret.New([]byte("again"))); !errors.Is(err, secret.ErrExists) {
		t.Errorf("again: %v", err)
	}
	if got, err := store.Get(t.Context(), "x"); err != nil || string(got.Reveal()) != "value" {
		t.Errorf("it is %v", err)
	}
}

func TestWhatIsDoneByHandInVaultIsNoticed(t *testing.T) {
	t.Parallel()
	vault := vaulttest.Start(t)
	store, _ := open(t, vault, vault.NewRole(t, "role", everything(vaulttest.Mount), nil), nil)
	put := func(path string) {
		t.Helper()
		if err := store.Put(t.Context(), path, secret.New([]byte("value of "+path))); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"deleted", "destroyed", "exchanged", "overwritten", "wiped"} {
		put(path)
	}
	data := vault.Do(t, http.MethodGet, vaulttest.Mount+"/data/deleted", nil)["data"]
	vault.Do(t, http.MethodDelete, vaulttest.Mount+"/data/deleted", nil)
	vault.Do(t, http.MethodPut, vaulttest.Mount+"/destroy/destroyed", map[string]any{"versions": []int{1}})
	vault.Do(t, http.MethodPost, vaulttest.Mount+"/data/exchanged", map[string]any{"data": data})
	vault.Do(t, http.MethodPost, vaulttest.Mount+"/data/overwritten", map[string]any{"data": map[string]any{"value": "%", "path": "overwritten"}})
	vault.Do(t, http.MethodDelete, vaulttest.Mount+"/metadata/wiped", nil)

	for path, want := range map[string]error{
		"deleted": secret.ErrNotFound, "destroyed": secret.ErrNotFound, "wiped": secret.ErrNotFound,
		"exchanged": secret.ErrUnreadable, "overwritten": secret.ErrUnreadable,
	} {
		if _, err := store.Get(t.Context(), path); !errors.Is(err, want) || secret.OutageOf(err) != nil {
			t.Errorf("%s: %v", path, err)
		}
		if err := store.Delete(t.Context(), path); err != nil {
			t.Errorf("%s: delete: %v", path, err)
		}
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
