package transfer

import (
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/mail"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
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
