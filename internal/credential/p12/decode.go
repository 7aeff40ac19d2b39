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
	found, code := precheck(file)
	if code != nil {
		return response{Code: code.Name}
	}
	opened, code := open(found, pin)
	if code != nil {
		return response{Code: code.Name}
	}
	return assemble(opened)
}

// open tries the forms of a PIN until one opens the file. A PIN without a form is not the file's.
func open(file archive, pin string) (contents, *fault.Code) {
	for _, form := range pinForms(pin) {
		opened, code := openWith(file, form)
		// Without a check sum, whatever a PIN makes of the file may be the PIN's fault.
		if wrong := code == WrongPIN || code != nil && code != UnsupportedEncryption && !file.checked; !wrong {
			return opened, code
		}
	}
	return contents{}, WrongPIN
}

func openWith(file archive, pin string) (contents, *fault.Code) {
	if !file.checked {
		return openPieces(file, pin)
	}
	opened, err := whole(file.der, pin) // looks at the check sum first
	switch {
	case err == nil:
		return opened, nil
	case errors.Is(err, pkcs12.ErrIncorrectPassword):
		return contents{}, WrongPIN
	case file.ordinary && !strings.Contains(err.Error(), secondKey):
		return contents{}, codeOf(err, file.der)
	}
	// The decoder also fails at a check sum that it cannot read or calculate, and then no PIN is proved. Only a sum that refuses another one
	// has proved this one. HMAC fills short keys up with zeros, so a zero more would not make another one.
	if _, other := whole(file.der, pin+"x"); !errors.Is(other, pkcs12.ErrIncorrectPassword) {
		return contents{}, codeOf(err, file.der)
	}
	return openPieces(file, pin)
}

// openPieces opens a file that the decoder does not read as it is: one with BER inside, other than one or two parts, several keys, or no
// check sum.
func openPieces(file archive, pin string) (contents, *fault.Code) {
	filler, err := newFiller()
	if err != nil {
		return contents{}, Corrupt
	}
	opened, err := filler.inPieces(file.safes, pin)
	switch {
	case err != nil:
		return contents{}, codeOf(err, file.der)
	case len(opened.certs) == 0:
		return contents{}, missing(NoCertificate, file.der)
	case len(opened.keys) == 0:
		return contents{}, missing(NoKey, file.der)
	}
	return opened, nil
}

// assemble finds the leaf, which is the certificate of a key, and puts the others in order behind it. Of several identities the preferred
// one is meant.
func assemble(opened contents) response {
	if slices.ContainsFunc(opened.certs, isTooLong) {
		return response{Code: UnsupportedEncryption.Name}
	}
	var signer crypto.Signer
	var leaf *x509.Certificate
	canSign := false
	for _, key := range opened.keys {
		candidate, ok := key.(crypto.Signer)
		if !ok {
			continue // it can only agree on other keys
		}
		canSign = true
		if own := leafOf(candidate, opened.certs); own != nil && (leaf == nil || preferred(own, leaf)) {
			signer, leaf = candidate, own
		}
	}
	switch {
	case !canSign:
		return response{Code: UnsupportedEncryption.Name}
	case leaf == nil:
		return response{Code: KeyMismatch.Name}
	}
	der, err := x509.MarshalPKCS8PrivateKey(signer)
	if err != nil {
		return response{Code: UnsupportedEncryption.Name}
	}
	answer := response{Leaf: leaf.Raw, Key: der}
	rest := slices.DeleteFunc(opened.certs, func(cert *x509.Certificate) bool { return cert.Equal(leaf) })
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

// leafOf finds the certificate that belongs to the key. Of several the preferred one is meant.
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

// preferred reports whether a certificate is rather meant than another: one that Inspect would never take is meant last, and an authority's
// last of those. Of equals the one that is valid longest is meant, since a renewed certificate may lie beside the old one.
func preferred(cert, to *x509.Certificate) bool {
	switch {
	case isEligible(cert) != isEligible(to):
		return isEligible(cert)
	case cert.IsCA != to.IsCA:
		return to.IsCA
	}
	return cert.NotAfter.After(to.NotAfter)
}

// isEligible reports whether there can be a time and a file in which Inspect takes a certificate.
func isEligible(cert *x509.Certificate) bool {
	return weakness(cert.PublicKey) == "" && forClients(cert) && !issued(cert, cert)
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
func precheck(file []byte) (archive, *fault.Code) {
	head := file[:min(len(file), 40)]
	if !bytes.HasPrefix(head, []byte{0x30}) || !bytes.Contains(head, pfxStart) || !bytes.Contains(head, pfxContent) {
		return archive{}, NotP12
	}
	der, _, ok := toDER(file)
	switch {
	case !ok && file[1] == indefiniteLength:
		return archive{}, BEREncoding
	case !ok || !isWhole(der):
		return archive{}, Corrupt
	}
	found, visible, code := takeApart(der)
	if code != nil {
		return archive{}, code
	}
	if code := checkIterations(visible); code != nil {
		return archive{}, code
	}
	return found, nil
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

// phrases tells apart the decoder's errors that have no type. The first one that is contained decides.
var phrases = []struct {
	phrase string
	code   *fault.Code
}{
	{"is not supported", UnsupportedEncryption},
	{secondKey, UnsupportedEncryption}, // in one sealed safe
	{"certificate missing", NoCertificate},
	{"private key missing", NoKey},
	// The file's own check sum was right, so its key has a password of its own.
	{"error decrypting PKCS#8 shrouded key bag", WrongPIN},
	{"error unmarshaling decrypted private key", WrongPIN},
	// What lies in octet strings was not made DER.
	{"indefinite length", BEREncoding},
	{"non-minimal length", BEREncoding},
	{"leading zeros in length", BEREncoding},
}

// strangeKeys are what the decoder says of a key, or of the certificate of one, of a kind that Go does not know. It has opened it before.
var strangeKeys = []string{"error parsing PKCS#8 private key", "private key with unknown algorithm", "elliptic curve"}

func isOfStrangeKey(err error) bool {
	return slices.ContainsFunc(strangeKeys, func(phrase string) bool { return strings.Contains(err.Error(), phrase) })
}

// bagsInBags is the type of a bag that holds bags, which the decoder passes over.
var bagsInBags = []byte{0x06, 0x0b, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x0a, 0x01, 0x06}

// codeOf names what the decoder found in a file.
func codeOf(err error, pfx []byte) *fault.Code {
	if errors.Is(err, pkcs12.ErrDecryption) {
		return WrongPIN // the certificates have a password of their own
	}
	if _, ok := errors.AsType[pkcs12.NotImplementedError](err); ok || isOfStrangeKey(err) {
		return UnsupportedEncryption
	}
	for _, known := range phrases {
		if strings.Contains(err.Error(), known.phrase) {
			return missing(known.code, pfx)
		}
	}
	return Corrupt
}

// missing tells a file without a key or certificate from one in which they are where the decoder does not look.
func missing(code *fault.Code, pfx []byte) *fault.Code {
	if (code == NoKey || code == NoCertificate) && bytes.Contains(pfx, bagsInBags) {
		return UnsupportedEncryption
	}
	return code
}
