package transfer

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

var (
	noon    = time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)
	planDay = calendar.On(noon, time.UTC)
)

// theCopy is a live copy of revision 1 that ends in 30 days, with changes.
func theCopy(state CopyState, changes ...func(*Copy)) *Copy {
	c := &Copy{State: state, EmploymentType: posting.Job, Kundennummer: "A123A12345"}
	if state != CopyNew {
		c.ConfirmedRevision, c.ConfirmedMapper = new(1), new(posting.MapperVersion)
		c.EndsOn, c.ConfirmedAt = new(planDay.AddDays(30).Start(time.UTC)), new(noon.Add(-time.Hour))
	}
	for _, change := range changes {
		change(c)
	}
	return c
}

func endsIn(days int) func(*Copy) {
	return func(c *Copy) { c.EndsOn = new(planDay.AddDays(days).Start(time.UTC)) }
}

func holds(c *Copy)     { c.HoldUntil = new(noon.Add(time.Minute)) }
func held(c *Copy)      { c.HoldUntil = new(noon) }
func noRenewal(c *Copy) { c.RenewAfter = new(noon.Add(time.Minute)) }
func oldMapper(c *Copy) { c.ConfirmedMapper = new(posting.MapperVersion - 1) }
func doubts(action posting.Action) func(*Copy) {
	return func(c *Copy) { c.Doubt = &action }
}
func unknown(c *Copy) { c.ConfirmedRevision, c.EndsOn, c.ConfirmedAt = new(0), nil, nil }

