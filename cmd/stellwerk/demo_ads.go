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
	return []advert{
		{externalID: "pflege-01", content: nurse(e), update: func(c *posting.Content) { c.Openings = 3 }},
		{externalID: "pflege-02", content: careApprentice(e, today)},
		{
			externalID: "pflege-03", content: cook(e), preflight: true,
			mend: func(c *posting.Content) { c.Title = "Köchin/Koch für unsere Hausküche (m/w/d)" },
		},
		{
			externalID: "pflege-04", refused: "FLR_JCValid_033",
			content: with(basicAd(e, "Hauswirtschaftshilfe (m/w/d)", 90128, posting.Helper,
				"Sie halten Zimmer und Gemeinschaftsräume sauber und helfen beim Servieren der Mahlzeiten."),
				func(c *posting.Content) { c.Places[0].Town = "Fürth" }),
			correct: func(c *posting.Content) { c.Places[0].Town = "Nürnberg" },
		},
		{externalID: "pflege-05", content: with(basicAd(e, "Pflegedienstleitung (m/w/d)", 8797, posting.Manager,
			"Sie leiten die Pflege in unserem Haus mit 90 Plätzen und entwickeln sie mit den Teams weiter."),
			func(c *posting.Content) {
				c.Management = &posting.Management{
					Position: posting.PositionDepartment, Field: posting.FieldBoth, Experience: posting.ExperienceUpTo5,
					Employees: posting.EmployeesUpTo499, Budget: posting.BudgetUpTo9m,
				}
			})},
		{externalID: "pflege-06", content: miniJob(e)},
		{externalID: "pflege-07", content: with(basicAd(e, "Bühnenbild für unser Sommertheater (m/w/d)", 58692, posting.Artist,
			"Sie entwerfen und bauen das Bühnenbild für das Stück, das unsere Bewohnerinnen und Bewohner im Sommer spielen."),
			func(c *posting.Content) {
				c.Artist = &posting.ArtistTerms{DailyRate: posting.RateUpTo499}
				c.Contract = &posting.Contract{Term: posting.FixedTerm, Months: new(3)}
			})},
		{externalID: "pflege-08", content: placement(e)},
		{externalID: "pflege-09", content: with(basicAd(e, "Physiotherapie in Teilzeit (m/w/d)", 8747, posting.SkilledWorker,
			"<p>Sie behandeln unsere Bewohnerinnen und Bewohner:</p><ul><li>Kranken&shy;gymnastik</li><li>Manuelle Therapie</li></ul>"+
				"<p>Gern auch mit Berufs&shy;r&uuml;ckkehr.</p>"),
			func(c *posting.Content) {
				c.WorkingTime = &posting.WorkingTime{
					HoursPerWeek: new(19.5), Models: []posting.WorkingTimeModel{posting.PartTimeMorning, posting.PartTimeFlexible},
				}
			})},
		{externalID: "pflege-10", content: with(basicAd(e, "Betreuungskraft (m/w/d)", 9060, posting.Job,
			"Sie gestalten den Tag mit unseren Bewohnerinnen und Bewohnern: Singen, Backen, Spaziergänge, Gespräche."),
			func(c *posting.Content) {
				c.Apply = posting.Apply{
					Ways: []posting.ApplyWay{posting.ApplyInPerson},
					Interview: &posting.Interview{
						Date: new(today.AddDays(14)), Time: "14:30", Room: "Saal", Note: "Bitte am Empfang melden",
						Place: &posting.InterviewPlace{
							Name: e.Name, Country: "DE", PostalCode: e.Place.PostalCode, Town: e.Place.Town, Region: e.Place.Region,
							Street: e.Place.Street,
						},
					},
				}
				c.Contact.Address = address(e)
			})},
	}
}

func nurse(e employer) posting.Content {
	c := basicAd(e, "Pflegefachkraft (m/w/d)", 134833, posting.SkilledWorker,
		"Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.\nWir bieten verlässliche Dienste, "+
			"eine gute Einarbeitung und Zeit für Fortbildung.")
	c.Openings = 2
	c.Pay = &posting.Pay{Text: "3.600 bis 4.200 EUR brutto im Monat", CollectiveAgreement: "TVöD-P"}
	c.WorkingTime = &posting.WorkingTime{HoursPerWeek: new(38.5), Models: []posting.WorkingTimeModel{posting.FullTime, posting.Shift}}
	c.Requirements = &posting.Requirements{
		Languages:  []posting.Language{{ID: german, Level: posting.LanguageFluent}},
		Trainings:  []posting.Occupation{{ID: 132173}},
		SoftSkills: []posting.SoftSkill{posting.SoftTeamwork, posting.SoftReliability},
		Experience: posting.EntryLevel, Disability: posting.EverybodyWelcome,
	}
	return c
}

