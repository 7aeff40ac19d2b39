package ba_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
)

func TestProbeTellsWhoseCertificateIsWrong(t *testing.T) {
	t.Parallel()
	inAnHour, anHourAgo := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	ca, stranger := newAuthority(t), newAuthority(t)
	for name, test := range map[string]struct {
		host     tls.Certificate
		employer tls.Certificate
		trusted  *x509.Certificate
		class    ba.Class
	}{
		"all is well":              {ca.issue(t, inAnHour), ca.issue(t, inAnHour), ca.cert, ""},
		"employer's is expired":    {ca.issue(t, inAnHour), ca.issue(t, anHourAgo), ca.cert, ba.ClassCertificateExpired},
		"employer's is a stranger": {ca.issue(t, inAnHour), stranger.issue(t, inAnHour), ca.cert, ba.ClassCertificateRefused},
		"host's is expired":        {ca.issue(t, anHourAgo), ca.issue(t, inAnHour), ca.cert, ba.ClassServerCertificate},
		"host's is a stranger":     {ca.issue(t, inAnHour), ca.issue(t, inAnHour), stranger.cert, ba.ClassServerCertificate},
	} {
		for version, maxTLS := range map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13} {
			t.Run(name+" over TLS "+version, func(t *testing.T) {
				t.Parallel()
				h := startHostWith(t, ca, test.host, page(200, listing))
				session := h.sessionWith(t, ba.Options{MaxTLS: maxTLS}, ba.Identity{
					PartnerID:   partner,
					Certificate: test.employer,
					Authorities: []*x509.Certificate{test.trusted},
					PathMode:    ba.PathPlain,
				})

				_, err := session.Probe(t.Context())

				if ba.ClassOf(err) != test.class || (err == nil) != (test.class == "") {
					t.Errorf("got %v, want %q", err, test.class)
				}
			})
		}
	}
}

func TestExtraRootsAreTrustedToo(t *testing.T) {
	t.Parallel()
	h := startHost(t, page(200, listing))
	session := h.sessionWith(t, ba.Options{ExtraRoots: []*x509.Certificate{h.authority.cert}}, ba.Identity{
		PartnerID:   partner,
		Certificate: h.authority.issue(t, time.Now().Add(time.Hour)),
		PathMode:    ba.PathUnknown,
	})

	if _, err := session.Probe(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestUploadOverABrokenConnectionIsNotSent(t *testing.T) {
	t.Parallel()
	plain := httptest.NewServer(page(200, listing))
	t.Cleanup(plain.Close)
	for name, test := range map[string]struct {
		url   string
		class ba.Class
	}{
		"nobody listens":       {"https://" + unusedAddress(t), ba.ClassConnectionRefused},
		"no TLS on the port":   {strings.Replace(plain.URL, "http:", "https:", 1), ba.ClassTLS},
		"speaks something odd": {"https://" + listen(t, "SSH-2.0-OpenSSH\r\n"), ba.ClassTLS},
		"hangs up at once":     {"https://" + listen(t, ""), ba.ClassConnectionCut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ca := newAuthority(t)
			client, err := ba.New(ba.Options{BaseURL: test.url})
			if err != nil {
				t.Fatal(err)
			}
			session, err := client.Session(ba.Identity{
				PartnerID: partner, Certificate: ca.issue(t, time.Now().Add(time.Hour)), PathMode: ba.PathPlain,
			})
			if err != nil {
				t.Fatal(err)
			}

			receipt, err := session.Upload(t.Context(), uploadName, []byte("<a/>"))

			if receipt.Outcome != ba.NotSent || ba.ClassOf(err) != test.class {
				t.Errorf("got %v, %v; want not_sent, %q", receipt.Outcome, err, test.class)
			}
		})
	}
}

func TestSessionNeedsAnIdentity(t *testing.T) {
	t.Parallel()
	client, err := ba.New(ba.Options{BaseURL: "https://hrbaxml.example"})
	if err != nil {
		t.Fatal(err)
	}
	certificate := newAuthority(t).issue(t, time.Now().Add(time.Hour))
	for name, id := range map[string]ba.Identity{
		"no PartnerId":           {Certificate: certificate, PathMode: ba.PathPlain},
		"a path as PartnerId":    {PartnerID: "V00012340/", Certificate: certificate, PathMode: ba.PathPlain},
		"no certificate":         {PartnerID: partner, PathMode: ba.PathPlain},
		"a path mode of its own": {PartnerID: partner, Certificate: certificate, PathMode: "daten"},
	} {
		if _, err := client.Session(id); err == nil {
			t.Errorf("%s: a session was opened", name)
		}
	}
}

func TestNewRefusesABaseURLThatIsNotOnlyAnHTTPSDirectory(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"", "hrbaxml.example", "http://hrbaxml.example/", "https:///x", "https://u:p@hrbaxml.example/",
		"https://hrbaxml.example/?a=b", "https://hrbaxml.example/#a", "https://[::1",
	} {
		if _, err := ba.New(ba.Options{BaseURL: url}); err == nil {
			t.Errorf("%q was accepted", url)
		}
	}
}

func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return address
}

// listen answers every connection with a few bytes, reads what the client sends first, and closes it.
func listen(t *testing.T, answer string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 4096))
			_, _ = io.WriteString(conn, answer)
			_ = conn.Close()
		}
	}()
	return listener.Addr().String()
}
