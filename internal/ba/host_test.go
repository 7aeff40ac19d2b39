package ba_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
)

const partner = "V000123400"

// authority is a certificate authority that signs a test's host and employers.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	return authority{cert: sign(t, template, template, key.Public(), key), key: key}
}

// issue makes a certificate for the host and for employers alike, valid until the given time.
func (a authority) issue(t *testing.T, until time.Time) tls.Certificate {
	t.Helper()
	key := newKey(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: partner},
		NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: until,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}
	leaf := sign(t, template, a.cert, key.Public(), a.key)
	return tls.Certificate{Certificate: [][]byte{leaf.Raw}, PrivateKey: key, Leaf: leaf}
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func sign(t *testing.T, template, parent *x509.Certificate, public any, key *ecdsa.PrivateKey) *x509.Certificate {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, public, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// host is a file host that demands client certificates of its authority.
type host struct {
	*httptest.Server
	authority authority
}

func startHost(t *testing.T, handler http.Handler) *host {
	t.Helper()
	ca := newAuthority(t)
	return startHostWith(t, ca, ca.issue(t, time.Now().Add(time.Hour)), handler)
}

func startHostWith(t *testing.T, ca authority, certificate tls.Certificate, handler http.Handler) *host {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{
		Certificates: []tls.Certificate{certificate},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    pool,
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return &host{Server: server, authority: ca}
}

// session opens a session with a good certificate of the host's authority.
func (h *host) session(t *testing.T, mode ba.PathMode) *ba.Session {
	t.Helper()
	return h.sessionWith(t, ba.Options{}, ba.Identity{
		PartnerID:   partner,
		Certificate: h.authority.issue(t, time.Now().Add(time.Hour)),
		Authorities: []*x509.Certificate{h.authority.cert},
		PathMode:    mode,
	})
}

func (h *host) sessionWith(t *testing.T, opts ba.Options, id ba.Identity) *ba.Session {
	t.Helper()
	if opts.BaseURL == "" {
		opts.BaseURL = h.URL
	}
	client, err := ba.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	session, err := client.Session(id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(session.Close)
	return session
}

// page answers every request with one page.
func page(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// uploadSite is a host with the BA's upload page, whose form is answered by answer.
func uploadSite(answer http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /in/{$}", page(http.StatusOK, uploadPage))
	mux.Handle("POST /in/upload.php", answer)
	return mux
}

const (
	uploadPage = `<html><head><title>HRBAXML File Upload</title></head><body>
<form action="upload.php" method="post" enctype="multipart/form-data">
Dateiauswahl: <input type="file" name="upload"><input type="submit" value="Datei senden"></form></body></html>`
	successPage = `<html><head><title>Success</title></head><body>Die Übermittlung war erfolgreich</body></html>`
	errorPage   = `<html><head><title>ERROR</title></head><body>Fehler in der Übertragung</body></html>`
)
