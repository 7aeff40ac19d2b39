package transfer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// The BA's codes that say something about its record of an ad, beside refusing the step.
const (
	alreadyThere = "FLR_DataStore_110" // insert: the reference exists
	notThere     = "FLR_DataStore_130" // update or deletion: the reference does not exist
	spent        = "FLR_JCValid_139"   // insert: the reference existed once
	deactivated  = "FLR_JCValid_062"   // update: BA staff deactivated the ad
	markedToGo   = "FLR_JCValid_107"   // update: BA staff marked the ad for deletion
	newerAtBA    = "FLR_DataStore_120" // update: the BA's record is newer, so its staff changed the ad
	startBehind  = "FLR_JCValid_147"   // insert or update: the earliest start lies in the past
)

// How long it is not tried again what the BA refused and nobody can correct: a deletion, and an update that says nothing new.
const (
	holdDeletion = time.Hour
	holdRenewal  = 24 * time.Hour
)

// maxSpent bounds how many references of one posting the BA may declare spent before a human has to look.
const maxSpent = 3

// settle applies the BA's answer to every item, in one transaction. An ad that no message names was accepted.
func (r *run) settle(ctx context.Context, t *Transfer, answer hrbaxml.Feedback) error {
	now := r.now()
	from := t.State
	t.State, t.SettledAt, t.Trouble, t.WithoutDetails = Settled, &now, nil, answer.Blank
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		rows, err := itemsOf(tx, t.ID)
		if err != nil {
			return err
		}
		whole, single := sortMessages(answer.Messages, rows)
		if err := move(tx, t, from, now); err != nil {
			return err
		}
		seen := newVerdicts()
		err = r.eachPosting(tx, t.ID, func(p *posting.Posting, item Item) error {
			p.InFlight = nil
			v := verdict{own: single[item.Reference], whole: whole, shared: t.Items > 1, seen: seen, wrote: r.wroteOn(t)}
			return r.settleItem(tx, p, item, v)
		})
		if err != nil {
			return err
		}
		if err := r.resize(tx, t, whole, seen); err != nil {
			return err
		}
		if !tellsOfStructure(whole) {
			if err := r.prove(tx); err != nil {
				return err
			}
		}
		if err := r.applyVerdicts(tx, seen); err != nil {
			return err
		}
		if err := r.outbox.Put(tx, seen.tell); err != nil {
			return err
		}
		return r.recovered(tx)
	})
	if err != nil {
		return fmt.Errorf("settle %s: %w", t.FileName, err)
	}
	r.onAnswer(now.Sub(t.since()))
	return nil
}

// settleLate applies an answer that came after its transfer was decided without it, to those ads of which it says something new and no newer
// file has gone out. An ad that was believed to be accepted, and is not named, stays so.
func (r *run) settleLate(tx database.Tx, t *Transfer, answer hrbaxml.Feedback) error {
	rows, err := itemsOf(tx, t.ID)
	if err != nil {
		return err
	}
	whole, single := sortMessages(answer.Messages, rows)
	now := r.now()
	from := t.State
	t.State, t.SettledAt, t.WithoutDetails = Settled, &now, false
	if err := move(tx, t, from, now); err != nil {
		return err
	}
	seen := newVerdicts()
	err = r.eachPosting(tx, t.ID, func(p *posting.Posting, item Item) error {
		v := verdict{own: single[item.Reference], whole: whole, shared: t.Items > 1, seen: seen, wrote: r.wroteOn(t), late: true}
		if item.Result != Open && !v.tellsMoreThan(item.Answers) {
			return nil
		}
		var newer int64
		if err := tx.Of(&Item{}).Where("posting_id = ? AND transfer_id > ?", p.ID, t.ID).Count(&newer).Error; err != nil {
			return fmt.Errorf("look for newer files: %w", err)
		}
		if newer > 0 {
			return nil
		}
		return r.settleItem(tx, p, item, v)
	})
	if err != nil {
		return err
	}
	if seen.suspects {
		if err := r.narrow(tx, t); err != nil {
			return err
		}
	}
	return r.outbox.Put(tx, seen.tell)
}

