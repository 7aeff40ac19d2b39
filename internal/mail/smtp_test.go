package mail_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/mail"
)

// postOffice is an SMTP server of a few words, on loopback.
type postOffice struct {
	listener net.Listener
	roots    *x509.CertPool
	secure   *tls.Config
	// noTLS offers no STARTTLS, refuses names one recipient that does not exist, silent answers nothing at all.
	noTLS   bool
	refuses string
	silent  bool
	mu      sync.Mutex
	taken   []taken
}

// taken is a mail that the server took.
type taken struct {
	to        []string
	encrypted bool
	user      bool
	text      string
}

func openPostOffice(t *testing.T, change func(*postOffice)) *postOffice {
	t.Helper()
	p := &postOffice{roots: x509.NewCertPool()}
	change(p)
	p.secure = p.certificate(t)
	var err error
	p.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check(t, err)
	var talks sync.WaitGroup
	talks.Go(func() {
		for {
			conn, err := p.listener.Accept()
			if err != nil {
				return
			}
			talks.Go(func() { p.talk(conn) })
		}
	})
	t.Cleanup(func() { _ = p.listener.Close(); talks.Wait() })
	return p
}

func (p *postOffice) certificate(t *testing.T) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	check(t, err)
	leaf, err := x509.ParseCertificate(der)
	check(t, err)
	p.roots.AddCert(leaf)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12}
}

// talk is one conversation.
func (p *postOffice) talk(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	if p.silent {
		_, _ = bufio.NewReader(conn).ReadString('\n')
		return
	}
	lines := bufio.NewReader(conn)
	say := func(words string) { _, _ = io.WriteString(conn, words+"\r\n") }
	say("220 post office")
	var now taken
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		switch verb {
		case "EHLO":
			say("250-post office")
			if !p.noTLS && !now.encrypted {
				say("250-STARTTLS")
			}
			say("250 AUTH PLAIN")
		case "STARTTLS":
			say("220 go on")
			secured := tls.Server(conn, p.secure)
			conn, lines, now.encrypted = secured, bufio.NewReader(secured), true
		case "AUTH":
			now.user = true
			say("235 welcome")
		case "RCPT":
			address := line[strings.Index(line, "<")+1 : strings.Index(line, ">")]
			if address == p.refuses {
				say("550 5.1.1 no such user")
				break
			}
			now.to = append(now.to, address)
			say("250 ok")
		case "RSET":
			now.to = nil
			say("250 ok")
		case "DATA":
			say("354 go on")
			if now.text, err = readText(lines); err != nil {
				return
			}
			p.keep(now)
			now.to = nil
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// readText reads a mail up to the line with a single dot.
func readText(lines *bufio.Reader) (string, error) {
	var text strings.Builder
	for {
		line, err := lines.ReadString('\n')
		if err != nil || line == ".\r\n" {
			return text.String(), err
		}
		text.WriteString(line)
	}
}

func (p *postOffice) keep(mail taken) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken = append(p.taken, mail)
}

func (p *postOffice) mails() []taken {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.taken)
}

// mailer is one that sends to this server.
func (p *postOffice) mailer(t *testing.T, change func(*mail.SMTPOptions)) *mail.SMTP {
	t.Helper()
	at, err := netip.ParseAddrPort(p.listener.Addr().String())
	check(t, err)
	o := mail.SMTPOptions{
		Host: "127.0.0.1", Port: int(at.Port()), Security: mail.StartTLS, User: "stellwerk", Password: "canary-password",
		From: "Stellwerk <post@stellwerk.example>", Timeout: 20 * time.Second, Roots: p.roots,
	}
	change(&o)
	made, err := mail.NewSMTP(o)
	check(t, err)
	return made
}

func message(to ...string) mail.Message {
	return mail.Message{
		ID: uuid.MustParse("0193a1b2-0000-7000-8000-000000000001"), To: to, Subject: "Abgelehnt: Köchin", Body: "Guten Tag,\n\nGrüße\n.\nEnde\n",
		Date: time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC), Language: "de",
	}
}

