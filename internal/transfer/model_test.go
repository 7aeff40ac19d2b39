package transfer

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// The model of one employer and its BA: what a tenant did, beside what Stellwerk and the BA made of it. Each sequence of the test begins with
// an account that was activated anew and no ad at the BA, does at random what can happen, lets all trouble end and the clock run on, and then
// compares. One world serves many sequences, since a certificate costs more than a sequence.

// weather says what happens in a sequence, and how often.
type weather map[string]int

var weathers = map[string]weather{
	"ordinary days": {"publish": 4, "edit": 5, "withdraw": 2, "wait": 6, "work": 8, "another worker": 1, "moods": 1},
	"bad days": {
		"publish": 3, "edit": 3, "withdraw": 2, "wait": 5, "work": 6, "die": 5, "fault": 4, "outage": 1, "give up": 1, "store": 1, "certificate": 1,
		"another worker": 1, "moods": 1,
	},
	"the BA's staff": {"publish": 3, "edit": 5, "withdraw": 1, "wait": 5, "work": 6, "staff": 6, "condition": 2, "late": 2, "moods": 1},
	"everything": {
		"publish": 4, "edit": 5, "withdraw": 2, "wait": 6, "work": 6, "die": 3, "fault": 3, "outage": 1, "give up": 1, "store": 1, "certificate": 1,
		"staff": 3, "condition": 1, "another worker": 1, "moods": 1,
	},
}

// serves is how many sequences one employer serves.
const serves = 25

func TestWhateverHappensWishAndBAConverge(t *testing.T) {
	t.Parallel()
	for name, happens := range weathers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := openWorld(t, func(w *world) func(database.Tx, uuid.UUID) error {
				return func(tx database.Tx, account uuid.UUID) error { return wakeAt(tx, account, w.Clock.Now()) }
			})
			began := w.Clock.Now()
			sequences, tally := 0, map[string]int{}
			rapid.Check(t, func(rt *rapid.T) {
				if sequences%serves == 0 {
					w.employer = nil
				}
				if w.employer == nil {
					w.Clock.Set(began)
				}
				m := newModel(rt, w, tally)
				done := false
				// A sequence that failed leaves a world in which the next one could not begin.
				defer func() {
					if !done {
						w.employer = nil
					}
				}()
				for range rapid.IntRange(4, 24).Draw(rt, "steps") {
					m.happen(happens)
				}
				m.endTrouble()
				m.converge()
				m.compare()
				m.clear()
				done = true
				sequences++
			})
			t.Logf("%d sequences; what happened: %v", sequences, tally)
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
}

type model struct {
	*rapid.T
	w     *world
	ads   []*modelAd
	tally map[string]int
	// deletions are the references for which a deletion was ever sent.
	deletions map[string]bool
	// inserted are those that an upload inserted, by the posting.
	seen    map[string]bool
	skew    time.Duration
	cut     bool
	revoked bool
	titles  int
	tail    []string
}

var modelOrganisations = []string{"A123A12345", "B456B67890"}

func newModel(t *rapid.T, w *world, tally map[string]int) *model {
	m := &model{T: t, w: w, tally: tally, deletions: map[string]bool{}, seen: map[string]bool{}}
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
	return m
}

// start puts the clock to some time, at times shortly before October's double hour, and activates the account anew.
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
	if _, err := w.roads.Deactivate(w.ctx, w.account); err != nil {
		return err
	}
	_, err := w.roads.Activate(w.ctx, w.account)
	return err
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
	what := rapid.SampledFrom(names).Draw(m.T, "what")
	m.tally[what]++
	m.note("%s: %s", m.w.Clock.Now().In(m.w.Berlin).Format("01-02 15:04:05"), what)
	switch what {
	case "publish":
		m.publish()
	case "edit":
		m.edit()
	case "withdraw":
		m.withdraw()
	case "wait":
		m.wait()
	case "work":
		m.work(m.w.engine, 0)
	case "another worker":
		m.skew = rapid.SampledFrom([]time.Duration{-5 * time.Minute, 5 * time.Minute}).Draw(m.T, "skew")
		m.work(m.engine(m.w.engine, 0), 0)
		m.skew = 0
	case "die":
		m.work(m.w.engine, rapid.IntRange(1, 40).Draw(m.T, "dies at"))
	case "fault":
		m.fault()
	case "late":
		m.w.ba.SetFaults(basim.Faults{LateFeedback: 1, Late: basim.Duration(30 * time.Hour)})
	case "outage":
		m.cut = !m.cut
	case "store":
		m.w.store.off.Store(!m.w.store.off.Load())
	case "certificate":
		m.certificate()
	case "give up":
		m.giveUp(0)
	case "staff":
		m.staff()
	case "condition":
		m.condition()
	case "moods":
		m.moods()
	}
	m.check()
}

