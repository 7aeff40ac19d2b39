package preflight_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func occupationCases() map[string]casesOfRule {
	titled := func(id string) edit { return set(hrbaxml.JobPositionTitleCode, id) }
	return map[string]casesOfRule{
		"183": {pass: []ruleCase{ok("there")}, breaks: []ruleCase{ok("none", drop(hrbaxml.JobPositionTitleCode)).beyondSchema()}},
		"042": {
			pass:   []ruleCase{ok("leading zeros", titled("0001001"))},
			breaks: []ruleCase{ok("unknown", titled("9999")), ok("a training", training("9998")), ok("an alternative", alternative("9997"))},
		},
		"164": {pass: []ruleCase{ok("in force")}, breaks: []ruleCase{ok("withdrawn", titled("1004"))}},
		"036": {
			pass:   []ruleCase{ok("a job", aJob), ok("a helping job", aJob, titled("1002")), ok("an internship", anIntern)},
			breaks: []ruleCase{ok("a job", aJob, titled("1005")), ok("an internship", anIntern, titled("1005")), ok("an alternative", aJob, alternative("1005"))},
		},
		"127": {pass: []ruleCase{ok("an activity", selfEmployed)}, breaks: []ruleCase{ok("a training", selfEmployed, titled("1005"))}},
		"126": {
			pass:   []ruleCase{ok("skilled"), ok("managing", aManager)},
			breaks: []ruleCase{ok("a training", titled("1005")), ok("a helper's", titled("1002")), ok("an alternative", alternative("1002"))},
		},
		"125": {pass: []ruleCase{ok("a helper's", aHelper)}, breaks: []ruleCase{ok("skilled", aHelper, titled("1001"))}},
		"039": {
			pass:   []ruleCase{ok("a training", anApprentice)},
			breaks: []ruleCase{ok("an activity", anApprentice, titled("1001")), ok("a required activity", anApprentice, training("1001"))},
		},
		"041": {pass: []ruleCase{ok("skilled", alternative("1008")), ok("none", anApprentice)}, breaks: []ruleCase{ok("an apprenticeship", anApprentice, alternative("1003"))}},
		"180": {pass: []ruleCase{ok("none")}, breaks: []ruleCase{ok("the same", alternative("1001")), ok("with zeros", alternative("0001001"))}},
		"133": {pass: []ruleCase{ok("an artist's", anArtist)}, breaks: []ruleCase{ok("a nurse's", anArtist, titled("1001"))}},
		"135": {
			pass:   []ruleCase{ok("a nurse's"), ok("an intern", anIntern, titled("1006"))},
			breaks: []ruleCase{ok("a job", aJob, titled("1006")), ok("skilled", titled("1006")), ok("managing", aManager, titled("1006"))},
		},
		"176": {pass: []ruleCase{ok("a training", training("1005"))}, breaks: []ruleCase{ok("an activity", training("1001"))}},
		"158": {pass: []ruleCase{ok("described", training("1005"))}, breaks: []ruleCase{ok("only encoded", training("1007"))}},
		"178": {pass: []ruleCase{ok("known", selfEmployed)}, breaks: []ruleCase{
			ok("internal", set(hrbaxml.JobOfferType, "13")).beyondSchema(), ok("none", drop(hrbaxml.JobOfferType)).beyondSchema(),
		}},
	}
}

