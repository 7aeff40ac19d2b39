package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// The employer whose ads these are.
const (
	employerName = "Muster Pflege gGmbH"
	supplierID   = "V000123400"
	alliance     = "99001"
	kundennummer = "A123A12345"
)

// now is when the ads are written.
var now = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.FixedZone("CET", 3600))

// sampleAds is how many ads a sample file has.
const sampleAds = 2000

// content returns the ad that an employer with many of them might have as its nth: about 2,000 characters of text, a contact, one to
// three places of work and some requirements.
func content(n int) posting.Content {
	titles := []string{"Pflegefachkraft (m/w/d)", "Stationsleitung (m/w/d)", "Nachtwache & Springer (m/w/d)", "Pflegefachkraft <Teilzeit> (m/w/d)"}
	towns := []posting.Place{
		{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY", Street: "Musterstraße 1"},
		{Country: "DE", PostalCode: "20095", Town: "Hamburg", Region: "DE-HH", Street: "Beispielweg 5"},
		{Country: "DE", PostalCode: "50667", Town: "Köln", Region: "DE-NW", Street: "Am Weg 7"},
	}
	paragraph := "Sie übernehmen die fachgerechte Pflege & Betreuung unserer Bewohnerinnen und Bewohner in einem festen Wohnbereich.\n" +
		"- verlässliche Dienste, früh bekannte Pläne\n- gute Einarbeitung und Zeit für Fortbildung\n\n"
	places := 1 + n%len(towns)
	return posting.Content{
		EmploymentType: posting.SkilledWorker, Occupation: posting.Occupation{ID: 134833}, Title: titles[n%len(titles)],
		Description: strings.Repeat(paragraph, 8+n%5), InternalReference: fmt.Sprintf("REQ-%06d", n), URL: fmt.Sprintf("https://jobs.example.org/%06d?utm=a&b=c", n),
		Places: towns[:places], Openings: places, Start: posting.Start{Immediately: true}, SocialInsurance: new(true),
		WorkingTime: &posting.WorkingTime{HoursPerWeek: new(38.5), Models: []posting.WorkingTimeModel{posting.FullTime, posting.Shift}},
		Contract:    &posting.Contract{Term: posting.Permanent},
		Pay:         &posting.Pay{Text: "3.600 bis 4.200 EUR brutto im Monat", CollectiveAgreement: "TVöD-P"},
		Publication: posting.Publication{Until: &calendar.Date{Year: 2027, Month: time.January, Day: 24}},
		Apply:       posting.Apply{Ways: []posting.ApplyWay{posting.ApplyByEmail}, Documents: "Lebenslauf, Zeugnisse"},
		Contact: &posting.Contact{
			Company: employerName, Person: posting.Person{Salutation: posting.Ms, GivenName: "Erika", FamilyName: "Beispiel", Email: "jobs@example.org"},
		},
	}
}

// reference returns the nth ad's id at the BA.
func reference(n int) string { return fmt.Sprintf("%s-%016d-S", alliance, n) }

// fileWriter writes ads into a file on the disk.
type fileWriter struct {
	file   *os.File
	writer *hrbaxml.Writer
	ad     hrbaxml.Ad
}

func newFileWriter(name string, ads int) (*fileWriter, error) {
	file, err := os.Create(name) //nolint:gosec // the caller names the file
	if err != nil {
		return nil, err
	}
	w := &fileWriter{file: file}
	w.writer, err = hrbaxml.NewWriter(file, hrbaxml.P82(), hrbaxml.Header{SupplierID: supplierID, Timestamp: now, Amount: ads})
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return w, nil
}

func (w *fileWriter) write(reference string, content *posting.Content) error {
	w.ad.Reset()
	posting.Encode(&w.ad, content, posting.Envelope{
		Release: hrbaxml.P82(), Reference: reference, Action: posting.Insert, SupplierID: supplierID, SupplierName: employerName,
		Kundennummer: kundennummer, Employer: employerName, Modified: now, Today: calendar.On(now, now.Location()),
	})
	if err := w.writer.WriteAd(w.ad); err != nil {
		return fmt.Errorf("write ad %s: %w", reference, err)
	}
	return nil
}

// close ends the file, which is whole unless err is not nil.
func (w *fileWriter) close(err error) error {
	if err == nil {
		err = w.writer.Close()
	}
	return errors.Join(err, w.file.Close())
}

func writeSample(name string) error {
	w, err := newFileWriter(name, sampleAds)
	if err != nil {
		return err
	}
	for n := 0; n < sampleAds && err == nil; n++ {
		c := content(n)
		err = w.write(reference(n), &c)
	}
	return w.close(err)
}
