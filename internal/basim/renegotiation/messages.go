package renegotiation

import (
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// The kinds of handshake messages.
const (
	messageHelloRequest       = 0
	messageClientHello        = 1
	messageServerHello        = 2
	messageCertificate        = 11
	messageServerKeyExchange  = 12
	messageCertificateRequest = 13
	messageServerHelloDone    = 14
	messageCertificateVerify  = 15
	messageClientKeyExchange  = 16
	messageFinished           = 20
)

// The extensions that matter here.
const (
	extensionGroups        = 10
	extensionRenegotiation = 0xff01
)

// clientHello is what the client offers.
type clientHello struct {
	version  uint16
	random   []byte
	hasSuite bool
	// curve is the first of the client's curves that is known here, or 0.
	curve uint16
	// renegotiated is the client's verify_data of the handshake before, empty in the first.
	renegotiated []byte
}

var errMalformed = errors.New("the message is malformed")

// reader takes a message apart. After something was missing it yields nothing more.
type reader struct {
	rest []byte
	bad  bool
}

func (r *reader) take(n int) []byte {
	if n > len(r.rest) {
		r.bad, r.rest = true, nil
		return make([]byte, n)
	}
	taken := r.rest[:n:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) uint16() uint16 { return binary.BigEndian.Uint16(r.take(2)) }

// vector takes what is preceded by its length in so many bytes.
func (r *reader) vector(lengthBytes int) *reader {
	length := 0
	for _, b := range r.take(lengthBytes) {
		length = length<<8 | int(b)
	}
	if length > len(r.rest) {
		r.bad, r.rest = true, nil
		return &reader{bad: true}
	}
	return &reader{rest: r.take(length)}
}

func parseClientHello(body []byte) (clientHello, error) {
	r := &reader{rest: body}
	hello := clientHello{version: r.uint16(), random: r.take(randomSize)}
	r.vector(1) // session
	suites := r.vector(2)
	for len(suites.rest) > 1 {
		hello.hasSuite = suites.uint16() == suiteECDSA || hello.hasSuite
	}
	r.vector(1) // compression
	if r.bad {
		return clientHello{}, errMalformed
	}
	for extensions := r.vector(2); len(extensions.rest) > 0; {
		kind, content := extensions.uint16(), extensions.vector(2)
		if extensions.bad {
			return clientHello{}, errMalformed
		}
		switch kind {
		case extensionGroups:
			for groups := content.vector(2); len(groups.rest) > 1 && hello.curve == 0; {
				if group := groups.uint16(); group == curveX25519 || group == curveP256 {
					hello.curve = group
				}
			}
		case extensionRenegotiation:
			hello.renegotiated = content.vector(1).rest
		}
	}
	return hello, nil
}

func parseCertificates(body []byte) ([]*x509.Certificate, error) {
	r := &reader{rest: body}
	var chain []*x509.Certificate
	for list := r.vector(3); len(list.rest) > 0; {
		der := list.vector(3)
		if list.bad {
			return nil, errMalformed
		}
		certificate, err := x509.ParseCertificate(der.rest)
		if err != nil {
			return nil, fmt.Errorf("read the client's certificate: %w", err)
		}
		chain = append(chain, certificate)
	}
	if r.bad {
		return nil, errMalformed
	}
	return chain, nil
}

func parseProof(body []byte) (algorithm uint16, signature []byte, err error) {
	r := &reader{rest: body}
	algorithm, signature = r.uint16(), r.vector(2).rest
	if r.bad || len(r.rest) > 0 {
		return 0, nil, errMalformed
	}
	return algorithm, signature, nil
}

// lengthOf writes a length in so many bytes.
func lengthOf(length, lengthBytes int) []byte {
	var written []byte
	for i := lengthBytes - 1; i >= 0; i-- {
		written = append(written, byte(length>>(8*i))) //nolint:gosec // the byte that it is cut to is the one that is wanted
	}
	return written
}

// prefixed returns content with its length before it, in so many bytes.
func prefixed(lengthBytes int, content []byte) []byte {
	return append(lengthOf(len(content), lengthBytes), content...)
}

func handshakeMessage(kind byte, body []byte) []byte {
	return append([]byte{kind}, prefixed(3, body)...)
}

func serverHello(random, renegotiated []byte) []byte {
	body := []byte{versionTLS12 >> 8, versionTLS12 & 0xff}
	body = append(body, random...)
	body = append(body, 0, suiteECDSA>>8, suiteECDSA&0xff, 0) // no session, the suite, no compression
	extension := binary.BigEndian.AppendUint16(nil, extensionRenegotiation)
	extension = append(extension, prefixed(2, prefixed(1, renegotiated))...)
	return handshakeMessage(messageServerHello, append(body, prefixed(2, extension)...))
}

func certificateMessage(chain [][]byte) []byte {
	var list []byte
	for _, der := range chain {
		list = append(list, prefixed(3, der)...)
	}
	return handshakeMessage(messageCertificate, prefixed(3, list))
}

func serverKeyExchange(params, signature []byte) []byte {
	body := binary.BigEndian.AppendUint16(slices.Clip(params), ecdsaSHA256)
	return handshakeMessage(messageServerKeyExchange, append(body, prefixed(2, signature)...))
}

func certificateRequest(authorities []*x509.Certificate) []byte {
	body := prefixed(1, []byte{1, 64}) // RSA and ECDSA keys that sign
	body = append(body, prefixed(2, []byte{8, 4, 8, 5, 8, 6, 4, 3, 5, 3, 6, 3, 4, 1, 5, 1, 6, 1})...)
	var names []byte
	for _, authority := range authorities {
		names = append(names, prefixed(2, authority.RawSubject)...)
	}
	return handshakeMessage(messageCertificateRequest, append(body, prefixed(2, names)...))
}
