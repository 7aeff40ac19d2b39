package takeover

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// taking is one take-over within its transaction.
type taking struct {
	*Door
	tx       database.Tx
	account  tenant.Account
	today    calendar.Date
	supplier string
	// organisations are the account's, by Kundennummer.
	organisations map[string]tenant.HiringOrganisation
	// known are the tenant's copies under the given references, and postings those with the given external ids.
	known    map[string]transfer.Copy
	postings map[string]posting.Posting
	seen     map[string]bool
	// listed counts the foreign references that were not listed before.
	listed int
}

// prepare reads, and locks, at once what the records may meet.
func (t *taking) prepare(records []record) error {
	t.organisations, t.known = map[string]tenant.HiringOrganisation{}, map[string]transfer.Copy{}
	t.postings, t.seen = map[string]posting.Posting{}, map[string]bool{}
	organisations, err := tenant.OrganisationsOf(t.tx, t.account.ID)
	if err != nil {
		return err
	}
	for _, o := range organisations {
		t.organisations[o.Kundennummer] = o
	}
	references, names := []string{}, []string{}
	for _, r := range records {
		references = append(references, r.Reference)
		if r.ExternalID != nil {
			names = append(names, *r.ExternalID)
		}
	}
	var copies []transfer.Copy
	if err := t.tx.Of(&transfer.Copy{}).Where("reference IN ?", references).Find(&copies).Error; err != nil {
		return fmt.Errorf("read copies: %w", err)
	}
	for _, c := range copies {
		t.known[c.Reference] = c
	}
	var postings []posting.Posting
	err = database.ForUpdate(t.tx.Of(&posting.Posting{})).Where("external_id IN ?", names).Order("id").Find(&postings).Error
	if err != nil {
		return fmt.Errorf("read postings: %w", err)
	}
	for _, p := range postings {
		t.postings[*p.ExternalID] = p
	}
	return nil
}

// referenceForm is what a reference looks like: number, free part and S, without blanks or control characters.
var referenceForm = regexp.MustCompile(`^[0-9]{1,8}-[\x21-\x7E]+-S$`)

// maxReference is the longest reference that the interface takes.
const maxReference = 27

// one takes over one ad. Its steps, in their order:
//
//  1. The reference must be one, and stand there once.
//  2. What the file deletes, or what ended, is over.
//  3. A reference under another number is listed for its provider to withdraw.
//  4. A reference that is known stays where it is.
//  5. The ad must be readable, of a hiring organisation of the account, and public by now.
//  6. It becomes a new posting, or joins the one that was named.
func (t *taking) one(r record) (Item, error) {
	item := Item{Reference: r.Reference, Line: r.line, Title: r.title}
	if len(r.Reference) > maxReference || !referenceForm.MatchString(r.Reference) { // 1
		return item.refused(MalformedReference.New(nil)), nil
	}
	if t.seen[r.Reference] {
		return item.refused(Repeated.New(nil)), nil
	}
	t.seen[r.Reference] = true
	if r.content != nil {
		item.EndsOn = r.content.Publication.Until
	}
	if r.deleted || item.EndsOn != nil && item.EndsOn.Before(t.today) { // 2
		item.Outcome = Over
		return item, nil
	}
	if !strings.HasPrefix(r.Reference, *t.account.AllianceNumber+"-") { // 3
		item.Outcome = Foreign
		return item, t.list(r)
	}
	if have, ok := t.known[r.Reference]; ok { // 4
		return t.again(item, r, have)
	}
	if problem := t.doubts(r); problem != nil { // 5
		return item.refused(problem), nil
	}
	if r.content != nil { // 6
		return t.adopt(item, r)
	}
	return t.join(item, r)
}

func (i Item) refused(problem *fault.Error) Item {
	i.Outcome, i.Problem = Refused, problem
	return i
}

// doubts says what keeps an ad from being taken over; nil when nothing does.
func (t *taking) doubts(r record) *fault.Error {
	_, ours := t.organisations[r.Kundennummer]
	switch {
	case r.problem != nil:
		return r.problem
	case t.supplier != "" && t.supplier != *t.account.SupplierID:
		return OtherSupplier.New(fault.Args{"found": t.supplier, "expected": *t.account.SupplierID})
	case !ours:
		return UnknownKundennummer.New(fault.Args{"kundennummer": r.Kundennummer})
	case r.content != nil && r.content.Publication.From != nil && r.content.Publication.From.After(t.today):
		return NotYetPublic.New(fault.Args{"from": r.content.Publication.From.String()})
	default:
		return nil
	}
}

// list notes an ad under another partner's prefix, once.
func (t *taking) list(r record) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("draw an id: %w", err)
	}
	row := transfer.ForeignReference{
		ID: id, TenantID: t.tx.Tenant, AccountID: t.account.ID, Reference: r.Reference, Title: r.title, ListedAt: t.now(),
	}
	done := t.tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "account_id"}, {Name: "reference"}}, DoNothing: true}).Create(&row)
	t.listed += int(done.RowsAffected)
	return done.Error
}

