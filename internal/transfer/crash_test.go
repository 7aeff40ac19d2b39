package transfer

import (
	"bytes"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// step takes one step as a worker would, without claim or release.
func (w *world) step(r *run) *time.Time {
	w.t.Helper()
	found, err := r.load(w.ctx, w.account)
	check(w.t, err)
	wait, err := r.step(w.ctx, found)
	check(w.t, err)
	return wait
}

// underWay returns the account's newest transfer with its content, read by a run.
func (w *world) underWay(r *run) *Transfer {
	w.t.Helper()
	_, err := r.load(w.ctx, w.account)
	check(w.t, err)
	last := w.last()
	return &last
}

// write leaves a written file behind, as a process does that was killed then.
func (w *world) write() {
	w.t.Helper()
	w.step(&run{Engine: w.engine})
}

// settleOnly reads the answer to the file under way, and stops there.
func (w *world) settleOnly() {
	w.t.Helper()
	r := &run{Engine: w.engine}
	defer r.close()
	w.step(r)
}

// insertBehindOurBack makes the BA have an ad under a reference that we did not insert, or not knowingly.
func (w *world) insertBehindOurBack(reference string) {
	w.t.Helper()
	content := advert(titled("Von anderer Hand"))
	var ad hrbaxml.Ad
	day := (&Engine{now: w.Clock.Now, berlin: w.Berlin}).today()
	posting.Encode(&ad, &content, posting.Envelope{
		Reference: reference, Action: posting.Insert, SupplierID: w.supplier, SupplierName: "Other", Kundennummer: "A123A12345", Employer: "Other",
		Modified: w.Clock.Now().Add(-time.Hour), Today: day,
	})
	var file bytes.Buffer
	writer, err := hrbaxml.NewWriter(&file, hrbaxml.P82(), hrbaxml.Header{SupplierID: w.supplier, Timestamp: w.Clock.Now(), Amount: 1, Load: hrbaxml.Delta})
	check(w.t, err)
	check(w.t, writer.WriteAd(ad))
	check(w.t, writer.Close())
	w.upload(fmt.Sprintf("DS%s_2020-01-01_00-00-%02d.xml", w.supplier, len(w.ba.Uploads())), file.Bytes())
}

// upload hands a file in under the employer's certificate.
func (w *world) upload(name string, file []byte) {
	w.t.Helper()
	r := &run{Engine: w.engine}
	defer r.close()
	_, err := r.load(w.ctx, w.account)
	check(w.t, err)
	check(w.t, r.connect(w.ctx))
	receipt, err := r.session.Upload(w.ctx, name, file)
	check(w.t, err)
	if receipt.Outcome != ba.Taken {
		w.t.Fatalf("the upload of %s is %v", name, receipt.Outcome)
	}
}

// TestAKilledProcessContinuesWhereItWas kills a worker in every state of a transfer and lets another one go on.
func TestAKilledProcessContinuesWhereItWas(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		until func(w *world, r *run)
		ends  posting.AtBA
		state State
	}{
		"before anything":   {func(*world, *run) {}, posting.AtBALive, Settled},
		"when written":      {func(w *world, r *run) { w.step(r) }, posting.AtBALive, Settled},
		"before the upload": {func(w *world, r *run) { w.begin(r) }, posting.AtBAUnknown, Unclear},
		"after the upload": {func(w *world, r *run) {
			t := w.begin(r)
			w.upload(t.FileName, t.File)
		}, posting.AtBALive, Settled},
		"when sent": {func(w *world, r *run) {
			w.step(r)
			w.step(r)
		}, posting.AtBALive, Settled},
		"when the answer is read": {func(w *world, r *run) {
			w.step(r)
			w.step(r)
			w.Clock.Add(DefaultPace().Polls[0])
			w.step(r)
		}, posting.AtBALive, Settled},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.publish()
			r := &run{Engine: w.engine}
			t.Cleanup(r.close)
			test.until(w, r)
			_, err := w.engine.take(w.ctx, w.ref()) // never released
			check(t, err)

			w.engine = w.newEngine(w.client)
			if err := w.engine.Advance(t.Context(), w.ref()); !errors.Is(err, ErrClaimed) {
				t.Fatalf("the dead worker's claim was ignored: %v", err)
			}
			w.Clock.Add(claimFor + time.Second)
			w.advance()
			w.hear()

			if p := w.posting(id); p.AtBA != test.ends {
				t.Errorf("the ad is %s/%s, want %s", p.AtBA, p.Change, test.ends)
			}
			w.wantsStates(test.state)
			if test.ends == posting.AtBALive {
				w.wantsHistory(w.reference(id), "inserted")
			}
			if got := len(w.ba.Ads()); got > 1 {
				t.Errorf("the BA has %d ads", got)
			}
		})
	}
}

// begin takes a run to where sending is committed and nothing has left yet.
func (w *world) begin(r *run) *Transfer {
	w.t.Helper()
	w.step(r)
	current := w.underWay(r)
	check(w.t, r.beginSending(w.ctx, current))
	return current
}

func TestAStalledWorkerCannotUndoWhatAnotherOneDid(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	stalled := &run{Engine: w.engine}
	w.step(stalled)
	old := w.underWay(stalled)

	w.advance() // another worker drops the file, and writes and sends its own
	sent := w.last()
	err := stalled.beginSending(w.ctx, old)
	forgotten := stalled.forget(w.ctx, old)
	planned, _ := stalled.planAndWrite(w.ctx, nil)
	w.hear()

	if err == nil || forgotten == nil {
		t.Errorf("sending again: %v, dropping again: %v", err, forgotten)
	}
	if planned == nil {
		t.Error("the stalled worker planned something")
	}
	if w.last().ID != sent.ID {
		t.Error("a second file was written")
	}
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsStates(Settled)
}

func TestAStalledWorkersAnswerIsNotAppliedTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	w.advance()
	stalled := &run{Engine: w.engine}
	old := w.underWay(stalled)
	w.hear()
	before := w.events()

	err := stalled.settle(w.ctx, old, hrbaxml.Feedback{Messages: []hrbaxml.Message{{Code: hrbaxml.CodeStructure}}})

	if err == nil {
		t.Error("a settled transfer was settled again")
	}
	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if after := w.events(); after["posting.refused"] != before["posting.refused"] {
		t.Errorf("events are %v", after)
	}
}

// TestTheDatabaseGoesAwayAfterTheUpload cannot note that the BA took the file.
func TestTheDatabaseGoesAwayAfterTheUpload(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish()
	r := &run{Engine: w.engine}
	sending := w.begin(r)
	w.upload(sending.FileName, sending.File)
	broken := w.lose()
	err := (&run{Engine: broken, account: r.account}).markSent(w.ctx, sending)
	if err == nil {
		t.Fatal("the database is still there")
	}

	w.advance()
	w.wants(id, posting.AtBAUnknown, posting.ChangeSent)
	w.hear()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.wantsHistory(w.reference(id), "inserted")
}

// lose returns an engine whose database is gone.
func (w *world) lose() *Engine {
	w.t.Helper()
	db, err := database.Open(w.t.Context(), w.URLs.AppURL, 1, w.Log)
	check(w.t, err)
	db.Close()
	lost := *w.engine
	lost.db = db
	return &lost
}
