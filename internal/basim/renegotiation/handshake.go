package renegotiation

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	_ "crypto/sha512" // a client may sign with it
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// The sizes of TLS 1.2 with AES-128-GCM.
const (
	randomSize   = 32
	masterSize   = 48
	verifySize   = 12
	keySize      = 16
	saltSize     = 4
	suiteECDSA   = 0xc02b // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
	curveP256    = 23
	curveX25519  = 29
	namedCurve   = 3
	ecdsaSHA256  = 0x0403
	emptyMessage = 4
)

// flight is one handshake under way.
type flight struct {
	*Conn
	// transcript holds all messages so far.
	transcript []byte
	hello      clientHello
	random     []byte
	key        *ecdh.PrivateKey
	master     []byte
	out, in    half
}

// handshake agrees on new keys. The client's first message has begun with what was read of it already. If ask is set, the client is asked
// for its certificates, which are returned.
func (c *Conn) handshake(begun []byte, ask bool) ([]*x509.Certificate, error) {
	c.messages = append(c.messages, begun...)
	f := &flight{Conn: c, random: make([]byte, randomSize)}
	if _, err := rand.Read(f.random); err != nil {
		return nil, err
	}
	if err := f.meet(ask); err != nil {
		return nil, err
	}
	chain, err := f.clientProof(ask)
	if err != nil {
		return nil, err
	}
	if err := f.finish(); err != nil {
		return nil, err
	}
	return chain, nil
}

// meet reads the client's hello and sends the server's, with certificate, key and, if ask is set, the demand for the client's certificate.
func (f *flight) meet(ask bool) error {
	body, err := f.next(messageClientHello)
	if err != nil {
		return err
	}
	if f.hello, err = parseClientHello(body); err != nil {
		return f.fail(decodeError, err)
	}
	if f.key, err = f.agree(); err != nil {
		return f.fail(handshakeFailure, err)
	}
	params := binary.BigEndian.AppendUint16([]byte{namedCurve}, f.hello.curve)
	params = append(params, prefixed(1, f.key.PublicKey().Bytes())...)
	digest := sha256.Sum256(slices.Concat(f.hello.random, f.random, params))
	signer, ok := f.config.Certificate.PrivateKey.(crypto.Signer)
	if !ok {
		return errors.New("the server's key cannot sign")
	}
	signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
	if err != nil {
		return fmt.Errorf("sign key share: %w", err)
	}
	messages := [][]byte{
		serverHello(f.random, slices.Concat(f.verified[0], f.verified[1])),
		certificateMessage(f.config.Certificate.Certificate),
		serverKeyExchange(params, signature),
	}
	if ask {
		messages = append(messages, certificateRequest(f.config.Authorities))
	}
	for _, message := range append(messages, handshakeMessage(messageServerHelloDone, nil)) {
		if err := f.say(message); err != nil {
			return err
		}
	}
	return nil
}

// agree checks what the client offers and makes a key on its curve.
func (f *flight) agree() (*ecdh.PrivateKey, error) {
	switch {
	case f.hello.version < versionTLS12:
		return nil, errors.New("the client does not speak TLS 1.2")
	case !f.hello.hasSuite:
		return nil, errors.New("the client lacks the cipher suite")
	case !bytes.Equal(f.hello.renegotiated, f.verified[0]):
		return nil, errors.New("the client does not know the handshake before")
	}
	switch f.hello.curve {
	case curveX25519:
		return ecdh.X25519().GenerateKey(rand.Reader)
	case curveP256:
		return ecdh.P256().GenerateKey(rand.Reader)
	}
	return nil, errors.New("the client lacks the curves")
}

// clientProof reads the client's certificates, if it was asked for them, its key, and the proof that it holds the certificate's.
func (f *flight) clientProof(asked bool) ([]*x509.Certificate, error) {
	var chain []*x509.Certificate
	if asked {
		body, err := f.next(messageCertificate)
		if err != nil {
			return nil, err
		}
		if chain, err = parseCertificates(body); err != nil {
			return nil, f.fail(BadCertificate, err)
		}
	}
	body, err := f.next(messageClientKeyExchange)
	if err != nil {
		return nil, err
	}
	if err := f.derive(body); err != nil {
		return nil, f.fail(decodeError, err)
	}
	if len(chain) == 0 {
		return nil, nil
	}
	before := slices.Clone(f.transcript)
	if body, err = f.next(messageCertificateVerify); err != nil {
		return nil, err
	}
	if err := checkProof(chain[0].PublicKey, before, body); err != nil {
		return nil, f.fail(decryptError, err)
	}
	if alert := f.config.Verify(chain); alert != NoAlert {
		return nil, f.fail(alert, errors.New("the client's certificate is refused"))
	}
	return chain, nil
}

