package notice

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"testing"

	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/mail"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// server is an SMTP server as the sender sees it: it can fail, for everybody or for one address.
type server struct {
	mu   sync.Mutex
	down bool
	// complains is what it says while it is down, if not the usual.
	complains string
	refuses   string
	taken     []mail.Message
	// during is called while a mail is being taken.
	during func()
}

// Send takes the mail, unless the server is down.
func (s *server) Send(_ context.Context, m mail.Message) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.during != nil {
		s.during()
	}
	if s.down {
		return m.To, errors.New(cmp.Or(s.complains, "connection refused"))
	}
	var left []string
	for _, address := range m.To {
		if address == s.refuses {
			left = append(left, address)
		}
	}
	s.taken = append(s.taken, m)
	if left != nil {
		return left, errors.New("550 no such user")
	}
	return nil, nil
}

// office is a tenant with an outbox and a sender.
type office struct {
	*testhouse.House
	t      *testing.T
	ctx    context.Context
	server *server
	outbox *Outbox
	sender *Sender
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{House: testhouse.New(t), t: t, server: &server{}}
	_, o.ctx = o.Tenant(t, "Muster Pflege gGmbH")
	queue, err := jobs.NewQueue(o.Log)
	check(t, err)
	o.outbox = NewOutbox(queue, o.Clock.Now, o.Berlin, true)
	o.sender = NewSender(SenderOptions{DB: o.DB, Mailer: o.server, Operator: "betrieb@stellwerk.example", Now: o.Clock.Now, Berlin: o.Berlin, Log: o.Log})
	return o
}

func (o *office) notify(mode Mode, emails ...string) {
	o.t.Helper()
	_, err := NewSettings(o.DB, o.Clock.Now).Put(o.ctx, Input{Emails: emails, Mode: mode, Language: text.English})
	check(o.t, err)
}

// tell notes that ads were refused, in one transaction.
func (o *office) tell(titles ...string) {
	o.t.Helper()
	notices := make([]Notice, len(titles))
	for i, title := range titles {
		notices[i] = Notice{Kind: event.PostingRefused, About: About{Headline: text.Text{DE: "Abgelehnt", EN: "Refused"}, Subject: title}}
	}
	check(o.t, o.DB.InTx(o.ctx, func(tx database.Tx) error { return o.outbox.Put(tx, notices) }))
}

// mails are the tenant's mails, oldest first.
func (o *office) mails() []outgoing {
	o.t.Helper()
	var found []outgoing
	check(o.t, o.DB.InTx(o.ctx, func(tx database.Tx) error { return tx.Of(&outgoing{}).Order("id").Find(&found).Error }))
	return found
}

// sendAll sends every mail there is.
func (o *office) sendAll() {
	o.t.Helper()
	for _, m := range o.mails() {
		check(o.t, o.sender.Send(o.ctx, m.ID))
	}
}

// due counts the mails whose time has come, as the periodic job sees them.
func (o *office) due() int {
	o.t.Helper()
	n := 0
	check(o.t, o.sender.handOut(o.t.Context(), func(*gorm.DB, ref) error { n++; return nil }))
	return n
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
