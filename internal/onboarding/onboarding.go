// Package onboarding knows an account's road to the BA's interface: which steps there are, which are done, and when ads may be sent.
package onboarding

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Step is one part of the road.
type Step string

// The steps, in the order of the road. Registered, ContractRequested and ContractSigned happen outside and are noted by somebody; the
// others follow from what Stellwerk knows.
const (
	Registered          Step = "registered"
	Betreut             Step = "betreut"
	ContractRequested   Step = "contract_requested"
	ContractSigned      Step = "contract_signed"
	CredentialsReceived Step = "credentials_received"
	Active              Step = "active"
)

// Status is how one step stands.
type Status struct {
	Step  Step
	Title text.Text
	Done  bool
	// DoneOn and DoneBy are known of steps that somebody noted.
	DoneOn *calendar.Date
	DoneBy string
	// Missing names what a step with several parts lacks.
	Missing []text.Text
	// Hint says what to do next.
	Hint text.Text
}

// Road is how far an account is.
type Road struct {
	ActiveSince *time.Time
	Steps       []Status
}

// StepsMissing is answered when an account is to be activated before its road is complete.
var StepsMissing = &fault.Code{
	Name: "steps_missing", Kind: fault.Conflict,
	Title:  text.Text{DE: "Das Onboarding ist nicht vollständig", EN: "The road is not complete"},
	Detail: text.Text{DE: "Es fehlt: {missing}.", EN: "Missing: {missing}."},
	Hint:   text.Text{DE: "Erledigen und vermerken Sie die fehlenden Schritte, dann aktivieren Sie erneut.", EN: "Do the missing steps and note them, then activate again."},
}

// InFuture is answered when a step is said to have been done on a day that has not come.
var InFuture = &fault.Code{
	Name: "day_in_future", Kind: fault.Invalid,
	Title:  text.Text{DE: "Der Tag liegt in der Zukunft", EN: "The day is in the future"},
	Detail: text.Text{DE: "Vermerkt wird, was geschehen ist; dieser Tag kommt erst noch.", EN: "Only what has happened is noted; this day has yet to come."},
	Hint:   text.Text{DE: "Geben Sie den Tag an, an dem es geschah, spätestens heute.", EN: "Give the day on which it happened, today at the latest."},
}

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code { return []*fault.Code{StepsMissing, InFuture} }

// note is a step that somebody did outside.
type note struct {
	TenantID  uuid.UUID
	AccountID uuid.UUID `gorm:"primaryKey"`
	Step      Step      `gorm:"primaryKey"`
	DoneOn    time.Time `gorm:"type:date"`
	DoneBy    string
	NotedBy   string
	NotedAt   time.Time
}

// TableName is onboarding_steps.
func (note) TableName() string { return "onboarding_steps" }

// Roads is the door to the roads of accounts.
type Roads struct {
	db     *database.DB
	now    func() time.Time
	berlin *time.Location
	wake   func(tx database.Tx, account uuid.UUID) error
}

// NewRoads returns the roads in a database. wake is called in the transaction that activates an account.
func NewRoads(db *database.DB, now func() time.Time, berlin *time.Location, wake func(tx database.Tx, account uuid.UUID) error) *Roads {
	return &Roads{db: db, now: now, berlin: berlin, wake: wake}
}

// Of returns how far an account of the tenant of the context is, or fault.Missing.
func (r *Roads) Of(ctx context.Context, account uuid.UUID) (Road, error) {
	var road Road
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		found, err := tenant.AccountByID(tx, account)
		if err != nil {
			return err
		}
		road, err = r.read(tx, found)
		return err
	})
	return road, database.OrMissing("read onboarding", err)
}

