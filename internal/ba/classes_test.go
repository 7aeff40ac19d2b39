package ba

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// alert is what crypto/tls makes of an alert: an integer type that it keeps to itself.
type alert uint8

func (a alert) Error() string { return fmt.Sprintf("alert %d", uint8(a)) }

func TestErrorsOfTheNetworkHaveAClass(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err      error
		bodyLeft bool
		class    Class
	}{
		"alert certificate_revoked":  {remote(44), false, ClassCertificateRevoked},
		"alert certificate_expired":  {remote(45), false, ClassCertificateExpired},
		"alert certificate_required": {remote(116), false, ClassCertificateRefused},
		"alert unknown_ca":           {remote(48), true, ClassCertificateRefused},
		"alert handshake_failure":    {remote(40), false, ClassTLS},
		"no such name":               {&net.DNSError{Err: "no such host", Name: "x", IsNotFound: true}, false, ClassDNS},
		"no answer about the name":   {&net.DNSError{Err: "i/o timeout", Name: "x", IsTimeout: true}, false, ClassDNS},
		"no route":                   {&net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH}, false, ClassConnectionRefused},
		"reset":                      {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, true, ClassConnectionCut},
		"end":                        {io.ErrUnexpectedEOF, true, ClassConnectionCut},
		"slow before the body":       {&net.OpError{Op: "dial", Err: context.DeadlineExceeded}, false, ClassTimeoutBeforeBody},
		"slow after the body":        {context.DeadlineExceeded, true, ClassTimeoutAfterBody},
		"second renegotiation":       {&net.OpError{Op: "local error", Err: alert(100)}, true, ClassTLS},
		"closed while idle":          {errors.New("http: server closed idle connection"), false, ClassConnectionCut},
		"malformed answer":           {errors.New("malformed HTTP response"), true, ClassGarbage},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wrapped := &url.Error{Op: "Get", URL: "https://x/", Err: test.err}

			got := classify(t.Context(), wrapped, test.bodyLeft)

			if got.Class != test.class || !errors.Is(got, test.err) {
				t.Errorf("got %v, want %q", got, test.class)
			}
		})
	}
}

func remote(number alert) error { return &net.OpError{Op: "remote error", Err: number} }

func TestEveryClassHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	all := []Class{
		ClassCertificateRefused, ClassCertificateExpired, ClassCertificateRevoked, ClassServerCertificate, ClassTLS, ClassDNS,
		ClassConnectionRefused, ClassConnectionCut, ClassHTTP4xx, ClassHTTP5xx, ClassErrorPage, ClassGarbage, ClassForeignListing,
		ClassTimeoutBeforeBody, ClassTimeoutAfterBody, ClassStopped, ClassElsewhere, ClassTooLarge,
	}
	var names []string
	for _, class := range all {
		code := class.Code()
		if slices.Contains(names, code.Name) {
			t.Errorf("%s shares the code %s", class, code.Name)
		}
		names = append(names, code.Name)
		for _, words := range []text.Text{code.Title, code.Detail, code.Hint} {
			if words.Empty() {
				t.Errorf("%s lacks words in a language", class)
			}
		}
	}
	if len(codes) != len(all) {
		t.Errorf("%d classes have words, %d are tested", len(codes), len(all))
	}
}

func TestAFaultTellsTheStatusInWords(t *testing.T) {
	t.Parallel()
	failure := fmt.Errorf("list: %w", &Error{Class: ClassHTTP5xx, Status: 503})
	found, ok := errors.AsType[*Error](failure)
	if !ok {
		t.Fatal("the class is lost")
	}

	got := found.Fault()

	if fault.KindOf(got) != fault.Unavailable || got.Code.Detail.Format(text.German, got.Args) != "Der Server der BA hat mit dem Status 503 geantwortet." {
		t.Errorf("got %v", got)
	}
}

