package notice

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Notice is one thing to tell.
type Notice struct {
	Kind event.Kind
	// Organisation is the hiring organisation whose people are told; nil for what concerns an account.
	Organisation *uuid.UUID
	About        About
}

// About are the words of a notice, in both languages: whoever changes the words later does not change what happened.
type About struct {
	// Headline says what happened.
	Headline text.Text
	// Subject is what it happened to: the ad's title, the account's name.
	Subject string
	// Marks help to find it elsewhere.
	Marks []Mark `json:",omitempty"`
	// Reasons say why, and what to do.
	Reasons []Reason `json:",omitempty"`
	// Next says what happens next; empty for nothing.
	Next text.Text
}

// Mark is one particular.
type Mark struct {
	Label text.Text
	Value string
}

// Reason is one reason for what happened.
type Reason struct {
	// Code and Words are the BA's own, German; empty where the BA said nothing.
	Code, Words string
	// Why explains it, and Fix says what to do.
	Why, Fix text.Text
}

// audience says who gets a mail.
type audience string

const (
	people audience = "people"
	// operator is the company that runs Stellwerk; its address is configured.
	operator audience = "operator"
)

// state says how far a mail is.
type state string

const (
	waiting state = "waiting"
	sent    state = "sent"
	givenUp state = "given_up"
	// dropped means that nobody of its recipients is to be told any more.
	dropped state = "dropped"
)

// outgoing is a mail: to be sent, or sent.
type outgoing struct {
	ID         uuid.UUID
	TenantID   uuid.UUID
	Audience   audience
	Recipients []string `gorm:"serializer:json"`
	Language   text.Language
	// DigestAt is when a digest goes; nil for a mail that goes at once.
	DigestAt     *time.Time
	State        state
	Attempts     int
	ClaimedUntil *time.Time
	Trouble      string
	CreatedAt    time.Time `gorm:"autoCreateTime:false"`
	SettledAt    *time.Time
}

// TableName is mails.
func (outgoing) TableName() string { return "mails" }

// row is a notice as it is kept.
type row struct {
	ID       uuid.UUID
	TenantID uuid.UUID
	MailID   uuid.UUID
	At       time.Time
	Kind     event.Kind
	About    About `gorm:"serializer:json"`
}

// TableName is notices.
func (row) TableName() string { return "notices" }

// Outbox takes what is to be told. A nil Outbox tells nobody: that is how a program works that has no way to send mails.
type Outbox struct {
	queue    *jobs.Queue
	now      func() time.Time
	berlin   *time.Location
	operator bool
}

// NewOutbox returns an outbox. toOperator says that the operator's address is known.
func NewOutbox(queue *jobs.Queue, now func() time.Time, berlin *time.Location, toOperator bool) *Outbox {
	return &Outbox{queue: queue, now: now, berlin: berlin, operator: toOperator}
}

// Put notes what is to be told to the tenant's people, in the transaction that makes it true. What is given at once, and goes to the same
// people, becomes one mail.
func (o *Outbox) Put(tx database.Tx, notices []Notice) error {
	if o == nil || len(notices) == 0 {
		return nil
	}
	all, err := settingsOf(tx)
	if err != nil {
		return err
	}
	for _, g := range gather(all, notices) {
		if err := o.add(tx, g); err != nil {
			return err
		}
	}
	return nil
}

// Alarm tells the operator, in English, in the transaction that raises the alarm.
func (o *Outbox) Alarm(tx database.Tx, notice Notice) error {
	if o == nil || !o.operator {
		return nil
	}
	return o.add(tx, group{audience: operator, setting: Setting{Emails: []string{}, Mode: AtOnce, Language: text.English}, notices: []Notice{notice}})
}

// group is what goes to the same people in the same way.
type group struct {
	audience audience
	setting  Setting
	notices  []Notice
}

func (g group) key() string {
	return strings.Join(append([]string{string(g.setting.Mode), string(g.setting.Language)}, g.setting.Emails...), "\n")
}

// gather groups notices by who is told, always in the same order, so that two transactions do not wait for each other in a circle.
func gather(all settings, notices []Notice) []group {
	groups := map[string]*group{}
	for _, n := range notices {
		setting, _ := all.holding(n.Organisation)
		if setting.Mode == None {
			continue
		}
		setting.Emails = slices.Sorted(slices.Values(setting.Emails))
		g := group{audience: people, setting: setting}
		if groups[g.key()] == nil {
			groups[g.key()] = &g
		}
		groups[g.key()].notices = append(groups[g.key()].notices, n)
	}
	sorted := make([]group, 0, len(groups))
	for _, g := range groups {
		sorted = append(sorted, *g)
	}
	slices.SortFunc(sorted, func(a, b group) int { return cmp.Compare(a.key(), b.key()) })
	return sorted
}

