package posting

import (
	"slices"
	"sync"

	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
)

// drawLikely draws a content that may well be sent: one that can for certain, of any employment type, with some of its parts replaced by any
// that the schema permits. What does not fit together then is pre-flight's to find.
func drawLikely(t *rapid.T) Content {
	c := drawSound(t)
	for _, part := range likelyParts {
		if rapid.IntRange(1, partsIn).Draw(t, "part") == partsIn {
			part(t, &c)
		}
	}
	return c
}

// partsIn is among how many parts one is replaced: so few that about every third content passes.
const partsIn = 6

// drawSound draws a content that breaks no rule.
func drawSound(t *rapid.T) Content {
	c := Content{
		EmploymentType: drawWord(t, "type", offerTypes), Title: "Mitarbeit (m/w/d)", Description: "Wir suchen Verstärkung für unser Haus in der Stadt.",
		Places: []Place{drawKnownPlace(t)}, Openings: 1, Start: Start{Immediately: true},
		Apply: Apply{Ways: []ApplyWay{ApplyOnline}, URL: "https://jobs.example.org/4711"},
	}
	c.Occupation.ID = drawSuitable(t, c.EmploymentType)
	switch c.EmploymentType {
	case Apprenticeship:
		c.WorkingTime, c.SocialInsurance = &WorkingTime{Models: []WorkingTimeModel{FullTime}}, new(true)
	case Manager:
		c.Management, c.SocialInsurance = &Management{Position: PositionTeam}, new(true)
	case SelfEmployed:
	case Artist, Helper, Internship, Job, SkilledWorker:
		c.SocialInsurance = new(true)
	}
	return c
}

// likelyParts each replace a part of a content.
var likelyParts = []func(t *rapid.T, c *Content){
	func(t *rapid.T, c *Content) { c.Title = drawName(t, 60) },
	func(t *rapid.T, c *Content) { c.Description = drawText(t, 640) },
	func(t *rapid.T, c *Content) { c.InternalReference, c.URL = drawLine(t, 30), drawURL(t) },
	func(_ *rapid.T, c *Content) { c.Anonymous = true },
	func(_ *rapid.T, c *Content) { c.PlacementOrder = true },
	func(t *rapid.T, c *Content) {
		c.Occupation.Degree = drawMaybe(t, "degree", degrees)
		c.AlternativeOccupations = drawList(t, 2, func(t *rapid.T) Occupation { return Occupation{ID: drawSuitable(t, c.EmploymentType)} })
	},
	func(t *rapid.T, c *Content) {
		c.Places = append(c.Places, drawList(t, 9, drawKnownPlace)...)
		c.Openings = len(c.Places) + rapid.IntRange(-1, 3).Draw(t, "more openings")
	},
	func(t *rapid.T, c *Content) {
		c.Places[0].District, c.Places[0].Line, c.Places[0].Street = drawLine(t, 40), drawLine(t, 30), drawLine(t, 45)
	},
	func(t *rapid.T, c *Content) {
		c.Start, c.LatestStart = Start{On: drawAnyDay(t)}, drawOptional(t, drawAnyDay)
	},
	func(t *rapid.T, c *Content) {
		c.SocialInsurance, c.MiniJob = drawOptional(t, drawBool), drawOptional(t, drawBool)
	},
	func(t *rapid.T, c *Content) {
		c.Publication = Publication{From: drawOptional(t, drawAnyDay), Until: drawOptional(t, drawAnyDay)}
	},
	func(t *rapid.T, c *Content) { c.WorkingTime = drawGroup(t, drawWorkingTime) },
	func(t *rapid.T, c *Content) { c.Contract = drawGroup(t, drawContract) },
	func(t *rapid.T, c *Content) { c.Pay = drawGroup(t, drawPay) },
	func(t *rapid.T, c *Content) { c.Apprenticeship = drawGroup(t, drawApprentice) },
	func(t *rapid.T, c *Content) { c.Artist = drawGroup(t, drawArtist) },
	func(t *rapid.T, c *Content) { c.Management = drawGroup(t, drawManagement) },
	func(t *rapid.T, c *Content) { c.Requirements = drawLikelyRequirements(t) },
	func(t *rapid.T, c *Content) { c.Apply = drawApply(t) },
	func(t *rapid.T, c *Content) { c.Contact = drawLikelyContact(t) },
	func(t *rapid.T, c *Content) { c.Employer = drawGroup(t, drawEmployer) },
}

