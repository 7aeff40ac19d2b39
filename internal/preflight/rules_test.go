package preflight_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
)

// edit changes an ad.
type edit func(hrbaxml.Ad) hrbaxml.Ad

// set gives an element that stands once a text, at its place in the order of the schema.
func set(id hrbaxml.ID, text string) edit {
	return func(ad hrbaxml.Ad) hrbaxml.Ad {
		for i := range ad {
			if ad[i].ID == id {
				ad[i].Text = text
				return ad
			}
		}
		return add(hrbaxml.Node{ID: id, Text: text})(ad)
	}
}

// drop takes elements out, wherever they stand.
func drop(ids ...hrbaxml.ID) edit {
	return func(ad hrbaxml.Ad) hrbaxml.Ad {
		return slices.DeleteFunc(ad, func(n hrbaxml.Node) bool { return slices.Contains(ids, n.ID) })
	}
}

// add puts nodes before everything that must follow the last of them.
func add(nodes ...hrbaxml.Node) edit {
	return func(ad hrbaxml.Ad) hrbaxml.Ad {
		last := slices.MaxFunc(nodes, func(a, b hrbaxml.Node) int { return cmp.Compare(a.ID, b.ID) }).ID
		at := slices.IndexFunc(ad, func(n hrbaxml.Node) bool { return n.ID > last })
		if at < 0 {
			at = len(ad)
		}
		return slices.Insert(ad, at, nodes...)
	}
}

// place is one more place of work.
func place(country, postalCode, region, town string) edit {
	nodes := []hrbaxml.Node{{ID: hrbaxml.Location}}
	for _, n := range []hrbaxml.Node{
		{ID: hrbaxml.LocationCountryCode, Text: country},
		{ID: hrbaxml.LocationPostalCode, Text: postalCode},
		{ID: hrbaxml.LocationRegion, Text: region},
		{ID: hrbaxml.LocationMunicipality, Text: town},
	} {
		if n.Text != "" {
			nodes = append(nodes, n)
		}
	}
	return add(nodes...)
}

// noPlaces takes out all places of work.
func noPlaces() edit {
	return drop(hrbaxml.Location, hrbaxml.LocationCountryCode, hrbaxml.LocationPostalCode, hrbaxml.LocationRegion, hrbaxml.LocationMunicipality)
}

// pair adds a group of two values, such as a licence and its level.
func pair(group hrbaxml.ID, name, level string) edit {
	return add(hrbaxml.Node{ID: group}, hrbaxml.Node{ID: group + 1, Text: name}, hrbaxml.Node{ID: group + 2, Text: level})
}

// training adds a required training.
func training(id string) edit {
	return add(hrbaxml.Node{ID: hrbaxml.ProfessionalTraining}, hrbaxml.Node{ID: hrbaxml.ProfessionalTrainingTitleCode, Text: id})
}

// alternative adds another occupation.
func alternative(id string) edit {
	return add(hrbaxml.Node{ID: hrbaxml.AlternativeJobPositionTitle}, hrbaxml.Node{ID: hrbaxml.AlternativeJobPositionTitleCode, Text: id})
}

// ways replaces the ways to apply.
func ways(kinds ...string) edit {
	return func(ad hrbaxml.Ad) hrbaxml.Ad {
		ad = drop(hrbaxml.KindOfApplication)(ad)
		for _, kind := range kinds {
			ad = add(hrbaxml.Node{ID: hrbaxml.KindOfApplication, Text: kind})(ad)
		}
		return ad
	}
}