func TestContainsKeepsToTheBaseURL(t *testing.T) {
	t.Parallel()
	client, err := New(Options{BaseURL: "https://hrbaxml.example/ba"})
	if err != nil {
		t.Fatal(err)
	}
	for raw, want := range map[string]bool{
		"https://hrbaxml.example/ba/":                true,
		"https://HRBAXML.example:443/ba/in/up.php?x": true,
		"https://hrbaxml.example/ba":                 true,
		"https://hrbaxml.example/bad/":               false,
		"https://hrbaxml.example/":                   false,
		"https://hrbaxml.example/ba/../geheim":       false,
		"https://hrbaxml.example/ba/%2e%2e/geheim":   false,
		"https://hrbaxml.example/ba/..%2fgeheim":     false,
		"https://hrbaxml.example:8443/ba/":           false,
		"https://user@hrbaxml.example/ba/":           false,
		"http://hrbaxml.example/ba/":                 false,
		"https://hrbaxml.example.org/ba/":            false,
		"https:ba/":                                  false,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := client.contains(u); got != want {
			t.Errorf("%s: got %v", raw, got)
		}
	}
}

func TestPagesAreReadInTheirCharset(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ contentType, body string }{
		"UTF-8 by header":          {"text/html; charset=utf-8", "Übermittlung"},
		"UTF-8 by its look":        {"", "Übermittlung"},
		"ISO-8859-1 by header":     {"text/html; charset=ISO-8859-1", "\xdcbermittlung"},
		"ISO-8859-1 for want of a": {"text/html", "\xdcbermittlung"},
	} {
		if got := string(decode(test.contentType, []byte(test.body))); got != "Übermittlung" {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestOnceBodyLetsNothingOutAfterItsSeal(t *testing.T) {
	t.Parallel()
	body := &onceBody{rest: bytes.NewReader([]byte("content"))}

	if left := body.seal(); left {
		t.Error("something left before the first read")
	}
	if n, err := body.Read(make([]byte, 10)); n != 0 || err == nil {
		t.Errorf("%d bytes left after the seal, %v", n, err)
	}
}

func FuzzReadListing(f *testing.F) {
	f.Add(`<title>Index of /</title><a href="ESV000123400_2026-11-24_09-30-00.xml">x</a> 24-Nov-2026 09:41 4.5K`)
	f.Add(`<pre><a href="?C=N;O=D">Name</a><a href="..%2f..%2fetc">x</a><a href="\\host\x">x</a><a href="//h/x">x</a>`)
	f.Add(`<table><tr><td><a href="/a.xml">a</a><td>2026-11-24 09:41<td>-`)
	at := &url.URL{Scheme: "https", Host: "hrbaxml.example", Path: "/"}
	f.Fuzz(func(t *testing.T, body string) {
		root, err := parsePage("", []byte(body))
		if err != nil {
			return
		}
		entries, err := readListing(at, root, time.UTC)
		if err != nil {
			return
		}
		for _, entry := range entries {
			if !validName(entry.Name) || slices.ContainsFunc([]rune(entry.Name), unicode.IsControl) {
				t.Errorf("the name %q came through", entry.Name)
			}
			if back := at.JoinPath(url.PathEscape(entry.Name)); back.Path != "/"+entry.Name {
				t.Errorf("the name %q would be asked for as %s", entry.Name, back)
			}
		}
	})
}

func FuzzReadForm(f *testing.F) {
	f.Add(`<form action="upload.php"><input type="file" name="upload"></form>`)
	f.Add(`<title>HRBAXML File Upload</title>`)
	f.Add(`<form action="//example.org/"><input type=hidden name=a value=b><input type=file><button name=x>`)
	f.Add(`<form action="https://hrbaxml.example@example.org/in/"><input type="FILE">`)
	client, err := New(Options{BaseURL: "https://hrbaxml.example/"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		root, err := parsePage("", []byte(body))
		if err != nil {
			return
		}
		form, err := readForm(client.base.JoinPath("in/"), root)
		if err != nil {
			return
		}
		if client.contains(form.action) && form.action.Host != "hrbaxml.example" && form.action.Host != "hrbaxml.example:443" {
			t.Errorf("the action %s is let through", form.action)
		}
		if _, _, err := form.encode("DSV000123400_2026-11-24_09-30-00.xml", []byte("<a/>")); err != nil {
			t.Errorf("cannot be sent: %v", err)
		}
	})
}
