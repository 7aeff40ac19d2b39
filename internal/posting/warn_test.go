package posting_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// firstDay is the day on which these ads are judged.
var firstDay = calendar.Date{Year: 2026, Month: time.November, Day: 24}

// clean is an ad of which there is nothing to say, with changes.
func clean(changes ...func(*posting.Content)) posting.Content {
	complete := func(c *posting.Content) {
		c.Pay = &posting.Pay{Text: "3.600 bis 4.200 EUR brutto im Monat"}
		c.Publication.Until = new(firstDay.AddDays(60))
	}
	return advert(append([]func(*posting.Content){complete}, changes...)...)
}

// told checks a content and writes the findings as severity, code and field.
func told(c posting.Content) []string {
	var lines []string
	for _, f := range posting.Check(&c, firstDay, hrbaxml.P82(), "Pflegehaus Sonnenschein GmbH") {
		lines = append(lines, fmt.Sprintf("%s %s %s", f.Severity, f.Code, f.Pointer))
	}
	return lines
}

func titled(title string) func(*posting.Content) {
	return func(c *posting.Content) { c.Title = title }
}

func saying(words string) func(*posting.Content) {
	return func(c *posting.Content) { c.Description = "Wir suchen Menschen für unser Haus. " + words }
}

func anonymous(c *posting.Content) {
	c.Anonymous, c.Contact = true, nil
	c.Apply.Ways = []posting.ApplyWay{posting.ApplyAtBA}
}

