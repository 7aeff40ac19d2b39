package hrbaxml

import "testing"

// TestANewReleaseIsAChangeOfData makes a release with a longer title and a text that must be there.
func TestANewReleaseIsAChangeOfData(t *testing.T) {
	t.Parallel()
	const job = "/HRBAXMLJobPositionPosting/Data/JobPositionPosting/JobPositionInformation/"
	p99 := compile(document(), releaseDecl{name: "P99", last: genP82, changes: []change{
		{path: job + "JobPositionTitleDescription", occurs: optional, value: text(0, 80)},
		{path: job + "Objective", occurs: once, value: text(30, 4000)},
	}})

	title, objective := p99.Element(JobPositionTitleDescription), p99.Element(Objective)

	if title.Value.MaxLength != 80 || objective.Min != 1 || objective.Value.MinLength != 30 {
		t.Errorf("got %+v and %+v", title, objective)
	}
	if P82().Element(JobPositionTitleDescription).Value.MaxLength != 60 || p99.Element(Course) != nil {
		t.Error("the releases are not apart")
	}
	missing := false
	for _, v := range CheckAd(Ad{{ID: JobPositionTitleCode, Text: "134833"}}, p99) {
		missing = missing || v.Reason == MissingElement && v.ID == Objective
	}
	if !missing {
		t.Error("nobody misses the text")
	}
}

func TestConstantsAreReadable(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ stem, name, want string }{
		{"", "Boxnumber", "Boxnumber"},
		{"HiringOrg", "HiringOrgId", "HiringOrgID"},
		{"HiringOrg", "ProfileWebSite", "HiringOrgProfileWebSite"},
		{"JobPositionTitle", "TitleCode", "JobPositionTitleCode"},
		{"HardSkill", "SkillName", "HardSkillName"},
		{"Location", "Location", "LocationLocation"},
		{"Interview", "InterviewDate", "InterviewDate"},
	} {
		if got := constant(test.stem, test.name); got != test.want {
			t.Errorf("%s in %s is called %s, want %s", test.name, test.stem, got, test.want)
		}
	}
}
