package posting

import (
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/preflight"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// RuleFields returns the fields of a request's body that a rule of the BA looks at, as JSON Pointers in which a * stands for a position in a
// list, the one that a person would change first.
func RuleFields(rule *preflight.Rule) []string {
	var fields []string
	for _, id := range rule.Elements {
		if pointer := fieldsByID()[id].pointer; pointer != "" && !slices.Contains(fields, inBody+pointer) {
			fields = append(fields, inBody+pointer)
		}
	}
	return fields
}

// Explanation says in our words what an answer means, what to do, and which field of the request's body it is about (empty for none).
// For a code that nobody documented it refers to the BA's own words.
func (a Answer) Explanation() (explanation, fix text.Text, pointer string) {
	rule, ok := preflight.ByCode(a.Code)
	if !ok {
		return text.Text{DE: "Die BA hat die Anzeige mit einem nicht dokumentierten Code abgelehnt.", EN: "The BA refused the ad with a code that it does not document."},
			text.Text{DE: "Richten Sie sich nach dem Text der BA; sonst hilft der Support.", EN: "Go by the BA's own text; otherwise ask support."}, ""
	}
	for _, id := range rule.Elements {
		// The BA does not say which entry of a list it means: it is the first that there is.
		if found, ok := Pointer(id, ""); ok {
			return rule.Explanation, rule.Fix, inBody + found
		}
	}
	return rule.Explanation, rule.Fix, ""
}
