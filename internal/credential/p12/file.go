package p12

import (
	"crypto/x509"
	"encoding/asn1"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// Object identifiers of what a file consists of (RFC 7292, section 4; RFC 2315, section 14).
var (
	oidData          = oid(1, 2, 840, 113549, 1, 7, 1)
	oidEncryptedData = oid(1, 2, 840, 113549, 1, 7, 6)
	oidKeyBag        = oid(1, 2, 840, 113549, 1, 12, 10, 1, 1)
	oidSealedKeyBag  = oid(1, 2, 840, 113549, 1, 12, 10, 1, 2)
	oidCertBag       = oid(1, 2, 840, 113549, 1, 12, 10, 1, 3)
	oidBags          = oid(1, 2, 840, 113549, 1, 12, 10, 1, 6)
	oidX509          = oid(1, 2, 840, 113549, 1, 9, 22, 1)
)

// The tags that PKCS#12 gives its own parts.
var (
	explicit0 = cbasn1.Tag(0).Constructed().ContextSpecific()
	implicit0 = cbasn1.Tag(0).ContextSpecific()
)

const (
	// version is the version of every PKCS#12 file.
	version = 3
	// maxBags bounds the keys and certificates of one file, and maxBagDepth how deep bags may lie in bags.
	maxBags     = 200
	maxBagDepth = 4
)

// contents is what was found in a file.
type contents struct {
	certificates []*x509.Certificate
	// keys are private keys that can sign.
	keys []any
	// bags counts everything; oddKeys and oddCertificates are those that could not be read.
	bags, oddKeys, oddCertificates int
	// lockedKey is set when a key has a password of its own.
	lockedKey bool
}

// read reads a file in DER.
func (o *opener) read(der []byte) (*contents, *fault.Code) {
	file := cryptobyte.String(der)
	var sequence cryptobyte.String
	var number int
	if !file.ReadASN1(&sequence, cbasn1.SEQUENCE) || !sequence.ReadASN1Integer(&number) || number != version {
		return nil, Corrupt
	}
	kind, content, ok := readContent(&sequence)
	if !ok {
		return nil, Corrupt
	}
	if !kind.Equal(oidData) {
		return nil, UnsupportedEncryption // signed by a certificate instead of sealed by a password
	}
	var safes cryptobyte.String
	if !content.ReadASN1(&safes, cbasn1.OCTET_STRING) {
		return nil, Corrupt
	}
	if !sequence.Empty() {
		sum, ok := readCheckSum(&sequence)
		if !ok || !sequence.Empty() {
			return nil, Corrupt
		}
		if code := o.verify(sum, safes); code != nil {
			return nil, code
		}
	}
	return o.readSafes(safes)
}

// readContent reads a ContentInfo.
func readContent(from *cryptobyte.String) (kind asn1.ObjectIdentifier, content cryptobyte.String, ok bool) {
	var sequence cryptobyte.String
	ok = from.ReadASN1(&sequence, cbasn1.SEQUENCE) && sequence.ReadASN1ObjectIdentifier(&kind) && sequence.ReadASN1(&content, explicit0)
	return kind, content, ok
}

// readSafes reads the safes of a file, of which there may be any number in any order.
func (o *opener) readSafes(ber []byte) (*contents, *fault.Code) {
	var sequence cryptobyte.String
	der, rest, ok := toDER(ber)
	safes := cryptobyte.String(der)
	if !ok || len(rest) > 0 || !safes.ReadASN1(&sequence, cbasn1.SEQUENCE) {
		return nil, Corrupt
	}
	found := &contents{}
	for !sequence.Empty() {
		kind, content, ok := readContent(&sequence)
		if !ok {
			return nil, Corrupt
		}
		bags, code := o.openSafe(kind, content)
		if code == nil {
			code = o.readBags(bags, found, 0)
		}
		if code != nil {
			return nil, code
		}
	}
	return found, nil
}

// openSafe returns the bags of one safe, in DER.
func (o *opener) openSafe(kind asn1.ObjectIdentifier, content cryptobyte.String) ([]byte, *fault.Code) {
	switch {
	case kind.Equal(oidData):
		var data cryptobyte.String
		if !content.ReadASN1(&data, cbasn1.OCTET_STRING) {
			return nil, Corrupt
		}
		der, rest, ok := toDER(data)
		if !ok || len(rest) > 0 {
			return nil, Corrupt
		}
		return der, nil
	case !kind.Equal(oidEncryptedData):
		return nil, UnsupportedEncryption // sealed for a certificate instead of by a password
	}
	var outer, inner cryptobyte.String
	var number int
	var of asn1.ObjectIdentifier
	var by algorithm
	if !content.ReadASN1(&outer, cbasn1.SEQUENCE) || !outer.ReadASN1Integer(&number) || !outer.ReadASN1(&inner, cbasn1.SEQUENCE) ||
		!inner.ReadASN1ObjectIdentifier(&of) || !readAlgorithm(&inner, &by) {
		return nil, Corrupt
	}
	var sealed cryptobyte.String
	if inner.PeekASN1Tag(explicit0) { // in pieces, as BER allows
		var pieces cryptobyte.String
		if !inner.ReadASN1(&pieces, explicit0) {
			return nil, Corrupt
		}
		joined, ok := joinOctets(pieces, 0)
		if !ok {
			return nil, Corrupt
		}
		sealed = joined
	} else if !inner.ReadASN1(&sealed, implicit0) {
		return nil, Corrupt
	}
	return o.decrypt(by, sealed)
}

// readBags takes what lies in bags.
func (o *opener) readBags(der []byte, found *contents, depth int) *fault.Code {
	var sequence cryptobyte.String
	all := cryptobyte.String(der)
	if depth > maxBagDepth || !all.ReadASN1(&sequence, cbasn1.SEQUENCE) {
		return Corrupt
	}
	for !sequence.Empty() {
		var bag, value cryptobyte.String
		var kind asn1.ObjectIdentifier
		if !sequence.ReadASN1(&bag, cbasn1.SEQUENCE) || !bag.ReadASN1ObjectIdentifier(&kind) || !bag.ReadASN1(&value, explicit0) {
			return Corrupt
		}
		if found.bags++; found.bags > maxBags {
			return Corrupt
		}
		var code *fault.Code
		switch {
		case kind.Equal(oidCertBag):
			code = found.addCertificate(value)
		case kind.Equal(oidKeyBag):
			found.addKey(value)
		case kind.Equal(oidSealedKeyBag):
			code = o.openKey(value, found)
		case kind.Equal(oidBags):
			code = o.readBags(value, found, depth+1)
		}
		if code != nil {
			return code
		}
	}
	return nil
}

// addCertificate takes a certificate. One that cannot be read, or is none of X.509, is only counted: it may be one that nobody needs.
func (c *contents) addCertificate(value cryptobyte.String) *fault.Code {
	var sequence, wrapped, raw cryptobyte.String
	var kind asn1.ObjectIdentifier
	if !value.ReadASN1(&sequence, cbasn1.SEQUENCE) || !sequence.ReadASN1ObjectIdentifier(&kind) ||
		!sequence.ReadASN1(&wrapped, explicit0) || !wrapped.ReadASN1(&raw, cbasn1.OCTET_STRING) {
		return Corrupt
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil || !kind.Equal(oidX509) {
		c.oddCertificates++
		return nil
	}
	c.certificates = append(c.certificates, parsed)
	return nil
}

// addKey takes a private key; one of a kind that is not understood is only counted.
func (c *contents) addKey(der []byte) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		c.oddKeys++
		return
	}
	c.keys = append(c.keys, key)
}

// openKey opens a sealed key. One that the file's password does not open is left: another may do.
func (o *opener) openKey(value cryptobyte.String, found *contents) *fault.Code {
	var sequence, sealed cryptobyte.String
	var by algorithm
	if !value.ReadASN1(&sequence, cbasn1.SEQUENCE) || !readAlgorithm(&sequence, &by) || !sequence.ReadASN1(&sealed, cbasn1.OCTET_STRING) {
		return Corrupt
	}
	der, code := o.decrypt(by, sealed)
	switch code {
	case nil:
		found.addKey(der)
	case WrongPIN:
		found.lockedKey = true
	default:
		return code
	}
	return nil
}
