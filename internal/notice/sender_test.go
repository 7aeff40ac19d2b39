package notice

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
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

func TestNothingIsWrittenForNobody(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.tell("Koch (m/w/d)")
	o.notify(None, "jobs@muster-pflege.example")
	o.tell("Koch (m/w/d)")
	var nobody *Outbox
	check(t, o.DB.InTx(o.ctx, func(tx database.Tx) error { return nobody.Put(tx, []Notice{{}}) }))

	if mails := o.mails(); len(mails) != 0 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestAMailThatFailsIsTriedAgainAndGivenUpAfterThreeDays(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(AtOnce, "jobs@muster-pflege.example")
	o.server.down = true
	o.tell("Koch (m/w/d)")
	begun := o.Clock.Now()
	o.sendAll()
	if o.due() != 0 {
		t.Error("it is due at once")
	}
	o.Clock.Add(retries[0])
	if o.due() != 1 {
		t.Error("it is not due a minute later")
	}

	for o.mails()[0].State == waiting {
		if o.Clock.Now().Sub(begun) > 2*patience {
			t.Fatal("it is never given up")
		}
		o.Clock.Add(time.Hour)
		o.sendAll()
	}

	given := o.mails()[0]
	if lasted := o.Clock.Now().Sub(begun); given.State != givenUp || lasted > patience || lasted < patience-5*time.Hour {
		t.Errorf("%s after %s and %d attempts", given.State, lasted, given.Attempts)
	}
	events, err := event.History(o.ctx, o.DB, given.ID)
	check(t, err)
	if len(events) != 1 || events[0].Kind != event.NotificationGivenUp {
		t.Errorf("events %v", events)
	}
	o.server.down = false
	o.sendAll()
	if len(o.server.taken) != 0 {
		t.Error("it was sent after all")
	}
}

func TestAServersWordsInAnyEncodingAreKeptAndTheMailIsGivenUpInTime(t *testing.T) {
	t.Parallel()
	for name, words := range map[string]string{
		"Latin-1":               "550 Empf\xe4nger unbekannt",
		"a zero byte":           "550 Unbekannt\x00",
		"cut within an umlaut":  strings.Repeat("x", maxTrouble-1) + "ä",
		"long, and all umlauts": "x" + strings.Repeat("ä", maxTrouble),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			o.notify(AtOnce, "jobs@muster-pflege.example")
			o.server.down, o.server.complains = true, words
			o.tell("Koch (m/w/d)")

			for begun := o.Clock.Now(); o.Clock.Now().Sub(begun) < patience; o.Clock.Add(time.Hour) {
				o.sendAll()
			}

			if given := o.mails()[0]; given.State != givenUp || given.Trouble == "" || len(given.Trouble) > maxTrouble {
				t.Errorf("%s, %d attempts, trouble %q", given.State, given.Attempts, given.Trouble)
			}
		})
	}
}

func TestOneWhoCannotBeReachedKeepsNobodyElseFromTheMail(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(AtOnce, "alt@muster-pflege.example", "jobs@muster-pflege.example")
	o.server.refuses = "alt@muster-pflege.example"
	o.tell("Koch (m/w/d)")

	o.sendAll()
	o.server.refuses = ""
	o.Clock.Add(retries[0])
	o.sendAll()

	if len(o.server.taken) != 2 || strings.Join(o.server.taken[1].To, " ") != "alt@muster-pflege.example" {
		t.Errorf("taken %v", o.server.taken)
	}
	if o.server.taken[0].ID != o.server.taken[1].ID || o.mails()[0].State != sent {
		t.Errorf("two different mails, or not sent: %v", o.mails())
	}
}

func TestTwoJobsForOneMailSendItOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(AtOnce, "jobs@muster-pflege.example")
	o.tell("Koch (m/w/d)")
	id := o.mails()[0].ID
	// While the server takes it, another job for the same mail comes, and finds it claimed.
	o.server.during = func() { check(t, o.sender.Send(o.ctx, id)) }

	check(t, o.sender.Send(o.ctx, id))
	check(t, o.sender.Send(o.ctx, id))

	if len(o.server.taken) != 1 {
		t.Errorf("sent %d times", len(o.server.taken))
	}
}

