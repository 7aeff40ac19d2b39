package basim

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"

	"github.com/stellwerk-hr/stellwerk/internal/basim/renegotiation"
)

// doors are the listener of the file host: each connection gets the TLS that the settings ask for when it comes.
type doors struct {
	net.Listener
	server *Server
}

// Accept waits for the next connection that is not reset at once.
func (d doors) Accept() (net.Conn, error) {
	for {
		connection, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if d.server.suffers(faultCutConnections) != "" {
			reset(connection)
			continue
		}
		settings := d.server.Settings()
		config := d.server.tlsConfig(settings)
		if settings.ClientCertificate == ClientCertificatePerDirectory {
			return &lateDoor{Conn: connection, server: d.server, config: config}, nil
		}
		return tls.Server(connection, config), nil
	}
}

// tlsConfig demands a certificate of the simulator's authority, valid by the simulator's clock and not revoked.
func (s *Server) tlsConfig(settings Settings) *tls.Config {
	versions := map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	certificate, ok := s.certificates[settings.ServerCertificate]
	if !ok {
		certificate = s.certificates[ServerCertificateGood]
	}
	config := &tls.Config{
		Certificates: []tls.Certificate{certificate},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    s.authority.pool(),
		MinVersion:   tls.VersionTLS12,
		MaxVersion:   s.highest,
		Time:         s.now,
		NextProtos:   []string{"http/1.1"},
		// A resumed session would be judged by the dates of the day it began.
		SessionTicketsDisabled: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			if _, ok := s.partnerOf(state.PeerCertificates[0]); !ok {
				return errors.New("the certificate is revoked or was never issued")
			}
			return nil
		},
	}
	if version, ok := versions[settings.MinTLS]; ok {
		config.MinVersion = version
	}
	if version, ok := versions[settings.MaxTLS]; ok {
		config.MaxVersion = version
	}
	return config
}

// connectionKey finds a request's connection in its context.
type connectionKey struct{}

func keepConnection(ctx context.Context, connection net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, connection)
}

// maxLateBody is how much of a request's body is kept while the client's certificate is asked for, as in Apache's default
// (SSLRenegBufferSize): a larger file must come over a connection that already knows who speaks.
const maxLateBody = 128 << 10

// clientCertificate returns the certificate of whoever sends the request, and asks for it where that has not happened. A status other
// than 0 refuses the request.
func clientCertificate(w http.ResponseWriter, r *http.Request) (*x509.Certificate, int) {
	late, ok := r.Context().Value(connectionKey{}).(*lateDoor)
	if !ok {
		return r.TLS.PeerCertificates[0], 0
	}
	speaker, ok := late.inner.(*renegotiation.Conn)
	if !ok {
		// TLS 1.3, of which the client knows no way to show a certificate now.
		return nil, http.StatusForbidden
	}
	if !speaker.Asked() {
		// The client's handshake comes after the body that it is sending.
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxLateBody))
		if err != nil {
			return nil, http.StatusRequestEntityTooLarge
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	chain, err := speaker.ClientCertificates(r.Context())
	if err != nil || len(chain) == 0 {
		return nil, http.StatusForbidden
	}
	return chain[0], 0
}

// lateDoor is a connection whose client is asked for its certificate when its first request is known. Which TLS it speaks depends on
// what the client offers.
type lateDoor struct {
	net.Conn
	server *Server
	config *tls.Config

	open  sync.Once
	inner net.Conn
	err   error
}

// Read reads what the client sends.
func (d *lateDoor) Read(p []byte) (int, error) {
	if err := d.greet(); err != nil {
		return 0, err
	}
	return d.inner.Read(p)
}

// Write writes to the client, which has spoken first.
func (d *lateDoor) Write(p []byte) (int, error) {
	if err := d.greet(); err != nil {
		return 0, err
	}
	return d.inner.Write(p)
}

// NetConn returns the connection below TLS.
func (d *lateDoor) NetConn() net.Conn { return d.Conn }

// greet reads what the client offers, and chooses the TLS to speak.
func (d *lateDoor) greet() error {
	d.open.Do(func() {
		hello, replay, err := peek(d.Conn)
		if err != nil {
			d.err = err
			return
		}
		config := d.config.Clone()
		newest := config.MaxVersion == 0 || config.MaxVersion >= tls.VersionTLS13
		for _, version := range hello.SupportedVersions {
			if version >= tls.VersionTLS13 && newest || config.MinVersion >= tls.VersionTLS13 {
				config.ClientAuth, config.VerifyConnection = tls.NoClientCert, nil
				d.inner = tls.Server(replay, config)
				return
			}
		}
		d.inner = renegotiation.Server(replay, renegotiation.Config{
			Certificate: config.Certificates[0],
			Authorities: []*x509.Certificate{d.server.authority.certificate},
			Verify:      d.server.verify,
		})
	})
	return d.err
}

// verify judges a client's certificates, the leaf first. Unlike crypto/tls it can say that one is revoked.
func (s *Server) verify(chain []*x509.Certificate) renegotiation.Alert {
	_, err := chain[0].Verify(x509.VerifyOptions{
		Roots: s.authority.pool(), CurrentTime: s.now(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	})
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return renegotiation.CertificateExpired
	}
	if err != nil {
		return renegotiation.UnknownAuthority
	}
	if _, ok := s.partnerOf(chain[0]); !ok {
		return renegotiation.CertificateRevoked
	}
	return renegotiation.NoAlert
}

// errPeeked ends the handshake of peek.
var errPeeked = errors.New("seen enough")

// peek returns what a client offers, and a connection on which it offers that again.
func peek(connection net.Conn) (*tls.ClientHelloInfo, net.Conn, error) {
	var hello *tls.ClientHelloInfo
	ear := &overheard{Conn: connection}
	err := tls.Server(ear, &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(offer *tls.ClientHelloInfo) (*tls.Config, error) { hello = offer; return nil, errPeeked },
	}).HandshakeContext(context.Background())
	if hello == nil {
		return nil, nil, err
	}
	return hello, replayed{connection, io.MultiReader(&ear.heard, connection)}, nil
}

// overheard is a connection that remembers what comes and says nothing.
type overheard struct {
	net.Conn
	heard bytes.Buffer
}

// Read reads and remembers.
func (l *overheard) Read(p []byte) (int, error) {
	n, err := l.Conn.Read(p)
	l.heard.Write(p[:n])
	return n, err
}

// Write lets nothing out.
func (*overheard) Write(p []byte) (int, error) { return len(p), nil }

// replayed is a connection that begins with what was already read from it.
type replayed struct {
	net.Conn
	from io.Reader
}

// Read reads what was read before, and then what comes.
func (r replayed) Read(p []byte) (int, error) { return r.from.Read(p) }
