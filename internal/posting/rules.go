package posting

import (
	"slices"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// rules are the reasons for refusal that Stellwerk knows, with the numbers of the BA's list of validations (release P82).
var rules = []Rule{
	{
		Code:        "FLR_XML_Structure",
		Explanation: text.Text{DE: "Die Datei entspricht nicht dem Schema der BA; sie wurde ganz abgelehnt.", EN: "The file does not follow the BA's schema; it was refused whole."},
		Fix:         text.Text{DE: "Melden Sie das dem Betreiber: Stellwerk prüft Dateien vor dem Versand.", EN: "Tell the operator: Stellwerk checks files before it sends them."},
	},
	{
		Code:        "FLR_JCValid_090",
		Explanation: text.Text{DE: "Bei der BA kam eine leere Datei an.", EN: "An empty file arrived at the BA."},
		Fix:         text.Text{DE: "Melden Sie das dem Betreiber.", EN: "Tell the operator."},
	},
	{
		Code:        "FLR_DataStore_110",
		Explanation: text.Text{DE: "Unter dieser Referenz hat die BA schon eine Anzeige.", EN: "The BA already has an ad under this reference."},
		Fix:         text.Text{DE: "Nichts: Stellwerk sendet sie als Änderung oder unter neuer Referenz.", EN: "Nothing: Stellwerk sends it as an update, or under a new reference."},
	},
	{
		Code:        "FLR_DataStore_120",
		Explanation: text.Text{DE: "Die BA hat die Anzeige nach unserem letzten Stand selbst geändert.", EN: "The BA changed the ad itself after what we last sent."},
		Fix:         text.Text{DE: "Klären Sie die Änderung mit dem Arbeitgeber-Service und speichern Sie die Anzeige dann erneut.", EN: "Clear the change with the employer service, then save the ad again."},
	},
	{
		Code:        "FLR_DataStore_130",
		Explanation: text.Text{DE: "Die BA hat keine Anzeige unter dieser Referenz.", EN: "The BA has no ad under this reference."},
		Fix:         text.Text{DE: "Wurde sie dort entfernt, entscheiden Sie, ob sie neu veröffentlicht werden soll.", EN: "If it was removed there, decide whether it is to be published anew."},
	},
	{
		Code:        "FLR_JCValid_139",
		Explanation: text.Text{DE: "Diese Referenz wurde schon einmal verwendet und ist verbraucht.", EN: "This reference was used before and is spent."},
		Fix:         text.Text{DE: "Nichts: Stellwerk sendet die Anzeige unter neuer Referenz.", EN: "Nothing: Stellwerk sends the ad under a new reference."},
	},
	{
		Code:        "FLR_JCValid_049",
		Explanation: text.Text{DE: "Die BA hat das Arbeitgeberkonto deaktiviert.", EN: "The BA has deactivated the employer's account."},
		Fix:         text.Text{DE: "Sprechen Sie mit Ihrem Arbeitgeber-Service.", EN: "Talk to your local employer service."},
	},
	{
		Code:        "FLR_JCValid_062",
		Explanation: text.Text{DE: "Die BA hat die Anzeige deaktiviert; sie kann nicht mehr geändert, nur noch gelöscht werden.", EN: "The BA has deactivated the ad; it can no longer be changed, only deleted."},
		Fix:         text.Text{DE: "Klären Sie den Grund mit der BA. Danach ziehen Sie die Anzeige zurück und legen Sie sie neu an.", EN: "Clear the reason with the BA. Then withdraw the ad and create it anew."},
	},
	{
		Code:        "FLR_JCValid_107",
		Explanation: text.Text{DE: "Die BA hat die betreute Anzeige schon zum Löschen vorgemerkt.", EN: "The BA has already marked the supervised ad for deletion."},
		Fix:         text.Text{DE: "Klären Sie das mit Ihrem Arbeitgeber-Service.", EN: "Clear that with your local employer service."},
	},
	{
		Code:        "FLR_JCValid_066",
		Explanation: text.Text{DE: "Die Kundennummer ist bei der BA nicht „betreut“; dann lehnt sie jede Anzeige ab.", EN: "The Kundennummer is not “betreut” at the BA; it then refuses every ad."},
		Fix:         text.Text{DE: "Bitten Sie Ihren Arbeitgeber-Service, das Konto in VerBIS als betreut zu führen, und speichern Sie die Anzeige danach erneut.", EN: "Ask your local employer service to mark the account as betreut in VerBIS, then save the ad again."},
	},
	{
		Code:        "FLR_JCValid_187",
		Explanation: text.Text{DE: "Die BA kennt die Kundennummer nicht.", EN: "The BA does not know the Kundennummer."},
		Fix:         text.Text{DE: "Vergleichen Sie sie mit Ihrem Kooperationsvertrag.", EN: "Compare it with your cooperation contract."},
	},
	{
		Code:        "FLR_JCValid_188",
		Explanation: text.Text{DE: "Die Supplier-ID der Anzeige ist nicht die der Datei.", EN: "The ad's Supplier-ID is not the file's."},
		Fix:         text.Text{DE: "Melden Sie das dem Betreiber.", EN: "Tell the operator."},
	},
	{
		Code:        "FLR_JCValid_168",
		Explanation: text.Text{DE: "Der BA liegt für diesen Partner keine Vereinbarung über Stellenangebote vor.", EN: "The BA has no agreement on job ads with this partner."},
		Fix:         text.Text{DE: "Fragen Sie beim Account-Management der BA nach dem Stand des Kooperationsvertrags.", EN: "Ask the BA's account management about the cooperation contract."},
	},
	{
		Code:        "FLR_JCValid_086",
		Explanation: text.Text{DE: "Die Referenz beginnt nicht mit der Allianzpartnernummer, die die BA für dieses Konto führt.", EN: "The reference does not start with the alliance number that the BA has for this account."},
		Fix:         text.Text{DE: "Vergleichen Sie die Allianzpartnernummer mit der Zertifikats-E-Mail.", EN: "Compare the alliance number with the certificate e-mail."},
	},
	{
		Code: "FLR_JCValid_080", Pointer: "/publication/until",
		Explanation: text.Text{DE: "Die Veröffentlichung endet, bevor sie beginnt.", EN: "Publication ends before it begins."},
		Fix:         text.Text{DE: "Wählen Sie ein Ende nach dem Beginn.", EN: "Choose an end after the beginning."},
		breaks: func(c *Content, _ calendar.Date) bool {
			p := c.Publication
			return p.From != nil && p.Until != nil && p.Until.Before(*p.From)
		},
	},
	{
		Code: "FLR_JCValid_081", Pointer: "/publication/until",
		Explanation: text.Text{DE: "Das Ende der Veröffentlichung liegt in der Vergangenheit.", EN: "The end of publication is in the past."},
		Fix:         text.Text{DE: "Wählen Sie ein Ende ab heute, oder lassen Sie es weg.", EN: "Choose an end from today on, or leave it out."},
		breaks: func(c *Content, today calendar.Date) bool {
			return c.Publication.Until != nil && c.Publication.Until.Before(today)
		},
	},
	{
		Code: "FLR_JCValid_082", Pointer: "/publication/until",
		Explanation: text.Text{DE: "Das Ende der Veröffentlichung liegt mehr als zwei Jahre voraus.", EN: "The end of publication is more than two years ahead."},
		Fix:         text.Text{DE: "Wählen Sie ein früheres Ende, oder lassen Sie es weg: dann wird die Anzeige verlängert, solange sie gewünscht ist.", EN: "Choose an earlier end, or leave it out: the ad is then renewed for as long as it is wanted."},
		breaks: func(c *Content, today calendar.Date) bool {
			return c.Publication.Until != nil && c.Publication.Until.After(today.AddYears(publicationSpan))
		},
	},
	{
		Code: "FLR_JCValid_083", Pointer: "/publication/until",
		Explanation: text.Text{DE: "Die Veröffentlichung endet nach dem spätesten Beginn.", EN: "Publication ends after the latest start."},
		Fix:         text.Text{DE: "Wählen Sie ein Ende bis zum spätesten Beginn, oder lassen Sie eines von beiden weg.", EN: "Choose an end up to the latest start, or leave one of the two out."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.LatestStart != nil && c.Publication.Until != nil && c.Publication.Until.After(*c.LatestStart)
		},
	},
	{
		Code: "FLR_JCValid_182", Pointer: "/latest_start",
		Explanation: text.Text{DE: "Der späteste Beginn liegt in der Vergangenheit oder mehr als zwei Jahre voraus.", EN: "The latest start is in the past or more than two years ahead."},
		Fix:         text.Text{DE: "Wählen Sie einen anderen Tag, oder lassen Sie „latest_start“ weg.", EN: "Choose another day, or leave `latest_start` out."},
		breaks: func(c *Content, today calendar.Date) bool {
			return c.LatestStart != nil && (c.LatestStart.Before(today) || c.LatestStart.After(today.AddYears(publicationSpan)))
		},
	},
	{
		Code: "FLR_JCValid_096", Pointer: "/contract/until",
		Explanation: text.Text{DE: "Die Befristung endet vor dem spätesten Beginn.", EN: "The fixed term ends before the latest start."},
		Fix:         text.Text{DE: "Wählen Sie ein Ende nach dem spätesten Beginn.", EN: "Choose an end after the latest start."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.LatestStart != nil && c.Contract != nil && c.Contract.Until != nil && c.Contract.Until.Before(*c.LatestStart)
		},
	},
	{
		Code: "FLR_JCValid_147", Pointer: "/start",
		Explanation: text.Text{DE: "Der früheste Beginn liegt mehr als zwei Jahre voraus.", EN: "The earliest start is more than two years ahead."},
		Fix:         text.Text{DE: "Wählen Sie einen früheren Beginn.", EN: "Choose an earlier start."},
		breaks: func(c *Content, today calendar.Date) bool {
			return !c.Start.Immediately && c.Start.On.After(today.AddYears(publicationSpan))
		},
	},
	{
		Code: "FLR_JCValid_068", Pointer: "/contract/until",
		Explanation: text.Text{DE: "Die Befristung endet mehr als zehn Jahre voraus.", EN: "The fixed term ends more than ten years ahead."},
		Fix:         text.Text{DE: "Wählen Sie ein früheres Ende.", EN: "Choose an earlier end."},
		breaks: func(c *Content, today calendar.Date) bool {
			return c.Contract != nil && c.Contract.Until != nil && c.Contract.Until.After(today.AddYears(contractSpan))
		},
	},
	{
		Code: "FLR_JCValid_153", Pointer: "/contract/until",
		Explanation: text.Text{DE: "Die Befristung endet vor dem frühesten Beginn.", EN: "The fixed term ends before the earliest start."},
		Fix:         text.Text{DE: "Wählen Sie ein Ende nach dem Beginn.", EN: "Choose an end after the start."},
		breaks: func(c *Content, today calendar.Date) bool {
			start := today
			if !c.Start.Immediately && c.Start.On.After(today) {
				start = c.Start.On
			}
			return c.Contract != nil && c.Contract.Until != nil && c.Contract.Until.Before(start)
		},
	},
	{
		Code: "FLR_JCValid_032", Pointer: "/contract",
		Explanation: text.Text{DE: "Dauer und Befristung passen nicht zusammen.", EN: "The contract's length and term contradict each other."},
		Fix:         text.Text{DE: "Befristet: entweder „months“ oder „until“. Sonst keines von beiden und kein „take_over“.", EN: "Fixed term: either `months` or `until`. Otherwise neither of them and no `take_over`."},
		breaks:      func(c *Content, _ calendar.Date) bool { return badTerm(c) },
	},
	{
		Code: "FLR_JCValid_184", Pointer: "/places",
		Explanation: text.Text{DE: "Es ist kein Arbeitsort angegeben.", EN: "There is no place of work."},
		Fix:         text.Text{DE: "Geben Sie mindestens einen Arbeitsort an.", EN: "Name at least one place of work."},
		breaks:      func(c *Content, _ calendar.Date) bool { return len(c.Places) == 0 },
	},
	{
		Code: "FLR_JCValid_033", Pointer: "/places/0",
		Explanation: text.Text{DE: "Postleitzahl, Ort und Land passen nach dem Verzeichnis der BA nicht zusammen.", EN: "Postal code, town and region do not belong together in the BA's directory."},
		Fix:         text.Text{DE: "Schreiben Sie den Ort genau so wie die Deutsche Post und geben Sie Postleitzahl und Bundesland an.", EN: "Spell the town exactly as Deutsche Post does, with its postal code and region."},
		breaks:      func(c *Content, _ calendar.Date) bool { return slices.ContainsFunc(c.Places, incompletePlace) },
	},
	{
		Code: "FLR_JCValid_063", Pointer: "/openings",
		Explanation: text.Text{DE: "Es gibt mehr Arbeitsorte als offene Stellen.", EN: "There are more places of work than openings."},
		Fix:         text.Text{DE: "Nennen Sie mindestens so viele offene Stellen wie Orte.", EN: "Name at least as many openings as places."},
		breaks:      func(c *Content, _ calendar.Date) bool { return c.Openings > 0 && len(c.Places) > c.Openings },
	},
	{
		Code: "FLR_JCValid_064", Pointer: "/places",
		Explanation: text.Text{DE: "Ein Arbeitsort steht doppelt da.", EN: "A place of work stands there twice."},
		Fix:         text.Text{DE: "Nehmen Sie einen der beiden heraus.", EN: "Take one of the two out."},
		breaks:      func(c *Content, _ calendar.Date) bool { return samePlaceTwice(c) },
	},
	{
		Code: "FLR_JCValid_050", Pointer: "/openings",
		Explanation: text.Text{DE: "Es ist keine offene Stelle angegeben.", EN: "There is no opening."},
		Fix:         text.Text{DE: "Nennen Sie mindestens eine.", EN: "Name at least one."},
		breaks:      func(c *Content, _ calendar.Date) bool { return c.Openings < 1 },
	},
	{
		Code: "FLR_JCValid_166", Pointer: "/description",
		Explanation: text.Text{DE: "Der Anzeigentext ist kürzer als 30 Zeichen.", EN: "The ad's text is shorter than 30 characters."},
		Fix:         text.Text{DE: "Beschreiben Sie die Stelle ausführlicher.", EN: "Describe the job in more words."},
		breaks:      func(c *Content, _ calendar.Date) bool { return shortDescription(c) },
	},
	{
		Code: "FLR_JCValid_123", Pointer: "/social_insurance",
		Explanation: text.Text{DE: "Für diese Art von Stelle muss angegeben sein, ob sie sozialversicherungspflichtig ist.", EN: "This kind of job must say whether it is subject to social insurance."},
		Fix:         text.Text{DE: "Setzen Sie „social_insurance“ auf true oder false.", EN: "Set `social_insurance` to true or false."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.SocialInsurance == nil && slices.Contains(needInsurance, c.EmploymentType)
		},
	},
	{
		Code: "FLR_JCValid_124", Pointer: "/management/position",
		Explanation: text.Text{DE: "Eine Stelle für Führungskräfte muss ihre Führungsebene nennen.", EN: "A position for managers must name its level."},
		Fix:         text.Text{DE: "Setzen Sie „management.position“, etwa team oder department.", EN: "Set `management.position`, such as team or department."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.EmploymentType == Manager && (c.Management == nil || c.Management.Position == "" || c.Management.Position == PositionNone)
		},
	},
	{
		Code: "FLR_JCValid_041", Pointer: "/alternative_occupations",
		Explanation: text.Text{DE: "Eine Ausbildung darf keine weiteren Berufe nennen.", EN: "An apprenticeship may name no alternative occupations."},
		Fix:         text.Text{DE: "Nehmen Sie sie heraus; legen Sie für einen zweiten Beruf eine zweite Anzeige an.", EN: "Take them out; create a second ad for a second occupation."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.EmploymentType == Apprenticeship && len(c.AlternativeOccupations) > 0
		},
	},
	{
		Code: "FLR_JCValid_119", Pointer: "/latest_start",
		Explanation: text.Text{DE: "Eine Ausbildung darf keinen spätesten Beginn haben.", EN: "An apprenticeship may have no latest start."},
		Fix:         text.Text{DE: "Lassen Sie „latest_start“ weg.", EN: "Leave `latest_start` out."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.EmploymentType == Apprenticeship && c.LatestStart != nil
		},
	},
	{
		Code: "FLR_JCValid_138", Pointer: "/apply/ways",
		Explanation: text.Text{DE: "Auf eine anonyme Anzeige ohne Vermittlungsauftrag kann man sich nur über die Arbeitsagentur bewerben.", EN: "An anonymous ad without a placement order takes applications through the Arbeitsagentur only."},
		Fix:         text.Text{DE: "Nennen Sie als einzigen Weg „arbeitsagentur“, oder setzen Sie „placement_order“.", EN: "Name `arbeitsagentur` as the only way, or set `placement_order`."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.Anonymous && !c.PlacementOrder && !slices.Equal(c.Apply.Ways, []ApplyWay{ApplyAtBA})
		},
	},
	{
		Code: "FLR_JCValid_144", Pointer: "/apply/interview",
		Explanation: text.Text{DE: "Einen Termin darf nur nennen, wer allein persönliche Bewerbungen annimmt.", EN: "Only an ad that takes applications in person alone may name an appointment."},
		Fix:         text.Text{DE: "Lassen Sie „apply.interview“ weg, oder nennen Sie nur „in_person“.", EN: "Leave `apply.interview` out, or name `in_person` only."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.Apply.Interview != nil && !slices.Equal(c.Apply.Ways, []ApplyWay{ApplyInPerson})
		},
	},
	{
		Code: "FLR_JCValid_185", Pointer: "/pay",
		Explanation: text.Text{DE: "Ein Vermittlungsauftrag muss die Bezahlung in einer Zahl nennen.", EN: "A placement order must state the pay as a number."},
		Fix:         text.Text{DE: "Nennen Sie in „pay.text“ oder „pay.for_placement“ einen Betrag.", EN: "State an amount in `pay.text` or `pay.for_placement`."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.PlacementOrder && (c.Pay == nil || !strings.ContainsAny(c.Pay.Text+c.Pay.ForPlacement, "0123456789"))
		},
	},
	{
		Code: "FLR_JCValid_130", Pointer: "/pay/text",
		Explanation: text.Text{DE: "Eine Anzeige für Künstler nennt statt eines Gehalts einen Tagessatz.", EN: "An ad for artists states a daily rate instead of a salary."},
		Fix:         text.Text{DE: "Setzen Sie „artist.daily_rate“ und lassen Sie „pay.text“ weg.", EN: "Set `artist.daily_rate`, and leave `pay.text` out."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.EmploymentType == Artist && c.Pay != nil && c.Pay.Text != ""
		},
	},
	{
		Code: "FLR_JCValid_132", Pointer: "/artist/daily_rate",
		Explanation: text.Text{DE: "Einen Tagessatz gibt es nur in Anzeigen für Künstler.", EN: "Only ads for artists have a daily rate."},
		Fix:         text.Text{DE: "Nennen Sie die Bezahlung in „pay.text“.", EN: "State the pay in `pay.text`."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.EmploymentType != Artist && c.Artist != nil && c.Artist.DailyRate != ""
		},
	},
	{
		Code: "FLR_JCValid_142", Pointer: "/working_time/models",
		Explanation: text.Text{DE: "Eine Ausbildung muss ihre Arbeitszeit nennen.", EN: "An apprenticeship must name its working time."},
		Fix:         text.Text{DE: "Geben Sie „working_time.models“ an, etwa full_time.", EN: "Set `working_time.models`, such as full_time."},
		breaks: func(c *Content, _ calendar.Date) bool {
			return c.EmploymentType == Apprenticeship && (c.WorkingTime == nil || len(c.WorkingTime.Models) == 0)
		},
	},
	{
		Code: "FLR_JCValid_044", Pointer: "/apply/ways",
		Explanation: text.Text{DE: "Zu einem der Bewerbungswege fehlen die Kontaktangaben.", EN: "A way to apply lacks its part of the contact."},
		Fix: text.Text{
			DE: "Telefon: Nummer, Anrede, Nachname. Post: Firma und Anschrift. E-Mail: Adresse. Persönlich: Firma, Anschrift, Anrede, Nachname. Online: „apply.url“.",
			EN: "Phone: number, salutation, family name. Post: company and address. E-mail: address. In person: company, address, salutation, family name. Online: `apply.url`.",
		},
		breaks: func(c *Content, _ calendar.Date) bool { return lacksContact(c) },
	},
	{
		Code: "FLR_JCValid_048", Pointer: "/contact/email",
		Explanation: text.Text{DE: "Das ist keine E-Mail-Adresse.", EN: "This is not an e-mail address."},
		Fix:         text.Text{DE: "Schreiben Sie eine Adresse wie jobs@example.org.", EN: "Write one address such as jobs@example.org."},
		breaks: func(c *Content, _ calendar.Date) bool {
			mail := contactOf(c).Email
			return mail != "" && !mailAddress.MatchString(mail)
		},
	},
	{
		Code: "FLR_JCValid_108", Pointer: "/apply/url",
		Explanation: text.Text{DE: "Das ist keine vollständige Webadresse.", EN: "This is not a complete web address."},
		Fix:         text.Text{DE: "Schreiben Sie sie mit https:// am Anfang.", EN: "Write it with https:// at the beginning."},
		breaks:      func(c *Content, _ calendar.Date) bool { return badURL(c.Apply.URL) },
	},
}