// Note records that a step was done outside, on which day and by whom; noting it again corrects it. It returns fault.Missing and InFuture.
func (r *Roads) Note(ctx context.Context, account uuid.UUID, step Step, on calendar.Date, by string) (Road, error) {
	if err := r.CheckDay("/done_on", on); err != nil {
		return Road{}, err
	}
	var road Road
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		found, err := tenant.AccountByID(tx, account)
		if err != nil {
			return err
		}
		row := note{
			TenantID: tx.Tenant, AccountID: account, Step: step, DoneOn: on.Start(time.UTC), DoneBy: by,
			NotedBy: scope.CallerOf(ctx).Name, NotedAt: r.now(),
		}
		if err := tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "account_id"}, {Name: "step"}},
			DoUpdates: clause.AssignmentColumns([]string{"done_on", "done_by", "noted_by", "noted_at"}),
		}).Create(&row).Error; err != nil {
			return err
		}
		data := map[string]any{"step": step, "done_on": on, "done_by": by}
		if err := event.Append(tx, r.now(), event.OnboardingStepNoted, account, data); err != nil {
			return err
		}
		road, err = r.read(tx, found)
		return err
	})
	return road, database.OrMissing("note onboarding step", err)
}

// CheckDay returns fault.InvalidInput with InFuture when a day has not come yet.
func (r *Roads) CheckDay(pointer string, day calendar.Date) error {
	if day.After(calendar.On(r.now(), r.berlin)) {
		return fault.Collect(fault.InvalidInput, []*fault.Error{InFuture.At(pointer, nil)})
	}
	return nil
}

// Activate lets an account's ads be sent from now on; activating it again changes nothing. It returns fault.Missing, and StepsMissing with
// the names of the steps that are not done.
func (r *Roads) Activate(ctx context.Context, account uuid.UUID) (Road, error) {
	return r.change(ctx, account, func(tx database.Tx, found *tenant.Account) error {
		if found.Active() {
			return nil
		}
		road, err := r.read(tx, *found)
		if err != nil {
			return err
		}
		if missing := road.missing(); missing != nil {
			return StepsMissing.New(fault.Args{"missing": *missing})
		}
		now := r.now()
		found.ActiveSince = &now
		if err := r.save(tx, found, event.AccountActivated); err != nil {
			return err
		}
		return r.wake(tx, account)
	})
}

// Deactivate stops new files for an account; what is at the BA stays there, and an answer that is under way is still read. It returns
// fault.Missing.
func (r *Roads) Deactivate(ctx context.Context, account uuid.UUID) (Road, error) {
	return r.change(ctx, account, func(tx database.Tx, found *tenant.Account) error {
		if !found.Active() {
			return nil
		}
		found.ActiveSince = nil
		return r.save(tx, found, event.AccountDeactivated)
	})
}

func (r *Roads) change(ctx context.Context, account uuid.UUID, do func(tx database.Tx, found *tenant.Account) error) (Road, error) {
	var road Road
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		var found tenant.Account
		if err := database.ForUpdate(tx.Of(&found)).Where("id = ?", account).Take(&found).Error; err != nil {
			return err
		}
		if err := do(tx, &found); err != nil {
			return err
		}
		var err error
		road, err = r.read(tx, found)
		return err
	})
	return road, database.OrMissing("change activation", err)
}

func (r *Roads) save(tx database.Tx, account *tenant.Account, kind event.Kind) error {
	account.Version++
	account.UpdatedAt = r.now()
	if err := tx.Rewrite(account); err != nil {
		return err
	}
	return event.Append(tx, r.now(), kind, account.ID, nil)
}

// missing joins the titles of the steps that are not done, nil when all are.
func (road Road) missing() *text.Text {
	var joined *text.Text
	for _, s := range road.Steps {
		switch {
		case s.Done || s.Step == Active:
		case joined == nil:
			joined = &text.Text{DE: s.Title.DE, EN: s.Title.EN}
		default:
			joined.DE += ", " + s.Title.DE
			joined.EN += ", " + s.Title.EN
		}
	}
	return joined
}

func (r *Roads) read(tx database.Tx, account tenant.Account) (Road, error) {
	var notes []note
	if err := tx.Of(&note{}).Where("account_id = ?", account.ID).Find(&notes).Error; err != nil {
		return Road{}, fmt.Errorf("read noted steps: %w", err)
	}
	organisations, err := tenant.OrganisationsOf(tx, account.ID)
	if err != nil {
		return Road{}, err
	}
	hasCertificate, err := credential.HasUsable(tx, account.ID, r.now())
	if err != nil {
		return Road{}, err
	}
	return Road{ActiveSince: account.ActiveSince, Steps: []Status{
		noted(Registered, notes), betreut(organisations), noted(ContractRequested, notes), noted(ContractSigned, notes),
		credentials(account, hasCertificate), active(account),
	}}, nil
}
