package preflight

import (
	"strings"
	"unicode"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// The ways to apply (KindOfApplication).
const (
	byPhone  = 1
	byPost   = 2
	byMail   = 3
	inPerson = 4
	byForm   = 5
	online   = 6
	atBA     = 8
)

// contactRules are about the people and the ways to reach them.
var contactRules = []Rule{
	{
		Code: "FLR_JCValid_035", Elements: []hrbaxml.ID{
			hrbaxml.PostedByContactNamePrefix, hrbaxml.HiringOrgContactNamePrefix, hrbaxml.InterviewContactNamePrefix,
		},
		Condition:   "NamePrefix is none that the BA knows, such as von, van der, zu",
		Explanation: say("Diesen Namenszusatz kennt die BA nicht.", "The BA knows no such prefix of a name."),
		Fix:         say("Nennen Sie nur Zusätze wie „von“ oder „van der“; Titel gehören in das Feld für den Titel.", "Name only prefixes such as “von” or “van der”; titles have a field of their own."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements {
				if prefix := x.get(id); prefix != "" && !isNamePrefix(prefix) {
					x.refuse(id)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_048", Elements: []hrbaxml.ID{hrbaxml.PostedByContactEMail, hrbaxml.HiringOrgContactEMail, hrbaxml.InterviewContactEMail},
		Condition:   "EMail is no e-mail address",
		Explanation: say("Das ist keine E-Mail-Adresse.", "This is not an e-mail address."),
		Fix:         say("Schreiben Sie eine einzige Adresse wie jobs@example.org.", "Write one single address such as jobs@example.org."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements {
				if address := x.get(id); address != "" && !isMail(address) {
					x.refuse(id)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_097", Elements: []hrbaxml.ID{
			hrbaxml.PostedByContactVoiceNumberIntlCode, hrbaxml.PostedByContactMobilNumberIntlCode, hrbaxml.PostedByContactFaxNumberIntlCode,
			hrbaxml.HiringOrgContactVoiceNumberIntlCode, hrbaxml.HiringOrgContactMobilNumberIntlCode, hrbaxml.HiringOrgContactFaxNumberIntlCode,
			hrbaxml.InterviewContactVoiceNumberIntlCode, hrbaxml.InterviewContactMobilNumberIntlCode, hrbaxml.InterviewContactFaxNumberIntlCode,
		},
		Condition:   "IntlCode is not + and the calling code of a country",
		Explanation: say("Das ist keine Ländervorwahl.", "This is not the calling code of a country."),
		Fix:         say("Schreiben Sie sie mit einem Plus, etwa +49.", "Write it with a plus, such as +49."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements {
				if code := x.get(id); code != "" && !isCallingCode(code) {
					x.refuse(id)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_108", Elements: []hrbaxml.ID{hrbaxml.PostedByContactJobContactWebSite, hrbaxml.PostDetailInternetReference},
		Condition:   "JobContactWebSite or InternetReference is no URL",
		Explanation: say("Das ist keine vollständige Webadresse.", "This is not a complete web address."),
		Fix:         say("Schreiben Sie sie mit https:// am Anfang.", "Write it with https:// at the beginning."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements {
				if address := x.get(id); address != "" && !isWebAddress(address) {
					x.refuse(id)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_044", Elements: []hrbaxml.ID{hrbaxml.KindOfApplication, hrbaxml.PostedByContact},
		Condition: "PostedBy lacks what a KindOfApplication needs: 1 VoiceNumber or MobilNumber, FamilyName, Salutation; 2 Company, StreetName or PostOfficeBox, PostalCode, " +
			"Municipality; 3 EMail; 4 Company, StreetName, PostalCode, Municipality, FamilyName, Salutation; 5 PostalAddress, a number or EMail, and FamilyName, Salutation; " +
			"6 JobContactWebSite",
		Explanation: say("Zu einem der Bewerbungswege fehlen Kontaktangaben.", "A way to apply lacks a part of the contact."),
		Fix: say("Telefon: Nummer, Anrede, Nachname. Post: Firma und Anschrift. E-Mail: Adresse. Persönlich: Firma, Anschrift mit Straße, Anrede, Nachname. "+
			"Eigenes Formular: Anrede, Nachname und ein Weg, Sie zu erreichen. Online: die Adresse der Bewerbungsseite.",
			"Phone: number, salutation, family name. Post: company and address. E-mail: address. In person: company, address with a street, salutation, family name. "+
				"Own form: salutation, family name and a way to reach you. Online: the address of the page for applications."),
		check: func(x *exam) {
			for i := x.first(hrbaxml.KindOfApplication); i >= 0; i = x.next(i) {
				if kind, _ := numberOf(x.ad[i].Text); !x.canApply(kind) {
					x.note(Error, hrbaxml.KindOfApplication, i, lackingWords[kind], "")
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_054", Elements: []hrbaxml.ID{
			hrbaxml.PostedByContactPostalAddressStreetName, hrbaxml.PostedByContactCompany, hrbaxml.PostedByContactPostalAddressPostalCode,
			hrbaxml.PostedByContactPostalAddressMunicipality, hrbaxml.PostDetailSupervisionDesired,
		},
		Condition:   "SupervisionDesired 1 and a contact person without Company, StreetName or PostOfficeBox, PostalCode, CountryCode, Municipality",
		Explanation: say("Ein Vermittlungsauftrag mit Kontakt braucht Firma und vollständige Anschrift.", "A placement order with a contact needs a company and a whole address."),
		Fix: say("Ergänzen Sie beim Kontakt Firma, Straße oder Postfach, Postleitzahl, Ort und Land.",
			"Add to the contact its company, street or PO box, postal code, town and country."),
		check: func(x *exam) {
			if x.is(hrbaxml.PostDetailSupervisionDesired, 1) && x.namesContact() {
				for _, id := range []hrbaxml.ID{
					hrbaxml.PostedByContactCompany, hrbaxml.PostedByContactPostalAddressCountryCode, hrbaxml.PostedByContactPostalAddressPostalCode,
					hrbaxml.PostedByContactPostalAddressMunicipality,
				} {
					if !x.has(id) {
						x.refuse(id)
						return
					}
				}
				if !x.hasAny(hrbaxml.PostedByContactPostalAddressStreetName, hrbaxml.PostedByContactPostalAddressPostOfficeBox) {
					x.refuse(hrbaxml.PostedByContactPostalAddressStreetName)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_138", Elements: []hrbaxml.ID{hrbaxml.KindOfApplication, hrbaxml.PostDetailStatus, hrbaxml.PostDetailSupervisionDesired},
		Condition:   "Status 2 without SupervisionDesired 1, and KindOfApplication is not just 8",
		Explanation: say("Auf eine anonyme Anzeige ohne Vermittlungsauftrag kann man sich nur über die Arbeitsagentur bewerben.", "An anonymous ad without a placement order takes applications through the Arbeitsagentur only."),
		Fix:         say("Nennen Sie als einzigen Weg die Arbeitsagentur, oder geben Sie einen Vermittlungsauftrag.", "Name the Arbeitsagentur as the only way, or give a placement order."),
		check: func(x *exam) {
			if x.is(hrbaxml.PostDetailStatus, anonymous) && !x.is(hrbaxml.PostDetailSupervisionDesired, 1) && !x.onlyWay(atBA) {
				x.refuse(hrbaxml.KindOfApplication)
			}
		},
	},
	{
		Code: "FLR_JCValid_144", Elements: []hrbaxml.ID{hrbaxml.Interview, hrbaxml.InterviewContact, hrbaxml.InterviewLocation, hrbaxml.KindOfApplication},
		Condition:   "InterviewContact, InterviewLocation or Interview, and KindOfApplication is not just 4",
		Explanation: say("Einen Vorstellungstermin darf nur nennen, wer allein persönliche Bewerbungen annimmt.", "Only an ad that takes applications in person alone may name an appointment."),
		Fix:         say("Lassen Sie den Termin weg, oder nennen Sie „persönlich“ als einzigen Weg.", "Leave the appointment out, or name “in person” as the only way."),
		check: func(x *exam) {
			for id := hrbaxml.InterviewContact; id <= hrbaxml.InterviewAdditionalInformation; id++ {
				if x.firsts[id] != 0 && !x.onlyWay(inPerson) {
					x.refuse(id)
					return
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_051", Elements: []hrbaxml.ID{hrbaxml.HiringOrgName, hrbaxml.HiringOrgID},
		Condition:   "HiringOrgId is missing, and HiringOrgName has no letter or digit, or has € or *",
		Explanation: say("Dieser Firmenname ist nicht zulässig.", "This name of a company is not permitted."),
		Fix:         say("Nennen Sie die Firma ohne Sonderzeichen, oder ihre Kundennummer.", "Name the company without special characters, or its Kundennummer."),
		check: func(x *exam) {
			name := x.get(hrbaxml.HiringOrgName)
			word := strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
			if !x.has(hrbaxml.HiringOrgID) && (!word || strings.ContainsAny(name, "€*")) {
				x.refuse(hrbaxml.HiringOrgName)
			}
		},
	},
}

// lackingWords say what each way to apply needs of the contact.
var lackingWords = map[int]text.Text{
	byPhone: say("Für Bewerbungen per Telefon fehlt beim Kontakt die Nummer, die Anrede oder der Nachname.", "Applications by phone need the contact's number, salutation and family name; one of them is missing."),
	byPost:  say("Für Bewerbungen per Post fehlt beim Kontakt die Firma, die Straße oder das Postfach, die Postleitzahl oder der Ort.", "Applications by post need the contact's company, street or PO box, postal code and town; one of them is missing."),
	byMail:  say("Für Bewerbungen per E-Mail fehlt beim Kontakt die E-Mail-Adresse.", "Applications by e-mail need the contact's e-mail address, which is missing."),
	inPerson: say("Für persönliche Bewerbungen fehlt beim Kontakt die Firma, die Straße, die Postleitzahl, der Ort, die Anrede oder der Nachname.",
		"Applications in person need the contact's company, street, postal code, town, salutation and family name; one of them is missing."),
	byForm: say("Für Bewerbungen mit eigenem Formular fehlt beim Kontakt die Anrede, der Nachname oder ein Weg, ihn zu erreichen.",
		"Applications by your own form need the contact's salutation, family name and a way to reach it; one of them is missing."),
	online: say("Für Bewerbungen im Internet fehlt die Adresse der Bewerbungsseite.", "Applications on the web need the address of the page for applications, which is missing."),
}

// canApply reports whether the contact has what a way to apply needs (044).
func (x *exam) canApply(kind int) bool {
	person := x.has(hrbaxml.PostedByContactFamilyName) && x.has(hrbaxml.PostedByContactSalutation)
	phone := x.hasAny(hrbaxml.PostedByContactVoiceNumberTelNumber, hrbaxml.PostedByContactMobilNumberTelNumber)
	street, box := x.has(hrbaxml.PostedByContactPostalAddressStreetName), x.has(hrbaxml.PostedByContactPostalAddressPostOfficeBox)
	house := x.has(hrbaxml.PostedByContactCompany) && x.has(hrbaxml.PostedByContactPostalAddressPostalCode) && x.has(hrbaxml.PostedByContactPostalAddressMunicipality)
	switch kind {
	case byPhone:
		return phone && person
	case byPost:
		return house && (street || box)
	case byMail:
		return x.has(hrbaxml.PostedByContactEMail)
	case inPerson:
		return house && street && person
	case byForm:
		return person && (phone || x.hasAny(hrbaxml.PostedByContactPostalAddressCountryCode, hrbaxml.PostedByContactFaxNumberTelNumber, hrbaxml.PostedByContactEMail))
	case online:
		return x.has(hrbaxml.PostedByContactJobContactWebSite)
	}
	return true
}

// namesContact reports whether the ad has a contact that is more than a web page.
func (x *exam) namesContact() bool {
	for id := hrbaxml.PostedByContactCompany; id < hrbaxml.PostedByContactJobContactWebSite; id++ {
		if x.firsts[id] != 0 {
			return true
		}
	}
	return false
}

// onlyWay reports whether an ad takes applications in one way and in no other.
func (x *exam) onlyWay(kind int) bool {
	i := x.first(hrbaxml.KindOfApplication)
	if i < 0 {
		return false
	}
	for ; i >= 0; i = x.next(i) {
		if other, _ := numberOf(x.ad[i].Text); other != kind {
			return false
		}
	}
	return true
}