func (m *model) content(a *modelAd) posting.Content {
	return advert(ofKind(a.kind), func(c *posting.Content) {
		c.Title = a.title
		c.Publication = posting.Publication{From: a.from, Until: a.until}
		if a.bad {
			inFürth(c)
		}
	})
}

func (m *model) input(a *modelAd) posting.Input {
	organisation := m.w.organisation
	if a.organisation == 1 {
		organisation = m.w.employer.second
	}
	return posting.Input{Publish: a.publish, Content: m.content(a), HiringOrganisationID: &organisation}
}

func (m *model) retitle(a *modelAd) {
	m.titles++
	a.title = fmt.Sprintf("Pflege %d", m.titles)
}

func (m *model) publish() {
	if len(m.ads) == 6 {
		return
	}
	a := &modelAd{publish: true, kind: posting.SkilledWorker}
	m.retitle(a)
	today := calendar.On(m.w.Clock.Now(), m.w.Berlin)
	switch rapid.IntRange(0, 9).Draw(m.T, "sort") {
	case 0:
		a.bad = true
	case 1:
		a.from = new(today.AddDays(rapid.IntRange(1, 3).Draw(m.T, "from")))
	case 2:
		a.until = new(today.AddDays(rapid.IntRange(0, 4).Draw(m.T, "until")))
	}
	made, err := m.w.desk.Create(m.w.ctx, m.input(a))
	m.ok(err)
	a.id = made.ID
	m.ads = append(m.ads, a)
}

// pick chooses an ad, if there is one.
func (m *model) pick() *modelAd {
	if len(m.ads) == 0 {
		return nil
	}
	return m.ads[rapid.IntRange(0, len(m.ads)-1).Draw(m.T, "ad")]
}

func (m *model) edit() {
	a := m.pick()
	if a == nil {
		return
	}
	was := *a
	m.retitle(a)
	a.publish = true
	switch rapid.IntRange(0, 9).Draw(m.T, "change") {
	case 0:
		a.bad = !a.bad
	case 1:
		a.kind = map[posting.EmploymentType]posting.EmploymentType{posting.SkilledWorker: posting.Helper, posting.Helper: posting.SkilledWorker}[a.kind]
	case 2:
		a.organisation = 1 - a.organisation
	case 3:
		a.from, a.until, a.bad = nil, nil, false
	case 4:
		a.title = was.title // published again as it was
	}
	m.save(a)
}

func (m *model) save(a *modelAd) {
	if a.until != nil && a.until.Before(calendar.On(m.w.Clock.Now(), m.w.Berlin)) {
		a.until = nil
	}
	removed := m.row(a).AtBA == posting.AtBARemoved
	_, err := m.w.desk.Replace(m.w.ctx, a.id, m.input(a))
	m.ok(err)
	a.saves++
	a.decided = a.decided || removed
}

func (m *model) withdraw() {
	if a := m.pick(); a != nil {
		_, err := m.w.desk.Withdraw(m.w.ctx, a.id)
		m.ok(err)
		a.publish, a.decided = false, true
	}
}

func (m *model) wait() {
	m.w.Clock.Add(rapid.SampledFrom([]time.Duration{
		300 * time.Millisecond, 40 * time.Second, 11 * time.Minute, 11 * time.Minute, time.Hour, 3 * time.Hour, 14 * time.Hour, 26 * time.Hour, 51 * 24 * time.Hour,
	}).Draw(m.T, "time"))
}

