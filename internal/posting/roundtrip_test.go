package posting

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// testDay is the day of sending in these tests.
var testDay = calendar.Date{Year: 2026, Month: time.November, Day: 24}

// TestContentSurvivesTheFile writes any content into a file, reads the file, and finds the same content: nothing that an employer says is
// lost or changed on the way, whatever it is.
func TestContentSurvivesTheFile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := drawContent(t)

		got, err := throughFile(&want, hrbaxml.Next())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the content changed (-sent +read):\n%s", diff)
		}
	})
}

// TestEveryElementOfAnEmployerComesFromTheContent compares the mapping with the schema table: whatever an employer may send can be said.
func TestEveryElementOfAnEmployerComesFromTheContent(t *testing.T) {
	t.Parallel()
	mapped := fieldsByID()
	for element := range hrbaxml.Next().Elements {
		inAd := strings.HasPrefix(element.Path, "/HRBAXMLJobPositionPosting/Data/JobPositionPosting/")
		if !inAd || element.Sender != hrbaxml.ByEmployer || element.IsGroup() {
			continue
		}
		if _, ok := mapped[element.ID]; !ok {
			t.Errorf("%s can be sent by an employer and comes from nothing", element.Path)
		}
	}
}

// TestFieldsAreInTheOrderOfTheSchema keeps the writer from meeting an element too late.
func TestFieldsAreInTheOrderOfTheSchema(t *testing.T) {
	t.Parallel()
	last := hrbaxml.ID(0)
	var walk func(fields []field)
	walk = func(fields []field) {
		for _, f := range fields {
			if f.id <= last {
				t.Errorf("%s stands after %s", f.id, last)
			}
			last = f.id
			walk(f.fields)
		}
	}
	walk(adFields())
}

// TestElementsThatAreCountedFollowEachOther checks the places where one constant stands for those after it.
func TestElementsThatAreCountedFollowEachOther(t *testing.T) {
	t.Parallel()
	names := []string{"Salutation", "Title", "GivenName", "NamePrefix", "FamilyName", "PositionTitle"}
	address := []string{
		"CountryCode", "PostalCode", "Region", "Municipality", "District", "AddressLine", "StreetName", "PostOfficeBox",
	}
	phone := []string{"IntlCode", "AreaCode", "TelNumber"}
	for first, want := range map[hrbaxml.ID][]string{
		hrbaxml.HiringOrgContactSalutation:               names,
		hrbaxml.PostedByContactSalutation:                names,
		hrbaxml.InterviewContactSalutation:               names,
		hrbaxml.HiringOrgContactPostalAddressCountryCode: address,
		hrbaxml.PostedByContactPostalAddressCountryCode:  address,
		hrbaxml.HiringOrgContactVoiceNumberIntlCode:      phone,
		hrbaxml.HiringOrgContactMobilNumberIntlCode:      phone,
		hrbaxml.HiringOrgContactFaxNumberIntlCode:        phone,
		hrbaxml.PostedByContactVoiceNumberIntlCode:       phone,
		hrbaxml.PostedByContactMobilNumberIntlCode:       phone,
		hrbaxml.PostedByContactFaxNumberIntlCode:         phone,
		hrbaxml.InterviewContactVoiceNumberIntlCode:      phone,
		hrbaxml.InterviewContactMobilNumberIntlCode:      phone,
		hrbaxml.InterviewContactFaxNumberIntlCode:        phone,
		hrbaxml.JobPositionTitleCode:                     {"TitleCode", "Degree"},
		hrbaxml.AlternativeJobPositionTitleCode:          {"TitleCode", "Degree"},
		hrbaxml.ProfessionalTrainingTitleCode:            {"TitleCode", "Degree"},
		hrbaxml.LicenceName:                              {"LicenceName", "LicenceLevel"},
		hrbaxml.DrivingLicenceName:                       {"DrivingLicenceName", "DrivingLicenceRequired"},
	} {
		for i, name := range want {
			if got := hrbaxml.Next().Element(first + hrbaxml.ID(i)).Name; got != name {
				t.Errorf("%s+%d is %s, not %s", first, i, got, name)
			}
		}
	}
}

// throughFile writes a content into a file as an ad, and reads it back.
func throughFile(content *Content, release *hrbaxml.Release) (Content, error) {
	file, err := fileOf(content, release)
	if err != nil {
		return Content{}, err
	}
	return readOne(file, release)
}

// readOne reads the one ad of a file that the schema permits.
func readOne(file []byte, release *hrbaxml.Release) (Content, error) {
	var got Content
	var failed error
	report, err := hrbaxml.Read(bytes.NewReader(file), release, hrbaxml.Limits{}, hrbaxml.Visitor{Ad: func(record hrbaxml.AdRecord) error {
		got, failed = Decode(record.Ad)
		return nil
	}})
	if err == nil && !report.Valid() {
		err = fmt.Errorf("the schema refuses the file: %w", &report.Violations[0])
	}
	return got, errors.Join(err, failed)
}
