package posting

import (
	"slices"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// limitFinding explains a limit of the schema at its field: "The title has 74 characters; the BA takes 60."
func limitFinding(v hrbaxml.Violation) Finding {
	pointer := pointerOf(v.ID, v.Path)
	words, ok := limitWords[v.Reason]
	if !ok {
		words = limitWords[hrbaxml.WrongPattern]
	}
	return Finding{
		Code: string(v.Reason), Severity: Error, Pointer: inBody + pointer, Text: words.text, Fix: words.fix,
		Args: map[string]any{"found": v.Found, "limit": v.Limit, "bounds": boundsOf(v.ID), "field": label(pointer)},
	}
}

// boundsOf says what the schema takes, such as "1 to 999".
func boundsOf(id hrbaxml.ID) text.Text {
	element := hrbaxml.Next().Element(id)
	if element == nil {
		return text.Text{}
	}
	bounds := element.Value.Bounds()
	german := strings.NewReplacer(" to ", " bis ", " or ", " oder ", " characters", " Zeichen", "at most ", "höchstens ", "with ", "mit ",
		"decimals", "Nachkommastellen", "digits", "Ziffern", "0 oder more", "0 oder mehr").Replace(bounds)
	return text.Text{DE: german, EN: bounds}
}

// label names a field for people, by the last step of its pointer that is a name.
func label(pointer string) text.Text {
	steps := strings.Split(pointer, "/")
	for _, step := range slices.Backward(steps) {
		if words, ok := labels[step]; ok {
			return words
		}
		if step == "" || step[0] > '9' {
			break
		}
	}
	return text.Text{DE: "Die Angabe", EN: "The value"}
}

// labels are the names of fields that are texts, lists or numbers, as a sentence begins with them.
var labels = map[string]text.Text{
	"academic_title":          {DE: "Der akademische Titel", EN: "The academic title"},
	"alternative_occupations": {DE: "Die Liste der weiteren Berufe", EN: "The list of alternative occupations"},
	"area":                    {DE: "Die Ortsvorwahl", EN: "The area code"},
	"certificates":            {DE: "Die Liste der Zertifikate", EN: "The list of certificates"},
	"collective_agreement":    {DE: "Der Tarifvertrag", EN: "The collective agreement"},
	"company":                 {DE: "Der Firmenname", EN: "The company's name"},
	"country":                 {DE: "Das Land", EN: "The country"},
	"description":             {DE: "Der Text", EN: "The text"},
	"district":                {DE: "Der Ortsteil", EN: "The district"},
	"documents":               {DE: "Die Angabe der Unterlagen", EN: "The list of documents"},
	"email":                   {DE: "Die E-Mail-Adresse", EN: "The e-mail address"},
	"family_name":             {DE: "Der Nachname", EN: "The family name"},
	"for_placement":           {DE: "Die Bezahlung für die Vermittlung", EN: "The pay for placement"},
	"given_name":              {DE: "Der Vorname", EN: "The given name"},
	"homepage":                {DE: "Die Adresse der Startseite", EN: "The address of the home page"},
	"hours_per_week":          {DE: "Die Zahl der Wochenstunden", EN: "The number of hours per week"},
	"id":                      {DE: "Die Kennung", EN: "The id"},
	"industry":                {DE: "Die Branche", EN: "The line of business"},
	"internal_reference":      {DE: "Die eigene Nummer", EN: "The internal reference"},
	"line":                    {DE: "Der Adresszusatz", EN: "The address line"},
	"months":                  {DE: "Die Zahl der Monate", EN: "The number of months"},
	"name":                    {DE: "Der Name", EN: "The name"},
	"name_prefix":             {DE: "Der Namenszusatz", EN: "The name prefix"},
	"note":                    {DE: "Der Hinweis", EN: "The note"},
	"number":                  {DE: "Die Rufnummer", EN: "The telephone number"},
	"openings":                {DE: "Die Zahl der offenen Stellen", EN: "The number of openings"},
	"others":                  {DE: "Die Angabe weiterer Fächer", EN: "The list of further subjects"},
	"places":                  {DE: "Die Liste der Arbeitsorte", EN: "The list of places of work"},
	"position":                {DE: "Die Position", EN: "The position"},
	"post_office_box":         {DE: "Das Postfach", EN: "The PO box"},
	"postal_code":             {DE: "Die Postleitzahl", EN: "The postal code"},
	"profile_url":             {DE: "Die Adresse des Firmenprofils", EN: "The address of the company's profile"},
	"region":                  {DE: "Die Region", EN: "The region"},
	"room":                    {DE: "Der Raum", EN: "The room"},
	"skills":                  {DE: "Die Liste der Kenntnisse", EN: "The list of skills"},
	"soft_skills":             {DE: "Die Liste der Stärken", EN: "The list of soft skills"},
	"street":                  {DE: "Die Straße", EN: "The street"},
	"text":                    {DE: "Die Angabe zur Bezahlung", EN: "The text about pay"},
	"time":                    {DE: "Die Uhrzeit", EN: "The time"},
	"title":                   {DE: "Der Titel", EN: "The title"},
	"town":                    {DE: "Der Ort", EN: "The town"},
	"training_note":           {DE: "Der Hinweis zur Ausbildung", EN: "The note about trainings"},
	"trainings":               {DE: "Die Liste der Ausbildungen", EN: "The list of trainings"},
	"url":                     {DE: "Die Webadresse", EN: "The web address"},
}

type limitWord struct{ text, fix text.Text }

var limitWords = map[hrbaxml.Reason]limitWord{
	hrbaxml.TooLong: {
		text.Text{DE: "{field} hat {found} Zeichen; die BA nimmt {limit}.", EN: "{field} has {found} characters; the BA takes {limit}."},
		text.Text{DE: "Kürzen Sie auf {limit} Zeichen.", EN: "Shorten it to {limit} characters."},
	},
	hrbaxml.TooShort: {
		text.Text{DE: "{field} hat {found} Zeichen; die BA braucht {limit}.", EN: "{field} has {found} characters; the BA needs {limit}."},
		text.Text{DE: "Schreiben Sie mehr.", EN: "Write more."},
	},
	hrbaxml.TooManyElements: {
		text.Text{DE: "{field} hat mehr als {limit} Einträge; die BA nimmt nicht mehr.", EN: "{field} has more than {limit} entries; the BA takes no more."},
		text.Text{DE: "Nehmen Sie die übrigen heraus.", EN: "Take the others out."},
	},
	hrbaxml.MissingElement: {
		text.Text{DE: "{field} fehlt.", EN: "{field} is missing."},
		text.Text{DE: "Ergänzen Sie die Angabe.", EN: "Add it."},
	},
	hrbaxml.OutOfRange: {
		text.Text{DE: "{field} liegt außerhalb dessen, was die BA nimmt: {bounds}.", EN: "{field} is outside what the BA takes: {bounds}."},
		text.Text{DE: "Wählen Sie einen anderen Wert.", EN: "Choose another value."},
	},
	hrbaxml.ForbiddenCharacter: {
		text.Text{DE: "{field} enthält ein Steuerzeichen, das in XML nicht vorkommen darf.", EN: "{field} holds a control character that XML forbids."},
		text.Text{DE: "Nehmen Sie es heraus; oft stammt es aus einer Zwischenablage.", EN: "Take it out; it often comes from a clipboard."},
	},
	hrbaxml.WrongPattern: {
		text.Text{DE: "{field} hat nicht die Form, die die BA verlangt.", EN: "{field} does not have the form that the BA demands."},
		text.Text{DE: "Vergleichen Sie die Angabe mit der Beschreibung des Feldes.", EN: "Compare it with the field's description."},
	},
}
