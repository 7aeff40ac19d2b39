package transfer

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// planned is one step with what it is about.
type planned struct {
	step
	posting      posting.Posting
	copy         *Copy
	organisation tenant.HiringOrganisation
	wanted       bool
	// modified is the time of change that the BA is told, and endsOn the last day that it is given.
	modified time.Time
	endsOn   calendar.Date
	// ad is what is written; empty for a deletion.
	ad hrbaxml.Ad
	// probes is the condition of which this ad finds out whether it still holds; nil for none.
	probes *condition
}

// plan is one look at an account: what stands in its ads' way, and the steps that are left.
type plan struct {
	*run
	tx            database.Tx
	organisations map[uuid.UUID]tenant.HiringOrganisation
	conditions    conditions
	// held says that the deletions of wanted ads wait for a human.
	held bool
}

func (r *run) newPlan(tx database.Tx) (*plan, error) {
	p := &plan{run: r, tx: tx, held: r.way.DeletionsSince != nil}
	found, err := tenant.OrganisationsOf(tx, r.account.ID)
	if err != nil {
		return nil, err
	}
	p.organisations = make(map[uuid.UUID]tenant.HiringOrganisation, len(found))
	for _, organisation := range found {
		p.organisations[organisation.ID] = organisation
	}
	if p.conditions, err = conditionsOf(tx, r.account.ID); err != nil {
		return nil, err
	}
	if err := p.dropMended(); err != nil {
		return nil, err
	}
	return p, nil
}

// steps compares wishes and copies of the account, at most one file full.
func (p *plan) steps() ([]planned, error) {
	if p.held || p.way.DeletionsLetGo > 0 {
		if err := p.look(); err != nil {
			return nil, err
		}
	}
	found, err := p.compare()
	if err != nil {
		return nil, err
	}
	if !p.held && slices.ContainsFunc(found, planned.guarded) {
		if err := p.look(); err != nil {
			return nil, err
		}
		if p.held {
			found, err = p.compare()
		}
	}
	return found[:p.way.fits(p.account, len(found))], err
}

// look finds out whether deletions are held.
func (p *plan) look() error {
	held, err := p.guard(p.tx)
	p.held = held
	return err
}

// compare decides for each posting that may have something to do.
func (p *plan) compare() ([]planned, error) {
	postings, err := p.candidates()
	if err != nil || len(postings) == 0 {
		return nil, err
	}
	copies, err := copiesOf(p.tx, postings)
	if err != nil {
		return nil, err
	}
	var found []planned
	probed := map[string]bool{}
	for _, each := range postings {
		next, ok, err := p.compareOne(each, copies[each.ID])
		switch {
		case err != nil:
			return nil, err
		case !ok:
			if err := p.settleByDay(each); err != nil {
				return nil, err
			}
		case p.passes(&next, probed):
			found = append(found, next)
		}
	}
	return found, nil
}

func (p *plan) compareOne(each posting.Posting, have *Copy) (next planned, ok bool, err error) {
	now, today := p.now(), p.today()
	organisation := p.organisations[each.HiringOrganisationID]
	w := wish{
		Wanted: each.Wanted(today), Revision: each.LatestRevision, EmploymentType: each.EmploymentType,
		Kundennummer: organisation.Kundennummer, OpenEnd: each.PublishUntil == nil,
	}
	if each.Refusal != nil {
		w.RefusedRevision = each.Refusal.Revision
	}
	if w.OpenEnd && w.RefusedRevision == w.Revision {
		if w.OpenEnd, err = p.openAtBA(have); err != nil {
			return planned{}, false, err
		}
	}
	next = planned{posting: each, copy: have, organisation: organisation, wanted: w.Wanted}
	next.step, ok = planOne(w, have, now, today)
	return next, ok, nil
}

// openAtBA reports whether what the BA has of an ad is without an end of its own. Its newest revision may be one that the BA refused: what is
// sent again is the one before, and would end again on the same day.
func (p *plan) openAtBA(have *Copy) (bool, error) {
	if have == nil || have.State != CopyLive || *have.ConfirmedRevision == 0 {
		return true, nil
	}
	content, err := posting.ContentOf(p.tx, have.PostingID, *have.ConfirmedRevision)
	return content.LastDay() == nil, err
}

