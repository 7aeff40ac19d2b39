package transfer

import (
	"bytes"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

func TestAnAnswerThatComesTwiceIsKeptTwiceAndToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.publish(inFürth)
	w.ba.SetFaults(basim.Faults{DuplicateFeedback: 1})

	w.bring()

	w.wants(id, posting.AtBANone, posting.ChangeRefused)
	if got := w.codes(id); got != "FLR_JCValid_033" {
		t.Errorf("the codes are %q", got)
	}
	if files := w.answers(); len(files) != 2 {
		t.Errorf("%d files are kept", len(files))
	}
}

func TestAnAnswerThatIsNotWholeIsWaitedFor(t *testing.T) {
	t.Parallel()
	late := basim.Duration(15 * time.Minute)
	for name, faults := range map[string]basim.Faults{
		"half":    {HalfFeedback: 1, Late: late},
		"garbled": {GarbledFeedback: 1, Late: late},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			id := w.publish(inFürth)
			w.ba.SetFaults(faults)

			w.bring()
			w.wants(id, posting.AtBANone, posting.ChangeSent)
			w.Clock.Set(w.nextRun())
			w.advance()

			w.wants(id, posting.AtBANone, posting.ChangeRefused)
			w.wantsStates(Settled)
			if files := w.answers(); len(files) != 2 {
				t.Errorf("%d files are kept", len(files))
			}
		})
	}
}

func TestABlankAnswerIsBelievedAtTheThirdLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.ba.SetSettings(basim.Settings{Success: basim.SuccessBlank})
	id := w.publish()

	w.advance()
	for range 2 {
		w.Clock.Set(w.nextRun())
		w.advance()
		w.wants(id, posting.AtBANone, posting.ChangeSent)
	}
	w.Clock.Set(w.nextRun())
	w.advance()

	w.wants(id, posting.AtBALive, posting.ChangeNone)
	if sent := w.last().SentAt; w.Clock.Now().Sub(*sent) != 40*time.Minute {
		t.Errorf("believed %v after the upload", w.Clock.Now().Sub(*sent))
	}
}

func TestAnAnswerInSeveralFilesCountsWhenAllAreWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	files := func(second string) []feedbackFile {
		return []feedbackFile{
			{Name: "ES_1.xml", Content: packed(`<L><ErrorMessage><ErrorCode>FLR_JCValid_033</ErrorCode></ErrorMessage></L>`), Seen: 2},
			{Name: "ES_2.xml", Content: packed(second), Seen: 2},
		}
	}
	r := &run{Engine: w.engine}

	for second, want := range map[string]int{"<L>": -1, "<L><Err": -1, "\n": -1, "<L/>": 1, `<L><ErrorMessage><ErrorCode>FLR_JCValid_044</ErrorCode></ErrorMessage></L>`: 2} {
		got := -1
		if joined := r.join(t.Context(), files(second)); joined != nil {
			got = len(joined.Messages)
		}
		if got != want {
			t.Errorf("with %q: %d messages, want %d", second, got, want)
		}
	}
}

func TestAMessageAboutTheFileRefusesAnAdThatIsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.live()
	w.replace(id, titled("Pflegefachkraft in Teilzeit"))
	w.advance()

	w.answer(`<L><ErrorMessage><ErrorCode>FLR_XML_Structure</ErrorCode></ErrorMessage></L>`)

	w.wants(id, posting.AtBALive, posting.ChangeRefused)
}

// TestAMessageAboutTheFileLetsItsAdsWait also does so with a message that names no ad of the file.
func TestAMessageAboutTheFileLetsItsAdsWait(t *testing.T) {
	t.Parallel()
	for name, message := range map[string]string{
		"about the structure":       "<ErrorCode>FLR_XML_Structure</ErrorCode>",
		"without a reference":       "<ErrorCode>FLR_DataStore_130</ErrorCode>", // of a single ad it would mean that the BA removed it
		"with an unknown reference": "<ErrorCode>FLR_DataStore_130</ErrorCode><ReferenceId>99001-ELSEWHERE-S</ReferenceId>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			live, ended := w.live(), w.live(titled("Koch (m/w/d)"))
			w.replace(live, titled("Pflegefachkraft in Teilzeit"))
			w.withdraw(ended)
			fresh, wrong := w.publish(), w.publish(titled("Köchin (m/w/d)"))
			w.advance()
			own := "<ErrorMessage><ErrorCode>FLR_JCValid_033</ErrorCode><ReferenceId>" + w.reference(wrong) + "</ReferenceId></ErrorMessage>"

			w.answer("<L><ErrorMessage>" + message + "</ErrorMessage>" + own + "</L>")

			w.wants(live, posting.AtBALive, posting.ChangeWaiting)
			w.wants(ended, posting.AtBAUnknown, posting.ChangeWithdrawing)
			w.wants(fresh, posting.AtBAUnknown, posting.ChangeWaiting)
			w.wants(wrong, posting.AtBANone, posting.ChangeRefused)
		})
	}
}

