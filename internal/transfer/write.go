package transfer

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// The caps of one file. The BA documents none for imports; its own exports are cut at 5,000 ads.
const (
	maxItems = 1000
	maxBytes = 20 << 20
)

// planAndWrite plans the account and stores the file with its items, in one transaction. It returns when to look again if there is
// nothing to send.
func (r *run) planAndWrite(ctx context.Context) (*time.Time, error) {
	var wait *time.Time
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := database.ForUpdate(tx.Of(&r.account)).Where("id = ?", r.account.ID).Take(&r.account).Error; err != nil {
			return err
		}
		plan, err := r.plan(tx)
		if err != nil {
			return err
		}
		if len(plan) == 0 {
			wait, err = r.nextLook(tx)
			return err
		}
		return r.write(tx, plan)
	})
	if err != nil {
		return nil, fmt.Errorf("plan account %s: %w", r.account.ID, err)
	}
	return wait, nil
}

// planned is one step with what it is about.
type planned struct {
	step
	posting      posting.Posting
	copy         *Copy
	organisation tenant.HiringOrganisation
	// modified is the time of change that the BA is told, and endsOn the last day that it is given.
	modified time.Time
	endsOn   calendar.Date
	// ad is what is written; empty for a deletion.
	ad hrbaxml.Ad
}

// plan compares wishes and copies of the account.
func (r *run) plan(tx database.Tx) ([]planned, error) {
	candidates, err := r.candidates(tx)
	if err != nil || len(candidates) == 0 {
		return nil, err
	}
	copies, err := copiesOf(tx, candidates)
	if err != nil {
		return nil, err
	}
	organisations, err := tenant.OrganisationsOf(tx, r.account.ID)
	if err != nil {
		return nil, err
	}
	byID := make(map[uuid.UUID]tenant.HiringOrganisation, len(organisations))
	for _, organisation := range organisations {
		byID[organisation.ID] = organisation
	}
	now, today := r.now(), r.today()
	var plan []planned
	for _, p := range candidates {
		organisation, have := byID[p.HiringOrganisationID], copies[p.ID]
		wanted := wish{
			Wanted: p.Wanted(today), Revision: p.LatestRevision, EmploymentType: p.EmploymentType,
			Kundennummer: organisation.Kundennummer, OpenEnd: p.PublishUntil == nil,
		}
		if p.Refusal != nil {
			wanted.RefusedRevision = p.Refusal.Revision
		}
		next, ok := planOne(wanted, have, now, today)
		if ok && next.Action != posting.Delete && !organisation.Betreut() {
			// The BA refuses every ad of an organisation that is not betreut (066); noting that it is wakes the account.
			continue
		}
		if ok {
			plan = append(plan, planned{step: next, posting: p, copy: have, organisation: organisation})
			continue
		}
		if err := r.settleByDay(tx, p); err != nil {
			return nil, err
		}
	}
	return plan, nil
}

// settleByDay saves a posting whose change became another one by the day alone, such as one whose last day passed before it was sent.
func (r *run) settleByDay(tx database.Tx, p posting.Posting) error {
	before := p.Change
	p.Settle(r.now(), r.today())
	if p.Change == before {
		return nil
	}
	p.UpdatedAt = r.now()
	if err := tx.Rewrite(&p); err != nil {
		return fmt.Errorf("save posting %s: %w", p.ID, err)
	}
	return nil
}

// candidates reads, and locks, the postings of the account for which there may be something to do, at most one file full. Those on hold
// stay out, so that they never keep others from their turn.
func (r *run) candidates(tx database.Tx) ([]posting.Posting, error) {
	today := r.today()
	renewal := today.AddDays(renewBefore)
	var found []posting.Posting
	err := database.ForUpdate(tx.Of(&posting.Posting{})).Where("account_id = ?", r.account.ID).Where(`
		change = 'waiting'
		OR change = 'scheduled' AND publish_from <= @today
		OR (change = 'withdrawing' OR publish AND publish_until < @today AND (at_ba IN ('live', 'locked') OR change <> 'none'))
			AND id NOT IN (SELECT posting_id FROM copies WHERE account_id = @account AND hold_until > @now)
		OR id IN (
			SELECT posting_id FROM copies
			WHERE account_id = @account AND state = 'live' AND (renew_after IS NULL OR renew_after <= @now) AND confirmed_revision > 0
				AND (confirmed_mapper <> @mapper OR ends_on <= @renewal AND postings.publish_until IS NULL))`,
		map[string]any{
			"today": today.String(), "account": r.account.ID, "renewal": renewal.String(), "mapper": posting.MapperVersion, "now": r.now(),
		}).Order("id").Limit(r.maxItems).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read postings to plan: %w", err)
	}
	return found, nil
}