// killed is what a process dies of in the middle of its work.
type killed struct{}

// engine returns the engine of another process, which dies when it looks at its clock for the nth time.
func (m *model) engine(of *Engine, dies int) *Engine {
	e := *of
	looks, skew := 0, m.skew
	e.now = func() time.Time {
		if looks++; looks == dies {
			panic(killed{})
		}
		return m.w.Clock.Now().Add(skew)
	}
	if m.cut {
		e.client = m.w.nowhere
	}
	return &e
}

// work lets a worker move the account forward. It dies when it looks at its clock for the nth time; zero is never.
func (m *model) work(of *Engine, dies int) {
	e := m.engine(of, dies)
	for range 2 {
		ctx, cancel := context.WithCancel(context.Background())
		err := m.advance(ctx, e)
		cancel()
		if !errors.Is(err, ErrClaimed) {
			m.ok(err)
			break
		}
		// Whoever claimed it is dead.
		m.w.Clock.Add(claimFor + 6*time.Minute)
	}
	m.judgeUploads()
}

func (m *model) advance(ctx context.Context, e *Engine) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			if _, ours := cause.(killed); !ours {
				panic(cause)
			}
			m.tally["died"]++
		}
	}()
	return e.Advance(ctx, m.w.ref())
}

func (m *model) fault() {
	late := basim.Duration(rapid.SampledFrom([]time.Duration{5 * time.Minute, time.Hour, 30 * time.Hour}).Draw(m.T, "late"))
	m.w.ba.SetFaults(rapid.SampledFrom([]basim.Faults{
		{CutBeforeStoring: 1}, {CutAfterStoring: 1}, {ServerError: 1}, {Unavailable: 1}, {ErrorPage: 1}, {GarbagePage: 1}, {FailedReads: 2}, {CutReads: 2},
		{NoFeedback: 1}, {LateFeedback: 1, Late: late}, {DuplicateFeedback: 2}, {HalfFeedback: 1, Late: late}, {GarbledFeedback: 1, Late: late},
	}).Draw(m.T, "fault"))
}

func (m *model) moods() {
	m.w.ba.SetSettings(basim.Settings{
		Delay:       basim.Duration(rapid.SampledFrom([]time.Duration{0, 0, 5 * time.Minute, 3 * time.Hour}).Draw(m.T, "delay")),
		OfficeHours: rapid.Bool().Draw(m.T, "office hours"),
		Success:     rapid.SampledFrom([]basim.SuccessShape{"", basim.SuccessNoList, basim.SuccessBlank}).Draw(m.T, "success"),
		Feedback:    rapid.SampledFrom([]basim.FeedbackShape{"", basim.FeedbackNamespace, basim.FeedbackHeader}).Draw(m.T, "feedback"),
		OldCodes:    rapid.Bool().Draw(m.T, "old codes"), Latin1: rapid.Bool().Draw(m.T, "latin1"),
		ErrorStatus: rapid.SampledFrom([]int{0, 400}).Draw(m.T, "status"),
	})
}

// certificate revokes the account's certificates, or issues another one.
func (m *model) certificate() {
	if !m.revoked {
		m.revoked = true
		m.ok(m.w.ba.ChangePartner(m.w.supplier, func(p *basim.Partner) {
			for i := range p.Certificates {
				p.Certificates[i].Revoked = true
			}
		}))
		return
	}
	m.renew()
}

func (m *model) renew() {
	m.revoked = false
	key, err := partnersKey()
	m.ok(err)
	issued, err := m.w.ba.Issue(basim.IssueRequest{PartnerID: m.w.supplier, Key: key, NotAfter: m.w.Clock.Now().AddDate(20, 0, 0)})
	m.ok(err)
	_, err = m.w.keeper.Upload(m.w.ctx, m.w.account, issued.P12, secret.New([]byte(issued.PIN)))
	m.ok(err)
}

