package transfer

import (
	"testing"
	"time"
)

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