func workCases() map[string]casesOfRule {
	const length, take = hrbaxml.DurationTermLength, hrbaxml.DurationTakeOver
	plan := func(code string) edit {
		return all(drop(hrbaxml.ScheduleWorkingPlan), set(hrbaxml.ScheduleWorkingPlan, code))
	}
	hours := func(n string) ruleCase { return ok(n, set(hrbaxml.ScheduleHoursPerWeek, n)) }
	kind := func(code string) edit { return set(hrbaxml.DurationTemporaryOrRegular, code) }
	uninsured, mini := drop(hrbaxml.SocialInsurance), all(set(hrbaxml.SocialInsurance, "0"), set(hrbaxml.MiniJob, "1"))
	return map[string]casesOfRule{
		"142": {pass: []ruleCase{ok("there", anApprentice), ok("a job")}, breaks: []ruleCase{ok("none", anApprentice, drop(hrbaxml.ScheduleWorkingPlan))}},
		"060": {
			pass:   []ruleCase{ok("mornings", anApprentice, plan("7")), ok("a job by night", plan("5"))},
			breaks: []ruleCase{ok("night", anApprentice, plan("5")), ok("home", anApprentice, plan("11"))},
		},
		"179": {
			pass:   []ruleCase{hours("1"), hours("48"), hours("38.50"), hours("48.000")},
			breaks: []ruleCase{hours("0.5").beyondSchema(), hours("48.01").beyondSchema(), hours("38.555").beyondSchema()},
		},
		"032": {
			pass: []ruleCase{
				ok("a last day", fixedTerm), ok("a length", kind("1"), set(length, "12")), ok("permanent", kind("2")), ok("with a takeover", fixedTerm, set(take, "1")),
			},
			breaks: []ruleCase{
				ok("both", fixedTerm, set(length, "12")), ok("neither", kind("1")), ok("permanent with an end", fixedTerm, kind("2")),
				ok("either with a length", kind("3"), set(length, "12")), ok("either with a takeover", kind("3"), set(take, "1")),
			},
		},
		"181": {
			pass:   []ruleCase{ok("120 months", kind("1"), set(length, "120"))},
			breaks: []ruleCase{ok("121 months", kind("1"), set(length, "121")).beyondSchema(), ok("no month", kind("1"), set(length, "0")).beyondSchema()},
		},
		"140": {
			pass:   []ruleCase{ok("none", selfEmployed), ok("a job", fixedTerm)},
			breaks: []ruleCase{ok("a term", selfEmployed, fixedTerm), ok("permanent", selfEmployed, kind("2"))},
		},
		"111": {pass: []ruleCase{ok("a job", fixedTerm, set(take, "0"))}, breaks: []ruleCase{ok("self-employed", selfEmployed, set(take, "0"))}},
		"123": {
			pass: []ruleCase{ok("self-employed", selfEmployed, uninsured), ok("in a company", anApprentice, uninsured)},
			breaks: []ruleCase{
				ok("skilled", uninsured), ok("a job", aJob, uninsured), ok("an internship", anIntern, uninsured), ok("a helper", aHelper, uninsured),
				ok("at school", anApprentice, set(hrbaxml.JobPositionTitleCode, "1003"), uninsured),
			},
		},
		"113": {pass: []ruleCase{ok("not insured", mini)}, breaks: []ruleCase{ok("insured", mini, set(hrbaxml.SocialInsurance, "1"))}},
		"128": {
			pass:   []ruleCase{ok("skilled", mini), ok("none of an internship", anIntern, set(hrbaxml.MiniJob, "0"))},
			breaks: []ruleCase{ok("an internship", anIntern, mini), ok("self-employed", selfEmployed, mini), ok("an apprenticeship", anApprentice, mini)},
		},
	}
}

func payCases() map[string]casesOfRule {
	const (
		pay       = hrbaxml.CompensationSalary
		rate      = hrbaxml.CompensationDailyRate
		bound     = hrbaxml.CompensationEmployerPayscaleBound
		agreement = hrbaxml.CompensationCollectiveAgreement
	)
	salary := set(pay, "3.600 EUR")
	tariff := all(set(bound, "1"), set(agreement, "TVöD-P"))
	return map[string]casesOfRule{
		"130": {pass: []ruleCase{ok("a rate", anArtist, set(rate, "4")), ok("a job", salary)}, breaks: []ruleCase{ok("an artist", anArtist, salary)}},
		"132": {pass: []ruleCase{ok("an artist", anArtist, set(rate, "4"))}, breaks: []ruleCase{ok("a job", set(rate, "4"))}},
		"170": {
			pass:   []ruleCase{ok("both", tariff), ok("not bound", set(bound, "0"))},
			breaks: []ruleCase{ok("none named", set(bound, "1")), ok("blanks", set(bound, "1"), set(agreement, " "))},
		},
		"171": {pass: []ruleCase{ok("both", tariff)}, breaks: []ruleCase{ok("not bound", tariff, set(bound, "0")), ok("nothing said", set(agreement, "TVöD-P"))}},
		"172": {
			pass:   []ruleCase{ok("skilled", tariff), ok("an internship", anIntern)},
			breaks: []ruleCase{ok("an internship", anIntern, tariff), ok("self-employed", selfEmployed, set(bound, "0"))},
		},
		"173": {
			pass: []ruleCase{ok("with a placement order", supervised, internally)},
			breaks: []ruleCase{
				ok("without", internally), ok("bound", supervised, internally, tariff), ok("an internship", anIntern, supervised, internally),
			},
		},
		"185": {
			pass: []ruleCase{
				ok("a salary", supervised), ok("for placement", payInternally), ok("without an order", set(pay, "nach Vereinbarung")),
				ok("an artist's rate", anArtist, set(hrbaxml.PostDetailSupervisionDesired, "1"), set(rate, "4")),
			},
			breaks: []ruleCase{ok("no number", supervised, set(pay, "nach Vereinbarung")), ok("nothing", supervised, drop(pay))},
		},
		"110": {pass: []ruleCase{ok("an apprenticeship", anApprentice, set(hrbaxml.Housing, "0"))}, breaks: []ruleCase{ok("a job", set(hrbaxml.Housing, "0"))}},
		"050": {pass: []ruleCase{ok("one")}, breaks: []ruleCase{ok("none", set(hrbaxml.NumberToFill, "0"))}},
	}
}

