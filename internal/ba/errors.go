package ba

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"reflect"
	"strconv"
	"strings"
	"syscall"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// Class is one way in which talking to the BA fails. Code gives its words; a class whose code is of the kind fault.Unavailable may
// pass by itself, the others need somebody to do something.
type Class string

// The classes.
const (
	// ClassCertificateRefused means that the host does not accept the client certificate, and does not say more.
	ClassCertificateRefused Class = "certificate_refused"
	// ClassCertificateExpired means that the host says the client certificate has expired.
	ClassCertificateExpired Class = "certificate_expired"
	// ClassCertificateRevoked means that the host says the client certificate was revoked.
	ClassCertificateRevoked Class = "certificate_revoked"
	// ClassServerCertificate means that the host could not prove that it is the BA.
	ClassServerCertificate Class = "server_certificate"
	// ClassTLS is any other failure to agree on an encrypted connection.
	ClassTLS Class = "tls"
	// ClassDNS means that the host's name has no address.
	ClassDNS Class = "dns"
	// ClassConnectionRefused means that no connection could be opened.
	ClassConnectionRefused Class = "connection_refused"
	// ClassConnectionCut means that the connection ended in the middle.
	ClassConnectionCut Class = "connection_cut"
	// ClassHTTP4xx is an answer with a status of 400 to 499.
	ClassHTTP4xx Class = "http_4xx"
	// ClassHTTP5xx is an answer with a status of 500 to 599.
	ClassHTTP5xx Class = "http_5xx"
	// ClassErrorPage is the page titled ERROR: the BA did not take the file.
	ClassErrorPage Class = "error_page"
	// ClassGarbage is an answer that is not what was asked for.
	ClassGarbage Class = "garbage"
	// ClassForeignListing is a directory that holds only other partners' files.
	ClassForeignListing Class = "foreign_listing"
	// ClassTimeoutBeforeBody means that the time ran out before any byte of a file had left.
	ClassTimeoutBeforeBody Class = "timeout_before_body"
	// ClassTimeoutAfterBody means that the time ran out when bytes of the file had left.
	ClassTimeoutAfterBody Class = "timeout_after_body"
	// ClassStopped means that we broke off ourselves, for a shutdown.
	ClassStopped Class = "stopped"
	// ClassElsewhere is a form, link or redirect that leads away from the configured host and path.
	ClassElsewhere Class = "redirect_elsewhere"
	// ClassTooLarge is a page or file beyond its limit.
	ClassTooLarge Class = "too_large"
)

// Error is a failure of one call, with its class.
type Error struct {
	Class Class
	// Status is the HTTP status of the answer, or 0 without one.
	Status int
	// Detail is what is known beyond the class, in English, for logs and support.
	Detail string
	// Err is the cause, if there is one.
	Err error
}

// Error names class, status and cause, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("BA: ")
	b.WriteString(string(e.Class))
	if e.Status != 0 {
		fmt.Fprintf(&b, " (status %d)", e.Status)
	}
	if e.Detail != "" {
		b.WriteString(": " + e.Detail)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Fault returns the failure with its words in German and English.
func (e *Error) Fault() *fault.Error {
	return e.Class.Code().Because(e, fault.Args{"status": strconv.Itoa(e.Status)})
}

// ClassOf returns the class of the *Error in err, and "" if there is none.
func ClassOf(err error) Class {
	if found, ok := errors.AsType[*Error](err); ok {
		return found.Class
	}
	return ""
}

// checkStatus returns nil for 2xx.
func checkStatus(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 400 && status < 500:
		return &Error{Class: ClassHTTP4xx, Status: status}
	case status >= 500 && status < 600:
		return &Error{Class: ClassHTTP5xx, Status: status}
	case status >= 300 && status < 400:
		return &Error{Class: ClassElsewhere, Status: status, Detail: "a redirect that cannot be followed"}
	default:
		return &Error{Class: ClassGarbage, Status: status}
	}
}

// classify makes an *Error of what net/http returned. bodyLeft says whether bytes of a file may have left us.
func classify(ctx context.Context, err error, bodyLeft bool) *Error {
	if found, ok := errors.AsType[*Error](err); ok {
		return found
	}
	return &Error{Class: classOf(ctx, err, bodyLeft), Err: err}
}

func classOf(ctx context.Context, err error, bodyLeft bool) Class {
	if errors.Is(err, errElsewhere) {
		return ClassElsewhere
	}
	if class, ok := alertClass(err); ok {
		return class
	}
	if isServerCertificate(err) {
		return ClassServerCertificate
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return ClassStopped
	}
	if _, ok := errors.AsType[*net.DNSError](err); ok {
		return ClassDNS
	}
	if isTimeout(err) {
		if bodyLeft {
			return ClassTimeoutAfterBody
		}
		return ClassTimeoutBeforeBody
	}
	// A host that takes a connection and cuts it at once can do so before the dial is over.
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" && !errors.Is(err, syscall.ECONNRESET) {
		return ClassConnectionRefused
	}
	if isTLS(err) {
		return ClassTLS
	}
	if isCut(err) {
		return ClassConnectionCut
	}
	return ClassGarbage
}

// alertClass reads the TLS alert that the host sent, whose numbers are those of RFC 8446, section 6. crypto/tls keeps the type of
// alerts to itself, so the number is read by reflection: the texts may change from release to release, the numbers may not.
func alertClass(err error) (Class, bool) {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return "", false
	}
	value := reflect.ValueOf(op.Err)
	if value.Kind() != reflect.Uint8 {
		return ClassTLS, true
	}
	switch value.Uint() {
	case 44: // certificate_revoked
		return ClassCertificateRevoked, true
	case 45: // certificate_expired
		return ClassCertificateExpired, true
	case 42, 43, 46, 48, 49, 116: // bad, unsupported, unknown, unknown_ca, access_denied, certificate_required
		return ClassCertificateRefused, true
	default:
		return ClassTLS, true
	}
}

// isServerCertificate reports whether we refused the certificate of the host.
func isServerCertificate(err error) bool {
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return true
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return true
	}
	_, ok := errors.AsType[x509.UnknownAuthorityError](err)
	return ok
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}

// isTLS reports whether crypto/tls gave up. Most of its errors have no type, only the prefix of the package.
func isTLS(err error) bool {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return true
	}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "local error" {
		return true
	}
	return strings.Contains(err.Error(), "tls: ") || errors.Is(err, http.ErrSchemeMismatch)
}

// isCut reports whether the connection ended. One that the host closed just before our request has an error without type.
func isCut(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	_, ok := errors.AsType[*net.OpError](err)
	return ok || strings.Contains(err.Error(), "server closed idle connection")
}
