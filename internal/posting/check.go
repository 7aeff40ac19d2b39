package posting

import (
	"slices"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Severity says how much a finding weighs.
type Severity = preflight.Severity

// The severities: the BA refuses an ad with an error for certain; a warning does not keep it from being sent.
const (
	Error   = preflight.Error
	Warning = preflight.Warning
)

// Finding is one thing that is wrong or risky in a posting.
type Finding struct {
	// Code is the BA's code of the broken rule, or ours for a limit of the schema or a warning.
	Code     string
	Severity Severity
	// Pointer is the field, a JSON Pointer (RFC 6901) into the request's body.
	Pointer string
	// Text says what is wrong and Fix what to do; Args fill their placeholders.
	Text text.Text
	Fix  text.Text
	Args map[string]any
}

// inBody is where the content stands in the body of a request.
const inBody = "/content"

// Check finds what the BA would refuse in a content on the day of sending: limits of the schema, then its rules, then what we know to be
// wrong or risky ourselves. today is the present day in Germany; an ad that is to appear later is judged as of its first day. employer are
// names by which people would recognise the employer. Time and memory are linear in the content's size.
func Check(content *Content, today calendar.Date, release *hrbaxml.Release, employer ...string) []Finding {
	day := sendingDay(content, today)
	ad := make(hrbaxml.Ad, 0, usualNodes)
	Encode(&ad, content, sampleEnvelope(day, release))
	found := judgeAd(ad, day, release)
	found = append(found, unsendable(content, ad)...)
	found = append(found, unknownRegions(content)...)
	found = append(found, wrongGroups(content, found)...)
	found = append(found, notSentYet(content, release)...)
	found = append(found, announce(content, day, release, found)...)
	return append(found, warn(content, ad, employer)...)
}

// usualNodes is how many nodes most ads have at most; one with more costs a little more memory.
const usualNodes = 80

// sendingDay returns the day on which an ad would first be sent: today, or a first day of publication in the near future.
func sendingDay(content *Content, today calendar.Date) calendar.Date {
	if from := content.Publication.From; from != nil && from.After(today) && !from.After(today.AddYears(farAhead)) {
		return *from
	}
	return today
}

// farAhead is beyond how many years a first day of publication is taken for a mistake, and the ad judged as of today.
const farAhead = 2

// judgeAd applies the schema and the BA's rules. What both say of an element is told once, in the rule's words.
func judgeAd(ad hrbaxml.Ad, day calendar.Date, release *hrbaxml.Release) []Finding {
	breaches := preflight.Ad(ad, preflight.Facts{Today: day, Catalog: catalog.BuiltIn()})
	var found []Finding
	for _, violation := range hrbaxml.CheckAd(ad, release) {
		if !explained(violation, breaches) {
			found = append(found, limitFinding(violation))
		}
	}
	for i := range breaches {
		found = append(found, ruleFinding(ad, &breaches[i]))
	}
	return found
}

// explained tells whether a rule refuses for the same as a violation of the schema, in better words: for the element itself, or for one in a
// missing group. A mere warning explains no refusal.
func explained(v hrbaxml.Violation, breaches []preflight.Breach) bool {
	return slices.ContainsFunc(breaches, func(b preflight.Breach) bool {
		same := b.Path == v.Path || v.Reason == hrbaxml.MissingElement && strings.HasPrefix(b.Path, v.Path+"/")
		return same && b.Severity == preflight.Error
	})
}

// ruleFinding tells a breach of a rule at its field in the request's body.
func ruleFinding(ad hrbaxml.Ad, b *preflight.Breach) Finding {
	return Finding{Code: b.Rule.Code, Severity: b.Severity, Pointer: breachPointer(ad, b), Text: b.Text, Fix: b.Rule.Fix}
}

// breachPointer returns the field of a breach. Of a list in which nothing stands it is the list.
func breachPointer(ad hrbaxml.Ad, b *preflight.Breach) string {
	if template := fieldsByID()[b.ID].pointer; strings.HasSuffix(template, "/*") && b.Missing(ad) {
		return inBody + strings.TrimSuffix(template, "/*")
	}
	return inBody + pointerOf(b.ID, b.Path)
}

// pointerOf is Pointer, and the content as a whole for what comes from elsewhere.
func pointerOf(id hrbaxml.ID, path string) string {
	pointer, _ := Pointer(id, path)
	return pointer
}

// Blocking returns the findings for which the BA would refuse the ad.
func Blocking(findings []Finding) []Finding {
	var errors []Finding
	for _, f := range findings {
		if f.Severity == Error {
			errors = append(errors, f)
		}
	}
	return errors
}

// unsendable finds what neither schema nor rules demand and no ad may leave out.
func unsendable(content *Content, ad hrbaxml.Ad) []Finding {
	var found []Finding
	if ad.Get(hrbaxml.JobPositionTitleDescription) == "" {
		found = append(found, Finding{
			Code: "missing", Severity: Error, Pointer: inBody + "/title",
			Text: text.Text{DE: "Die Anzeige hat keinen Titel.", EN: "The ad has no title."},
			Fix:  text.Text{DE: "Geben Sie einen Titel an.", EN: "Give it a title."},
		})
	}
	if len(content.Apply.Ways) == 0 {
		found = append(found, Finding{
			Code: "missing", Severity: Error, Pointer: inBody + "/apply/ways",
			Text: text.Text{DE: "Die Anzeige nennt keinen Weg, sich zu bewerben.", EN: "The ad names no way to apply."},
			Fix:  text.Text{DE: "Nennen Sie mindestens einen, etwa E-Mail.", EN: "Name at least one, such as e-mail."},
		})
	}
	return found
}

// notSentYet warns of what is kept and checked here, and that the account's release of the interface has no element for.
func notSentYet(content *Content, release *hrbaxml.Release) []Finding {
	var found []Finding
	for _, later := range []struct {
		element hrbaxml.ID
		said    bool
	}{
		{hrbaxml.EmploymentType, content.Staffing != ""},
		{hrbaxml.EducationType, content.Apprenticeship != nil && content.Apprenticeship.Education != ""},
		{hrbaxml.Course, content.Apprenticeship != nil && content.Apprenticeship.Course != nil},
	} {
		if later.said && release.Element(later.element) == nil {
			found = append(found, Finding{
				Code: "not_in_release", Severity: Warning, Pointer: inBody + pointerOf(later.element, ""), Args: map[string]any{"release": release.Name()},
				Text: text.Text{
					DE: "Die Angabe wird gespeichert, aber nicht gesendet: Die Schnittstelle {release} hat kein Feld dafür.",
					EN: "The value is kept and not sent: release {release} of the interface has no field for it.",
				},
				Fix: text.Text{
					DE: "Nichts zu tun. Soll sie in der Anzeige stehen, nennen Sie sie auch im Text.",
					EN: "Nothing to do. If it is to stand in the ad, say it in the text too.",
				},
			})
		}
	}
	return found
}

// sampleEnvelope surrounds content that is only checked, with values that are themselves valid.
func sampleEnvelope(today calendar.Date, release *hrbaxml.Release) Envelope {
	return Envelope{
		Release:   release,
		Reference: "0-0-S", Action: Insert, SupplierID: "V000000000", SupplierName: "-", Kundennummer: "A000A00000", Employer: "-",
		Modified: today.Start(time.UTC), Today: today,
	}
}

// NotPublishable is answered when an ad is to be published that the BA would refuse for certain.
var NotPublishable = &fault.Code{
	Name: "posting_not_publishable", Kind: fault.Invalid,
	Title:  text.Text{DE: "Die Anzeige kann so nicht veröffentlicht werden", EN: "The ad cannot be published like this"},
	Detail: text.Text{DE: "Die BA würde die Anzeige ablehnen; es wurde nichts gespeichert.", EN: "The BA would refuse the ad; nothing was saved."},
	Hint: text.Text{
		DE: "Berichtigen Sie die Angaben unter „errors“, oder speichern Sie mit „publish“: false einen Entwurf.",
		EN: "Correct the values listed in `errors`, or save a draft with `publish`: false.",
	},
}

// refuse makes the fault that lists what keeps an ad from being published; nil when nothing does.
func refuse(findings []Finding) error {
	blocking := Blocking(findings)
	parts := make([]*fault.Error, 0, len(blocking))
	for _, f := range blocking {
		code := &fault.Code{Name: f.Code, Kind: fault.Invalid, Title: f.Text, Detail: f.Text, Hint: f.Fix}
		parts = append(parts, code.At(f.Pointer, f.Args))
	}
	return fault.Collect(NotPublishable, parts)
}
