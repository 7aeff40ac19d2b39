package secret_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/secret/vaulttest"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

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
