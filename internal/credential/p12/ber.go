package p12

import (
	"encoding/asn1"
	"encoding/binary"
)

// maxDepth bounds how deep a file's structure is followed; good files have about 15 levels.
const maxDepth = 32

// maxLengthBytes bounds the bytes of a length: four tell four gigabytes.
const maxLengthBytes = 4

// The bits and values of BER's identifiers and lengths (X.690, section 8.1).
const (
	constructedBit   = 0x20
	classMask        = 0xC0
	numberMask       = 0x1F
	moreBit          = 0x80
	indefiniteLength = 0x80
)

// element is one element of BER: its identifier with the constructed bit, and its content without the end of an indefinite one.
type element struct {
	identifier []byte
	content    []byte
}

func (e element) constructed() bool { return e.identifier[0]&constructedBit != 0 }

func (e element) octetString() bool {
	return len(e.identifier) == 1 && e.identifier[0]&^constructedBit == asn1.TagOctetString
}

// toDER rewrites the first element of ber as DER, as far as a .p12 file needs it: every length is definite and short, and octet strings are
// in one piece. What octet strings hold stays as it is, since check sums go over it. rest is what follows the element.
func toDER(ber []byte) (der, rest []byte, ok bool) {
	return appendDER(nil, ber, 0)
}

func appendDER(der, ber []byte, depth int) (out, rest []byte, ok bool) {
	e, rest, ok := readBER(ber, depth)
	switch {
	case !ok:
		return nil, nil, false
	case !e.constructed():
		return appendElement(der, e.identifier, e.content), rest, true
	case e.octetString():
		joined, ok := joinOctets(e.content, depth+1)
		return appendElement(der, []byte{asn1.TagOctetString}, joined), rest, ok
	}
	var content []byte
	for inner := e.content; len(inner) > 0; {
		if content, inner, ok = appendDER(content, inner, depth+1); !ok {
			return nil, nil, false
		}
	}
	return appendElement(der, e.identifier, content), rest, true
}

// joinOctets puts the pieces of a constructed octet string together.
func joinOctets(pieces []byte, depth int) ([]byte, bool) {
	var joined []byte
	for len(pieces) > 0 {
		piece, rest, ok := readBER(pieces, depth)
		if !ok || !piece.octetString() {
			return nil, false
		}
		content := piece.content
		if piece.constructed() {
			if content, ok = joinOctets(content, depth+1); !ok {
				return nil, false
			}
		}
		joined, pieces = append(joined, content...), rest
	}
	return joined, true
}

// readBER reads one element.
func readBER(ber []byte, depth int) (e element, rest []byte, ok bool) {
	if depth > maxDepth || len(ber) < 2 {
		return element{}, nil, false
	}
	at := 1
	if ber[0]&numberMask == numberMask { // the number follows, seven bits in each byte
		for at < len(ber) && ber[at]&moreBit != 0 {
			at++
		}
		at++
	}
	if at >= len(ber) {
		return element{}, nil, false
	}
	e.identifier = ber[:at]
	length, rest := int(ber[at]), ber[at+1:]
	switch {
	case length == indefiniteLength:
		return readIndefinite(e, rest, depth)
	case length&moreBit != 0:
		n := length &^ moreBit
		if n > maxLengthBytes || n > len(rest) {
			return element{}, nil, false
		}
		length = 0
		for _, b := range rest[:n] {
			length = length<<8 | int(b)
		}
		rest = rest[n:]
	}
	if length > len(rest) {
		return element{}, nil, false
	}
	e.content = rest[:length]
	return e, rest[length:], true
}

// readIndefinite finds the end of an element that only says where it ends when it is there: two zero bytes behind its last part.
func readIndefinite(e element, content []byte, depth int) (element, []byte, bool) {
	if !e.constructed() {
		return element{}, nil, false
	}
	for at := content; ; {
		if len(at) >= 2 && at[0] == 0 && at[1] == 0 {
			e.content = content[:len(content)-len(at)]
			return e, at[2:], true
		}
		_, rest, ok := readBER(at, depth+1)
		if !ok {
			return element{}, nil, false
		}
		at = rest
	}
}

// appendElement appends an element with a definite length of the fewest bytes.
func appendElement(der, identifier, content []byte) []byte {
	der = append(der, identifier...)
	if len(content) < moreBit {
		return append(append(der, byte(len(content))), content...) //nolint:gosec // it was just compared
	}
	length := binary.BigEndian.AppendUint32(nil, uint32(len(content))) //nolint:gosec // no file has four gigabytes
	for length[0] == 0 {
		length = length[1:]
	}
	der = append(der, byte(moreBit|len(length))) //nolint:gosec // four bytes at most
	return append(append(der, length...), content...)
}