// add writes the notices of a group down under a mail of their own, or under the open digest.
func (o *Outbox) add(tx database.Tx, g group) error {
	now := o.now()
	var letter outgoing
	var err error
	if g.setting.Mode == Daily {
		letter, err = o.digest(tx, g, now)
	} else {
		letter, err = o.atOnce(tx, g, now)
	}
	if err != nil {
		return err
	}
	rows := make([]row, len(g.notices))
	for i, n := range g.notices {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("draw a notice id: %w", err)
		}
		rows[i] = row{ID: id, TenantID: tx.Tenant, MailID: letter.ID, At: now, Kind: n.Kind, About: n.About}
	}
	if err := tx.CreateInBatches(&rows, notedAtOnce).Error; err != nil {
		return fmt.Errorf("note what is to be told: %w", err)
	}
	return nil
}

// notedAtOnce bounds the rows of one INSERT: PostgreSQL takes 65,535 values in a statement.
const notedAtOnce = 500

func (g group) letter(tx database.Tx, now time.Time) (outgoing, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return outgoing{}, fmt.Errorf("draw a mail id: %w", err)
	}
	return outgoing{
		ID: id, TenantID: tx.Tenant, Audience: g.audience, Recipients: g.setting.Emails, Language: g.setting.Language, State: waiting, CreatedAt: now,
	}, nil
}

// handedOut is when a mail for which a job was put in is looked at again, should the job never run.
const handedOut = time.Minute

func (o *Outbox) atOnce(tx database.Tx, g group, now time.Time) (outgoing, error) {
	letter, err := g.letter(tx, now)
	if err != nil {
		return outgoing{}, err
	}
	if err := tx.Create(&letter).Error; err != nil {
		return outgoing{}, fmt.Errorf("write mail: %w", err)
	}
	if err := schedule(tx, letter.ID, now.Add(handedOut)); err != nil {
		return outgoing{}, err
	}
	return letter, o.queue.Put(tx.DB, sendArgs{TenantID: tx.Tenant, MailID: letter.ID})
}

// digest finds or makes the digest that these people get next. One whose sending has begun takes nothing more: there is another one then.
func (o *Outbox) digest(tx database.Tx, g group, now time.Time) (outgoing, error) {
	letter, err := g.letter(tx, now)
	if err != nil {
		return outgoing{}, err
	}
	recipients, err := json.Marshal(letter.Recipients)
	if err != nil {
		return outgoing{}, fmt.Errorf("write recipients: %w", err)
	}
	at := nextDigest(now, o.berlin)
	for range digestTries {
		err := tx.Exec(`
			INSERT INTO mails (id, tenant_id, audience, recipients, language, digest_at, state, attempts, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?)
			ON CONFLICT (tenant_id, recipients, language, digest_at) WHERE digest_at IS NOT NULL AND attempts = 0 DO NOTHING`,
			letter.ID, tx.Tenant, letter.Audience, string(recipients), letter.Language, at, waiting, now).Error
		if err != nil {
			return outgoing{}, fmt.Errorf("open digest: %w", err)
		}
		var found outgoing
		err = database.ForUpdate(tx.Of(&found)).
			Where("recipients = ?::jsonb AND language = ? AND digest_at = ? AND attempts = 0", string(recipients), letter.Language, at).
			Take(&found).Error
		switch {
		case errors.Is(err, gorm.ErrRecordNotFound):
			continue // its sending began a moment ago
		case err != nil:
			return outgoing{}, fmt.Errorf("find digest: %w", err)
		case found.ID != letter.ID:
			return found, nil
		default:
			return found, schedule(tx, found.ID, at)
		}
	}
	return outgoing{}, errors.New("notice: the digest begins to be sent each time that it is opened")
}

// digestTries bounds how often a digest is opened anew because the one that was there has just begun to be sent.
const digestTries = 3

// digestHour is when digests go, on the clocks in Germany: before work begins. Daylight saving never skips or repeats it.
const digestHour = 7

// nextDigest is the first time after now at which digests go.
func nextDigest(now time.Time, berlin *time.Location) time.Time {
	today := calendar.On(now, berlin)
	at := onMorning(today, berlin)
	if !at.After(now) {
		at = onMorning(today.AddDays(1), berlin)
	}
	return at
}

func onMorning(day calendar.Date, berlin *time.Location) time.Time {
	return time.Date(day.Year, day.Month, day.Day, digestHour, 0, 0, 0, berlin)
}

// schedule says when a mail is looked at next.
func schedule(tx database.Tx, id uuid.UUID, at time.Time) error {
	err := tx.Exec(`INSERT INTO mail_schedule (mail_id, tenant_id, next_run_at) VALUES (?, ?, ?)
		ON CONFLICT (mail_id) DO UPDATE SET next_run_at = excluded.next_run_at`, id, tx.Tenant, at).Error
	if err != nil {
		return fmt.Errorf("schedule mail %s: %w", id, err)
	}
	return nil
}