func careApprentice(e employer, today calendar.Date) posting.Content {
	c := basicAd(e, "Ausbildung Pflegefachfrau/-mann (m/w/d)", 132173, posting.Apprenticeship,
		"Drei Jahre Ausbildung in unserem Haus, mit festen Praxisanleitungen in jedem Bereich und Übernahme bei guter Leistung.")
	c.Contract = nil
	c.Start = posting.Start{On: today.AddDays(240)}
	c.WorkingTime = &posting.WorkingTime{Models: []posting.WorkingTimeModel{posting.FullTime}}
	c.Apprenticeship = &posting.Apprentice{
		Education: posting.EducationApprenticeship, Housing: new(true), DegreeMatch: posting.DegreeAtLeast,
		Grades: &posting.Grades{German: new(3), Others: "Biologie 3"},
	}
	c.Requirements = &posting.Requirements{SchoolEducation: posting.SchoolMittlereReife}
	return c
}

func cook(e employer) posting.Content {
	c := basicAd(e, "Köchin/Koch für unsere Hausküche (m/w/d) mit Freude an frischer, regionaler Küche", 3722, posting.SkilledWorker,
		"Sie kochen täglich frisch für 90 Bewohnerinnen und Bewohner und planen die Speisen mit ihnen gemeinsam.")
	c.Contract = &posting.Contract{Term: posting.FixedTerm, Months: new(24), TakeOver: new(true)}
	return c
}

func miniJob(e employer) posting.Content {
	c := basicAd(e, "Reinigungskraft auf Minijob-Basis (m/w/d)", 10223, posting.Helper,
		"Sie reinigen an zwei Abenden in der Woche unsere Büros und den Empfang.")
	c.SocialInsurance, c.MiniJob = new(false), new(true)
	c.WorkingTime = &posting.WorkingTime{HoursPerWeek: new(8.0), Models: []posting.WorkingTimeModel{posting.PartTimeEvening}, Note: "Dienstag und Freitag"}
	c.Apply = posting.Apply{Ways: []posting.ApplyWay{posting.ApplyByPhone}}
	c.Contact.Phone = &posting.Phone{Country: "+49", Area: "911", Number: "1234567"}
	return c
}

// placement asks the BA to propose applicants; that needs an amount and a full address.
func placement(e employer) posting.Content {
	c := basicAd(e, "Kaufmann/-frau Büromanagement (m/w/d)", 123265, posting.SkilledWorker,
		"Sie sind die erste Ansprechperson am Empfang und kümmern sich um Rechnungen, Post und Termine.")
	c.PlacementOrder = true
	c.Pay = &posting.Pay{Text: "2.900 EUR brutto im Monat"}
	c.Contact.Address = address(e)
	return c
}

func address(e employer) *posting.Address {
	return &posting.Address{
		Street: e.Place.Street, PostalCode: e.Place.PostalCode, Town: e.Place.Town, Region: e.Place.Region, Country: e.Place.Country,
	}
}

// Ids of the BA's catalogue that the ads share.
const (
	german         = 65488
	licenceCE      = 66213
	licenceB       = 66208
	forkliftTicket = 66226
)

