package basim

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"
)

// Server is a BA with its file host. It serves until Close.
type Server struct {
	*BA
	listener net.Listener
	http     *http.Server
	ended    chan struct{}
	// closing ends slow answers when the server closes.
	closing context.Context
	close   context.CancelFunc
}

// Start opens the BA of the options and serves its file host over mutual TLS.
func Start(opts Options) (*Server, error) {
	ba, err := Open(opts)
	if err != nil {
		return nil, err
	}
	certificate, err := ba.authority.server(opts.Names)
	if err != nil {
		return nil, err
	}
	address := opts.Listen
	if address == "" {
		address = "127.0.0.1:0"
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the file host: %w", err)
	}
	s := &Server{BA: ba, listener: listener, ended: make(chan struct{})}
	s.closing, s.close = context.WithCancel(context.Background())
	s.http = newHTTPServer(http.HandlerFunc(s.serve))
	s.http.TLSConfig = ba.tlsConfig(certificate, opts.MaxTLS)
	go func() {
		defer close(s.ended)
		// The listener's end is Close; there is nobody else to tell.
		_ = s.http.ServeTLS(listener, "", "")
	}()
	return s, nil
}

// newHTTPServer returns a server with bounds on everything that a client could draw out. It speaks HTTP/1.1, as the BA's host does,
// which also lets a fault reset the connection.
func newHTTPServer(handler http.Handler) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       2 * time.Minute,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		Protocols:         protocols,
		ErrorLog:          log.New(io.Discard, "", 0),
	}
}

// tlsConfig demands a certificate of the simulator's authority, valid by the simulator's clock and not revoked.
func (b *BA) tlsConfig(certificate tls.Certificate, highest uint16) *tls.Config {
	pool := x509.NewCertPool()
	pool.AddCert(b.authority.certificate)
	return &tls.Config{
		Certificates: []tls.Certificate{certificate},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    pool,
		MinVersion:   tls.VersionTLS12,
		MaxVersion:   highest,
		Time:         b.now,
		// A resumed session would be judged by the dates of the day it began.
		SessionTicketsDisabled: true,
		VerifyConnection: func(state tls.ConnectionState) error {
			if _, ok := b.partnerOf(state.PeerCertificates[0]); !ok {
				return errors.New("the certificate is revoked or was never issued")
			}
			return nil
		},
	}
}

// URL returns the file host's base URL, with a slash at its end.
func (s *Server) URL() string { return "https://" + reachable(s.listener.Addr().String()) + "/" }

// reachable names an address that can be dialled for one that is listened on: loopback instead of all interfaces.
func reachable(address string) string {
	host, port, err := net.SplitHostPort(address)
	if err != nil || !net.ParseIP(host).IsUnspecified() {
		return address
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// Close ends all connections and keeps what Options.Dir should remember.
func (s *Server) Close() error {
	s.close()
	err := s.http.Close()
	<-s.ended
	return errors.Join(err, s.BA.Close())
}

// serve answers one request: who asks, in which directory, for what.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	partner, ok := s.partnerOf(r.TLS.PeerCertificates[0])
	if !ok {
		refuse(w, http.StatusForbidden)
		return
	}
	path, ok := within(r.URL.Path, &partner)
	if !ok {
		refuse(w, http.StatusForbidden)
		return
	}
	name := strings.TrimPrefix(path, "/")
	switch {
	case path == "/in/upload.php":
		s.upload(w, r, &partner)
	case path == "/in" || path == "/"+folderShared || path == "/"+folderReports || path == "":
		http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently) //nolint:gosec // one of four paths of this host
	case path == "/in/":
		s.read(w, r, func() { s.form(w, r) })
	case path == "/":
		s.read(w, r, func() { s.directory(w, r, s.Files(partner.ID), true) })
	case path == "/"+folderShared+"/", path == "/"+folderReports+"/":
		s.read(w, r, func() { s.directory(w, r, nil, false) })
	case r.Method == http.MethodDelete:
		if !s.removeFile(partner.ID, name) {
			refuse(w, http.StatusNotFound)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		s.read(w, r, func() { s.download(w, r, partner.ID, name) })
	}
}

// within returns a request's path inside the partner's directory: everything works directly and below /daten/<PartnerId>, unless the
// partner shares an e-mail address with another, and then below it only. False means that the directory is not the partner's.
func within(path string, partner *Partner) (string, bool) {
	const prefix = "/daten"
	if path != prefix && !strings.HasPrefix(path, prefix+"/") {
		return path, !partner.PrefixRequired
	}
	rest, ok := strings.CutPrefix(path, prefix+"/"+partner.ID)
	if !ok || rest != "" && rest[0] != '/' {
		return "", false
	}
	return rest, true
}

// read answers a listing, form or download, unless a fault is due.
func (s *Server) read(w http.ResponseWriter, r *http.Request, answer func()) {
	switch {
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
	case s.suffers(&s.faults.CutReads):
		cut(w)
	case s.suffers(&s.faults.FailedReads):
		refuse(w, http.StatusServiceUnavailable)
	default:
		answer()
	}
}

// download sends one file of the partner's directory.
func (s *Server) download(w http.ResponseWriter, r *http.Request, partnerID, name string) {
	file, ok := s.file(partnerID, name)
	if !ok {
		refuse(w, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	http.ServeContent(w, r, file.Name, file.Modified, strings.NewReader(string(file.Body)))
}

// refuse answers with a plain error page, as Apache does.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
	w.WriteHeader(status)
	name := http.StatusText(status)
	fmt.Fprint(w, "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n")
	fmt.Fprintf(w, "<title>%d %s</title>\n</head><body>\n<h1>%s</h1>\n</body></html>\n", status, name, name)
}

// cut resets the connection instead of answering.
func cut(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	if secured, ok := connection.(*tls.Conn); ok {
		connection = secured.NetConn()
	}
	if plain, ok := connection.(*net.TCPConn); ok {
		// Without lingering, closing sends a reset, and nothing of TLS's own goodbye.
		_ = plain.SetLinger(0)
	}
	_ = connection.Close()
}

// wait lets a slow answer wait, and reports whether anybody is still there.
func (s *Server) wait(r *http.Request) bool {
	slow := time.NewTimer(s.Faults().Slow.or(time.Minute))
	defer slow.Stop()
	select {
	case <-slow.C:
		return true
	case <-r.Context().Done():
	case <-s.closing.Done():
	}
	return false
}