func TestPlanOne(t *testing.T) {
	t.Parallel()
	wanted := func(revision int, changes ...func(*wish)) wish {
		w := wish{Wanted: true, Revision: revision, EmploymentType: posting.Job, Kundennummer: "A123A12345", OpenEnd: true}
		for _, change := range changes {
			change(&w)
		}
		return w
	}
	refused := func(revision int) func(*wish) { return func(w *wish) { w.RefusedRevision = revision } }
	helper := func(w *wish) { w.EmploymentType = posting.Helper }
	elsewhere := func(w *wish) { w.Kundennummer = "B456B67890" }
	fixedEnd := func(w *wish) { w.OpenEnd = false }
	unwanted := wish{Revision: 1, EmploymentType: posting.Job, Kundennummer: "A123A12345"}
	none := step{}
	insert := func(revision int) step { return step{Action: posting.Insert, Revision: revision} }
	anew := func(revision int) step { return step{Action: posting.Insert, Revision: revision, NewReference: true} }
	update := func(revision int) step { return step{Action: posting.Update, Revision: revision} }
	remove := step{Action: posting.Delete}

	for name, test := range map[string]struct {
		wish wish
		have *Copy
		want step
	}{
		"no copy, wanted":                       {wanted(1), nil, anew(1)},
		"no copy, refused":                      {wanted(1, refused(1)), nil, none},
		"no copy, corrected":                    {wanted(2, refused(1)), nil, anew(2)},
		"no copy, unwanted":                     {unwanted, nil, none},
		"new, wanted":                           {wanted(1), theCopy(CopyNew), insert(1)},
		"new, refused":                          {wanted(1, refused(1)), theCopy(CopyNew), none},
		"new, corrected":                        {wanted(2, refused(1)), theCopy(CopyNew), insert(2)},
		"new, of another type":                  {wanted(2, helper), theCopy(CopyNew), insert(2)},
		"new, unwanted":                         {unwanted, theCopy(CopyNew), none},
		"new, perhaps inserted, wanted":         {wanted(1), theCopy(CopyNew, doubts(posting.Insert)), insert(1)},
		"new, perhaps inserted, unwanted":       {unwanted, theCopy(CopyNew, doubts(posting.Insert)), remove},
		"new, perhaps inserted, another type":   {wanted(1, helper), theCopy(CopyNew, doubts(posting.Insert)), remove},
		"new, perhaps inserted, deletion rests": {unwanted, theCopy(CopyNew, doubts(posting.Insert), holds), none},
		"new, perhaps deleted, wanted":          {wanted(1), theCopy(CopyNew, doubts(posting.Delete)), remove},
		"live, perhaps deleted, wanted":         {wanted(1), theCopy(CopyLive, doubts(posting.Delete)), remove},
		"live, perhaps deleted, newer":          {wanted(2), theCopy(CopyLive, doubts(posting.Delete)), remove},
		"live, perhaps deleted, refused":        {wanted(2, refused(2)), theCopy(CopyLive, doubts(posting.Delete)), remove},
		"live, as wanted":                       {wanted(1), theCopy(CopyLive), none},
		"live, newer":                           {wanted(2), theCopy(CopyLive), update(2)},
		"live, newer is refused":                {wanted(2, refused(2)), theCopy(CopyLive), none},
		"live, newer than the refused":          {wanted(3, refused(2)), theCopy(CopyLive), update(3)},
		"live, a deletion was refused":          {wanted(1, refused(0)), theCopy(CopyLive), none},
		"live, of an older mapper":              {wanted(1), theCopy(CopyLive, oldMapper), update(1)},
		"live, older mapper, newer is refused":  {wanted(2, refused(2)), theCopy(CopyLive, oldMapper), update(1)},
		"live, older mapper, refused lately":    {wanted(1, refused(1)), theCopy(CopyLive, oldMapper, noRenewal), none},
		"live, ends in 11 days":                 {wanted(1), theCopy(CopyLive, endsIn(11)), none},
		"live, ends in 10 days":                 {wanted(1), theCopy(CopyLive, endsIn(10)), update(1)},
		"live, ended yesterday":                 {wanted(1), theCopy(CopyLive, endsIn(-1)), update(1)},
		"live, ends in 10 days as it shall":     {wanted(1, fixedEnd), theCopy(CopyLive, endsIn(10)), none},
		"live, ends soon, newer is refused":     {wanted(2, refused(2)), theCopy(CopyLive, endsIn(10)), update(1)},
		"live, ends soon, renewal rests":        {wanted(1, refused(1)), theCopy(CopyLive, endsIn(10), noRenewal), none},
		"live, newer while renewal rests":       {wanted(2, refused(1)), theCopy(CopyLive, endsIn(10), noRenewal), update(2)},
		"live, newer while deletion rests":      {wanted(2), theCopy(CopyLive, holds), update(2)},
		"live, another type":                    {wanted(2, helper), theCopy(CopyLive), remove},
		"live, another type is refused":         {wanted(2, helper, refused(2)), theCopy(CopyLive), none},
		"live, another type, deletion rests":    {wanted(2, helper), theCopy(CopyLive, holds), none},
		"live, another Kundennummer":            {wanted(2, elsewhere), theCopy(CopyLive), remove},
		"live, nobody knows what, wanted":       {wanted(1), theCopy(CopyLive, unknown), update(1)},
		"live, nobody knows what, refused":      {wanted(1, refused(1)), theCopy(CopyLive, unknown), none},
		"live, nobody knows what, older mapper": {wanted(1, refused(1)), theCopy(CopyLive, unknown, oldMapper), none},
		"live, unwanted":                        {unwanted, theCopy(CopyLive), remove},
		"live, unwanted, deletion rests":        {unwanted, theCopy(CopyLive, holds), none},
		"live, unwanted, rested":                {unwanted, theCopy(CopyLive, held), remove},
		"live, unwanted while renewal rests":    {unwanted, theCopy(CopyLive, noRenewal), remove},
		"locked, wanted":                        {wanted(1), theCopy(CopyLocked), none},
		"locked, newer":                         {wanted(2), theCopy(CopyLocked), none},
		"locked, another type":                  {wanted(2, helper), theCopy(CopyLocked), none},
		"locked, unwanted":                      {unwanted, theCopy(CopyLocked), remove},
		"locked, unwanted, deletion rests":      {unwanted, theCopy(CopyLocked, holds), none},
		"removed, as it was":                    {wanted(1), theCopy(CopyRemoved), none},
		"removed, newer":                        {wanted(2), theCopy(CopyRemoved), anew(2)},
		"removed, newer is refused":             {wanted(2, refused(2)), theCopy(CopyRemoved), none},
		"removed, older mapper":                 {wanted(1), theCopy(CopyRemoved, oldMapper), none},
		"removed, unwanted":                     {unwanted, theCopy(CopyRemoved), none},
		"gone, wanted":                          {wanted(1), theCopy(CopyGone), anew(1)},
		"gone, refused":                         {wanted(1, refused(1)), theCopy(CopyGone), none},
		"gone, unwanted":                        {unwanted, theCopy(CopyGone), none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			got, ok := planOne(test.wish, test.have, noon, planDay)

			if ok != (test.want != none) || ok && got != test.want {
				t.Errorf("got %+v %v, want %+v", got, ok, test.want)
			}
		})
	}
}

// TestEveryLineOfALifeIsReached finds, for each line of the table, a situation that it decides.
func TestEveryLineOfALifeIsReached(t *testing.T) {
	t.Parallel()
	type key struct {
		have CopyState
		when string
	}
	reached := map[key]bool{}
	wishes := []wish{}
	for _, want := range []bool{true, false} {
		for revision := 1; revision <= 2; revision++ {
			for _, kind := range []posting.EmploymentType{posting.Job, posting.Helper} {
				wishes = append(wishes, wish{Wanted: want, Revision: revision, EmploymentType: kind, Kundennummer: "A123A12345", OpenEnd: true})
			}
		}
	}
	for _, state := range []CopyState{copyNone, CopyNew, CopyLive, CopyLocked, CopyRemoved, CopyGone} {
		for _, change := range []func(*Copy){held, doubts(posting.Insert), doubts(posting.Delete), oldMapper, endsIn(3)} {
			for _, w := range wishes {
				s := situation{wish: w, now: noon, today: planDay}
				if state != copyNone {
					s.have = theCopy(state, change)
				}
				for _, rule := range lifeRules() {
					if rule.have == state && rule.holds(s) {
						reached[key{rule.have, rule.when}] = true
						break
					}
				}
			}
		}
	}

	for _, rule := range lifeRules() {
		if !reached[key{rule.have, rule.when}] {
			t.Errorf("nothing is decided by: %s, %s", rule.have, rule.when)
		}
	}
}

