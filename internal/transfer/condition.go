package transfer

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// condition is what the BA has against an account, or one of its Kundennummern, and not against an ad. Its ads wait; one of them is sent
// from time to time to find out whether it still holds.
type condition struct {
	AccountID uuid.UUID `gorm:"primaryKey"`
	TenantID  uuid.UUID
	// Kundennummer is empty when the whole account is meant.
	Kundennummer string `gorm:"primaryKey"`
	Code         string
	Words        string
	Since        time.Time
	// Probes counts the ads that were sent to find out, ProbedAt is when the last one was refused, ProbeAfter when the next one may go.
	Probes     int
	ProbedAt   time.Time
	ProbeAfter time.Time
}

// TableName is account_conditions.
func (condition) TableName() string { return "account_conditions" }

func (c condition) fault() *fault.Error {
	number := c.Kundennummer
	if number == "" {
		number = "–"
	}
	return AccountRefused.New(fault.Args{"code": c.Code, "words": c.Words, "kundennummer": number})
}

// The BA's codes for a condition of one Kundennummer; the other ones of posting.ConcernsAccount mean the whole account.
const (
	deactivatedNumber = "FLR_JCValid_049"
	notBetreut        = "FLR_JCValid_066"
	unknownNumber     = "FLR_JCValid_187"
)

// scopeOf is the Kundennummer that a condition holds for.
func scopeOf(code, kundennummer string) string {
	switch code {
	case deactivatedNumber, notBetreut, unknownNumber:
		return kundennummer
	default:
		return ""
	}
}

// conditions are those of one account, by Kundennummer.
type conditions map[string]condition

func conditionsOf(tx database.Tx, account uuid.UUID) (conditions, error) {
	var rows []condition
	if err := tx.Of(&condition{}).Where("account_id = ?", account).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the account's conditions: %w", err)
	}
	found := make(conditions, len(rows))
	for _, row := range rows {
		found[row.Kundennummer] = row
	}
	return found, nil
}

// first is the oldest condition; nil for none.
func (c conditions) first() *condition {
	var oldest *condition
	for _, each := range c {
		if oldest == nil || cmp.Or(each.Since.Compare(oldest.Since), cmp.Compare(each.Kundennummer, oldest.Kundennummer)) < 0 {
			oldest = &each
		}
	}
	return oldest
}

// holding returns the condition that concerns a step; nil for none. What the BA does not take as an ad it does delete, unless it closed the
// account or number altogether.
func (c conditions) holding(action posting.Action, kundennummer string) *condition {
	for _, scope := range []string{"", kundennummer} {
		found, ok := c[scope]
		if !ok || action == posting.Delete && found.onlyAds() {
			continue
		}
		return &found
	}
	return nil
}

// onlyAds says that the BA takes deletions nevertheless.
func (c condition) onlyAds() bool { return c.Code == notBetreut || c.Code == unknownNumber }

// due reports whether a probe may go.
func (c condition) due(now time.Time) bool { return !c.ProbeAfter.After(now) }

// verdicts collects what the answers to one file say about the account.
type verdicts struct {
	raised map[string]posting.Answer
	// fine are the Kundennummern under which the BA took an ad, or refused it for reasons of its own; deleted those of deletions.
	fine    map[string]bool
	deleted map[string]bool
	// suspects says that ads wait because the whole file was refused, and one of the others may be to blame.
	suspects bool
	// tell is what people are to be told of the file.
	tell []notice.Notice
}

func newVerdicts() *verdicts {
	return &verdicts{raised: map[string]posting.Answer{}, fine: map[string]bool{}, deleted: map[string]bool{}}
}

func (v *verdicts) raise(answer posting.Answer, kundennummer string) {
	scope := scopeOf(answer.Code, kundennummer)
	if _, known := v.raised[scope]; !known {
		v.raised[scope] = answer
	}
}

func (v *verdicts) clear(action posting.Action, kundennummer string) {
	if action == posting.Delete {
		v.deleted[kundennummer] = true
		return
	}
	v.fine[kundennummer] = true
}

// ends says that a condition does not hold any more, as far as these answers say.
func (v *verdicts) ends(c condition) bool {
	if c.Kundennummer == "" {
		return len(v.fine) > 0 || len(v.deleted) > 0
	}
	return v.fine[c.Kundennummer] || v.deleted[c.Kundennummer] && !c.onlyAds()
}

