package transfer

import (
	"fmt"
	"net"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
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

func TestManyDeletionsThatNobodyAskedForWaitForAHuman(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]uuid.UUID, 12)
	for i := range ids {
		ids[i] = w.publish(titled(fmt.Sprintf("Anzeige %d", i)))
	}
	w.bring()
	w.withdraw(ids[11]) // asked for, so it does not wait
	w.baKnows("B456B67890")

	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) error {
		return tx.Exec("UPDATE hiring_organisations SET kundennummer = 'B456B67890' WHERE id = ?", w.organisation).Error
	}))
	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) error { // as saving the ads anew would
		return tx.Exec("UPDATE postings SET change = 'waiting' WHERE change = 'none'").Error
	}))
	other := w.publish(titled("Eine neue"))
	w.bring()
	w.wants(ids[0], posting.AtBALive, posting.ChangeWaiting)
	w.wants(ids[11], posting.AtBAEnded, posting.ChangeNone)
	w.wants(other, posting.AtBALive, posting.ChangeNone)
	if w.trouble() != DeletionsHeld.Name || w.events()["account.trouble"] != 1 {
		t.Errorf("trouble %q, events %v", w.trouble(), w.events())
	}

	decisions := w.decisions()
	if err := decisions.Approve(w.ctx, w.account, 10); !fault.Has(err, NothingHeld) {
		t.Errorf("another number: %v", err)
	}
	check(t, decisions.Approve(w.ctx, w.account, 11))
	w.bring()
	w.hear()

	for _, id := range append(ids[:11], other) {
		w.wants(id, posting.AtBALive, posting.ChangeNone)
	}
	if w.trouble() != "" {
		t.Errorf("trouble is %q", w.trouble())
	}
	if err := decisions.Approve(w.ctx, w.account, 11); !fault.Has(err, NothingHeld) {
		t.Errorf("approved twice: %v", err)
	}
}

func TestManyDeletionsThatWereAskedForDoNotWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ids := make([]uuid.UUID, 11)
	for i := range ids {
		ids[i] = w.publish(titled(fmt.Sprintf("Anzeige %d", i)))
	}
	w.bring()

	for _, id := range ids {
		w.withdraw(id)
	}
	w.bring()

	for _, id := range ids {
		w.wants(id, posting.AtBAEnded, posting.ChangeNone)
	}
}

func (w *world) decisions() *Decisions {
	return NewDecisions(w.DB, w.Clock.Now, w.Berlin, func(tx database.Tx, account uuid.UUID) error {
		return wakeAt(tx, account, w.Clock.Now())
	})
}

func TestAnOutageOfThePlatformOpensOneBreaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	employers := []*employer{w.employer}
	for i := range 4 {
		employers = append(employers, w.employ(fmt.Sprintf("Haus %d", i), fmt.Sprintf("V00056780%d", i), fmt.Sprint(99100+i), "A123A12345"))
	}
	ids := make([]uuid.UUID, len(employers))
	for i, e := range employers {
		w.employer = e
		ids[i] = w.publish()
	}
	up := w.engine
	w.engine = w.newEngine(w.nowhere)

	told := 0
	for _, e := range employers {
		w.employer = e
		w.advance()
		told += w.events()["account.trouble"]
	}
	if told != breaks-1 || w.trouble() != HostOut.Name {
		t.Errorf("told %d times; the last account shows %q", told, w.trouble())
	}
	w.Clock.Add(10*time.Second + outageSpread) // one tries, the others do not
	tried, client := w.cutting()
	w.engine = w.newEngine(client)
	for _, e := range employers {
		w.employer = e
		w.advance()
	}
	if tried.Load() != 1 {
		t.Errorf("%d accounts tried the BA", tried.Load())
	}
	w.Clock.Add(2 * time.Minute)
	w.engine = up
	for _, e := range employers {
		w.employer = e
		w.bring()
	}

	for i, e := range employers {
		w.employer = e
		w.wants(ids[i], posting.AtBALive, posting.ChangeNone)
	}
}

// cutting returns the client of a host that cuts every connection, and counts them.
func (w *world) cutting() (*atomic.Int32, *ba.Client) {
	w.t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(w.t, err)
	w.t.Cleanup(func() { _ = listener.Close() })
	var tried atomic.Int32
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			tried.Add(1)
			_ = connection.Close()
		}
	}()
	return &tried, w.clientOf("https://" + listener.Addr().String() + "/")
}

func TestABadCertificateStopsOnlyItsAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad := w.employer
	good := w.employ("Beispiel Logistik GmbH", "V000567800", "99002", "B456B67890")
	check(t, w.ba.ChangePartner(bad.supplier, func(p *basim.Partner) { p.Certificates[0].Revoked = true }))
	stuck := w.publish()
	w.advance()
	told := w.trouble()
	w.employer = good
	fine := w.publish()
	w.bring()

	w.wants(fine, posting.AtBALive, posting.ChangeNone)
	w.employer = bad
	w.wants(stuck, posting.AtBANone, posting.ChangeWaiting)
	if told != "ba_certificate_refused" && told != "ba_certificate_revoked" {
		t.Errorf("trouble is %q", told)
	}
	if wait := w.nextRun().Sub(w.Clock.Now()); wait < 40*time.Minute {
		t.Errorf("tried again in %v", wait)
	}
}

func TestAnotherCertificateEndsTheWaitAfterARefusedOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	check(t, w.ba.ChangePartner(w.supplier, func(p *basim.Partner) { p.Certificates[0].Revoked = true }))
	id := w.publish()
	w.advance()
	key, err := partnersKey()
	check(t, err)
	issued, err := w.ba.Issue(basim.IssueRequest{PartnerID: w.supplier, Key: key, NotAfter: w.Clock.Now().AddDate(1, 0, 0)})
	check(t, err)

	_, err = w.keeper.Upload(w.ctx, w.account, issued.P12, secret.New([]byte(issued.PIN)))
	check(t, err)
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
}