// passes reports whether a step may go now: nothing that somebody else must mend or decide stands in its way, or it is the one ad by which
// that is found out, which is noted in it and in probed.
func (p *plan) passes(next *planned, probed map[string]bool) bool {
	if (next.Action != posting.Delete || next.guarded()) && !next.organisation.Betreut() {
		// The BA refuses every ad of an organisation that is not betreut (066); noting that it is wakes the account.
		return false
	}
	if next.guarded() && (p.held || !p.canFollow(next)) {
		return false
	}
	number := next.organisation.Kundennummer
	if next.Action == posting.Delete {
		number = next.copy.Kundennummer
	}
	c := p.conditions.holding(next.Action, number)
	if c == nil {
		return true
	}
	if probed[c.Kundennummer] || !c.due(p.now()) {
		return false
	}
	probed[c.Kundennummer], next.probes = true, c
	return true
}

// canFollow reports whether an ad that is deleted to appear anew can be inserted then. While the BA refuses the ads under its Kundennummer
// another ad has to find out first, unless the deletion finds out the same.
func (p *plan) canFollow(next *planned) bool {
	c, refuses := p.conditions[next.organisation.Kundennummer]
	return !refuses || !c.onlyAds() && next.copy.Kundennummer == c.Kundennummer
}

// settleByDay saves a posting whose change became another one by the day alone, such as one whose last day passed before it was sent.
func (p *plan) settleByDay(each posting.Posting) error {
	before := each.Change
	each.Settle(p.now(), p.today())
	if each.Change == before {
		return nil
	}
	each.UpdatedAt = p.now()
	if err := p.tx.Rewrite(&each); err != nil {
		return fmt.Errorf("save posting %s: %w", each.ID, err)
	}
	return nil
}

// resting are the organisations whose ads do not go now, so that they never keep others from their turn. Under closed no ad can follow that is
// deleted elsewhere, under closedForAds none that is deleted there.
func (p *plan) resting() (resting, closed, closedForAds []uuid.UUID) {
	none := []uuid.UUID{uuid.Nil} // an empty list would be no list for SQL
	resting, closed, closedForAds = slices.Clone(none), slices.Clone(none), slices.Clone(none)
	for id, organisation := range p.organisations {
		c := p.conditions.holding(posting.Insert, organisation.Kundennummer)
		if !organisation.Betreut() || c != nil && !c.due(p.now()) {
			resting = append(resting, id)
		}
		own, refuses := p.conditions[organisation.Kundennummer]
		if refuses {
			closed = append(closed, id)
		}
		if refuses && own.onlyAds() {
			closedForAds = append(closedForAds, id)
		}
	}
	return resting, closed, closedForAds
}

// kept are the Kundennummern under which nothing is deleted now; all says that nothing of the account is.
func (p *plan) kept() (numbers []string, all bool) {
	numbers = []string{""}
	for number := range p.conditions {
		if c := p.conditions.holding(posting.Delete, number); c != nil && !c.due(p.now()) {
			numbers, all = append(numbers, number), all || c.Kundennummer == ""
		}
	}
	return numbers, all
}

