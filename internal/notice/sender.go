package notice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/mail"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// Sender sends what lies in the outbox.
type Sender struct {
	db       *database.DB
	mailer   mail.Mailer
	operator string
	now      func() time.Time
	berlin   *time.Location
	log      *slog.Logger
}

// SenderOptions is what a Sender works with.
type SenderOptions struct {
	DB     *database.DB
	Mailer mail.Mailer
	// Operator is the operator's address; empty when alarms are not mailed.
	Operator string
	Now      func() time.Time
	Berlin   *time.Location
	Log      *slog.Logger
}

// NewSender returns a sender.
func NewSender(o SenderOptions) *Sender {
	return &Sender{db: o.DB, mailer: o.Mailer, operator: o.Operator, now: o.Now, berlin: o.Berlin, log: o.Log}
}

const (
	// claimFor is how long one attempt may take; a mail whose sender died is taken up again afterwards.
	claimFor = 5 * time.Minute
	// patience is how long a mail is tried before it is given up.
	patience = 3 * 24 * time.Hour
	// keep is how long a mail stays here after that was decided.
	keep = 30 * 24 * time.Hour
	// maxTrouble is how much of a server's complaint is kept, in bytes.
	maxTrouble = 500
)

// retries are the waits after failed attempts; the last one repeats until patience is over.
var retries = []time.Duration{
	time.Minute,      // 1 min after the first attempt
	5 * time.Minute,  // 6 min
	15 * time.Minute, // 21 min
	time.Hour,        // 1 h 21 min
	4 * time.Hour,    // 5 h 21 min, and so on
}

// Send sends one mail of the tenant of the context, if it is time and nobody else is at it. The attempt is committed before the server hears
// of it, and the result after: a process that dies in between lets the mail go a second time, under the same Message-ID.
func (s *Sender) Send(ctx context.Context, id uuid.UUID) error {
	letter, message, err := s.claim(ctx, id)
	if err != nil || letter == nil {
		return err
	}
	left, sendErr := s.mailer.Send(ctx, message)
	// What the server said is written down though the program is ending.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	if sendErr != nil {
		s.log.WarnContext(ctx, "mail not sent", "mail", id, "attempt", letter.Attempts, "error", sendErr)
	}
	if err := s.settle(ctx, letter, left, sendErr); err != nil {
		return fmt.Errorf("settle mail %s: %w", id, err)
	}
	return nil
}

// closing bounds what must still be written down after a mail was sent.
const closing = 30 * time.Second

// claim takes a mail for one attempt; nil when there is nothing to do with it now.
func (s *Sender) claim(ctx context.Context, id uuid.UUID) (letter *outgoing, message mail.Message, err error) {
	err = s.db.InTx(ctx, func(tx database.Tx) error {
		now := s.now()
		var found outgoing
		err := database.ForUpdate(tx.Of(&found)).Where("id = ?", id).Take(&found).Error
		switch {
		case errors.Is(err, gorm.ErrRecordNotFound):
			return unschedule(tx, id)
		case err != nil:
			return err
		case found.State != waiting:
			return s.forget(tx, found, now)
		case found.DigestAt != nil && found.DigestAt.After(now):
			return schedule(tx, id, *found.DigestAt)
		case found.ClaimedUntil != nil && found.ClaimedUntil.After(now):
			return nil
		}
		if err := s.readdress(tx, &found); err != nil {
			return err
		}
		found.Attempts++
		if len(found.Recipients) == 0 {
			return s.end(tx, &found, dropped, now)
		}
		if message, err = s.compose(tx, found, now); err != nil {
			return err
		}
		found.ClaimedUntil = new(now.Add(claimFor))
		if err := tx.Rewrite(&found); err != nil {
			return err
		}
		letter = &found
		return schedule(tx, id, *found.ClaimedUntil)
	})
	if err != nil {
		return nil, mail.Message{}, fmt.Errorf("claim mail %s: %w", id, err)
	}
	return letter, message, nil
}

// readdress leaves out who is not to be told any more since the mail was written.
func (s *Sender) readdress(tx database.Tx, letter *outgoing) error {
	if letter.Audience == operator {
		letter.Recipients = []string{}
		if s.operator != "" {
			letter.Recipients = append(letter.Recipients, s.operator)
		}
		return nil
	}
	all, err := settingsOf(tx)
	if err != nil {
		return err
	}
	letter.Recipients = all.still(letter.Recipients)
	return nil
}