// settleItem applies what the BA says of one ad, and of the whole file, to everything that it changes.
func (r *run) settleItem(tx database.Tx, p *posting.Posting, item Item, v verdict) error {
	var have Copy
	if err := database.ForUpdate(tx.Of(&Copy{})).Where("id = ?", item.CopyID).Take(&have).Error; err != nil {
		return fmt.Errorf("read copy: %w", err)
	}
	s := settling{
		run: r, tx: tx, posting: p, item: &item, copy: &have, now: r.now(), own: v.own, answers: slices.Concat(v.whole, v.own), shared: v.shared,
		seen: v.seen, wrote: v.wrote,
	}
	if v.late && item.Result == Accepted {
		s.disbelieve()
	}
	if err := s.judge(); err != nil {
		return err
	}
	have.UpdatedAt = s.now
	if err := tx.Rewrite(&have); err != nil {
		return fmt.Errorf("save copy: %w", err)
	}
	item.Answers = s.answers
	err := tx.Of(&Item{}).Where("transfer_id = ? AND position = ?", item.TransferID, item.Position).
		Select("result", "answers").Updates(&item).Error
	if err != nil {
		return fmt.Errorf("save item: %w", err)
	}
	return nil
}

// settling is one item with everything that its answer changes.
type settling struct {
	*run
	tx      database.Tx
	posting *posting.Posting
	item    *Item
	copy    *Copy
	now     time.Time
	// own are the answers that name the ad; answers are those and the ones that count against every ad of the file.
	own     []posting.Answer
	answers []posting.Answer
	shared  bool
	seen    *verdicts
	wrote   calendar.Date
}

// judge decides what an answer means. It never fights the BA: what its staff did stays.
func (s *settling) judge() error {
	account := ofAccount(s.answers)
	for _, answer := range account {
		s.seen.raise(answer, s.copy.Kundennummer)
	}
	if len(account) > 0 && len(account) == len(s.answers) {
		s.item.Result = Refused
		return s.wait()
	}
	if s.shared && len(s.own) == 0 && len(s.answers) > 0 {
		s.item.Result = Refused
		s.suspect()
		return nil
	}
	if len(account) == 0 && !tellsOfStructure(s.answers) {
		s.seen.clear(s.item.Action, s.copy.Kundennummer)
	}
	doubted := s.copy.Doubt != nil
	s.copy.Doubt = nil
	switch {
	case len(s.answers) == 0:
		s.item.Result = Accepted
		return s.accept()
	case s.item.Action == posting.Delete && s.says(notThere):
		s.item.Result = Accepted
		if s.posting.Wanted(s.today()) && !doubted && s.copy.ConfirmedAt != nil {
			// It was deleted only to appear anew, and the BA had taken it away before: that is not ours to undo.
			return s.removed()
		}
		return s.accept()
	}
	s.item.Result = Refused
	switch s.item.Action {
	case posting.Insert:
		return s.refusedInsert()
	case posting.Update:
		return s.refusedUpdate()
	default:
		return s.refuse(event.PostingRefused)
	}
}

func (s *settling) refusedInsert() error {
	switch {
	case s.says(alreadyThere) || s.says(spent):
		return s.healInsert()
	case s.saysOnly(startBehind):
		return s.healYesterday()
	default:
		return s.refuse(event.PostingRefused)
	}
}

func (s *settling) refusedUpdate() error {
	switch {
	case s.says(notThere):
		return s.healMissing()
	case s.says(deactivated) || s.says(markedToGo):
		s.copy.State, s.posting.AtBA = CopyLocked, posting.AtBALocked
		return s.refuse(event.PostingLocked)
	case s.says(newerAtBA):
		return s.healOlder()
	case s.saysOnly(startBehind):
		return s.healYesterday()
	default:
		return s.refuse(event.PostingRefused)
	}
}

// disbelieve takes back what was believed of an item when its answer was blank.
func (s *settling) disbelieve() {
	switch s.item.Action {
	case posting.Insert:
		s.copy.State, s.copy.ConfirmedRevision, s.copy.ConfirmedMapper, s.copy.ConfirmedAt = CopyNew, nil, nil, nil
		s.posting.AtBA, s.posting.LiveRevision = posting.AtBANone, nil
	case posting.Update:
		s.copy.ConfirmedRevision, s.posting.LiveRevision = new(int), nil
	case posting.Delete:
		s.copy.State, s.posting.AtBA = CopyLive, posting.AtBALive
	}
}

// wait leaves the ad as it is: the BA has something against the account, and would refuse every ad.
func (s *settling) wait() error {
	if s.posting.AtBA == posting.AtBAUnknown && s.copy.Doubt == nil {
		s.posting.AtBA = atBA(s.copy.State)
	}
	return nil
}