func TestAMailWhoseSenderDiedGoesAgainUnderTheSameID(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(AtOnce, "jobs@muster-pflege.example")
	o.tell("Koch (m/w/d)")
	id := o.mails()[0].ID
	letter, message, err := o.sender.claim(o.ctx, id) // and then the process dies
	check(t, err)
	if letter == nil {
		t.Fatal("not claimed")
	}
	o.sendAll()
	if len(o.server.taken) != 0 {
		t.Fatal("sent while the other one may still be at it")
	}
	o.Clock.Add(claimFor)
	if o.due() != 1 {
		t.Error("nobody looks for it")
	}

	o.sendAll()

	if len(o.server.taken) != 1 || o.server.taken[0].ID != message.ID || message.ID != id {
		t.Errorf("taken %v, want %s", o.server.taken, id)
	}
}

func TestWhoWasTakenOffGetsNothingThatWaited(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(Daily, "alt@muster-pflege.example", "jobs@muster-pflege.example")
	o.tell("Koch (m/w/d)")
	o.notify(Daily, "jobs@muster-pflege.example")
	o.tell("Köchin (m/w/d)")
	o.Clock.Set(nextDigest(o.Clock.Now(), o.Berlin))

	o.sendAll()

	for _, m := range o.server.taken {
		if strings.Join(m.To, " ") != "jobs@muster-pflege.example" {
			t.Errorf("to %v", m.To)
		}
	}
	o.notify(None)
	o.notify(AtOnce, "neu@muster-pflege.example")
	o.tell("Beikoch (m/w/d)")
	o.notify(None)
	before := len(o.server.taken)
	o.sendAll()
	if last := o.mails()[len(o.mails())-1]; len(o.server.taken) != before || last.State != dropped {
		t.Errorf("the last mail is %s", last.State)
	}
}

func TestADigestTakesNothingMoreOnceItIsOnItsWay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(Daily, "jobs@muster-pflege.example")
	o.tell("Koch (m/w/d)", "Köchin (m/w/d)")
	o.tell("Beikoch (m/w/d)")
	at := nextDigest(o.Clock.Now(), o.Berlin)
	o.Clock.Set(at)
	o.server.down = true
	o.sendAll()

	o.Clock.Set(at.Add(-time.Second)) // a worker whose clock is late
	o.tell("Küchenhilfe (m/w/d)")

	if mails := o.mails(); len(mails) != 2 {
		t.Fatalf("mails %+v", mails)
	}
	o.server.down = false
	o.Clock.Set(at.Add(time.Hour))
	o.sendAll()
	var subjects []string
	for _, m := range o.server.taken {
		subjects = append(subjects, m.Subject)
	}
	if want := []string{"Your job ads: 3 messages", "Refused: Küchenhilfe (m/w/d)"}; !slices.Equal(subjects, want) {
		t.Errorf("taken %q", subjects)
	}
}

func TestDigestsGoAtSevenOnGermanClocks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tt := range []struct{ now, want string }{
		{"2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T06:00:00Z", "2026-11-25T06:00:00Z"},
		{"2026-10-24T12:00:00Z", "2026-10-25T06:00:00Z"}, // the night in which the clocks go back
		{"2027-03-27T12:00:00Z", "2027-03-28T05:00:00Z"}, // and the one in which they go on
		{"2026-12-31T23:30:00Z", "2027-01-01T06:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		check(t, err)
		if got := nextDigest(now, o.Berlin).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("after %s: %s, want %s", tt.now, got, tt.want)
		}
	}
}

func TestAMailIsForgottenAMonthAfterItWent(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(AtOnce, "jobs@muster-pflege.example")
	o.tell("Koch (m/w/d)")
	o.sendAll()
	o.Clock.Add(keep - time.Second)
	o.sendAll()
	if len(o.mails()) != 1 {
		t.Fatal("forgotten too early")
	}
	o.Clock.Add(time.Second)
	if o.due() != 1 {
		t.Error("nobody looks for it")
	}

	o.sendAll()

	var left int64
	check(t, o.DB.InTx(o.ctx, func(tx database.Tx) error { return tx.Of(&row{}).Count(&left).Error }))
	if len(o.mails()) != 0 || left != 0 || o.due() != 0 {
		t.Errorf("left are %d mails and %d notices", len(o.mails()), left)
	}
}

func TestALongMailEndsWithWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(AtOnce, "jobs@muster-pflege.example")
	titles := make([]string, maxListed+7)
	for i := range titles {
		titles[i] = "Koch (m/w/d)\r\nBcc: somebody@else.example"
	}
	o.tell(titles...)

	o.sendAll()

	body := o.server.taken[0].Body
	if strings.Count(body, "Refused:") != maxListed || !strings.Contains(body, "And 7 more messages") {
		t.Errorf("the mail:\n%s", body)
	}
	if subject := o.server.taken[0].Subject; subject != "57 messages about your job ads" {
		t.Errorf("subject %q", subject)
	}
	o.tell(titles[0])
	o.sendAll()
	if subject := o.server.taken[1].Subject; subject != "Refused: Koch (m/w/d) Bcc: somebody@else.example" {
		t.Errorf("subject %q", subject)
	}
}

