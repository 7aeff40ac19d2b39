package inspect

import (
	"fmt"
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// Severity says how much a finding weighs.
type Severity string

// The severities: the BA refuses what has an error; a warning may be no more than bad luck.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Facts are what the rules need beside the ad.
type Facts struct {
	// Today is the day in Germany.
	Today calendar.Date
	// Catalog has the occupations. Without it rules about occupations are not applied.
	Catalog *catalog.Catalog
	// Supplier is the PartnerId under which the ad is delivered; empty when it is not known.
	Supplier string
}

// Breach is a rule that an ad breaks.
type Breach struct {
	// Code is the BA's code of the rule.
	Code     string
	Severity Severity
	// ID is the element that is at fault, or missing.
	ID hrbaxml.ID
	// Index is the place in the ad of the element, or of the node after which it is missing; -1 before the first.
	Index int
	// Path leads to the element from the root of a file, with the position of elements that may repeat, as in a hrbaxml.Violation.
	Path string
	// Message says in English what is wrong, without the place.
	Message string
}

// rule is one demand of the BA (release P82 of its list of validations).
type rule struct {
	code string
	// check refuses the ad wherever it breaks the rule.
	check func(*exam)
	// dummies says that the rule also holds for an ad with Action 3, which deletes and may otherwise hold dummy values.
	dummies bool
}

// rules are all rules, in the order of the BA's groups.
var rules = slices.Concat(identityRules, dateRules, contactRules, placeRules, occupationRules, contractRules, skillRules)

// Ad applies the rules to an ad. Values that the schema does not permit are taken for missing: that is hrbaxml.CheckAd's business.
func Ad(ad hrbaxml.Ad, facts Facts) []Breach { return examine(ad, facts, 1) }

// examine applies the rules to the nth ad of a file.
func examine(ad hrbaxml.Ad, facts Facts, nth int) []Breach {
	x := exam{Facts: facts, ad: ad, nth: nth}
	action, _ := x.number(hrbaxml.PostDetailAction)
	for i := range rules {
		if x.rule = &rules[i]; action != deletion || x.rule.dummies {
			x.rule.check(&x)
		}
	}
	return x.found
}

// exam is one ad under the rules.
type exam struct {
	Facts
	ad    hrbaxml.Ad
	nth   int
	rule  *rule
	found []Breach
}

// refuse notes that the ad breaks the present rule, by an element that should be other, or be there.
func (x *exam) refuse(id hrbaxml.ID, format string, args ...any) {
	x.note(Error, id, x.place(id), format, args...)
}

// refuseAt does so for an element that may stand in the ad more than once.
func (x *exam) refuseAt(index int, format string, args ...any) {
	x.note(Error, x.ad[index].ID, index, format, args...)
}

func (x *exam) note(severity Severity, id hrbaxml.ID, index int, format string, args ...any) {
	x.found = append(x.found, Breach{
		Code: x.rule.code, Severity: severity, ID: id, Index: index, Path: path(x.ad, x.nth, id, index), Message: fmt.Sprintf(format, args...),
	})
}