// copiesOf reads the newest copy of each posting.
func copiesOf(tx database.Tx, postings []posting.Posting) (map[uuid.UUID]*Copy, error) {
	ids := make([]uuid.UUID, len(postings))
	for i, p := range postings {
		ids[i] = p.ID
	}
	var found []Copy
	err := tx.Of(&Copy{}).Select("DISTINCT ON (posting_id) *").Where("posting_id IN ?", ids).
		Order("posting_id, id DESC").Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("read copies: %w", err)
	}
	byPosting := make(map[uuid.UUID]*Copy, len(found))
	for i := range found {
		byPosting[found[i].PostingID] = &found[i]
	}
	return byPosting, nil
}

// nextLook returns when an account with nothing to send is looked at again: when a held deletion may be tried again, else tomorrow.
func (r *run) nextLook(tx database.Tx) (*time.Time, error) {
	next := r.nextDay(r.account.ID)
	var held []time.Time
	err := tx.Of(&Copy{}).Where("account_id = ? AND hold_until > ?", r.account.ID, r.now()).
		Order("hold_until").Limit(1).Pluck("hold_until", &held).Error
	if err != nil {
		return nil, fmt.Errorf("read held copies: %w", err)
	}
	if len(held) > 0 && held[0].Before(next) {
		next = held[0]
	}
	return &next, nil
}

// write stores the file of a plan, its items, and the copies of references that are new. It writes none when no step is left that the
// schema takes.
func (r *run) write(tx database.Tx, plan []planned) error {
	now := r.now()
	release, ok := hrbaxml.ReleaseByName(r.account.SchemaRelease)
	if !ok {
		return fmt.Errorf("unknown schema release %q", r.account.SchemaRelease)
	}
	plan, err := r.prepare(tx, plan, release, now)
	if err != nil || len(plan) == 0 {
		return err
	}
	t := Transfer{
		TenantID: tx.Tenant, AccountID: r.account.ID, SupplierID: *r.account.SupplierID, State: Written, WrittenAt: now, UpdatedAt: now,
	}
	if t.ID, err = uuid.NewV7(); err != nil {
		return fmt.Errorf("draw a transfer id: %w", err)
	}
	file, err := r.file(plan, release, now)
	for err == nil && len(file) > r.maxBytes && len(plan) > 1 {
		plan = plan[:len(plan)/2]
		file, err = r.file(plan, release, now)
	}
	if err != nil {
		return err
	}
	t.Stamp = r.nextStamp(now)
	t.FileName = hrbaxml.FileName{Kind: hrbaxml.DataFile, Supplier: t.SupplierID, Stamp: t.Stamp}.String()
	t.File, t.Items = file, len(plan)
	if err := tx.Create(&t).Error; err != nil {
		return fmt.Errorf("store transfer: %w", err)
	}
	if err := tx.CreateInBatches(items(t, plan), len(plan)).Error; err != nil {
		return fmt.Errorf("store items: %w", err)
	}
	r.wrote = t.ID
	return tx.Of(&tenant.Account{}).Where("id = ?", r.account.ID).Update("last_stamp", t.Stamp).Error
}

// nextStamp is the time for the next file's name: now on a German wall, but always later than the last one, so that neither the double
// hour in October nor a skewed clock repeats a name.
func (r *run) nextStamp(now time.Time) time.Time {
	stamp := hrbaxml.WallClock(now, r.berlin)
	if last := r.account.LastStamp; last != nil && !stamp.After(*last) {
		stamp = last.Add(time.Second)
	}
	return stamp
}

// prepare makes the copies and ads of a plan. What breaks the schema, or a rule on this day, is refused here, where it concerns one ad: for the schema
// the BA would refuse the whole file, for a rule it would answer hours later.
func (r *run) prepare(tx database.Tx, plan []planned, release *hrbaxml.Release, now time.Time) ([]planned, error) {
	fit := make([]planned, 0, len(plan))
	for _, p := range plan {
		if err := r.prepareCopy(tx, &p, now); err != nil {
			return nil, fmt.Errorf("prepare copy: %w", err)
		}
		if p.Action == posting.Delete {
			fit = append(fit, p)
			continue
		}
		content, err := posting.ContentOf(tx, p.posting.ID, p.Revision)
		if err != nil {
			return nil, err
		}
		p.endsOn = posting.EndsOn(&content, r.today())
		posting.Encode(&p.ad, &content, r.envelope(release, &p))
		if wrong := posting.CheckForSending(p.ad, r.sending(release, &p)); len(wrong) > 0 {
			if err := r.refuseUnsent(tx, p, wrong, now); err != nil {
				return nil, fmt.Errorf("refuse posting %s: %w", p.posting.ID, err)
			}
			continue
		}
		fit = append(fit, p)
	}
	return fit, nil
}

