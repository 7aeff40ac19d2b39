package posting

import (
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func TestIDsMustBeInTheCatalogue(t *testing.T) {
	t.Parallel()
	nurse := Occupation{ID: 134833}
	language, licence, driving := catalog.Languages()[0].ID, catalog.Licences()[0].ID, catalog.DrivingLicences()[0].ID
	for _, tt := range []struct {
		name, code, pointer string
		severity            Severity
		content             Content
	}{
		{"all known", "", "", "", Content{Occupation: nurse, Requirements: &Requirements{
			Languages: []Language{{ID: language}}, Licences: []Licence{{ID: licence}}, DrivingLicences: []Licence{{ID: driving}},
		}}},
		{"language", "FLR_JCValid_101", "/content/requirements/languages/1/id", Error, Content{
			Occupation: nurse, Requirements: &Requirements{Languages: []Language{{ID: language}, {ID: 1}}},
		}},
		{"licence", "FLR_JCValid_100", "/content/requirements/licences/0/id", Error, Content{
			Occupation: nurse, Requirements: &Requirements{Licences: []Licence{{ID: 1}}},
		}},
		{"driving licence", "FLR_JCValid_102", "/content/requirements/driving_licences/0/id", Error, Content{
			Occupation: nurse, Requirements: &Requirements{DrivingLicences: []Licence{{ID: 1}}},
		}},
		{"occupation", "FLR_JCValid_042", "/content/occupation/id", Warning, Content{Occupation: Occupation{ID: 999}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			found := checkIDs(&tt.content)

			switch {
			case tt.code == "" && len(found) > 0:
				t.Errorf("found %+v", found)
			case tt.code != "" && (len(found) != 1 || found[0].Code != tt.code || found[0].Pointer != tt.pointer || found[0].Severity != tt.severity):
				t.Errorf("found %+v", found)
			}
		})
	}
}

func TestAnAdThatIsNotPublishedIsNoContent(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"3", "6"} {
		if _, err := Decode(hrbaxml.Ad{{ID: hrbaxml.PostDetailStatus, Text: status}}); err == nil {
			t.Errorf("status %s was read as an ad to publish", status)
		}
	}
}
