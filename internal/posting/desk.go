package posting

import (
	"bytes"
	"context"
	"encoding/json"
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
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// Desk is the door to postings.
type Desk struct {
	db     *database.DB
	now    func() time.Time
	berlin *time.Location
	wake   func(tx database.Tx, account uuid.UUID) error
	expect database.Expect
}

// NewDesk returns the desk in a database. wake is called in the transaction that changes what an account has to send.
func NewDesk(db *database.DB, now func() time.Time, berlin *time.Location, wake func(tx database.Tx, account uuid.UUID) error) *Desk {
	return &Desk{db: db, now: now, berlin: berlin, wake: wake}
}

// Expecting returns a desk that changes a posting only if it is as expected: what it does returns database.Stale and database.Exists besides
// what it returns anyway.
func (d *Desk) Expecting(expect database.Expect) *Desk {
	other := *d
	other.expect = expect
	return &other
}

// Create saves a new posting of the tenant of the context. It returns NotPublishable, ExternalIDTaken, tenant.MissingDefault and, for
// an unknown account or hiring organisation, fault.InvalidInput with UnknownReference.
func (d *Desk) Create(ctx context.Context, in Input) (View, error) {
	var view View
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		var err error
		view, err = d.create(tx, in)
		return err
	})
	return view, database.OrMissing("create posting", err)
}

// Replace saves a posting's content as a new revision, unless nothing changed. It returns AccountFixed, ExternalIDDiffers, and what
// Create returns.
func (d *Desk) Replace(ctx context.Context, id uuid.UUID, in Input) (View, error) {
	var view View
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		found, err := lock(tx, "id = ?", id)
		if err != nil {
			return err
		}
		if err := d.expect.Met(found.Version); err != nil {
			return err
		}
		view, err = d.replace(tx, found, in)
		return err
	})
	return view, database.OrMissing("replace posting", err)
}

// PutByExternalID creates the posting with an external id, or replaces the one that has it, and reports whether it was created. It
// returns what Create and Replace return.
func (d *Desk) PutByExternalID(ctx context.Context, externalID string, in Input) (view View, created bool, err error) {
	if in.ExternalID != nil && *in.ExternalID != externalID {
		return View{}, false, fault.Collect(fault.InvalidInput, []*fault.Error{ExternalIDDiffers.At("/external_id", nil)})
	}
	in.ExternalID = &externalID
	view, before, err := d.put(ctx, in)
	return view, before == 0, err
}

// put creates the posting with the input's external id, or replaces it, and returns its version before: 0 for none.
func (d *Desk) put(ctx context.Context, in Input) (view View, before int64, err error) {
	put := func(tx database.Tx) error {
		found, err := lock(tx, "external_id = ?", *in.ExternalID)
		before = found.Version
		if errors.Is(err, gorm.ErrRecordNotFound) {
			if err := d.expect.MetByNone(); err != nil {
				return err
			}
			view, err = d.create(tx, in)
			return err
		}
		if err != nil {
			return err
		}
		if err := d.expect.Met(found.Version); err != nil {
			return err
		}
		view, err = d.replace(tx, found, in)
		return err
	}
	err = d.db.InTx(ctx, put)
	if fault.Has(err, ExternalIDTaken) {
		// Somebody created it between our look and our insert; now it is there to be replaced.
		err = d.db.InTx(ctx, put)
	}
	return view, before, database.OrMissing("put posting", err)
}

// Get returns one posting of the tenant of the context, or fault.Missing.
func (d *Desk) Get(ctx context.Context, id uuid.UUID) (View, error) {
	return d.view(ctx, "id = ?", id)
}

// GetByExternalID returns the posting with an external id, or fault.Missing.
func (d *Desk) GetByExternalID(ctx context.Context, externalID string) (View, error) {
	return d.view(ctx, "external_id = ?", externalID)
}

// List returns a page of the tenant's postings, without content, and the cursor of the next page.
func (d *Desk) List(ctx context.Context, filter Filter, page database.Page) ([]View, *string, error) {
	var views []View
	var next *string
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		var found []Posting
		if err := page.In(filter.in(tx.Of(&Posting{}))).Find(&found).Error; err != nil {
			return err
		}
		found, next = database.Cut(page, found, func(p Posting) uuid.UUID { return p.ID })
		stateOf, err := accountStates(tx)
		if err != nil {
			return err
		}
		for _, p := range found {
			views = append(views, View{Posting: p, Account: stateOf(p)})
		}
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("list postings: %w", err)
	}
	return views, next, nil
}