func TestWarningsSayWhatDoesAnAdNoGood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		content posting.Content
		want    []string
	}{
		"nothing to say":         {clean(), nil},
		"no end":                 {clean(func(c *posting.Content) { c.Publication.Until = nil }), []string{"warning no_end /content/publication/until"}},
		"a latest start ends it": {clean(func(c *posting.Content) { c.Publication.Until, c.LatestStart = nil, new(firstDay.AddDays(60)) }), nil},
		"no pay":                 {clean(func(c *posting.Content) { c.Pay = nil }), []string{"warning no_pay /content/pay"}},
		"a collective agreement": {clean(func(c *posting.Content) { c.Pay = &posting.Pay{CollectiveAgreement: "TVöD-P"} }), nil},
		"pay for placement only": {clean(func(c *posting.Content) {
			c.PlacementOrder, c.Pay = true, &posting.Pay{Text: "nach Vereinbarung", ForPlacement: "ab 3.600 EUR"}
			c.Contact.Address = &posting.Address{Street: "Musterstraße 1", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY", Country: "DE"}
		}), []string{"warning pay_for_placement_only /content/pay/text"}},
		"eleven places": {clean(func(c *posting.Content) {
			c.Openings = 11
			for i := range 10 {
				place := c.Places[0]
				place.Street = fmt.Sprintf("Musterstraße %d", i+1)
				c.Places = append(c.Places, place)
			}
		}), []string{"error too_many_elements /content/places/10", "warning many_places /content/places"}},
		"a text close to its limit": {clean(saying(strings.Repeat("ä", 3900))), []string{"warning near_limit /content/description"}},
		"a text at a fair distance": {clean(saying(strings.Repeat("ä", 3800))), nil},
		"a speculative application": {clean(titled("Initiativbewerbung (m/w/d)")), []string{"warning speculative_application /content/title"}},
		"one inside of a text":      {clean(saying("Auch eine Initiativ-Bewerbung ist willkommen.")), nil},
		"no place in a self-employed order": {clean(func(c *posting.Content) {
			c.EmploymentType, c.SocialInsurance, c.PlacementOrder = posting.SelfEmployed, nil, true
			c.Contact.Address = &posting.Address{Street: "Musterstraße 1", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY", Country: "DE"}
		}), []string{"warning no_placement /content/placement_order"}},
		"remote work without a place": {clean(func(c *posting.Content) {
			c.WorkingTime = &posting.WorkingTime{Models: []posting.WorkingTimeModel{posting.HomeOffice}}
			c.Places[0] = posting.Place{Country: "SE"}
		}), []string{"warning remote_without_place /content/places"}},
		"remote work with a place": {clean(func(c *posting.Content) {
			c.WorkingTime = &posting.WorkingTime{Models: []posting.WorkingTimeModel{posting.HomeOffice}}
		}), nil},
		"kept and not sent": {clean(func(c *posting.Content) { c.Staffing = posting.TempWork }), []string{"warning not_in_release /content/staffing"}},
	} {
		if got := told(c.content); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTitlesThatAddressAllGendersPass(t *testing.T) {
	t.Parallel()
	for _, title := range []string{
		"Koch (m/w/d)", "Koch (w/m/d)", "Koch m|w|d", "Koch (all genders)", "Koch:in", "Koch/-in", "Koch*in", "Koch/in", "Köchin/Koch", "Köchin oder Koch", "KöchIn",
		"Pflegefachkraft", "Kaufmann/-frau", "Kauffrau/Kaufmann für Büromanagement", "Teamleitung Küche", "Küchenhilfe", "Ausbildung zum Koch", "Studierende",
	} {
		if got := told(clean(titled(title))); got != nil {
			t.Errorf("%s: %q", title, got)
		}
	}
	for _, title := range []string{"Koch", "Maurer gesucht", "Altenpfleger in Nürnberg", "Ingenieur / Berater"} {
		if got := told(clean(titled(title))); !slices.Equal(got, []string{"warning title_not_neutral /content/title"}) {
			t.Errorf("%s: %q", title, got)
		}
	}
}

func TestWordingThatIsRiskyIsQuoted(t *testing.T) {
	t.Parallel()
	for words, want := range map[string]string{
		"Sie passen in unser junges Team.":                    "junges Team",
		"Deutsch als Muttersprache":                           "Muttersprache",
		"MUTTERSPRACHLER gesucht":                             "MUTTERSPRACHLER",
		"Sie sind nicht älter als 30.":                        "nicht älter als",
		"Bis\n40-Jahre":                                       "Bis\n40-Jahre",
		"Wir suchen eine Sekretärin für den Empfang.":         "Sekretärin",
		"Mitglied einer Kirche, christlicher Konfession":      "christlicher Konfession",
		"ein attraktives Äußeres":                             "attraktives Äußeres",
		"Sie arbeiten mit jungen Menschen.":                   "",
		"Die Jungenwohngruppe Adam":                           "",
		"Sekretärinnen und Sekretäre":                         "",
		"Wir sind seit 30 Jahren am Markt.":                   "",
		"Damenmode und Herrenmode":                            "",
		"Bewerbungen von Menschen mit Behinderung willkommen": "",
	} {
		c := clean(saying(words))
		var quoted []any
		for _, f := range posting.Check(&c, firstDay, hrbaxml.P82()) {
			if f.Code != "agg_wording" || f.Pointer != "/content/description" || f.Severity != posting.Warning {
				t.Errorf("%s: %+v", words, f)
			}
			quoted = append(quoted, f.Args["words"])
		}
		if want == "" && quoted != nil || want != "" && !slices.Equal(quoted, []any{want}) {
			t.Errorf("%s: quoted %q", words, quoted)
		}
	}
}

func TestAnAnonymousAdMayNotNameTheEmployer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change  func(*posting.Content)
		pointer string
	}{
		"in the title":      {titled("Pflegefachkraft (m/w/d) bei Pflegehaus Sonnenschein"), "/content/title"},
		"in the text":       {saying("Das Pflegehaus-Sonnenschein liegt im Grünen."), "/content/description"},
		"in the ad's link":  {func(c *posting.Content) { c.URL = "https://www.pflegehaus-sonnenschein.example/4711" }, "/content/url"},
		"in the apply link": {func(c *posting.Content) { c.Apply.URL = "https://pflegehaussonnenschein.example/" }, "/content/apply/url"},
		"in the e-mail": {func(c *posting.Content) {
			c.Contact = &posting.Contact{Person: posting.Person{Email: "jobs@pflegehaus-sonnenschein.example"}}
		}, "/content/contact/email"},
		"nowhere": {saying("Unser Haus liegt im Grünen, mit viel Sonnenschein."), ""},
	} {
		want := []string{"warning anonymous_names_employer " + c.pointer}
		if c.pointer == "" {
			want = nil
		}
		if got := told(clean(anonymous, c.change)); !slices.Equal(got, want) {
			t.Errorf("%s: %q", name, got)
		}
		if got := told(clean(c.change)); got != nil {
			t.Errorf("%s of an ad that is not anonymous: %q", name, got)
		}
	}
}

func TestTheDayFromWhichTheBAWouldRefuseIsAnnounced(t *testing.T) {
	t.Parallel()
	ends := firstDay.AddDays(30)
	fixed := func(c *posting.Content) { c.Contract = &posting.Contract{Term: posting.FixedTerm, Until: &ends} }
	for name, c := range map[string]struct {
		content posting.Content
		want    string
	}{
		"a term ends while the ad is wanted": {clean(fixed), "FLR_JCValid_153 2026-12-25"},
		"a term ends while an ad without end is wanted": {
			clean(fixed, func(c *posting.Content) { c.Publication.Until = nil }), "FLR_JCValid_153 2026-12-25",
		},
		"the ad ends with the term": {clean(fixed, func(c *posting.Content) { c.Publication.Until = &ends }), ""},
		"a term that ends later":    {clean(fixed, func(c *posting.Content) { ends := firstDay.AddDays(90); c.Contract.Until = &ends }), ""},
	} {
		var announced []string
		for _, f := range posting.Check(&c.content, firstDay, hrbaxml.P82()) {
			if day, there := f.Args["day"]; there && f.Severity == posting.Warning && f.Args["reason"] != (text.Text{}) {
				announced = append(announced, fmt.Sprintf("%s %s", f.Code, day))
			} else if f.Code != "no_end" {
				t.Errorf("%s: %+v", name, f)
			}
		}
		if strings.Join(announced, ", ") != c.want {
			t.Errorf("%s: announced %q", name, announced)
		}
	}
}

func TestGroupsOfAnotherEmploymentTypeAreRefused(t *testing.T) {
	t.Parallel()
	// A course of study, which is not among the built-in occupations; a first degree, which is, on the layer above courses; a training.
	const course, degree, training = 27677, 93646, 588
	study := func(education posting.Education, course, occupation int) func(*posting.Content) {
		return func(c *posting.Content) {
			c.EmploymentType, c.Occupation.ID = posting.Apprenticeship, occupation
			c.WorkingTime = &posting.WorkingTime{Models: []posting.WorkingTimeModel{posting.FullTime}}
			c.Apprenticeship = &posting.Apprentice{Education: education, Course: &course}
		}
	}
	const later = "warning not_in_release /content/apprenticeship/education,warning not_in_release /content/apprenticeship/course"
	for name, c := range map[string]struct {
		change func(*posting.Content)
		want   string
	}{
		"an apprenticeship's terms in a job": {
			func(c *posting.Content) { c.Apprenticeship = &posting.Apprentice{NotAuthorised: true} }, "error other_employment_type /content/apprenticeship",
		},
		"of which a rule says it already": {
			func(c *posting.Content) { c.Apprenticeship = &posting.Apprentice{Housing: new(true)} }, "error FLR_JCValid_110 /content/apprenticeship/housing",
		},
		"an artist's terms in a job": {func(c *posting.Content) { c.Artist = &posting.ArtistTerms{} }, "error other_employment_type /content/artist"},
		"a daily rate in a job": {
			func(c *posting.Content) { c.Artist = &posting.ArtistTerms{DailyRate: posting.RateUpTo299} }, "error FLR_JCValid_132 /content/artist/daily_rate",
		},
		"a course":                         {study(posting.EducationDualStudy, course, training), later},
		"a course without dual study":      {study(posting.EducationApprenticeship, course, training), "error course_without_dual_study /content/apprenticeship/course," + later},
		"a course that is a training":      {study(posting.EducationDualStudy, training, training), "error not_a_course /content/apprenticeship/course," + later},
		"a degree that is no course":       {study(posting.EducationDualStudy, degree, training), "error not_a_course /content/apprenticeship/course," + later},
		"a degree named as the occupation": {study(posting.EducationDualStudy, course, degree), "error course_as_occupation /content/occupation/id," + later},
	} {
		if got := strings.Join(told(clean(c.change)), ","); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
