package transfer

import (
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

func TestAnOutageOfThePlatformOpensOneBreaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	employers := []*employer{w.employer}
	for i := range 4 {
		employers = append(employers, w.employ(fmt.Sprintf("Haus %d", i), fmt.Sprintf("V00056780%d", i), fmt.Sprint(99100+i), "A123A12345"))
	}
	ids := make([]uuid.UUID, len(employers))
	for i, e := range employers {
		w.employer = e
		ids[i] = w.publish()
	}
	up := w.engine
	w.engine = w.newEngine(w.nowhere)

	told := 0
	for _, e := range employers {
		w.employer = e
		w.advance()
		told += w.events()["account.trouble"]
	}
	if told != breaks-1 || w.trouble() != HostOut.Name {
		t.Errorf("told %d times; the last account shows %q", told, w.trouble())
	}
	w.Clock.Add(10*time.Second + outageSpread) // one tries, the others do not
	tried, client := w.cutting()
	w.engine = w.newEngine(client)
	for _, e := range employers {
		w.employer = e
		w.advance()
	}
	if tried.Load() != 1 {
		t.Errorf("%d accounts tried the BA", tried.Load())
	}
	w.Clock.Add(2 * time.Minute)
	w.engine = up
	for _, e := range employers {
		w.employer = e
		w.bring()
	}

	for i, e := range employers {
		w.employer = e
		w.wants(ids[i], posting.AtBALive, posting.ChangeNone)
	}
}

// cutting returns the client of a host that cuts every connection, and counts them.
func (w *world) cutting() (*atomic.Int32, *ba.Client) {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(w.t, err)
	w.t.Cleanup(func() { _ = listener.Close() })
	var tried atomic.Int32
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			tried.Add(1)
			_ = connection.Close()
		}
	}()
	return &tried, w.clientOf("https://" + listener.Addr().String() + "/")
}

func TestABadCertificateStopsOnlyItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := w.employer
	good := w.employ("Beispiel Logistik GmbH", "V000567800", "99002", "B456B67890")
	check(t, w.ba.ChangePartner(bad.supplier, func(p *basim.Partner) { p.Certificates[0].Revoked = true }))
	stuck := w.publish()
	w.advance()
	told := w.trouble()
	w.employer = good
	fine := w.publish()
	w.bring()

	w.wants(fine, posting.AtBALive, posting.ChangeNone)
	w.employer = bad
	w.wants(stuck, posting.AtBANone, posting.ChangeWaiting)
	if told != "ba_certificate_refused" && told != "ba_certificate_revoked" {
		t.Errorf("trouble is %q", told)
	}
	if wait := w.nextRun().Sub(w.Clock.Now()); wait < 40*time.Minute {
		t.Errorf("tried again in %v", wait)
	}
}

func TestAnotherCertificateEndsTheWaitAfterARefusedOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	check(t, w.ba.ChangePartner(w.supplier, func(p *basim.Partner) { p.Certificates[0].Revoked = true }))
	id := w.publish()
	w.advance()
	key, err := partnersKey()
	check(t, err)
	issued, err := w.ba.Issue(basim.IssueRequest{PartnerID: w.supplier, Key: key, NotAfter: w.Clock.Now().AddDate(1, 0, 0)})
	check(t, err)

	_, err = w.keeper.Upload(w.ctx, w.account, issued.P12, secret.New([]byte(issued.PIN)))
	check(t, err)
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
}

func TestWhileTheSecretStoreIsCutOffAdsWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.store.off.Store(true)

	w.advance()
	told := w.trouble()
	w.wants(id, posting.AtBANone, posting.ChangeWaiting)
	w.store.off.Store(false)
	w.Clock.Set(w.nextRun())
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if told != "secret_store_unavailable" || w.trouble() != "" {
		t.Errorf("trouble was %q, is %q", told, w.trouble())
	}
	w.wantsStates(Settled)
}
