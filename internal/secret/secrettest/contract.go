// Package secrettest holds the tests that every secret.Store must pass.
package secrettest

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// Contract runs the tests of the Store contract. open returns an empty store; it is called once for each test, and the tests run in
// parallel.
func Contract(t *testing.T, open func(t *testing.T) secret.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, secret.Store){
		"what was put is what is got":          keeps,
		"a secret is never changed":            immutable,
		"a missing secret is not found":        missing,
		"a deleted secret is gone":             deletes,
		"a list holds what is below a path":    lists,
		"of concurrent puts exactly one wins":  oneWinner,
		"bad paths and secrets are refused":    refuses,
		"nothing happens in an ended context":  ended,
		"no error tells the value of a secret": discreet,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

const (
	tenantA = "tenants/0e1a-a"
	tenantB = "tenants/0e1a-ab"
)

func put(t *testing.T, store secret.Store, path, value string) {
	t.Helper()
	if err := store.Put(t.Context(), path, secret.New([]byte(value))); err != nil {
		t.Fatal(err)
	}
}

func expect(t *testing.T, store secret.Store, path, want string) {
	t.Helper()
	got, err := store.Get(t.Context(), path)
	if err != nil || string(got.Reveal()) != want {
		t.Errorf("%s holds %d bytes, %v", path, len(got.Reveal()), err)
	}
}

func keeps(t *testing.T, store secret.Store) {
	binary := make([]byte, secret.MaxBytes)
	_, _ = rand.Read(binary)
	for path, value := range map[string]string{
		tenantA + "/certificates/1": "short",
		tenantA + "/certificates/2": "\x00\n\xff with Umläute",
		"a/b/c/d/e/f/g/h":           string(binary),
		"top":                       " ",
	} {
		put(t, store, path, value)
		expect(t, store, path, value)
	}
}

func immutable(t *testing.T, store secret.Store) {
	put(t, store, tenantA+"/x", "first")
	if err := store.Put(t.Context(), tenantA+"/x", secret.New([]byte("second"))); !errors.Is(err, secret.ErrExists) {
		t.Errorf("the second put: %v", err)
	}
	expect(t, store, tenantA+"/x", "first")
}

func missing(t *testing.T, store secret.Store) {
	put(t, store, tenantA+"/x", "value")
	for _, path := range []string{tenantA + "/y", tenantA, tenantA + "/x/z", "elsewhere"} {
		if _, err := store.Get(t.Context(), path); !errors.Is(err, secret.ErrNotFound) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func deletes(t *testing.T, store secret.Store) {
	put(t, store, tenantA+"/x", "value")
	put(t, store, tenantA+"/y", "stays")
	for range 2 {
		if err := store.Delete(t.Context(), tenantA+"/x"); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Delete(t.Context(), "never/was/there"); err != nil {
		t.Errorf("a path that never was: %v", err)
	}
	if _, err := store.Get(t.Context(), tenantA+"/x"); !errors.Is(err, secret.ErrNotFound) {
		t.Errorf("it is still there: %v", err)
	}
	if got, err := store.List(t.Context(), "tenants"); err != nil || !slices.Equal(got, []string{tenantA + "/y"}) {
		t.Errorf("left are %q, %v", got, err)
	}
	expect(t, store, tenantA+"/y", "stays")
}

func lists(t *testing.T, store secret.Store) {
	for _, path := range []string{tenantB + "/c/1", tenantA + "/c/2", tenantA + "/c/1", "other/x", tenantA} {
		put(t, store, path, "value")
	}
	for path, want := range map[string][]string{
		"tenants":      {tenantA, tenantA + "/c/1", tenantA + "/c/2", tenantB + "/c/1"},
		tenantA:        {tenantA + "/c/1", tenantA + "/c/2"},
		tenantA + "/c": {tenantA + "/c/1", tenantA + "/c/2"},
		"nothing":      nil,
	} {
		if got, err := store.List(t.Context(), path); err != nil || !slices.Equal(got, want) {
			t.Errorf("below %s: %q, %v; want %q", path, got, err, want)
		}
	}
}

func oneWinner(t *testing.T, store secret.Store) {
	values := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	errs := make([]error, len(values))
	var group sync.WaitGroup
	for i, value := range values {
		group.Go(func() { errs[i] = store.Put(t.Context(), tenantA+"/x", secret.New([]byte(value))) })
	}
	group.Wait()

	var winners []string
	for i, err := range errs {
		switch {
		case err == nil:
			winners = append(winners, values[i])
		case !errors.Is(err, secret.ErrExists):
			t.Errorf("put of %s: %v", values[i], err)
		}
	}
	if len(winners) != 1 {
		t.Fatalf("%q won", winners)
	}
	expect(t, store, tenantA+"/x", winners[0])
}

func refuses(t *testing.T, store secret.Store) {
	value := secret.New([]byte("value"))
	for _, path := range []string{
		"", "/", "a/", "/a", "a//b", ".", "..", "a/../b", "a/.tmp", `a\b`, "a b", "a\x00", "ä", "a.age", "a\n",
		strings.Repeat("a", 65), strings.Repeat("a/", 8) + "a",
	} {
		_, getErr := store.Get(t.Context(), path)
		_, listErr := store.List(t.Context(), path)
		for method, err := range map[string]error{
			"put":    store.Put(t.Context(), path, value),
			"delete": store.Delete(t.Context(), path),
			"get":    getErr,
			"list":   listErr,
		} {
			if !errors.Is(err, secret.ErrInvalid) {
				t.Errorf("%s of %q: %v", method, path, err)
			}
		}
	}
	for name, bad := range map[string]secret.Secret{
		"none": {}, "empty": secret.New(nil), "too large": secret.New(bytes.Repeat([]byte("x"), secret.MaxBytes+1)),
	} {
		if err := store.Put(t.Context(), "fine", bad); !errors.Is(err, secret.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func ended(t *testing.T, store secret.Store) {
	put(t, store, "x", "value")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, getErr := store.Get(ctx, "x")
	_, listErr := store.List(ctx, "x")
	for method, err := range map[string]error{
		"put":    store.Put(ctx, "y", secret.New([]byte("value"))),
		"delete": store.Delete(ctx, "x"),
		"get":    getErr,
		"list":   listErr,
	} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", method, err)
		}
	}
	expect(t, store, "x", "value")
	if _, err := store.Get(t.Context(), "y"); !errors.Is(err, secret.ErrNotFound) {
		t.Errorf("it was put: %v", err)
	}
}

func discreet(t *testing.T, store secret.Store) {
	const value = "4711-geheim"
	put(t, store, "x", value)
	for _, path := range []string{"x", "not/a path", ""} {
		if err := store.Put(t.Context(), path, secret.New([]byte(value))); err == nil || strings.Contains(err.Error(), value) {
			t.Errorf("put at %q: %v", path, err)
		}
	}
}
