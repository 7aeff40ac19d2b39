package p12

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// decode opens a file in this process: only children do. It always answers.
func decode(file []byte, pin string) response {
	found, code := contentsOf(file, pin)
	if code != nil {
		return response{Code: code.Name}
	}
	key, leaf, code := found.identity()
	if code != nil {
		return response{Code: code.Name}
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return response{Code: UnsupportedEncryption.Name}
	}
	answer := response{Leaf: leaf.Raw, Key: der}
	rest := slices.DeleteFunc(found.certificates, func(cert *x509.Certificate) bool { return cert.Equal(leaf) })
	for _, cert := range inOrder(leaf, rest) {
		answer.Chain = append(answer.Chain, cert.Raw)
	}
	return answer
}

func contentsOf(file []byte, pin string) (*contents, *fault.Code) {
	der, code := precheck(file)
	if code != nil {
		return nil, code
	}
	o := &opener{passwords: passwords(pin)}
	return o.read(der)
}

// pfxStart and pfxContent stand near the beginning of every PKCS#12 file: version 3 before a sequence, and a PKCS#7 content type.
var (
	pfxStart   = []byte{0x02, 0x01, version, 0x30}
	pfxContent = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07}
)

// precheck names what can be seen to be wrong with a file before a PIN is tried. Without a code it returns the file in DER, without what
// follows its end, such as the line break of a mail program.
func precheck(file []byte) ([]byte, *fault.Code) {
	head := file[:min(len(file), 40)]
	if !bytes.HasPrefix(head, []byte{0x30}) || !bytes.Contains(head, pfxStart) || !bytes.Contains(head, pfxContent) {
		return nil, NotP12
	}
	der, _, ok := toDER(file)
	switch {
	case ok:
		return der, nil
	case file[1] == indefiniteLength:
		return nil, BEREncoding
	}
	return nil, Corrupt
}

// identity finds the key and the certificate that belong together. Of several identities the one that is valid longest is meant, since a
// renewed certificate may lie beside the old one; an authority's own is meant last.
func (c *contents) identity() (key crypto.Signer, leaf *x509.Certificate, code *fault.Code) {
	for _, one := range c.keys {
		signer, ok := one.(crypto.Signer)
		if !ok {
			c.oddKeys++ // it can only agree on other keys
			continue
		}
		for _, cert := range c.certificates {
			if belongs(signer, cert) && (leaf == nil || preferred(cert, leaf)) {
				key, leaf = signer, cert
			}
		}
	}
	if leaf != nil {
		return key, leaf, nil
	}
	return nil, nil, c.why()
}

// why names what keeps a file from holding an identity.
func (c *contents) why() *fault.Code {
	switch {
	case c.lockedKey:
		return WrongPIN
	case c.oddKeys > 0:
		return UnsupportedEncryption
	case len(c.certificates) == 0 && c.oddCertificates > 0:
		return Corrupt
	case len(c.keys) == 0:
		return NoKey
	case len(c.certificates) == 0:
		return NoCertificate
	}
	return KeyMismatch
}

func belongs(key crypto.Signer, cert *x509.Certificate) bool {
	public, ok := key.Public().(interface {
		Equal(key crypto.PublicKey) bool
	})
	return ok && public.Equal(cert.PublicKey)
}

// preferred reports whether a certificate is rather meant than another.
func preferred(cert, to *x509.Certificate) bool {
	if cert.IsCA != to.IsCA {
		return to.IsCA
	}
	return cert.NotAfter.After(to.NotAfter)
}

// inOrder returns certs with those first that lead from the leaf to its root.
func inOrder(leaf *x509.Certificate, certs []*x509.Certificate) []*x509.Certificate {
	var ordered []*x509.Certificate
	for last := leaf; ; {
		at := slices.IndexFunc(certs, func(cert *x509.Certificate) bool { return signed(cert, last) })
		if at < 0 {
			return append(ordered, certs...)
		}
		last = certs[at]
		ordered = append(ordered, last)
		certs = slices.Delete(certs, at, at+1)
	}
}