// suitable are the built-in occupations of each employment type.
var suitable = sync.OnceValue(func() map[EmploymentType][]int {
	found := map[EmploymentType][]int{}
	for id := range 1_000_000 {
		o, known := catalog.BuiltIn().Occupation(id)
		for _, offer := range offerTypes {
			if known && o.Suits(string(offer.word)) {
				found[offer.word] = append(found[offer.word], id)
			}
		}
	}
	return found
})

func drawSuitable(t *rapid.T, employment EmploymentType) int {
	return rapid.SampledFrom(suitable()[employment]).Draw(t, "occupation")
}

// drawKnownPlace draws a place of which some can stand in an ad.
func drawKnownPlace(t *rapid.T) Place {
	place := rapid.SampledFrom([]Place{
		{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY"},
		{Country: "DE", PostalCode: "20095", Town: "Hamburg", Region: "DE-HH"},
		{Country: "DE", PostalCode: "50667", Town: "Köln", Region: "DE-NW"},
		{Country: "DE", PostalCode: "01067", Town: "Dresden", Region: "DE-SN"},
		{Country: "de", PostalCode: "10115", Town: "Berlin", Region: "DE-BE"},
		{Country: "AT", PostalCode: "1010", Town: "Wien", Region: "AT-wien"},
		{Country: "FR", PostalCode: "75001", Town: "Paris"},
		{Country: "SE", Town: "Stockholm"},
	}).Draw(t, "place")
	place.Street = rapid.SampledFrom([]string{"", "", "Musterstraße 1", "Straße des 17. Juni 135", "Q 7, 24", "1. Mai-Straße 4", "3er Weg", "Am Ring 12 a"}).Draw(t, "street")
	place.District = rapid.SampledFrom([]string{"", "", "Altstadt"}).Draw(t, "district")
	return place
}

// drawAnyDay draws a day from the week before the day of sending to some time after two years, with the edges more often than others.
func drawAnyDay(t *rapid.T) calendar.Date {
	edges := rapid.SampledFrom([]calendar.Date{testDay.AddDays(-1), testDay, testDay.AddDays(1), testDay.AddYears(2), testDay.AddYears(2).AddDays(1)})
	others := rapid.Map(rapid.IntRange(-7, 760), testDay.AddDays)
	return rapid.OneOf(edges, others, others).Draw(t, "day")
}

// drawLikelyRequirements draws requirements from the BA's lists.
func drawLikelyRequirements(t *rapid.T) *Requirements {
	r := drawGroup(t, drawRequirements)
	if r == nil {
		return nil
	}
	entry := func(list []catalog.Entry) int { return rapid.SampledFrom(list).Draw(t, "entry").ID }
	for i := range r.Languages {
		r.Languages[i].ID = entry(catalog.Languages())
	}
	for i := range r.Licences {
		r.Licences[i].ID = entry(catalog.Licences())
	}
	for i := range r.DrivingLicences {
		r.DrivingLicences[i].ID = entry(catalog.DrivingLicences())
	}
	for i := range r.Trainings {
		r.Trainings[i] = Occupation{ID: drawSuitable(t, Apprenticeship)}
	}
	return r
}

// drawLikelyContact draws a contact whom applicants can reach in most ways.
func drawLikelyContact(t *rapid.T) *Contact {
	k := Contact{Company: drawLine(t, 90), Person: drawPerson(t)}
	k.NamePrefix = rapid.SampledFrom([]string{"", "von", "van der"}).Draw(t, "prefix")
	k.FamilyName = rapid.SampledFrom([]string{"Beispiel", "Müller-Lüdenscheidt", "O'Hara", "Nguyễn"}).Draw(t, "family name")
	place := drawKnownPlace(t)
	k.Address = drawOptional(t, func(t *rapid.T) Address {
		address := Address{Street: place.Street, PostalCode: place.PostalCode, Town: place.Town, District: place.District, Region: place.Region, Country: place.Country}
		if drawBool(t) {
			address.PostOfficeBox = "4711"
		}
		return address
	})
	return &k
}

// isSendable reports whether nothing that pre-flight finds keeps a content from being sent.
func isSendable(findings []Finding) bool {
	return !slices.ContainsFunc(findings, func(f Finding) bool { return f.Severity == Error })
}
