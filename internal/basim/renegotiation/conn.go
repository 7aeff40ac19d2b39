// Package renegotiation is a small TLS 1.2 server that can ask for the client's certificate in the middle of a connection, as a web
// server does whose directories each have a demand of their own. crypto/tls cannot do that on the server's side.
//
// It is for simulators on a desk: one cipher suite (ECDHE-ECDSA with AES-128-GCM), no resumption, and no claim to withstand attacks.
package renegotiation

import (
	"context"
	"crypto/cipher"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
)

// Alert is the number of a TLS alert (RFC 8446, section 6).
type Alert uint8

// The alerts that a Verify function may send.
const (
	NoAlert            Alert = 0
	BadCertificate     Alert = 42
	CertificateRevoked Alert = 44
	CertificateExpired Alert = 45
	UnknownAuthority   Alert = 48
	AccessDenied       Alert = 49
)

// The alerts of the protocol itself.
const (
	closeNotify       Alert = 0
	unexpectedMessage Alert = 10
	badRecord         Alert = 20
	handshakeFailure  Alert = 40
	decodeError       Alert = 50
	decryptError      Alert = 51
	noRenegotiation   Alert = 100
)

// Config is what a server knows.
type Config struct {
	// Certificate is the server's own; its key is an ECDSA key on P-256.
	Certificate tls.Certificate
	// Authorities are named to the client as those whose certificates are wanted.
	Authorities []*x509.Certificate
	// Verify judges the certificates of a client that has proved to hold the first one's key. Any alert but NoAlert is sent and ends the
	// connection.
	Verify func(chain []*x509.Certificate) Alert
}

// The kinds of records.
const (
	recordChangeCipher = 20
	recordAlert        = 21
	recordHandshake    = 22
	recordData         = 23
)

// Limits of records and messages.
const (
	recordHeader  = 5
	maxPlain      = 16 << 10
	maxCipher     = maxPlain + 2048
	maxMessage    = 128 << 10
	versionTLS12  = 0x0303
	explicitNonce = 8
)

// Conn is the server's end of a connection. One goroutine may read while another writes or calls ClientCertificates.
type Conn struct {
	net.Conn
	config Config

	// What follows belongs to whoever reads.
	raw      []byte // bytes of a record that is not complete yet
	messages []byte // handshake messages that are not complete yet
	data     []byte // application data that was not read yet
	in       half
	verified [2][]byte // the client's and the server's verify_data of the last handshake
	greeted  bool

	writing sync.Mutex
	out     half

	asking sync.Mutex
	asked  bool
	done   chan struct{}
	chain  []*x509.Certificate
	failed error
}

// half is the protection of one direction; without a cipher there is none yet.
type half struct {
	aead     cipher.AEAD
	salt     []byte
	sequence uint64
}

// Server returns the server's end of a connection. The handshake comes with the first Read.
func Server(connection net.Conn, config Config) *Conn {
	return &Conn{Conn: connection, config: config, done: make(chan struct{})}
}

// NetConn returns the connection below.
func (c *Conn) NetConn() net.Conn { return c.Conn }

// Asked reports whether the client was asked for its certificate.
func (c *Conn) Asked() bool {
	c.asking.Lock()
	defer c.asking.Unlock()
	return c.asked
}

