package credential_test

import (
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

func TestAnUploadedCertificateOpensTheBAsDoor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	issued := h.issue(t, -1, 365)

	kept, err := h.upload(issued)
	if err != nil {
		t.Fatal(err)
	}

	leaf := issued.Certificate.Leaf
	sum := sha256.Sum256(leaf.Raw)
	if kept.State != credential.Active || kept.Fingerprint != hex.EncodeToString(sum[:]) || kept.TenantID != h.tenant || kept.CreatedBy != "Muster Pflege's software" {
		t.Errorf("kept is %+v", kept)
	}
	read, err := h.keeper.Get(h.ctx, h.account, kept.ID)
	if err != nil || !read.NotBefore.Equal(leaf.NotBefore) || !read.NotAfter.Equal(leaf.NotAfter) ||
		read.Subject != leaf.Subject.String() || read.Serial != leaf.SerialNumber.Text(16) {
		t.Errorf("read is %+v, %v", read, err)
	}
	if h.woken.n != 1 {
		t.Errorf("the account is woken %d times", h.woken.n)
	}
	opened, err := h.keeper.Open(h.ctx, h.account)
	if err != nil {
		t.Fatal(err)
	}
	if status := h.knock(t, opened); status != http.StatusOK {
		t.Errorf("the BA answers %d", status)
	}
}

// knock asks for the BA's listing over mutual TLS, trusting only what came with the certificate.
func (h *house) knock(t *testing.T, with credential.KeyPair) int {
	t.Helper()
	roots := x509.NewCertPool()
	for _, authority := range with.Authorities {
		roots.AddCert(authority)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		Certificates: []tls.Certificate{with.Certificate}, RootCAs: roots, Time: h.Clock.Now, MinVersion: tls.VersionTLS12,
	}}
	t.Cleanup(transport.CloseIdleConnections)
	answer, err := (&http.Client{Transport: transport, Timeout: time.Minute}).Get(h.ba.URL())
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

func TestWhatIsWrongWithAFileIsSaidAndNothingIsSaved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := h.issue(t, -1, 365)
	word := secret.New([]byte(pin))
	_, foreign := h.Tenant(t, "Bau AG")
	for _, test := range []struct {
		name string
		do   func() (credential.Certificate, error)
		want *fault.Code
	}{
		{"empty", func() (credential.Certificate, error) { return h.keeper.Upload(h.ctx, h.account, nil, word) }, p12.Empty},
		{"no .p12", func() (credential.Certificate, error) {
			return h.keeper.Upload(h.ctx, h.account, []byte("hello"), word)
		}, p12.NotP12},
		{"too large", func() (credential.Certificate, error) {
			return h.keeper.Upload(h.ctx, h.account, make([]byte, p12.MaxFile+1), word)
		}, p12.TooLarge},
		{"half", func() (credential.Certificate, error) {
			return h.keeper.Upload(h.ctx, h.account, good.P12[:len(good.P12)/2], word)
		}, p12.Corrupt},
		{"a wrong PIN", func() (credential.Certificate, error) {
			return h.keeper.Upload(h.ctx, h.account, good.P12, secret.New([]byte("0000")))
		}, p12.WrongPIN},
		{"expired", func() (credential.Certificate, error) { return h.upload(h.issue(t, -400, -1)) }, p12.Expired},
		{"an unknown account", func() (credential.Certificate, error) { return h.keeper.Upload(h.ctx, uuid.New(), good.P12, word) }, fault.Missing},
		{"another tenant", func() (credential.Certificate, error) { return h.keeper.Upload(foreign, h.account, good.P12, word) }, fault.Missing},
	} {
		if _, err := test.do(); !fault.Has(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if states, n := h.states(t), h.secrets(t); len(states) != 0 || n != 0 || h.woken.n != 0 {
		t.Errorf("there are %v and %d secrets", states, n)
	}
}

func TestANewerCertificateRetiresTheOneBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.uploaded(t, -300, 65)
	newer := h.uploaded(t, -1, 365)

	opened, err := h.keeper.Open(h.ctx, h.account)

	if err != nil || !opened.Certificate.Leaf.NotAfter.Equal(newer.NotAfter) {
		t.Errorf("opened is the old one, or none: %v", err)
	}
	if got := h.states(t); !slices.Equal(got, []credential.State{credential.Retired, credential.Active}) {
		t.Errorf("the states are %v", got)
	}
}

func TestTheSameFileIsTakenOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, from := range []int{-1, 5} { // to be active, and to be next
		issued := h.issue(t, from, 365)
		first, err := h.upload(issued)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.upload(issued); !fault.Has(err, credential.Known) {
			t.Errorf("again: %v", err)
		}
		if _, err := h.keeper.Revoke(h.ctx, h.account, first.ID); err != nil {
			t.Fatal(err)
		}
		if again, err := h.upload(issued); err != nil || again.ID == first.ID {
			t.Errorf("once the first is revoked: %v", err)
		}
	}
}

// meet returns a function whose first n calls wait for each other.
func meet(n int) func() {
	var all sync.WaitGroup
	all.Add(n)
	return func() {
		all.Done()
		all.Wait()
	}
}

func TestOfTwoUploadsAtOnceTheLaterOneIsActive(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.store.during = meet(2)
	issued := []basim.Credentials{h.issue(t, -1, 300), h.issue(t, -1, 365)}

	errs := make([]error, 2)
	var both sync.WaitGroup
	for i := range issued {
		both.Go(func() { _, errs[i] = h.upload(issued[i]) })
	}
	both.Wait()

	for _, err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	got := h.states(t)
	slices.Sort(got)
	if !slices.Equal(got, []credential.State{credential.Active, credential.Retired}) {
		t.Errorf("the states are %v", got)
	}
}

func TestTheSameFileTwiceAtOnceIsTakenOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.store.during = meet(2)
	issued := h.issue(t, -1, 365)

	errs := make([]error, 2)
	var both sync.WaitGroup
	for i := range errs {
		both.Go(func() { _, errs[i] = h.upload(issued) })
	}
	both.Wait()

	if (errs[0] == nil) == (errs[1] == nil) || (!fault.Has(errs[0], credential.Known) && !fault.Has(errs[1], credential.Known)) {
		t.Errorf("got %v and %v", errs[0], errs[1])
	}
	got := h.states(t)
	slices.Sort(got)
	if !slices.Equal(got, []credential.State{credential.Active, credential.Revoked}) || h.secrets(t) != 1 {
		t.Errorf("the states are %v, with %d secrets", got, h.secrets(t))
	}
}

func TestACertificateTakesOverWhenItsTimeBegins(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.uploaded(t, -300, 65)
	next := h.uploaded(t, 10, 375)
	if next.State != credential.Next {
		t.Errorf("it is %s", next.State)
	}
	if opened, err := h.keeper.Open(h.ctx, h.account); err != nil || opened.Certificate.Leaf.NotAfter.Equal(next.NotAfter) {
		t.Errorf("before its time: %v", err)
	}

	h.Clock.Set(next.NotBefore)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			if opened, err := h.keeper.Open(h.ctx, h.account); err != nil || !opened.Certificate.Leaf.NotAfter.Equal(next.NotAfter) {
				t.Errorf("at its time: %v", err)
			}
		})
	}
	workers.Wait()

	if got := h.states(t); !slices.Equal(got, []credential.State{credential.Retired, credential.Active}) {
		t.Errorf("the states are %v", got)
	}
	var kinds []event.Kind
	history, err := event.History(h.ctx, h.DB, next.ID)
	for _, e := range history {
		kinds = append(kinds, e.Kind)
	}
	if err != nil || !slices.Equal(kinds, []event.Kind{event.CertificateActive, event.CertificateStored}) {
		t.Errorf("history %v, %v", kinds, err)
	}
}

