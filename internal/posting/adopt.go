package posting

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// NotDue is answered when a posting is to become that of an ad which is at the BA, and its days say that it is not to be there now.
var NotDue = &fault.Code{
	Name: "posting_not_due", Kind: fault.Conflict,
	Title:  text.Text{DE: "Die Anzeige soll heute nicht veröffentlicht sein", EN: "The posting is not to be published today"},
	Detail: text.Text{DE: "Nach den Veröffentlichungstagen der Anzeige würde Stellwerk sie bei der BA sofort löschen.", EN: "By the days of its publication Stellwerk would delete the ad at the BA at once."},
	Hint:   text.Text{DE: "Berichtigen Sie die Veröffentlichungstage, und verbinden Sie dann erneut.", EN: "Correct the days of publication, then join it again."},
}

// Adoption is an ad that another system published and that the BA has.
type Adoption struct {
	AccountID            uuid.UUID
	HiringOrganisationID uuid.UUID
	// Reference is the ad's id at the BA.
	Reference string
	// Content is what the BA has, as far as the other system's file says.
	Content Content
}

// Adopt makes a posting, within a transaction, of an ad that the BA already has: it is wanted, live and unchanged, so nothing is sent. What
// is wrong with its content by today's rules shows as findings; the ad is there all the same. The caller wakes the account.
func (d *Desk) Adopt(tx database.Tx, in Adoption) (Posting, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Posting{}, fmt.Errorf("draw a posting id: %w", err)
	}
	first := 1
	made := Posting{
		ID: id, TenantID: tx.Tenant, AccountID: in.AccountID, HiringOrganisationID: in.HiringOrganisationID, Publish: true,
		AtBA: AtBALive, LiveRevision: &first, Reference: &in.Reference, CreatedAt: d.now(),
	}
	err = d.write(tx, &made, &in.Content)
	return made, err
}

// Join makes a posting, within a transaction, that of an ad which the BA already has and of which only the reference is known. The posting
// becomes wanted, and its content goes to the BA as a change of that ad. It returns NotPublishable when the BA would refuse the
// content, and NotDue. The caller wakes the account.
func (d *Desk) Join(tx database.Tx, p Posting, account tenant.Account, organisation tenant.HiringOrganisation, reference string) error {
	content, err := ContentOf(tx, p.ID, p.LatestRevision)
	if err != nil {
		return err
	}
	if _, err := d.judge(tx, p.ID, Input{Publish: true, Content: content}, account, organisation); err != nil {
		return err
	}
	p.Publish, p.AtBA, p.LiveRevision, p.Reference, p.Refusal = true, AtBALive, nil, &reference, nil
	if !p.Wanted(d.today()) {
		return NotDue.New(nil)
	}
	return d.write(tx, &p, nil)
}

// Name gives a posting, within a transaction, its id in the caller's own software. It returns ExternalIDTaken.
func (d *Desk) Name(tx database.Tx, p Posting, externalID string) error {
	p.ExternalID = &externalID
	return d.write(tx, &p, nil)
}