// says reports whether the BA says this of the ad itself.
func (s *settling) says(code string) bool {
	return slices.ContainsFunc(s.own, func(a posting.Answer) bool { return a.Code == code })
}

// saysOnly reports whether the BA says this of the ad, and nothing else.
func (s *settling) saysOnly(code string) bool {
	return !slices.ContainsFunc(s.answers, func(a posting.Answer) bool { return a.Code != code })
}

func (s *settling) accept() error {
	s.copy.HoldUntil, s.copy.RenewAfter = nil, nil
	if s.item.Action == posting.Delete {
		s.copy.State, s.posting.AtBA = CopyGone, posting.AtBAEnded
		if s.copy.ConfirmedAt == nil && s.says(notThere) {
			s.posting.AtBA = posting.AtBANone
		}
		s.posting.Refusal = nil
		return s.tell(event.PostingEnded)
	}
	s.copy.State, s.posting.AtBA = CopyLive, posting.AtBALive
	s.copy.ConfirmedRevision, s.copy.ConfirmedMapper = s.item.Revision, &s.item.Mapper
	s.copy.EndsOn, s.copy.ConfirmedAt = s.item.EndsOn, &s.now
	s.posting.LiveRevision = s.item.Revision
	if refusal := s.posting.Refusal; refusal != nil && refusal.Revision <= *s.item.Revision {
		s.posting.Refusal = nil
	}
	return s.tell(event.PostingLive)
}

// refuse keeps what the BA said. What it had before, it still has.
func (s *settling) refuse(kind event.Kind) error {
	refusal := posting.Refusal{At: s.now, Answers: s.answers}
	if s.item.Revision == nil {
		s.copy.HoldUntil = new(s.now.Add(holdDeletion))
	} else {
		refusal.Revision = *s.item.Revision
		s.copy.restRenewal(refusal.Revision, s.now)
	}
	news := isNews(refusal, s.posting.Refusal)
	// The refusal of something newer is what the recruiter has to act on.
	if last := s.posting.Refusal; last == nil || s.item.Action == posting.Delete || last.Revision <= refusal.Revision {
		s.posting.Refusal = &refusal
	}
	// A deletion under way turned the BA's state into an unknown one; refused, it leaves what was there.
	if s.posting.AtBA == posting.AtBAUnknown {
		s.posting.AtBA = atBA(s.copy.State)
	}
	if news {
		s.tellPeople(kind)
	}
	return s.tell(kind)
}

// restRenewal lets updates rest that say nothing new, if the refused revision is the one that the BA has.
func (c *Copy) restRenewal(refused int, now time.Time) {
	if c.ConfirmedRevision != nil && *c.ConfirmedRevision == refused {
		c.RenewAfter = new(now.Add(holdRenewal))
	}
}

// removed notes that the BA took the ad away: the recruiter decides.
func (s *settling) removed() error {
	s.copy.State, s.posting.AtBA = CopyRemoved, posting.AtBARemoved
	s.copy.HoldUntil, s.copy.RenewAfter = nil, nil
	// Nothing newer is wanted until the recruiter saves the ad again.
	s.copy.ConfirmedRevision = &s.posting.LatestRevision
	s.posting.LiveRevision = &s.posting.LatestRevision
	s.tellPeople(event.PostingRemoved)
	return s.tell(event.PostingRemoved)
}

func (s *settling) tell(kind event.Kind) error {
	data := map[string]any{
		"action": s.item.Action, "reference": s.item.Reference, "transfer_id": s.item.TransferID, "codes": s.codes(),
	}
	if s.item.Revision != nil {
		data["revision"] = *s.item.Revision
	}
	return event.Append(s.tx, s.now, kind, s.posting.ID, data)
}

func (s *settling) codes() []string {
	codes := make([]string, len(s.answers))
	for i, a := range s.answers {
		codes[i] = a.Code
	}
	return codes
}

// atBA is what a posting shows of its copy's state.
func atBA(state CopyState) posting.AtBA {
	switch state {
	case CopyLive:
		return posting.AtBALive
	case CopyLocked:
		return posting.AtBALocked
	case CopyRemoved:
		return posting.AtBARemoved
	default:
		return posting.AtBANone
	}
}

// itemsOf reads the items of a transfer within a transaction.
func itemsOf(tx database.Tx, transfer uuid.UUID) ([]Item, error) {
	var rows []Item
	if err := tx.Of(&Item{}).Where("transfer_id = ?", transfer).Order("position").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read items: %w", err)
	}
	return rows, nil
}
