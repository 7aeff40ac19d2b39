package basim

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
)

// Faults are the BA's bad days, by command. Each number counts the uploads (or other requests, where it says so) that are still to suffer
// it; it falls by one each time. One upload can suffer a fault of the connection or the answer and one of the feedback at once.
type Faults struct {
	// CutBeforeStoring resets the connection without keeping the file.
	CutBeforeStoring int `json:"cut_before_storing"`
	// CutAfterStoring keeps the file and resets the connection instead of answering.
	CutAfterStoring int `json:"cut_after_storing"`
	// ServerError answers 500 and does not keep the file.
	ServerError int `json:"server_error"`
	// Unavailable answers 503 and does not keep the file.
	Unavailable int `json:"unavailable"`
	// ErrorPage answers with the ERROR page and does not keep the file.
	ErrorPage int `json:"error_page"`
	// GarbagePage keeps the file and answers 200 with a page that says nothing.
	GarbagePage int `json:"garbage_page"`
	// SlowAnswer keeps the file and answers after Slow.
	SlowAnswer int `json:"slow_answer"`

	// CutConnections counts new connections that are reset before anything is said.
	CutConnections int `json:"cut_connections"`
	// SlowForm counts requests of the upload form that are answered after Slow.
	SlowForm int `json:"slow_form"`
	// FormElsewhere counts upload forms whose action is on another host.
	FormElsewhere int `json:"form_elsewhere"`
	// LinksElsewhere counts listings whose links lead to another host, another folder and out of the directory.
	LinksElsewhere int `json:"links_elsewhere"`

	// FailedReads counts listings, forms and downloads that are answered with 503.
	FailedReads int `json:"failed_reads"`
	// ForbiddenReads counts listings, forms and downloads that are answered with 403.
	ForbiddenReads int `json:"forbidden_reads"`
	// CutReads counts listings, forms and downloads whose connection is reset.
	CutReads int `json:"cut_reads"`
	// HalfReads counts listings, forms and downloads whose connection is reset in the middle of the answer.
	HalfReads int `json:"half_reads"`
	// GarbageReads counts listings, forms and downloads that are answered 200 with a page about maintenance.
	GarbageReads int `json:"garbage_reads"`
	// HugeReads counts listings, forms and downloads that are answered with more than 64 MiB.
	HugeReads int `json:"huge_reads"`
	// MovedReads counts listings, forms and downloads that are redirected to another host.
	MovedReads int `json:"moved_reads"`

	// NoFeedback processes the file and never says so.
	NoFeedback int `json:"no_feedback"`
	// LateFeedback processes the file and says so Late later.
	LateFeedback int `json:"late_feedback"`
	// DuplicateFeedback offers the feedback twice, the second time with a tail in its name.
	DuplicateFeedback int `json:"duplicate_feedback"`
	// HalfFeedback offers the first half of the feedback, and the whole Late later.
	HalfFeedback int `json:"half_feedback"`
	// GarbledFeedback offers bytes that are no XML, and the feedback itself Late later.
	GarbledFeedback int `json:"garbled_feedback"`

	// Slow is the wait of SlowAnswer and SlowForm, a minute when 0. After five minutes the server gives up itself.
	Slow Duration `json:"slow"`
	// Late is the wait of LateFeedback, HalfFeedback and GarbledFeedback. For the first, 0 means an hour; for the others, never.
	Late Duration `json:"late"`
}

// Rates are the BA's bad days, by chance: the probability, from 0 to 1, with which an upload or request suffers a fault that no command
// has ordered. The same seed and the same requests in the same order suffer the same faults.
type Rates struct {
	Seed uint64 `json:"seed"`
	// Faults maps the JSON name of a fault, such as cut_after_storing, to its probability.
	Faults map[string]float64 `json:"faults"`
}

// faultName is the name of a fault, the same as in JSON.
type faultName string

const (
	faultCutBefore      faultName = "cut_before_storing"
	faultCutAfter       faultName = "cut_after_storing"
	faultServerError    faultName = "server_error"
	faultUnavailable    faultName = "unavailable"
	faultErrorPage      faultName = "error_page"
	faultGarbage        faultName = "garbage_page"
	faultSlow           faultName = "slow_answer"
	faultCutConnections faultName = "cut_connections"
	faultSlowForm       faultName = "slow_form"
	faultFormElsewhere  faultName = "form_elsewhere"
	faultLinksElsewhere faultName = "links_elsewhere"
	faultFailedReads    faultName = "failed_reads"
	faultForbiddenReads faultName = "forbidden_reads"
	faultCutReads       faultName = "cut_reads"
	faultHalfReads      faultName = "half_reads"
	faultGarbageReads   faultName = "garbage_reads"
	faultHugeReads      faultName = "huge_reads"
	faultMovedReads     faultName = "moved_reads"
	feedbackNone        faultName = "no_feedback"
	feedbackLate        faultName = "late_feedback"
	feedbackDuplicate   faultName = "duplicate_feedback"
	feedbackHalf        faultName = "half_feedback"
	feedbackGarbled     faultName = "garbled_feedback"
)

