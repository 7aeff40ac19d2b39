package preflight

import (
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Severity says how much a finding weighs.
type Severity string

// The severities: the BA refuses what has an error; a warning may be no more than bad luck.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Facts are what the rules need beside the ad. What is not known is left zero, and rules that need it are not applied.
type Facts struct {
	// Today is the day of sending in Germany.
	Today calendar.Date
	// Catalog has the occupations.
	Catalog *catalog.Catalog
	// Skills are all skills of the BA's catalogue.
	Skills *catalog.Skills
	// Supplier is the PartnerId under which the ad is delivered.
	Supplier string
	// Alliance is the partner's Allianzpartnernummer, with which every reference begins.
	Alliance string
	// Copy is what the BA has under the ad's id.
	Copy Copy
}

// Copy is what is known of the ad that the BA has under an id.
type Copy struct {
	State CopyState
	// JobOfferType and HiringOrgID are what the BA has; empty when that is not known.
	JobOfferType string
	HiringOrgID  string
	// Modified is the ad's time of change as the BA was last told.
	Modified time.Time
}

// CopyState says whether the BA has an ad.
type CopyState uint8

// The states of a copy.
const (
	// CopyUnknown: nothing is known.
	CopyUnknown CopyState = iota
	// CopyNever: the id was never used.
	CopyNever
	// CopyLive: the BA has the ad.
	CopyLive
	// CopyGone: the BA had the ad and has it no more.
	CopyGone
)

// Breach is a rule that an ad breaks.
type Breach struct {
	Rule     *Rule
	Severity Severity
	// ID is the element that is at fault, or missing.
	ID hrbaxml.ID
	// Index is the place in the ad of the element, or of the node after which it is missing; -1 before the first.
	Index int
	// Path leads to the element from the root of a file, with the position of elements that may repeat, as in a hrbaxml.Violation.
	Path string
	// Text says what is wrong: the rule's explanation, or more exact words.
	Text text.Text
	// Found is the value at fault, cut to a sensible length; empty when there is none.
	Found string
}

// Missing reports whether the element is not there, rather than wrong.
func (b *Breach) Missing(ad hrbaxml.Ad) bool {
	return b.Index < 0 || b.Index >= len(ad) || ad[b.Index].ID != b.ID
}

// Message says in English what is wrong, with the value, without the place.
func (b *Breach) Message() string {
	if b.Found == "" {
		return b.Text.EN
	}
	return b.Text.EN + " Found: " + b.Found
}

// Ad applies the rules to an ad: time and memory are linear in its size, and an ad breaks at most maxPerAd times. Values that the schema does
// not permit are taken for missing: that is hrbaxml.CheckAd's business.
func Ad(ad hrbaxml.Ad, facts Facts) []Breach {
	x := exam{facts: facts, nth: 1}
	x.begin(ad)
	return x.judge()
}
