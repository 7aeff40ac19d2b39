package hrbaxml_test

import (
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func TestTheTableIsConsistent(t *testing.T) {
	t.Parallel()
	for _, release := range hrbaxml.Releases() {
		constants, paths := map[string]bool{}, map[string]bool{}
		var last hrbaxml.ID
		for e := range release.Elements {
			if e.ID <= last || constants[e.Const] || paths[e.Path] {
				t.Errorf("%s: %s is not in order or not alone", release.Name(), e.Path)
			}
			last, constants[e.Const], paths[e.Path] = e.ID, true, true
			if !strings.HasSuffix(e.Doc, ".") {
				t.Errorf("%s has no sentence to describe it", e.Path)
			}
			if e.IsGroup() == (len(e.Children) == 0) || len(e.Children) > 64 {
				t.Errorf("%s has %d children", e.Path, len(e.Children))
			}
			if parent := release.Element(e.Parent); parent != nil && e.Path != parent.Path+"/"+e.Name {
				t.Errorf("%s stands in %s", e.Path, parent.Path)
			}
			for _, c := range e.Value.Codes {
				if c.Value == "" || c.Means == "" {
					t.Errorf("%s has a code without words", e.Path)
				}
			}
		}
	}
}

func TestReleasesAreFoundByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]*hrbaxml.Release{"P82": hrbaxml.P82(), "next": hrbaxml.Next(), "P83": nil} {
		got, found := hrbaxml.ReleaseByName(name)
		if got != want || found != (want != nil) {
			t.Errorf("%s: got %v, %v", name, got, found)
		}
	}
}

func TestLaterElementsBelongToTheNextRelease(t *testing.T) {
	t.Parallel()
	for _, id := range []hrbaxml.ID{hrbaxml.HeaderPdfPreviewOnly, hrbaxml.EducationType, hrbaxml.DegreeType, hrbaxml.Course, hrbaxml.EmploymentType} {
		if hrbaxml.P82().Element(id) != nil || hrbaxml.Next().Element(id) == nil {
			t.Errorf("%s is in the wrong release", id)
		}
	}
}

func TestIDsSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for id, want := range map[hrbaxml.ID][2]string{
		hrbaxml.HiringOrgContactFamilyName: {"HiringOrgContactFamilyName", "/HRBAXMLJobPositionPosting/Data/JobPositionPosting/HiringOrg/Contact/FamilyName"},
		hrbaxml.DeleteEntryID:              {"DeleteEntryID", "/HRBAXMLJobPositionPosting/Data/DeleteEntry/EntryId"},
		0:                                  {"no element", ""},
		60000:                              {"no element", ""},
	} {
		if id.String() != want[0] || id.Path() != want[1] {
			t.Errorf("got %s, %s", id, id.Path())
		}
	}
}

func TestBoundsAreWords(t *testing.T) {
	t.Parallel()
	for id, want := range map[hrbaxml.ID]string{
		hrbaxml.LocationRegion:                      "1 to 128 or 144 to 303",
		hrbaxml.PostingID:                           "1 to 27 characters",
		hrbaxml.HiringOrgID:                         "10 characters",
		hrbaxml.Objective:                           "at most 4000 characters",
		hrbaxml.PostDetailAction:                    "1, 2, 3",
		hrbaxml.ScheduleHoursPerWeek:                "1 to 48 with at most 2 decimals",
		hrbaxml.HiringOrgContactVoiceNumberAreaCode: "0 or more with at most 14 digits",
		hrbaxml.PostDetailStartDate:                 "",
	} {
		if got := hrbaxml.P82().Element(id).Value.Bounds(); got != want {
			t.Errorf("%s: got %q", id, got)
		}
	}
}
