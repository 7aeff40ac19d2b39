package transfer

import (
	"slices"
	"testing"
	"time"

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

func TestAMessageAboutTheFileRefusesEveryAd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	live, ended := w.live(), w.live(titled("Koch (m/w/d)"))
	w.replace(live, titled("Pflegefachkraft in Teilzeit"))
	w.withdraw(ended)
	fresh := w.publish()
	w.advance()

	w.answer(`<L><ErrorMessage><ErrorCode>FLR_XML_Structure</ErrorCode></ErrorMessage></L>`)

	w.wants(live, posting.AtBALive, posting.ChangeRefused)
	w.wants(ended, posting.AtBALive, posting.ChangeWithdrawing)
	w.wants(fresh, posting.AtBANone, posting.ChangeRefused)
}

func TestAMessageThatNamesNoAdOfTheFileCountsAgainstAll(t *testing.T) {
	t.Parallel()
	for name, reference := range map[string]string{"none": "", "an unknown one": "<ReferenceId>99001-ELSEWHERE-S</ReferenceId>"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			live, ended := w.live(), w.live(titled("Koch (m/w/d)"))
			w.replace(live, titled("Pflegefachkraft in Teilzeit"))
			w.withdraw(ended)
			w.advance()

			// 130 of a single ad would mean that the BA removed it; here it only means that something was refused.
			w.answer(`<L><ErrorMessage><ErrorCode>FLR_DataStore_130</ErrorCode>` + reference + `</ErrorMessage></L>`)

			w.wants(live, posting.AtBALive, posting.ChangeRefused)
			w.wants(ended, posting.AtBALive, posting.ChangeWithdrawing)
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