// Withdraw takes back the wish to publish. Withdrawing again changes nothing. It returns fault.Missing.
func (d *Desk) Withdraw(ctx context.Context, id uuid.UUID) (View, error) {
	var view View
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		found, err := lock(tx, "id = ?", id)
		if err != nil {
			return err
		}
		if err := d.expect.Met(found.Version); err != nil {
			return err
		}
		if found.Publish {
			found.Publish = false
			if err := d.save(tx, &found, nil); err != nil {
				return err
			}
		}
		view, err = d.viewOf(tx, found)
		return err
	})
	return view, database.OrMissing("withdraw posting", err)
}

func (d *Desk) create(tx database.Tx, in Input) (View, error) {
	account, err := accountFor(tx, in.AccountID)
	if err != nil {
		return View{}, err
	}
	organisation, err := organisationFor(tx, account.ID, in.HiringOrganisationID)
	if err != nil {
		return View{}, err
	}
	findings, err := d.judge(tx, uuid.Nil, in, account, organisation)
	if err != nil {
		return View{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return View{}, fmt.Errorf("draw a posting id: %w", err)
	}
	created := Posting{
		ID: id, TenantID: tx.Tenant, ExternalID: in.ExternalID, AccountID: account.ID, HiringOrganisationID: organisation.ID,
		Publish: in.Publish, AtBA: AtBANone, CreatedAt: d.now(),
	}
	if err := d.save(tx, &created, &in.Content); err != nil {
		return View{}, err
	}
	state, err := stateOf(tx, account, organisation)
	return View{Posting: created, Content: in.Content, Findings: findings, Account: state}, err
}

// same refuses an input that is about another posting than the one found.
func same(found Posting, in Input) error {
	if in.AccountID != nil && *in.AccountID != found.AccountID {
		return AccountFixed.At("/account_id", nil)
	}
	if in.ExternalID != nil && (found.ExternalID == nil || *in.ExternalID != *found.ExternalID) {
		return fault.Collect(fault.InvalidInput, []*fault.Error{ExternalIDDiffers.At("/external_id", nil)})
	}
	return nil
}

func (d *Desk) replace(tx database.Tx, found Posting, in Input) (View, error) {
	if err := same(found, in); err != nil {
		return View{}, err
	}
	account, err := tenant.AccountByID(tx, found.AccountID)
	if err != nil {
		return View{}, err
	}
	if in.HiringOrganisationID == nil {
		// The default is for new postings: should it change, no live ad moves, which the BA would refuse.
		in.HiringOrganisationID = &found.HiringOrganisationID
	}
	organisation, err := organisationFor(tx, account.ID, in.HiringOrganisationID)
	if err != nil {
		return View{}, err
	}
	findings, err := d.judge(tx, found.ID, in, account, organisation)
	if err != nil {
		return View{}, err
	}
	before, err := ContentOf(tx, found.ID, found.LatestRevision)
	if err != nil {
		return View{}, err
	}
	state, err := stateOf(tx, account, organisation)
	if err != nil {
		return View{}, err
	}
	view := View{Posting: found, Content: in.Content, Findings: findings, Account: state}
	moved := found.HiringOrganisationID != organisation.ID
	rewritten, err := differ(before, in.Content)
	if err != nil {
		return View{}, err
	}
	// Saving a refused ad as it is means: try again. What the BA complained of may lie outside the ad.
	again := in.Publish && found.RefusedLatest()
	// Publishing what the BA removed, after it was withdrawn, is the decision that it shall appear anew.
	anew := in.Publish && !found.Publish && found.AtBA == AtBARemoved
	if !moved && !rewritten && !again && found.Publish == in.Publish {
		return view, nil
	}
	if again {
		view.Refusal = nil
	}
	view.Publish, view.HiringOrganisationID = in.Publish, organisation.ID
	var content *Content
	if moved || rewritten || anew {
		content = &in.Content
	}
	err = d.save(tx, &view.Posting, content)
	return view, err
}

// differ compares contents by what is kept of them: an empty list is none.
func differ(a, b Content) (bool, error) {
	one, err := json.Marshal(a)
	if err != nil {
		return false, fmt.Errorf("write content: %w", err)
	}
	other, err := json.Marshal(b)
	if err != nil {
		return false, fmt.Errorf("write content: %w", err)
	}
	return !bytes.Equal(one, other), nil
}

// save writes the posting, with new content if there is any, wakes its account and records the event.
func (d *Desk) save(tx database.Tx, p *Posting, content *Content) error {
	now := d.now()
	if content != nil {
		p.LatestRevision++
		p.Title, p.EmploymentType = content.Title, content.EmploymentType
		p.PublishFrom, p.PublishUntil = column(content.Publication.From), column(content.LastDay())
		p.TextMarks = marksOf(PlainText(content.Description))
	}
	p.Version++
	p.UpdatedAt = now
	p.Settle(now, d.today())
	write := tx.Rewrite
	if p.Version == 1 {
		write = func(row any) error { return tx.Create(row).Error }
	}
	if err := taken(write(p)); err != nil {
		return err
	}
	if content != nil {
		raw, err := json.Marshal(content)
		if err != nil {
			return fmt.Errorf("write revision: %w", err)
		}
		revision := Revision{
			TenantID: tx.Tenant, PostingID: p.ID, Number: p.LatestRevision, Content: raw,
			CreatedAt: now, CreatedBy: scope.CallerOf(tx.Statement.Context).Name,
		}
		if err := tx.Create(&revision).Error; err != nil {
			return fmt.Errorf("save revision: %w", err)
		}
	}
	data := map[string]any{"revision": p.LatestRevision, "publish": p.Publish}
	if err := event.Append(tx, now, event.PostingSaved, p.ID, data); err != nil {
		return err
	}
	return d.wake(tx, p.AccountID)
}

func (d *Desk) view(ctx context.Context, condition string, value any) (View, error) {
	var view View
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		var found Posting
		if err := tx.Of(&Posting{}).Where(condition, value).Take(&found).Error; err != nil {
			return err
		}
		var err error
		view, err = d.viewOf(tx, found)
		return err
	})
	return view, database.OrMissing("read posting", err)
}

