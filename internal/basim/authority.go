package basim

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// caFile and caKeyFile hold the authority in Options.Dir.
const (
	caFile    = "ca.pem"
	caKeyFile = "ca-key.pem"
)

// hostName is the BA's transport host. The server's certificate covers it, so that a client with a fixed host name can be pointed
// here by the hosts file, and every listing names it in its footer.
const hostName = "hrbaxml.arbeitsagentur.de"

// authority signs the server's and the partners' certificates, as one authority does at the BA: clients exist that trust nothing
// but the certificates inside their own .p12 file.
type authority struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// lifetime returns the dates of the authority and of the server's certificate. They are wide and fixed because the peers judge them
// by their own clock, which in a test may be any.
func lifetime() (from, until time.Time) {
	return time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2055, 1, 1, 0, 0, 0, 0, time.UTC)
}

// openAuthority reads the authority kept in dir, or makes a new one and keeps it there. Without a dir it lives in memory.
func openAuthority(dir string) (*authority, error) {
	if dir == "" {
		return newAuthority()
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make state directory: %w", err)
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, caFile), filepath.Join(dir, caKeyFile))
	if errors.Is(err, fs.ErrNotExist) {
		return createAuthority(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("read certificate authority: %w", err)
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("read certificate authority: a %T cannot sign", pair.PrivateKey)
	}
	return &authority{certificate: pair.Leaf, key: key}, nil
}

// createAuthority makes an authority and keeps it in dir. The key is written first: the certificate alone would look complete.
func createAuthority(dir string) (*authority, error) {
	a, err := newAuthority()
	if err != nil {
		return nil, err
	}
	key, err := x509.MarshalPKCS8PrivateKey(a.key)
	if err != nil {
		return nil, fmt.Errorf("encode authority's key: %w", err)
	}
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	if err := writeFile(filepath.Join(dir, caKeyFile), keyPEM); err != nil {
		return nil, err
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.certificate.Raw})
	if err := writeFile(filepath.Join(dir, caFile), certPEM); err != nil {
		return nil, err
	}
	return a, nil
}

// pool returns the authority as the only one that is trusted.
func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(a.certificate)
	return pool
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make authority's key: %w", err)
	}
	from, until := lifetime()
	a := &authority{key: key}
	a.certificate, err = a.sign(&x509.Certificate{
		Subject:               pkix.Name{CommonName: "basim CA (not the Bundesagentur)", Organization: []string{"basim"}},
		NotBefore:             from,
		NotAfter:              until,
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, key.Public())
	return a, err
}

// servers makes the certificates that the file host can show: one that is good for loopback, the BA's host name and the given names,
// and those that a careful client refuses.
func (a *authority) servers(names []string) (map[ServerCertificate]tls.Certificate, error) {
	stranger, err := newAuthority()
	if err != nil {
		return nil, err
	}
	from, until := lifetime()
	long := []string{"localhost", hostName, "127.0.0.1", "::1"}
	certificates := map[ServerCertificate]tls.Certificate{}
	for _, c := range []struct {
		kind   ServerCertificate
		issuer *authority
		names  []string
		until  time.Time
	}{
		{ServerCertificateGood, a, append(long, names...), until},
		{ServerCertificateExpired, a, append(long, names...), from.AddDate(1, 0, 0)},
		{ServerCertificateName, a, []string{elsewhereHost}, until},
		{ServerCertificateForeign, stranger, append(long, names...), until},
	} {
		if certificates[c.kind], err = c.issuer.server(c.names, from, c.until); err != nil {
			return nil, err
		}
	}
	return certificates, nil
}

// server makes a certificate for the file host, good for the given host names and addresses.
func (a *authority) server(names []string, from, until time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("make server key: %w", err)
	}
	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: hostName, Organization: []string{"basim"}},
		NotBefore:   from,
		NotAfter:    until,
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
			continue
		}
		template.DNSNames = append(template.DNSNames, name)
	}
	leaf, err := a.sign(template, key.Public())
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{leaf.Raw, a.certificate.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// client makes a partner's certificate.
func (a *authority) client(public crypto.PublicKey, partner *Partner, from, until time.Time) (*x509.Certificate, error) {
	return a.sign(&x509.Certificate{
		Subject:     pkix.Name{CommonName: partner.ID, Organization: []string{partner.Name}, Country: []string{"DE"}},
		NotBefore:   from,
		NotAfter:    until,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, public)
}

// sign gives the template a serial number and the authority's signature; an authority without certificate signs its own.
func (a *authority) sign(template *x509.Certificate, public crypto.PublicKey) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, fmt.Errorf("choose serial number: %w", err)
	}
	template.SerialNumber = serial
	issuer := a.certificate
	if issuer == nil {
		issuer = template
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, issuer, public, a.key)
	if err != nil {
		return nil, fmt.Errorf("sign certificate: %w", err)
	}
	signed, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, fmt.Errorf("read signed certificate: %w", err)
	}
	return signed, nil
}
