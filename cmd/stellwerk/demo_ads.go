package main

import (
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// employer is one tenant of the demo.
type employer struct {
	Name, SupplierID, Alliance, Kundennummer, PIN string
	Place                                         posting.Place
	Mail                                          string
}

func employers() (care, logistics employer) {
	care = employer{
		Name: "Muster Pflege gGmbH", SupplierID: "V000123400", Alliance: "99001", Kundennummer: "A123A12345", PIN: "004711",
		Place: posting.Place{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY", Street: "Musterstraße 1"},
		Mail:  "jobs@muster-pflege.example",
	}
	logistics = employer{
		Name: "Beispiel Logistik GmbH", SupplierID: "V000567800", Alliance: "99002", Kundennummer: "B456B67890", PIN: "Grüße 12",
		Place: posting.Place{Country: "DE", PostalCode: "20095", Town: "Hamburg", Region: "DE-HH", Street: "Beispielweg 5"},
		Mail:  "karriere@beispiel-logistik.example",
	}
	return care, logistics
}

// advert is one ad of the demo: what is saved at first, and what is done with it later.
type advert struct {
	externalID string
	content    posting.Content
	// preflight is how many findings keep the first version from being saved; then mend corrects it.
	preflight bool
	mend      func(*posting.Content)
	// refused says that the BA refuses the first version; then correct corrects it.
	refused string
	correct func(*posting.Content)
	// update changes the live ad; nil leaves it.
	update   func(*posting.Content)
	withdraw bool
}

// careAds are the ads of the care home.
func careAds(e employer, today calendar.Date) []advert {
	nurse := basicAd(e, "Pflegefachkraft (m/w/d)", 134833, posting.SkilledWorker,
		"Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.\nWir bieten verlässliche Dienste, "+
			"eine gute Einarbeitung und Zeit für Fortbildung.")
	nurse.Openings = 2
	nurse.Pay = &posting.Pay{Text: "3.600 bis 4.200 EUR brutto im Monat", CollectiveAgreement: "TVöD-P"}
	nurse.WorkingTime = &posting.WorkingTime{HoursPerWeek: new(38.5), Models: []posting.WorkingTimeModel{posting.FullTime, posting.Shift}}

	apprentice := basicAd(e, "Ausbildung Pflegefachfrau/-mann (m/w/d)", 132173, posting.Apprenticeship,
		"Drei Jahre Ausbildung in unserem Haus, mit festen Praxisanleitungen in jedem Bereich und Übernahme bei guter Leistung.")
	apprentice.SocialInsurance = new(true)
	apprentice.Start = posting.Start{On: today.AddDays(240)}
	apprentice.WorkingTime = &posting.WorkingTime{Models: []posting.WorkingTimeModel{posting.FullTime}}

	cook := basicAd(e, "Köchin/Koch für unsere Hausküche (m/w/d) mit Freude an frischer, regionaler Küche", 3722, posting.SkilledWorker,
		"Sie kochen täglich frisch für 90 Bewohnerinnen und Bewohner und planen die Speisen mit ihnen gemeinsam.")
	cook.Contract = &posting.Contract{Term: posting.FixedTerm, Months: new(24), TakeOver: new(true)}

	return []advert{
		{externalID: "pflege-1", content: nurse, update: func(c *posting.Content) { c.Openings = 3 }},
		{externalID: "pflege-2", content: apprentice},
		{
			externalID: "pflege-3", content: cook, preflight: true,
			mend: func(c *posting.Content) { c.Title = "Köchin/Koch für unsere Hausküche (m/w/d)" },
		},
		{
			externalID: "pflege-4", refused: "FLR_JCValid_033",
			content: with(basicAd(e, "Hauswirtschaftshilfe (m/w/d)", 90128, posting.Helper,
				"Sie halten Zimmer und Gemeinschaftsräume sauber und helfen beim Servieren der Mahlzeiten."),
				func(c *posting.Content) { c.Places[0].Town = "Fürth" }),
			correct: func(c *posting.Content) { c.Places[0].Town = "Nürnberg" },
		},
	}
}

// logisticsAds are the ads of the haulier.
func logisticsAds(e employer, today calendar.Date) []advert {
	warehouse := basicAd(e, "Lagerhelfer (m/w/d)", 50939, posting.Helper,
		"Sie nehmen Ware an, lagern sie ein und stellen Sendungen zusammen. Wir arbeiten in zwei Schichten, Spätschicht mit Zulage.")
	warehouse.Openings = 5
	warehouse.Places = append(warehouse.Places, posting.Place{Country: "DE", PostalCode: "28195", Town: "Bremen", Region: "DE-HB"})
	warehouse.WorkingTime = &posting.WorkingTime{HoursPerWeek: new(40.0), Models: []posting.WorkingTimeModel{posting.Shift}}

	driver := basicAd(e, "Berufskraftfahrer (m/w/d) im Nahverkehr", 14717, posting.Job,
		"Sie fahren im Großraum Hamburg und sind jeden Abend zu Hause. Führerschein CE und Fahrerkarte bringen Sie mit.")
	driver.Publication = posting.Publication{Until: new(today.AddDays(45))}

	dispatcher := basicAd(e, "Disponentin/Disponent Güterverkehr (m/w/d)", 33344, posting.SkilledWorker,
		"Sie planen mit fünf Kolleginnen und Kollegen unsere Touren im Norden und sind für Fahrer und Kunden da.")

	intern := basicAd(e, "Praktikum Logistikplanung (m/w/d)", 7542, posting.Internship,
		"Sie lernen drei Monate lang unsere Abläufe kennen und arbeiten an einem eigenen kleinen Vorhaben.")
	intern.SocialInsurance = new(false)

	return []advert{
		{externalID: "lager-1", content: warehouse},
		{externalID: "lager-2", content: driver, update: func(c *posting.Content) { c.Pay = &posting.Pay{Text: "ab 17,50 EUR je Stunde"} }},
		{externalID: "lager-3", content: dispatcher},
		{externalID: "lager-4", content: intern, withdraw: true},
	}
}

// basicAd is what every ad has.
func basicAd(e employer, title string, occupation int, kind posting.EmploymentType, description string) posting.Content {
	return posting.Content{
		EmploymentType: kind, Occupation: posting.Occupation{ID: occupation}, Title: title, Description: description,
		Places: []posting.Place{e.Place}, Openings: 1, Start: posting.Start{Immediately: true}, SocialInsurance: new(true),
		Apply: posting.Apply{Ways: []posting.ApplyWay{posting.ApplyByEmail}, Documents: "Lebenslauf, Zeugnisse"},
		Contact: &posting.Contact{
			Company: e.Name, Person: posting.Person{Salutation: posting.Ms, GivenName: "Erika", FamilyName: "Beispiel", Email: e.Mail},
		},
		Contract: &posting.Contract{Term: posting.Permanent},
	}
}

func with(c posting.Content, change func(*posting.Content)) posting.Content {
	change(&c)
	return c
}

func today(berlin *time.Location) calendar.Date { return calendar.On(time.Now(), berlin) }