// goodNodes is an ad for a skilled worker that breaks no rule today.
func goodNodes() hrbaxml.Ad {
	return hrbaxml.Ad{
		{ID: hrbaxml.PostingID, Text: "99001-0A1B2C-S"},
		{ID: hrbaxml.HiringOrgName, Text: "Muster Pflege gGmbH"},
		{ID: hrbaxml.HiringOrgID, Text: "A123A12345"},
		{ID: hrbaxml.HiringOrgContactFamilyName, Text: "Personalabteilung"},
		{ID: hrbaxml.PostDetailStartDate, Text: "2026-11-24"},
		{ID: hrbaxml.PostDetailEndDate, Text: "2027-01-23"},
		{ID: hrbaxml.PostDetailLastModificationDate, Text: "2026-11-24T09:12:44+01:00"},
		{ID: hrbaxml.PostDetailStatus, Text: "1"},
		{ID: hrbaxml.PostDetailAction, Text: "1"},
		{ID: hrbaxml.PostDetailSupplierID, Text: "V000123400"},
		{ID: hrbaxml.PostDetailSupplierName, Text: "Muster Pflege gGmbH"},
		{ID: hrbaxml.PostedByContactCompany, Text: "Muster Pflege gGmbH"},
		{ID: hrbaxml.PostedByContactSalutation, Text: "2"},
		{ID: hrbaxml.PostedByContactFamilyName, Text: "Beispiel"},
		{ID: hrbaxml.PostedByContactPostalAddressCountryCode, Text: "DE"},
		{ID: hrbaxml.PostedByContactPostalAddressPostalCode, Text: "90402"},
		{ID: hrbaxml.PostedByContactPostalAddressRegion, Text: "2"},
		{ID: hrbaxml.PostedByContactPostalAddressMunicipality, Text: "Nürnberg"},
		{ID: hrbaxml.PostedByContactPostalAddressStreetName, Text: "Musterstraße 1"},
		{ID: hrbaxml.PostedByContactVoiceNumberIntlCode, Text: "+49"},
		{ID: hrbaxml.PostedByContactVoiceNumberAreaCode, Text: "911"},
		{ID: hrbaxml.PostedByContactVoiceNumberTelNumber, Text: "1234567"},
		{ID: hrbaxml.PostedByContactEMail, Text: "jobs@example.org"},
		{ID: hrbaxml.PostedByContactJobContactWebSite, Text: "https://jobs.example.org/4711/apply"},
		{ID: hrbaxml.JobPositionTitleCode, Text: "1001"},
		{ID: hrbaxml.JobPositionTitleDescription, Text: "Pflegefachkraft (m/w/d)"},
		{ID: hrbaxml.JobOfferType, Text: "36"},
		{ID: hrbaxml.SocialInsurance, Text: "1"},
		{ID: hrbaxml.Objective, Text: "Sie pflegen unsere Bewohnerinnen und Bewohner."},
		{ID: hrbaxml.EducationAuthorisation, Text: "0"},
		{ID: hrbaxml.Location},
		{ID: hrbaxml.LocationCountryCode, Text: "DE"},
		{ID: hrbaxml.LocationPostalCode, Text: "90402"},
		{ID: hrbaxml.LocationRegion, Text: "2"},
		{ID: hrbaxml.LocationMunicipality, Text: "Nürnberg"},
		{ID: hrbaxml.KindOfApplication, Text: "3"},
		{ID: hrbaxml.NumberToFill, Text: "1"},
		{ID: hrbaxml.AssignmentStartDate, Text: "2026-12-24"},
	}
}