// giveUp is the operator's decision about files that have been unanswered for some time.
func (m *model) giveUp(after time.Duration) {
	for _, t := range m.unanswered() {
		if m.w.Clock.Now().Sub(t.since()) < after {
			continue
		}
		decisions := NewDecisions(m.w.DB, m.w.Clock.Now, m.w.Berlin, func(tx database.Tx, account uuid.UUID) error {
			return wakeAt(tx, account, m.w.Clock.Now())
		})
		m.ok(decisions.Abandon(m.w.ctx, t.ID))
		m.tally["given up"]++
	}
}

func (m *model) unanswered() []Transfer {
	var found []Transfer
	m.ok(m.w.DB.InTx(m.w.ctx, func(tx database.Tx) error {
		return tx.Of(&Transfer{}).Omit("file").Where("state IN ?", []State{Sent, Unclear}).Order("id").Find(&found).Error
	}))
	return found
}

// staff lets BA staff do something to an ad.
func (m *model) staff() {
	present := m.present()
	if len(present) == 0 {
		return
	}
	references := make([]string, 0, len(present))
	for reference := range present {
		references = append(references, reference)
	}
	slices.Sort(references)
	reference := references[rapid.IntRange(0, len(references)-1).Draw(m.T, "which")]
	act := rapid.SampledFrom([]basim.Act{
		basim.ActChange, basim.ActChange, basim.ActLock, basim.ActUnlock, basim.ActPlanDeletion, basim.ActRemove, basim.ActRemove,
	}).Draw(m.T, "act")
	a := m.byReference(reference)
	if a == nil {
		m.fail("the BA has %s, which is no ad of ours", reference)
	}
	if act == basim.ActRemove {
		a.taken++
		a.decided = false
	}
	if act == basim.ActLock || act == basim.ActPlanDeletion {
		a.locked = true
	}
	m.note("staff: %s %s", act, reference)
	m.ok(m.w.ba.Act(m.w.supplier, reference, act))
}

// condition turns something on or off that the BA has against the account.
func (m *model) condition() {
	m.ok(m.w.ba.ChangePartner(m.w.supplier, func(p *basim.Partner) {
		switch rapid.IntRange(0, 2).Draw(m.T, "condition") {
		case 0:
			p.NoAgreement = !p.NoAgreement
		case 1:
			p.HiringOrgs[1].NotSupervised = !p.HiringOrgs[1].NotSupervised
		case 2:
			p.HiringOrgs[0].Deactivated = !p.HiringOrgs[0].Deactivated
		}
	}))
}

// endTrouble lets everything be well again: what was cut works, what lapsed is renewed.
func (m *model) endTrouble() {
	m.note("all trouble ends")
	m.w.ba.SetFaults(basim.Faults{})
	m.w.ba.SetSettings(basim.Settings{})
	m.w.store.off.Store(false)
	m.cut = false
	m.ok(m.w.ba.ChangePartner(m.w.supplier, func(p *basim.Partner) {
		p.NoAgreement, p.HiringOrgs[1].NotSupervised, p.HiringOrgs[0].Deactivated = false, false, false
	}))
	if m.revoked {
		m.renew()
	}
}

// maxRounds bounds how often the account is looked at until all has settled. Each round goes on to when the account is due.
const maxRounds = 80

// converge lets the clock run on, from one time when the account is due to the next, until nothing is under way.
func (m *model) converge() {
	for round := range maxRounds {
		m.work(m.w.engine, 0)
		m.check()
		if m.still() && round > 0 {
			return
		}
		next := m.w.nextRun()
		if floor := m.w.Clock.Now().Add(time.Second); next.Before(floor) {
			next = floor
		}
		m.w.Clock.Set(next)
		m.giveUp(25 * time.Hour)
	}
	for _, a := range m.ads {
		m.note("%s is %+v", a.title, m.row(a))
	}
	m.fail("nothing settles; unanswered %+v", m.unanswered())
}

// still says that nothing is under way.
func (m *model) still() bool {
	if len(m.unanswered()) > 0 {
		return false
	}
	for _, row := range m.rows() {
		if row.Change == posting.ChangeWaiting || row.Change == posting.ChangeSent || row.Change == posting.ChangeWithdrawing {
			return false
		}
	}
	return true
}