// uploadFaults are those of an upload's answer, feedbackFaults those of its feedback, readFaults those of every listing, form and
// download; of each list one request suffers the first that is due.
func uploadFaults() []faultName {
	return []faultName{faultCutBefore, faultServerError, faultUnavailable, faultErrorPage, faultCutAfter, faultGarbage, faultSlow}
}

func feedbackFaults() []faultName {
	return []faultName{feedbackNone, feedbackLate, feedbackDuplicate, feedbackHalf, feedbackGarbled}
}

func readFaults() []faultName {
	return []faultName{
		faultCutReads, faultFailedReads, faultForbiddenReads, faultHalfReads, faultGarbageReads, faultHugeReads, faultMovedReads,
	}
}

// counters are the numbers of the faults that are still to come, by their names.
func (f *Faults) counters() map[faultName]*int {
	return map[faultName]*int{
		faultCutBefore:      &f.CutBeforeStoring,
		faultCutAfter:       &f.CutAfterStoring,
		faultServerError:    &f.ServerError,
		faultUnavailable:    &f.Unavailable,
		faultErrorPage:      &f.ErrorPage,
		faultGarbage:        &f.GarbagePage,
		faultSlow:           &f.SlowAnswer,
		faultCutConnections: &f.CutConnections,
		faultSlowForm:       &f.SlowForm,
		faultFormElsewhere:  &f.FormElsewhere,
		faultLinksElsewhere: &f.LinksElsewhere,
		faultFailedReads:    &f.FailedReads,
		faultForbiddenReads: &f.ForbiddenReads,
		faultCutReads:       &f.CutReads,
		faultHalfReads:      &f.HalfReads,
		faultGarbageReads:   &f.GarbageReads,
		faultHugeReads:      &f.HugeReads,
		faultMovedReads:     &f.MovedReads,
		feedbackNone:        &f.NoFeedback,
		feedbackLate:        &f.LateFeedback,
		feedbackDuplicate:   &f.DuplicateFeedback,
		feedbackHalf:        &f.HalfFeedback,
		feedbackGarbled:     &f.GarbledFeedback,
	}
}

// Faults returns the faults that are still to come by command.
func (b *BA) Faults() Faults {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults
}

// SetFaults replaces the faults that are still to come by command.
func (b *BA) SetFaults(f Faults) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = f
}

// Rates returns the probabilities of the faults.
func (b *BA) Rates() Rates {
	b.mu.Lock()
	defer b.mu.Unlock()
	return Rates{Seed: b.rates.Seed, Faults: maps.Clone(b.rates.Faults)}
}

// SetRates replaces the probabilities of the faults, and throws the dice anew from their seed. It fails on a fault that does not exist,
// and on a number that is no probability.
func (b *BA) SetRates(r Rates) error {
	known := new(Faults).counters()
	for name, rate := range r.Faults {
		if _, ok := known[faultName(name)]; !ok {
			return fmt.Errorf("there is no fault %q; there are %s", name, strings.Join(faultNames(), ", "))
		}
		if !(rate >= 0 && rate <= 1) {
			return fmt.Errorf("the rate of %s is %g: a number from 0 to 1 is wanted", name, rate)
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rates = Rates{Seed: r.Seed, Faults: maps.Clone(r.Faults)}
	b.dice = newDice(r.Seed)
	return nil
}

func newDice(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // chance that can be repeated is what is wanted here
}

// faultNames returns the names of all faults, in the order of the alphabet.
func faultNames() []string {
	var names []string
	for name := range new(Faults).counters() {
		names = append(names, string(name))
	}
	slices.Sort(names)
	return names
}

// suffers returns the first of the given faults that is due, by command or by chance, and uses up the command; empty if none is.
func (b *BA) suffers(names ...faultName) faultName {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.strike(names...)
}

// strike is suffers for a caller that holds the lock.
func (b *BA) strike(names ...faultName) faultName {
	counters := b.faults.counters()
	for _, name := range names {
		if counter := counters[name]; *counter > 0 {
			*counter--
			return name
		}
		if rate := b.rates.Faults[string(name)]; rate > 0 && b.dice.Float64() < rate {
			return name
		}
	}
	return ""
}
