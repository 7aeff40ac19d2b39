package tenant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// HiringOrganisation is one Kundennummer of a BA account: the employer itself or a branch.
type HiringOrganisation struct {
	ID        uuid.UUID
	TenantID  uuid.UUID
	AccountID uuid.UUID
	// Name has 1 to 90 characters (HiringOrgName). The BA shows the name of its own records instead.
	Name string
	// Town has 1 to 35 characters.
	Town string
	// Kundennummer has the form A123A12345 (HiringOrgId).
	Kundennummer string
	IsDefault    bool
	// BetreutSince is the day since when the BA's local employer service looks after the Kundennummer; nil while nobody confirmed
	// it. Without it every ad under it is refused (rule 066).
	BetreutSince *time.Time
	// BetreutBy is who at the BA confirmed it.
	BetreutBy *string
	// BetreutNotedBy is who entered it here.
	BetreutNotedBy *string
	// BetreutNotedAt is when, which may be again and again; nil for what was entered before this was kept.
	BetreutNotedAt *time.Time
	Version        int64
	CreatedAt      time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt      time.Time `gorm:"autoUpdateTime:false"`
}

// Betreut reports whether somebody at the BA confirmed it.
func (o HiringOrganisation) Betreut() bool { return o.BetreutSince != nil }

// OrganisationInput is what a caller says of a hiring organisation.
type OrganisationInput struct {
	Name         string
	Town         string
	Kundennummer string
	// Default makes this the organisation of postings that name none. The first one of an account always is.
	Default bool
}

// CreateOrganisation adds a hiring organisation to an account of the tenant of the context. It returns fault.Missing for an unknown
// account, fault.InvalidInput with NumberMalformed or NumberMisplaced, and KundennummerTaken.
func (d *Directory) CreateOrganisation(ctx context.Context, account uuid.UUID, in OrganisationInput) (HiringOrganisation, error) {
	kundennummer, err := readKundennummer(in)
	if err != nil {
		return HiringOrganisation{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return HiringOrganisation{}, fmt.Errorf("create hiring organisation: %w", err)
	}
	now := d.now()
	created := HiringOrganisation{
		ID: id, AccountID: account, Name: in.Name, Town: in.Town, Kundennummer: kundennummer,
		Version: 1, CreatedAt: now, UpdatedAt: now,
	}
	err = d.db.InTx(ctx, func(tx database.Tx) error {
		if err := lockAccount(tx, account); err != nil {
			return err
		}
		created.TenantID = tx.Tenant
		var others int64
		if err := organisations(tx, account).Count(&others).Error; err != nil {
			return err
		}
		created.IsDefault = in.Default || others == 0
		if err := dropDefault(organisations(tx, account), created.IsDefault); err != nil {
			return err
		}
		if err := organisationConflict(tx.Create(&created).Error); err != nil {
			return err
		}
		return tell(tx, now, event.AccountOrganisationCreated, created)
	})
	return created, database.OrMissing("create hiring organisation", err)
}

// UpdateOrganisation changes name, town and default; what says nothing new changes nothing. A mistyped Kundennummer can be corrected until the account is active or has written a
// file; then another one is another hiring organisation, since the BA refuses to move an ad (rule 186). It returns fault.Missing,
// KundennummerFixed, KundennummerTaken, and fault.InvalidInput as CreateOrganisation does.
func (d *Directory) UpdateOrganisation(ctx context.Context, account, id uuid.UUID, in OrganisationInput) (HiringOrganisation, error) {
	kundennummer, err := readKundennummer(in)
	if err != nil {
		return HiringOrganisation{}, err
	}
	var found HiringOrganisation
	err = d.db.InTx(ctx, func(tx database.Tx) error {
		if err := lockAccount(tx, account); err != nil {
			return err
		}
		if err := database.ForUpdate(organisations(tx, account)).Where("id = ?", id).Take(&found).Error; err != nil {
			return err
		}
		if err := d.expect.Met(found.Version); err != nil {
			return err
		}
		in.Kundennummer = kundennummer
		changed, err := found.take(tx, in)
		if err != nil || !changed {
			return err
		}
		found.Version++
		found.UpdatedAt = d.now()
		if err := organisationConflict(tx.Rewrite(&found)); err != nil {
			return err
		}
		return tell(tx, found.UpdatedAt, event.AccountOrganisationChanged, found)
	})
	return found, database.OrMissing("update hiring organisation", err)
}

// take makes a locked organisation what a caller says of it, and reports whether that changes anything.
func (o *HiringOrganisation) take(tx database.Tx, in OrganisationInput) (bool, error) {
	renumbered := in.Kundennummer != o.Kundennummer
	if renumbered {
		if err := renumber(tx, o, in.Kundennummer); err != nil {
			return false, err
		}
	}
	promoted := in.Default && !o.IsDefault
	changed := renumbered || promoted || o.Name != in.Name || o.Town != in.Town
	o.Name, o.Town, o.IsDefault = in.Name, in.Town, o.IsDefault || promoted
	return changed, dropDefault(organisations(tx, o.AccountID), promoted)
}

// tell records what happened to an organisation as an event of its account, on which whoever reads the feed keeps an eye.
func tell(tx database.Tx, at time.Time, kind event.Kind, o HiringOrganisation) error {
	return event.Append(tx, at, kind, o.AccountID, map[string]any{"hiring_organisation_id": o.ID})
}

// renumber corrects a mistyped Kundennummer. What the BA said of the old one does not hold for the new one. Once the account is active or a
// file was written it stays.
func renumber(tx database.Tx, o *HiringOrganisation, kundennummer string) error {
	account, err := AccountByID(tx, o.AccountID)
	if err != nil {
		return err
	}
	if account.Active() || account.LastStamp != nil {
		return KundennummerFixed.At("/kundennummer", nil)
	}
	o.Kundennummer = kundennummer
	o.BetreutSince, o.BetreutBy, o.BetreutNotedBy, o.BetreutNotedAt = nil, nil, nil, nil
	return nil
}

// NoteBetreut records since when, and by whose word at the BA, a hiring organisation is betreut. What the BA held against it is then tried
// again, also when the same was noted before, which changes nothing else. It returns fault.Missing.
func (d *Directory) NoteBetreut(ctx context.Context, account, id uuid.UUID, since calendar.Date, by string) (HiringOrganisation, error) {
	var found HiringOrganisation
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		if err := database.ForUpdate(organisations(tx, account)).Where("id = ?", id).Take(&found).Error; err != nil {
			return err
		}
		if err := d.expect.Met(found.Version); err != nil {
			return err
		}
		day, noter, now := since.Start(time.UTC), scope.CallerOf(ctx).Name, d.now()
		news := !found.Betreut() || !found.BetreutSince.Equal(day) || *found.BetreutBy != by
		found.BetreutNotedAt = &now
		if news {
			found.BetreutSince, found.BetreutBy, found.BetreutNotedBy, found.UpdatedAt = &day, &by, &noter, now
			found.Version++
			if err := tell(tx, now, event.AccountBetreutNoted, found); err != nil {
				return err
			}
		}
		if err := tx.Rewrite(&found); err != nil {
			return err
		}
		return d.wake(tx, account)
	})
	return found, database.OrMissing("note that the organisation is betreut", err)
}

