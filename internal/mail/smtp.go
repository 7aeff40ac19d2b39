package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security says how the way to the SMTP server is kept from listeners.
type Security string

// The securities.
const (
	// StartTLS begins in the clear and must change to TLS before anything is said (port 587).
	StartTLS Security = "starttls"
	// ImplicitTLS is TLS from the first byte (port 465).
	ImplicitTLS Security = "tls"
	// Plain is no TLS at all: for a relay on this machine.
	Plain Security = "plain"
)

// SMTPOptions says which server takes the mails.
type SMTPOptions struct {
	Host     string
	Port     int
	Security Security
	// User is empty for a server that asks for none.
	User     string
	Password string
	// From is the sender, with or without a name.
	From string
	// Timeout bounds every step of a conversation with the server.
	Timeout time.Duration
	// Roots are the only authorities that are trusted for the server; nil for the system's.
	Roots *x509.CertPool
}

// SMTP gives mails to a server.
type SMTP struct {
	host    string
	from    string
	timeout time.Duration
	options []gomail.Option
}

// NewSMTP returns a mailer; nothing is said to the server yet.
func NewSMTP(o SMTPOptions) (*SMTP, error) {
	options := []gomail.Option{
		gomail.WithPort(o.Port), gomail.WithTimeout(o.Timeout), gomail.WithoutNoop(),
		gomail.WithTLSConfig(&tls.Config{ServerName: o.Host, RootCAs: o.Roots, MinVersion: tls.VersionTLS12}),
	}
	switch o.Security {
	case StartTLS:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case ImplicitTLS:
		options = append(options, gomail.WithSSL())
	case Plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("open SMTP: unknown security %q", o.Security)
	}
	if o.User != "" {
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(o.User), gomail.WithPassword(o.Password))
	}
	s := &SMTP{host: o.Host, from: o.From, timeout: o.Timeout, options: options}
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("open SMTP: %w", err)
	}
	return s, nil
}

// steps is how many steps of a conversation may each take the whole timeout before the conversation is broken off.
const steps = 4

// Send gives the mail to the server in one piece. Where the server refuses some of its addresses, each of them gets a mail of its own: a
// colleague who has left must not keep the others from theirs.
func (s *SMTP) Send(ctx context.Context, m Message) ([]string, error) {
	err := s.send(ctx, m, m.To)
	refused, ok := errors.AsType[*gomail.SendError](err)
	if err == nil || len(m.To) == 1 || !ok || refused.Reason != gomail.ErrSMTPRcptTo {
		if err != nil {
			return m.To, err
		}
		return nil, nil
	}
	var left []string
	var failed []error
	for _, address := range m.To {
		if err := s.send(ctx, m, []string{address}); err != nil {
			left, failed = append(left, address), append(failed, err)
		}
	}
	return left, errors.Join(failed...)
}

func (s *SMTP) send(ctx context.Context, m Message, to []string) error {
	written, err := m.write(s.from, to)
	if err != nil {
		return err
	}
	// A client holds one conversation; jobs run beside each other.
	client, err := gomail.NewClient(s.host, s.options...)
	if err != nil {
		return fmt.Errorf("open SMTP: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, steps*s.timeout)
	defer cancel()
	if err := client.DialAndSendWithContext(ctx, written); err != nil && !written.IsDelivered() {
		return fmt.Errorf("send mail %s: %w", m.ID, err)
	}
	return nil
}
