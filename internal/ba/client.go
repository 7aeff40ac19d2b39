// Package ba is the client of the file host of the Bundesagentur für Arbeit (BA): it uploads HR-BA-XML files, lists and downloads
// what the BA answers, each employer under its own client certificate. It trusts nothing that the host says: links, forms and
// redirects stay on the host and path that were configured, pages and files are capped, and an answer that leaves open whether a
// file was taken is told apart from every other one.
package ba

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"
)

// The time that one call may take when Options does not say.
const (
	defaultPageTimeout     = 30 * time.Second
	defaultTransferTimeout = 5 * time.Minute
)

// Options says how the BA's file host is reached, the same for every employer.
type Options struct {
	// BaseURL is the address of the host's top directory, with https: https://hrbaxml.arbeitsagentur.de/ in production. Nothing
	// outside its scheme, host and path is ever asked.
	BaseURL string
	// ExtraRoots are certificate authorities that are trusted for the host besides the system's and those in the .p12 files.
	ExtraRoots []*x509.Certificate
	// MaxTLS is the highest TLS version that is offered, such as tls.VersionTLS12; zero is the highest there is. A host that asks
	// for the client certificate per directory needs 1.2, for Go knows no post-handshake authentication of TLS 1.3.
	MaxTLS uint16
	// PageTimeout bounds a call that fetches a page: the listing, the upload form, a deletion. Zero is 30 seconds.
	PageTimeout time.Duration
	// TransferTimeout bounds the upload or download of one file. Zero is 5 minutes.
	TransferTimeout time.Duration
	// Zone is where the clock hangs by which the host dates its files; nil is UTC.
	Zone *time.Location
	// Watch is told of every call before it is made, and what it returns when the call is over; nil tells nobody.
	Watch Watch
}

// Watch hears that a call begins: list, upload_page, upload, download or delete. It returns the context for the call, and what is to be
// told at its end: the class of the failure, empty when there was none.
type Watch func(ctx context.Context, call string) (context.Context, func(Class))

// unwatched tells nobody.
func unwatched(ctx context.Context, _ string) (context.Context, func(Class)) {
	return ctx, func(Class) {}
}

// Client makes sessions with one file host. It is safe for concurrent use.
type Client struct {
	base            *url.URL
	roots           *x509.CertPool
	maxTLS          uint16
	pageTimeout     time.Duration
	transferTimeout time.Duration
	zone            *time.Location
	watch           Watch
}

// New returns a client of the host that the options name.
func New(opts Options) (*Client, error) {
	base, err := parseBase(opts.BaseURL)
	if err != nil {
		return nil, fmt.Errorf("read the BA's base URL: %w", err)
	}
	roots, err := x509.SystemCertPool()
	if err != nil {
		return nil, fmt.Errorf("load the system's certificate authorities: %w", err)
	}
	for _, root := range opts.ExtraRoots {
		roots.AddCert(root)
	}
	client := &Client{
		base:            base,
		roots:           roots,
		maxTLS:          opts.MaxTLS,
		pageTimeout:     opts.PageTimeout,
		transferTimeout: opts.TransferTimeout,
		zone:            opts.Zone,
		watch:           opts.Watch,
	}
	if client.watch == nil {
		client.watch = unwatched
	}
	if client.pageTimeout == 0 {
		client.pageTimeout = defaultPageTimeout
	}
	if client.transferTimeout == 0 {
		client.transferTimeout = defaultTransferTimeout
	}
	if client.zone == nil {
		client.zone = time.UTC
	}
	return client, nil
}

// parseBase accepts an absolute https URL of a directory and makes it end in a slash.
func parseBase(raw string) (*url.URL, error) {
	base, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	switch {
	case base.Scheme != "https":
		return nil, errors.New("it must begin with https://")
	case base.Host == "":
		return nil, errors.New("it names no host")
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("it must be only scheme, host and path")
	}
	if !strings.HasSuffix(base.Path, "/") {
		base = base.JoinPath("/")
	}
	return base, nil
}

// PathMode says where on the host an employer's directory lies. The BA demands the long form when it issued several certificates
// to one e-mail address, and accepts it otherwise.
type PathMode string

// The path modes.
const (
	// PathUnknown means that nobody has looked yet; until somebody has, it works like PathPlain.
	PathUnknown PathMode = "unknown"
	// PathPlain is the top directory itself: /.
	PathPlain PathMode = "plain"
	// PathPrefixed is /daten/<PartnerId>/.
	PathPrefixed PathMode = "prefixed"
)

// Identity is who speaks to the BA.
type Identity struct {
	// PartnerID is the Supplier-ID: one of A, P, V, K and nine digits.
	PartnerID string
	// Certificate is the client certificate with its key; it may carry intermediate certificates behind the leaf.
	Certificate tls.Certificate
	// Authorities are the certificate authorities that came in the .p12: the BA's own server certificate may chain to them.
	Authorities []*x509.Certificate
	// PathMode is what an earlier session found, or PathUnknown.
	PathMode PathMode
}

// partnerID is the form of a PartnerId. It goes into paths, so nothing else is let through.
var partnerID = regexp.MustCompile(`^[APVK][0-9]{9}$`)

// Session speaks to the host as one employer, over connections and with trusted authorities of its own. It is safe for concurrent
// use. Close it when the certificate is replaced.
type Session struct {
	client    *Client
	partnerID string
	mode      atomic.Value // of PathMode
	transport *http.Transport
	http      *http.Client
}

// Session opens a session; nothing is sent yet.
func (c *Client) Session(id Identity) (*Session, error) {
	if !partnerID.MatchString(id.PartnerID) {
		return nil, fmt.Errorf("open session with the BA: %q is not a PartnerId", id.PartnerID)
	}
	switch id.PathMode {
	case PathUnknown, PathPlain, PathPrefixed:
	default:
		return nil, fmt.Errorf("open session with the BA: unknown path mode %q", id.PathMode)
	}
	if len(id.Certificate.Certificate) == 0 {
		return nil, errors.New("open session with the BA: no client certificate")
	}
	transport := c.transport(id)
	s := &Session{
		client:    c,
		partnerID: id.PartnerID,
		transport: transport,
		http:      &http.Client{Transport: transport, CheckRedirect: c.checkRedirect},
	}
	s.mode.Store(id.PathMode)
	return s, nil
}

// PathMode returns the path mode in use: the one of the Identity, or what Probe, List, Upload or Download found since. Whoever keeps the
// mode compares it after use.
func (s *Session) PathMode() PathMode {
	mode, _ := s.mode.Load().(PathMode)
	return mode
}

// Close gives up the session's idle connections.
func (s *Session) Close() { s.transport.CloseIdleConnections() }

// directory returns the address of the employer's own directory in one path mode.
func (s *Session) directory(mode PathMode) *url.URL {
	if mode == PathPrefixed {
		return s.client.base.JoinPath("daten", s.partnerID+"/")
	}
	return s.client.base
}