// derive makes the keys of both directions.
func (f *flight) derive(exchange []byte) error {
	if len(exchange) < 1 || int(exchange[0]) != len(exchange)-1 {
		return errors.New("the client's key share is malformed")
	}
	theirs, err := f.key.Curve().NewPublicKey(exchange[1:])
	if err != nil {
		return err
	}
	secret, err := f.key.ECDH(theirs)
	if err != nil {
		return err
	}
	f.master = expand(secret, "master secret", slices.Concat(f.hello.random, f.random), masterSize)
	block := expand(f.master, "key expansion", slices.Concat(f.random, f.hello.random), 2*(keySize+saltSize))
	if f.in, err = newHalf(block[:keySize], block[2*keySize:2*keySize+saltSize]); err != nil {
		return err
	}
	f.out, err = newHalf(block[keySize:2*keySize], block[2*keySize+saltSize:])
	return err
}

func newHalf(key, salt []byte) (half, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return half{}, err
	}
	aead, err := cipher.NewGCM(block)
	return half{aead: aead, salt: salt}, err
}

// finish takes the new keys into use and compares what both sides have heard.
func (f *flight) finish() error {
	kind, content, err := f.readRecord()
	if err != nil {
		return err
	}
	if kind != recordChangeCipher || len(content) != 1 || len(f.messages) > 0 {
		return f.fail(unexpectedMessage, errors.New("the client does not change its keys"))
	}
	f.Conn.in = f.in
	theirs := f.verifyData("client finished")
	body, err := f.next(messageFinished)
	if err != nil {
		return err
	}
	if !hmac.Equal(body, theirs) {
		return f.fail(decryptError, errors.New("the client has heard something else"))
	}
	if err := f.changeCipher(f.out); err != nil {
		return err
	}
	ours := f.verifyData("server finished")
	f.verified = [2][]byte{theirs, ours}
	return f.say(handshakeMessage(messageFinished, ours))
}

func (f *flight) verifyData(label string) []byte {
	digest := sha256.Sum256(f.transcript)
	return expand(f.master, label, digest[:], verifySize)
}

// next returns the body of the client's next message, which must be of that kind.
func (f *flight) next(wanted byte) ([]byte, error) {
	for {
		if len(f.messages) >= emptyMessage {
			length := int(f.messages[1])<<16 | int(f.messages[2])<<8 | int(f.messages[3])
			if length > maxMessage {
				return nil, f.fail(decodeError, errors.New("a message is too long"))
			}
			if end := emptyMessage + length; len(f.messages) >= end {
				message := f.messages[:end:end]
				f.messages = f.messages[end:]
				if message[0] != wanted {
					return nil, f.fail(unexpectedMessage, fmt.Errorf("message %d came instead of %d", message[0], wanted))
				}
				f.transcript = append(f.transcript, message...)
				return message[emptyMessage:], nil
			}
		}
		kind, content, err := f.readRecord()
		if err != nil {
			return nil, err
		}
		if kind != recordHandshake {
			return nil, f.fail(unexpectedMessage, fmt.Errorf("a record of kind %d came within the handshake", kind))
		}
		f.messages = append(f.messages, content...)
	}
}

// say sends a message.
func (f *flight) say(message []byte) error {
	f.transcript = append(f.transcript, message...)
	for len(message) > 0 {
		n := min(len(message), maxPlain)
		if err := f.writeRecord(recordHandshake, message[:n]); err != nil {
			return err
		}
		message = message[n:]
	}
	return nil
}

// expand is TLS 1.2's pseudo-random function with SHA-256 (RFC 5246, section 5).
func expand(secret []byte, label string, seed []byte, size int) []byte {
	seed = append([]byte(label), seed...)
	mac := func(parts ...[]byte) []byte {
		h := hmac.New(sha256.New, secret)
		for _, part := range parts {
			h.Write(part)
		}
		return h.Sum(nil)
	}
	var result []byte
	for a := mac(seed); len(result) < size; a = mac(a) {
		result = append(result, mac(a, seed)...)
	}
	return result[:size]
}

// checkProof verifies a CertificateVerify message: the signature over all messages before it.
func checkProof(public any, transcript, body []byte) error {
	algorithm, signature, err := parseProof(body)
	if err != nil {
		return err
	}
	hash, ok := map[uint16]crypto.Hash{
		0x0401: crypto.SHA256, 0x0501: crypto.SHA384, 0x0601: crypto.SHA512,
		ecdsaSHA256: crypto.SHA256, 0x0503: crypto.SHA384, 0x0603: crypto.SHA512,
		0x0804: crypto.SHA256, 0x0805: crypto.SHA384, 0x0806: crypto.SHA512,
	}[algorithm]
	if !ok {
		return fmt.Errorf("the signature algorithm %#04x is not known", algorithm)
	}
	h := hash.New()
	h.Write(transcript)
	digest := h.Sum(nil)
	switch key := public.(type) {
	case *ecdsa.PublicKey:
		if algorithm&0xff != 3 || !ecdsa.VerifyASN1(key, digest, signature) {
			return errors.New("the signature is wrong")
		}
		return nil
	case *rsa.PublicKey:
		if algorithm>>8 == 8 {
			return rsa.VerifyPSS(key, hash, digest, signature, &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash})
		}
		return rsa.VerifyPKCS1v15(key, hash, digest, signature)
	}
	return fmt.Errorf("a key of type %T is not known", public)
}
