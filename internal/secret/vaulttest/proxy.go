package vaulttest

import (
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Proxy stands between Vault and the program under test: it speaks TLS, counts, and fails when it is told to.
type Proxy struct {
	// URL is its address; CAFile a PEM file with the only authority that knows it.
	URL, CAFile string

	mu    sync.Mutex
	fault func(w http.ResponseWriter, r *http.Request) bool
	asked map[string]int
}

func newProxy(t *testing.T, target string) *Proxy {
	t.Helper()
	address, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{asked: map[string]int{}}
	quiet := log.New(io.Discard, "", 0)
	through := &httputil.ReverseProxy{
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(address) },
		ErrorLog: quiet,
		// Where Vault is away, nobody answers.
		ErrorHandler: func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) },
	}
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !p.fail(w, r) {
			through.ServeHTTP(w, r)
		}
	}))
	server.Config.ErrorLog = quiet
	server.StartTLS()
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	p.URL, p.CAFile = server.URL, filepath.Join(t.TempDir(), "ca.pem")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(p.CAFile, block, 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *Proxy) fail(w http.ResponseWriter, r *http.Request) bool {
	p.mu.Lock()
	for path := strings.TrimPrefix(r.URL.Path, "/v1/"); ; {
		p.asked[path]++
		cut := strings.LastIndexByte(path, '/')
		if cut < 0 {
			break
		}
		path = path[:cut]
	}
	fault := p.fault
	p.mu.Unlock()
	return fault != nil && fault(w, r)
}

// Asked returns how often a path or one below it was asked for, such as auth/approle/login.
func (p *Proxy) Asked(path string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.asked[path]
}

// Fail has every request go through fault first, which reports whether it has dealt with it; nil mends everything.
func (p *Proxy) Fail(fault func(w http.ResponseWriter, r *http.Request) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = fault
}

// Away is a fault: the connection breaks without an answer.
func Away(http.ResponseWriter, *http.Request) bool { panic(http.ErrAbortHandler) }

// Silent is a fault: no answer comes for as long as the caller waits.
func Silent(_ http.ResponseWriter, r *http.Request) bool {
	_, _ = io.Copy(io.Discard, r.Body) // the server notices that a caller leaves only once the body is read
	<-r.Context().Done()
	return true
}

// Broken is a fault: Vault answers with a failure of its own.
func Broken(w http.ResponseWriter, _ *http.Request) bool {
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = io.WriteString(w, `{"errors":["internal error"]}`)
	return true
}

// LostAnswer returns a fault for one method: Vault does what is asked, and its answer never arrives.
func (s *Server) LostAnswer(t *testing.T, method string) func(http.ResponseWriter, *http.Request) bool {
	t.Helper()
	return func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method != method {
			return false
		}
		copied := r.Clone(r.Context())
		target, err := url.Parse(s.hello.Address)
		if err != nil {
			t.Error(err)
			return false
		}
		copied.RequestURI, copied.URL.Scheme, copied.URL.Host = "", target.Scheme, target.Host
		if answer, err := http.DefaultTransport.RoundTrip(copied); err == nil {
			_ = answer.Body.Close()
		}
		panic(http.ErrAbortHandler)
	}
}