// refuseUnsent notes that a revision breaks the schema or a rule by now, as if the BA had refused it.
func (r *run) refuseUnsent(tx database.Tx, p planned, wrong []posting.Answer, now time.Time) error {
	refusal := posting.Refusal{Revision: p.Revision, At: now, Answers: wrong}
	p.copy.restRenewal(p.Revision, now)
	if err := tx.Rewrite(p.copy); err != nil {
		return err
	}
	p.posting.Refusal, p.posting.UpdatedAt = &refusal, now
	p.posting.Settle(now, r.today())
	if err := tx.Rewrite(&p.posting); err != nil {
		return err
	}
	return event.Append(tx, now, event.PostingRefused, p.posting.ID, map[string]any{"action": p.Action, "revision": p.Revision, "sent": false})
}

// prepareCopy makes the copy of a new reference, and notes in every copy that will be written what it will be written as. The time of
// change always moves on: the BA refuses what is older than what it has (120).
func (r *run) prepareCopy(tx database.Tx, p *planned, now time.Time) error {
	if p.Action == posting.Delete {
		return nil
	}
	p.modified = now
	if p.NewReference {
		id, err := uuid.NewV7()
		if err != nil {
			return fmt.Errorf("draw a copy id: %w", err)
		}
		p.copy = &Copy{
			ID: id, TenantID: tx.Tenant, PostingID: p.posting.ID, AccountID: r.account.ID,
			Reference:    newReference(*r.account.AllianceNumber, now),
			Kundennummer: p.organisation.Kundennummer, EmploymentType: p.posting.EmploymentType, State: CopyNew,
			LastModified: &p.modified, CreatedAt: now, UpdatedAt: now,
		}
		return tx.Create(p.copy).Error
	}
	if last := p.copy.LastModified; last != nil && !now.After(*last) {
		p.modified = last.Add(time.Second)
	}
	if p.Action == posting.Insert {
		p.copy.Kundennummer, p.copy.EmploymentType = p.organisation.Kundennummer, p.posting.EmploymentType
	}
	p.copy.LastModified, p.copy.UpdatedAt = &p.modified, now
	return tx.Rewrite(p.copy)
}

// file writes the XML of a plan: ads first, then deletions, as the schema demands.
func (r *run) file(plan []planned, release *hrbaxml.Release, now time.Time) ([]byte, error) {
	var out bytes.Buffer
	writer, err := hrbaxml.NewWriter(&out, release, hrbaxml.Header{
		SupplierID: *r.account.SupplierID, Timestamp: now.In(r.berlin), Amount: len(plan), Load: hrbaxml.Delta,
	})
	if err != nil {
		return nil, fmt.Errorf("begin file: %w", err)
	}
	for _, p := range plan {
		if p.Action == posting.Delete {
			continue
		}
		if err := writer.WriteAd(p.ad); err != nil {
			return nil, fmt.Errorf("write posting %s: %w", p.posting.ID, err)
		}
	}
	for _, p := range plan {
		if p.Action != posting.Delete {
			continue
		}
		if err := writer.Delete(p.copy.Reference); err != nil {
			return nil, fmt.Errorf("write the deletion of %s: %w", p.copy.Reference, err)
		}
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("end file: %w", err)
	}
	return out.Bytes(), nil
}

func (r *run) envelope(release *hrbaxml.Release, p *planned) posting.Envelope {
	return posting.Envelope{
		Release:   release,
		Reference: p.copy.Reference, Action: p.Action, SupplierID: *r.account.SupplierID, SupplierName: r.account.Name,
		Kundennummer: p.copy.Kundennummer, Employer: p.organisation.Name, Modified: p.modified.In(r.berlin), Today: r.today(),
	}
}

// sending is what is known of a step whose ad is about to be written.
func (r *run) sending(release *hrbaxml.Release, p *planned) posting.Sending {
	s := posting.Sending{Envelope: r.envelope(release, p), Alliance: *r.account.AllianceNumber}
	if p.Action == posting.Update {
		s.Live = &posting.Live{EmploymentType: p.copy.EmploymentType, Kundennummer: p.copy.Kundennummer}
	}
	return s
}

func items(t Transfer, plan []planned) []Item {
	rows := make([]Item, len(plan))
	for i, p := range plan {
		rows[i] = Item{
			TenantID: t.TenantID, TransferID: t.ID, Position: i, PostingID: p.posting.ID, CopyID: p.copy.ID,
			Reference: p.copy.Reference, Action: p.Action, Mapper: posting.MapperVersion, Result: Open,
		}
		if p.Action != posting.Delete {
			endsOn := p.endsOn.Start(time.UTC)
			rows[i].Revision, rows[i].EndsOn = &plan[i].Revision, &endsOn
		}
	}
	return rows
}

func (e *Engine) today() calendar.Date { return dayOf(e.now(), e.berlin) }

func dayOf(t time.Time, berlin *time.Location) calendar.Date { return calendar.On(t, berlin) }
