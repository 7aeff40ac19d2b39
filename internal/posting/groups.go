package posting

import (
	"slices"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// The group of first degrees and the layer of courses in the catalogue of occupations.
const (
	firstDegrees = "3120"
	courseLayer  = 3
	expert       = 4
)

// wrongGroups finds groups that belong to another employment type, of which already has said nothing, and courses that are none of dual study.
func wrongGroups(c *Content, already []Finding) []Finding {
	var found []Finding
	refuse := func(code, pointer string, words, fix text.Text) {
		found = append(found, Finding{Code: code, Severity: Error, Pointer: inBody + pointer, Text: words, Fix: fix})
	}
	for _, group := range []struct {
		pointer     string
		there, fits bool
		words       text.Text
	}{
		{"/apprenticeship", c.Apprenticeship != nil, c.EmploymentType == Apprenticeship, text.Text{
			DE: "Angaben zur Ausbildung gibt es nur in Anzeigen für Ausbildungen.", EN: "Only ads for apprenticeships say something about the apprenticeship.",
		}},
		{"/artist", c.Artist != nil, c.EmploymentType == Artist, text.Text{
			DE: "Angaben für Künstler gibt es nur in Anzeigen für Künstler.", EN: "Only ads for artists have terms for artists.",
		}},
	} {
		said := func(f Finding) bool { return strings.HasPrefix(f.Pointer, inBody+group.pointer+"/") }
		if group.there && !group.fits && !slices.ContainsFunc(already, said) {
			refuse("other_employment_type", group.pointer, group.words, text.Text{
				DE: "Lassen Sie die Angaben weg, oder wählen Sie die passende Art der Stelle.", EN: "Leave them out, or choose the type of employment that they belong to.",
			})
		}
	}
	if c.EmploymentType == Apprenticeship && c.Apprenticeship != nil && c.Apprenticeship.Course != nil {
		checkCourse(c, refuse)
	}
	return found
}

// checkCourse checks the course of a dual study against the kind of education and the catalogue, as far as that knows it.
func checkCourse(c *Content, refuse func(code, pointer string, words, fix text.Text)) {
	if c.Apprenticeship.Education != EducationDualStudy {
		refuse("course_without_dual_study", "/apprenticeship/course",
			text.Text{DE: "Einen Studiengang hat nur ein duales Studium.", EN: "Only dual study has a course."},
			text.Text{DE: "Wählen Sie „duales Studium“, oder lassen Sie den Studiengang weg.", EN: "Choose “dual study”, or leave the course out."})
		return
	}
	if course, known := catalog.BuiltIn().Occupation(*c.Apprenticeship.Course); known && !isCourse(course) {
		refuse("not_a_course", "/apprenticeship/course",
			text.Text{DE: "Dieser Eintrag des Verzeichnisses ist kein Studiengang.", EN: "This entry of the catalogue is no course of study."},
			text.Text{DE: "Wählen Sie einen grundständigen Studiengang.", EN: "Choose a course that leads to a first degree."})
	}
	if o, known := catalog.BuiltIn().Occupation(c.Occupation.ID); known && slices.Equal(o.Levels, []int{expert}) {
		refuse("course_as_occupation", "/occupation/id",
			text.Text{DE: "Neben dem Studiengang nennt ein duales Studium den Ausbildungsberuf, keinen akademischen.", EN: "Beside its course, dual study names the training occupation, not an academic one."},
			text.Text{DE: "Wählen Sie als Beruf die Ausbildung.", EN: "Choose the training as the occupation."})
	}
}

// isCourse reports whether an entry of the catalogue is a course that leads to a first degree.
func isCourse(o catalog.Occupation) bool {
	return o.Training() && o.Layer == courseLayer && slices.Equal(o.Levels, []int{expert}) && slices.Contains(o.Groups, firstDegrees)
}
