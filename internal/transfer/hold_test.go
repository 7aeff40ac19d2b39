package transfer

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// sizes are the numbers of ads in the account's transfers, oldest first.
func (w *world) sizes() []int {
	w.t.Helper()
	var sizes []int
	for _, sent := range w.transfers() {
		sizes = append(sizes, sent.Items)
	}
	return sizes
}

// unproven takes back that a file of the account was ever answered.
func (w *world) unproven() {
	w.t.Helper()
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error { return way{AccountID: w.account, TenantID: w.tenant}.save(tx) }))
}

func TestTheFirstFileOfAnAccountCarriesOneAd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.unproven()
	ids := []uuid.UUID{w.publish(inFürth), w.publish(), w.publish(), w.publish()}

	w.advance()
	w.Clock.Add(9 * time.Minute)
	w.advance()
	if got := w.sizes(); !slices.Equal(got, []int{1}) {
		t.Fatalf("files of %v ads", got)
	}
	w.Clock.Add(time.Minute)
	w.advance() // its answer, and the others

	w.wants(ids[0], posting.AtBANone, posting.ChangeRefused) // the road works all the same
	if got := w.sizes(); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("files of %v ads", got)
	}
	w.hear()
	w.wants(ids[3], posting.AtBALive, posting.ChangeNone)
}

func TestAfterAChangedNumberAFileCarriesOneAdAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := tenant.Account{SupplierID: &w.supplier, AllianceNumber: new("99009"), ActiveSince: new(w.Clock.Now())}
	var found way
	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) (err error) {
		found, err = wayOf(tx, w.account)
		return err
	}))

	if found.proven(a) {
		t.Error("another Allianzpartnernummer counts as proven")
	}
	a.AllianceNumber = &w.alliance
	if !found.proven(a) {
		t.Error("the numbers are not proven")
	}
	a.ActiveSince = new(w.Clock.Now().Add(time.Second))
	if found.proven(a) {
		t.Error("an activation since then counts as proven")
	}
}

func TestAConditionOfTheAccountHoldsItsAdsAndIsToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	live := w.live()
	w.lapseAgreement(true)
	w.replace(live, titled("Pflegefachkraft in Teilzeit"))
	ids := []uuid.UUID{w.publish(), w.publish(), w.publish()}

	w.bring()
	w.wants(live, posting.AtBALive, posting.ChangeWaiting)
	w.wants(ids[0], posting.AtBANone, posting.ChangeWaiting)
	if w.posting(ids[0]).Refusal != nil || w.trouble() != AccountRefused.Name {
		t.Errorf("refusal %+v, trouble %q", w.posting(ids[0]).Refusal, w.trouble())
	}
	w.Clock.Add(59*time.Minute - DefaultPace().Polls[0])
	w.advance()
	w.Clock.Set(w.nextRun()) // one ad finds out that nothing has changed
	w.bring()
	w.Clock.Set(w.nextRun())
	w.lapseAgreement(false)
	w.bring() // one ad finds out that all is well, and the others follow
	w.hear()

	for _, id := range append(ids, live) {
		w.wants(id, posting.AtBALive, posting.ChangeNone)
	}
	if got := w.sizes(); !slices.Equal(got, []int{1, 4, 1, 1, 3}) {
		t.Errorf("files of %v ads", got)
	}
	if counts := w.events(); counts["account.trouble"] != 1 || counts["account.recovered"] != 1 || counts["posting.refused"] != 0 || w.trouble() != "" {
		t.Errorf("trouble %q, events %v", w.trouble(), counts)
	}
}

func TestAConditionOfOneKundennummerHoldsOnlyItsAds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	branch := w.branch(w.employer, "B456B67890")
	check(t, w.ba.SetHiringOrg(w.supplier, basim.HiringOrg{Number: "B456B67890", Name: "Haus B", NotSupervised: true}))
	held, err := w.desk.Create(w.ctx, posting.Input{Publish: true, Content: advert(), HiringOrganisationID: &branch})
	check(t, err)
	w.bring()
	w.wants(held.ID, posting.AtBANone, posting.ChangeWaiting)

	free := w.live()
	w.wants(held.ID, posting.AtBANone, posting.ChangeWaiting)
	check(t, w.ba.SetHiringOrg(w.supplier, basim.HiringOrg{Number: "B456B67890", Name: "Haus B"}))
	w.Clock.Add(time.Minute)
	_, err = w.directory.NoteBetreut(w.ctx, w.account, branch, w.engine.today(), "Frau Amt") // says that it is mended
	check(t, err)
	w.bring()

	w.wants(free, posting.AtBALive, posting.ChangeNone)
	w.wants(held.ID, posting.AtBALive, posting.ChangeNone)
}