// logisticsAds are the ads of the haulier.
func logisticsAds(e employer, today calendar.Date) []advert {
	return []advert{
		{externalID: "lager-01", content: warehouse(e)},
		{
			externalID: "lager-02", content: driver(e, today),
			update: func(c *posting.Content) { c.Pay = &posting.Pay{Text: "ab 17,50 EUR je Stunde"} },
		},
		{externalID: "lager-03", content: with(basicAd(e, "Disponentin/Disponent Güterverkehr (m/w/d)", 33344, posting.SkilledWorker,
			"Sie planen mit fünf Kolleginnen und Kollegen unsere Touren im Norden und sind für Fahrer und Kunden da."),
			func(c *posting.Content) {
				c.InternalReference, c.URL = "LOG-2026-03", "https://jobs.beispiel-logistik.example/3"
			})},
		{externalID: "lager-04", content: intern(e), withdraw: true},
		{externalID: "lager-05", content: with(basicAd(e, "Teamleitung Lager (m/w/d)", 90130, posting.Manager,
			"Sie führen zwölf Kolleginnen und Kollegen in zwei Schichten und verbessern mit ihnen unsere Abläufe."),
			func(c *posting.Content) { c.Management = &posting.Management{Position: posting.PositionTeam} })},
		{externalID: "lager-06", content: anonymous(e)},
		{externalID: "lager-07", content: with(basicAd(e, "Staplerfahrer (m/w/d)", 7429, posting.Helper,
			"Sie be- und entladen Lastwagen und versorgen unsere Kommissionierung mit Ware."),
			func(c *posting.Content) {
				c.Requirements = &posting.Requirements{DrivingLicences: []posting.Licence{{ID: forkliftTicket, Need: posting.Mandatory}}}
			})},
		{externalID: "lager-08", content: with(basicAd(e, "Ausbildung Fachkraft Lagerlogistik (m/w/d)", 27448, posting.Apprenticeship,
			"Sie lernen in drei Jahren alles über Annahme, Lagerung und Versand, mit Blockunterricht in Hamburg."),
			func(c *posting.Content) {
				c.Contract, c.Start = nil, posting.Start{On: today.AddDays(270)}
				c.WorkingTime = &posting.WorkingTime{Models: []posting.WorkingTimeModel{posting.FullTime}}
			})},
		{externalID: "lager-09", content: with(basicAd(e, "IT-Administration, auch von zu Hause (m/w/d)", 7817, posting.SkilledWorker,
			"Sie betreuen unsere Netze und Arbeitsplätze an vier Standorten, an drei Tagen in der Woche gern von zu Hause."),
			func(c *posting.Content) {
				c.WorkingTime = &posting.WorkingTime{HoursPerWeek: new(39.0), Models: []posting.WorkingTimeModel{posting.FullTime, posting.HomeOffice}}
				c.Requirements = &posting.Requirements{
					Travel: posting.TravelSometimes, Vehicles: []posting.Vehicle{posting.Car},
					DrivingLicences: []posting.Licence{{ID: licenceB, Need: posting.Mandatory}},
				}
			})},
		{externalID: "lager-10", content: with(basicAd(e, "Handelsvertretung Verpackung (m/w/d)", 6725, posting.SelfEmployed,
			"Sie verkaufen auf eigene Rechnung unsere Verpackungslösungen an Betriebe im Norden."),
			func(c *posting.Content) { c.Contract, c.SocialInsurance = nil, nil })},
	}
}

func warehouse(e employer) posting.Content {
	c := basicAd(e, "Lagerhelfer (m/w/d)", 50939, posting.Helper,
		"Sie nehmen Ware an, lagern sie ein und stellen Sendungen zusammen. Wir arbeiten in zwei Schichten, Spätschicht mit Zulage.")
	c.Openings = 5
	c.Places = append(c.Places,
		posting.Place{Country: "DE", PostalCode: "28195", Town: "Bremen", Region: "DE-HB"},
		posting.Place{Country: "DE", PostalCode: "30159", Town: "Hannover", Region: "DE-NI"})
	c.WorkingTime = &posting.WorkingTime{HoursPerWeek: new(40.0), Models: []posting.WorkingTimeModel{posting.Shift}}
	return c
}

func driver(e employer, today calendar.Date) posting.Content {
	c := basicAd(e, "Berufskraftfahrer (m/w/d) im Nahverkehr", 14717, posting.Job,
		"Sie fahren im Großraum Hamburg und sind jeden Abend zu Hause. Führerschein CE und Fahrerkarte bringen Sie mit.")
	c.Publication = posting.Publication{Until: new(today.AddDays(45))}
	c.Requirements = &posting.Requirements{
		DrivingLicences: []posting.Licence{{ID: licenceCE, Need: posting.Mandatory}}, Experience: posting.Experienced,
	}
	return c
}

func intern(e employer) posting.Content {
	c := basicAd(e, "Praktikum Logistikplanung (m/w/d)", 7542, posting.Internship,
		"Sie lernen drei Monate lang unsere Abläufe kennen und arbeiten an einem eigenen kleinen Vorhaben.")
	c.SocialInsurance = new(false)
	c.Contract = &posting.Contract{Term: posting.FixedTerm, Months: new(3)}
	return c
}

// anonymous hides the employer, so applications come through the Arbeitsagentur and the text names nobody.
func anonymous(e employer) posting.Content {
	c := basicAd(e, "Leitung Einkauf (m/w/d)", 33344, posting.SkilledWorker,
		"Für ein mittelständisches Unternehmen im Norden suchen wir eine erfahrene Kraft für den strategischen Einkauf.")
	c.Anonymous = true
	c.Apply = posting.Apply{Ways: []posting.ApplyWay{posting.ApplyAtBA}}
	c.Contact = nil
	return c
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
