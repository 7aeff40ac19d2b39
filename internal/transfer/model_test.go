package transfer

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// The model of one employer and its BA: what a tenant did, beside what Stellwerk and the BA made of it. Each sequence of the test begins with
// an account that was activated anew and no ad at the BA, does at random what can happen, lets all trouble end and the clock run on, and then
// compares. One world serves many sequences, since a certificate costs more than a sequence.

// weather says what happens in a sequence, and how often.
type weather map[string]int

var weathers = map[string]weather{
	"ordinary days": {"publish": 4, "edit": 5, "withdraw": 2, "wait": 4, "go on": 8, "work": 6, "another worker": 1, "moods": 1},
	"bad days": {
		"publish": 3, "edit": 3, "withdraw": 2, "wait": 3, "go on": 6, "work": 4, "die": 4, "die sending": 1, "lose database": 1, "fault": 5, "outage": 1,
		"give up": 1, "store": 1, "certificate": 1, "another worker": 1, "moods": 1,
	},
	"the BA's staff": {"publish": 3, "edit": 5, "withdraw": 1, "wait": 3, "go on": 6, "work": 4, "staff": 6, "condition": 2, "late": 2, "moods": 1},
	"everything": {
		"publish": 4, "edit": 5, "withdraw": 2, "wait": 3, "go on": 7, "work": 4, "die": 3, "die sending": 1, "lose database": 1, "fault": 4, "outage": 1,
		"give up": 1, "store": 1, "certificate": 1, "pause": 1, "staff": 3, "condition": 1, "another worker": 1, "moods": 1,
	},
}

// serves is how many sequences one employer serves.
const serves = 25

// tally counts what happened, over all weathers.
type tally struct {
	mu     sync.Mutex
	counts map[string]int
}

func (c *tally) add(what string, n int) {
	if n == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts[what] += n
}

// kind returns the counts of what begins with a word, without that word, in one line.
func (c *tally) kind(word string) string {
	found := map[string]int{}
	for what, n := range c.counts {
		if rest, ok := strings.CutPrefix(what, word); ok {
			found[rest] = n
		}
	}
	return strings.TrimPrefix(fmt.Sprint(found), "map")
}

func TestWhateverHappensWishAndBAConverge(t *testing.T) {
	t.Parallel()
	happened := &tally{counts: map[string]int{}}
	t.Cleanup(func() {
		fmt.Printf("proof: sequences of the model: %d in %d weathers (rapid.seed %s): %s\n",
			happened.counts["sequences"], len(weathers), flag.Lookup("rapid.seed").Value, happened.kind("did "))
		fmt.Printf("proof: the BA's faults that struck in them, by kind: %s\n", happened.kind("fault "))
	})
	for name, happens := range weathers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openWorld(t, func(w *world) func(database.Tx, uuid.UUID) error {
				return func(tx database.Tx, account uuid.UUID) error { return wakeAt(tx, account, w.Clock.Now()) }
			})
			began := w.Clock.Now()
			sequences := 0
			rapid.Check(t, func(rt *rapid.T) {
				if sequences%serves == 0 {
					w.employer = nil
				}
				if w.employer == nil {
					w.Clock.Set(began)
				}
				// A sequence that failed leaves a world in which the next one could not begin.
				done := false
				defer func() {
					if !done {
						w.employer = nil
					}
				}()
				m := newModel(rt, w, happened)
				for range rapid.IntRange(4, 24).Draw(rt, "steps") {
					m.happen(happens)
				}
				m.endTrouble()
				m.converge()
				m.compare()
				m.clear()
				done = true
				sequences++
				happened.add("sequences", 1)
			})
		})
	}
}

// modelAd is one ad as its tenant sees it.
type modelAd struct {
	id           uuid.UUID
	publish      bool
	from, until  *calendar.Date
	title        string
	kind         posting.EmploymentType
	organisation int
	// bad says that the newest content is one which the BA refuses.
	bad bool
	// saves counts what the tenant did.
	saves int
	// taken counts the removals by BA staff; decided says that the tenant withdrew it, or saved it after it was shown as removed.
	taken   int
	decided bool
	// locked says that BA staff once locked it, or planned its deletion.
	locked bool
	// misjudged says that a file with it was given up though the BA has it, or one with its deletion.
	misjudged bool
}