func (d *Desk) viewOf(tx database.Tx, p Posting) (View, error) {
	content, err := ContentOf(tx, p.ID, p.LatestRevision)
	if err != nil {
		return View{}, err
	}
	account, err := tenant.AccountByID(tx, p.AccountID)
	if err != nil {
		return View{}, err
	}
	organisation, err := tenant.OrganisationFor(tx, account.ID, &p.HiringOrganisationID)
	if err != nil {
		return View{}, err
	}
	state, err := stateOf(tx, account, organisation)
	if err != nil {
		return View{}, err
	}
	findings, err := d.findings(tx, p.ID, &content, account, organisation)
	return View{Posting: p, Content: content, Findings: findings, Account: state}, err
}

func (d *Desk) today() calendar.Date { return calendar.On(d.now(), d.berlin) }

// ContentOf reads one revision's content within a transaction.
func ContentOf(tx database.Tx, posting uuid.UUID, number int) (Content, error) {
	var revision Revision
	if err := tx.Of(&Revision{}).Where("posting_id = ? AND number = ?", posting, number).Take(&revision).Error; err != nil {
		return Content{}, fmt.Errorf("read revision %d of posting %s: %w", number, posting, err)
	}
	var content Content
	if err := json.Unmarshal(revision.Content, &content); err != nil {
		return Content{}, fmt.Errorf("read revision %d of posting %s: %w", number, posting, err)
	}
	return content, nil
}

func lock(tx database.Tx, condition string, value any) (Posting, error) {
	var found Posting
	err := database.ForUpdate(tx.Of(&Posting{})).Where(condition, value).Take(&found).Error
	return found, err
}

func taken(err error) error {
	if database.Violates(err, "postings_tenant_id_external_id_key") {
		return ExternalIDTaken.At("/external_id", nil)
	}
	if err != nil {
		return fmt.Errorf("save posting: %w", err)
	}
	return nil
}