// The other kinds of employment, as changes of the good ad.
var (
	aJob          = set(hrbaxml.JobOfferType, "1")
	anIntern      = set(hrbaxml.JobOfferType, "34")
	selfEmployed  = set(hrbaxml.JobOfferType, "2")
	anApprentice  = all(set(hrbaxml.JobOfferType, "4"), set(hrbaxml.JobPositionTitleCode, "1005"), set(hrbaxml.ScheduleWorkingPlan, "1"))
	aManager      = all(set(hrbaxml.JobOfferType, "37"), set(hrbaxml.Leadership, "3"))
	aHelper       = all(set(hrbaxml.JobOfferType, "38"), set(hrbaxml.JobPositionTitleCode, "1002"))
	anArtist      = all(set(hrbaxml.JobOfferType, "40"), set(hrbaxml.JobPositionTitleCode, "1006"))
	supervised    = all(set(hrbaxml.PostDetailSupervisionDesired, "1"), set(hrbaxml.CompensationSalary, "3.600 EUR"))
	fixedTerm     = all(set(hrbaxml.DurationTermDate, "2028-11-24"), set(hrbaxml.DurationTemporaryOrRegular, "1"))
	anUpdate      = set(hrbaxml.PostDetailAction, "2")
	theSamePlace  = place("DE", "90402", "2", "Nürnberg")
	anotherPlace  = place("DE", "20095", "6", "Hamburg")
	aStreet       = set(hrbaxml.LocationStreetName, "Musterstraße 1")
	internally    = set(hrbaxml.CompensationInternalCompensation, "ab 3.600 EUR")
	payInternally = all(supervised, drop(hrbaxml.CompensationSalary), internally)
)

// all makes one change of several.
func all(edits ...edit) edit {
	return func(ad hrbaxml.Ad) hrbaxml.Ad {
		for _, change := range edits {
			ad = change(ad)
		}
		return ad
	}
}

// ruleCase is an ad that passes a rule, or breaks it and no other.
type ruleCase struct {
	name  string
	edit  edit
	facts func(*preflight.Facts)
	// beyond says that the schema does not permit the ad either, so that only a posting or another program can hold it.
	beyond bool
}

func ok(name string, edits ...edit) ruleCase { return ruleCase{name: name, edit: all(edits...)} }

// knowing adds facts to a case.
func (c ruleCase) knowing(facts func(*preflight.Facts)) ruleCase {
	c.facts = facts
	return c
}

func (c ruleCase) beyondSchema() ruleCase {
	c.beyond = true
	return c
}

// has makes what the BA has of the ad.
func has(state preflight.CopyState) func(*preflight.Facts) {
	return func(f *preflight.Facts) {
		f.Copy = preflight.Copy{State: state, JobOfferType: "36", HiringOrgID: "A123A12345", Modified: time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)}
	}
}

func alliance(f *preflight.Facts) { f.Alliance = "99001" }

// skills knows a skill (60101) and an artist's (60999).
func skills(t *testing.T) func(*preflight.Facts) {
	t.Helper()
	list := skillList(t)
	return func(f *preflight.Facts) { f.Skills = list }
}

// TestRules has for each rule ads that keep it and ads that break it and nothing else, by the BA's list of validations. With -v it prints them
// as a table.
func TestRules(t *testing.T) {
	t.Parallel()
	cases := ruleCases(t)
	for _, rule := range preflight.Rules() {
		got, there := cases[rule.Code]
		delete(cases, rule.Code)
		switch {
		case rule.Level == preflight.OfFile:
			// TestRulesOfFiles has these.
		case rule.Offline == preflight.Never && there:
			t.Errorf("%s is said to be known to the BA alone", rule.Code)
		case rule.Offline != preflight.Never && (len(got.pass) == 0 || len(got.breaks) == 0):
			t.Errorf("%s has no cases", rule.Code)
		}
		for _, c := range got.pass {
			c.expect(t, rule.Code, nil)
		}
		for _, c := range got.breaks {
			c.expect(t, rule.Code, []string{rule.Code})
		}
		if there {
			t.Logf("| %s | %s | %s |", rule.Code, names(got.pass), names(got.breaks))
		}
	}
	for code := range cases {
		t.Errorf("no rule has the code %s", code)
	}
}

func names(cases []ruleCase) string {
	all := make([]string, len(cases))
	for i, c := range cases {
		all[i] = c.name
	}
	return strings.Join(all, "; ")
}

