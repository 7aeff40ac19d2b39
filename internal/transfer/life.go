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
	// Wanted says whether the ad is to be at the BA today: it is to be published, its first day has come and its last has not passed.
	Wanted bool
	// Revision is the newest content.
	Revision int
	// RefusedRevision is what the BA refused last and is not sent again as it is; zero for none.
	RefusedRevision int
	EmploymentType  posting.EmploymentType
	Kundennummer    string
	// OpenEnd says that the ad has no end of its own, neither as it is wanted nor as the BA has it, so its end at the BA is renewed.
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

// situation is one posting as the planner sees it.
type situation struct {
	wish
	// have is the newest copy; nil when the posting was never planned.
	have  *Copy
	now   time.Time
	today calendar.Date
}

// sendable says that the ad is wanted and its newest revision is not one that the BA refused.
func (s situation) sendable() bool { return s.Wanted && s.RefusedRevision != s.Revision }

// moved says that the copy hangs on another Kundennummer, or is of another type, than the ad shall: the BA takes neither as a change.
func (s situation) moved() bool {
	return s.have.EmploymentType != s.EmploymentType || s.have.Kundennummer != s.Kundennummer
}

func (s situation) doubts(action posting.Action) bool {
	return s.have.Doubt != nil && *s.have.Doubt == action
}

// lifeRule is one line in the table of an ad's life.
type lifeRule struct {
	// have is the copy's state; copyNone when there is none.
	have CopyState
	// when says in words what holds says in code, then what do does. Both are shown in docs/ad-life.md.
	when, then string
	holds      func(s situation) bool
	do         func(s situation) step
}

// copyNone stands in the table for a posting without a copy.
const copyNone CopyState = "none"

// lifeRules is the life of an ad: the first line that holds is what the next file does with it; when none holds, nothing is sent. It is what
// the planner runs, what docs/ad-life.md shows and what the tests walk through.
func lifeRules() []lifeRule {
	return []lifeRule{
		{copyNone, "it is wanted, and its newest revision was not refused", "insert under a new reference", situation.sendable, insertAnew},

		{
			CopyNew, "an insert was given up unanswered, and the ad is not wanted, or has another type or Kundennummer by now",
			"delete, in case the BA has it", mayLinger, remove,
		},
		{CopyNew, "a deletion was given up unanswered", "delete again", deletionInDoubt, remove},
		{
			CopyNew, "it is wanted, and its newest revision was not refused",
			"insert under the reference that was drawn; “exists already” (110) becomes an update if we sent it before", situation.sendable, insert,
		},

		{CopyLive, "it is not wanted: withdrawn, its last day has passed, or its first day is yet to come", "delete", unwanted, remove},
		{CopyLive, "a deletion was given up unanswered", "delete again; if it is wanted, it is inserted anew once that is settled", deletionInDoubt, remove},
		{
			CopyLive, "its employment type or Kundennummer changed, and the revision was not refused",
			"delete, wait for the answer, then insert under a new reference (175, 186)", movedAway, remove,
		},
		{CopyLive, "it has a newer revision that was not refused", "update", newer, update},
		{CopyLive, "the mapper of this program is newer than the one that wrote it", "update with the same revision", mapperChanged, updateAsItWas},
		{
			CopyLive, "it has no end of its own, nor has what the BA has of it, and ends at the BA in 10 days or less",
			"update with the same revision: its end becomes today + 60 days", endsSoon, updateAsItWas,
		},

		{CopyLocked, "it is not wanted", "delete; nothing else is sent of an ad that the BA locked (062, 107)", unwanted, remove},

		{
			CopyRemoved, "it was saved with a change, or withdrawn and published again, since the BA removed it",
			"insert under a new reference", savedSinceRemoval, insertAnew,
		},

		{CopyGone, "it is wanted, and its newest revision was not refused", "insert under a new reference: none is ever used twice (139)", situation.sendable, insertAnew},
	}
}

// planOne decides what brings the copy nearer to the wish, and reports false when nothing does. It is a pure function: the same arguments
// always give the same step.
//
// A revision that the BA refused is not sent again as it is. A deletion, or an update that says nothing new, rests for a while after the BA
// refused one, since nobody can correct it.
func planOne(w wish, have *Copy, now time.Time, today calendar.Date) (step, bool) {
	s := situation{wish: w, have: have, now: now, today: today}
	state := copyNone
	if have != nil {
		state = have.State
	}
	for _, rule := range lifeRules() {
		if rule.have == state && rule.holds(s) {
			return rule.do(s), true
		}
	}
	return step{}, false
}

func insertAnew(s situation) step {
	return step{Action: posting.Insert, Revision: s.Revision, NewReference: true}
}

func insert(s situation) step { return step{Action: posting.Insert, Revision: s.Revision} }

func update(s situation) step { return step{Action: posting.Update, Revision: s.Revision} }

func updateAsItWas(s situation) step {
	return step{Action: posting.Update, Revision: *s.have.ConfirmedRevision}
}

func remove(situation) step { return step{Action: posting.Delete} }

func (s situation) mayDelete() bool { return !rests(s.have.HoldUntil, s.now) }

func unwanted(s situation) bool { return !s.Wanted && s.mayDelete() }

func mayLinger(s situation) bool {
	return s.doubts(posting.Insert) && (!s.Wanted || s.moved()) && s.mayDelete()
}

func deletionInDoubt(s situation) bool { return s.doubts(posting.Delete) && s.mayDelete() }

func movedAway(s situation) bool { return s.sendable() && s.moved() && s.mayDelete() }

func newer(s situation) bool {
	return s.sendable() && !s.moved() && *s.have.ConfirmedRevision != s.Revision
}

func mapperChanged(s situation) bool {
	return s.renewable() && *s.have.ConfirmedMapper != posting.MapperVersion
}

func endsSoon(s situation) bool {
	return s.renewable() && s.OpenEnd && s.have.EndsOn != nil && s.today.DaysUntil(calendar.On(*s.have.EndsOn, time.UTC)) <= renewBefore
}

// renewable says that what the BA has may be sent again as it is. Revision 0 means that we do not know what it has.
func (s situation) renewable() bool {
	return s.Wanted && !s.moved() && *s.have.ConfirmedRevision > 0 && !rests(s.have.RenewAfter, s.now)
}

func savedSinceRemoval(s situation) bool {
	return s.sendable() && s.Revision > *s.have.ConfirmedRevision
}

func rests(until *time.Time, now time.Time) bool { return until != nil && until.After(now) }