// compose writes the mail from what is to be told.
func (s *Sender) compose(tx database.Tx, letter outgoing, now time.Time) (mail.Message, error) {
	owner, err := tenant.Owner(tx)
	if err != nil {
		return mail.Message{}, err
	}
	var total int64
	if err := tx.Of(&row{}).Where("mail_id = ?", letter.ID).Count(&total).Error; err != nil {
		return mail.Message{}, fmt.Errorf("count notices: %w", err)
	}
	var rows []row
	if err := tx.Of(&row{}).Where("mail_id = ?", letter.ID).Order("id").Limit(maxListed).Find(&rows).Error; err != nil {
		return mail.Message{}, fmt.Errorf("read notices: %w", err)
	}
	said := content{
		owner: owner.Name, rows: rows, total: int(total), digest: letter.DigestAt != nil, operator: letter.Audience == operator,
		lang: letter.Language, berlin: s.berlin,
	}
	return mail.Message{
		ID: letter.ID, To: letter.Recipients, Subject: said.subject(), Body: said.body(), Date: now.In(s.berlin), Language: string(letter.Language),
	}, nil
}

// settle notes what became of an attempt.
func (s *Sender) settle(ctx context.Context, tried *outgoing, left []string, failure error) error {
	return s.db.InTx(ctx, func(tx database.Tx) error {
		now := s.now()
		var found outgoing
		if err := database.ForUpdate(tx.Of(&found)).Where("id = ?", tried.ID).Take(&found).Error; err != nil {
			return err
		}
		if found.State != waiting {
			return nil
		}
		if failure == nil {
			return s.end(tx, &found, sent, now)
		}
		found.Recipients, found.Trouble, found.ClaimedUntil = left, storable(failure.Error()), nil
		begun := found.CreatedAt
		if found.DigestAt != nil {
			begun = *found.DigestAt
		}
		wait := retries[min(tried.Attempts, len(retries))-1]
		if now.Add(wait).Sub(begun) < patience {
			if err := tx.Rewrite(&found); err != nil {
				return err
			}
			return schedule(tx, found.ID, now.Add(wait))
		}
		if err := s.end(tx, &found, givenUp, now); err != nil {
			return err
		}
		data := map[string]any{"audience": found.Audience, "recipients": len(left), "attempts": found.Attempts}
		return event.Append(tx, now, event.NotificationGivenUp, found.ID, data)
	})
}

// storable makes words of an SMTP server what the database takes: they may be in any encoding, and are cut where they are too long.
func storable(words string) string {
	cut := words[:min(len(words), maxTrouble)]
	return strings.ReplaceAll(strings.ToValidUTF8(cut, "?"), "\x00", "?")
}

// end decides a mail. It is forgotten some time later.
func (*Sender) end(tx database.Tx, letter *outgoing, as state, now time.Time) error {
	letter.State, letter.SettledAt, letter.ClaimedUntil = as, &now, nil
	if err := tx.Rewrite(letter); err != nil {
		return err
	}
	return schedule(tx, letter.ID, now.Add(keep))
}

// forget removes a mail that was decided long ago.
func (*Sender) forget(tx database.Tx, letter outgoing, now time.Time) error {
	until := letter.SettledAt.Add(keep)
	if until.After(now) {
		return schedule(tx, letter.ID, until)
	}
	if err := tx.Of(&row{}).Where("mail_id = ?", letter.ID).Delete(&row{}).Error; err != nil {
		return err
	}
	if err := tx.Of(&outgoing{}).Where("id = ?", letter.ID).Delete(&outgoing{}).Error; err != nil {
		return err
	}
	return unschedule(tx, letter.ID)
}

func unschedule(tx database.Tx, id uuid.UUID) error {
	return tx.Exec("DELETE FROM mail_schedule WHERE mail_id = ? AND tenant_id = ?", id, tx.Tenant).Error
}

// ref names a mail and its tenant.
type ref struct {
	TenantID uuid.UUID
	MailID   uuid.UUID
}

// dueLimit bounds how many due mails are taken at once.
const dueLimit = 200

// handOut gives start the mails whose time has come, in one transaction. Each is due again a minute later, unless somebody has taken it by then.
func (s *Sender) handOut(ctx context.Context, start func(tx *gorm.DB, due ref) error) error {
	now := s.now()
	err := s.db.InPlatform(ctx, func(tx *gorm.DB) error {
		var due []ref
		err := tx.Raw(`
			UPDATE mail_schedule SET next_run_at = @again WHERE mail_id IN (
				SELECT mail_id FROM mail_schedule WHERE next_run_at <= @now ORDER BY next_run_at LIMIT @limit FOR NO KEY UPDATE SKIP LOCKED)
			RETURNING tenant_id, mail_id`,
			map[string]any{"again": now.Add(handedOut), "now": now, "limit": dueLimit}).Scan(&due).Error
		if err != nil {
			return err
		}
		for _, each := range due {
			if err := start(tx, each); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("hand out due mails: %w", err)
	}
	return nil
}