// expect judges the ad of a case.
func (c ruleCase) expect(t *testing.T, rule string, want []string) {
	t.Helper()
	ad := c.edit(slices.Clone(goodNodes()))
	facts := preflight.Facts{Today: today, Catalog: smallCatalog(t), Supplier: "V000123400"}
	if c.facts != nil {
		c.facts(&facts)
	}
	var got []string
	for _, b := range preflight.Ad(ad, facts) {
		if !slices.Contains(got, b.Rule.Code) {
			got = append(got, b.Rule.Code)
		}
		if b.Severity != preflight.Error || b.Path == "" || b.Text.Empty() {
			t.Errorf("%s: %s: %+v", rule, c.name, b)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: %s: breaks %q, want %q", rule, c.name, got, want)
	}
	if wrong := hrbaxml.CheckAd(ad, hrbaxml.P82()); (len(wrong) > 0) != c.beyond {
		t.Errorf("%s: %s: against the schema: %v", rule, c.name, wrong)
	}
}

func TestRulesOfFiles(t *testing.T) {
	t.Parallel()
	for _, rule := range preflight.Rules() {
		if rule.Level != preflight.OfFile {
			continue
		}
		broken := map[string]string{hrbaxml.CodeBlank: " \n", hrbaxml.CodeStructure: "<ads/>"}[rule.Code]
		if got := inspectFile(t, goodName, broken); broken == "" || got.Errors != 1 || got.Findings[0].Code != rule.Code {
			t.Errorf("%s: %+v", rule.Code, got)
		}
	}
	if got := inspectFile(t, goodName, goodFile); !got.Valid() {
		t.Errorf("a good file: %+v", got)
	}
}

func TestTheRulesAreThe103OfTheBA(t *testing.T) {
	t.Parallel()
	count := map[preflight.Offline]int{}
	seen := map[string]bool{}
	for _, rule := range preflight.Rules() {
		if seen[rule.Code] || !strings.HasPrefix(rule.Code, "FLR_") {
			t.Errorf("%s stands twice, or is no code", rule.Code)
		}
		seen[rule.Code] = true
		if rule.Explanation.Empty() || rule.Fix.Empty() || rule.Outcome.Words().Empty() || rule.Topic.Words().Empty() || rule.Condition == "" || len(rule.Elements) == 0 {
			t.Errorf("%s is not explained whole", rule.Code)
		}
		for _, words := range []string{rule.Explanation.DE, rule.Explanation.EN, rule.Fix.DE, rule.Fix.EN} {
			if !strings.HasSuffix(words, ".") {
				t.Errorf("%s: %q is no sentence", rule.Code, words)
			}
		}
		if rule.Topic != preflight.Structure {
			count[rule.Offline]++
		}
	}
	if all := count[preflight.Fully] + count[preflight.Partly] + count[preflight.Never]; all != 103 {
		t.Errorf("there are %d rules", all)
	}
	t.Logf("checked whole %d, in part %d, known to the BA alone %d", count[preflight.Fully], count[preflight.Partly], count[preflight.Never])
}

func TestCodesAreKnownByTheirOldPrefix(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"FLR_JCValid_033": "FLR_JCValid_033", "APPS_JCValid_033": "FLR_JCValid_033", "APPS_DataStore_130": "FLR_DataStore_130", "FLR_JCValid_031": "", "033": "", "": "",
	} {
		got := ""
		if rule, found := preflight.ByCode(code); found {
			got = rule.Code
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", code, got, want)
		}
	}
	if got := preflight.Code("FLR_Neu_1"); got != "FLR_Neu_1" {
		t.Errorf("an unknown code became %q", got)
	}
}

// skillList is a small catalogue of skills.
func skillList(t *testing.T) *catalog.Skills {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	file, err := w.Create("kompetenzen.xml")
	if err == nil {
		_, err = file.Write([]byte(`<kompetenzen><kompmerkmal id="60101"/><kompmerkmal id="60999"><kuenstler>j</kuenstler></kompmerkmal></kompetenzen>`))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	list, err := catalog.ReadSkills(bytes.NewReader(archive.Bytes()), int64(archive.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return list
}
