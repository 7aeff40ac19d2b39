package transfer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

func TestNoFileNameIsUsedTwice(t *testing.T) {
	t.Parallel()
	berlin, err := calendar.Berlin()
	check(t, err)
	// The hour from two to three comes twice: 00:30 UTC and 01:30 UTC both show 02:30.
	october := time.Date(2027, 10, 31, 0, 30, 0, 0, time.UTC)
	for name, times := range map[string]struct {
		at   []time.Time
		want []string
	}{
		"within one second":     {[]time.Time{october, october.Add(400 * time.Millisecond)}, []string{"02-30-00", "02-30-01"}},
		"October's double hour": {[]time.Time{october, october.Add(time.Hour)}, []string{"02-30-00", "02-30-01"}},
		"after the double hour": {[]time.Time{october, october.Add(2 * time.Hour)}, []string{"02-30-00", "03-30-00"}},
		"a clock set back":      {[]time.Time{october, october.Add(-time.Hour), october.Add(time.Minute)}, []string{"02-30-00", "02-30-01", "02-31-00"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &run{Engine: &Engine{berlin: berlin}}
			for i, at := range times.at {
				stamp := r.nextStamp(at)
				r.account.LastStamp = &stamp
				if got := stamp.Format("15-04-05"); got != times.want[i] {
					t.Errorf("file %d is named %s, want %s", i, got, times.want[i])
				}
			}
		})
	}
}

func TestTwoFilesWithinOneSecondHaveTwoNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.publish()
	w.advance()
	w.answer("<L/>")
	second := w.publish()

	w.advance()
	w.hear()

	all := w.transfers()
	if gap := all[1].Stamp.Sub(all[0].Stamp); gap != time.Second {
		t.Errorf("the names are %s and %s", all[0].FileName, all[1].FileName)
	}
	w.wantsHistory(w.reference(first), "inserted")
	w.wantsHistory(w.reference(second), "inserted")
}

func TestAFileThatWasNotSentIsWrittenAnewWithTheDaysDates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.write()
	yesterday := w.last()
	w.Clock.Add(24 * time.Hour)

	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if w.last().ID == yesterday.ID || len(w.transfers()) != 1 {
		t.Errorf("%d transfers", len(w.transfers()))
	}
	ad, _ := w.ba.Ad(w.supplier, w.reference(id))
	if start := ad.Content.Get("PostDetail/StartDate"); start != w.engine.today().String() {
		t.Errorf("the ad starts on %s", start)
	}
}

func TestWrittenFilesAreValidUnderLibxml2(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	changed, ended := w.live(), w.live(titled("Koch <m/w/d> & Köchin"))
	w.replace(changed, titled("Pflegefachkraft in Teilzeit"))
	w.withdraw(ended)
	w.publish(func(c *posting.Content) {
		c.Places = append(c.Places, posting.Place{Country: "DE", PostalCode: "20095", Town: "Hamburg", Region: "DE-HH"})
		c.Openings = 2
	})
	w.bring()
	folder := t.TempDir()
	args := []string{"--noout", "--schema", "../hrbaxml/xsd/stellwerk-p82.xsd"}
	for _, sent := range w.transfers() {
		path := filepath.Join(folder, sent.FileName)
		check(t, os.WriteFile(path, sent.File, 0o600))
		args = append(args, path)
	}

	out, err := exec.CommandContext(t.Context(), "xmllint", args...).CombinedOutput()
	if err != nil {
		t.Errorf("xmllint: %v\n%s", err, out)
	}
	if lines := strings.Count(string(out), " validates"); lines != 3 {
		t.Errorf("%d files are valid", lines)
	}
}

