package notice

import (
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

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