// again answers a reference that is known. A posting that has no id of the caller's software yet gets the one that is given.
func (t *taking) again(item Item, r record, have transfer.Copy) (Item, error) {
	var found posting.Posting
	if err := database.ForUpdate(t.tx.Of(&found)).Where("id = ?", have.PostingID).Take(&found).Error; err != nil {
		return item, fmt.Errorf("read posting: %w", err)
	}
	item.PostingID, item.Title = &found.ID, found.Title
	switch {
	case have.AccountID != t.account.ID:
		return item.refused(OtherAccount.New(nil)), nil
	case r.ExternalID == nil || found.ExternalID != nil && *found.ExternalID == *r.ExternalID:
		item.Outcome = Known
		return item, nil
	case found.ExternalID != nil:
		return item.refused(OtherPosting.New(fault.Args{"posting": found.ID.String()})), nil
	}
	if _, taken := t.postings[*r.ExternalID]; taken {
		return item.refused(OtherPosting.New(fault.Args{"posting": found.ID.String()})), nil
	}
	item.Outcome = Joined
	if err := t.desk.Name(t.tx, found, *r.ExternalID); err != nil {
		return item, err
	}
	found.ExternalID = r.ExternalID
	t.postings[*r.ExternalID] = found
	return item, nil
}

// adopt makes a new posting of an ad in a file.
func (t *taking) adopt(item Item, r record) (Item, error) {
	return t.within(item, func(inner *taking) (Item, error) {
		made, err := inner.desk.Adopt(inner.tx, posting.Adoption{
			AccountID: t.account.ID, HiringOrganisationID: t.organisations[r.Kundennummer].ID, Reference: r.Reference, Content: *r.content,
		})
		if err != nil {
			return item, err
		}
		item.Outcome, item.PostingID = Taken, &made.ID
		// The BA has just this content, as far as the file says.
		return item, inner.confirm(r, made.ID, made.LatestRevision)
	})
}

// join makes a reference that of a posting which is there.
func (t *taking) join(item Item, r record) (Item, error) {
	if r.ExternalID == nil {
		return item.refused(PostingMissing.New(nil)), nil
	}
	p, found := t.postings[*r.ExternalID]
	if !found {
		return item.refused(PostingMissing.New(nil)), nil
	}
	item.PostingID, item.Title = &p.ID, p.Title
	organisation := t.organisations[r.Kundennummer]
	switch {
	case p.AccountID != t.account.ID:
		return item.refused(OtherAccount.New(nil)), nil
	case p.HiringOrganisationID != organisation.ID || p.EmploymentType != r.EmploymentType:
		return item.refused(PostingDiffers.New(nil)), nil
	}
	free, err := t.spare(p)
	if err != nil {
		return item, err
	}
	if !free {
		return item.refused(PostingHasAd.New(nil)), nil
	}
	return t.within(item, func(inner *taking) (Item, error) {
		err := inner.desk.Join(inner.tx, p, t.account, organisation, r.Reference)
		if problem, ok := errors.AsType[*fault.Error](err); ok {
			return item.refused(problem), nil
		}
		if err != nil {
			return item, err
		}
		item.Outcome = Joined
		// Revision 0: nobody knows what the BA has, so the posting's content goes there as a change.
		return item, inner.confirm(r, p.ID, 0)
	})
}

// spare reports whether a posting has no ad at the BA, and none on its way there. A reference that was drawn for it and never left is
// given up.
func (t *taking) spare(p posting.Posting) (bool, error) {
	var have transfer.Copy
	err := t.tx.Of(&have).Where("posting_id = ?", p.ID).Order("id DESC").Take(&have).Error
	switch {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("read copy: %w", err)
	case p.InFlight != nil:
		return false, nil
	case have.State == transfer.CopyGone || have.State == transfer.CopyRemoved:
		return have.Doubt == nil, nil
	case have.State != transfer.CopyNew || have.FirstSentAt != nil:
		return false, nil
	}
	// A file that is written and has not left holds it still.
	var items int64
	if err := t.tx.Of(&transfer.Item{}).Where("copy_id = ?", have.ID).Count(&items).Error; err != nil || items > 0 {
		return false, err
	}
	have.State, have.UpdatedAt = transfer.CopyGone, t.now()
	return true, t.tx.Rewrite(&have)
}

// confirm notes that the BA has an ad of a posting under a reference, with a revision of it.
func (t *taking) confirm(r record, owner uuid.UUID, revision int) error {
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("draw a copy id: %w", err)
	}
	now, mapper := t.now(), posting.MapperVersion
	row := transfer.Copy{
		ID: id, TenantID: t.tx.Tenant, PostingID: owner, AccountID: t.account.ID, Reference: r.Reference, Kundennummer: r.Kundennummer,
		EmploymentType: r.EmploymentType, State: transfer.CopyLive, ConfirmedRevision: &revision, ConfirmedMapper: &mapper,
		ConfirmedAt: &now, CreatedAt: now, UpdatedAt: now,
	}
	if !r.modified.IsZero() {
		row.LastModified = &r.modified
	}
	if r.content != nil && r.content.Publication.Until != nil {
		row.EndsOn = new(r.content.Publication.Until.Start(time.UTC))
	}
	if err := t.tx.Create(&row).Error; err != nil {
		return err
	}
	t.known[r.Reference] = row
	return event.Append(t.tx, now, event.PostingTakenOver, owner, map[string]any{"reference": r.Reference})
}

// within does something in a part of the transaction. If the reference turns out to be somebody else's, which only the database knows, that
// part is taken back, and the ad refused.
func (t *taking) within(item Item, do func(inner *taking) (Item, error)) (Item, error) {
	done := item
	err := t.tx.Transaction(func(part *gorm.DB) error {
		inner := *t
		inner.tx = database.Tx{DB: part, Tenant: t.tx.Tenant}
		var err error
		done, err = do(&inner)
		return err
	})
	if database.Violates(err, "copies_reference_key") {
		return item.refused(ReferenceTaken.New(nil)), nil
	}
	return done, err
}