func TestTheOperatorIsToldWithoutAnybodysSetting(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	alarm := Notice{Kind: event.TransferUnanswered, About: About{Headline: text.Text{DE: "Keine Antwort", EN: "No answer"}, Subject: "Muster"}}
	check(t, o.DB.InTx(o.ctx, func(tx database.Tx) error { return o.outbox.Alarm(tx, alarm) }))

	o.sendAll()

	if len(o.server.taken) != 1 || o.server.taken[0].To[0] != "betrieb@stellwerk.example" || !strings.Contains(o.server.taken[0].Body, "because you run Stellwerk") {
		t.Errorf("taken %v", o.server.taken)
	}
}

func TestSettingsThatNobodyCanUseAreRefused(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	settings := NewSettings(o.DB, o.Clock.Now)
	for name, tt := range map[string]struct {
		in      Input
		pointer string
	}{
		"nobody is named":     {Input{Mode: Daily, Language: text.German}, "/emails"},
		"with a name":         {Input{Emails: []string{"a@b.example", "Frau A <a@b.example>"}, Mode: Daily}, "/emails/1"},
		"two in one":          {Input{Emails: []string{"a@b.example,c@d.example"}, Mode: Daily}, "/emails/0"},
		"a header in it":      {Input{Emails: []string{"a@b.example\r\nBcc: c@d.example"}, Mode: Daily}, "/emails/0"},
		"no address at all":   {Input{Emails: []string{"muster"}, Mode: None}, "/emails/0"},
		"an umlaut in domain": {Input{Emails: []string{"a@müster.example"}, Mode: Daily}, "/emails/0"},
	} {
		_, err := settings.Put(o.ctx, tt.in)

		found, ok := errors.AsType[*fault.Error](err)
		if !ok || len(found.Parts) != 1 || found.Parts[0].Pointer != tt.pointer {
			t.Errorf("%s: %v", name, err)
		}
	}
	if kept, err := settings.Get(o.ctx); err != nil || kept.Mode != None || len(kept.Emails) != 0 {
		t.Errorf("kept is %+v, %v", kept, err)
	}
	if err := settings.RemoveOf(o.ctx, uuid.New(), uuid.New()); !fault.Has(err, fault.Missing) {
		t.Errorf("an unknown organisation: %v", err)
	}
}

func TestNobodySendsAnotherTenantsMail(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(AtOnce, "jobs@muster-pflege.example")
	o.tell("Koch (m/w/d)")
	_, stranger := o.Tenant(t, "Holzbau Beispiel GmbH")

	check(t, o.sender.Send(stranger, o.mails()[0].ID))

	if len(o.server.taken) != 0 {
		t.Error("it was sent")
	}
	if kept, err := NewSettings(o.DB, o.Clock.Now).Get(stranger); err != nil || len(kept.Emails) != 0 {
		t.Errorf("the stranger sees %+v, %v", kept, err)
	}
	o.Clock.Add(handedOut)
	if o.due() != 1 {
		t.Error("the mail is not looked for any more")
	}
}

func TestWhatTwoFilesBringAtOnceIsInOneDigest(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(Daily, "jobs@muster-pflege.example")
	var both sync.WaitGroup
	for range 8 {
		both.Go(func() {
			err := o.DB.InTx(o.ctx, func(tx database.Tx) error { return o.outbox.Put(tx, []Notice{{Kind: event.PostingRefused}}) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	o.Clock.Set(nextDigest(o.Clock.Now(), o.Berlin))

	o.sendAll()

	if len(o.server.taken) != 1 || o.server.taken[0].Subject != "Your job ads: 8 messages" {
		t.Errorf("taken %v", o.server.taken)
	}
}

func TestSettingsSavedAtTheSameTimeAreSavedOneAfterAnother(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	settings := NewSettings(o.DB, o.Clock.Now)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := settings.Put(o.ctx, Input{Emails: []string{"jobs@muster-pflege.example"}, Mode: Daily, Language: text.German}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()

	if kept, err := settings.Get(o.ctx); err != nil || kept.Mode != Daily {
		t.Errorf("kept is %+v, %v", kept, err)
	}
}
