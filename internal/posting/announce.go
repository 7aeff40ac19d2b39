package posting

import (
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// announce warns of days from which the BA would refuse the ad though nothing in it changes, such as the one after a fixed term that ends
// while the ad is still wanted: the next change or renewal would then fail. Rules that the ad breaks already are not announced.
func announce(content *Content, day calendar.Date, release *hrbaxml.Release, already []Finding) []Finding {
	var found []Finding
	for _, last := range turningDays(content, day) {
		later := last.AddDays(1)
		var ad hrbaxml.Ad
		Encode(&ad, content, sampleEnvelope(later, release))
		breaches := preflight.Ad(ad, preflight.Facts{Today: later, Catalog: catalog.BuiltIn()})
		for i := range breaches {
			b := &breaches[i]
			said := func(f Finding) bool { return f.Code == b.Rule.Code }
			if b.Severity != Error || slices.ContainsFunc(already, said) || slices.ContainsFunc(found, said) {
				continue
			}
			warning := ruleFinding(ad, b)
			warning.Severity, warning.Args = Warning, map[string]any{"day": later, "reason": b.Text}
			warning.Text = text.Text{
				DE: "Ab {day} nähme die BA keine Änderung oder Verlängerung der Anzeige mehr an: {reason}",
				EN: "From {day} on the BA would take no change or renewal of the ad: {reason}",
			}
			found = append(found, warning)
		}
	}
	return found
}

// turningDays are the days of a content after which its rules may judge otherwise, while the ad is still wanted.
func turningDays(content *Content, day calendar.Date) []calendar.Date {
	var days []calendar.Date
	add := func(date *calendar.Date) {
		if date == nil || date.Before(day) || date.After(day.AddYears(farAhead)) || slices.Contains(days, *date) {
			return
		}
		if last := content.LastDay(); last == nil || date.Before(*last) {
			days = append(days, *date)
		}
	}
	if content.Contract != nil {
		add(content.Contract.Until)
	}
	add(content.LatestStart)
	return days
}
