package posting

//go:generate go run ./gen

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Posting is one job ad: the wish to publish it, and where it stands at the BA. Its content lies in revisions.
type Posting struct {
	ID       uuid.UUID
	TenantID uuid.UUID
	// ExternalID is the posting's id in the caller's own software.
	ExternalID           *string
	AccountID            uuid.UUID
	HiringOrganisationID uuid.UUID
	// Publish is the wish: whether the ad is to be at the BA.
	Publish        bool
	LatestRevision int
	// Title, EmploymentType, PublishFrom, PublishUntil and TextMarks repeat the latest content, for lists and plans.
	Title          string
	EmploymentType EmploymentType
	PublishFrom    *time.Time `gorm:"type:date"`
	PublishUntil   *time.Time `gorm:"type:date"`
	// TextMarks tell texts that are nearly the same.
	TextMarks marks
	AtBA      AtBA `gorm:"column:at_ba"`
	// LiveRevision is the revision that the BA confirmed last.
	LiveRevision *int
	Change       Change
	ChangeSince  time.Time
	// Reference is the ad's id at the BA, nil until it was first planned.
	Reference *string
	// InFlight is what an unanswered file does with the ad; nil when none has it.
	InFlight *Action
	// Refusal is what the BA refused last.
	Refusal   *Refusal `gorm:"serializer:json"`
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

// Refusal is the BA's last refusal of a posting.
type Refusal struct {
	// Revision is what was refused; zero for a deletion.
	Revision int       `json:"revision"`
	At       time.Time `json:"at"`
	Answers  []Answer  `json:"answers"`
}

// Answer is one thing that the BA said about an ad.
type Answer struct {
	// Code is the BA's, in the spelling FLR_….
	Code string `json:"code"`
	// Text are the BA's own words, German.
	Text string `json:"text"`
}

// Revision is one version of a posting's content.
type Revision struct {
	TenantID  uuid.UUID
	PostingID uuid.UUID
	// Number counts from 1.
	Number    int
	Content   json.RawMessage `gorm:"type:jsonb"`
	CreatedAt time.Time       `gorm:"autoCreateTime:false"`
	CreatedBy string
}

// TableName is posting_revisions.
func (Revision) TableName() string { return "posting_revisions" }

// Input is what a caller says of a posting.
type Input struct {
	ExternalID *string
	// AccountID and HiringOrganisationID are nil for the defaults.
	AccountID            *uuid.UUID
	HiringOrganisationID *uuid.UUID
	Publish              bool
	Content              Content
}

// View is a posting with its latest content and what is wrong with it.
type View struct {
	Posting
	Content  Content
	Findings []Finding
	Account  AccountState
}

// Filter picks postings of a list; zero values pick all.
type Filter struct {
	AtBA                 AtBA
	Change               Change
	AccountID            uuid.UUID
	HiringOrganisationID uuid.UUID
	Publish              *bool
	EmploymentType       EmploymentType
	// Text stands in the title or the external id, in capitals or not.
	Text string
	// UpdatedSince leaves out what was changed before.
	UpdatedSince time.Time
}

// in narrows a query down to what the filter picks. Row-level security keeps indexes from a search for text: it looks through the rows of
// one tenant.
func (f Filter) in(query *gorm.DB) *gorm.DB {
	for _, column := range []struct {
		name  string
		value any
		given bool
	}{
		{"at_ba", f.AtBA, f.AtBA != ""},
		{"change", f.Change, f.Change != ""},
		{"account_id", f.AccountID, f.AccountID != uuid.Nil},
		{"hiring_organisation_id", f.HiringOrganisationID, f.HiringOrganisationID != uuid.Nil},
		{"publish", f.Publish, f.Publish != nil},
		{"employment_type", f.EmploymentType, f.EmploymentType != ""},
	} {
		if column.given {
			query = query.Where(clause.Eq{Column: column.name, Value: column.value})
		}
	}
	if f.Text != "" {
		query = query.Where("(strpos(lower(title), lower(?)) > 0 OR strpos(lower(external_id), lower(?)) > 0)", f.Text, f.Text)
	}
	if !f.UpdatedSince.IsZero() {
		query = query.Where("updated_at >= ?", f.UpdatedSince)
	}
	return query
}

// What can be wrong with saving a posting.
var (
	ExternalIDTaken = &fault.Code{
		Name: "external_id_taken", Kind: fault.Conflict,
		Title:  text.Text{DE: "Externe Kennung ist vergeben", EN: "The external id is taken"},
		Detail: text.Text{DE: "Eine andere Anzeige hat schon diese externe Kennung.", EN: "Another posting already has this external id."},
		Hint:   text.Text{DE: "Ändern Sie jene über „by-external-id“, oder wählen Sie eine andere Kennung.", EN: "Change that one by `by-external-id`, or choose another id."},
	}
	ExternalIDDiffers = &fault.Code{
		Name: "external_id_differs", Kind: fault.Invalid,
		Title:  text.Text{DE: "Externe Kennungen widersprechen sich", EN: "The external ids differ"},
		Detail: text.Text{DE: "Die externe Kennung ist nicht die, unter der die Anzeige geführt wird.", EN: "The external id is not the one that the posting has."},
		Hint:   text.Text{DE: "Lassen Sie „external_id“ in der Anfrage weg.", EN: "Leave `external_id` out of the body."},
	}
	AccountFixed = &fault.Code{
		Name: "account_fixed", Kind: fault.Conflict,
		Title:  text.Text{DE: "BA-Konto steht fest", EN: "The BA account is fixed"},
		Detail: text.Text{DE: "Eine Anzeige bleibt bei dem BA-Konto, unter dem sie angelegt wurde.", EN: "A posting stays with the BA account that it was created under."},
		Hint:   text.Text{DE: "Ziehen Sie diese zurück und legen Sie unter dem anderen Konto eine neue an.", EN: "Withdraw this one and create a new one under the other account."},
	}
)

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code {
	return []*fault.Code{NotPublishable, UnknownReference, ExternalIDTaken, ExternalIDDiffers, AccountFixed, NotDue}
}

func column(day *calendar.Date) *time.Time {
	if day == nil {
		return nil
	}
	midnight := day.Start(time.UTC)
	return &midnight
}
