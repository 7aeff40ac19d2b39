// Package notice tells a tenant's people by mail what happened to their ads and accounts. What is to be told is written down in the
// transaction that makes it true (Outbox); jobs send it afterwards (Sender).
package notice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/mail"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Mode says when people are told.
type Mode string

// The modes.
const (
	// AtOnce is a mail as soon as something happened; what one file brought comes in one mail.
	AtOnce Mode = "at_once"
	// Daily is one mail each morning about what happened since the last one, if anything did.
	Daily Mode = "daily"
	// None is no mail.
	None Mode = "none"
)

// MaxEmails is how many people a setting names at most.
const MaxEmails = 10

// Setting says who is told, and how.
type Setting struct {
	TenantID uuid.UUID
	// OrganisationID is the hiring organisation whose ads it is about; nil for those that have no setting of their own, and for what
	// concerns an account.
	OrganisationID *uuid.UUID
	Emails         []string `gorm:"serializer:json"`
	Mode           Mode
	Language       text.Language
	UpdatedAt      time.Time `gorm:"autoUpdateTime:false"`
}

// TableName is notification_settings.
func (Setting) TableName() string { return "notification_settings" }

// Input is what a caller says of a setting.
type Input struct {
	Emails   []string
	Mode     Mode
	Language text.Language
}

// What can be wrong with a setting.
var (
	EmailMalformed = &fault.Code{
		Name: "email_malformed", Kind: fault.Invalid,
		Title:  text.Text{DE: "Keine E-Mail-Adresse", EN: "Not an e-mail address"},
		Detail: text.Text{DE: "Das ist keine einzelne E-Mail-Adresse.", EN: "This is not one e-mail address."},
		Hint:   text.Text{DE: "Geben Sie nur die Adresse an, ohne Namen, etwa „bewerbung@muster-pflege.example“. Umlaute vor oder nach dem @ sind nicht möglich.", EN: "Give the address alone, without a name, such as `jobs@muster-pflege.example`. Only ASCII characters are possible."},
	}
	EmailsMissing = &fault.Code{
		Name: "emails_missing", Kind: fault.Invalid,
		Title:  text.Text{DE: "Es fehlt, wer die Mails bekommt", EN: "Nobody is named who gets the mails"},
		Detail: text.Text{DE: "Mit dieser Art der Benachrichtigung muss mindestens eine Adresse genannt sein.", EN: "This mode needs at least one address."},
		Hint:   text.Text{DE: "Nennen Sie eine Adresse, oder wählen Sie „none“.", EN: "Name an address, or choose `none`."},
	}
)

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code { return []*fault.Code{EmailMalformed, EmailsMissing} }

// Settings is the door to who is told.
type Settings struct {
	db     *database.DB
	now    func() time.Time
	expect database.Expect
}

// NewSettings returns the settings in a database.
func NewSettings(db *database.DB, now func() time.Time) *Settings { return &Settings{db: db, now: now} }

// Expecting returns settings that change one only if it is as expected, by Version. Put and PutOf return database.Stale else.
func (s *Settings) Expecting(expect database.Expect) *Settings {
	expecting := *s
	expecting.expect = expect
	return &expecting
}

// neverSaved is the version of a setting that nobody has saved yet.
const neverSaved = 1

// Version names a state of the setting: each time it is saved it is another one.
func (s Setting) Version() int64 {
	if s.UpdatedAt.IsZero() {
		return neverSaved
	}
	return s.UpdatedAt.UnixMicro()
}

// Get returns the tenant's setting; while there is none nobody is told.
func (s *Settings) Get(ctx context.Context) (Setting, error) {
	found := Setting{Emails: []string{}, Mode: None, Language: text.German}
	err := s.db.InTx(ctx, func(tx database.Tx) error {
		err := tx.Of(&Setting{}).Where("organisation_id IS NULL").Take(&found).Error
		if errors.Is(err, gorm.ErrRecordNotFound) {
			return nil
		}
		return err
	})
	return found, database.OrMissing("read notification setting", err)
}

// GetOf returns the setting of a hiring organisation of an account: its own, or the tenant's, which then holds for it (own is false). It
// returns fault.Missing for an unknown organisation.
func (s *Settings) GetOf(ctx context.Context, account, organisation uuid.UUID) (found Setting, own bool, err error) {
	err = s.db.InTx(ctx, func(tx database.Tx) error {
		if _, err := tenant.OrganisationFor(tx, account, &organisation); err != nil {
			return err
		}
		all, err := settingsOf(tx)
		if err != nil {
			return err
		}
		found, own = all.holding(&organisation)
		return nil
	})
	return found, own, database.OrMissing("read notification setting", err)
}

