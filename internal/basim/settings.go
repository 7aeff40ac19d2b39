package basim

import (
	"encoding"
	"fmt"
	"net/http"
	"time"
)

// Settings are how the BA behaves on ordinary days, in everything that its documents leave open or that changes over time. The zero
// value works at once and answers in the plainest form.
type Settings struct {
	// Delay is the time between an upload and its processing; 0 processes within the upload.
	Delay Duration `json:"delay"`
	// OfficeHours processes between 07:00 and 19:00 in Germany only.
	OfficeHours bool `json:"office_hours"`
	// Feedback is the shape of feedback files with messages.
	Feedback FeedbackShape `json:"feedback"`
	// Success is the shape of feedback files without messages.
	Success SuccessShape `json:"success"`
	// OldCodes writes APPS_ for FLR_, as older documents do.
	OldCodes bool `json:"old_codes"`
	// Latin1 sends pages and feedback in ISO-8859-1.
	Latin1 bool `json:"latin1"`
	// ErrorStatus is the HTTP status of the ERROR page, 200 when 0.
	ErrorStatus int `json:"error_status"`
	// RefuseWrongNames answers a wrong file name with the ERROR page. Otherwise such a file is taken and never processed.
	RefuseWrongNames bool `json:"refuse_wrong_names"`
	// FullLoadDeletesMissing lets a full load (TypeOfLoad F) delete the partner's ads that are not in it.
	FullLoadDeletesMissing bool `json:"full_load_deletes_missing"`
	// CheckAmount refuses a file whose Amount is not its number of ads and delete entries.
	CheckAmount bool `json:"check_amount"`
	// AnyPlace accepts every German address with a town and a postal code of five digits, for loads of invented addresses.
	AnyPlace bool `json:"any_place"`
}

// FeedbackShape is a form of the feedback file. The real one's root and namespace are not known in public.
type FeedbackShape string

// The feedback shapes.
const (
	FeedbackBare      FeedbackShape = ""          // no namespace, nothing but the messages
	FeedbackNamespace FeedbackShape = "namespace" // a default namespace on the root
	FeedbackHeader    FeedbackShape = "header"    // a header with counts before the messages
)

// SuccessShape is a form of the feedback file of an upload in which everything was accepted.
type SuccessShape string

// The success shapes.
const (
	SuccessEmptyList SuccessShape = ""        // a list without messages
	SuccessNoList    SuccessShape = "no_list" // a root without list
	SuccessBlank     SuccessShape = "blank"   // nothing but a line break
)

// Faults are the BA's bad days. Each number counts the uploads (or other requests, where it says so) that are still to suffer; it
// falls by one each time. One upload can suffer a fault of the connection or the answer and one of the feedback at once.
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

	// SlowForm counts requests of the upload form that are answered after Slow.
	SlowForm int `json:"slow_form"`
	// FailedReads counts listings, forms and downloads that are answered with 503.
	FailedReads int `json:"failed_reads"`
	// CutReads counts listings, forms and downloads whose connection is reset.
	CutReads int `json:"cut_reads"`

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

// Duration is a time.Duration that JSON shows as people write it, such as "500ms" or "1h30m".
type Duration time.Duration

// Both directions of JSON.
var (
	_ encoding.TextMarshaler   = Duration(0)
	_ encoding.TextUnmarshaler = (*Duration)(nil)
)

// MarshalText writes the duration in Go's notation.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads Go's notation and refuses negative durations.
func (d *Duration) UnmarshalText(raw []byte) error {
	parsed, err := time.ParseDuration(string(raw))
	if err != nil || parsed < 0 {
		return fmt.Errorf("%q is no duration such as 500ms or 1h", raw)
	}
	*d = Duration(parsed)
	return nil
}

// or returns the duration, or another one if it is zero.
func (d Duration) or(other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return time.Duration(d)
}

// Settings returns how the BA behaves now.
func (b *BA) Settings() Settings {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.settings
}

// SetSettings changes how the BA behaves from now on. Uploads that already wait keep their time.
func (b *BA) SetSettings(s Settings) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	b.settings = s
}

// Faults returns the faults that are still to come.
func (b *BA) Faults() Faults {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.faults
}

// SetFaults replaces the faults that are still to come.
func (b *BA) SetFaults(f Faults) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.faults = f
}

// suffers reports whether a fault is due, and uses it up. The counter is one of b.faults.
func (b *BA) suffers(counter *int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return spend(counter)
}

// spend takes one from a counter that has any left.
func spend(counter *int) bool {
	if *counter <= 0 {
		return false
	}
	*counter--
	return true
}

// errorStatus returns the HTTP status of the ERROR page.
func (s Settings) errorStatus() int {
	if s.ErrorStatus == 0 {
		return http.StatusOK
	}
	return s.ErrorStatus
}

// due returns when something uploaded at t is processed.
func (s Settings) due(t time.Time, zone *time.Location) time.Time {
	t = t.Add(time.Duration(s.Delay))
	if !s.OfficeHours {
		return t
	}
	const opens, closes = 7, 19
	local := t.In(zone)
	year, month, day := local.Date()
	switch {
	case local.Hour() < opens:
		return time.Date(year, month, day, opens, 0, 0, 0, zone)
	case local.Hour() >= closes:
		return time.Date(year, month, day+1, opens, 0, 0, 0, zone)
	}
	return t
}
