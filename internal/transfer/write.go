package transfer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// The caps of one file. The BA documents none for imports; its own exports are cut at 5,000 ads.
const (
	maxItems = 1000
	maxBytes = 20_000_000
)

// planAndWrite plans the account and stores the file with its items, in one transaction; the unanswered files lose the Supplier-ID to it. It
// returns when to look again if there is nothing to send.
func (r *run) planAndWrite(ctx context.Context, unanswered []Transfer) (*time.Time, error) {
	var wait *time.Time
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := database.ForUpdate(tx.Of(&r.account)).Where("id = ?", r.account.ID).Take(&r.account).Error; err != nil {
			return err
		}
		if held, err := r.holdForWithdrawal(tx); err != nil || held {
			wait = new(r.nextDay(r.account.ID))
			return err
		}
		p, err := r.newPlan(tx)
		if err != nil {
			return err
		}
		plan, err := p.steps()
		if err != nil {
			return err
		}
		if len(plan) == 0 {
			wait, err = p.nextLook()
			return err
		}
		if err := r.overtake(tx, unanswered); err != nil {
			return err
		}
		return r.write(tx, plan)
	})
	if err != nil {
		return nil, fmt.Errorf("plan account %s: %w", r.account.ID, err)
	}
	return wait, nil
}

// overtake notes that the next file goes out though others are unanswered. They are read on, but do not lock the Supplier-ID any more.
func (r *run) overtake(tx database.Tx, unanswered []Transfer) error {
	if len(unanswered) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(unanswered))
	for i := range unanswered {
		ids[i] = unanswered[i].ID
	}
	err := tx.Of(&Transfer{}).Where("id IN ? AND overtaken_at IS NULL", ids).Update("overtaken_at", r.now()).Error
	if err != nil {
		return fmt.Errorf("overtake unanswered transfers: %w", err)
	}
	return nil
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
	file, err := r.compose(plan, release, now)
	for err == nil && len(file) > r.maxBytes && len(plan) > 1 {
		plan = plan[:len(plan)/2]
		file, err = r.compose(plan, release, now)
	}
	if err != nil {
		return err
	}
	t.Stamp = r.nextStamp(now)
	t.FileName = hrbaxml.FileName{Kind: hrbaxml.DataFile, Supplier: t.SupplierID, Stamp: t.Stamp}.String()
	digest := sha256.Sum256(file)
	t.File, t.FileDigest, t.FileSize, t.Items = file, digest[:], len(file), len(plan)
	if err := tx.Create(&t).Error; err != nil {
		return fmt.Errorf("store transfer: %w", err)
	}
	if err := tx.CreateInBatches(items(t, plan), len(plan)).Error; err != nil {
		return fmt.Errorf("store items: %w", err)
	}
	r.wrote, r.file, r.probes = t.ID, file, nil
	for _, p := range plan {
		if p.probes != nil {
			r.probes = append(r.probes, *p.probes)
		}
	}
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
	var tell []notice.Notice
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
			told, err := r.refuseUnsent(tx, p, wrong, now)
			if err != nil {
				return nil, fmt.Errorf("refuse posting %s: %w", p.posting.ID, err)
			}
			tell = append(tell, told...)
			continue
		}
		fit = append(fit, p)
	}
	return fit, r.outbox.Put(tx, tell)
}

// refuseUnsent notes that a revision breaks the schema or a rule by now, as if the BA had refused it, and returns what people are to be told.
func (r *run) refuseUnsent(tx database.Tx, p planned, wrong []posting.Answer, now time.Time) ([]notice.Notice, error) {
	refusal := posting.Refusal{Revision: p.Revision, At: now, Answers: wrong}
	p.copy.restRenewal(p.Revision, now)
	if err := tx.Rewrite(p.copy); err != nil {
		return nil, err
	}
	news := isNews(refusal, p.posting.Refusal)
	p.posting.Refusal, p.posting.UpdatedAt = &refusal, now
	p.posting.Settle(now, r.today())
	if err := tx.Rewrite(&p.posting); err != nil {
		return nil, err
	}
	data := map[string]any{"action": p.Action, "revision": p.Revision, "sent": false}
	if err := event.Append(tx, now, event.PostingRefused, p.posting.ID, data); err != nil || !news {
		return nil, err
	}
	return []notice.Notice{aboutPosting(p.posting, event.PostingRefused, p.copy, wrong)}, nil
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

// compose writes the XML of a plan: ads first, then deletions, as the schema demands.
func (r *run) compose(plan []planned, release *hrbaxml.Release, now time.Time) ([]byte, error) {
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