func TestReferencesFitTheBAsForm(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^12345678-[0-9A-HJKMNP-TV-Z]{16}-S$`)
	seen := map[string]bool{}
	previous := ""

	for i := range 1000 {
		reference := newReference("12345678", noon.Add(time.Duration(i)*time.Second))
		if !form.MatchString(reference) || len(reference) > 27 || seen[reference] {
			t.Fatalf("%q is malformed or was drawn twice", reference)
		}
		if strings.Compare(previous, reference) >= 0 {
			t.Fatalf("%q does not come after %q", reference, previous)
		}
		seen[reference], previous = true, reference
	}
}

func TestReferencesOfOneSecondDiffer(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 10_000 {
		reference := newReference("99001", noon)
		if seen[reference] {
			t.Fatalf("%s was drawn twice", reference)
		}
		seen[reference] = true
	}
}

func TestPaceGoesByTheTimeThatPassed(t *testing.T) {
	t.Parallel()
	pace := DefaultPace()
	for n, want := range []time.Duration{10 * time.Minute, 20 * time.Minute, 40 * time.Minute, 100 * time.Minute, 160 * time.Minute} {
		if got := pace.poll(n); got != want {
			t.Errorf("poll %d comes after %v, want %v", n, got, want)
		}
	}
	for lasting, want := range map[time.Duration]time.Duration{
		0: 10 * time.Second, 9 * time.Second: 10 * time.Second, 10 * time.Second: 30 * time.Second, 40 * time.Second: 2 * time.Minute,
		10 * time.Minute: 15 * time.Minute, 100 * time.Hour: 15 * time.Minute, -time.Hour: 10 * time.Second,
	} {
		if got := pace.retry(lasting); got != want {
			t.Errorf("after %v of trouble the wait is %v, want %v", lasting, got, want)
		}
	}
}

// TestWhatIsShownIsWhatIsPlanned walks through every state that a posting and its copy can be in together, with nothing in flight: what
// is said to be on its way has a step, and nothing else has.
func TestWhatIsShownIsWhatIsPlanned(t *testing.T) {
	t.Parallel()
	days := map[string][2]*time.Time{
		"any day":   {},
		"from now":  {new(planDay.Start(time.UTC)), nil},
		"later":     {new(planDay.AddDays(1).Start(time.UTC)), nil},
		"until now": {nil, new(planDay.Start(time.UTC))},
		"ended":     {nil, new(planDay.AddDays(-1).Start(time.UTC))},
	}
	type state struct {
		at   posting.AtBA
		have *Copy
		live *int
	}
	states := []state{
		{posting.AtBANone, nil, nil},
		{posting.AtBANone, theCopy(CopyNew), nil},
		{posting.AtBANone, theCopy(CopyGone), nil},
		{posting.AtBAEnded, theCopy(CopyGone), new(1)},
		{posting.AtBALive, theCopy(CopyLive), new(1)},
		{posting.AtBAUnknown, theCopy(CopyNew, doubts(posting.Insert)), nil},
		{posting.AtBALive, theCopy(CopyLive, unknown), nil},
		{posting.AtBALocked, theCopy(CopyLocked), new(1)},
		{posting.AtBARemoved, theCopy(CopyRemoved), new(1)},
	}
	for _, s := range states {
		for day, bounds := range days {
			for _, publish := range []bool{true, false} {
				for refused := range 3 {
					for latest := 1; latest <= 2; latest++ {
						p := posting.Posting{
							Publish: publish, AtBA: s.at, LiveRevision: s.live, LatestRevision: latest, PublishFrom: bounds[0], PublishUntil: bounds[1],
						}
						if refused > 0 {
							p.Refusal = &posting.Refusal{Revision: refused}
						}
						p.Settle(noon, planDay)
						next, ok := planOne(wish{
							Wanted: p.Wanted(planDay), Revision: latest, RefusedRevision: refused, OpenEnd: p.PublishUntil == nil,
							EmploymentType: posting.Job, Kundennummer: "A123A12345",
						}, s.have, noon, planDay)

						want := map[bool]posting.Change{true: posting.ChangeWaiting, false: posting.ChangeWithdrawing}[next.Action != posting.Delete]
						onItsWay := p.Change == posting.ChangeWaiting || p.Change == posting.ChangeWithdrawing
						if ok != onItsWay || ok && p.Change != want {
							t.Errorf("%s, %s, publish %v, revision %d, refused %d: shown as %s, planned %+v %v", s.at, day, publish, latest, refused, p.Change, next, ok)
						}
					}
				}
			}
		}
	}
}
