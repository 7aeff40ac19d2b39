package credential

import (
	"crypto/x509"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

func TestNoMoreCertificatesStayOpenThanAllowed(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	c := newCache(func() time.Time { return now })
	ids := make([]uuid.UUID, maxOpened+1)
	for i := range ids {
		ids[i] = uuid.New()
		now = now.Add(time.Millisecond)
		c.put(ids[i], ids[i], KeyPair{Authorities: []*x509.Certificate{{}}})
	}

	if _, ok := c.get(ids[0], ids[0]); ok || len(c.kept) != maxOpened {
		t.Errorf("%d are kept, or the oldest is", len(c.kept))
	}
	for _, id := range ids[1:] {
		if pair, ok := c.get(id, id); !ok || len(pair.Authorities) != 1 {
			t.Fatal("a newer one is gone")
		}
	}
	now = now.Add(maxAge)
	c.put(ids[0], ids[0], KeyPair{})
	if len(c.kept) != 1 {
		t.Errorf("%d are kept, some of them too old", len(c.kept))
	}
}

func TestAnotherCertificateDropsTheOneThatWasOpen(t *testing.T) {
	t.Parallel()
	c := newCache(time.Now)
	account, first, second := uuid.New(), uuid.New(), uuid.New()
	c.put(account, first, KeyPair{})

	if _, ok := c.get(account, second); ok {
		t.Error("the first is taken for the second")
	}
	if _, ok := c.get(account, first); ok || len(c.kept) != 0 {
		t.Error("the first is kept")
	}
}

func TestKeysAreForgottenThoughNobodyAsksForThem(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := newCache(time.Now)
		first, second := uuid.New(), uuid.New()
		c.put(first, first, KeyPair{})
		time.Sleep(maxAge / 2)
		c.put(second, second, KeyPair{})

		time.Sleep(maxAge / 2)
		synctest.Wait()

		if _, ok := c.kept[first]; ok || len(c.kept) != 1 {
			t.Errorf("after %v the first is kept: %v, of %d", maxAge, ok, len(c.kept))
		}
		time.Sleep(maxAge / 2)
		synctest.Wait()
		if len(c.kept) != 0 {
			t.Error("the second is kept")
		}
	})
}

func TestAskingForOneKeyForgetsAllThatAreTooOld(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC)
	c := newCache(func() time.Time { return now })
	old, other := uuid.New(), uuid.New()
	c.put(old, old, KeyPair{})
	now = now.Add(maxAge)

	c.get(other, other)

	if len(c.kept) != 0 {
		t.Error("the old one is kept")
	}
}
