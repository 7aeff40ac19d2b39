package config_test

import (
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/config"
)

func TestMailsGoNowhereUnlessSomebodySaysSo(t *testing.T) {
	t.Parallel()
	c, err := config.Read(nil, config.Mails)
	if err != nil || c.Mail != config.MailNone {
		t.Errorf("%q, %v", c.Mail, err)
	}
}

func TestAPasswordForMailsComesFromAFileAndIsNotPrinted(t *testing.T) {
	t.Parallel()
	c, err := config.Read([]string{
		"STELLWERK_MAIL=smtp", "STELLWERK_MAIL_FROM=Stellwerk <post@stellwerk.example>", "STELLWERK_SMTP_HOST=mail.example",
		"STELLWERK_SMTP_USER=stellwerk", "STELLWERK_SMTP_PASSWORD_FILE=" + file(t, "geheim-4711\n"), "STELLWERK_OPERATOR_EMAIL=betrieb@stellwerk.example",
	}, config.Mails)
	if err != nil {
		t.Fatal(err)
	}
	if c.SMTPSecret.Reveal() != "geheim-4711" || c.SMTPPort != 587 || c.SMTPTLS != config.SMTPStartTLS {
		t.Errorf("got %+v", c)
	}
	if strings.Contains(c.SMTPSecret.String(), "geheim") {
		t.Error("the password is printed")
	}
}

func TestWhatMailsLackIsNamed(t *testing.T) {
	t.Parallel()
	smtp := []string{"STELLWERK_MAIL=smtp", "STELLWERK_MAIL_FROM=a@b.example", "STELLWERK_SMTP_HOST=mail.example"}
	for name, test := range map[string]struct {
		environ []string
		names   string
	}{
		"an unknown way":               {[]string{"STELLWERK_MAIL=post"}, "STELLWERK_MAIL must be smtp, folder or none"},
		"no server":                    {[]string{"STELLWERK_MAIL=smtp", "STELLWERK_MAIL_FROM=a@b.example"}, "STELLWERK_SMTP_HOST is not set"},
		"no folder":                    {[]string{"STELLWERK_MAIL=folder", "STELLWERK_MAIL_FROM=a@b.example"}, "STELLWERK_MAIL_DIR is not set"},
		"no sender":                    {[]string{"STELLWERK_MAIL=folder", "STELLWERK_MAIL_DIR=/x"}, "STELLWERK_MAIL_FROM must be one e-mail address"},
		"two senders":                  {append(smtp, "STELLWERK_MAIL_FROM=a@b.example, c@d.example"), "STELLWERK_MAIL_FROM must be"},
		"no password":                  {append(smtp, "STELLWERK_SMTP_USER=x"), "STELLWERK_SMTP_PASSWORD is not set"},
		"no such port":                 {append(smtp, "STELLWERK_SMTP_PORT=65536"), "STELLWERK_SMTP_PORT must be 1 to 65535"},
		"no such protection":           {append(smtp, "STELLWERK_SMTP_TLS=maybe"), "STELLWERK_SMTP_TLS must be starttls, tls or plain"},
		"in the clear over the net":    {append(smtp, "STELLWERK_SMTP_TLS=plain"), "STELLWERK_SMTP_TLS must be starttls or tls"},
		"waits for ever":               {append(smtp, "STELLWERK_SMTP_TIMEOUT=0"), "STELLWERK_SMTP_TIMEOUT must be 1 to 120"},
		"an operator who is not there": {append(smtp, "STELLWERK_OPERATOR_EMAIL=Betrieb"), "STELLWERK_OPERATOR_EMAIL must be"},
	} {
		_, err := config.Read(test.environ, config.Mails)

		if err == nil || !strings.Contains(err.Error(), test.names) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
