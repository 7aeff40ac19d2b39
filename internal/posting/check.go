package posting

import (
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Severity says how much a finding weighs.
type Severity string

// The severities: the BA refuses an ad with an error for certain; a warning does not keep it from being sent.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is one thing that is wrong or risky in a posting.
type Finding struct {
	// Code is the BA's code of the broken rule, or ours for a limit of the schema.
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

// Check finds what the BA would refuse in a content on the given day: limits of the schema, then rules. No finding is an error twice.
func Check(content *Content, today calendar.Date, release *hrbaxml.Release) []Finding {
	var found []Finding
	var ad hrbaxml.Ad
	Encode(&ad, content, sampleEnvelope(today, release))
	for _, violation := range hrbaxml.CheckAd(ad, release) {
		if pointer, ok := Pointer(violation.ID, violation.Path); ok && !explainedByRule(violation) {
			found = append(found, limitFinding(violation, inBody+pointer))
		}
	}
	sent := asSent(content, ad)
	if sent.Title == "" {
		found = append(found, emptyTitle)
	}
	if len(content.Apply.Ways) == 0 {
		found = append(found, noWayToApply)
	}
	found = append(found, checkRegions(content)...)
	found = append(found, checkIDs(content)...)
	found = append(found, notSentYet(content, release)...)
	for _, rule := range rules {
		if rule.breaks != nil && rule.breaks(sent, today) {
			found = append(found, Finding{
				Code: rule.Code, Severity: Error, Pointer: inBody + rule.Pointer, Text: rule.Explanation, Fix: rule.Fix,
			})
		}
	}
	return found
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

// emptyTitle and noWayToApply are what the schema leaves open and no ad may leave out.
var (
	emptyTitle = Finding{
		Code: "missing", Severity: Error, Pointer: inBody + "/title",
		Text: text.Text{DE: "Die Anzeige hat keinen Titel.", EN: "The ad has no title."},
		Fix:  text.Text{DE: "Geben Sie einen Titel an.", EN: "Give it a title."},
	}
	noWayToApply = Finding{
		Code: "missing", Severity: Error, Pointer: inBody + "/apply/ways",
		Text: text.Text{DE: "Die Anzeige nennt keinen Weg, sich zu bewerben.", EN: "The ad names no way to apply."},
		Fix:  text.Text{DE: "Nennen Sie mindestens einen, etwa „email“.", EN: "Name at least one, such as `email`."},
	}
)

// asSent returns the content as the BA gets it: texts are cleaned, so that what is only markup or blanks counts as missing. Days and regions
// stay as they were given, since a file has them in other words.
func asSent(content *Content, ad hrbaxml.Ad) *Content {
	sent, err := Decode(ad)
	if err != nil {
		return content
	}
	sent.Start, sent.Publication, sent.LatestStart = content.Start, content.Publication, content.LatestStart
	for i := range sent.Places {
		sent.Places[i].Region = content.Places[i].Region
	}
	return &sent
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
		pointer, _ := Pointer(later.element, "")
		if later.said && release.Element(later.element) == nil {
			found = append(found, Finding{
				Code: "not_in_release", Severity: Warning, Pointer: inBody + pointer, Args: map[string]any{"release": release.Name()},
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

// explainedByRule tells whether a rule says the same as a violation of the schema, in better words.
func explainedByRule(v hrbaxml.Violation) bool {
	return v.ID == hrbaxml.Location && v.Reason == hrbaxml.MissingElement
}

func limitFinding(v hrbaxml.Violation, pointer string) Finding {
	found := Finding{Code: string(v.Reason), Severity: Error, Pointer: pointer, Args: map[string]any{"found": v.Found, "limit": v.Limit}}
	words, ok := limitWords[v.Reason]
	if !ok {
		words = limitWords[hrbaxml.WrongPattern]
	}
	found.Text, found.Fix = words.text, words.fix
	return found
}

type limitWord struct{ text, fix text.Text }

var limitWords = map[hrbaxml.Reason]limitWord{
	hrbaxml.TooLong: {
		text.Text{DE: "Die Angabe hat {found} Zeichen; die BA nimmt {limit}.", EN: "The value has {found} characters; the BA takes {limit}."},
		text.Text{DE: "Kürzen Sie sie auf {limit} Zeichen.", EN: "Shorten it to {limit} characters."},
	},
	hrbaxml.TooShort: {
		text.Text{DE: "Die Angabe hat {found} Zeichen; die BA braucht {limit}.", EN: "The value has {found} characters; the BA needs {limit}."},
		text.Text{DE: "Ergänzen Sie sie.", EN: "Write more."},
	},
	hrbaxml.TooManyElements: {
		text.Text{DE: "Es sind mehr Angaben als die {limit}, die die BA nimmt.", EN: "There are more values than the {limit} that the BA takes."},
		text.Text{DE: "Nehmen Sie die übrigen heraus.", EN: "Take the others out."},
	},
	hrbaxml.MissingElement: {
		text.Text{DE: "Die Angabe fehlt.", EN: "The value is missing."},
		text.Text{DE: "Ergänzen Sie sie.", EN: "Add it."},
	},
	hrbaxml.OutOfRange: {
		text.Text{DE: "Die Zahl liegt außerhalb dessen, was die BA nimmt.", EN: "The number is outside what the BA takes."},
		text.Text{DE: "Wählen Sie einen anderen Wert.", EN: "Choose another value."},
	},
	hrbaxml.ForbiddenCharacter: {
		text.Text{DE: "Der Text enthält ein Steuerzeichen, das in XML nicht vorkommen darf.", EN: "The text holds a control character that XML forbids."},
		text.Text{DE: "Nehmen Sie es heraus; oft stammt es aus einer Zwischenablage.", EN: "Take it out; it often comes from a clipboard."},
	},
	hrbaxml.WrongPattern: {
		text.Text{DE: "Die Angabe hat nicht die Form, die die BA verlangt.", EN: "The value does not have the form that the BA demands."},
		text.Text{DE: "Vergleichen Sie sie mit der Beschreibung des Feldes.", EN: "Compare it with the field's description."},
	},
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
