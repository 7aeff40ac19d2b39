package transfer

import (
	"fmt"
	"time"

	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// What the tenant of the model does.

func (a *modelAd) content() posting.Content {
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
	return posting.Input{Publish: a.publish, Content: a.content(), HiringOrganisationID: &organisation}
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
	removed := m.look().rows[a.id].AtBA == posting.AtBARemoved
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
	m.w.Clock.Add(one(m, "time", []time.Duration{
		300 * time.Millisecond, 40 * time.Second, 11 * time.Minute, 11 * time.Minute, time.Hour, 3 * time.Hour, 14 * time.Hour, 26 * time.Hour, 51 * 24 * time.Hour,
	}))
}

// pause stops the account or its tenant, or lets both go on.
func (m *model) pause() {
	m.paused = !m.paused
	switch {
	case !m.paused:
		err := m.activate()
		if m.without && fault.Has(err, onboarding.StepsMissing) {
			m.paused = true // a stopped account goes on only with a certificate
			return
		}
		m.ok(err)
	case rapid.Bool().Draw(m.T, "tenant"):
		_, err := m.w.directory.Update(m.w.ctx, m.w.tenant, "Haus", tenant.Suspended)
		m.ok(err)
	default:
		m.ok(m.deactivate())
	}
}

func (m *model) deactivate() error {
	_, err := m.w.roads.Deactivate(m.w.ctx, m.w.account)
	return err
}

// activate lets account and tenant send, whatever stopped them.
func (m *model) activate() error {
	if _, err := m.w.directory.Update(m.w.ctx, m.w.tenant, "Haus", tenant.Open); err != nil {
		return err
	}
	_, err := m.w.roads.Activate(m.w.ctx, m.w.account)
	return err
}
