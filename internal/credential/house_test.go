package credential_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// TestMain makes the test binary the child process that opens .p12 files.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == p12.ChildArgument {
		os.Exit(p12.ChildMain(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

const (
	supplierID = "V000123400"
	pin        = "Gleis-9-geheim-4711"
)

// house is a house with one tenant, who has one account, a simulated BA, and a keeper.
type house struct {
	*testhouse.House
	ba      *basim.Server
	store   *store
	keeper  *credential.Keeper
	ctx     context.Context
	tenant  uuid.UUID
	account uuid.UUID
	logged  *lockedBuffer
	woken   *calls
	doomed  *doomed
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{House: testhouse.New(t), logged: &lockedBuffer{}, woken: &calls{}, doomed: &doomed{}}
	h.tenant, h.ctx = h.Tenant(t, "Muster Pflege")
	in := tenant.AccountInput{Name: "Muster", SupplierID: new(supplierID), AllianceNumber: new("99001")}
	account, err := tenant.NewDirectory(h.DB, h.Clock.Now).CreateAccount(h.ctx, in)
	if err != nil {
		t.Fatal(err)
	}
	h.account = account.ID
	if h.ba, err = basim.Start(basim.Options{Now: h.Clock.Now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.ba.Close() })
	h.store = newStore(t)
	h.keeper = h.keeperOf(t, h.store)
	return h
}

// keeperOf returns a keeper with another store, as another process has it.
func (h *house) keeperOf(t *testing.T, store secret.Store) *credential.Keeper {
	t.Helper()
	opener, err := p12.NewOpener(p12.Options{Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return credential.NewKeeper(credential.Options{
		DB: h.DB, Store: store, Opener: opener, Now: h.Clock.Now,
		Wake: func(database.Tx, uuid.UUID) error { return h.woken.next() },
		Doom: h.doomed.add,
		Log:  slog.New(slog.NewJSONHandler(h.logged, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
}

// issue has the BA issue a certificate that holds for some days from now.
func (h *house) issue(t *testing.T, from, until int) basim.Credentials {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	issued, err := h.ba.Issue(basim.IssueRequest{
		PartnerID: supplierID, Alliance: "99001", PIN: pin, Key: key,
		NotBefore: h.Clock.Now().AddDate(0, 0, from), NotAfter: h.Clock.Now().AddDate(0, 0, until),
	})
	if err != nil {
		t.Fatal(err)
	}
	return issued
}

func (h *house) upload(issued basim.Credentials) (credential.Certificate, error) {
	return h.keeper.Upload(h.ctx, h.account, issued.P12, secret.New([]byte(pin)))
}

// uploaded uploads a certificate that must be taken.
func (h *house) uploaded(t *testing.T, from, until int) credential.Certificate {
	t.Helper()
	kept, err := h.upload(h.issue(t, from, until))
	if err != nil {
		t.Fatal(err)
	}
	return kept
}

// states returns the states of the account's certificates, oldest first.
func (h *house) states(t *testing.T) []credential.State {
	t.Helper()
	all, _, err := h.keeper.List(h.ctx, h.account, database.Page{Limit: database.MaxPageSize})
	if err != nil {
		t.Fatal(err)
	}
	states := make([]credential.State, len(all))
	for i, one := range all {
		states[i] = one.State
	}
	return states
}

// secrets returns how many secrets the store really has, once the workers have destroyed what they could.
func (h *house) secrets(t *testing.T) int {
	t.Helper()
	for _, one := range h.doomed.all() {
		_ = h.keeper.Destroy(scope.WithTenant(t.Context(), one.tenant), one.certificate) // a store that fails is asked again by the sweep
	}
	paths, err := h.store.Store.List(t.Context(), "tenants")
	if err != nil {
		t.Fatal(err)
	}
	return len(paths)
}

// store is a secret folder that fails when it is told to.
type store struct {
	secret.Store
	// put, putAfter (when the secret is there already), get, remove and list are what the methods fail with; during runs while a
	// secret is put.
	put, putAfter, get, remove, list error
	during                           func()
	// gets counts the secrets that were asked for.
	gets int
	// dir is where the sealed files lie.
	dir string
}

func newStore(t *testing.T) *store {
	t.Helper()
	key, dir := filepath.Join(t.TempDir(), "key"), filepath.Join(t.TempDir(), "secrets")
	if err := errors.Join(secret.GenerateKeyFile(key), os.Mkdir(dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	folder, err := secret.OpenFolder(dir, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	return &store{Store: folder, dir: dir}
}

func (s *store) Put(ctx context.Context, path string, value secret.Secret) error {
	if s.put != nil {
		return s.put
	}
	if s.during != nil {
		s.during()
	}
	if err := s.Store.Put(ctx, path, value); err != nil {
		return err
	}
	return s.putAfter
}

func (s *store) Get(ctx context.Context, path string) (secret.Secret, error) {
	s.gets++
	if s.get != nil {
		return secret.Secret{}, s.get
	}
	return s.Store.Get(ctx, path)
}

func (s *store) Delete(ctx context.Context, path string) error {
	if s.remove != nil {
		return s.remove
	}
	return s.Store.Delete(ctx, path)
}

func (s *store) List(ctx context.Context, path string) ([]string, error) {
	if s.list != nil {
		return nil, s.list
	}
	return s.Store.List(ctx, path)
}

// calls counts calls, and fails them when it is told to.
type calls struct {
	mu  sync.Mutex
	n   int
	err error
}

func (c *calls) next() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n++
	return c.err
}

// doomed are the certificates that were revoked, as the queue of jobs has them.
type doomed struct {
	mu   sync.Mutex
	kept []doom
}

type doom struct{ tenant, certificate uuid.UUID }

func (d *doomed) add(tx database.Tx, certificate uuid.UUID) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.kept = append(d.kept, doom{tx.Tenant, certificate})
	return nil
}

func (d *doomed) all() []doom {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := d.kept
	d.kept = nil
	return kept
}

// lockedBuffer is a buffer that several goroutines may write.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