// Put saves the tenant's setting. It returns fault.InvalidInput with EmailMalformed and EmailsMissing.
func (s *Settings) Put(ctx context.Context, in Input) (Setting, error) {
	return s.put(ctx, in, nil, func(database.Tx) error { return nil })
}

// PutOf saves a hiring organisation's own setting. It returns fault.Missing for an unknown organisation, and what Put returns.
func (s *Settings) PutOf(ctx context.Context, account, organisation uuid.UUID, in Input) (Setting, error) {
	return s.put(ctx, in, &organisation, func(tx database.Tx) error {
		_, err := tenant.OrganisationFor(tx, account, &organisation)
		return err
	})
}

func (s *Settings) put(ctx context.Context, in Input, organisation *uuid.UUID, known func(database.Tx) error) (Setting, error) {
	if err := in.check(); err != nil {
		return Setting{}, err
	}
	saved := Setting{OrganisationID: organisation, Emails: append([]string{}, in.Emails...), Mode: in.Mode, Language: in.Language, UpdatedAt: s.now()}
	err := s.db.InTx(ctx, func(tx database.Tx) error {
		if err := known(tx); err != nil {
			return err
		}
		saved.TenantID = tx.Tenant
		written, err := s.write(tx, &saved)
		if err == nil && !written {
			_, err = s.write(tx, &saved)
		}
		return err
	})
	return saved, database.OrMissing("save notification setting", err)
}

// write saves a setting in the place of what is there and as it is expected to be. It is not written when somebody saved the first one at the
// same time: then the next write sees it.
func (s *Settings) write(tx database.Tx, saved *Setting) (written bool, err error) {
	of := func() *gorm.DB {
		if saved.OrganisationID == nil {
			return tx.Of(&Setting{}).Where("organisation_id IS NULL")
		}
		return tx.Of(&Setting{}).Where("organisation_id = ?", saved.OrganisationID)
	}
	var before Setting
	err = database.ForUpdate(of()).Take(&before).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		if err := s.expect.Met(neverSaved); err != nil {
			return false, err
		}
		created := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(saved)
		return created.RowsAffected == 1, created.Error
	}
	if err == nil {
		err = s.expect.Met(before.Version())
	}
	if err != nil {
		return false, err
	}
	return true, of().Select("emails", "mode", "language", "updated_at").Updates(saved).Error
}

// RemoveOf takes a hiring organisation's own setting away: the tenant's holds for it again. It returns fault.Missing for an unknown
// organisation.
func (s *Settings) RemoveOf(ctx context.Context, account, organisation uuid.UUID) error {
	err := s.db.InTx(ctx, func(tx database.Tx) error {
		if _, err := tenant.OrganisationFor(tx, account, &organisation); err != nil {
			return err
		}
		return tx.Of(&Setting{}).Where("organisation_id = ?", organisation).Delete(&Setting{}).Error
	})
	return database.OrMissing("remove notification setting", err)
}

func (in Input) check() error {
	var wrong []*fault.Error
	for i, address := range in.Emails {
		if !mail.ValidAddress(address) {
			wrong = append(wrong, EmailMalformed.At(fmt.Sprintf("/emails/%d", i), nil))
		}
	}
	if len(in.Emails) == 0 && in.Mode != None {
		wrong = append(wrong, EmailsMissing.At("/emails", nil))
	}
	return fault.Collect(fault.InvalidInput, wrong)
}

// settings are all of a tenant.
type settings []Setting

func settingsOf(tx database.Tx) (settings, error) {
	var found settings
	if err := tx.Of(&Setting{}).Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read notification settings: %w", err)
	}
	return found, nil
}

// holding returns the setting that holds for a hiring organisation, nil for what concerns an account, and whether it is the organisation's own.
func (s settings) holding(organisation *uuid.UUID) (found Setting, own bool) {
	found = Setting{Emails: []string{}, Mode: None, Language: text.German}
	for _, each := range s {
		switch {
		case each.OrganisationID == nil:
			found = each
		case organisation != nil && *each.OrganisationID == *organisation:
			return each, true
		}
	}
	return found, false
}

// still returns those of the addresses that are told anything today.
func (s settings) still(addresses []string) []string {
	return slices.DeleteFunc(slices.Clone(addresses), func(address string) bool {
		return !slices.ContainsFunc(s, func(each Setting) bool { return each.Mode != None && slices.Contains(each.Emails, address) })
	})
}
