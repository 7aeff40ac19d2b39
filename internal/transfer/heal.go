package transfer

import (
	"fmt"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// healOlder answers an update that is older than what the BA has: its staff changed the ad. Where they do not look after it (no placement
// order), it is sent once more with a new date; else, or if that does not help, the recruiter decides.
func (s *settling) healOlder() error {
	content, err := posting.ContentOf(s.tx, s.posting.ID, *s.item.Revision)
	if err != nil {
		return err
	}
	again := s.copy.RefreshedRevision == nil || *s.copy.RefreshedRevision != *s.item.Revision
	if content.PlacementOrder || !again {
		return s.refuse(event.PostingChangedByBA)
	}
	s.copy.RefreshedRevision = s.item.Revision
	return nil
}

// wroteOn is the day for which a file was written: its ads start on that day at the earliest.
func (r *run) wroteOn(t *Transfer) calendar.Date { return dayOf(t.WrittenAt, r.berlin) }

// healYesterday answers an ad whose earliest start passed between the writing of the file and the BA's working on it, which rests at night:
// it goes once more, with the dates of the day. A start that is refused on its own day, or that lies ahead, is the recruiter's to correct.
func (s *settling) healYesterday() error {
	content, err := posting.ContentOf(s.tx, s.posting.ID, *s.item.Revision)
	if err != nil {
		return err
	}
	if today := s.today(); !s.wrote.Before(today) || !content.Start.Immediately && content.Start.On.After(today) {
		return s.refuse(event.PostingRefused)
	}
	return s.wait()
}

// healInsert answers a refused insert. If we once sent this reference before, the BA has our ad: it is ours to update. Otherwise the
// reference is somebody else's or spent, and the ad goes under a new one; after a few of those a human has to look.
func (s *settling) healInsert() error {
	sentBefore, err := s.sentBefore()
	if err != nil {
		return err
	}
	if sentBefore && s.says(alreadyThere) {
		unknown := 0
		s.copy.State, s.copy.ConfirmedRevision, s.copy.ConfirmedMapper, s.copy.ConfirmedAt = CopyLive, &unknown, &s.item.Mapper, &s.now
		s.posting.AtBA = posting.AtBALive
		return nil
	}
	if sentBefore {
		// The BA had taken it, and took it away again before we heard of either.
		return s.removed()
	}
	s.copy.State = CopyGone
	s.posting.AtBA = posting.AtBANone
	var lost int64
	err = s.tx.Of(&Copy{}).Where("posting_id = ? AND state = ? AND confirmed_at IS NULL", s.posting.ID, CopyGone).Count(&lost).Error
	if err != nil {
		return fmt.Errorf("count spent references: %w", err)
	}
	if lost+1 >= maxSpent {
		return s.refuse(event.PostingRefused)
	}
	return s.tell(event.PostingReferenceSpent)
}

// healMissing answers an update of an ad that the BA does not have. If it was confirmed, the BA took it away and the recruiter decides;
// if it never was, it goes under a new reference.
func (s *settling) healMissing() error {
	if s.copy.ConfirmedAt == nil {
		s.copy.State, s.posting.AtBA = CopyGone, posting.AtBANone
		return s.tell(event.PostingReferenceSpent)
	}
	return s.removed()
}

// sentBefore tells whether an earlier transfer that may have reached the BA held the same reference.
func (s *settling) sentBefore() (bool, error) {
	var others int64
	err := s.tx.Of(&Item{}).
		Where("copy_id = ? AND transfer_id <> ? AND result <> ?", s.copy.ID, s.item.TransferID, NotTaken).Count(&others).Error
	if err != nil {
		return false, fmt.Errorf("look for earlier transfers of %s: %w", s.copy.Reference, err)
	}
	return others > 0, nil
}