// applyVerdicts notes which conditions hold now. Each is told once, when it begins.
func (r *run) applyVerdicts(tx database.Tx, v *verdicts) error {
	now := r.now()
	known, err := conditionsOf(tx, r.account.ID)
	if err != nil {
		return err
	}
	for scope, answer := range v.raised {
		c, was := known[scope]
		if !was {
			c = condition{AccountID: r.account.ID, TenantID: tx.Tenant, Kundennummer: scope, Since: now}
		}
		c.Code, c.Words, c.ProbedAt, c.ProbeAfter = answer.Code, answer.Text, now, now.Add(r.pace.probe(c.Probes))
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&c).Error; err != nil {
			return fmt.Errorf("note a condition of the account: %w", err)
		}
		if was {
			continue
		}
		data := map[string]any{"code": AccountRefused.Name, "ba_code": c.Code, "kundennummer": c.Kundennummer}
		if err := event.Append(tx, now, event.AccountTrouble, r.account.ID, data); err != nil {
			return err
		}
		organisation, err := r.organisationOf(tx, c.Kundennummer)
		if err != nil {
			return err
		}
		v.tell = append(v.tell, r.aboutAccount(event.AccountTrouble, c.fault(), organisation))
	}
	for scope, c := range known {
		if _, again := v.raised[scope]; again || !v.ends(c) {
			continue
		}
		if err := c.end(tx); err != nil {
			return err
		}
	}
	return nil
}

func (c condition) end(tx database.Tx) error {
	err := tx.Of(&condition{}).Where("account_id = ? AND kundennummer = ?", c.AccountID, c.Kundennummer).Delete(&condition{}).Error
	if err != nil {
		return fmt.Errorf("end a condition of the account: %w", err)
	}
	return nil
}

// dropMended ends the conditions of Kundennummern that no answer of the BA will end: somebody noted since the last probe that it is mended, or
// no ad waits for it any more by which that could be found out.
func (p *plan) dropMended() error {
	dropped := false
	for number, c := range p.conditions {
		if number == "" {
			continue
		}
		waits, err := p.waitsFor(c)
		if err != nil {
			return err
		}
		if waits && !p.notedSince(c) {
			continue
		}
		if err := c.end(p.tx); err != nil {
			return err
		}
		delete(p.conditions, number)
		dropped = true
	}
	if !dropped {
		return nil
	}
	return p.recovered(p.tx)
}

// notedSince reports whether somebody noted, since the last probe, that the Kundennummer is betreut.
func (p *plan) notedSince(c condition) bool {
	for _, organisation := range p.organisations {
		if organisation.Kundennummer == c.Kundennummer {
			return organisation.BetreutNotedAt != nil && organisation.BetreutNotedAt.After(c.ProbedAt)
		}
	}
	return false
}

// waitsFor reports whether an ad is to go under the Kundennummer, is on its way, or is to be deleted there.
func (p *plan) waitsFor(c condition) (bool, error) {
	var waits bool
	err := p.tx.Raw(`
		SELECT EXISTS (SELECT FROM postings JOIN hiring_organisations organisation ON organisation.id = postings.hiring_organisation_id
			WHERE postings.tenant_id = @tenant AND postings.account_id = @account AND postings.change IN ('waiting', 'sent', 'withdrawing')
				AND (organisation.kundennummer = @number OR EXISTS (SELECT FROM copies
					WHERE copies.posting_id = postings.id AND copies.state IN ('new', 'live', 'locked') AND copies.kundennummer = @number)))`,
		map[string]any{"tenant": p.tx.Tenant, "account": p.account.ID, "number": c.Kundennummer}).Scan(&waits).Error
	if err != nil {
		return false, fmt.Errorf("look who waits for Kundennummer %s: %w", c.Kundennummer, err)
	}
	return waits, nil
}

// noteProbes notes, when a file begins to leave, that probes go with it, so that none follows before they are answered or their time is over.
func (r *run) noteProbes(tx database.Tx) error {
	now := r.now()
	for _, c := range r.probes {
		c.Probes++
		c.ProbedAt, c.ProbeAfter = now, now.Add(r.pace.probe(c.Probes))
		if err := c.saveProbe(tx); err != nil {
			return err
		}
	}
	return nil
}

// forgetProbes takes that back for a file of which nothing left: it found out nothing.
func (r *run) forgetProbes(tx database.Tx) error {
	for _, c := range r.probes {
		if err := c.saveProbe(tx); err != nil {
			return err
		}
	}
	return nil
}

func (c condition) saveProbe(tx database.Tx) error {
	err := tx.Of(&condition{}).Where("account_id = ? AND kundennummer = ?", c.AccountID, c.Kundennummer).
		Updates(map[string]any{"probes": c.Probes, "probed_at": c.ProbedAt, "probe_after": c.ProbeAfter}).Error
	if err != nil {
		return fmt.Errorf("note a probe: %w", err)
	}
	return nil
}

// ofAccount returns those of the answers that concern the account and not the ad.
func ofAccount(answers []posting.Answer) []posting.Answer {
	return slices.DeleteFunc(slices.Clone(answers), func(a posting.Answer) bool { return !posting.ConcernsAccount(a.Code) })
}
