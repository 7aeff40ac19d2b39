package posting_test

import (
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// BenchmarkCheck checks one clean ad of about 2,000 characters, as a PUT does before anything is saved. The folder libxml2bench compares
// the speed with libxml2's.
func BenchmarkCheck(b *testing.B) {
	content := benchContent()
	b.ReportAllocs()
	for b.Loop() {
		if found := posting.Check(&content, firstDay, hrbaxml.P82(), "Muster Pflege gGmbH"); len(found) > 0 {
			b.Fatal(found)
		}
	}
}

// TestCheckingACleanAdCostsLittle keeps the check of every PUT from copying texts.
//
//nolint:paralleltest // allocations of others would be counted
func TestCheckingACleanAdCostsLittle(t *testing.T) {
	content := benchContent()
	var found int

	allocations := testing.AllocsPerRun(100, func() { found += len(posting.Check(&content, firstDay, hrbaxml.P82(), "Muster Pflege gGmbH")) })

	if found > 0 || allocations > 20 {
		t.Errorf("%d findings, %v allocations", found, allocations)
	}
}

func benchContent() posting.Content {
	return posting.Content{
		EmploymentType: posting.SkilledWorker, Occupation: posting.Occupation{ID: 134833}, Title: "Pflegefachkraft (m/w/d)",
		Description: strings.Repeat("Sie übernehmen die fachgerechte Pflege & Betreuung unserer Bewohnerinnen und Bewohner.\n", 22) + "Wir freuen uns auf Sie.",
		Places:      []posting.Place{{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY", Street: "Musterstraße 1"}},
		Openings:    1, Start: posting.Start{Immediately: true}, SocialInsurance: new(true),
		WorkingTime: &posting.WorkingTime{HoursPerWeek: new(38.5), Models: []posting.WorkingTimeModel{posting.FullTime, posting.Shift}},
		Contract:    &posting.Contract{Term: posting.Permanent},
		Pay:         &posting.Pay{Text: "3.600 bis 4.200 EUR brutto im Monat", CollectiveAgreement: "TVöD-P"},
		Apply:       posting.Apply{Ways: []posting.ApplyWay{posting.ApplyByEmail}, Documents: "Lebenslauf, Zeugnisse"},
		Contact: &posting.Contact{
			Company: "Muster Pflege gGmbH", Person: posting.Person{Salutation: posting.Ms, GivenName: "Erika", FamilyName: "Beispiel", Email: "jobs@example.org"},
		},
		Publication: posting.Publication{Until: &calendar.Date{Year: 2027, Month: 1, Day: 24}},
	}
}