func requirementCases() map[string]casesOfRule {
	const match, degree, grade, lead = hrbaxml.EduDegreeRequired, hrbaxml.EduDegree, hrbaxml.SchoolSubjectGerman, hrbaxml.Leadership
	words := func(s string) edit { return set(hrbaxml.Objective, s) }
	return map[string]casesOfRule{
		"166": {
			pass: []ruleCase{ok("30 characters", words(strings.Repeat("ä", 30)))},
			breaks: []ruleCase{
				ok("29 characters", words(strings.Repeat("ä", 29))), ok("blanks around", words("  "+strings.Repeat("a", 29)+"\n\n")), ok("none", drop(hrbaxml.Objective)),
			},
		},
		"052": {pass: []ruleCase{ok("an apprenticeship", anApprentice, set(match, "2"), set(degree, "3"))}, breaks: []ruleCase{ok("a job", set(match, "2"), set(degree, "3"))}},
		"053": {
			pass:   []ruleCase{ok("a certificate", anApprentice, set(match, "1"), set(degree, "3"))},
			breaks: []ruleCase{ok("any", anApprentice, set(match, "1"), set(degree, "15"))},
		},
		"055": {
			pass:   []ruleCase{ok("an apprenticeship", anApprentice, set(grade, "3"))},
			breaks: []ruleCase{ok("a job", set(grade, "3")), ok("other subjects", anIntern, set(hrbaxml.SchoolOtherSubjects, "Biologie 2"))},
		},
		"089": {
			pass: []ruleCase{ok("skilled", set(hrbaxml.ProfessionalExperience, "2"))},
			breaks: []ruleCase{
				ok("an apprenticeship", anApprentice, set(hrbaxml.ProfessionalExperience, "1")),
				ok("an internship", anIntern, set(hrbaxml.ProfessionalExperience, "1")),
			},
		},
		"103": {
			pass:   []ruleCase{ok("managing", aManager), ok("a job", aJob, set(lead, "3")), ok("an artist", anArtist, set(lead, "3"))},
			breaks: []ruleCase{ok("skilled", set(lead, "3")), ok("an apprenticeship", anApprentice, set(lead, "1"))},
		},
		"124": {
			pass:   []ruleCase{ok("a team", aManager), ok("staff", aManager, set(lead, "6"))},
			breaks: []ruleCase{ok("no leadership", aManager, set(lead, "1")), ok("nothing", aManager, drop(lead))},
		},
		"116": {
			pass:   []ruleCase{ok("none", aJob, set(hrbaxml.JobPositionTitleCode, "1002"), set(lead, "1")), ok("a skilled job", aJob, set(lead, "3"))},
			breaks: []ruleCase{ok("a helping job that leads", aJob, set(hrbaxml.JobPositionTitleCode, "1002"), set(lead, "3"))},
		},
		"115": {
			pass: []ruleCase{ok("skilled", set(hrbaxml.ManagementEmployeeResp, "1")), ok("self-employed", selfEmployed, set(hrbaxml.ManagementAuthority, "2"))},
			breaks: []ruleCase{
				ok("an apprenticeship", anApprentice, set(hrbaxml.ManagementEmployeeResp, "1")),
				ok("an internship", anIntern, set(hrbaxml.ManagementLeadershipType, "1")),
			},
		},
		"106": {pass: []ruleCase{ok("a job", set(hrbaxml.Handicap, "2"))}, breaks: []ruleCase{ok("self-employed", selfEmployed, set(hrbaxml.Handicap, "2"))}},
	}
}

func skillCases(t *testing.T) map[string]casesOfRule {
	t.Helper()
	skill := func(id string) edit { return pair(hrbaxml.HardSkill, id, "2") }
	return map[string]casesOfRule{
		"030": {
			pass: []ruleCase{ok("known", skill("60101")).knowing(skills(t)), ok("nobody knows the skills", skill("60102"))},
			breaks: []ruleCase{
				ok("unknown", skill("60102")).knowing(skills(t)), ok("a language", skill("65488")), ok("a driving licence", skill("66208")),
			},
		},
		"137": {
			pass: []ruleCase{
				ok("a skill of all", skill("60101")).knowing(skills(t)), ok("an artist", anArtist, skill("60999")).knowing(skills(t)),
				ok("an internship", anIntern, skill("60999")).knowing(skills(t)),
			},
			breaks: []ruleCase{ok("a nurse", skill("60999")).knowing(skills(t)), ok("an apprentice", anApprentice, skill("60999")).knowing(skills(t))},
		},
		"100": {
			pass:   []ruleCase{ok("known", pair(hrbaxml.Licence, licenceID(), "1"))},
			breaks: []ruleCase{ok("unknown", pair(hrbaxml.Licence, "999999", "1")), ok("a driving licence", pair(hrbaxml.Licence, "66208", "1"))},
		},
		"101": {pass: []ruleCase{ok("German", pair(hrbaxml.Language, "65488", "2"))}, breaks: []ruleCase{ok("unknown", pair(hrbaxml.Language, "1", "2"))}},
		"102": {
			pass: []ruleCase{ok("class B", pair(hrbaxml.DrivingLicence, "66208", "1"))},
			breaks: []ruleCase{
				ok("a language", pair(hrbaxml.DrivingLicence, "65488", "1")),
				ok("the second", pair(hrbaxml.DrivingLicence, "66208", "1"), pair(hrbaxml.DrivingLicence, "1", "1")),
			},
		},
	}
}

// licenceID is the id of a licence that there is.
func licenceID() string { return strconv.Itoa(catalog.Licences()[0].ID) }