func TestAnAdCanBeWithdrawnWhileItsKundennummerIsNotBetreut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	check(t, w.ba.SetHiringOrg(w.supplier, basim.HiringOrg{Number: "A123A12345", Name: "Haus", NotSupervised: true}))
	w.replace(id, titled("Pflegefachkraft in Teilzeit"))
	w.bring()
	w.wants(id, posting.AtBALive, posting.ChangeWaiting)

	w.withdraw(id)
	w.bring()

	w.wants(id, posting.AtBAEnded, posting.ChangeNone)
}

func TestTheNextFileOvertakesAnUnansweredOneAfterTwoWorkingHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t) // half past nine
	w.ba.SetFaults(basim.Faults{NoFeedback: 2, CutAfterStoring: 1})
	first := w.publish()
	w.advance() // cut, so that it is unclear
	w.replace(first, titled("Pflegefachkraft in Teilzeit"))
	second := w.publish()
	w.Clock.Add(119 * time.Minute)
	w.advance()
	w.wantsStates(Unclear)

	w.Clock.Set(w.nextRun())
	w.advance()
	w.wantsStates(Unclear, Sent)
	if got := w.sizes(); !slices.Equal(got, []int{1, 1}) {
		t.Fatalf("files of %v ads: what is unanswered went again", got)
	}
	third := w.publish()
	w.Clock.Add(2 * time.Hour)
	w.advance()
	fourth := w.publish()
	w.Clock.Add(5 * time.Minute)
	w.advance()
	w.wants(fourth, posting.AtBANone, posting.ChangeWaiting) // three are enough
	w.wantsStates(Unclear, Sent, Sent)
	w.Clock.Add(5 * time.Minute)
	w.advance() // the third is answered
	w.wants(third, posting.AtBALive, posting.ChangeNone)

	w.wants(second, posting.AtBANone, posting.ChangeSent)
	w.wants(fourth, posting.AtBANone, posting.ChangeSent)
	w.wantsStates(Unclear, Sent, Settled, Sent)
}

func TestTheBAsNightsDoNotCountAsWorkingTime(t *testing.T) {
	t.Parallel()
	berlin, err := calendar.Berlin()
	check(t, err)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 11, day, hour, minute, 0, 0, berlin) }
	for name, test := range map[string]struct {
		from, until time.Time
		want        time.Duration
	}{
		"in the morning":            {at(24, 9, 30), at(24, 10, 0), 30 * time.Minute},
		"before it opens":           {at(24, 5, 0), at(24, 7, 30), 30 * time.Minute},
		"over night":                {at(24, 18, 0), at(25, 7, 30), 90 * time.Minute},
		"at night":                  {at(24, 20, 0), at(25, 6, 0), 0},
		"no more than is asked":     {at(1, 9, 0), at(24, 10, 0), 2 * time.Hour},
		"a clock that was set back": {at(24, 10, 0), at(24, 9, 0), 0},
	} {
		if got := worked(test.from, test.until, 2*time.Hour, berlin); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
	for from, want := range map[time.Time]time.Time{
		at(24, 9, 30): at(24, 11, 30), at(24, 18, 0): at(25, 8, 0), at(24, 22, 0): at(25, 9, 0), at(24, 17, 0): at(24, 19, 0),
	} {
		if got := afterWork(from, 2*time.Hour, berlin); !got.Equal(want) {
			t.Errorf("from %v: %v, want %v", from, got, want)
		}
	}
}

func TestWhatTheBARemovedIsNotPublishedAnewByAnotherType(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.act(id, basim.ActRemove)
	w.Clock.Add(time.Minute)
	w.replace(id, ofKind(posting.Helper))

	w.bring()
	w.hear()

	w.wants(id, posting.AtBARemoved, posting.ChangeNone)
	if ads := w.ba.Ads(); len(ads) != 1 {
		t.Errorf("the BA has %d ads", len(ads))
	}
}

func TestTheFilesStayPlainInTheProgramAndPackedInTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	var stored []byte
	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		return tx.Raw("SELECT file FROM transfers WHERE tenant_id = ?", tx.Tenant).Row().Scan(&stored)
	}))

	sent := w.last()

	if len(stored) >= len(sent.File) || sent.FileSize != len(sent.File) || !slices.Equal(sent.File[:5], []byte("<?xml")) {
		t.Errorf("%d bytes are stored, %d were sent, %d noted", len(stored), len(sent.File), sent.FileSize)
	}
	var broken packed
	if err := broken.Scan(append(slices.Clone(gzipMagic), 1, 2, 3)); err == nil {
		t.Error("a damaged file was read")
	}
	if err := broken.Scan("text"); err == nil {
		t.Errorf("a text was read: %v", err)
	}
}
