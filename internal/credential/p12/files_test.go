package p12_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// employer is a certificate with its key and the two authorities above it, as the BA hands them out.
type employer struct {
	key                crypto.Signer
	leaf, middle, root *x509.Certificate
}

var (
	notBefore = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2027, 11, 1, 0, 0, 0, 0, time.UTC)
)

func newEmployer(t *testing.T) employer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	rootKey, middleKey := newECKey(t), newECKey(t)
	var e employer
	e.key = key
	e.root = certify(t, "Root", nil, rootKey, rootKey)
	e.middle = certify(t, "Middle", e.root, middleKey, rootKey)
	e.leaf = certify(t, "V000123400", e.middle, key, middleKey)
	return e
}

func newECKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// certify issues a certificate for key, signed by the issuer; without an issuer it signs itself.
func certify(t *testing.T, name string, issuer *x509.Certificate, key, issuerKey crypto.Signer) *x509.Certificate {
	t.Helper()
	return certifyUntil(t, name, issuer, key, issuerKey, notAfter)
}

func certifyUntil(
	t *testing.T, name string, issuer *x509.Certificate, key, issuerKey crypto.Signer, until time.Time,
) *x509.Certificate {
	t.Helper()
	// An issuer never uses a serial number twice, and NSS insists on it.
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name},
		NotBefore: notBefore, NotAfter: until, IsCA: name != "V000123400", BasicConstraintsValid: true,
	}
	if issuer == nil {
		issuer = template
	}
	der, err := x509.CreateCertificate(rand.Reader, template, issuer, key.Public(), issuerKey)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func newOpener(t *testing.T) *p12.Opener {
	t.Helper()
	return openerWith(t, p12.Options{Executable: plainProgram(t), Timeout: time.Minute})
}

func openerWith(t *testing.T, opts p12.Options) *p12.Opener {
	t.Helper()
	opener, err := p12.NewOpener(opts)
	if err != nil {
		t.Fatal(err)
	}
	return opener
}

func open(t *testing.T, file []byte, pin string) (*p12.Opened, error) {
	t.Helper()
	return newOpener(t).Open(t.Context(), t.Name(), file, secret.New([]byte(pin)))
}

// pemOf writes the employer's key and the given certificates as OpenSSL likes to read them.
func pemOf(t *testing.T, key crypto.Signer, certs ...*x509.Certificate) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.Write(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	for _, cert := range certs {
		b.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	}
	return b.Bytes()
}

// openssl makes a .p12 of PEM with the openssl program, which apt's package openssl has.
func openssl(t *testing.T, input []byte, pin string, args ...string) []byte {
	t.Helper()
	dir := t.TempDir()
	in, out, pass := filepath.Join(dir, "in.pem"), filepath.Join(dir, "out.p12"), filepath.Join(dir, "pass")
	for name, content := range map[string][]byte{in: input, pass: []byte(pin + "\n")} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args = append([]string{"pkcs12", "-export", "-in", in, "-out", out, "-passout", "file:" + pass}, args...)
	if said, err := exec.CommandContext(t.Context(), "openssl", args...).CombinedOutput(); err != nil {
		t.Fatalf("openssl: %v: %s", err, said)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// opensslDo runs the openssl program and returns what it prints.
func opensslDo(t *testing.T, stdin []byte, args ...string) []byte {
	t.Helper()
	var complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "openssl", args...)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(stdin), &complaints
	said, err := cmd.Output()
	if err != nil {
		t.Fatalf("openssl: %v: %s", err, &complaints)
	}
	return said
}
