package transfer

import (
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// renewBefore is how long before its end at the BA an ad that is still wanted gets a new end.
const renewBefore = 10

// wish is what a tenant wants of one posting today.
type wish struct {
	// Wanted says whether the ad is to be at the BA today.
	Wanted bool
	// Revision is the newest content.
	Revision int
	// RefusedRevision is what the BA refused last and is not sent again as it is; zero for none.
	RefusedRevision int
	EmploymentType  posting.EmploymentType
	Kundennummer    string
	// OpenEnd says that the ad has no end of its own, so its end at the BA is renewed.
	OpenEnd bool
}

// step is what the next file does with one posting.
type step struct {
	Action posting.Action
	// Revision is what is sent; zero for a deletion.
	Revision int
	// NewReference says that the ad goes under a reference that was never used.
	NewReference bool
}

// planOne decides what brings the copy nearer to the wish, and reports false when nothing does. have is nil when the posting was
// never planned. It is a pure function: the same arguments always give the same step.
//
//	copy      wanted                                          not wanted
//	(none)    insert under a new reference                    -
//	new       insert, unless this revision was refused        -
//	live      delete, when type or Kundennummer changed       delete
//	          update, when the revision is newer and not
//	          refused, or the mapper or the end is due
//	locked    -                                               delete
//	removed   insert anew, when the revision is newer         -
//	gone      insert under a new reference                    -
//
// A revision that the BA refused is not sent again as it is. A deletion, or an update that says nothing new, rests for a while after the BA
// refused one, since nobody can correct it.
func planOne(w wish, have *Copy, now time.Time, today calendar.Date) (step, bool) {
	refused := w.RefusedRevision == w.Revision
	insert := step{Action: posting.Insert, Revision: w.Revision}
	switch {
	case have == nil || have.State == CopyGone:
		insert.NewReference = true
		return insert, w.Wanted && !refused
	case have.State == CopyNew:
		return insert, w.Wanted && !refused
	case have.State == CopyRemoved:
		insert.NewReference = true
		return insert, w.Wanted && !refused && w.Revision > *have.ConfirmedRevision
	case !w.Wanted:
		return step{Action: posting.Delete}, !rests(have.HoldUntil, now)
	case have.State == CopyLocked:
		return step{}, false
	default:
		return planLive(w, have, refused, now, today)
	}
}

func planLive(w wish, have *Copy, refused bool, now time.Time, today calendar.Date) (step, bool) {
	if have.EmploymentType != w.EmploymentType || have.Kundennummer != w.Kundennummer {
		// The BA refuses both as a change of an ad (175, 186), so it is ended and, once that is settled, published anew.
		return step{Action: posting.Delete}, !refused && !rests(have.HoldUntil, now)
	}
	confirmed := *have.ConfirmedRevision
	if !refused && confirmed != w.Revision {
		return step{Action: posting.Update, Revision: w.Revision}, true
	}
	// What the BA has is sent again as it is. Revision 0 means that we do not know what it has.
	due := *have.ConfirmedMapper != posting.MapperVersion || w.OpenEnd && endsSoon(have, today)
	return step{Action: posting.Update, Revision: confirmed}, due && confirmed > 0 && !rests(have.RenewAfter, now)
}

func rests(until *time.Time, now time.Time) bool { return until != nil && until.After(now) }

func endsSoon(have *Copy, today calendar.Date) bool {
	return have.EndsOn != nil && today.DaysUntil(calendar.On(*have.EndsOn, time.UTC)) <= renewBefore
}