// TestAnAdForWhichTheBARefusesWholeFilesIsFound answers each file as the BA does that cannot read one of the ads.
func TestAnAdForWhichTheBARefusesWholeFilesIsFound(t *testing.T) {
	t.Parallel()
	const ads = 12
	for _, bad := range []int{0, 4, ads - 1} {
		t.Run(fmt.Sprintf("the ad %d of %d", bad, ads), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.ba.SetFaults(basim.Faults{NoFeedback: 100})
			ids := make([]uuid.UUID, ads)
			for i := range ids {
				ids[i] = w.publish(titled(fmt.Sprintf("Anzeige %02d", i)))
			}
			var sizes []int

			for w.advance(); w.last().State == Sent; w.advance() {
				sizes = append(sizes, w.last().Items)
				if bytes.Contains(w.last().File, fmt.Appendf(nil, "Anzeige %02d", bad)) {
					w.answer(`<L><ErrorMessage><ErrorCode>FLR_XML_Structure</ErrorCode></ErrorMessage></L>`)
				} else {
					w.answer(`<L/>`)
				}
			}

			for i, id := range ids {
				if i == bad {
					w.wants(id, posting.AtBANone, posting.ChangeRefused)
				} else {
					w.wants(id, posting.AtBALive, posting.ChangeNone)
				}
			}
			if refused := w.events()["posting.refused"]; refused != 1 || len(sizes) > ads {
				t.Errorf("told of %d refusals; the files had %v ads", refused, sizes)
			}
		})
	}
}

func TestMessagesAreSortedByWhomTheyConcern(t *testing.T) {
	t.Parallel()
	rows := []Item{{Reference: "1-A-S"}, {Reference: "1-B-S"}}

	whole, single := sortMessages([]hrbaxml.Message{
		{Code: "FLR_JCValid_033", Reference: "1-A-S", Text: "a"},
		{Code: "FLR_JCValid_033", Reference: "1-A-S", Text: "a"},
		{Code: "FLR_JCValid_033", Reference: "1-A-S", Text: "b"},
		{Code: hrbaxml.CodeStructure, Reference: "1-B-S"},
		{Original: "odd", Reference: ""},
		{Code: "FLR_JCValid_044", Reference: "1-C-S"},
	}, rows)

	if want := []posting.Answer{{Code: hrbaxml.CodeStructure}, {Code: "odd"}, {Code: "FLR_JCValid_044"}}; !slices.Equal(whole, want) {
		t.Errorf("about the file: %v", whole)
	}
	if want := []posting.Answer{{Code: "FLR_JCValid_033", Text: "a"}, {Code: "FLR_JCValid_033", Text: "b"}}; !slices.Equal(single["1-A-S"], want) || len(single["1-B-S"]) > 0 {
		t.Errorf("about single ads: %v", single)
	}
}

// answer settles the transfer under way by an answer of the test's own.
func (w *world) answer(xml string) {
	w.t.Helper()
	feedback, err := hrbaxml.ReadFeedback([]byte(xml))
	check(w.t, err)
	r := &run{Engine: w.engine}
	check(w.t, r.settle(w.ctx, w.underWay(r), feedback))
}

// answers lists the raw answers that are kept.
func (w *world) answers() []feedbackFile {
	w.t.Helper()
	var found []feedbackFile
	check(w.t, w.DB.InTx(w.ctx, func(tx database.Tx) error { return tx.Of(&feedbackFile{}).Find(&found).Error }))
	return found
}