// candidatesQuery finds the postings of an account for which there may be something to do. Each part is one that an index answers: an
// account may have a hundred thousand ads of which nothing is wanted today.
const candidatesQuery = `
	(SELECT id FROM postings
		WHERE account_id = @account AND in_flight IS NULL AND change IN ('waiting', 'scheduled') AND (change = 'waiting' OR publish_from <= @today)
			AND hiring_organisation_id NOT IN @resting AND NOT (at_ba = 'live' AND EXISTS (
				SELECT FROM copies JOIN hiring_organisations organisation ON organisation.id = postings.hiring_organisation_id
				WHERE copies.posting_id = postings.id AND copies.state = 'live'
					AND (copies.kundennummer <> organisation.kundennummer AND (@held OR organisation.id IN @closed)
						OR copies.employment_type <> postings.employment_type AND (@held OR organisation.id IN @closed_for_ads))))
		ORDER BY id LIMIT @limit)
	UNION
	(SELECT id FROM postings
		WHERE account_id = @account AND in_flight IS NULL AND change = 'withdrawing'
			AND id NOT IN (SELECT posting_id FROM copies WHERE account_id = @account AND (hold_until > @now
				OR (state IN ('live', 'locked') OR doubt IS NOT NULL) AND (@keep_all OR kundennummer IN @kept)))
		ORDER BY id LIMIT @limit)
	UNION
	(SELECT id FROM postings
		WHERE account_id = @account AND in_flight IS NULL AND publish AND publish_until IS NOT NULL AND publish_until < @today
			AND (at_ba IN ('live', 'locked', 'unknown') OR change <> 'none')
			AND id NOT IN (SELECT posting_id FROM copies WHERE account_id = @account AND (hold_until > @now
				OR (state IN ('live', 'locked') OR doubt IS NOT NULL) AND (@keep_all OR kundennummer IN @kept)))
		ORDER BY id LIMIT @limit)
	UNION
	(SELECT postings.id FROM copies JOIN postings ON postings.id = copies.posting_id
		WHERE copies.account_id = @account AND copies.state = 'live' AND (copies.renew_after IS NULL OR copies.renew_after <= @now)
			AND copies.confirmed_revision > 0 AND (copies.confirmed_mapper <> @mapper OR copies.ends_on <= @renewal AND postings.publish_until IS NULL
				AND EXISTS (SELECT FROM posting_revisions confirmed WHERE confirmed.posting_id = postings.id AND confirmed.number = copies.confirmed_revision
					AND coalesce(confirmed.content #>> '{publication,until}', confirmed.content ->> 'latest_start') IS NULL))
			AND postings.in_flight IS NULL AND postings.hiring_organisation_id NOT IN @resting
		ORDER BY postings.id LIMIT @limit)
	UNION
	(SELECT postings.id FROM copies JOIN postings ON postings.id = copies.posting_id
		WHERE copies.account_id = @account AND copies.doubt IS NOT NULL AND copies.state IN ('new', 'live')
			AND (copies.hold_until IS NULL OR copies.hold_until <= @now) AND postings.in_flight IS NULL
			AND NOT (@keep_all OR copies.kundennummer IN @kept OR postings.change = 'waiting' AND postings.hiring_organisation_id IN @resting)
		ORDER BY postings.id LIMIT @limit)`

// candidates reads, and locks, the postings of the account for which there may be something to do, at most one file full. Those in an
// unanswered file, and those that rest, stay out.
func (p *plan) candidates() ([]posting.Posting, error) {
	today := p.today()
	resting, closed, closedForAds := p.resting()
	kept, keepAll := p.kept()
	var found []posting.Posting
	// What is in flight is asked again, of the row that is locked.
	err := database.ForUpdate(p.tx.Of(&posting.Posting{})).Where("account_id = ? AND in_flight IS NULL", p.account.ID).
		Where("id IN ("+candidatesQuery+")", map[string]any{
			"today": today.String(), "account": p.account.ID, "renewal": today.AddDays(renewBefore).String(), "mapper": posting.MapperVersion,
			"now": p.now(), "held": p.held, "limit": p.maxItems,
			"resting": resting, "closed": closed, "closed_for_ads": closedForAds, "kept": kept, "keep_all": keepAll,
		}).Order("id").Limit(p.maxItems).Find(&found).Error
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

// nextLook returns when an account with nothing to send is looked at again: when a held deletion or a refused renewal may be tried again or
// a probe may go, else tomorrow.
func (p *plan) nextLook() (*time.Time, error) {
	next := p.nextDay(p.account.ID)
	var held []time.Time
	err := p.tx.Of(&Copy{}).Where("account_id = ? AND hold_until > ?", p.account.ID, p.now()).
		Order("hold_until").Limit(1).Pluck("hold_until", &held).Error
	if err != nil {
		return nil, fmt.Errorf("read held copies: %w", err)
	}
	for _, c := range p.conditions {
		held = append(held, c.ProbeAfter)
	}
	for _, at := range held {
		if at.After(p.now()) && at.Before(next) {
			next = at
		}
	}
	return &next, nil
}
