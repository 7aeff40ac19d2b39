package transfer

import (
	"context"
	"crypto/x509"
	"fmt"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// wait lets the time pass until the account is due, and a little more: PostgreSQL keeps no nanoseconds.
func (w *world) wait() {
	w.t.Helper()
	w.Clock.Set(w.nextRun().Add(time.Millisecond))
	w.advance()
}

// poll lets the time pass until the answer to the newest file is looked for once more.
func (w *world) poll() {
	w.t.Helper()
	for before := w.last().Polls; w.last().Polls == before; {
		w.wait()
	}
}

// answerTo is the name of the BA's answer to a file, with a tail.
func answerTo(sent Transfer, tail string) string {
	return "E" + sent.FileName[1:len(sent.FileName)-len(".xml")] + tail + ".xml"
}

// offer puts a file into the employer's folder at the BA.
func (w *world) offer(name, body string) {
	w.ba.Offer(basim.File{Partner: w.supplier, Name: name, Modified: w.Clock.Now(), Body: []byte(body)})
}

// refusal is an answer of the BA that refuses one ad.
func refusal(code, reference string) string {
	return "<L><ErrorMessage><ErrorCode>" + code + "</ErrorCode><ReferenceId>" + reference + "</ReferenceId></ErrorMessage></L>"
}

func TestAnAnswerThatCannotBeDownloadedStopsNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.publish()
	w.advance()
	w.ba.Offer(basim.File{Partner: w.supplier, Name: answerTo(w.last(), ""), Modified: w.Clock.Now(), Broken: true})
	w.Clock.Add(3 * time.Hour) // the BA has had its time with the file: the next one may go
	second := w.publish(titled("Koch (m/w/d)"))

	w.bring()

	w.wants(second, posting.AtBALive, posting.ChangeNone)
	w.wants(first, posting.AtBANone, posting.ChangeSent)
	if polls, trouble := w.transfers()[0].Polls, w.trouble(); polls == 0 || trouble != AnswerUnread.Name {
		t.Errorf("%d polls, trouble %q", polls, trouble)
	}
	for w.Clock.Now().Before(w.transfers()[0].SentAt.Add(DefaultPace().Alarm)) {
		w.wait()
	}
	w.wait()
	if counts := w.events(); w.trouble() != NoAnswer.Name || counts["transfer.unanswered"] != 1 {
		t.Errorf("trouble %q, alarms %d", w.trouble(), counts["transfer.unanswered"])
	}
}

func TestAnAnswerThatCanBeDownloadedAgainIsRead(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.advance()
	name := answerTo(w.last(), "")
	w.ba.Offer(basim.File{Partner: w.supplier, Name: name, Modified: w.Clock.Now(), Broken: true})
	w.hear()
	w.wants(id, posting.AtBANone, posting.ChangeSent)

	w.offer(name, "<L/>")
	w.wait()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if w.trouble() != "" {
		t.Errorf("trouble %q", w.trouble())
	}
}

func TestABlankAnswerThatComesLateIsBelievedAtItsOwnThirdLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ba.SetFaults(basim.Faults{NoFeedback: 1})
	id := w.publish()
	w.advance()
	for range blankPolls {
		w.poll()
	}
	w.offer(answerTo(w.last(), ""), "")

	for range 2 {
		w.poll()
		w.wants(id, posting.AtBANone, posting.ChangeSent)
	}
	w.poll()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
}

func TestNewAnswersAreNoticedBehindManyThatAreKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range maxAround + 1 {
		w.offer(fmt.Sprintf("ES%s_2026-11-20_%02d-%02d-00.xml", w.supplier, i/60, i%60), "<L/>") // from before the account was activated
	}
	w.Clock.Add(24 * time.Hour)
	w.offer(fmt.Sprintf("ES%s_%s_08-00-00.xml", w.supplier, calendar.On(w.Clock.Now(), w.Berlin)), "<L/>")

	w.live()

	if got := w.events()["account.foreign_sender"]; got != 1 {
		t.Errorf("told %d times of another sender", got)
	}
}

func TestABlankAnswerIsNotReadAgainWhileItIsListedAsItWas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	downloads := 0
	client, err := ba.New(ba.Options{
		BaseURL: w.ba.URL(), ExtraRoots: []*x509.Certificate{w.ba.CA()}, Zone: w.Berlin,
		Watch: func(ctx context.Context, call string) (context.Context, func(ba.Class)) {
			if call == "download" {
				downloads++
			}
			return ctx, func(ba.Class) {}
		},
	})
	check(t, err)
	w.engine = w.newEngine(client)
	w.ba.SetSettings(basim.Settings{Success: basim.SuccessBlank})
	id := w.publish()
	w.advance()
	for range blankPolls {
		w.wait()
	}
	first := w.last()
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.ba.SetSettings(basim.Settings{})
	downloads = 0

	w.live(titled("Koch (m/w/d)"))

	if downloads != 2 {
		t.Errorf("%d downloads, want the two of the new answer", downloads)
	}
	w.offer(answerTo(first, ""), refusal("FLR_JCValid_033", w.reference(id))) // written at last
	w.live(titled("Köchin (m/w/d)"))
	w.wants(id, posting.AtBANone, posting.ChangeRefused)
}
