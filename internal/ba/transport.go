package ba

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"
)

// Limits on everything that the host sends or asks for.
const (
	maxPageBytes    = 1 << 20
	maxHeaderBytes  = 256 << 10
	maxRedirects    = 5
	dialTimeout     = 15 * time.Second
	idleConnTimeout = 30 * time.Second
)

// userAgent tells the BA's administrators who is asking.
const userAgent = "Stellwerk (HR-BA-XML client)"

// errElsewhere means that a link, a form or a redirect leads away from the configured scheme, host and path.
var errElsewhere = errors.New("it leads away from the configured host and path")

// transport returns connections of their own for one identity: HTTP/1.1 over TLS 1.2 or newer, trusting the system's authorities,
// those of the options and those of the .p12.
func (c *Client) transport(id Identity) *http.Transport {
	roots := c.roots.Clone()
	for _, authority := range id.Authorities {
		roots.AddCert(authority)
	}
	return &http.Transport{
		Proxy:       http.ProxyFromEnvironment,
		DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig: &tls.Config{
			MinVersion: tls.VersionTLS12,
			MaxVersion: c.maxTLS,
			RootCAs:    roots,
			// An Apache with client certificates per directory asks for one only when the path is known.
			Renegotiation: tls.RenegotiateOnceAsClient,
			// Always shown, even when the host's list of wanted authorities does not name the issuer: the host's own refusal says
			// more than "no certificate".
			GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				return &id.Certificate, nil
			},
		},
		TLSHandshakeTimeout:    dialTimeout,
		IdleConnTimeout:        idleConnTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    2,
		// A compressed page could unpack to more than the caps mean.
		DisableCompression: true,
	}
}

// contains reports whether u lies on the scheme, host and path prefix of the base URL.
func (c *Client) contains(u *url.URL) bool {
	if u.Scheme != c.base.Scheme || u.User != nil || u.Opaque != "" {
		return false
	}
	if !strings.EqualFold(u.Hostname(), c.base.Hostname()) || port(u) != port(c.base) {
		return false
	}
	cleaned := path.Clean("/" + u.Path)
	return cleaned+"/" == c.base.Path || strings.HasPrefix(cleaned, c.base.Path)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	return "443"
}

// checkRedirect follows a few redirects inside the base URL and no other.
func (c *Client) checkRedirect(next *http.Request, via []*http.Request) error {
	if !c.contains(next.URL) {
		return fmt.Errorf("redirect to %s: %w", next.URL.Redacted(), errElsewhere)
	}
	if len(via) > maxRedirects {
		return fmt.Errorf("more than %d redirects: %w", maxRedirects, errElsewhere)
	}
	return nil
}

// answer is a response whose body was read whole.
type answer struct {
	url    *url.URL
	status int
	header http.Header
	body   []byte
}

// do sends one request and reads at most limit bytes of the answer; more are an error.
func (s *Session) do(req *http.Request, limit int64) (answer, error) {
	req.Header.Set("User-Agent", userAgent)
	resp, err := s.http.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	got := answer{url: resp.Request.URL, status: resp.StatusCode, header: resp.Header}
	got.body, err = io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if err != nil {
		return got, fmt.Errorf("read the answer: %w", err)
	}
	if int64(len(got.body)) > limit {
		return got, &Error{Class: ClassTooLarge, Status: got.status, Detail: fmt.Sprintf("more than %d bytes", limit)}
	}
	return got, nil
}

// fetch sends a request without a body and returns the answer if its status is 2xx.
func (s *Session) fetch(ctx context.Context, method string, at *url.URL, limit int64) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, at.String(), http.NoBody)
	if err != nil {
		return answer{}, fmt.Errorf("make request: %w", err)
	}
	got, err := s.do(req, limit)
	if got.status != 0 {
		// Whatever is wrong with the page of a 404, it stays a 404.
		if statusErr := checkStatus(got.status); statusErr != nil {
			return got, statusErr
		}
	}
	if err != nil {
		return got, classify(ctx, err, false)
	}
	return got, nil
}
