package posting

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// warn finds what the BA may take and that does an ad no good, or that the BA's people take down later. Every look is linear in the texts,
// and the warnings of one ad are bounded.
func warn(c *Content, ad hrbaxml.Ad, employer []string) []Finding {
	found := riskyWords("/title", ad.Get(hrbaxml.JobPositionTitleDescription))
	found = append(found, riskyWords("/description", ad.Get(hrbaxml.Objective))...)
	found = append(found, warnTitle(ad.Get(hrbaxml.JobPositionTitleDescription))...)
	found = append(found, warnTerms(c)...)
	found = append(found, warnLimits(ad)...)
	return append(found, warnAnonymous(c, ad, employer)...)
}

// warning makes a warning about a field of the content.
func warning(code, pointer string, words, fix text.Text) Finding {
	return Finding{Code: code, Severity: Warning, Pointer: inBody + pointer, Text: words, Fix: fix}
}

// warnTerms looks at what an ad says, or does not, about its end, pay, places and placement.
func warnTerms(c *Content) []Finding {
	var found []Finding
	add := func(when bool, code, pointer string, words, fix text.Text) {
		if when {
			found = append(found, warning(code, pointer, words, fix))
		}
	}
	pay := Pay{}
	if c.Pay != nil {
		pay = *c.Pay
	}
	rate := c.Artist != nil && c.Artist.DailyRate != ""
	add(c.LastDay() == nil, "no_end", "/publication/until",
		text.Text{DE: "Die Anzeige hat kein Ende: Stellwerk verlängert sie, bis sie zurückgezogen wird.", EN: "The ad has no end: Stellwerk renews it until it is withdrawn."},
		text.Text{DE: "Nennen Sie ein Ende, wenn die Stelle bis dahin besetzt sein soll.", EN: "Name an end if the job is to be filled by then."})
	add(pay.Text == "" && pay.CollectiveAgreement == "" && !rate, "no_pay", "/pay",
		text.Text{DE: "Die Anzeige sagt nichts zur Bezahlung; solche Anzeigen werden seltener angesehen.", EN: "The ad says nothing about pay; such ads are looked at less."},
		text.Text{DE: "Nennen Sie ein Gehalt, eine Spanne oder den Tarif.", EN: "State a salary, a span, or the collective agreement."})
	add(c.PlacementOrder && !hasNumber(pay.Text) && hasNumber(pay.ForPlacement), "pay_for_placement_only", "/pay/text",
		text.Text{
			DE: "Der einzige Betrag steht im Feld für die Vermittlung. Das nimmt die BA nur beim ersten Senden; eine spätere Änderung der Anzeige kann sie ablehnen (185).",
			EN: "The only amount is in the field for placement. The BA takes that when the ad is first sent; it may refuse a later change of the ad (185).",
		},
		text.Text{DE: "Nennen Sie auch in der sichtbaren Angabe einen Betrag.", EN: "State an amount in the visible text too."})
	add(len(c.Places) > mostPlaces, "many_places", "/places",
		text.Text{DE: "Die BA nimmt zehn Orte je Anzeige. Gleiche Anzeigen für weitere Orte sperrt sie als Dubletten.", EN: "The BA takes ten places in an ad. It blocks equal ads for further places as duplicates."},
		text.Text{DE: "Teilen Sie nach Regionen auf und schreiben Sie jeder Anzeige einen eigenen Text.", EN: "Divide by regions, and give each ad a text of its own."})
	remote := c.WorkingTime != nil && slices.Contains(c.WorkingTime.Models, HomeOffice)
	add(remote && !slices.ContainsFunc(c.Places, func(p Place) bool { return p.Town != "" }), "remote_without_place", "/places",
		text.Text{DE: "Auch Arbeit von zu Hause braucht bei der BA einen Arbeitsort mit Postleitzahl.", EN: "For the BA work from home needs a place of work with a postal code too."},
		text.Text{DE: "Nennen Sie den Sitz des Betriebs oder die Stadt, in der Sie suchen.", EN: "Name the seat of the company, or the town in which you look for people."})
	uninsured := c.EmploymentType == Internship && (c.SocialInsurance == nil || !*c.SocialInsurance)
	add(c.PlacementOrder && (c.EmploymentType == SelfEmployed || uninsured), "no_placement", "/placement_order",
		text.Text{DE: "In diese Art von Stelle vermittelt die BA nicht.", EN: "The BA does not place people in this type of employment."},
		text.Text{DE: "Nehmen Sie den Vermittlungsauftrag zurück; veröffentlicht wird die Anzeige auch so.", EN: "Take the placement order back; the ad is published all the same."})
	return found
}

// mostPlaces is how many places of work the BA takes in one ad.
const mostPlaces = 10

func hasNumber(s string) bool { return strings.ContainsAny(s, "0123456789") }

// The texts that are looked at for being close to their limit, and how close is close.
const (
	longText  = 200
	nearLimit = 97 // per cent
)

// warnLimits finds texts that are close to their limit: whoever converts them once more may break it.
func warnLimits(ad hrbaxml.Ad) []Finding {
	var found []Finding
	for i := range ad {
		if len(ad[i].Text) < longText*nearLimit/100 {
			continue
		}
		element := hrbaxml.Next().Element(ad[i].ID)
		if element == nil || element.Value.MaxLength < longText {
			continue
		}
		limit := element.Value.MaxLength
		if len(ad[i].Text)*100 <= limit*nearLimit {
			continue // there are not more characters than bytes
		}
		if n := utf8.RuneCountInString(ad[i].Text); n <= limit && n*100 > limit*nearLimit {
			pointer := pointerOf(ad[i].ID, "")
			warned := warning("near_limit", pointer,
				text.Text{DE: "{field} hat {found} Zeichen und ist nah an der Grenze von {limit}.", EN: "{field} has {found} characters, close to the limit of {limit}."},
				text.Text{DE: "Kürzen Sie etwas, damit auch die nächste Änderung noch passt.", EN: "Shorten it a little, so that the next change still fits."})
			warned.Args = map[string]any{"found": n, "limit": limit, "field": label(pointer)}
			found = append(found, warned)
		}
	}
	return found
}