// Organisations returns a page of an account's hiring organisations, and the cursor of the next page. It returns fault.Missing for
// an unknown account.
func (d *Directory) Organisations(ctx context.Context, account uuid.UUID, page database.Page) ([]HiringOrganisation, *string, error) {
	var found []HiringOrganisation
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		if _, err := AccountByID(tx, account); err != nil {
			return err
		}
		return page.In(organisations(tx, account)).Find(&found).Error
	})
	if err != nil {
		return nil, nil, database.OrMissing("list hiring organisations", err)
	}
	found, next := database.Cut(page, found, func(o HiringOrganisation) uuid.UUID { return o.ID })
	return found, next, nil
}

// Organisation returns one hiring organisation of an account, or fault.Missing.
func (d *Directory) Organisation(ctx context.Context, account, id uuid.UUID) (HiringOrganisation, error) {
	var found HiringOrganisation
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		var err error
		found, err = OrganisationFor(tx, account, &id)
		return err
	})
	return found, err
}

// OrganisationsOf reads all hiring organisations of an account within a transaction.
func OrganisationsOf(tx database.Tx, account uuid.UUID) ([]HiringOrganisation, error) {
	var found []HiringOrganisation
	if err := organisations(tx, account).Order("id").Find(&found).Error; err != nil {
		return nil, fmt.Errorf("read hiring organisations: %w", err)
	}
	return found, nil
}

// OrganisationFor reads the hiring organisation that a posting of the account names, or the account's default when it names none,
// within a transaction. It returns fault.Missing and MissingDefault.
func OrganisationFor(tx database.Tx, account uuid.UUID, id *uuid.UUID) (HiringOrganisation, error) {
	query := organisations(tx, account)
	if id != nil {
		query = query.Where("id = ?", *id)
	} else {
		query = query.Where("is_default")
	}
	var found HiringOrganisation
	err := query.Take(&found).Error
	if id == nil && errors.Is(err, gorm.ErrRecordNotFound) {
		what := text.Text{DE: "Einstellungsorganisation", EN: "hiring organisation"}
		return found, MissingDefault.At("/hiring_organisation_id", fault.Args{"what": what})
	}
	return found, database.OrMissing("read hiring organisation", err)
}

func organisations(tx database.Tx, account uuid.UUID) *gorm.DB {
	return tx.Of(&HiringOrganisation{}).Where("account_id = ?", account)
}

// lockAccount makes changes to the account's organisations wait for each other, so that exactly one of them is the default. It returns
// gorm.ErrRecordNotFound for an unknown account.
func lockAccount(tx database.Tx, account uuid.UUID) error {
	return database.ForUpdate(tx.Of(&Account{})).Where("id = ?", account).Take(&Account{}).Error
}

// readKundennummer returns the input's Kundennummer as it is kept.
func readKundennummer(in OrganisationInput) (string, error) {
	value, complaint := ReadNumber("/kundennummer", Kundennummer, in.Kundennummer)
	if complaint != nil {
		return "", fault.Collect(fault.InvalidInput, []*fault.Error{complaint})
	}
	return value, nil
}

func organisationConflict(err error) error {
	if database.Violates(err, "hiring_organisations_account_id_kundennummer_key") {
		return KundennummerTaken.At("/kundennummer", nil)
	}
	return err
}
