package transfer

import (
	"encoding/json"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// What the BA, its staff and the world around do in the model.

// fault lets the BA have a bad day of some kind.
func (m *model) fault() {
	late := basim.Duration(one(m, "late", []time.Duration{5 * time.Minute, time.Hour, 30 * time.Hour}))
	times := rapid.IntRange(1, 3).Draw(m.T, "times")
	// Slow is in time: waiting for real is the business of package ba.
	const slow = basim.Duration(time.Millisecond)
	m.order(one(m, "fault", []basim.Faults{
		{CutBeforeStoring: 1},
		{CutAfterStoring: 1},
		{ServerError: 1},
		{Unavailable: 1},
		{ErrorPage: 1},
		{GarbagePage: 1},
		{SlowAnswer: 1, Slow: slow},
		{CutConnections: times},
		{SlowForm: 1, Slow: slow},
		{FormElsewhere: 1},
		{LinksElsewhere: 1},
		{FailedReads: times},
		{ForbiddenReads: times},
		{CutReads: times},
		{HalfReads: times},
		{GarbageReads: times},
		{HugeReads: 1},
		{MovedReads: times},
		{NoFeedback: 1},
		{LateFeedback: 1, Late: late},
		{DuplicateFeedback: 2},
		{HalfFeedback: 1, Late: late},
		{GarbledFeedback: 1, Late: late},
	}))
	if rapid.Bool().Draw(m.T, "it strikes") {
		m.edit()
		m.goOn()
	}
}

func (m *model) late() { m.order(basim.Faults{LateFeedback: 1, Late: basim.Duration(30 * time.Hour)}) }

// order tells the BA which faults to have from now on, and counts which of the ones before have struck.
func (m *model) order(faults basim.Faults) {
	m.w.ba.SetFaults(m.countFaults(faults))
}

func (m *model) countFaults(next basim.Faults) basim.Faults {
	left := numbers(m.w.ba.Faults())
	for name, ordered := range numbers(m.ordered) {
		m.happened.add("fault "+name, ordered-left[name])
	}
	m.ordered = next
	return next
}

// numbers are the counts of faults, by their names.
func numbers(faults basim.Faults) map[string]int {
	raw, _ := json.Marshal(faults) //nolint:errchkjson // numbers and durations only: it cannot fail
	var fields map[string]any
	_ = json.Unmarshal(raw, &fields)
	found := map[string]int{}
	for name, value := range fields {
		if n, counts := value.(float64); counts {
			found[name] = int(n)
		}
	}
	return found
}

// moods change how the BA behaves in what its documents leave open, and whether its host can show who it is.
func (m *model) moods() {
	m.w.ba.SetSettings(basim.Settings{
		Delay:       basim.Duration(one(m, "delay", []time.Duration{0, 0, 5 * time.Minute, 3 * time.Hour})),
		OfficeHours: rapid.Bool().Draw(m.T, "office hours"),
		Success: one(m, "success", []basim.SuccessShape{
			basim.SuccessEmptyList, basim.SuccessNoList, basim.SuccessBlank, basim.SuccessEmpty,
		}),
		Feedback: one(m, "feedback", []basim.FeedbackShape{
			basim.FeedbackBare, basim.FeedbackNamespace, basim.FeedbackPrefix, basim.FeedbackHeader, basim.FeedbackExtra,
		}),
		OldCodes: rapid.Bool().Draw(m.T, "old codes"), Latin1: rapid.Bool().Draw(m.T, "latin1"),
		ErrorStatus: one(m, "status", []int{0, 400}),
		ServerCertificate: one(m, "server certificate", []basim.ServerCertificate{
			basim.ServerCertificateGood, basim.ServerCertificateGood, basim.ServerCertificateGood, basim.ServerCertificateExpired, basim.ServerCertificateForeign,
		}),
	})
}

// certificate lets the BA or the tenant revoke the account's certificates, or gives it another one, which it may not need yet.
func (m *model) certificate() {
	switch what := one(m, "certificate", []string{"the BA revokes", "the tenant revokes", "another one"}); {
	case m.revoked, what == "another one":
		m.renew()
	case what == "the BA revokes":
		m.revoked = true
		m.ok(m.w.ba.ChangePartner(m.w.supplier, func(p *basim.Partner) {
			for i := range p.Certificates {
				p.Certificates[i].Revoked = true
			}
		}))
	default:
		m.revoked, m.without = true, true
		m.revokeOurs()
	}
}

func (m *model) revokeOurs() {
	page, err := database.NewPage("transfers", nil, nil)
	m.ok(err)
	found, _, err := m.w.keeper.List(m.w.ctx, m.w.account, page)
	m.ok(err)
	for _, c := range found {
		if c.State == credential.Active {
			_, err := m.w.keeper.Revoke(m.w.ctx, m.w.account, c.ID)
			m.ok(err)
		}
	}
}

func (m *model) renew() {
	m.revoked, m.without = false, false
	key, err := partnersKey()
	m.ok(err)
	issued, err := m.w.ba.Issue(basim.IssueRequest{PartnerID: m.w.supplier, Key: key, NotAfter: m.w.Clock.Now().AddDate(20, 0, 0)})
	m.ok(err)
	_, err = m.w.keeper.Upload(m.w.ctx, m.w.account, issued.P12, secret.New([]byte(issued.PIN)))
	m.ok(err)
}

// giveUp is the operator's decision about files that have been unanswered for some time.
func (m *model) giveUp(unanswered []Transfer, after time.Duration) {
	for _, t := range unanswered {
		if m.w.Clock.Now().Sub(t.since()) < after {
			continue
		}
		decisions := NewDecisions(m.w.DB, m.w.Clock.Now, m.w.Berlin, m.w.wake)
		m.ok(decisions.Abandon(m.w.ctx, t.ID))
		m.happened.add("did give a file up", 1)
		m.note("gave up %s", t.FileName)
		m.remember(t)
	}
}

// remember notes what nobody can know any more of the ads of a file that was given up: of a deletion, whether the BA has carried it out, so that
// an ad which is gone may as well have been removed by its staff; and if the BA has the file after all, what its staff did since.
func (m *model) remember(t Transfer) {
	_, items, err := NewLedger(m.w.DB).Get(m.w.ctx, t.ID)
	m.ok(err)
	for _, item := range items {
		if item.Action == posting.Delete {
			m.deletions[item.Reference] = true
		}
		for _, a := range m.ads {
			a.misjudged = a.misjudged || a.id == item.PostingID && (m.seen[t.FileName] || item.Action == posting.Delete)
		}
	}
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
	act := one(m, "act", []basim.Act{
		basim.ActChange, basim.ActChange, basim.ActLock, basim.ActUnlock, basim.ActPlanDeletion, basim.ActRemove, basim.ActRemove,
	})
	a := m.byReference(m.look().copies, reference)
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
	m.happened.add("did staff "+string(act), 1)
	m.ok(m.w.ba.Act(m.w.supplier, reference, act))
}

// condition turns something on or off that the BA has against the account.
func (m *model) condition() {
	m.ok(m.w.ba.ChangePartner(m.w.supplier, func(p *basim.Partner) {
		switch rapid.IntRange(0, 3).Draw(m.T, "condition") {
		case 0:
			p.NoAgreement = !p.NoAgreement
		case 1:
			p.HiringOrgs[1].NotSupervised = !p.HiringOrgs[1].NotSupervised
		case 2:
			p.HiringOrgs[0].Deactivated = !p.HiringOrgs[0].Deactivated
		case 3:
			p.PrefixRequired = !p.PrefixRequired
		}
	}))
}

// endTrouble lets everything be well again: what was cut works, what lapsed is renewed.
func (m *model) endTrouble() {
	m.note("all trouble ends")
	m.order(basim.Faults{})
	m.w.ba.SetSettings(basim.Settings{})
	m.w.store.off.Store(false)
	m.cut = false
	m.ok(m.w.ba.ChangePartner(m.w.supplier, func(p *basim.Partner) {
		p.NoAgreement, p.HiringOrgs[1].NotSupervised, p.HiringOrgs[0].Deactivated = false, false, false
	}))
	if m.revoked {
		m.renew()
	}
	if m.paused {
		m.paused = false
		m.ok(m.activate())
	}
}
