package preflight

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// The kinds of contract (TemporaryOrRegular), and the bounds of numbers.
const (
	fixedTerm    = 1
	mostMonths   = 120
	mostHours    = 48
	mostDecimals = 2
)

// schoolGroups are the groups of trainings at school, which are subject to social insurance or not (123).
var schoolGroups = []string{"1210", "1220"}

// workRules are about working time and contract.
var workRules = []Rule{
	{
		Code: "FLR_JCValid_142", Elements: []hrbaxml.ID{hrbaxml.ScheduleWorkingPlan, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 4 without WorkingPlan",
		Explanation: say("Eine Ausbildung muss ihre Arbeitszeit nennen.", "An apprenticeship must name its working time."),
		Fix:         say("Geben Sie ein Arbeitszeitmodell an, etwa Vollzeit.", "Name a model of working time, such as full time."),
		check: func(x *exam) {
			if x.isOffer(apprenticeship) && !x.has(hrbaxml.ScheduleWorkingPlan) {
				x.refuse(hrbaxml.ScheduleWorkingPlan)
			}
		},
	},
	{
		Code: "FLR_JCValid_060", Elements: []hrbaxml.ID{hrbaxml.ScheduleWorkingPlan, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 4 with a WorkingPlan other than 1, 7, 8, 10",
		Explanation: say("Dieses Arbeitszeitmodell gibt es für Ausbildungen nicht.", "Apprenticeships do not have this model of working time."),
		Fix:         say("Möglich sind Vollzeit und Teilzeit: vormittags, nachmittags oder zu flexiblen Zeiten.", "Possible are full time, and part time in the mornings, in the afternoons or flexible."),
		check: func(x *exam) {
			for i := x.first(hrbaxml.ScheduleWorkingPlan); i >= 0 && x.isOffer(apprenticeship); i = x.next(i) {
				if plan, ok := numberOf(x.ad[i].Text); ok && !slices.Contains([]int{1, 7, 8, 10}, plan) {
					x.refuseAt(i)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_179", Elements: []hrbaxml.ID{hrbaxml.ScheduleHoursPerWeek},
		Condition:   "HoursPerWeek outside 1 to 48, or with more than two decimals",
		Explanation: say("Die Wochenstunden liegen nicht zwischen 1 und 48 oder haben mehr als zwei Nachkommastellen.", "The hours per week are not from 1 to 48, or have more than two decimals."),
		Fix:         say("Nennen Sie 1 bis 48 Stunden, etwa 38,5.", "Name 1 to 48 hours, such as 38.5."),
		check: func(x *exam) {
			raw := strings.Trim(x.get(hrbaxml.ScheduleHoursPerWeek), xmlSpace)
			if raw == "" {
				return
			}
			_, decimals, _ := strings.Cut(raw, ".")
			if hours, err := strconv.ParseFloat(raw, 64); err != nil || hours < 1 || hours > mostHours || len(strings.TrimRight(decimals, "0")) > mostDecimals {
				x.refuse(hrbaxml.ScheduleHoursPerWeek)
			}
		},
	},
	{
		Code: "FLR_JCValid_032", Elements: []hrbaxml.ID{
			hrbaxml.DurationTemporaryOrRegular, hrbaxml.DurationTermLength, hrbaxml.DurationTermDate, hrbaxml.DurationTakeOver,
		},
		Condition:   "TemporaryOrRegular 2 or 3 with TermLength, TermDate or TakeOver; 1 without TermLength and TermDate, or with both",
		Explanation: say("Dauer und Befristung passen nicht zusammen.", "The contract's length and term contradict each other."),
		Fix: say("Befristet: entweder eine Dauer in Monaten oder ein letzter Tag. Sonst keines von beiden und keine Angabe zur Übernahme.",
			"Fixed term: either a length in months or a last day. Otherwise neither of them, and nothing about a takeover."),
		check: func(x *exam) {
			kind, ok := x.number(hrbaxml.DurationTemporaryOrRegular)
			switch {
			case !ok:
			case kind == fixedTerm:
				if x.has(hrbaxml.DurationTermLength) == x.has(hrbaxml.DurationTermDate) {
					x.refuse(hrbaxml.DurationTemporaryOrRegular)
				}
			default:
				for _, id := range x.rule.Elements[1:] {
					if x.has(id) {
						x.refuse(id)
					}
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_181", Elements: []hrbaxml.ID{hrbaxml.DurationTermLength},
		Condition:   "TermLength outside 1 to 120",
		Explanation: say("Die Befristung hat nicht 1 bis 120 Monate.", "The fixed term has not 1 to 120 months."),
		Fix:         say("Nennen Sie 1 bis 120 Monate.", "Name 1 to 120 months."),
		check: func(x *exam) {
			if months, ok := x.number(hrbaxml.DurationTermLength); ok && (months < 1 || months > mostMonths) {
				x.refuse(hrbaxml.DurationTermLength)
			}
		},
	},
	{
		Code: "FLR_JCValid_140", Elements: []hrbaxml.ID{hrbaxml.DurationTemporaryOrRegular, hrbaxml.DurationTermLength, hrbaxml.DurationTermDate, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 2 with Duration",
		Explanation: say("Selbständige Arbeit hat keine Vertragsdauer.", "Self-employed work has no length of contract."),
		Fix:         say("Lassen Sie die Angaben zum Vertrag weg.", "Leave what is said of the contract out."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements[:3] {
				if x.isOffer(selfEmployed) && x.has(id) {
					x.refuse(id)
					return
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_111", Elements: []hrbaxml.ID{hrbaxml.DurationTakeOver, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 2 with TakeOver",
		Explanation: say("Bei selbständiger Arbeit gibt es keine Übernahme.", "Self-employed work knows no takeover."),
		Fix:         say("Lassen Sie die Angabe zur Übernahme weg.", "Leave out what is said of a takeover."),
		check: func(x *exam) {
			if x.isOffer(selfEmployed) && x.has(hrbaxml.DurationTakeOver) {
				x.refuse(hrbaxml.DurationTakeOver)
			}
		},
	},
	{
		Code: "FLR_JCValid_123", Elements: []hrbaxml.ID{hrbaxml.SocialInsurance, hrbaxml.JobOfferType},
		Condition:   "SocialInsurance is missing with JobOfferType 1, 34, 36, 37, 38 or 40, or 4 with an occupation of group 1210 or 1220",
		Explanation: say("Für diese Art von Stelle muss angegeben sein, ob sie sozialversicherungspflichtig ist.", "This type of employment must say whether it is subject to social insurance."),
		Fix:         say("Geben Sie an, ob die Stelle sozialversicherungspflichtig ist.", "Say whether the job is subject to social insurance."),
		check: func(x *exam) {
			if x.has(hrbaxml.SocialInsurance) {
				return
			}
			required := x.isOffer(job, internship, skilledWorker, manager, helper, artist)
			if i := x.first(hrbaxml.JobPositionTitleCode); i >= 0 && x.isOffer(apprenticeship) {
				o, _ := x.occupation(i)
				required = slices.ContainsFunc(o.Groups, func(group string) bool { return slices.Contains(schoolGroups, group) })
			}
			if required {
				x.refuse(hrbaxml.SocialInsurance)
			}
		},
	},
	{
		Code: "FLR_JCValid_113", Elements: []hrbaxml.ID{hrbaxml.SocialInsurance, hrbaxml.MiniJob},
		Condition:   "SocialInsurance 1 with MiniJob 1",
		Explanation: say("Ein Minijob ist nicht sozialversicherungspflichtig.", "A mini-job is not subject to social insurance."),
		Fix:         say("Nehmen Sie eine der beiden Angaben zurück.", "Take one of the two back."),
		check: func(x *exam) {
			if x.is(hrbaxml.SocialInsurance, 1) && x.is(hrbaxml.MiniJob, 1) {
				x.refuse(hrbaxml.SocialInsurance)
			}
		},
	},
	{
		Code: "FLR_JCValid_128", Elements: []hrbaxml.ID{hrbaxml.MiniJob, hrbaxml.JobOfferType},
		Condition:   "MiniJob 1 with a JobOfferType other than 1, 36, 37, 38, 40",
		Explanation: say("Diese Art von Stelle kann kein Minijob sein.", "This type of employment cannot be a mini-job."),
		Fix:         say("Nehmen Sie die Angabe „Minijob“ zurück, oder wählen Sie eine andere Art.", "Take “mini-job” back, or choose another type."),
		check: func(x *exam) {
			if x.is(hrbaxml.MiniJob, 1) && !x.isOffer(job, skilledWorker, manager, helper, artist) {
				x.refuse(hrbaxml.MiniJob)
			}
		},
	},
}

// payRules are about pay, housing and the number of openings.
var payRules = []Rule{
	{
		Code: "FLR_JCValid_130", Elements: []hrbaxml.ID{hrbaxml.CompensationSalary, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 40 with Salary",
		Explanation: say("Eine Anzeige für Künstler nennt statt eines Gehalts einen Tagessatz.", "An ad for artists states a daily rate instead of a salary."),
		Fix:         say("Wählen Sie einen Tagessatz und lassen Sie den Text zum Gehalt weg.", "Choose a daily rate, and leave the text about pay out."),
		check: func(x *exam) {
			if x.isOffer(artist) && x.has(hrbaxml.CompensationSalary) {
				x.refuse(hrbaxml.CompensationSalary)
			}
		},
	},
	{
		Code: "FLR_JCValid_132", Elements: []hrbaxml.ID{hrbaxml.CompensationDailyRate, hrbaxml.JobOfferType},
		Condition:   "DailyRate with a JobOfferType other than 40",
		Explanation: say("Einen Tagessatz gibt es nur in Anzeigen für Künstler.", "Only ads for artists have a daily rate."),
		Fix:         say("Nennen Sie die Bezahlung als Text.", "State the pay as a text."),
		check: func(x *exam) {
			if !x.isOffer(artist) && x.has(hrbaxml.CompensationDailyRate) {
				x.refuse(hrbaxml.CompensationDailyRate)
			}
		},
	},
	{
		Code: "FLR_JCValid_170", Elements: []hrbaxml.ID{hrbaxml.CompensationCollectiveAgreement, hrbaxml.CompensationEmployerPayscaleBound},
		Condition:   "EmployerPayscaleBound 1 without CollectiveAgreement",
		Explanation: say("Wer an einen Tarif gebunden ist, muss den Tarifvertrag nennen.", "Who is bound by a collective agreement must name it."),
		Fix:         say("Nennen Sie den Tarifvertrag.", "Name the collective agreement."),
		check: func(x *exam) {
			if x.is(hrbaxml.CompensationEmployerPayscaleBound, 1) && !x.has(hrbaxml.CompensationCollectiveAgreement) {
				x.refuse(hrbaxml.CompensationCollectiveAgreement)
			}
		},
	},
	{
		Code: "FLR_JCValid_171", Elements: []hrbaxml.ID{hrbaxml.CompensationCollectiveAgreement, hrbaxml.CompensationEmployerPayscaleBound},
		Condition:   "EmployerPayscaleBound 0, or missing, with CollectiveAgreement",
		Explanation: say("Ein Tarifvertrag ist genannt, aber keine Tarifbindung.", "A collective agreement is named, and none binds."),
		Fix:         say("Geben Sie die Tarifbindung an, oder lassen Sie den Tarifvertrag weg.", "Say that it binds, or leave the agreement out."),
		check: func(x *exam) {
			if !x.is(hrbaxml.CompensationEmployerPayscaleBound, 1) && x.has(hrbaxml.CompensationCollectiveAgreement) {
				x.refuse(hrbaxml.CompensationCollectiveAgreement)
			}
		},
	},
	{
		Code: "FLR_JCValid_172", Elements: []hrbaxml.ID{hrbaxml.CompensationCollectiveAgreement, hrbaxml.CompensationEmployerPayscaleBound, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 2 or 34 with EmployerPayscaleBound or CollectiveAgreement",
		Explanation: say("Selbständige Arbeit und Praktika nennen keinen Tarif.", "Self-employed work and internships name no collective agreement."),
		Fix:         say("Lassen Sie den Tarifvertrag weg.", "Leave the collective agreement out."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements[:2] {
				if x.isOffer(selfEmployed, internship) && x.has(id) {
					x.refuse(id)
					return
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_173", Elements: []hrbaxml.ID{
			hrbaxml.CompensationInternalCompensation, hrbaxml.PostDetailSupervisionDesired, hrbaxml.CompensationEmployerPayscaleBound, hrbaxml.JobOfferType,
		},
		Condition:   "InternalCompensation with a JobOfferType other than 1, 36, 37, 38, without SupervisionDesired 1, or with EmployerPayscaleBound 1",
		Explanation: say("Eine Bezahlung nur für die Vermittlung gibt es allein mit Vermittlungsauftrag, ohne Tarif und nicht bei dieser Art von Stelle.", "Pay for placement only goes with a placement order, without a collective agreement, and not with every type of employment."),
		Fix:         say("Nennen Sie die Bezahlung im Feld, das Bewerber sehen.", "State the pay in the field that applicants see."),
		check: func(x *exam) {
			permitted := x.isOffer(job, skilledWorker, manager, helper) && x.is(hrbaxml.PostDetailSupervisionDesired, 1) &&
				!x.is(hrbaxml.CompensationEmployerPayscaleBound, 1)
			if x.has(hrbaxml.CompensationInternalCompensation) && !permitted {
				x.refuse(hrbaxml.CompensationInternalCompensation)
			}
		},
	},
	{
		Code: "FLR_JCValid_185", Elements: []hrbaxml.ID{
			hrbaxml.CompensationSalary, hrbaxml.CompensationInternalCompensation, hrbaxml.PostDetailSupervisionDesired,
		},
		Condition:   "SupervisionDesired 1 and no number in Salary or InternalCompensation (an artist's DailyRate is taken for one)",
		Explanation: say("Ein Vermittlungsauftrag muss die Bezahlung in einer Zahl nennen.", "A placement order must state the pay as a number."),
		Fix:         say("Nennen Sie bei der Bezahlung einen Betrag.", "State an amount of pay."),
		check: func(x *exam) {
			stated := hasDigit(x.get(hrbaxml.CompensationSalary)) || hasDigit(x.get(hrbaxml.CompensationInternalCompensation)) ||
				x.isOffer(artist) && x.has(hrbaxml.CompensationDailyRate)
			if x.is(hrbaxml.PostDetailSupervisionDesired, 1) && !stated {
				x.refuse(hrbaxml.CompensationSalary)
			}
		},
	},
	{
		Code: "FLR_JCValid_110", Elements: []hrbaxml.ID{hrbaxml.Housing, hrbaxml.JobOfferType},
		Condition:   "Housing with a JobOfferType other than 4",
		Explanation: say("Eine Angabe zur Unterkunft gibt es nur bei Ausbildungen.", "Only apprenticeships say whether there is a place to live."),
		Fix:         say("Lassen Sie die Angabe zur Unterkunft weg.", "Leave out what is said of housing."),
		check:       func(x *exam) { x.refuseUnless(hrbaxml.Housing, apprenticeship) },
	},
	{
		Code: "FLR_JCValid_050", Elements: []hrbaxml.ID{hrbaxml.NumberToFill},
		Condition:   "NumberToFill is 0 or less",
		Explanation: say("Es ist keine offene Stelle angegeben.", "There is no opening."),
		Fix:         say("Nennen Sie mindestens eine.", "Name at least one."),
		check: func(x *exam) {
			if openings, ok := x.number(hrbaxml.NumberToFill); ok && openings <= 0 {
				x.refuse(hrbaxml.NumberToFill)
			}
		},
	},
}

// refuseUnless refuses an element that only some kinds of employment have.
func (x *exam) refuseUnless(id hrbaxml.ID, kinds ...int) {
	if x.has(id) && !x.isOffer(kinds...) {
		x.refuse(id)
	}
}