func asIs(*postOffice) {}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestAMailGoesEncryptedAndByItsID(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t, asIs)

	left, err := office.mailer(t, func(*mail.SMTPOptions) {}).Send(t.Context(), message("a@muster.example", "b@muster.example"))

	check(t, err)
	mails := office.mails()
	if len(left) != 0 || len(mails) != 1 {
		t.Fatalf("left %v, taken %v", left, mails)
	}
	got := mails[0]
	if !got.encrypted || !got.user || !slices.Equal(got.to, []string{"a@muster.example", "b@muster.example"}) {
		t.Errorf("taken %+v", got)
	}
	for _, want := range []string{
		"Message-ID: <0193a1b2-0000-7000-8000-000000000001@stellwerk.example>\r\n", "Auto-Submitted: auto-generated\r\n", "Content-Language: de\r\n",
		"Subject: =?UTF-8?q?Abgelehnt:_K=C3=B6chin?=\r\n", "Gr=C3=BC=C3=9Fe", "Date: Tue, 24 Nov 2026 09:30:00 +0000\r\n",
	} {
		if !strings.Contains(got.text, want) {
			t.Errorf("no %q in\n%s", want, got.text)
		}
	}
}

func TestAServerWithoutTLSGetsNeitherMailNorPassword(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t, func(p *postOffice) { p.noTLS = true })

	left, err := office.mailer(t, func(*mail.SMTPOptions) {}).Send(t.Context(), message("a@muster.example"))

	if err == nil || !slices.Equal(left, []string{"a@muster.example"}) || len(office.mails()) != 0 {
		t.Errorf("left %v, error %v, taken %v", left, err, office.mails())
	}
	if strings.Contains(fmt.Sprint(err), "canary-password") {
		t.Errorf("the error tells the password: %v", err)
	}
}

func TestAServerThatNobodyVouchesForGetsNothing(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t, asIs)

	_, err := office.mailer(t, func(o *mail.SMTPOptions) { o.Roots = nil }).Send(t.Context(), message("a@muster.example"))

	if err == nil || len(office.mails()) != 0 {
		t.Errorf("error %v, taken %v", err, office.mails())
	}
}

func TestPlainIsForARelayOnThisMachine(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t, func(p *postOffice) { p.noTLS = true })
	relay := office.mailer(t, func(o *mail.SMTPOptions) { o.Security, o.User = mail.Plain, "" })

	_, err := relay.Send(t.Context(), message("a@muster.example"))

	check(t, err)
	if mails := office.mails(); len(mails) != 1 || mails[0].user {
		t.Errorf("taken %v", mails)
	}
}

func TestARecipientWhoIsRefusedIsTheOnlyOneLeft(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t, func(p *postOffice) { p.refuses = "weg@muster.example" })

	left, err := office.mailer(t, func(*mail.SMTPOptions) {}).Send(t.Context(), message("a@muster.example", "weg@muster.example", "b@muster.example"))

	if err == nil || !slices.Equal(left, []string{"weg@muster.example"}) {
		t.Errorf("left %v, error %v", left, err)
	}
	var got []string
	for _, each := range office.mails() {
		got = append(got, each.to...)
	}
	if !slices.Equal(got, []string{"a@muster.example", "b@muster.example"}) {
		t.Errorf("taken for %v", got)
	}
}

func TestASilentServerIsAnErrorAndNoHang(t *testing.T) {
	t.Parallel()
	office := openPostOffice(t, func(p *postOffice) { p.silent = true })
	impatient := office.mailer(t, func(o *mail.SMTPOptions) { o.Timeout = 100 * time.Millisecond })

	left, err := impatient.Send(t.Context(), message("a@muster.example"))

	if err == nil || len(left) != 1 {
		t.Errorf("left %v, error %v", left, err)
	}
}
