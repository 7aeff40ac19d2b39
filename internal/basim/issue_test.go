package basim

import (
	"bytes"
	"crypto/rsa"
	"crypto/x509"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

func TestAnIssuedFileOpensTheHost(t *testing.T) {
	t.Parallel()
	for _, encryption := range []Encryption{"", EncryptionLegacy, Encryption3DES, EncryptionModern} {
		t.Run(string(encryption), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			creds, err := w.Issue(IssueRequest{PartnerID: "V000765400", Alliance: "99007", PIN: "grün 1", Encryption: encryption})
			if err != nil {
				t.Fatal(err)
			}

			key, leaf, chain, err := pkcs12.DecodeChain(creds.P12, "grün 1")
			if err != nil {
				t.Fatal(err)
			}
			w.client = w.clientOf(creds)
			status, _ := w.do(http.MethodGet, "")

			if _, ok := key.(*rsa.PrivateKey); !ok {
				t.Errorf("the key is a %T", key)
			}
			if leaf.Subject.CommonName != "V000765400" || len(chain) != 1 || !chain[0].Equal(w.CA()) {
				t.Errorf("leaf %s, chain of %d", leaf.Subject, len(chain))
			}
			if status != http.StatusOK {
				t.Errorf("listing: %d", status)
			}
		})
	}
}

func TestDatesOfACertificate(t *testing.T) {
	t.Parallel()
	now := newClock().Now()
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	tests := map[string]struct {
		req         IssueRequest
		from, until time.Time
	}{
		"none":    {IssueRequest{}, now.Add(-time.Hour), now.Add(-time.Hour).AddDate(1, 0, 0)},
		"first":   {IssueRequest{NotBefore: day("2027-01-01")}, day("2027-01-01"), day("2028-01-01")},
		"last":    {IssueRequest{NotAfter: day("2026-12-01")}, now.Add(-time.Hour), day("2026-12-01")},
		"expired": {IssueRequest{NotAfter: day("2026-01-01")}, day("2025-01-01"), day("2026-01-01")},
		"both":    {IssueRequest{NotBefore: day("2020-01-01"), NotAfter: day("2020-02-01")}, day("2020-01-01"), day("2020-02-01")},
	}
	for name, test := range tests {
		if from, until := test.req.dates(now); !from.Equal(test.from) || !until.Equal(test.until) {
			t.Errorf("%s: %s to %s", name, from, until)
		}
	}
}

func TestARenewalKeepsPartnerPINAndOldCertificate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})

	renewed := w.issue(IssueRequest{PartnerID: employer})

	partner := w.Partners()[0]
	if renewed.PIN != w.creds.PIN || partner.Name != "Muster Pflege gGmbH" || len(partner.HiringOrgs) != 2 || len(partner.Certificates) != 2 {
		t.Errorf("PIN kept: %t, partner %s with %d hiring organisations and %d certificates",
			renewed.PIN == w.creds.PIN, partner.Name, len(partner.HiringOrgs), len(partner.Certificates))
	}
	for name, creds := range map[string]Credentials{"old": w.creds, "new": renewed} {
		w.client = w.clientOf(creds)
		if status, _ := w.do(http.MethodGet, ""); status != http.StatusOK {
			t.Errorf("with the %s certificate: %d", name, status)
		}
	}
}

func TestWhatCannotBeIssued(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	tests := map[string]IssueRequest{
		"partner id":         {PartnerID: "123400", Alliance: "1"},
		"alliance number":    {PartnerID: "V000000100"},
		"belongs to":         {PartnerID: "V000000100", Alliance: alliance},
		"Kundennummer":       {PartnerID: "V000000100", Alliance: "1", HiringOrgs: []HiringOrg{{Number: "123"}}},
		"encryption must be": {PartnerID: "V000000100", Alliance: "1", Encryption: "rot13"},
	}
	for want, req := range tests {
		if _, err := w.Issue(req); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: error %v, want one about %s", req, err, want)
		}
	}
	if n := len(w.Partners()); n != 1 {
		t.Errorf("there are %d partners", n)
	}
}

func TestTheStateOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	before := newWorld(t, Options{Dir: dir})
	done := before.upload(before.file(before.posting(adID("1"), insert)))
	before.SetSettings(Settings{Delay: Duration(time.Hour)})
	waiting := before.upload(before.file(before.posting(adID("2"), insert)))
	if err := before.Close(); err != nil {
		t.Fatal(err)
	}

	clock := newClock()
	server, err := Start(Options{Dir: dir, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	after := &world{Server: server, t: t, clock: clock, creds: before.creds}
	after.client = after.clientOf(before.creds)
	first, _ := after.do(http.MethodGet, "E"+done[1:])
	early, _ := after.do(http.MethodGet, "E"+waiting[1:])
	clock.pass(time.Hour)
	second, _ := after.do(http.MethodGet, "E"+waiting[1:])

	if first != http.StatusOK || early != http.StatusNotFound || second != http.StatusOK {
		t.Errorf("feedback: %d, %d, then %d", first, early, second)
	}
	if ad, _ := after.Ad(employer, adID("2")); ad.State != AdLive || ad.Title() != "Pflegefachkraft (m/w/d)" {
		t.Errorf("ad %+v", ad)
	}
}

func TestAnIssuedFileIsGoodForALaterProcess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	offline, err := Open(Options{Dir: dir, Now: newClock().Now})
	if err != nil {
		t.Fatal(err)
	}
	creds, err := offline.Issue(IssueRequest{PartnerID: "V000555500", Alliance: "55"})
	if err != nil {
		t.Fatal(err)
	}

	w := newWorld(t, Options{Dir: dir})
	w.client = w.clientOf(creds)
	status, _ := w.do(http.MethodGet, "")

	if status != http.StatusOK {
		t.Errorf("listing: %d", status)
	}
	caPEM, err := os.ReadFile(filepath.Join(dir, caFile))
	if err != nil || !bytes.Equal(caPEM, w.CAPEM()) {
		t.Errorf("ca.pem is not the authority (%v)", err)
	}
}

func TestADamagedStateIsNotStartedWith(t *testing.T) {
	t.Parallel()
	for _, name := range []string{caFile, accountsFile, inventoryFile} {
		dir := t.TempDir()
		if _, err := Open(Options{Dir: dir}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte("damaged"), 0o600); err != nil {
			t.Fatal(err)
		}

		if _, err := Open(Options{Dir: dir}); err == nil {
			t.Errorf("a damaged %s was not noticed", name)
		}
	}
}

func TestTheServersCertificateCoversNames(t *testing.T) {
	t.Parallel()
	a, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.certificate)

	certificates, err := a.servers([]string{"basim", "10.0.0.7"})
	if err != nil {
		t.Fatal(err)
	}

	for _, name := range []string{"localhost", "127.0.0.1", "::1", hostName, "basim", "10.0.0.7"} {
		if _, err := certificates[ServerCertificateGood].Leaf.Verify(x509.VerifyOptions{DNSName: name, Roots: roots}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
