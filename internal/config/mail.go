package config

import (
	"net"
	"net/mail"
)

// The values of SMTPTLS.
const (
	SMTPStartTLS = "starttls"
	SMTPTLS      = "tls"
	SMTPPlain    = "plain"
)

// maxPort is the highest port of TCP.
const maxPort = 65_535

// checkMails complains about what the chosen way of sending mails lacks.
func (c *Config) checkMails(complain func(ok bool, name, must string)) {
	switch c.Mail {
	case MailNone:
		return
	case MailFolder:
		complain(c.MailDir != "", "MAIL_DIR", "is not set")
	case MailSMTP:
		complain(c.SMTPHost != "", "SMTP_HOST", "is not set")
		complain(c.SMTPPort >= 1 && c.SMTPPort <= maxPort, "SMTP_PORT", "must be 1 to 65535")
		complain(c.SMTPTLS == SMTPStartTLS || c.SMTPTLS == SMTPTLS || c.SMTPTLS == SMTPPlain, "SMTP_TLS", "must be starttls, tls or plain")
		complain(c.SMTPTLS != SMTPPlain || isThisMachine(c.SMTPHost), "SMTP_TLS", "must be starttls or tls, unless SMTP_HOST is a loopback address")
		complain(c.SMTPUser == "" || c.SMTPSecret != "", "SMTP_PASSWORD", "is not set, and SMTP_USER is")
		complain(c.SMTPWait >= 1 && c.SMTPWait <= 120, "SMTP_TIMEOUT", "must be 1 to 120")
	default:
		complain(false, "MAIL", "must be smtp, folder or none")
		return
	}
	_, err := mail.ParseAddress(c.MailFrom)
	complain(err == nil, "MAIL_FROM", "must be one e-mail address, with or without a name")
	if c.Operator != "" {
		parsed, err := mail.ParseAddress(c.Operator)
		complain(err == nil && parsed.Address == c.Operator, "OPERATOR_EMAIL", "must be one e-mail address without a name")
	}
}

func isThisMachine(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }
