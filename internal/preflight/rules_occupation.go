package preflight

import (
	"fmt"
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// The kinds of employment (JobOfferType).
const (
	job            = 1
	selfEmployed   = 2
	apprenticeship = 4
	internship     = 34
	skilledWorker  = 36
	manager        = 37
	helper         = 38
	artist         = 40
)

// The elements that name the occupations of the job, and those that name any.
var (
	offered     = []hrbaxml.ID{hrbaxml.JobPositionTitleCode, hrbaxml.AlternativeJobPositionTitleCode}
	occupations = append(slices.Clone(offered), hrbaxml.ProfessionalTrainingTitleCode)
)

// occupationRules are about which occupations there are, and which a kind of employment takes. Of the occupations only the common ones are built
// in, so that the rules about them are judged in part unless the BA's whole catalogue is at hand. The BA gives 036 and 127 for the same
// demand on three kinds of employment; which code goes with which kind is assumed.
var occupationRules = []Rule{
	{
		Code: "FLR_JCValid_183", Elements: []hrbaxml.ID{hrbaxml.JobPositionTitleCode},
		Condition:   "no JobPositionTitle/TitleCode",
		Explanation: say("Der Beruf fehlt.", "The occupation is missing."),
		Fix:         say("Wählen Sie einen Beruf aus dem Verzeichnis.", "Choose an occupation of the catalogue."),
		check: func(x *exam) {
			if !x.has(hrbaxml.JobPositionTitleCode) {
				x.refuse(hrbaxml.JobPositionTitleCode)
			}
		},
	},
	{
		Code: "FLR_JCValid_042", Offline: Partly, Elements: occupations,
		Condition:   "TitleCode is not in the catalogue",
		Explanation: say("Diesen Beruf gibt es im Verzeichnis der BA nicht.", "The BA's catalogue has no such occupation."),
		Fix:         say("Wählen Sie einen Beruf aus dem Verzeichnis; seine Kennung ist nicht die Nummer der Klassifikation der Berufe.", "Choose an occupation of the catalogue; its id is not the number of the occupation's classification."),
		check: func(x *exam) {
			for _, element := range occupations {
				for i := x.first(element); i >= 0; i = x.next(i) {
					if _, known := x.occupation(i); known || x.facts.Catalog == nil || x.ad[i].Text == "" {
						continue
					}
					if x.facts.Catalog.Complete() {
						x.refuseAt(i)
					} else {
						x.note(Warning, x.ad[i].ID, i, say("Dieser Beruf ist nicht unter den häufigen, die Stellwerk kennt; ob es ihn gibt, zeigt erst das ganze Verzeichnis.",
							"This occupation is not among the common ones that are built in; only the whole catalogue can tell whether it exists."), quoted(x.ad[i].Text))
					}
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_164", Offline: Partly, Elements: occupations,
		Condition:   "the occupation's state (zustand) is not E",
		Explanation: say("Dieser Beruf ist aus dem Verzeichnis zurückgezogen.", "This occupation has been withdrawn from the catalogue."),
		Fix:         say("Wählen Sie einen geltenden Beruf.", "Choose one that is in force."),
		check: func(x *exam) {
			x.refuseOccupations(func(o catalog.Occupation) bool { return o.Withdrawn }, occupations)
		},
	},
	{
		Code: "FLR_JCValid_036", Offline: Partly, Elements: offered,
		Condition:   "JobOfferType 1 or 34 with an occupation that is not of typ t",
		Explanation: say("Das ist eine Ausbildung; diese Art von Stelle nennt eine Tätigkeit.", "This is a training; this type of employment names an activity."),
		Fix:         say("Wählen Sie den Beruf als Tätigkeit, oder die Art „Ausbildung“.", "Choose the occupation as an activity, or the type “apprenticeship”."),
		check: func(x *exam) {
			if x.isOffer(job, internship) {
				x.refuseOccupations(catalog.Occupation.Training, offered)
			}
		},
	},
	{
		Code: "FLR_JCValid_127", Offline: Partly, Elements: offered,
		Condition:   "JobOfferType 2 with an occupation that is not of typ t",
		Explanation: say("Das ist eine Ausbildung; selbständige Arbeit nennt eine Tätigkeit.", "This is a training; self-employed work names an activity."),
		Fix:         say("Wählen Sie den Beruf als Tätigkeit.", "Choose the occupation as an activity."),
		check: func(x *exam) {
			if x.isOffer(selfEmployed) {
				x.refuseOccupations(catalog.Occupation.Training, offered)
			}
		},
	},
	{
		Code: "FLR_JCValid_126", Offline: Partly, Elements: offered,
		Condition:   "JobOfferType 36 or 37 with a helper's occupation or one of typ a",
		Explanation: say("Fach- und Führungskräfte haben weder Helfertätigkeiten noch Ausbildungen als Beruf.", "Skilled workers and managers have neither helpers' work nor trainings as their occupation."),
		Fix:         say("Wählen Sie einen anderen Beruf, oder die Art „Helfer“.", "Choose another occupation, or the type “helper”."),
		check: func(x *exam) {
			if x.isOffer(skilledWorker, manager) {
				x.refuseOccupations(func(o catalog.Occupation) bool { return o.Training() || o.Helper() }, offered)
			}
		},
	},
	{
		Code: "FLR_JCValid_125", Offline: Partly, Elements: offered,
		Condition:   "JobOfferType 38 with an occupation that is not a helper's",
		Explanation: say("Helferstellen nennen eine Helfertätigkeit; das ist keine.", "Helpers' jobs name helpers' work, which this is not."),
		Fix:         say("Wählen Sie eine Helfertätigkeit, oder die Art „Fachkraft“.", "Choose helpers' work, or the type “skilled worker”."),
		check: func(x *exam) {
			if x.isOffer(helper) {
				x.refuseOccupations(func(o catalog.Occupation) bool { return !o.Helper() }, offered)
			}
		},
	},
	{
		Code: "FLR_JCValid_039", Offline: Partly, Elements: occupations,
		Condition:   "JobOfferType 4 with an occupation, also as a required training, that is not of typ a",
		Explanation: say("Das ist keine Ausbildung.", "This is not a training."),
		Fix:         say("Wählen Sie den Beruf als Ausbildung.", "Choose the occupation as a training."),
		check: func(x *exam) {
			if x.isOffer(apprenticeship) {
				x.refuseOccupations(func(o catalog.Occupation) bool { return !o.Training() }, occupations)
			}
		},
	},
	{
		Code: "FLR_JCValid_041", Elements: []hrbaxml.ID{hrbaxml.AlternativeJobPositionTitle, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 4 with AlternativeJobPositionTitle",
		Explanation: say("Eine Ausbildung darf keine weiteren Berufe nennen.", "An apprenticeship may name no alternative occupations."),
		Fix:         say("Nehmen Sie sie heraus; legen Sie für einen zweiten Beruf eine zweite Anzeige an.", "Take them out; create a second ad for a second occupation."),
		check: func(x *exam) {
			if i := x.first(hrbaxml.AlternativeJobPositionTitle); i >= 0 && x.isOffer(apprenticeship) {
				x.refuseAt(i)
			}
		},
	},
	{
		Code: "FLR_JCValid_180", Elements: []hrbaxml.ID{hrbaxml.AlternativeJobPositionTitleCode, hrbaxml.JobPositionTitleCode},
		Condition:   "an AlternativeJobPositionTitle is the JobPositionTitle",
		Explanation: say("Der weitere Beruf ist derselbe wie der erste.", "The alternative occupation is the same as the first."),
		Fix:         say("Nehmen Sie ihn heraus, oder wählen Sie einen anderen.", "Take it out, or choose another one."),
		check: func(x *exam) {
			main, ok := x.number(hrbaxml.JobPositionTitleCode)
			for i := x.first(hrbaxml.AlternativeJobPositionTitleCode); i >= 0; i = x.next(i) {
				if other, there := numberOf(x.ad[i].Text); ok && there && other == main {
					x.refuseAt(i)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_133", Offline: Partly, Elements: offered,
		Condition:   "JobOfferType 40 with an occupation that is no artist's (kuenstler)",
		Explanation: say("Das ist kein Beruf, den die Künstlervermittlung der BA führt.", "This is no occupation of the BA's artists' service."),
		Fix:         say("Wählen Sie einen künstlerischen Beruf, oder eine andere Art von Stelle.", "Choose an artist's occupation, or another type of employment."),
		check: func(x *exam) {
			if x.isOffer(artist) {
				x.refuseArtists(false)
			}
		},
	},
	{
		Code: "FLR_JCValid_135", Offline: Partly, Elements: offered,
		Condition:   "JobOfferType 1, 36, 37 or 38 with an artist's occupation (kuenstler)",
		Explanation: say("Künstlerische Berufe gibt es nur in Anzeigen der Art „Künstler“.", "Artists' occupations are for ads of the type “artist” only."),
		Fix:         say("Wählen Sie die Art „Künstler“, oder einen anderen Beruf.", "Choose the type “artist”, or another occupation."),
		check: func(x *exam) {
			if x.isOffer(job, skilledWorker, manager, helper) {
				x.refuseArtists(true)
			}
		},
	},
	{
		Code: "FLR_JCValid_037", Offline: Never, Elements: []hrbaxml.ID{hrbaxml.EducationAuthorisation, hrbaxml.JobPositionTitleCode},
		Condition:   "JobOfferType 4 and the employer may not train in this occupation by the BA's record",
		Explanation: say("Bei der BA ist nicht vermerkt, dass Sie in diesem Beruf ausbilden dürfen.", "The BA has no note that you may train in this occupation."),
		Fix:         say("Lassen Sie die Ausbildungsberechtigung bei Ihrem Arbeitgeber-Service nachtragen.", "Ask your local employer service to note the authorisation to train."),
	},
	{
		Code: "FLR_JCValid_176", Offline: Partly, Elements: []hrbaxml.ID{hrbaxml.ProfessionalTrainingTitleCode},
		Condition:   "a required ProfessionalTraining is not of typ a",
		Explanation: say("Die verlangte Ausbildung ist eine Tätigkeit.", "The required training is an activity."),
		Fix:         say("Wählen Sie den Beruf als Ausbildung.", "Choose the occupation as a training."),
		check: func(x *exam) {
			if !x.isOffer(apprenticeship) { // 039 says it there
				x.refuseOccupations(func(o catalog.Occupation) bool { return !o.Training() }, x.rule.Elements)
			}
		},
	},
	{
		Code: "FLR_JCValid_158", Offline: Partly, Elements: []hrbaxml.ID{hrbaxml.ProfessionalTrainingTitleCode},
		Condition:   "a required ProfessionalTraining is of the coding layer (ebene 3), not of the description layer (2)",
		Explanation: say("Diese Ausbildung ist im Verzeichnis zu fein gegliedert, um verlangt zu werden.", "The catalogue divides this training too finely for it to be required."),
		Fix:         say("Wählen Sie die übergeordnete Ausbildung.", "Choose the training above it."),
		check: func(x *exam) {
			x.refuseOccupations(func(o catalog.Occupation) bool { return o.Training() && o.Layer == codingLayer }, x.rule.Elements)
		},
	},
	{
		Code: "FLR_JCValid_178", Elements: []hrbaxml.ID{hrbaxml.JobOfferType},
		Condition:   "JobOfferType is none that may be sent",
		Explanation: say("Diese Art von Stelle gibt es nicht.", "There is no such type of employment."),
		Fix:         say("Wählen Sie eine der Arten, die das Feld anbietet.", "Choose one of the types that the field offers."),
		check: func(x *exam) {
			if !x.isOffer(job, selfEmployed, apprenticeship, internship, skilledWorker, manager, helper, artist) {
				x.refuse(hrbaxml.JobOfferType)
			}
		},
	},
}

// codingLayer is the layer of occupations that have no description of their own (ebene).
const codingLayer = 3

// refuseArtists refuses occupations that are artists', or that are not. Where the catalogue lacks the BA's marks the built-in ones, which are
// ours, only warn.
func (x *exam) refuseArtists(unsuited bool) {
	certain := x.facts.Catalog != nil && x.facts.Catalog.MarksArtists()
	x.eachOccupation(offered, func(i int, o catalog.Occupation) {
		switch {
		case isArtists(o) != unsuited:
		case certain:
			x.note(Error, x.ad[i].ID, i, x.rule.Explanation, named(o))
		default:
			words := say(x.rule.Explanation.DE+" Sicher ist das nicht: Im Verzeichnis fehlen die Vermerke der BA dazu.",
				x.rule.Explanation.EN+" This is not certain: the catalogue lacks the BA's marks of it.")
			x.note(Warning, x.ad[i].ID, i, words, named(o))
		}
	})
}

// isArtists reports whether the BA's artists' service places an occupation. A catalogue may lack the marks, so the built-in ones count too.
func isArtists(o catalog.Occupation) bool {
	if o.Artist {
		return true
	}
	common, known := catalog.BuiltIn().Occupation(o.ID)
	return known && common.Artist
}

// occupation finds the occupation that a node names.
func (x *exam) occupation(i int) (catalog.Occupation, bool) {
	id, ok := numberOf(x.ad[i].Text)
	if !ok || x.facts.Catalog == nil {
		return catalog.Occupation{}, false
	}
	return x.facts.Catalog.Occupation(id)
}

// refuseOccupations refuses the elements whose occupation is known and does not suit.
func (x *exam) refuseOccupations(unsuited func(catalog.Occupation) bool, elements []hrbaxml.ID) {
	x.eachOccupation(elements, func(i int, o catalog.Occupation) {
		if unsuited(o) {
			x.note(Error, x.ad[i].ID, i, x.rule.Explanation, named(o))
		}
	})
}

// eachOccupation goes through the nodes of elements that name a known occupation.
func (x *exam) eachOccupation(elements []hrbaxml.ID, do func(i int, o catalog.Occupation)) {
	for _, element := range elements {
		for i := x.first(element); i >= 0; i = x.next(i) {
			if o, known := x.occupation(i); known {
				do(i, o)
			}
		}
	}
}

func named(o catalog.Occupation) string { return fmt.Sprintf("%d (%s)", o.ID, o.Name) }
