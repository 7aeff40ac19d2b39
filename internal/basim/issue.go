package basim

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/big"
	"time"

	pkcs12 "software.sslmate.com/src/go-pkcs12"
)

// Encryption names how a .p12 file is sealed.
type Encryption string

// The kinds of encryption. The BA's files are of the old kind, which today's OpenSSL opens with its legacy provider only.
const (
	// EncryptionLegacy is RC2-40 for the certificates and 3DES for the key: the BA's.
	EncryptionLegacy Encryption = "legacy"
	// Encryption3DES is 3DES for both.
	Encryption3DES Encryption = "3des"
	// EncryptionModern is AES-256 with PBKDF2 (PBES2).
	EncryptionModern Encryption = "modern"
)

// IssueRequest asks the BA for a certificate. A partner that does not exist yet is made; of one that does, fields left empty stay as
// they are, and the certificate is a renewal beside the older ones.
type IssueRequest struct {
	// PartnerID is the Supplier-ID, such as V000123400. Required.
	PartnerID string `json:"partner_id"`
	// Alliance is the Allianzpartnernummer, such as 99001. Required for a new partner.
	Alliance string `json:"alliance,omitempty"`
	// Name is the partner's name, the id when empty.
	Name string `json:"name,omitempty"`
	// HiringOrgs are added to the partner's, or replace those of the same Kundennummer.
	HiringOrgs []HiringOrg `json:"hiring_organisations,omitempty"`
	// PIN opens the .p12. Empty means the partner's first PIN, and eight random digits for a new partner.
	PIN string `json:"pin,omitempty"`
	// Encryption is EncryptionLegacy when empty.
	Encryption Encryption `json:"encryption,omitempty"`
	// NotBefore is an hour ago when zero, NotAfter a year after NotBefore.
	NotBefore time.Time `json:"not_before,omitzero"`
	NotAfter  time.Time `json:"not_after,omitzero"`
	// Key is the private key to certify. Nil makes an RSA key of 2048 bits; tests that need many partners share one.
	Key crypto.Signer `json:"-"`
}

// Credentials are what the BA mails and posts to a partner, and the same opened, for clients in this process.
type Credentials struct {
	PartnerID string `json:"partner_id"`
	// P12 is the content of Zertifikat-<PartnerId>.p12: key, certificate and the authority's certificate.
	P12 []byte `json:"p12"`
	PIN string `json:"pin"`
	// Certificate is ready for a tls.Config.
	Certificate tls.Certificate `json:"-"`
	// CA is the authority that both this certificate and the server's chain to.
	CA *x509.Certificate `json:"-"`
}

// Issue makes a certificate, and a partner if there is none of that id yet.
func (b *BA) Issue(req IssueRequest) (Credentials, error) {
	encoder, err := req.Encryption.encoder()
	if err != nil {
		return Credentials{}, err
	}
	key := req.Key
	if key == nil {
		if key, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
			return Credentials{}, fmt.Errorf("make partner's key: %w", err)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	partner, err := b.register(req)
	if err != nil {
		return Credentials{}, fmt.Errorf("issue certificate: %w", err)
	}
	from, until := req.dates(b.now())
	leaf, err := b.authority.client(key.Public(), partner, from, until)
	if err != nil {
		return Credentials{}, fmt.Errorf("issue certificate for %s: %w", req.PartnerID, err)
	}
	pin := req.PIN
	if pin == "" {
		pin = partner.PIN
	}
	sealed, err := encoder.Encode(key, leaf, []*x509.Certificate{b.authority.certificate}, pin)
	if err != nil {
		return Credentials{}, fmt.Errorf("seal .p12 for %s: %w", req.PartnerID, err)
	}
	for i := range partner.Certificates {
		partner.Certificates[i].Revoked = partner.Certificates[i].Revoked || b.settings.RenewalRevokes
	}
	partner.Certificates = append(partner.Certificates, Certificate{
		Fingerprint: fingerprint(leaf), NotBefore: leaf.NotBefore, NotAfter: leaf.NotAfter,
	})
	b.partners[partner.ID] = partner
	if err := b.saveAccounts(); err != nil {
		return Credentials{}, err
	}
	return Credentials{
		PartnerID:   partner.ID,
		P12:         sealed,
		PIN:         pin,
		Certificate: tls.Certificate{Certificate: [][]byte{leaf.Raw, b.authority.certificate.Raw}, PrivateKey: key, Leaf: leaf},
		CA:          b.authority.certificate,
	}, nil
}

// register returns the partner as the request wants it, without keeping it yet; the caller holds the lock.
func (b *BA) register(req IssueRequest) (*Partner, error) {
	partner := Partner{ID: req.PartnerID, Name: req.PartnerID}
	if known, ok := b.partners[req.PartnerID]; ok {
		partner = known.clone()
	}
	if req.Alliance != "" {
		partner.Alliance = req.Alliance
	}
	if req.Name != "" {
		partner.Name = req.Name
	}
	if partner.PIN == "" {
		partner.PIN = req.PIN
	}
	if partner.PIN == "" {
		pin, err := rand.Int(rand.Reader, big.NewInt(1e8))
		if err != nil {
			return nil, fmt.Errorf("choose PIN: %w", err)
		}
		partner.PIN = fmt.Sprintf("%08d", pin)
	}
	for _, org := range req.HiringOrgs {
		partner.setHiringOrg(org)
	}
	if err := partner.validate(); err != nil {
		return nil, err
	}
	for _, other := range b.partners {
		if other.ID != partner.ID && other.Alliance == partner.Alliance {
			return nil, fmt.Errorf("alliance number %s belongs to %s", partner.Alliance, other.ID)
		}
	}
	return &partner, nil
}

// dates returns the certificate's life: a year, as at the BA, unless the request says otherwise.
func (r IssueRequest) dates(now time.Time) (from, until time.Time) {
	from, until = r.NotBefore, r.NotAfter
	if from.IsZero() {
		from = now.Add(-time.Hour)
		if !until.IsZero() && until.Before(from) {
			from = until.AddDate(-1, 0, 0)
		}
	}
	if until.IsZero() {
		until = from.AddDate(1, 0, 0)
	}
	return from, until
}

// encoder returns what seals a .p12 in this way.
func (e Encryption) encoder() (*pkcs12.Encoder, error) {
	switch e {
	case "", EncryptionLegacy:
		return pkcs12.LegacyRC2, nil
	case Encryption3DES:
		return pkcs12.LegacyDES, nil
	case EncryptionModern:
		return pkcs12.Modern2023, nil
	}
	return nil, errors.New("encryption must be legacy, 3des or modern")
}
