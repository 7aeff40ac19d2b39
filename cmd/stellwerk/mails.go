package main

import (
	"context"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/config"
	"github.com/stellwerk-hr/stellwerk/internal/mail"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
)

// findMailsEvery is how often it is looked for mails whose time has come; those that go at once do not wait for it.
const findMailsEvery = 20 * time.Second

// openMails opens the way that mails take. Without one nothing is noted that would be sent, and both stay nil.
func (a *app) openMails(ctx context.Context) (err error) {
	c := a.config
	switch c.Mail {
	case config.MailSMTP:
		a.mailer, err = mail.NewSMTP(mail.SMTPOptions{
			Host: c.SMTPHost, Port: c.SMTPPort, Security: mail.Security(c.SMTPTLS), User: c.SMTPUser, Password: c.SMTPSecret.Reveal(),
			From: c.MailFrom, Timeout: time.Duration(c.SMTPWait) * time.Second,
		})
	case config.MailFolder:
		a.mailer, err = mail.NewFolder(c.MailDir, c.MailFrom)
	default:
		a.log.InfoContext(ctx, "no mails are sent: STELLWERK_MAIL is none")
		return nil
	}
	a.outbox = notice.NewOutbox(a.queue, now, a.berlin, c.Operator != "")
	return err
}

// sender sends what lies in the outbox.
func (a *app) sender() *notice.Sender {
	return notice.NewSender(notice.SenderOptions{
		DB: a.db, Mailer: a.mailer, Operator: a.config.Operator, Now: now, Berlin: a.berlin, Log: a.log,
	})
}
