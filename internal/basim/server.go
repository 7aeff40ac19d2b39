package basim

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// elsewhere is a host that the faults of form, links and redirects point to. Nobody can own its name (RFC 6761).
const (
	elsewhereHost = "elsewhere.invalid"
	elsewhere     = "https://" + elsewhereHost + "/"
)

// Server is a BA with its file host. It serves until Close.
type Server struct {
	*BA
	listener     net.Listener
	http         *http.Server
	certificates map[ServerCertificate]tls.Certificate
	highest      uint16
	ended        chan struct{}
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
	certificates, err := ba.authority.servers(opts.Names)
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
	s := &Server{BA: ba, listener: listener, certificates: certificates, highest: opts.MaxTLS, ended: make(chan struct{})}
	s.closing, s.close = context.WithCancel(context.Background())
	s.http = newHTTPServer(http.HandlerFunc(s.serve))
	s.http.ConnContext = keepConnection
	ba.tlsChanged = func() {
		// Ends all idle connections, which is all that it is used for.
		s.http.SetKeepAlivesEnabled(false)
		s.http.SetKeepAlivesEnabled(true)
	}
	go func() {
		defer close(s.ended)
		// The listener's end is Close; there is nobody else to tell.
		_ = s.http.Serve(doors{listener, s})
	}()
	return s, nil
}

// newHTTPServer returns a server with bounds on everything that a client could draw out. It speaks HTTP/1.1, as the BA's host does,
// which also lets a fault reset the connection.
func newHTTPServer(handler http.Handler) *http.Server {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Server{
		Handler: handler,
		// Also bounds the handshake, which on a busy machine takes its time.
		ReadHeaderTimeout: time.Minute,
		ReadTimeout:       2 * time.Minute,
		WriteTimeout:      5 * time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
		Protocols:         protocols,
		ErrorLog:          log.New(io.Discard, "", 0),
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
	certificate, status := clientCertificate(w, r)
	if status != 0 {
		refuse(w, status)
		return
	}
	partner, ok := s.partnerOf(certificate)
	if !ok {
		refuse(w, http.StatusForbidden)
		return
	}
	path, status := s.within(r.URL.Path, &partner)
	if status != 0 {
		refuse(w, status)
		return
	}
	name := strings.TrimPrefix(path, "/")
	folder, inFolder, isFolder := strings.Cut(name, "/")
	isFolder = isFolder && (folder == folderShared || folder == folderReports)
	switch {
	case path == s.Settings().uploadPath():
		s.upload(w, r, &partner)
	case path == "/in" || path == "/"+folderShared || path == "/"+folderReports || path == "":
		http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently) //nolint:gosec // one of four paths of this host
	case path == "/in/":
		s.read(w, r, func() { s.form(w, r) })
	case path == "/":
		s.read(w, r, func() { s.directory(w, r, s.Files(partner.ID), true) })
	case isFolder:
		s.read(w, r, func() { s.folderFile(w, r, partner.ID, folder, inFolder) })
	case r.Method == http.MethodDelete:
		s.remove(w, partner.ID, name)
	default:
		s.read(w, r, func() { download(w, r, s.Files(partner.ID), name) })
	}
}

// within returns a request's path inside the directory of the partner that asks: everything works directly and below /daten/<PartnerId>,
// unless the partner shares an e-mail address with another, and then below it only. A status other than 0 refuses.
func (s *Server) within(path string, partner *Partner) (rest string, status int) {
	const prefix = "/daten"
	if path != prefix && !strings.HasPrefix(path, prefix+"/") {
		if !partner.PrefixRequired {
			return path, 0
		}
		return path, s.unprefixed(partner)
	}
	rest, ok := strings.CutPrefix(path, prefix+"/"+partner.ID)
	if !ok || rest != "" && rest[0] != '/' {
		return "", http.StatusForbidden
	}
	return rest, 0
}

// unprefixed answers a partner that does without the prefix that it needs: with a status, or 0 for the directory of another partner,
// which the partner becomes.
func (s *Server) unprefixed(partner *Partner) int {
	switch s.Settings().Unprefixed {
	case UnprefixedNotFound:
		return http.StatusNotFound
	case UnprefixedForeign:
		for _, other := range s.Partners() {
			if other.ID != partner.ID {
				*partner = other
				return 0
			}
		}
	case UnprefixedForbidden:
	}
	return http.StatusForbidden
}

