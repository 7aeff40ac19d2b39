package posting

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// Validate checks a posting as saving it would, and saves nothing. It returns all findings at once, those that keep it from being published
// too, and the errors of Create about accounts and hiring organisations.
func (d *Desk) Validate(ctx context.Context, in Input) ([]Finding, error) {
	var findings []Finding
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		account, err := accountFor(tx, in.AccountID)
		if err != nil {
			return err
		}
		organisation, err := organisationFor(tx, account.ID, in.HiringOrganisationID)
		if err != nil {
			return err
		}
		self, err := idOf(tx, in.ExternalID)
		if err != nil {
			return err
		}
		findings, err = d.findings(tx, self, &in.Content, account, organisation)
		return err
	})
	return findings, database.OrMissing("validate posting", err)
}

// idOf returns the posting that already has an external id; uuid.Nil for none.
func idOf(tx database.Tx, externalID *string) (uuid.UUID, error) {
	if externalID == nil {
		return uuid.Nil, nil
	}
	var found Posting
	err := tx.Of(&Posting{}).Select("id").Where("external_id = ?", *externalID).Take(&found).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return uuid.Nil, nil
	}
	return found.ID, err
}

// judge checks the content of a posting, and refuses to publish what the BA would refuse. self is the posting's id, uuid.Nil for a new one.
func (d *Desk) judge(tx database.Tx, self uuid.UUID, in Input, account tenant.Account, organisation tenant.HiringOrganisation) ([]Finding, error) {
	findings, err := d.findings(tx, self, &in.Content, account, organisation)
	if err != nil || !in.Publish {
		return findings, err
	}
	return findings, refuse(findings)
}

// findings finds everything that is wrong or risky in a content.
func (d *Desk) findings(tx database.Tx, self uuid.UUID, c *Content, account tenant.Account, organisation tenant.HiringOrganisation) ([]Finding, error) {
	release, ok := hrbaxml.ReleaseByName(account.SchemaRelease)
	if !ok {
		return nil, fmt.Errorf("account %s follows the unknown schema release %q", account.ID, account.SchemaRelease)
	}
	findings := Check(c, d.today(), release, organisation.Name, account.Name)
	twins, err := warnTwins(tx, self, c)
	return append(findings, twins...), err
}
