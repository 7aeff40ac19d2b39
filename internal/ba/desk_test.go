package ba_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"sync"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
)

// desk is the simulated BA with one employer. Its time stands still.
type desk struct {
	*basim.Server
	t     *testing.T
	creds basim.Credentials
	sent  int
}

// employersKey is the private key of every employer.
var employersKey = sync.OnceValues(func() (*ecdsa.PrivateKey, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })

func newDesk(t *testing.T) *desk {
	t.Helper()
	start := time.Now()
	server, err := basim.Start(basim.Options{Now: func() time.Time { return start }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	d := &desk{Server: server, t: t}
	d.creds = d.issue(basim.IssueRequest{
		PartnerID: partner, Alliance: "99001", HiringOrgs: []basim.HiringOrg{{Number: "A123A12345", Name: "Muster"}},
	})
	return d
}

func (d *desk) issue(req basim.IssueRequest) basim.Credentials {
	d.t.Helper()
	key, err := employersKey()
	if err != nil {
		d.t.Fatal(err)
	}
	req.Key = key
	creds, err := d.Issue(req)
	if err != nil {
		d.t.Fatal(err)
	}
	return creds
}

// session opens a session with a certificate, over connections of its own.
func (d *desk) session(creds basim.Credentials, maxTLS uint16, mode ba.PathMode) *ba.Session {
	d.t.Helper()
	client, err := ba.New(ba.Options{BaseURL: d.URL(), MaxTLS: maxTLS})
	if err != nil {
		d.t.Fatal(err)
	}
	session, err := client.Session(ba.Identity{
		PartnerID: partner, Certificate: creds.Certificate, Authorities: []*x509.Certificate{d.CA()}, PathMode: mode,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(session.Close)
	return session
}

// plain is a session with the employer's good certificate.
func (d *desk) plain() *ba.Session { return d.session(d.creds, 0, ba.PathPlain) }

// nextName returns an upload's name that was not used before, and the name of its feedback.
func (d *desk) nextName() (upload, feedback string) {
	d.sent++
	stem := "S" + partner + "_" + time.Now().Add(time.Duration(d.sent)*time.Second).Format("2006-01-02_15-04-05") + ".xml"
	return "D" + stem, "E" + stem
}
