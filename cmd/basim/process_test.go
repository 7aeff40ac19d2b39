package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

// program returns a command that runs the program as a process of its own.
func program(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// startProgram starts basim serve on free ports; it ends when the test does, by closing its standard input.
func startProgram(t *testing.T, dir string) serving {
	t.Helper()
	cmd := program(context.WithoutCancel(t.Context()), "serve", "--dir", dir, "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--until-stdin-closes")
	cmd.Stderr = t.Output()
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ready serving
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &ready)
	}
	if err != nil {
		t.Fatalf("read the line of a ready simulator: %v (%q)", err, line)
	}
	t.Cleanup(func() {
		if err := errors.Join(stdin.Close(), cmd.Wait()); err != nil {
			t.Errorf("the simulator ended badly: %v", err)
		}
	})
	return ready
}

// TestTheExamplesOfTheDocumentation runs every shell example of docs/simulator.md, in their order and in one shell.
func TestTheExamplesOfTheDocumentation(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "simulator.md"))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	running := startProgram(t, filepath.Join(dir, "demo"))
	script := "set -eu\nbasim() { " + asProgram + "=1 \"$BASIM\" \"$@\"; }\n"
	for _, example := range regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(page), -1) {
		script += strings.NewReplacer("https://127.0.0.1:8443/", running.URL, "http://127.0.0.1:8444/", running.Control).Replace(example[1])
	}
	shell := exec.CommandContext(t.Context(), "sh", "-c", script)
	shell.Dir = dir
	shell.Env = append(os.Environ(), "BASIM="+os.Args[0])

	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}

	for _, want := range []string{
		`"pin":"4711"`, "<title>SUCCESS</title>", "<title>Index of /</title>", "FLR_JCValid_033", "99001-2026000001-S", `"cut_after_storing": 1`,
		`"delay": "500ms"`, `"not_supervised": true`, `"success": "blank"`, `"unavailable": 0.05`, "_dkz_vam_ve", "<title>HRBAXML File Upload</title>",
		`"client_certificate": "per_directory"`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the examples' output lacks %s", want)
		}
	}
	if n := strings.Count(string(out), "<title>HRBAXML File Upload</title>"); n != 2 {
		t.Errorf("the form came %d times, want once with PEM files and once by renegotiation", n)
	}
	if book, err := os.ReadFile(filepath.Join(dir, "ads.xlsx")); err != nil || !strings.HasPrefix(string(book), "PK") {
		t.Errorf("the workbook begins with %.4q (%v)", book, err)
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}

// TestABrowserLikeClientFindsItsWay uses the host as people do: by the first form of a page and by the text of links.
func TestABrowserLikeClientFindsItsWay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	running := startProgram(t, filepath.Join(dir, "state"))
	browser := newBrowser(t, dir)
	const name = "DSV000123400_2026-11-24_09-30-00.xml"

	form := browser.get(running.URL + "in/")
	answer := browser.submit(form, name, "")
	listing := browser.get(running.URL)
	feedback := browser.get(listing.link("ESV000123400_2026-11..>"))
	shared := browser.get(listing.link("sonstiges/"))
	reports := browser.get(listing.link("Statistiken/"))
	book := browser.get(reports.link("Validierungsfehler_V..>"))

	if title := form.title(); title != "HRBAXML File Upload" {
		t.Errorf("the form's title is %q", title)
	}
	if title := answer.title(); title != "SUCCESS" {
		t.Errorf("the answer's title is %q", title)
	}
	if !strings.Contains(feedback.source, "FLR_JCValid_090") {
		t.Errorf("feedback: %s", feedback.source)
	}
	if title := shared.title(); title != "Index of /sonstiges" {
		t.Errorf("the shared folder's title is %q", title)
	}
	if !strings.HasPrefix(book.source, "PK") {
		t.Errorf("the workbook begins with %.4q", book.source)
	}
	if up := browser.get(shared.link("Parent Directory")); up.title() != "Index of /" {
		t.Errorf("the way up leads to %q", up.title())
	}
}

// browser is a client that knows a .p12 and trusts nothing but the authority inside it.
type browser struct {
	t      *testing.T
	client *http.Client
}

func newBrowser(t *testing.T, dir string) browser {
	t.Helper()
	file := filepath.Join(dir, "browser.p12")
	code, _, errOut := call(t, "issue", "--dir", filepath.Join(dir, "state"), "--supplier", "V000123400", "--alliance", "99001", "--pin", "1", "--out", file)
	if code != cli.ExitOK {
		t.Fatal(errOut)
	}
	sealed, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	key, leaf, chain, err := pkcs12.DecodeChain(sealed, "1")
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	for _, ca := range chain {
		roots.AddCert(ca)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{leaf.Raw}, PrivateKey: key}}, RootCAs: roots, MinVersion: tls.VersionTLS12,
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return browser{t, &http.Client{Transport: transport, Timeout: time.Minute}}
}

func (b browser) get(address string) document {
	b.t.Helper()
	return b.send(http.MethodGet, address, "", nil)
}

// submit fills the file input of the page's first form and sends it to the form's action.
func (b browser) submit(page document, name, content string) document {
	b.t.Helper()
	form := page.find(func(n *html.Node) bool { return n.Data == "form" })
	input := page.find(func(n *html.Node) bool { return n.Data == "input" && attribute(n, "type") == "file" })
	var body bytes.Buffer
	fields := multipart.NewWriter(&body)
	file, err := fields.CreateFormFile(attribute(input, "name"), name)
	if err != nil {
		b.t.Fatal(err)
	}
	_, _ = io.WriteString(file, content)
	_ = fields.Close()
	if method := attribute(form, "method"); !strings.EqualFold(method, "post") {
		b.t.Fatalf("the form's method is %q", method)
	}
	return b.send(http.MethodPost, page.resolve(attribute(form, "action")), fields.FormDataContentType(), &body)
}

func (b browser) send(method, address, contentType string, body io.Reader) document {
	b.t.Helper()
	req, err := http.NewRequestWithContext(b.t.Context(), method, address, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	source, err := io.ReadAll(resp.Body)
	if err := errors.Join(err, resp.Body.Close()); err != nil || resp.StatusCode != http.StatusOK {
		b.t.Fatalf("%s: %d (%v)", resp.Request.URL, resp.StatusCode, err)
	}
	root, err := html.Parse(bytes.NewReader(source))
	if err != nil {
		b.t.Fatal(err)
	}
	return document{b.t, resp.Request.URL, string(source), root}
}

// document is a page that a browser shows.
type document struct {
	t      *testing.T
	url    *url.URL
	source string
	root   *html.Node
}

// find returns the first element that matches.
func (d document) find(match func(*html.Node) bool) *html.Node {
	d.t.Helper()
	for n := range d.root.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			return n
		}
	}
	d.t.Fatalf("not found in %s:\n%s", d.url, d.source)
	return nil
}

// link returns the address behind the link of that text.
func (d document) link(text string) string {
	d.t.Helper()
	a := d.find(func(n *html.Node) bool { return n.Data == "a" && n.FirstChild != nil && n.FirstChild.Data == text })
	return d.resolve(attribute(a, "href"))
}

func (d document) title() string {
	return d.find(func(n *html.Node) bool { return n.Data == "title" }).FirstChild.Data
}

func (d document) resolve(reference string) string {
	address, err := d.url.Parse(reference)
	if err != nil {
		d.t.Fatal(err)
	}
	return address.String()
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}
