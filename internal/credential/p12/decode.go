package p12

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"strings"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// decode opens a file in this process: only children do. It always answers.
func decode(file []byte, pin string) response {
	pfx, code := precheck(file)
	if code != nil {
		return response{Code: code.Name}
	}
	key, certs, code := decodeChain(pfx, pin)
	if code != nil {
		return response{Code: code.Name}
	}
	return assemble(key, certs)
}

// decodeChain tries the forms of a PIN until one opens the file. A PIN without a form is not the file's.
func decodeChain(pfx []byte, pin string) (key any, certs []*x509.Certificate, code *fault.Code) {
	for _, form := range pinForms(pin) {
		found, first, others, err := pkcs12.DecodeChain(pfx, form)
		switch {
		case err == nil:
			return found, append([]*x509.Certificate{first}, others...), nil
		case !errors.Is(err, pkcs12.ErrIncorrectPassword):
			return nil, nil, codeOf(err, pfx)
		}
	}
	return nil, nil, WrongPIN
}

// assemble finds the leaf, which is the certificate of the key, and puts the others in order behind it.
func assemble(key any, certs []*x509.Certificate) response {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return response{Code: UnsupportedEncryption.Name} // it can only agree on other keys
	}
	if slices.ContainsFunc(certs, isTooLong) {
		return response{Code: UnsupportedEncryption.Name}
	}
	leaf := leafOf(signer, certs)
	if leaf == nil {
		return response{Code: KeyMismatch.Name}
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return response{Code: UnsupportedEncryption.Name}
	}
	answer := response{Leaf: leaf.Raw, Key: der}
	rest := slices.DeleteFunc(certs, func(cert *x509.Certificate) bool { return cert.Equal(leaf) })
	for _, cert := range inOrder(leaf, rest) {
		answer.Chain = append(answer.Chain, cert.Raw)
	}
	return answer
}

// maxRSA is the longest RSA key that is calculated with, in bits; crypto/tls takes no longer one either. Checking a signature takes time by the
// square of it, and our own process, which nobody stops, checks some after the child did.
const maxRSA = 8192

func isTooLong(cert *x509.Certificate) bool {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	return ok && key.N.BitLen() > maxRSA
}

// leafOf finds the certificate that belongs to the key. Of several the one that is valid longest is meant, since a renewed certificate may
// lie beside the old one; an authority's own is meant last.
func leafOf(key crypto.Signer, certs []*x509.Certificate) *x509.Certificate {
	var leaf *x509.Certificate
	for _, cert := range certs {
		if belongs(key, cert) && (leaf == nil || preferred(cert, leaf)) {
			leaf = cert
		}
	}
	return leaf
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

// pfxStart and pfxContent stand near the beginning of every PKCS#12 file: version 3 before a sequence, and a PKCS#7 content type.
var (
	pfxStart   = []byte{0x02, 0x01, 0x03, 0x30}
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
	case !ok && file[1] == indefiniteLength:
		return nil, BEREncoding
	case !ok || !isWhole(der):
		return nil, Corrupt
	case isBERInside(der):
		return nil, BEREncoding
	}
	if code := checkIterations(der); code != nil {
		return nil, code
	}
	return der, nil
}

// isWhole reports whether a file is made of its parts: a version, the content and perhaps a check sum (RFC 7292, section 4). The decoder
// takes a check sum that it cannot read for one that is not there.
func isWhole(der []byte) bool {
	var pfx asn1.RawValue
	if _, err := asn1.Unmarshal(der, &pfx); err != nil {
		return false
	}
	parts := pfx.Bytes
	for _, tag := range []int{asn1.TagInteger, asn1.TagSequence, asn1.TagSequence} {
		var part asn1.RawValue
		rest, err := asn1.Unmarshal(parts, &part)
		if err != nil || part.Class != asn1.ClassUniversal || part.Tag != tag {
			return false
		}
		if parts = rest; len(parts) == 0 {
			return tag == asn1.TagSequence
		}
	}
	return false
}

// isBERInside reports whether a file's content is not DER. It cannot be made DER, for the check sum goes over its very bytes.
func isBERInside(der []byte) bool {
	var pfx struct {
		Version  int
		AuthSafe struct {
			Type    asn1.ObjectIdentifier
			Content []byte `asn1:"tag:0,explicit"`
		}
	}
	if _, err := asn1.Unmarshal(der, &pfx); err != nil {
		return false // it holds something else
	}
	strict, rest, ok := toDER(pfx.AuthSafe.Content)
	return ok && len(rest) == 0 && !bytes.Equal(strict, pfx.AuthSafe.Content)
}

// phrases tells apart the decoder's errors that have no type. The first one that is contained decides.
var phrases = []struct {
	phrase string
	code   *fault.Code
}{
	{"is not supported", UnsupportedEncryption},
	{"no MAC in data", UnsupportedEncryption},
	{"expected exactly one key bag", UnsupportedEncryption},
	{"certificate missing", NoCertificate},
	{"private key missing", NoKey},
	// The file's own check sum was right, so its key has a password of its own.
	{"error decrypting PKCS#8 shrouded key bag", WrongPIN},
	{"error unmarshaling decrypted private key", WrongPIN},
	// A key, or the certificate of one, that Go does not know.
	{"error parsing PKCS#8 private key", UnsupportedEncryption},
	{"private key with unknown algorithm", UnsupportedEncryption},
	{"elliptic curve", UnsupportedEncryption},
	// What lies in octet strings was not made DER.
	{"indefinite length", BEREncoding},
	{"non-minimal length", BEREncoding},
	{"leading zeros in length", BEREncoding},
}

// bagsInBags is the type of a bag that holds bags, which the decoder passes over.
var bagsInBags = []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x06}

// codeOf names what the decoder found in a file.
func codeOf(err error, pfx []byte) *fault.Code {
	if errors.Is(err, pkcs12.ErrDecryption) {
		return WrongPIN // the certificates have a password of their own
	}
	if _, ok := errors.AsType[pkcs12.NotImplementedError](err); ok {
		return UnsupportedEncryption
	}
	for _, known := range phrases {
		if !strings.Contains(err.Error(), known.phrase) {
			continue
		}
		if (known.code == NoKey || known.code == NoCertificate) && bytes.Contains(pfx, bagsInBags) {
			return UnsupportedEncryption
		}
		return known.code
	}
	return Corrupt
}
