package renegotiation_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/basim/renegotiation"
)

// issued is a certificate that signs itself.
func issued(t *testing.T, key any, public any) tls.Certificate {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, public, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

func onCurve(t *testing.T, curve elliptic.Curve) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return issued(t, key, key.Public())
}

var rsaKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func ofRSA(t *testing.T) tls.Certificate {
	t.Helper()
	key, err := rsaKey()
	if err != nil {
		t.Fatal(err)
	}
	return issued(t, key, key.Public())
}

// serve answers each line with the name of the certificate's key, or with the error of asking for it.
func serve(t *testing.T, config renegotiation.Config) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			go answer(t, renegotiation.Server(connection, config))
		}
	}()
	return listener.Addr().String()
}

func answer(t *testing.T, conn *renegotiation.Conn) {
	t.Helper()
	defer func() { _ = conn.Close() }()
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(conn); scanner.Scan(); {
			lines <- scanner.Text()
		}
	}()
	for range lines {
		chain, err := conn.ClientCertificates(t.Context())
		said := fmt.Sprintf("%d certificates", len(chain))
		if err == nil && len(chain) > 0 {
			said = fmt.Sprintf("%T", chain[0].PublicKey)
		}
		if _, err := fmt.Fprintf(conn, "%s\n%s\n", said, strings.Repeat("x", 40_000)); err != nil {
			return
		}
	}
}

// ask says two lines and returns the first line of each answer.
func ask(t *testing.T, address string, config *tls.Config) (first, second string, err error) {
	t.Helper()
	connection, err := tls.Dial("tcp", address, config)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = connection.Close() }()
	reader := bufio.NewReader(connection)
	for _, said := range []*string{&first, &second} {
		if _, err := io.WriteString(connection, "who am I?\n"); err != nil {
			return first, second, err
		}
		if *said, err = reader.ReadString('\n'); err != nil {
			return first, second, err
		}
		if rest, err := reader.ReadString('\n'); err != nil || len(rest) != 40_001 {
			return first, second, fmt.Errorf("the rest of the answer has %d bytes: %w", len(rest), err)
		}
	}
	return first, second, nil
}

func TestTheClientShowsItsCertificateWithinTheConnection(t *testing.T) {
	t.Parallel()
	server := onCurve(t, elliptic.P256())
	address := serve(t, renegotiation.Config{
		Certificate: server, Verify: func([]*x509.Certificate) renegotiation.Alert { return renegotiation.NoAlert },
	})
	roots := x509.NewCertPool()
	roots.AddCert(server.Leaf)
	for name, test := range map[string]struct {
		certificates []tls.Certificate
		curves       []tls.CurveID
		want         string
	}{
		"P-256":          {[]tls.Certificate{onCurve(t, elliptic.P256())}, nil, "*ecdsa.PublicKey\n"},
		"P-384":          {[]tls.Certificate{onCurve(t, elliptic.P384())}, nil, "*ecdsa.PublicKey\n"},
		"P-521":          {[]tls.Certificate{onCurve(t, elliptic.P521())}, nil, "*ecdsa.PublicKey\n"},
		"RSA":            {[]tls.Certificate{ofRSA(t)}, nil, "*rsa.PublicKey\n"},
		"over P-256":     {[]tls.Certificate{ofRSA(t)}, []tls.CurveID{tls.CurveP256}, "*rsa.PublicKey\n"},
		"no certificate": {nil, nil, "0 certificates\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			first, second, err := ask(t, address, &tls.Config{
				RootCAs: roots, Certificates: test.certificates, CurvePreferences: test.curves,
				MaxVersion: tls.VersionTLS12, Renegotiation: tls.RenegotiateOnceAsClient,
			})

			if err != nil || first != test.want || second != test.want {
				t.Errorf("got %q and %q (%v), want %q", first, second, err, test.want)
			}
		})
	}
}

func TestWhatEndsTheConnection(t *testing.T) {
	t.Parallel()
	server := onCurve(t, elliptic.P256())
	roots := x509.NewCertPool()
	roots.AddCert(server.Leaf)
	for name, test := range map[string]struct {
		config *tls.Config
		alert  renegotiation.Alert
		want   string
	}{
		"a revoked certificate":          {&tls.Config{Renegotiation: tls.RenegotiateOnceAsClient}, renegotiation.CertificateRevoked, "revoked certificate"},
		"an expired certificate":         {&tls.Config{Renegotiation: tls.RenegotiateOnceAsClient}, renegotiation.CertificateExpired, "expired certificate"},
		"a stranger's certificate":       {&tls.Config{Renegotiation: tls.RenegotiateOnceAsClient}, renegotiation.UnknownAuthority, "unknown certificate authority"},
		"a client that never does again": {&tls.Config{}, renegotiation.NoAlert, "no renegotiation"},
		"a client without the suite": {
			&tls.Config{CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384}}, renegotiation.NoAlert, "handshake failure",
		},
		"a client without the curves": {&tls.Config{CurvePreferences: []tls.CurveID{tls.CurveP384}}, renegotiation.NoAlert, "handshake failure"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := serve(t, renegotiation.Config{
				Certificate: server, Verify: func([]*x509.Certificate) renegotiation.Alert { return test.alert },
			})
			config := test.config.Clone()
			config.RootCAs, config.MaxVersion = roots, tls.VersionTLS12
			config.Certificates = []tls.Certificate{onCurve(t, elliptic.P256())}

			_, _, err := ask(t, address, config)

			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestNonsenseEndsTheConnection(t *testing.T) {
	t.Parallel()
	server := onCurve(t, elliptic.P256())
	address := serve(t, renegotiation.Config{Certificate: server})
	for name, said := range map[string]string{
		"plain HTTP":          "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"an empty hello":      "\x16\x03\x01\x00\x04\x01\x00\x00\x00",
		"a hello cut short":   "\x16\x03\x01\x00\x08\x01\x00\x00\x04\x03\x03\x00\x00",
		"data before a hello": "\x17\x03\x03\x00\x01x",
		"a message of 16 MiB": "\x16\x03\x01\x00\x04\x01\xff\xff\xff",
		"another message":     "\x16\x03\x01\x00\x04\x10\x00\x00\x00",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			connection, err := net.Dial("tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = connection.Close() }()
			if _, err := io.WriteString(connection, said); err != nil {
				t.Fatal(err)
			}

			heard, err := io.ReadAll(connection)

			if err != nil && len(heard) == 0 {
				t.Fatal(err)
			}
			if len(heard) < 7 || heard[0] != 21 || heard[5] != 2 {
				t.Errorf("heard % x, want a fatal alert", heard)
			}
		})
	}
}
