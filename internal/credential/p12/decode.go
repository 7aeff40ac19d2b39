package p12

import (
	"bytes"
	"crypto"
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
	if !fitsUCS2(pin) {
		// PKCS#12 has no way to write such a PIN, so it is not the file's.
		return response{Code: WrongPIN.Name}
	}
	key, first, others, err := pkcs12.DecodeChain(pfx, pin)
	if err != nil {
		return response{Code: codeOf(err).Name}
	}
	return assemble(key, append([]*x509.Certificate{first}, others...))
}

// assemble finds the leaf, which is the certificate of the key, and puts the others in order behind it.
func assemble(key any, certs []*x509.Certificate) response {
	signer, ok := key.(crypto.Signer)
	if !ok {
		return response{Code: UnsupportedEncryption.Name}
	}
	public, ok := signer.Public().(interface {
		Equal(key crypto.PublicKey) bool
	})
	if !ok {
		return response{Code: UnsupportedEncryption.Name}
	}
	var leaf *x509.Certificate
	for _, cert := range certs {
		// A renewed certificate may lie beside the old one of the same key: the one that is valid longer is meant.
		if public.Equal(cert.PublicKey) && (leaf == nil || cert.NotAfter.After(leaf.NotAfter)) {
			leaf = cert
		}
	}
	if leaf == nil {
		return response{Code: KeyMismatch.Name}
	}
	rest := slices.DeleteFunc(certs, func(cert *x509.Certificate) bool { return cert == leaf })
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return response{Code: UnsupportedEncryption.Name}
	}
	answer := response{Leaf: leaf.Raw, Key: der}
	for _, cert := range inOrder(leaf, rest) {
		answer.Chain = append(answer.Chain, cert.Raw)
	}
	return answer
}

// inOrder returns certs with those first that lead from the leaf to its root.
func inOrder(leaf *x509.Certificate, certs []*x509.Certificate) []*x509.Certificate {
	var ordered []*x509.Certificate
	for last := leaf; ; {
		at := slices.IndexFunc(certs, func(cert *x509.Certificate) bool {
			return issued(cert, last) && cert.CheckSignature(last.SignatureAlgorithm, last.RawTBSCertificate, last.Signature) == nil
		})
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

// precheck names what can be seen to be wrong with a file before a PIN is tried. Without a code it returns the file, without what
// follows its end, such as the line break of a mail program.
func precheck(file []byte) ([]byte, *fault.Code) {
	head := file[:min(len(file), 40)]
	if !bytes.HasPrefix(head, []byte{0x30}) || !bytes.Contains(head, pfxStart) || !bytes.Contains(head, pfxContent) {
		return nil, NotP12
	}
	const indefinite = 0x80
	if file[1] == indefinite {
		return nil, BEREncoding
	}
	var pfx asn1.RawValue
	if _, err := asn1.Unmarshal(file, &pfx); err != nil || !isWhole(pfx.Bytes) {
		return nil, Corrupt
	}
	if tooManyIterations(pfx.FullBytes) {
		return nil, HostileIterations
	}
	return pfx.FullBytes, nil
}

// isWhole reports whether the parts of a file fit into it: a version, the content and perhaps a check sum (RFC 7292, section 4). The
// decoder takes a check sum that it cannot read for one that is not there.
func isWhole(parts []byte) bool {
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

// fitsUCS2 reports whether PKCS#12 can write a PIN: no character beyond the Basic Multilingual Plane.
func fitsUCS2(pin string) bool {
	return !strings.ContainsFunc(pin, func(r rune) bool { return r > 0xFFFF })
}

// phrases tells apart the decoder's errors that have no type. The first one that is contained decides.
var phrases = []struct {
	phrase string
	code   *fault.Code
}{
	{"is not supported", UnsupportedEncryption},
	{"not supported:", UnsupportedEncryption},
	{"only octet string salts are supported", UnsupportedEncryption},
	{"no MAC in data", UnsupportedEncryption},
	{"expected exactly one key bag", UnsupportedEncryption},
	{"certificate missing", NoCertificate},
	{"private key missing", NoKey},
	// The file's own check sum was right, so its key has a password of its own.
	{"error decrypting PKCS#8 shrouded key bag", WrongPIN},
	{"error unmarshaling decrypted private key", WrongPIN},
}

// codeOf names what the decoder found.
func codeOf(err error) *fault.Code {
	if errors.Is(err, pkcs12.ErrIncorrectPassword) {
		return WrongPIN
	}
	if _, ok := errors.AsType[pkcs12.NotImplementedError](err); ok {
		return UnsupportedEncryption
	}
	for _, known := range phrases {
		if strings.Contains(err.Error(), known.phrase) {
			return known.code
		}
	}
	return Corrupt
}
