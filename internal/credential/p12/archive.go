package p12

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// The object identifiers that files are taken apart and put together by, as they stand in a file (RFC 7292, section 4; RFC 8018).
var (
	typeData       = oid(1, 7, 1)
	typeSealed     = oid(1, 7, 6)
	bagOfKey       = oid(1, 12, 10, 1, 1)
	bagOfSealedKey = oid(1, 12, 10, 1, 2)
	bagOfCert      = oid(1, 12, 10, 1, 3)
	certOfX509     = oid(1, 9, 22, 1)
	algPBKDF2      = oid(1, 5, 12)
	algPBMAC1      = oid(1, 5, 14)
	algHMACSHA256  = oid(2, 9)
)

// oid returns an object identifier of RSA Laboratories, 1.2.840.113549, in DER.
func oid(rest ...byte) []byte {
	return wrapped(asn1.TagOID, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d}, rest)
}

// The identifiers of what has parts: a sequence, the tag 0 around an element, and that tag instead of an octet string's.
const (
	sequence    = asn1.TagSequence | constructedBit
	tagExplicit = asn1.ClassContextSpecific<<6 | constructedBit
	tagImplicit = asn1.ClassContextSpecific << 6
)

// mostParts bounds what a file is made of; a chain with its key has a handful of parts.
const mostParts = 64

// archive is a .p12 file and what it is made of.
type archive struct {
	// der is the file, with its content as it was: the check sum goes over those very bytes.
	der []byte
	// safes are its parts in DER, each as a ContentInfo: one for each bag that is not sealed, and one for each sealed safe.
	safes []safe
	// ordinary means that the decoder reads the file as it is.
	ordinary bool
	// checked means that the file has a check sum, which proves its PIN.
	checked bool
}

type safe struct {
	der    []byte
	hasKey bool // as far as can be seen without a PIN
}

// contentInfo wraps each part, and all parts together. Content has the explicit tag 0 around it.
type contentInfo struct {
	Type    asn1.RawValue
	Content asn1.RawValue `asn1:"optional"`
}

// takeApart finds the parts of a file. What it cannot take apart stays ordinary, and the decoder tells what is wrong with it. In visible,
// which is the file in DER to its inside, the counts of rounds can be seen. A file of too many parts gets a code.
func takeApart(der []byte) (found archive, visible []byte, code *fault.Code) {
	found = archive{der: der, ordinary: true, checked: true}
	var whole struct {
		Version  asn1.RawValue
		AuthSafe contentInfo
		CheckSum asn1.RawValue `asn1:"optional"`
	}
	var content []byte
	if unmarshal(der, &whole) != nil || unmarshal(whole.AuthSafe.Content.Bytes, &content) != nil {
		return found, der, nil
	}
	strict, _, ok := toDER(content)
	var infos []contentInfo
	if !ok || unmarshal(strict, &infos) != nil {
		return found, der, nil
	}
	var all [][]byte
	keys := 0
	for _, info := range infos {
		safes, err := safesOf(info)
		if err != nil {
			return archive{der: der, ordinary: true, checked: true}, der, nil
		}
		for _, part := range safes {
			all = append(all, part.der)
			if part.hasKey {
				keys++
			}
		}
		found.safes = append(found.safes, safes...)
	}
	if len(all) > mostParts || len(infos) > mostParts {
		return archive{}, nil, UnsupportedEncryption
	}
	found.checked = len(whole.CheckSum.FullBytes) > 0
	found.ordinary = found.checked && bytes.Equal(strict, content) && keys <= 1 && len(infos) >= 1 && len(infos) <= safesOfDecoder
	return found, fileOf(whole.CheckSum.FullBytes, all...), nil
}

// safesOfDecoder is how many safes the decoder reads at most; at least it wants one.
const safesOfDecoder = 2

// safesOf takes a part of a file apart, as far as that goes without a PIN.
func safesOf(info contentInfo) ([]safe, error) {
	switch {
	case bytes.Equal(info.Type.FullBytes, typeData):
		return openSafes(info.Content.Bytes)
	case bytes.Equal(info.Type.FullBytes, typeSealed):
		return sealedSafe(info.Content.Bytes)
	}
	return nil, errors.New("a safe that is neither open nor sealed by a PIN")
}

// openSafes makes a safe of each bag in one that is not sealed.
func openSafes(der []byte) ([]safe, error) {
	var content []byte
	if err := unmarshal(der, &content); err != nil {
		return nil, err
	}
	strict, _, ok := toDER(content)
	if !ok {
		return nil, errors.New("a safe that is no element")
	}
	var bags []asn1.RawValue
	if err := unmarshal(strict, &bags); err != nil {
		return nil, err
	}
	safes := make([]safe, len(bags))
	for i, bag := range bags {
		var kind struct{ Type asn1.RawValue }
		if err := unmarshal(bag.FullBytes, &kind); err != nil {
			return nil, err
		}
		safes[i] = openSafe(bag.FullBytes)
		safes[i].hasKey = bytes.Equal(kind.Type.FullBytes, bagOfKey) || bytes.Equal(kind.Type.FullBytes, bagOfSealedKey)
	}
	return safes, nil
}

// openSafe returns a safe of the given bags that is not sealed.
func openSafe(bags ...[]byte) safe {
	return safe{der: data(wrapped(sequence, bags...))}
}

// sealedSafe puts the sealed bytes of a safe together, which BER may have in pieces.
func sealedSafe(der []byte) ([]safe, error) {
	var content struct { // RFC 5652, section 8
		Version asn1.RawValue
		Info    struct {
			Type, Algorithm asn1.RawValue
			Sealed          asn1.RawValue `asn1:"optional"`
		}
	}
	if err := unmarshal(der, &content); err != nil {
		return nil, err
	}
	info := content.Info
	sealed := info.Sealed.Bytes
	if info.Sealed.IsCompound {
		var ok bool
		if sealed, ok = joinOctets(sealed, 0); !ok {
			return nil, errors.New("a safe whose sealed bytes are no octets in pieces")
		}
	}
	inner := wrapped(sequence, info.Type.FullBytes, info.Algorithm.FullBytes, wrapped(tagImplicit, sealed))
	strict := wrapped(sequence, content.Version.FullBytes, inner)
	return []safe{{der: wrapped(sequence, typeSealed, wrapped(tagExplicit, strict))}}, nil
}

// fileOf puts parts together to a file with the given check sum.
func fileOf(checkSum []byte, parts ...[]byte) []byte {
	return wrapped(sequence, integer(3), data(wrapped(sequence, parts...)), checkSum) // 3 is the version of all files
}

// data returns a part that holds content as it is.
func data(content []byte) []byte {
	return wrapped(sequence, typeData, wrapped(tagExplicit, octets(content)))
}

func octets(content []byte) []byte { return wrapped(asn1.TagOctetString, content) }

// integer returns a number below 128.
func integer(n byte) []byte { return wrapped(asn1.TagInteger, []byte{n}) }

// wrapped returns an element with the given content.
func wrapped(identifier byte, content ...[]byte) []byte {
	return appendElement(nil, []byte{identifier}, slices.Concat(content...))
}

// unmarshal reads one element of DER with nothing behind it.
func unmarshal(der []byte, into any) error {
	rest, err := asn1.Unmarshal(der, into)
	if err == nil && len(rest) > 0 {
		return errors.New("there is something behind it")
	}
	return err
}
