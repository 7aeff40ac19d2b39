package hrbaxml_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// benchAd returns an ad as employers send it: a contact, one place of work, a text of some length.
func benchAd() hrbaxml.Ad {
	text := string(bytes.Repeat([]byte("Sie übernehmen die Pflege & Betreuung unserer Bewohner.\n"), 25))
	ad := slices.Insert(minimalAd(), 10, hrbaxml.Node{ID: hrbaxml.Objective, Text: text})
	contact := hrbaxml.Ad{
		{ID: hrbaxml.PostedByContactCompany, Text: "Muster Pflege gGmbH"},
		{ID: hrbaxml.PostedByContactSalutation, Text: "2"},
		{ID: hrbaxml.PostedByContactFamilyName, Text: "Beispiel"},
		{ID: hrbaxml.PostedByContactPostalAddressCountryCode, Text: "DE"},
		{ID: hrbaxml.PostedByContactPostalAddressPostalCode, Text: "90402"},
		{ID: hrbaxml.PostedByContactPostalAddressRegion, Text: "2"},
		{ID: hrbaxml.PostedByContactPostalAddressMunicipality, Text: "Nürnberg"},
		{ID: hrbaxml.PostedByContactPostalAddressStreetName, Text: "Musterstraße 1"},
		{ID: hrbaxml.PostedByContactEMail, Text: "jobs@example.org"},
		{ID: hrbaxml.PostedByContactJobContactWebSite, Text: "https://jobs.example.org/4711"},
	}
	return slices.Insert(ad, 8, contact...)
}

// typedAd is the same ad for encoding/xml.
type typedAd struct {
	XMLName              xml.Name `xml:"JobPositionPosting"`
	ID                   string   `xml:"JobPositionPostingId"`
	OrgName              string   `xml:"HiringOrg>HiringOrgName"`
	OrgFamilyName        string   `xml:"HiringOrg>Contact>FamilyName"`
	LastModificationDate string   `xml:"PostDetail>LastModificationDate"`
	Status               string   `xml:"PostDetail>Status"`
	Action               string   `xml:"PostDetail>Action"`
	SupplierID           string   `xml:"PostDetail>SupplierId"`
	SupplierName         string   `xml:"PostDetail>SupplierName"`
	Company              string   `xml:"PostDetail>PostedBy>Contact>Company"`
	Salutation           string   `xml:"PostDetail>PostedBy>Contact>Salutation"`
	FamilyName           string   `xml:"PostDetail>PostedBy>Contact>FamilyName"`
	CountryCode          string   `xml:"PostDetail>PostedBy>Contact>PostalAddress>CountryCode"`
	PostalCode           string   `xml:"PostDetail>PostedBy>Contact>PostalAddress>PostalCode"`
	Region               string   `xml:"PostDetail>PostedBy>Contact>PostalAddress>Region"`
	Municipality         string   `xml:"PostDetail>PostedBy>Contact>PostalAddress>Municipality"`
	StreetName           string   `xml:"PostDetail>PostedBy>Contact>PostalAddress>StreetName"`
	EMail                string   `xml:"PostDetail>PostedBy>Contact>EMail"`
	JobContactWebSite    string   `xml:"PostDetail>PostedBy>Contact>JobContactWebSite"`
	TitleCode            string   `xml:"JobPositionInformation>JobPositionTitle>TitleCode"`
	JobOfferType         string   `xml:"JobPositionInformation>JobOfferType"`
	Objective            string   `xml:"JobPositionInformation>Objective"`
	Authorisation        string   `xml:"JobPositionInformation>EducationAuthorisation"`
	Locations            []struct {
		CountryCode string
	} `xml:"JobPositionInformation>JobPositionDescription>JobPositionLocation>Location"`
	NumberToFill string `xml:"JobPositionInformation>NumberToFill"`
	StartDate    string `xml:"JobPositionInformation>AssignmentStartDate"`
}

// newTypedAd reads the ad out of a file with encoding/xml.
func newTypedAd(b *testing.B, file []byte) typedAd {
	b.Helper()
	var document struct {
		Ads []typedAd `xml:"Data>JobPositionPosting"`
	}
	if err := xml.Unmarshal(file, &document); err != nil {
		b.Fatal(err)
	}
	return document.Ads[0]
}

// BenchmarkWrite writes the same ads with the writer and with encoding/xml and reports how many times as fast the writer is.
// internal/tools/bench.sh prints its figures for people.
func BenchmarkWrite(b *testing.B) {
	const batch = 200
	ad := benchAd()
	file := writeFile(b, hrbaxml.P82(), []hrbaxml.Ad{ad})
	typed := newTypedAd(b, file)
	w, err := hrbaxml.NewWriter(io.Discard, hrbaxml.P82(), hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime})
	if err != nil {
		b.Fatal(err)
	}
	encoder := xml.NewEncoder(io.Discard)
	encoder.Indent("    ", "  ")
	var ours, theirs time.Duration
	for b.Loop() {
		ours += stopwatch(b, batch, func() error { return w.WriteAd(ad) })
		theirs += stopwatch(b, batch, func() error { return encoder.Encode(typed) })
	}
	b.ReportMetric(float64(b.N*batch*len(file))/1e6/ours.Seconds(), "MB/s")
	b.ReportMetric(theirs.Seconds()/ours.Seconds(), "x-encoding/xml")
	b.ReportMetric(testing.AllocsPerRun(batch, func() { err = errors.Join(err, w.WriteAd(ad)) }), "allocs/ad")
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkCheck judges a file of 2,000 ads. The folder libxml2bench compares that with libxml2.
func BenchmarkCheck(b *testing.B) {
	file := writeFile(b, hrbaxml.P82(), slices.Repeat([]hrbaxml.Ad{benchAd()}, 2000))
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		report, err := hrbaxml.Check(bytes.NewReader(file), hrbaxml.P82(), hrbaxml.Limits{})
		if err != nil || !report.Valid() {
			b.Fatal(err, report.Violations)
		}
	}
}

// stopwatch measures how long the repetitions of a step take.
func stopwatch(b *testing.B, times int, step func() error) time.Duration {
	b.Helper()
	start := time.Now()
	for range times {
		if err := step(); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}

// BenchmarkCheckAd judges one ad in memory.
func BenchmarkCheckAd(b *testing.B) {
	ad := benchAd()
	b.ReportAllocs()
	for b.Loop() {
		if violations := hrbaxml.CheckAd(ad, hrbaxml.P82()); len(violations) > 0 {
			b.Fatal(violations)
		}
	}
}
