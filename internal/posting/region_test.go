package posting

import (
	"strconv"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func TestRegionsMustExistAndLieInTheirCountry(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		country string
		region  Region
		want    string
	}{
		{"DE", "DE-BY", ""},
		{"AT", "AT-wien", ""},
		{"FR", "OTHER", ""},
		{"DE", "DE-XX", "unknown_value"},
		{"FR", "DE-BY", "FLR_JCValid_010"},
	} {
		t.Run(tt.country+" "+string(tt.region), func(t *testing.T) {
			t.Parallel()
			content := Content{Places: []Place{{Country: "DE", Region: "DE-BY"}, {Country: tt.country, Region: tt.region}}}

			var found []Finding
			for _, f := range Check(&content, testDay, hrbaxml.P82()) {
				if f.Code == "unknown_value" || f.Code == "FLR_JCValid_010" {
					found = append(found, f)
				}
			}

			switch {
			case tt.want == "" && len(found) > 0:
				t.Errorf("found %s at %s", found[0].Code, found[0].Pointer)
			case tt.want != "" && (len(found) != 1 || found[0].Code != tt.want || found[0].Pointer != "/content/places/1/region"):
				t.Errorf("found %+v, want %s", found, tt.want)
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

func TestSoftSkillsAreThoseOfTheCatalogue(t *testing.T) {
	t.Parallel()
	for _, listed := range catalog.SoftSkills() {
		if got := toBA(softSkills, SoftSkill(listed.Key)); got != strconv.Itoa(listed.Code) {
			t.Errorf("%s is %q here and %d there", listed.Key, got, listed.Code)
		}
	}
	if len(softSkills) != len(catalog.SoftSkills()) {
		t.Errorf("%d soft skills here, %d there", len(softSkills), len(catalog.SoftSkills()))
	}
}

func TestWhatTheReleaseDoesNotHaveIsKeptWithAWarning(t *testing.T) {
	t.Parallel()
	content := Content{Staffing: TempWork, Apprenticeship: &Apprentice{Education: EducationDualStudy, Course: new(96340)}}

	old, later := notSentYet(&content, hrbaxml.P82()), notSentYet(&content, hrbaxml.Next())

	if len(later) != 0 {
		t.Errorf("the next release has elements for all of it: %+v", later)
	}
	want := []string{"/content/staffing", "/content/apprenticeship/education", "/content/apprenticeship/course"}
	for i, pointer := range want {
		if i >= len(old) || old[i].Pointer != pointer || old[i].Severity != Warning {
			t.Errorf("P82: %+v, want a warning at %s", old, pointer)
		}
	}
	var ad hrbaxml.Ad
	Encode(&ad, &content, sampleEnvelope(testDay, hrbaxml.P82()))
	if ad.Get(hrbaxml.EmploymentType)+ad.Get(hrbaxml.EducationType)+ad.Get(hrbaxml.Course) != "" {
		t.Error("P82 has no elements for these")
	}
}
