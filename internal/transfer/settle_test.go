package transfer

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// answerFile is the content of a file of the employer's folder at the BA.
func (w *world) answerFile(name string) string {
	w.t.Helper()
	for _, file := range w.ba.Files(w.supplier) {
		if file.Name == name {
			return string(file.Body)
		}
	}
	w.t.Fatalf("the BA offers no %s", name)
	return ""
}

// TestAnAnswerThatIsRepeatedUndoesNoDecision lets the BA say once more, under another name, that it removed an ad.
func TestAnAnswerThatIsRepeatedUndoesNoDecision(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *world, id uuid.UUID){
		"to an update":                    func(w *world, id uuid.UUID) { w.replace(id, titled("Pflegefachkraft in Teilzeit")) },
		"to a deletion before it is anew": func(w *world, id uuid.UUID) { w.replace(id, ofKind(posting.Helper)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.live()
			w.act(id, basim.ActRemove)
			change(w, id)
			w.bring()
			removal, said := w.last(), w.answerFile(answerTo(w.last(), ""))
			w.wants(id, posting.AtBARemoved, posting.ChangeNone)
			w.publish(titled("Koch (m/w/d)"))
			w.advance() // so that the next file has to wait
			w.replace(id, titled("Soll wieder erscheinen"))

			w.offer(answerTo(removal, "_D001E"), said)
			w.hear()
			w.hear()

			w.wants(id, posting.AtBALive, posting.ChangeNone)
		})
	}
}

func TestAnAdWhoseLastDayHasPassedIsNotCalledRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	today := calendar.On(w.Clock.Now(), w.Berlin)
	id := w.live(func(c *posting.Content) { c.Publication.Until = &today })
	w.act(id, basim.ActRemove)
	w.Clock.Add(24 * time.Hour)

	w.bring()

	w.wants(id, posting.AtBAEnded, posting.ChangeNone)
	if told := w.events()["posting.removed"]; told > 0 {
		t.Errorf("told %d times that the BA removed it", told)
	}
}
