package transfer

import (
	"bytes"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// nextMorning moves the clock to when the account's folder is looked through, and lets it be.
func (w *world) nextMorning() {
	w.t.Helper()
	w.Clock.Set(w.Clock.Now().Add(24 * time.Hour))
	w.advance()
}

func TestTheBAsStatisticsAreFetchedOnceADayAndKeptRaw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ledger := NewLedger(w.DB)
	w.live()
	if files, err := ledger.Statistics(w.ctx, w.account); err != nil || len(files) != 0 {
		t.Fatalf("on the first day: %v, %v", files, err)
	}

	w.nextMorning()

	files, err := ledger.Statistics(w.ctx, w.account)
	check(t, err)
	if len(files) != 2 {
		t.Fatalf("kept are %d", len(files))
	}
	name := "Stellenangebote_" + w.supplier + ".xlsx"
	first, err := ledger.StatisticsFile(w.ctx, w.account, name, nil)
	check(t, err)
	if !bytes.HasPrefix(first.Content, []byte("PK")) || first.Size != len(first.Content) {
		t.Errorf("%d bytes that begin with %q", first.Size, first.Content[:2])
	}
	w.advance() // the same day again
	w.publish(titled("Koch (m/w/d)"))
	w.bring()
	w.nextMorning()
	newest, err := ledger.StatisticsFile(w.ctx, w.account, name, nil)
	check(t, err)
	older, err := ledger.StatisticsFile(w.ctx, w.account, name, first.Digest)
	check(t, err)
	if bytes.Equal(newest.Digest, first.Digest) || !bytes.Equal(older.Content, first.Content) || !newest.FetchedAt.After(older.FetchedAt) {
		t.Error("the newer workbook does not stand beside the older one")
	}
	_, stranger := w.Tenant(t, "Holzbau Beispiel GmbH")
	if _, err := ledger.StatisticsFile(stranger, w.account, name, nil); !fault.Has(err, fault.Missing) {
		t.Errorf("a stranger gets %v", err)
	}
}

func TestStatisticsThatCannotBeFetchedHoldNothingUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	w.Clock.Add(24 * time.Hour)
	w.engine = w.newEngine(w.nowhere)
	w.advance()
	if w.trouble() != "" {
		t.Errorf("trouble %q", w.trouble())
	}
	w.engine = w.newEngine(w.client)

	id := w.publish(titled("Koch (m/w/d)"))
	w.bring()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	w.Clock.Add(lookAgain)
	w.advance()
	if files, err := NewLedger(w.DB).Statistics(w.ctx, w.account); err != nil || len(files) == 0 {
		t.Errorf("an hour later: %v, %v", files, err)
	}
}

func TestAnIdleAccountNoticesAnotherSender(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.live()
	w.Clock.Add(time.Hour)
	w.upload("DS"+w.supplier+"_2026-11-24_12-00-00.xml", []byte("<other/>"))

	w.nextMorning()

	if w.trouble() != ForeignSender.Name {
		t.Errorf("trouble %q", w.trouble())
	}
	for _, file := range w.ba.Files(w.supplier) {
		if file.Name == "ES"+w.supplier+"_2026-11-24_12-00-00.xml" {
			return
		}
	}
	t.Error("the file is gone")
}
