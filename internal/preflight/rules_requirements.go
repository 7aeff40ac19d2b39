package preflight

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// minText is the least number of characters of an ad's text, without blanks around it.
const minText = 30

// anyDegree is the EduDegree of those to whom it does not matter.
const anyDegree = 15

// The levels of Leadership: none, and the least and the most of a manager.
const (
	noLeadership    = 1
	leastLeadership = 2
	mostLeadership  = 6
)

// requirementRules are about the ad's text and what applicants should bring.
var requirementRules = []Rule{
	{
		Code: "FLR_JCValid_166", Elements: []hrbaxml.ID{hrbaxml.Objective},
		Condition:   "Objective is missing, or has fewer than 30 characters without blanks around it",
		Explanation: say("Der Anzeigentext ist kürzer als 30 Zeichen.", "The ad's text is shorter than 30 characters."),
		Fix:         say("Beschreiben Sie die Stelle ausführlicher.", "Describe the job in more words."),
		check: func(x *exam) {
			// As many bytes as that are as many characters at most.
			words := strings.TrimSpace(x.get(hrbaxml.Objective))
			if len(words) < minText*utf8.UTFMax && utf8.RuneCountInString(words) < minText {
				x.note(Error, hrbaxml.Objective, x.place(hrbaxml.Objective), x.rule.Explanation, "")
			}
		},
	},
	{
		Code: "FLR_ValidFlam_001", Offline: Never, Elements: []hrbaxml.ID{hrbaxml.Objective, hrbaxml.JobPositionTitleDescription},
		Condition:   "the text has a word of the BA's list of offensive or discriminating words, which is not public",
		Explanation: say("Der Text enthält ein Wort, das die BA als beleidigend oder diskriminierend führt.", "The text has a word that the BA lists as offensive or discriminating."),
		Fix:         say("Suchen Sie das Wort nach dem Text der BA und schreiben Sie den Satz um.", "Find the word by the BA's own text, and rewrite the sentence."),
	},
	{
		Code: "FLR_JCValid_030", Offline: Partly, Elements: []hrbaxml.ID{hrbaxml.HardSkillName},
		Condition:   "SkillName is no skill of the catalogue",
		Explanation: say("Diese Kenntnis gibt es im Verzeichnis der BA nicht.", "The BA's catalogue has no such skill."),
		Fix:         say("Wählen Sie eine Kenntnis aus dem Verzeichnis; Sprachen, Lizenzen und Führerscheine haben eigene Felder.", "Choose a skill of the catalogue; languages, licences and driving licences have fields of their own."),
		check: func(x *exam) {
			for i := x.first(hrbaxml.HardSkillName); i >= 0; i = x.next(i) {
				id, ok := numberOf(x.ad[i].Text)
				_, known := x.facts.Skills.Skill(id)
				if !ok || listedIDs().others(id) || x.facts.Skills != nil && !known {
					x.refuseAt(i)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_100", Elements: []hrbaxml.ID{hrbaxml.LicenceName},
		Condition:   "LicenceName is no licence of the catalogue",
		Explanation: say("Diese Lizenz gibt es im Verzeichnis der BA nicht.", "The BA's catalogue has no such licence."),
		Fix:         say("Wählen Sie eine aus dem Verzeichnis der Lizenzen.", "Choose one of the catalogue of licences."),
		check:       func(x *exam) { x.refuseUnknown(hrbaxml.LicenceName, listedIDs().licences) },
	},
	{
		Code: "FLR_JCValid_101", Elements: []hrbaxml.ID{hrbaxml.LanguageName},
		Condition:   "LanguageName is no language of the catalogue",
		Explanation: say("Diese Sprache gibt es im Verzeichnis der BA nicht.", "The BA's catalogue has no such language."),
		Fix:         say("Wählen Sie eine aus dem Verzeichnis der Sprachen.", "Choose one of the catalogue of languages."),
		check:       func(x *exam) { x.refuseUnknown(hrbaxml.LanguageName, listedIDs().languages) },
	},
	{
		Code: "FLR_JCValid_102", Elements: []hrbaxml.ID{hrbaxml.DrivingLicenceName},
		Condition:   "DrivingLicenceName is no driving licence of the catalogue",
		Explanation: say("Diesen Führerschein gibt es im Verzeichnis der BA nicht.", "The BA's catalogue has no such driving licence."),
		Fix:         say("Wählen Sie einen aus dem Verzeichnis der Führerscheine.", "Choose one of the catalogue of driving licences."),
		check:       func(x *exam) { x.refuseUnknown(hrbaxml.DrivingLicenceName, listedIDs().drivingLicences) },
	},
	{
		Code: "FLR_JCValid_137", Offline: Partly, Elements: []hrbaxml.ID{hrbaxml.HardSkillName, hrbaxml.JobOfferType},
		Condition:   "an artist's skill (kuenstler) with a JobOfferType other than 2, 34, 40",
		Explanation: say("Künstlerische Kenntnisse gibt es nur bei Künstlern, Selbständigen und Praktika.", "Artists' skills are for artists, self-employed work and internships only."),
		Fix:         say("Nehmen Sie diese Kenntnis heraus.", "Take this skill out."),
		check: func(x *exam) {
			for i := x.first(hrbaxml.HardSkillName); i >= 0 && !x.isOffer(selfEmployed, internship, artist); i = x.next(i) {
				id, _ := numberOf(x.ad[i].Text)
				if skill, known := x.facts.Skills.Skill(id); known && skill.Artist {
					x.refuseAt(i)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_052", Elements: []hrbaxml.ID{hrbaxml.EduDegreeRequired, hrbaxml.JobOfferType},
		Condition:   "EduDegreeRequired with a JobOfferType other than 4",
		Explanation: say("Ob ein Schulabschluss genau oder mindestens verlangt ist, sagen nur Ausbildungen.", "Only apprenticeships say whether a school certificate is meant exactly or at least."),
		Fix:         say("Lassen Sie die Angabe weg.", "Leave it out."),
		check:       func(x *exam) { x.refuseUnless(hrbaxml.EduDegreeRequired, apprenticeship) },
	},
	{
		Code: "FLR_JCValid_053", Elements: []hrbaxml.ID{hrbaxml.EduDegreeRequired, hrbaxml.EduDegree},
		Condition:   "EduDegreeRequired with EduDegree 15",
		Explanation: say("Ein Schulabschluss, auf den es nicht ankommt, ist weder genau noch mindestens verlangt.", "A school certificate that does not matter is required neither exactly nor at least."),
		Fix:         say("Nennen Sie einen Abschluss, oder lassen Sie „genau“ oder „mindestens“ weg.", "Name a certificate, or leave “exactly” or “at least” out."),
		check: func(x *exam) {
			if x.has(hrbaxml.EduDegreeRequired) && x.is(hrbaxml.EduDegree, anyDegree) {
				x.refuse(hrbaxml.EduDegreeRequired)
			}
		},
	},
	{
		Code: "FLR_JCValid_055", Elements: []hrbaxml.ID{
			hrbaxml.SchoolSubjectGerman, hrbaxml.SchoolSubjectEnglish, hrbaxml.SchoolSubjectMaths, hrbaxml.SchoolOtherSubjects, hrbaxml.JobOfferType,
		},
		Condition:   "School with a JobOfferType other than 4",
		Explanation: say("Schulnoten verlangen nur Ausbildungen.", "Only apprenticeships ask for school grades."),
		Fix:         say("Lassen Sie die Noten weg.", "Leave the grades out."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements[:4] {
				x.refuseUnless(id, apprenticeship)
			}
		},
	},
	{
		Code: "FLR_JCValid_089", Elements: []hrbaxml.ID{hrbaxml.ProfessionalExperience, hrbaxml.JobOfferType},
		Condition:   "ProfessionalExperience with a JobOfferType other than 1, 2, 36, 37, 38, 40",
		Explanation: say("Ausbildungen und Praktika verlangen keine Berufserfahrung.", "Apprenticeships and internships ask for no professional experience."),
		Fix:         say("Lassen Sie die Berufserfahrung weg.", "Leave the experience out."),
		check: func(x *exam) {
			x.refuseUnless(hrbaxml.ProfessionalExperience, job, selfEmployed, skilledWorker, manager, helper, artist)
		},
	},
	{
		Code: "FLR_JCValid_103", Elements: []hrbaxml.ID{hrbaxml.Leadership, hrbaxml.JobOfferType},
		Condition:   "Leadership with a JobOfferType other than 1, 37, 40",
		Explanation: say("Diese Art von Stelle nennt keine Führungsebene.", "This type of employment names no level of management."),
		Fix:         say("Lassen Sie die Führungsebene weg, oder wählen Sie die Art „Führungskraft“.", "Leave the level out, or choose the type “manager”."),
		check:       func(x *exam) { x.refuseUnless(hrbaxml.Leadership, job, manager, artist) },
	},
	{
		Code: "FLR_JCValid_124", Elements: []hrbaxml.ID{hrbaxml.Leadership, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 37 without a Leadership of 2 to 6",
		Explanation: say("Eine Stelle für Führungskräfte muss ihre Führungsebene nennen.", "A position for managers must name its level."),
		Fix:         say("Wählen Sie eine Ebene, etwa Team oder Abteilung.", "Choose a level, such as team or department."),
		check: func(x *exam) {
			if level, _ := x.number(hrbaxml.Leadership); x.isOffer(manager) && (level < leastLeadership || level > mostLeadership) {
				x.refuse(hrbaxml.Leadership)
			}
		},
	},
	{
		Code: "FLR_JCValid_116", Elements: []hrbaxml.ID{hrbaxml.Leadership, hrbaxml.JobPositionTitleCode},
		Condition:   "a helper's occupation with a Leadership other than 1",
		Explanation: say("Zu einer Helfertätigkeit gehört keine Führungsebene.", "Helpers' work has no level of management."),
		Fix:         say("Lassen Sie die Führungsebene weg, oder wählen Sie einen anderen Beruf.", "Leave the level out, or choose another occupation."),
		check: func(x *exam) {
			i := x.first(hrbaxml.JobPositionTitleCode)
			if i < 0 || !x.has(hrbaxml.Leadership) || x.is(hrbaxml.Leadership, noLeadership) {
				return
			}
			if o, known := x.occupation(i); known && o.Helper() {
				x.refuse(hrbaxml.Leadership)
			}
		},
	},
	{
		Code: "FLR_JCValid_115", Elements: []hrbaxml.ID{
			hrbaxml.ManagementLeadershipType, hrbaxml.ManagementAuthority, hrbaxml.ManagementLeadershipEx, hrbaxml.ManagementBudgetResp,
			hrbaxml.ManagementEmployeeResp, hrbaxml.JobOfferType,
		},
		Condition:   "ManagementQualifs with a JobOfferType other than 1, 2, 36, 37, 38, 40",
		Explanation: say("Ausbildungen und Praktika verlangen keine Führungserfahrung.", "Apprenticeships and internships ask for no experience in management."),
		Fix:         say("Lassen Sie die Angaben zur Führung weg.", "Leave what is said of management out."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements[:5] {
				x.refuseUnless(id, job, selfEmployed, skilledWorker, manager, helper, artist)
			}
		},
	},
	{
		Code: "FLR_JCValid_106", Elements: []hrbaxml.ID{hrbaxml.Handicap, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 2 with Handicap",
		Explanation: say("Selbständige Arbeit sagt nicht, ob sie für Menschen mit Behinderung gedacht ist.", "Self-employed work does not say whether it is meant for people with disabilities."),
		Fix:         say("Lassen Sie die Angabe weg.", "Leave it out."),
		check: func(x *exam) {
			if x.isOffer(selfEmployed) && x.has(hrbaxml.Handicap) {
				x.refuse(hrbaxml.Handicap)
			}
		},
	},
}

// listed are the ids of the catalogues that are complete here.
type listed struct{ languages, licences, drivingLicences map[int]bool }

var listedIDs = sync.OnceValue(func() listed {
	return listed{ids(catalog.Languages()), ids(catalog.Licences()), ids(catalog.DrivingLicences())}
})

// others reports whether an id is that of something which is no skill.
func (l listed) others(id int) bool {
	return l.languages[id] || l.licences[id] || l.drivingLicences[id]
}

func ids(entries []catalog.Entry) map[int]bool {
	known := make(map[int]bool, len(entries))
	for _, e := range entries {
		known[e.ID] = true
	}
	return known
}

// refuseUnknown refuses the elements whose id is not in a list.
func (x *exam) refuseUnknown(element hrbaxml.ID, known map[int]bool) {
	for i := x.first(element); i >= 0; i = x.next(i) {
		if id, ok := numberOf(x.ad[i].Text); !ok || !known[id] {
			x.refuseAt(i)
		}
	}
}