func TestWhileTheSecretStoreIsCutOffAdsWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.store.off.Store(true)

	w.advance()
	told := w.trouble()
	w.wants(id, posting.AtBANone, posting.ChangeWaiting)
	w.store.off.Store(false)
	w.Clock.Set(w.nextRun())
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if told != "secret_store_unavailable" || w.trouble() != "" {
		t.Errorf("trouble was %q, is %q", told, w.trouble())
	}
	w.wantsStates(Settled)
}

func TestAnAnswerToAFileThatWeDidNotSendIsNoticedAndLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Clock.Add(time.Hour)
	w.upload("DS"+w.supplier+"_2026-11-24_10-00-00.xml", []byte("<other/>"))
	w.upload("DS"+w.supplier+"_2026-11-24_08-00-00.xml", []byte("<other/>")) // before the account was activated

	w.live()
	w.live(titled("Noch eine"))

	if got := w.events()["account.foreign_sender"]; got != 1 {
		t.Errorf("told %d times", got)
	}
	names := 0
	for _, file := range w.ba.Files(w.supplier) {
		if file.Name == "ES"+w.supplier+"_2026-11-24_10-00-00.xml" {
			names++
		}
	}
	if names != 1 {
		t.Error("the file is gone")
	}
}

func TestALateAnswerCorrectsWhatABlankOneLetBelieve(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ba.SetSettings(basim.Settings{Success: basim.SuccessBlank})
	inserted, changed, ended := w.publish(), w.publish(titled("Koch (m/w/d)")), w.publish(titled("Köchin"))
	deliver := func() Transfer {
		w.advance()
		for range blankPolls {
			w.Clock.Set(w.nextRun())
			w.advance()
		}
		return w.last()
	}
	first := deliver()
	w.wants(inserted, posting.AtBALive, posting.ChangeNone)
	if !first.WithoutDetails {
		t.Error("it does not show that the answer was blank")
	}
	w.late(first, inserted)
	w.wants(inserted, posting.AtBANone, posting.ChangeRefused)
	w.wants(changed, posting.AtBALive, posting.ChangeNone)

	w.replace(changed, titled("Koch in Teilzeit"))
	w.withdraw(ended)
	second := deliver()
	w.wants(ended, posting.AtBAEnded, posting.ChangeNone)
	w.late(second, changed, ended)

	w.wants(changed, posting.AtBALive, posting.ChangeRefused)
	w.wants(ended, posting.AtBALive, posting.ChangeWithdrawing)
	if p := w.posting(changed); p.LiveRevision != nil {
		t.Errorf("live is revision %d", *p.LiveRevision)
	}
}

// late lets an answer come in after a transfer was decided, which refuses some of its ads.
func (w *world) late(sent Transfer, refused ...uuid.UUID) {
	w.t.Helper()
	var answer hrbaxml.Feedback
	for _, id := range refused {
		answer.Messages = append(answer.Messages, hrbaxml.Message{Code: "FLR_JCValid_033", Reference: w.reference(id)})
	}
	r := &run{Engine: w.engine}
	_, err := r.load(w.ctx, w.account)
	check(w.t, err)
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error { return r.settleLate(tx, &sent, answer) }))
}

func TestALateAnswerDecidesAFileThatWasGivenUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ba.SetFaults(basim.Faults{LateFeedback: 1, Late: basim.Duration(30 * time.Hour)})
	id := w.publish()
	w.advance()
	w.Clock.Add(26 * time.Hour)
	w.abandon(w.last().ID)
	w.wants(id, posting.AtBAUnknown, posting.ChangeWaiting)
	_, err := w.roads.Deactivate(w.ctx, w.account) // so that nothing newer goes out
	check(t, err)

	w.Clock.Add(5 * time.Hour)
	r := &run{Engine: w.engine}
	defer r.close()
	_, err = r.load(w.ctx, w.account)
	check(t, err)
	check(t, r.connect(w.ctx))
	entries, err := r.session.List(w.ctx)
	check(t, err)
	check(t, r.lookAround(w.ctx, entries))

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsStates(Settled)
}

// TestWhatWasGivenUpIsNotForgotten gives up the file of an insert, or of a deletion, which the BA had taken, and lets the wish change.
func TestWhatWasGivenUpIsNotForgotten(t *testing.T) {
	t.Parallel()
	t.Run("an insert, then the ad is withdrawn", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.ba.SetFaults(basim.Faults{NoFeedback: 1})
		id := w.publish()
		w.advance()
		w.withdraw(id)
		w.abandon(w.last().ID)
		w.wants(id, posting.AtBAUnknown, posting.ChangeWithdrawing)

		w.bring()

		w.wants(id, posting.AtBAEnded, posting.ChangeNone)
		w.wantsHistory(w.reference(id), "inserted, deleted")
	})
	t.Run("a deletion, then the ad is published again", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		id := w.live()
		before := w.reference(id)
		w.ba.SetFaults(basim.Faults{NoFeedback: 1})
		w.withdraw(id)
		w.advance()
		w.replace(id)
		w.abandon(w.last().ID)

		w.bring() // deleted again, since nobody knows
		w.hear()

		w.wants(id, posting.AtBALive, posting.ChangeNone)
		w.wantsHistory(before, "inserted, deleted")
		w.wantsHistory(w.reference(id), "inserted")
	})
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
