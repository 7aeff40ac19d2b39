package transfer

import (
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// What must hold in the model: at any time, and when all trouble is over.

// maxRounds bounds how often the account is looked at until all has settled. Each round goes on to when the account is due.
const maxRounds = 80

// converge lets the clock run on, from one time when the account is due to the next, until nothing is under way.
func (m *model) converge() {
	for round := range maxRounds {
		m.work(0)
		seen := m.check()
		if seen.still() && round > 0 {
			return
		}
		next := m.w.Clock.Now().Add(time.Second)
		if seen.nextRun != nil && seen.nextRun.After(next) {
			next = *seen.nextRun
		}
		m.w.Clock.Set(next)
		m.giveUp(seen.unanswered, 25*time.Hour)
	}
	seen := m.look()
	for _, a := range m.ads {
		m.note("%s is %+v", a.title, seen.rows[a.id])
	}
	m.fail("nothing settles; unanswered %+v", seen.unanswered)
}

// sight is what Stellwerk has of the sequence.
type sight struct {
	rows       map[uuid.UUID]posting.Posting
	copies     map[string]Copy
	unanswered []Transfer
	nextRun    *time.Time
}

// look reads what Stellwerk has of the sequence, in one transaction.
func (m *model) look() sight {
	var postings []posting.Posting
	var copies []Copy
	var schedule slot
	seen := sight{rows: map[uuid.UUID]posting.Posting{}, copies: map[string]Copy{}}
	m.ok(m.w.DB.InTx(m.w.ctx, func(tx database.Tx) error {
		if err := tx.Of(&posting.Posting{}).Where("id IN ?", m.ids()).Find(&postings).Error; err != nil {
			return err
		}
		if err := tx.Of(&Copy{}).Where("posting_id IN ?", m.ids()).Find(&copies).Error; err != nil {
			return err
		}
		if err := tx.Where("account_id = ?", m.w.account).Take(&schedule).Error; err != nil {
			return err
		}
		return tx.Of(&Transfer{}).Omit("file").Where("state IN ?", []State{Sent, Unclear}).Order("id").Find(&seen.unanswered).Error
	}))
	for _, p := range postings {
		seen.rows[p.ID] = p
	}
	for _, c := range copies {
		seen.copies[c.Reference] = c
	}
	seen.nextRun = schedule.NextRunAt
	return seen
}

// still says that nothing is under way.
func (s sight) still() bool {
	if len(s.unanswered) > 0 {
		return false
	}
	for _, row := range s.rows {
		if row.Change == posting.ChangeWaiting || row.Change == posting.ChangeSent || row.Change == posting.ChangeWithdrawing {
			return false
		}
	}
	return true
}

func (m *model) ids() []uuid.UUID {
	ids := []uuid.UUID{uuid.Nil}
	for _, a := range m.ads {
		ids = append(ids, a.id)
	}
	return ids
}

// present are the ads that the BA has of the employer, by reference.
func (m *model) present() map[string]basim.Ad {
	found := map[string]basim.Ad{}
	for _, ad := range m.w.ba.AdsOf(m.w.supplier) {
		if ad.State != basim.AdRemoved {
			found[ad.ID] = ad
		}
	}
	return found
}

func (m *model) byReference(copies map[string]Copy, reference string) *modelAd {
	c, ok := copies[reference]
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

var (
	deleteEntry = regexp.MustCompile(`<EntryId>([^<]+)</EntryId>`)
	inserted    = regexp.MustCompile(`(?s)<JobPositionPostingId>([^<]+)</JobPositionPostingId>.*?<Action>(\d)</Action>`)
)

// judgeUploads looks at the files that have reached the BA since the last look, while the tenant has not changed its mind since they were sent.
func (m *model) judgeUploads() {
	var copies map[string]Copy
	today := calendar.On(m.w.Clock.Now().Add(m.skew), m.w.Berlin)
	for _, u := range m.w.ba.Uploads() {
		if u.Partner != m.w.supplier || m.seen[u.Name] {
			continue
		}
		m.seen[u.Name] = true
		m.happened.add("did send a file", 1)
		if u.State == basim.UploadIgnored {
			m.fail("the BA ignores %s", u.Name)
		}
		if copies == nil {
			copies = m.look().copies
		}
		for _, found := range deleteEntry.FindAllSubmatch(u.Body, -1) {
			m.judgeDeletion(string(found[1]), copies, today)
		}
		for _, found := range inserted.FindAllSubmatch(u.Body, -1) {
			if string(found[2]) == "1" {
				m.judgeInsert(m.byReference(copies, string(found[1])), string(found[1]), u.Name)
			}
		}
	}
}

// judgeDeletion: no wanted ad is deleted, unless it has to be for it to appear anew, or a deletion of it was sent before.
func (m *model) judgeDeletion(reference string, copies map[string]Copy, today calendar.Date) {
	c, a := copies[reference], m.byReference(copies, reference)
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
func (m *model) judgeInsert(a *modelAd, reference, file string) {
	if a == nil {
		m.fail("%s was inserted, which is no ad of ours", reference)
	}
	ad, had := m.w.ba.Ad(m.w.supplier, reference)
	if had && !slices.ContainsFunc(ad.History, func(e basim.Event) bool { return e.What == "inserted" && e.File == file }) {
		return // refused: the BA has, or had, it
	}
	if a.taken > 0 && !a.decided && !a.misjudged {
		m.fail("BA staff removed %s, and it was inserted anew under %s", a.title, reference)
	}
}

// check compares, in the middle of it all, what must hold at any time.
func (m *model) check() sight {
	present, seen := m.present(), m.look()
	of := map[uuid.UUID][]string{}
	for reference := range present {
		c, ours := seen.copies[reference]
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
	for _, ad := range m.w.ba.AdsOf(m.w.supplier) {
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
		p := seen.rows[a.id]
		if p.AtBA != posting.AtBALive || p.InFlight != nil && *p.InFlight == posting.Delete || a.taken > 0 {
			continue
		}
		if len(of[a.id]) == 0 {
			m.fail("%s is called live (%s), and the BA does not have it", a.title, p.Change)
		}
	}
	if waiting := len(seen.unanswered); waiting > maxUnanswered {
		m.fail("%d files are unanswered", waiting)
	}
	return seen
}

// compare holds wish and BA against each other, after all has settled.
func (m *model) compare() {
	today := calendar.On(m.w.Clock.Now(), m.w.Berlin)
	byAd := map[uuid.UUID]basim.Ad{}
	seen := m.look()
	for reference, ad := range m.present() {
		byAd[seen.copies[reference].PostingID] = ad
	}
	for _, a := range m.ads {
		ad, there := byAd[a.id]
		p := seen.rows[a.id]
		switch {
		case !a.wanted(today):
			m.compareUnwanted(a, p, there)
		case there && a.locked:
		case p.Change == posting.ChangeRefused && a.locked:
			// The BA refused what it had locked; that its staff removed the ad afterwards nobody has told.
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

// compareUnwanted holds an ad that is not wanted against the BA.
func (m *model) compareUnwanted(a *modelAd, p posting.Posting, there bool) {
	if there {
		m.fail("%s is not wanted, is %s/%s, and the BA has it", a.title, p.AtBA, p.Change)
	}
	switch {
	case p.AtBA == posting.AtBANone || p.AtBA == posting.AtBAEnded:
	case p.AtBA == posting.AtBARemoved && a.taken > 0:
	default:
		m.fail("%s is not wanted, the BA does not have it, and it is shown as %s/%s", a.title, p.AtBA, p.Change)
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