type model struct {
	*rapid.T
	w        *world
	ads      []*modelAd
	happened *tally
	// deletions are the references for which a deletion was ever sent, or may have been.
	deletions map[string]bool
	// seen are the uploads that were looked at.
	seen map[string]bool
	// ordered are the faults that the BA was told to have last.
	ordered basim.Faults
	skew    time.Duration
	// cut, revoked and paused say that the network is cut, the certificate is not accepted, or the account is not to send; without, that
	// the account has no certificate at all.
	cut, revoked, paused, without bool
	titles, draws                 int
	tail                          []string
}

// one draws one of a list. Rapid prefers what stands first; here each draw has another one first, so that all happen as often as they should.
func one[V any](m *model, what string, list []V) V {
	m.draws++
	return list[(rapid.IntRange(0, len(list)-1).Draw(m.T, what)+m.draws*7919)%len(list)]
}

var modelOrganisations = []string{"A123A12345", "B456B67890"}

func newModel(t *rapid.T, w *world, happened *tally) *model {
	m := &model{T: t, w: w, happened: happened, deletions: map[string]bool{}, seen: map[string]bool{}}
	w.ba.SetFaults(basim.Faults{})
	w.ba.SetSettings(basim.Settings{})
	w.store.off.Store(false)
	if w.employer == nil {
		n := len(w.ba.Partners())
		w.employer = w.employ(fmt.Sprintf("Haus %d", n), fmt.Sprintf("V%07d00", n+1), fmt.Sprint(90000+n), modelOrganisations[0])
		w.employer.second = w.branch(w.employer, modelOrganisations[1])
		w.baKnows(modelOrganisations[1])
	}
	for _, u := range w.ba.Uploads() {
		m.seen[u.Name] = true
	}
	m.ok(m.start())
	for range rapid.IntRange(0, 3).Draw(t, "ads before") {
		m.publish()
	}
	if len(m.ads) > 0 && rapid.Bool().Draw(t, "live before") {
		m.converge()
	}
	return m
}

// start puts the clock to some time, at times shortly before October's double hour, and in half of the sequences activates the account anew,
// so that its first file carries one ad.
func (m *model) start() error {
	w := m.w
	now := w.Clock.Now()
	w.Clock.Add(time.Duration(rapid.IntRange(1, 30*24*60).Draw(m.T, "minutes before")) * time.Minute)
	if rapid.IntRange(0, 9).Draw(m.T, "october") == 0 {
		year := now.In(w.Berlin).Year()
		for {
			// The last Sunday of October, a quarter past two in summer time.
			day := time.Date(year, 10, 31, 0, 15, 0, 0, time.UTC)
			day = day.AddDate(0, 0, -int(day.Weekday()))
			if day.After(now) {
				w.Clock.Set(day)
				break
			}
			year++
		}
	}
	if !rapid.Bool().Draw(m.T, "activated anew") {
		return nil
	}
	if err := m.deactivate(); err != nil {
		return err
	}
	return m.activate()
}

func (m *model) ok(err error) {
	m.Helper()
	if err != nil {
		m.fail("%v", err)
	}
}

// fail ends the sequence with what happened last.
func (m *model) fail(format string, args ...any) {
	m.Helper()
	m.Fatalf(format+"\nlast of all: %s", append(args, strings.Join(m.tail, "; "))...)
}

func (m *model) note(format string, args ...any) {
	m.tail = append(m.tail, fmt.Sprintf(format, args...))
	if len(m.tail) > 60 {
		m.tail = m.tail[1:]
	}
}

// happen lets one thing happen.
func (m *model) happen(happens weather) {
	names := make([]string, 0, 64)
	for name, weight := range happens {
		for range weight {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	what := one(m, "what", names)
	m.happened.add("did "+what, 1)
	m.note("%s: %s", m.w.Clock.Now().In(m.w.Berlin).Format("01-02 15:04:05"), what)
	map[string]func(){
		"publish": m.publish, "edit": m.edit, "withdraw": m.withdraw, "wait": m.wait, "work": func() { m.work(0) }, "go on": m.goOn,
		"another worker": m.anotherWorker, "die": m.die, "die sending": m.dieSending, "lose database": m.loseDatabase,
		"fault": m.fault, "late": m.late, "outage": func() { m.cut = !m.cut }, "store": func() { m.w.store.off.Store(!m.w.store.off.Load()) },
		"certificate": m.certificate, "give up": func() { m.giveUp(m.look().unanswered, 0) }, "pause": m.pause,
		"staff": m.staff, "condition": m.condition, "moods": m.moods,
	}[what]()
	m.check()
}