// rows reads all postings of the account.
func (m *model) rows() map[uuid.UUID]posting.Posting {
	var found []posting.Posting
	m.ok(m.w.DB.InTx(m.w.ctx, func(tx database.Tx) error {
		return tx.Of(&posting.Posting{}).Where("id IN ?", m.ids()).Find(&found).Error
	}))
	byID := make(map[uuid.UUID]posting.Posting, len(found))
	for _, p := range found {
		byID[p.ID] = p
	}
	return byID
}

func (m *model) ids() []uuid.UUID {
	ids := []uuid.UUID{uuid.Nil}
	for _, a := range m.ads {
		ids = append(ids, a.id)
	}
	return ids
}

func (m *model) row(a *modelAd) posting.Posting { return m.rows()[a.id] }

// baAds are all the ads that the BA ever had of the employer.
func (m *model) baAds() []basim.Ad {
	return slices.DeleteFunc(m.w.ba.Ads(), func(ad basim.Ad) bool { return ad.Partner != m.w.supplier })
}

// present are the ads that the BA has of the employer, by reference.
func (m *model) present() map[string]basim.Ad {
	found := map[string]basim.Ad{}
	for _, ad := range m.baAds() {
		if ad.State != basim.AdRemoved {
			found[ad.ID] = ad
		}
	}
	return found
}

// copies reads what is known of the sequence's references.
func (m *model) copies() map[string]Copy {
	var found []Copy
	m.ok(m.w.DB.InTx(m.w.ctx, func(tx database.Tx) error {
		return tx.Of(&Copy{}).Where("posting_id IN ?", m.ids()).Find(&found).Error
	}))
	byReference := make(map[string]Copy, len(found))
	for _, c := range found {
		byReference[c.Reference] = c
	}
	return byReference
}

func (m *model) byReference(reference string) *modelAd {
	c, ok := m.copies()[reference]
	if !ok {
		return nil
	}
	i := slices.IndexFunc(m.ads, func(a *modelAd) bool { return a.id == c.PostingID })
	if i < 0 {
		return nil
	}
	return m.ads[i]
}

func (a *modelAd) wanted(today calendar.Date) bool {
	return a.publish && (a.from == nil || !a.from.After(today)) && (a.until == nil || !a.until.Before(today))
}

var deleteEntry = regexp.MustCompile(`<EntryId>([^<]+)</EntryId>`)
var inserted = regexp.MustCompile(`(?s)<JobPositionPostingId>([^<]+)</JobPositionPostingId>.*?<Action>(\d)</Action>`)

// judgeUploads looks at the files that have reached the BA since the last look, while the tenant has not changed its mind since they were sent.
func (m *model) judgeUploads() {
	var copies map[string]Copy
	today := calendar.On(m.w.Clock.Now().Add(m.skew), m.w.Berlin)
	for _, u := range m.w.ba.Uploads() {
		if u.Partner != m.w.supplier || m.seen[u.Name] {
			continue
		}
		m.seen[u.Name] = true
		m.tally["files"]++
		if u.State == basim.UploadIgnored {
			m.fail("the BA ignores %s", u.Name)
		}
		if copies == nil {
			copies = m.copies()
		}
		for _, found := range deleteEntry.FindAllSubmatch(u.Body, -1) {
			m.judgeDeletion(string(found[1]), copies, today)
		}
		for _, found := range inserted.FindAllSubmatch(u.Body, -1) {
			if string(found[2]) == "1" {
				m.judgeInsert(string(found[1]), u.Name)
			}
		}
	}
}

// judgeDeletion: no wanted ad is deleted, unless it has to be for it to appear anew, or a deletion of it was sent before.
func (m *model) judgeDeletion(reference string, copies map[string]Copy, today calendar.Date) {
	c, a := copies[reference], m.byReference(reference)
	if a == nil {
		m.fail("a deletion of %s was sent, which is no ad of ours", reference)
	}
	moved := c.Kundennummer != modelOrganisations[a.organisation] || c.EmploymentType != a.kind
	if a.wanted(today) && !moved && !m.deletions[reference] {
		m.fail("%s is wanted, and its deletion was sent", a.title)
	}
	m.deletions[reference] = true
}