// read answers a listing, form or download, unless a fault is due.
func (s *Server) read(w http.ResponseWriter, r *http.Request, answer func()) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
		return
	}
	switch s.suffers(readFaults()...) {
	case faultCutReads:
		cut(w)
	case faultFailedReads:
		refuse(w, http.StatusServiceUnavailable)
	case faultForbiddenReads:
		refuse(w, http.StatusForbidden)
	case faultHalfReads:
		half(w)
	case faultGarbageReads:
		s.page(w, http.StatusOK, "Wartung", "<h1>Wartungsarbeiten</h1>\n<p>Bitte versuchen Sie es später erneut.</p>")
	case faultHugeReads:
		flood(w)
	case faultMovedReads:
		http.Redirect(w, r, elsewhere, http.StatusFound)
	default:
		answer()
	}
}

// folderFile answers for a folder beside the partner's files: its listing, or one of its files.
func (s *Server) folderFile(w http.ResponseWriter, r *http.Request, partnerID, folder, name string) {
	files, err := s.folder(partnerID, folder)
	switch {
	case err != nil:
		refuse(w, http.StatusInternalServerError)
	case name == "":
		s.directory(w, r, files, false)
	default:
		download(w, r, files, name)
	}
}

// remove deletes one file of the partner's directory.
func (s *Server) remove(w http.ResponseWriter, partnerID, name string) {
	switch {
	case s.Settings().RefuseDelete:
		w.Header().Set("Allow", "GET, HEAD")
		refuse(w, http.StatusMethodNotAllowed)
	case !s.removeFile(partnerID, name):
		refuse(w, http.StatusNotFound)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
}

// download sends the file of that name.
func download(w http.ResponseWriter, r *http.Request, files []File, name string) {
	i := slices.IndexFunc(files, func(f File) bool { return f.Name == name })
	if i < 0 {
		refuse(w, http.StatusNotFound)
		return
	}
	if files[i].Broken {
		refuse(w, http.StatusInternalServerError)
		return
	}
	types := map[string]string{
		".zip":  "application/zip",
		".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	}
	w.Header().Set("Content-Type", cmp.Or(types[path.Ext(name)], "application/xml"))
	http.ServeContent(w, r, name, files[i].Modified, bytes.NewReader(files[i].Body))
}

// refuse answers with a plain error page, as Apache does.
func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
	w.WriteHeader(status)
	name := http.StatusText(status)
	fmt.Fprint(w, "<!DOCTYPE HTML PUBLIC \"-//IETF//DTD HTML 2.0//EN\">\n<html><head>\n")
	fmt.Fprintf(w, "<title>%d %s</title>\n</head><body>\n<h1>%s</h1>\n</body></html>\n", status, name, name) //nolint:gosec // the status is ours
}

// cut resets the connection instead of answering.
func cut(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	reset(connection)
}

// reset ends a connection without a goodbye.
func reset(connection net.Conn) {
	for {
		secured, ok := connection.(interface{ NetConn() net.Conn })
		if !ok {
			break
		}
		connection = secured.NetConn()
	}
	if plain, ok := connection.(*net.TCPConn); ok {
		// Without lingering, closing sends a reset, and nothing of TLS's own goodbye.
		_ = plain.SetLinger(0)
	}
	_ = connection.Close()
}

// half begins an answer and resets the connection in the middle of it.
func half(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.Header().Set("Content-Length", "4096")
	fmt.Fprint(w, "<html><head><title>Index of /</title></head><body><pre>")
	// The client may be gone already.
	_ = http.NewResponseController(w).Flush()
	cut(w)
}

// flood answers with more than anybody wants to read.
func flood(w http.ResponseWriter) {
	const size = 65 << 20
	w.Header().Set("Content-Type", "text/html;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(size))
	block := bytes.Repeat([]byte(" "), 64<<10)
	for sent := 0; sent < size; sent += len(block) {
		if _, err := w.Write(block); err != nil {
			return
		}
	}
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
