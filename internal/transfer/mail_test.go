package transfer

import (
	"io"
	"maps"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/mail"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// operatorEmail is who gets the operator's alarms.
const operatorEmail = "betrieb@stellwerk.example"

// openMails gives the world a way for mails, into a folder.
func (w *world) openMails() {
	w.t.Helper()
	w.mails = w.t.TempDir()
	folder, err := mail.NewFolder(w.mails, "Stellwerk <stellwerk@stellwerk.example>")
	check(w.t, err)
	queue, err := jobs.NewQueue(w.Log)
	check(w.t, err)
	w.outbox = notice.NewOutbox(queue, w.Clock.Now, w.Berlin, true)
	w.sender = notice.NewSender(notice.SenderOptions{
		DB: w.DB, Mailer: folder, Operator: operatorEmail, Now: w.Clock.Now, Berlin: w.Berlin, Log: w.Log,
	})
}

// notify says who of the employer gets mails.
func (w *world) notify(mode notice.Mode, language text.Language, emails ...string) {
	w.t.Helper()
	_, err := notice.NewSettings(w.DB, w.Clock.Now).Put(w.ctx, notice.Input{Emails: emails, Mode: mode, Language: language})
	check(w.t, err)
}

// letter is a mail as its reader sees it.
type letter struct{ id, to, subject, body string }

// post sends every mail whose time has come, and returns those that lie in the folder, oldest first.
func (w *world) post() []letter {
	w.t.Helper()
	var due []struct{ TenantID, MailID uuid.UUID }
	check(w.t, w.DB.InPlatform(w.t.Context(), func(tx *gorm.DB) error {
		return tx.Raw("SELECT tenant_id, mail_id FROM mail_schedule").Scan(&due).Error
	}))
	for _, each := range due {
		check(w.t, w.sender.Send(scope.WithTenant(w.t.Context(), each.TenantID), each.MailID))
	}
	names, err := filepath.Glob(filepath.Join(w.mails, "*.eml"))
	check(w.t, err)
	letters := make([]letter, len(names))
	for i, name := range names {
		letters[i] = readLetter(w.t, name)
	}
	return letters
}

func readLetter(t *testing.T, name string) letter {
	t.Helper()
	file, err := os.Open(name)
	check(t, err)
	defer func() { _ = file.Close() }()
	read, err := netmail.ReadMessage(file)
	check(t, err)
	body, err := io.ReadAll(quotedprintable.NewReader(read.Body))
	check(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(read.Header.Get("Subject"))
	check(t, err)
	return letter{
		id: read.Header.Get("Message-ID"), to: read.Header.Get("To"), subject: subject,
		body: strings.ReplaceAll(string(body), "\r\n", "\n"),
	}
}

// wantsWords fails the test unless a mail says all of this.
func (l letter) wantsWords(t *testing.T, words ...string) {
	t.Helper()
	for _, each := range words {
		if !strings.Contains(l.body, each) {
			t.Errorf("the mail does not say %q:\n%s", each, l.body)
		}
	}
}

func TestRefusedAdsOfOneFileAreOneMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notify(notice.AtOnce, text.German, "jobs@muster-pflege.example", "chefin@muster-pflege.example")
	w.publish(inFürth, titled("Pflegefachkraft (m/w/d) Nachtdienst"))
	w.publish(inFürth, titled("Pflegehelfer (m/w/d) Tagdienst"))
	w.publish()
	w.bring()

	letters := w.post()

	if len(letters) != 1 {
		t.Fatalf("%d mails", len(letters))
	}
	l := letters[0]
	if l.subject != "2 Meldungen zu Ihren Stellenanzeigen" || l.to != "<chefin@muster-pflege.example>, <jobs@muster-pflege.example>" {
		t.Errorf("subject %q to %q", l.subject, l.to)
	}
	l.wantsWords(t, "Abgelehnt: Pflegefachkraft (m/w/d) Nachtdienst", "Abgelehnt: Pflegehelfer (m/w/d) Tagdienst", "FLR_JCValid_033",
		"Was zu tun ist:", "Muster Pflege gGmbH")
	if strings.Contains(l.body, "Abgelehnt: Pflegefachkraft (m/w/d)\n") {
		t.Error("the accepted ad is in it")
	}
	if again := w.post(); len(again) != 1 || again[0].id != l.id {
		t.Errorf("sent again: %v", again)
	}
}

func TestNobodyIsToldTwiceOfTheSameRefusal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notify(notice.AtOnce, text.English, "jobs@muster-pflege.example")
	id := w.live()
	check(t, w.ba.Act(w.supplier, w.reference(id), basim.ActLock))
	w.replace(id, titled("Pflegefachkraft (m/w/d) Frühdienst"))
	w.bring()
	letters := w.post()
	if len(letters) != 1 || letters[0].subject != "Locked by the BA: Pflegefachkraft (m/w/d) Frühdienst" {
		t.Fatalf("mails %v", letters)
	}
	letters[0].wantsWords(t, "The BA has locked the ad. Clear the reason with it", w.reference(id), "FLR_JCValid_062")

	w.replace(id, titled("Pflegefachkraft (m/w/d) Frühdienst")) // nothing else than before
	w.bring()

	if again := w.post(); len(again) != 1 {
		t.Errorf("told again: %v", again)
	}
}

func TestARemovedAdIsToldWithWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notify(notice.AtOnce, text.German, "jobs@muster-pflege.example")
	id := w.live()
	check(t, w.ba.Act(w.supplier, w.reference(id), basim.ActRemove))
	w.replace(id, titled("Pflegefachkraft (m/w/d) Frühdienst"))
	w.bring()

	letters := w.post()

	if len(letters) != 1 || letters[0].subject != "Von der BA entfernt: Pflegefachkraft (m/w/d) Frühdienst" {
		t.Fatalf("mails %v", letters)
	}
	letters[0].wantsWords(t, "Speichern Sie sie geändert, wenn sie neu erscheinen soll.")
}

func TestADigestGathersADayAndGoesInTheMorning(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notify(notice.Daily, text.German, "jobs@muster-pflege.example")
	w.publish(inFürth, titled("Koch (m/w/d)"))
	w.bring()
	w.publish(inFürth, titled("Köchin (m/w/d)"))
	w.bring()
	if early := w.post(); len(early) != 0 {
		t.Fatalf("sent on the same day: %v", early)
	}
	w.Clock.Set(time.Date(2026, 11, 25, 6, 59, 59, 0, w.Berlin))
	if early := w.post(); len(early) != 0 {
		t.Fatalf("sent before seven: %v", early)
	}
	w.Clock.Add(time.Second)

	letters := w.post()

	if len(letters) != 1 || letters[0].subject != "Ihre Stellenanzeigen: 2 Meldungen" {
		t.Fatalf("mails %v", letters)
	}
	letters[0].wantsWords(t, "Abgelehnt: Koch (m/w/d)", "Abgelehnt: Köchin (m/w/d)")
	w.publish(inFürth, titled("Beikoch (m/w/d)"))
	w.bring()
	if same := w.post(); len(same) != 1 {
		t.Errorf("what came after seven did not wait for the next morning: %v", same)
	}
}

func TestAHiringOrganisationHasPeopleOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notify(notice.AtOnce, text.German, "zentrale@muster-pflege.example")
	settings := notice.NewSettings(w.DB, w.Clock.Now)
	_, err := settings.PutOf(w.ctx, w.account, w.organisation, notice.Input{
		Emails: []string{"haus@muster-pflege.example"}, Mode: notice.AtOnce, Language: text.English,
	})
	check(t, err)
	w.publish(inFürth)
	w.lapseAgreement(true) // of the whole account
	w.bring()
	w.lapseAgreement(false)
	w.Clock.Add(DefaultPace().Probes[0])
	w.bring()

	told := map[string]string{}
	for _, l := range w.post() {
		told[l.to] = l.subject
	}

	want := map[string]string{
		"<zentrale@muster-pflege.example>": "Die BA lehnt alle Anzeigen ab: Muster Pflege gGmbH",
		"<haus@muster-pflege.example>":     "Refused: Pflegefachkraft (m/w/d)",
	}
	if !maps.Equal(told, want) {
		t.Errorf("told %v, want %v", told, want)
	}
}

func TestAConditionOfAKundennummerIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notify(notice.AtOnce, text.German, "jobs@muster-pflege.example")
	check(t, w.ba.SetHiringOrg(w.supplier, basim.HiringOrg{Number: "A123A12345", Name: "Muster", NotSupervised: true}))
	w.publish()
	w.publish(titled("Koch (m/w/d)"))
	w.bring()
	w.Clock.Add(DefaultPace().Probes[0])
	w.bring() // a probe, refused again

	letters := w.post()

	if len(letters) != 1 {
		t.Fatalf("%d mails", len(letters))
	}
	letters[0].wantsWords(t, "FLR_JCValid_066", "A123A12345", "Klären Sie das mit der BA.")
}

func TestTheOperatorIsAlarmedWhenTheBADoesNotAnswerForADay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notify(notice.AtOnce, text.German, "jobs@muster-pflege.example")
	w.ba.SetSettings(basim.Settings{Delay: basim.Duration(1000 * time.Hour)})
	w.publish()
	w.advance()
	w.Clock.Add(25 * time.Hour)
	w.advance()
	w.Clock.Add(time.Hour)
	w.advance()

	letters := w.post()

	if len(letters) != 1 || letters[0].to != "<"+operatorEmail+">" {
		t.Fatalf("mails %v", letters)
	}
	letters[0].wantsWords(t, w.last().FileName, "The operator asks the BA")
}

func TestAnotherSenderIsShownAndTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.notify(notice.AtOnce, text.English, "jobs@muster-pflege.example")
	w.Clock.Add(time.Hour)
	w.upload("DS"+w.supplier+"_2026-11-24_10-00-00.xml", []byte("<other/>"))
	w.upload("DS"+w.supplier+"_2026-11-24_10-05-00.xml", []byte("<other/>"))
	first := "ES" + w.supplier + "_2026-11-24_10-00-00.xml"
	id := w.live()

	letters := w.post()
	found, err := NewLedger(w.DB).ForeignAnswers(w.ctx, w.account)
	check(t, err)
	account, err := w.directory.Account(w.ctx, w.account)
	check(t, err)

	if len(letters) != 1 || letters[0].subject != "Another system sends under this Supplier-ID: Muster Pflege gGmbH" {
		t.Fatalf("mails %v", letters)
	}
	letters[0].wantsWords(t, first)
	if len(found) != 2 || found[1].Name != first {
		t.Errorf("shown are %v", found)
	}
	if w.trouble() != ForeignSender.Name || account.Stopped() {
		t.Errorf("trouble %q, stopped %v", w.trouble(), account.Stopped())
	}
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.Clock.Add(foreignFor + 24*time.Hour)
	w.advance()
	if w.trouble() != "" {
		t.Errorf("a week later the trouble is still %q", w.trouble())
	}
}