// judgeInsert: what BA staff removed appears again only when the tenant decided so.
func (m *model) judgeInsert(reference, file string) {
	a := m.byReference(reference)
	if a == nil {
		m.fail("%s was inserted, which is no ad of ours", reference)
	}
	ad, had := m.w.ba.Ad(m.w.supplier, reference)
	if had && !slices.ContainsFunc(ad.History, func(e basim.Event) bool { return e.What == "inserted" && e.File == file }) {
		return // refused: the BA has, or had, it
	}
	if a.taken > 0 && !a.decided {
		m.fail("BA staff removed %s, and it was inserted anew under %s", a.title, reference)
	}
}

// check compares, in the middle of it all, what must hold at any time.
func (m *model) check() {
	present, copies, rows := m.present(), m.copies(), m.rows()
	of := map[uuid.UUID][]string{}
	for reference := range present {
		c, ours := copies[reference]
		if !ours {
			m.fail("the BA has %s, which is no ad of ours", reference)
		}
		of[c.PostingID] = append(of[c.PostingID], reference)
	}
	for id, references := range of {
		if len(references) > 1 {
			m.fail("the ad %s is at the BA as %v", id, references)
		}
	}
	for _, ad := range m.baAds() {
		times := 0
		for _, happened := range ad.History {
			if happened.What == "inserted" {
				times++
			}
		}
		if times > 1 {
			m.fail("%s was inserted %d times", ad.ID, times)
		}
	}
	for _, a := range m.ads {
		p := rows[a.id]
		if p.AtBA != posting.AtBALive || p.InFlight != nil && *p.InFlight == posting.Delete || a.taken > 0 {
			continue
		}
		if len(of[a.id]) == 0 {
			m.fail("%s is called live (%s), and the BA does not have it", a.title, p.Change)
		}
	}
	if waiting := len(m.unanswered()); waiting > maxUnanswered {
		m.fail("%d files are unanswered", waiting)
	}
}

// compare holds wish and BA against each other, after all has settled.
func (m *model) compare() {
	today := calendar.On(m.w.Clock.Now(), m.w.Berlin)
	byAd := map[uuid.UUID]basim.Ad{}
	copies := m.copies()
	for reference, ad := range m.present() {
		byAd[copies[reference].PostingID] = ad
	}
	rows := m.rows()
	for _, a := range m.ads {
		ad, there := byAd[a.id]
		p := rows[a.id]
		switch {
		case !a.wanted(today):
			if there {
				m.fail("%s is not wanted, is %s/%s, and the BA has it", a.title, p.AtBA, p.Change)
			}
		case there && a.locked:
		case p.Change == posting.ChangeRefused:
			older := p.Refusal != nil && slices.ContainsFunc(p.Refusal.Answers, func(said posting.Answer) bool { return said.Code == newerAtBA })
			if !a.bad && !older {
				m.fail("%s is refused though nothing is wrong with it: %+v", a.title, p.Refusal)
			}
		case a.taken > 0 && !there:
			if p.AtBA != posting.AtBARemoved && p.AtBA != posting.AtBALive {
				m.fail("%s was removed by BA staff, and is %s/%s", a.title, p.AtBA, p.Change)
			}
		case !there:
			m.fail("%s is wanted, is %s/%s, and the BA does not have it", a.title, p.AtBA, p.Change)
		case ad.Title() != a.title || ad.HiringOrg() != modelOrganisations[a.organisation]:
			m.fail("%s (%s) is %q (%s) at the BA, and shown as %s/%s", a.title, modelOrganisations[a.organisation], ad.Title(), ad.HiringOrg(), p.AtBA, p.Change)
		case p.AtBA != posting.AtBALive:
			m.fail("%s is at the BA, and shown as %s", a.title, p.AtBA)
		}
	}
}

// clear withdraws everything; then the BA has nothing any more.
func (m *model) clear() {
	m.note("all is withdrawn")
	for _, a := range m.ads {
		_, err := m.w.desk.Withdraw(m.w.ctx, a.id)
		m.ok(err)
		a.publish, a.decided = false, true
	}
	m.converge()
	for reference := range m.present() {
		m.fail("everything is withdrawn, and the BA has %s", reference)
	}
}
