// Package mail sends mails: over SMTP, or into a folder of .eml files, where demo, dev and tests find them.
package mail

import (
	"context"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"
)

// Message is one mail in plain text.
type Message struct {
	// ID becomes the Message-ID, by which mail programs see that a mail which comes twice is the same one.
	ID      uuid.UUID
	To      []string
	Subject string
	Body    string
	Date    time.Time
	// Language is that of the words: de or en.
	Language string
}

// Mailer brings a mail on its way.
type Mailer interface {
	// Send gives the mail to the next server. With an error it returns the addresses that did not get it, which may be some or all of them.
	// Nothing is tried again.
	Send(ctx context.Context, m Message) (left []string, err error)
}

// maxAddress is the longest address that SMTP carries (RFC 5321, 4.5.3.1.3).
const maxAddress = 254

// ValidAddress reports whether a text is one mail address and nothing else: no name, no comment, no second one.
func ValidAddress(s string) bool {
	if len(s) > maxAddress || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return false
	}
	parsed, err := netmail.ParseAddress(s)
	return err == nil && parsed.Name == "" && parsed.Address == s
}

// write makes the mail as it goes over the wire, for some of its addresses.
func (m Message) write(from string, to []string) (*gomail.Msg, error) {
	written := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := written.From(from); err != nil {
		return nil, fmt.Errorf("write mail: sender: %w", err)
	}
	if err := written.To(to...); err != nil {
		return nil, fmt.Errorf("write mail: recipient: %w", err)
	}
	_, domain, _ := strings.Cut(from[strings.LastIndex(from, "@"):], "@")
	written.SetMessageIDWithValue(m.ID.String() + "@" + strings.TrimSuffix(domain, ">"))
	written.SetDateWithValue(m.Date)
	written.Subject(m.Subject)
	written.SetGenHeader(gomail.HeaderContentLang, m.Language)
	// No out-of-office reply is wanted (RFC 3834).
	written.SetGenHeader("Auto-Submitted", "auto-generated")
	written.SetBodyString(gomail.TypeTextPlain, m.Body)
	return written, nil
}