func TestMoreAdsThanFitGoInSeveralFiles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cap  func(e *Engine)
		want []int
	}{
		"by their number": {func(e *Engine) { e.maxItems = 3 }, []int{3, 3, 1}},
		"by their size":   {func(e *Engine) { e.maxBytes = 7000 }, []int{3, 2, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if w.engine.maxItems != 1000 || w.engine.maxBytes != 20_000_000 {
				t.Errorf("a file takes %d ads or %d bytes", w.engine.maxItems, w.engine.maxBytes)
			}
			for i := range 7 {
				w.publish(titled(fmt.Sprintf("Anzeige %d", i)))
			}
			test.cap(w.engine)

			w.advance()
			for range test.want {
				w.hear()
			}

			var got []int
			for _, sent := range w.transfers() {
				got = append(got, sent.Items)
				if sent.State != Settled || len(sent.File) > w.engine.maxBytes {
					t.Errorf("a file of %d bytes is %s", len(sent.File), sent.State)
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("files of %v ads, want %v", got, test.want)
			}
			if ads := w.ba.Ads(); len(ads) != 7 {
				t.Errorf("the BA has %d ads", len(ads))
			}
		})
	}
}

func TestTwoFilesAreNeverInFlight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 3 {
		w.publish(titled(fmt.Sprintf("Anzeige %d", i)))
	}
	runs := make([]*run, 4)
	for i := range runs {
		runs[i] = &run{Engine: w.newEngine(w.client)}
		_, err := runs[i].load(w.ctx, w.account)
		check(t, err)
	}
	failed := make([]error, len(runs))

	var all sync.WaitGroup
	for i, r := range runs {
		all.Go(func() { _, failed[i] = r.planAndWrite(w.ctx, nil) })
	}
	all.Wait()

	w.wantsStates(Written)
	refused := 0
	for _, err := range failed {
		if database.Violates(err, "transfers_in_flight") {
			refused++
		}
	}
	if refused != len(runs)-1 {
		t.Errorf("%d of %d were refused: %v", refused, len(runs), failed)
	}
}

func TestAnAdThatTheSchemaRefusesDoesNotHoldUpTheOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	bad, good := w.publish(), w.publish()
	check(t, w.DB.InTx(w.ctx, func(tx database.Tx) error { // saved before the rules were what they are
		return tx.Exec(`UPDATE posting_revisions SET content = content || '{"openings": 5000}' WHERE posting_id = ?`, bad).Error
	}))

	w.bring()

	w.wants(good, posting.AtBALive, posting.ChangeNone)
	w.wants(bad, posting.AtBANone, posting.ChangeRefused)
	if w.codes(bad) != "FLR_XML_Structure" {
		t.Errorf("refused with %q", w.codes(bad))
	}
	w.replace(bad)
	w.bring()
	w.wants(bad, posting.AtBALive, posting.ChangeNone)
}

func TestOnlyAnOpenTenantsActiveAccountSends(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ stop, resume func(w *world) error }{
		"a suspended tenant": {
			func(w *world) error {
				_, err := w.directory.Update(w.ctx, w.tenant, "Muster", tenant.Suspended)
				return err
			},
			func(w *world) error { _, err := w.directory.Update(w.ctx, w.tenant, "Muster", tenant.Open); return err },
		},
		"an inactive account": {
			func(w *world) error { _, err := w.roads.Deactivate(w.ctx, w.account); return err },
			func(w *world) error { _, err := w.roads.Activate(w.ctx, w.account); return err },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			sent := w.publish()
			w.advance()
			waiting := w.publish()
			check(t, test.stop(w))

			w.hear()
			w.wants(sent, posting.AtBALive, posting.ChangeNone) // the answer under way was read
			w.wants(waiting, posting.AtBANone, posting.ChangeWaiting)
			w.wantsStates(Settled)
			check(t, test.resume(w))
			w.bring()

			w.wants(waiting, posting.AtBALive, posting.ChangeNone)
		})
	}
}

func TestAFileWrittenBeforeTheAccountStoppedIsNotSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.write()
	_, err := w.roads.Deactivate(w.ctx, w.account)
	check(t, err)

	w.advance()

	w.wants(id, posting.AtBANone, posting.ChangeWaiting)
	if uploads := w.ba.Uploads(); len(uploads) > 0 {
		t.Errorf("%s was sent", uploads[0].Name)
	}
}