// ClientCertificates returns the client's certificates, the leaf first, which it asks for in a new handshake unless that has happened.
// Somebody must be reading meanwhile. A client that shows none has none.
func (c *Conn) ClientCertificates(ctx context.Context) ([]*x509.Certificate, error) {
	c.asking.Lock()
	first := !c.asked
	c.asked = true
	c.asking.Unlock()
	if first {
		// The client answers a HelloRequest with a ClientHello, which Read takes.
		if err := c.writeRecord(recordHandshake, []byte{messageHelloRequest, 0, 0, 0}); err != nil {
			return nil, err
		}
	}
	select {
	case <-c.done:
		return c.chain, c.failed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// settle tells those who wait in ClientCertificates how it ended.
func (c *Conn) settle(chain []*x509.Certificate, err error) {
	select {
	case <-c.done:
	default:
		c.chain, c.failed = chain, err
		close(c.done)
	}
}

// Read reads application data, and whatever of the protocol stands before it.
func (c *Conn) Read(p []byte) (int, error) {
	n, err := c.read(p)
	if timeout, ok := errors.AsType[net.Error](err); err != nil && (!ok || !timeout.Timeout()) {
		c.settle(nil, err)
	}
	return n, err
}

func (c *Conn) read(p []byte) (int, error) {
	if !c.greeted {
		if _, err := c.handshake(nil, false); err != nil {
			return 0, err
		}
		c.greeted = true
	}
	for len(c.data) == 0 {
		kind, content, err := c.readRecord()
		if err != nil {
			return 0, err
		}
		switch kind {
		case recordData:
			c.data = content
		case recordHandshake:
			if err := c.again(content); err != nil {
				return 0, err
			}
		default:
			return 0, c.fail(unexpectedMessage, fmt.Errorf("a record of kind %d is not expected", kind))
		}
	}
	n := copy(p, c.data)
	c.data = c.data[n:]
	return n, nil
}

// again makes a new handshake, of which the first piece has come.
func (c *Conn) again(first []byte) error {
	if !c.Asked() {
		return c.fail(noRenegotiation, errors.New("the client wants a new handshake"))
	}
	chain, err := c.handshake(first, true)
	if err != nil {
		return err
	}
	c.settle(chain, nil)
	return nil
}

// Write sends application data.
func (c *Conn) Write(p []byte) (int, error) {
	sent := 0
	for sent < len(p) {
		piece := p[sent:min(len(p), sent+maxPlain)]
		if err := c.writeRecord(recordData, piece); err != nil {
			return sent, err
		}
		sent += len(piece)
	}
	return sent, nil
}

// Close says goodbye and closes the connection.
func (c *Conn) Close() error {
	// Who is gone need not hear it.
	_ = c.writeRecord(recordAlert, []byte{1, byte(closeNotify)})
	return c.Conn.Close()
}

// fail sends a fatal alert and returns the error.
func (c *Conn) fail(alert Alert, err error) error {
	// The error itself says more than that it could not be sent.
	_ = c.writeRecord(recordAlert, []byte{2, byte(alert)})
	return fmt.Errorf("TLS alert %d: %w", alert, err)
}

// readRecord returns the kind and content of the next record that is no alert. What has come of a record stays when time runs out.
func (c *Conn) readRecord() (byte, []byte, error) {
	for {
		record, err := c.fetchRecord()
		if err != nil {
			return 0, nil, err
		}
		kind := record[0]
		content, err := c.in.unseal(kind, record[recordHeader:])
		if err != nil {
			return 0, nil, c.fail(badRecord, err)
		}
		if kind != recordAlert {
			return kind, content, nil
		}
		if len(content) != 2 || content[0] == 2 || Alert(content[1]) == noRenegotiation {
			return 0, nil, fmt.Errorf("the client sent the alert %v", content)
		}
		if Alert(content[1]) == closeNotify {
			return 0, nil, io.EOF
		}
	}
}

// fetchRecord returns the next record as it came.
func (c *Conn) fetchRecord() ([]byte, error) {
	block := make([]byte, 4096)
	for {
		if len(c.raw) >= recordHeader {
			length := int(binary.BigEndian.Uint16(c.raw[3:]))
			if length > maxCipher || c.raw[1] != 3 {
				return nil, c.fail(decodeError, errors.New("this is no TLS record"))
			}
			if end := recordHeader + length; len(c.raw) >= end {
				record := c.raw[:end:end]
				c.raw = c.raw[end:]
				return record, nil
			}
		}
		n, err := c.Conn.Read(block)
		c.raw = append(c.raw, block[:n]...)
		if err != nil && n == 0 {
			return nil, err
		}
	}
}

// writeRecord sends one record.
func (c *Conn) writeRecord(kind byte, content []byte) error {
	c.writing.Lock()
	defer c.writing.Unlock()
	sealed := c.out.seal(kind, content)
	_, err := c.Conn.Write(append([]byte{kind, versionTLS12 >> 8, versionTLS12 & 0xff}, prefixed(2, sealed)...))
	return err
}

// changeCipher announces new keys and uses them from now on.
func (c *Conn) changeCipher(keys half) error {
	if err := c.writeRecord(recordChangeCipher, []byte{1}); err != nil {
		return err
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	c.out = keys
	return nil
}

// additional is what a record's seal covers beside its content.
func (h *half) additional(kind byte, length int) []byte {
	data := binary.BigEndian.AppendUint64(nil, h.sequence)
	data = append(data, kind, versionTLS12>>8, versionTLS12&0xff)
	return append(data, lengthOf(length, 2)...)
}

func (h *half) seal(kind byte, content []byte) []byte {
	if h.aead == nil {
		return content
	}
	explicit := binary.BigEndian.AppendUint64(nil, h.sequence)
	nonce := append(append([]byte(nil), h.salt...), explicit...)
	sealed := h.aead.Seal(explicit, nonce, content, h.additional(kind, len(content)))
	h.sequence++
	return sealed
}

func (h *half) unseal(kind byte, sealed []byte) ([]byte, error) {
	if h.aead == nil {
		return sealed, nil
	}
	if len(sealed) < explicitNonce+h.aead.Overhead() {
		return nil, errors.New("a record is too short")
	}
	nonce := append(append([]byte(nil), h.salt...), sealed[:explicitNonce]...)
	length := len(sealed) - explicitNonce - h.aead.Overhead()
	content, err := h.aead.Open(nil, nonce, sealed[explicitNonce:], h.additional(kind, length))
	h.sequence++
	return content, err
}