func TestANewerNextReplacesTheOneBefore(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.uploaded(t, 10, 375)
	h.uploaded(t, 20, 385)
	if got := h.states(t); !slices.Equal(got, []credential.State{credential.Retired, credential.Next}) {
		t.Errorf("the states are %v", got)
	}
	if _, err := h.keeper.Open(h.ctx, h.account); !fault.Has(err, credential.None) {
		t.Errorf("neither has begun: %v", err)
	}
}

func TestAnExpiredCertificateIsNotUsed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kept := h.uploaded(t, -1, 365)
	h.Clock.Set(kept.NotAfter)
	if _, err := h.keeper.Open(h.ctx, h.account); err != nil {
		t.Errorf("in its last second: %v", err)
	}
	h.Clock.Add(time.Second)
	if _, err := h.keeper.Open(h.ctx, h.account); !fault.Has(err, p12.Expired) {
		t.Errorf("a second later: %v", err)
	}
}

func TestARevokedCertificateIsGoneForGood(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kept := h.uploaded(t, -1, 365)
	_, foreign := h.Tenant(t, "Bau AG")
	if _, err := h.keeper.Revoke(foreign, h.account, kept.ID); !fault.Has(err, fault.Missing) {
		t.Errorf("by another tenant: %v", err)
	}

	for range 2 {
		if got, err := h.keeper.Revoke(h.ctx, h.account, kept.ID); err != nil || got.State != credential.Revoked {
			t.Errorf("got %+v, %v", got, err)
		}
	}

	if _, err := h.keeper.Open(h.ctx, h.account); !fault.Has(err, credential.None) {
		t.Errorf("opening it: %v", err)
	}
	if n := h.secrets(t); n != 0 || h.woken.n != 2 {
		t.Errorf("%d secrets are left, the account is woken %d times", n, h.woken.n)
	}
	history, err := event.History(h.ctx, h.DB, kept.ID)
	if err != nil || len(history) != 2 || !bytes.Contains(history[0].Data, []byte(kept.Fingerprint)) {
		t.Errorf("history %+v, %v", history, err)
	}
}

func TestCertificatesOfOthersAreMissing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kept := h.uploaded(t, -1, 365)
	_, foreign := h.Tenant(t, "Bau AG")

	_, read := h.keeper.Get(foreign, h.account, kept.ID)
	_, otherAccount := h.keeper.Get(h.ctx, uuid.New(), kept.ID)
	_, opened := h.keeper.Open(foreign, h.account)
	_, nobody := h.keeper.Upload(t.Context(), h.account, []byte("x"), secret.Secret{})

	if !fault.Has(read, fault.Missing) || !fault.Has(otherAccount, fault.Missing) || !fault.Has(opened, credential.None) {
		t.Errorf("got %v, %v, %v", read, otherAccount, opened)
	}
	if nobody == nil || nobody.Error() != scope.ErrNoTenant.Error() {
		t.Errorf("without a tenant: %v", nobody)
	}
}

func TestAnOpenedCertificateStaysOpenForAWhile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.uploaded(t, -300, 65)
	open := func(gets int) credential.KeyPair {
		t.Helper()
		opened, err := h.keeper.Open(h.ctx, h.account)
		if err != nil || h.store.gets != gets {
			t.Errorf("the store was asked %d times, want %d: %v", h.store.gets, gets, err)
		}
		return opened
	}

	open(1)
	open(1)
	h.Clock.Add(10 * time.Minute)
	open(2)
	h.store.get = errBroken
	open(2)
	h.store.get = nil
	newer := h.uploaded(t, -1, 365)
	if opened := open(3); !opened.Certificate.Leaf.NotAfter.Equal(newer.NotAfter) {
		t.Error("the old one stays open")
	}
	open(3)
	if _, err := h.keeper.Revoke(h.ctx, h.account, newer.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := h.keeper.Open(h.ctx, h.account); !fault.Has(err, credential.None) {
		t.Errorf("once it is revoked: %v", err)
	}
}
