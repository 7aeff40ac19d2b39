package preflight

import "github.com/stellwerk-hr/stellwerk/internal/hrbaxml"

// dateRules are about the days of an ad: publication, work, and all together.
var dateRules = []Rule{
	{
		Code: "FLR_JCValid_080", Elements: []hrbaxml.ID{hrbaxml.PostDetailEndDate, hrbaxml.PostDetailStartDate},
		Condition:   "EndDate before StartDate",
		Explanation: say("Die Veröffentlichung endet, bevor sie beginnt.", "Publication ends before it begins."),
		Fix:         say("Wählen Sie ein Ende, das nicht vor dem Beginn liegt.", "Choose an end that is not before the beginning."),
		check: func(x *exam) {
			x.refuseEarlier(hrbaxml.PostDetailEndDate, hrbaxml.PostDetailStartDate)
		},
	},
	{
		Code: "FLR_JCValid_081", Elements: []hrbaxml.ID{hrbaxml.PostDetailEndDate},
		Condition:   "EndDate before today",
		Explanation: say("Das Ende der Veröffentlichung liegt in der Vergangenheit.", "The end of publication is in the past."),
		Fix:         say("Wählen Sie ein Ende ab heute, oder lassen Sie es weg.", "Choose an end from today on, or leave it out."),
		check: func(x *exam) {
			if end, ok := x.date(hrbaxml.PostDetailEndDate); ok && end < x.limits.today {
				x.refuse(hrbaxml.PostDetailEndDate)
			}
		},
	},
	{
		Code: "FLR_JCValid_082", Elements: []hrbaxml.ID{hrbaxml.PostDetailEndDate},
		Condition:   "EndDate more than 2 years ahead",
		Explanation: say("Das Ende der Veröffentlichung liegt mehr als zwei Jahre voraus.", "The end of publication is more than two years ahead."),
		Fix: say("Wählen Sie ein früheres Ende, oder lassen Sie es weg: Dann wird die Anzeige verlängert, solange sie gewünscht ist.",
			"Choose an earlier end, or leave it out: the ad is then renewed for as long as it is wanted."),
		check: func(x *exam) {
			if end, ok := x.date(hrbaxml.PostDetailEndDate); ok && end > x.limits.twoYears {
				x.refuse(hrbaxml.PostDetailEndDate)
			}
		},
	},
	{
		Code: "FLR_JCValid_083", Elements: []hrbaxml.ID{hrbaxml.PostDetailEndDate, hrbaxml.AssignmentEndDate},
		Condition:   "EndDate after AssignmentEndDate",
		Explanation: say("Die Veröffentlichung endet nach dem spätesten Arbeitsbeginn.", "Publication ends after the latest first day of work."),
		Fix: say("Wählen Sie ein Ende bis zum spätesten Arbeitsbeginn, oder lassen Sie eines von beiden weg.",
			"Choose an end up to the latest first day of work, or leave one of the two out."),
		check: func(x *exam) {
			end, ended := x.date(hrbaxml.PostDetailEndDate)
			if latest, ok := x.date(hrbaxml.AssignmentEndDate); ok && ended && end > latest {
				x.refuse(hrbaxml.PostDetailEndDate)
			}
		},
	},
	{
		Code: "FLR_JCValid_146", Elements: []hrbaxml.ID{hrbaxml.PostDetailStartDate},
		Condition:   "Status other than 3 without StartDate",
		Explanation: say("Der erste Tag der Veröffentlichung fehlt.", "The first day of publication is missing."),
		Fix:         say("Nennen Sie einen Beginn; ohne Angabe nimmt Stellwerk den Tag des Sendens.", "Name a beginning; without one Stellwerk takes the day of sending."),
		check: func(x *exam) {
			if !x.is(hrbaxml.PostDetailStatus, notPublished) && !x.has(hrbaxml.PostDetailStartDate) {
				x.refuse(hrbaxml.PostDetailStartDate)
			}
		},
	},
	{
		Code: "FLR_JCValid_148", Elements: []hrbaxml.ID{hrbaxml.PostDetailStartDate, hrbaxml.PostDetailEndDate},
		Condition:   "EndDate without StartDate",
		Explanation: say("Ein Ende der Veröffentlichung ohne Beginn nimmt die BA nicht.", "The BA takes no end of publication without a beginning."),
		Fix:         say("Nennen Sie auch den Beginn.", "Name the beginning too."),
		check: func(x *exam) {
			if x.has(hrbaxml.PostDetailEndDate) && !x.has(hrbaxml.PostDetailStartDate) {
				x.refuse(hrbaxml.PostDetailEndDate)
			}
		},
	},
	{
		Code: "FLR_JCValid_147", Elements: []hrbaxml.ID{hrbaxml.AssignmentStartDate},
		Condition:   "AssignmentStartDate before today or more than 2 years ahead",
		Explanation: say("Der früheste Arbeitsbeginn liegt in der Vergangenheit oder mehr als zwei Jahre voraus.", "The earliest first day of work is in the past, or more than two years ahead."),
		Fix:         say("Wählen Sie einen Tag in den nächsten zwei Jahren, oder „sofort“.", "Choose a day within the next two years, or “immediately”."),
		check:       func(x *exam) { x.refuseFarStart(hrbaxml.AssignmentStartDate) },
	},
	{
		Code: "FLR_JCValid_182", Elements: []hrbaxml.ID{hrbaxml.AssignmentEndDate},
		Condition:   "AssignmentEndDate before today or more than 2 years ahead",
		Explanation: say("Der späteste Arbeitsbeginn liegt in der Vergangenheit oder mehr als zwei Jahre voraus.", "The latest first day of work is in the past, or more than two years ahead."),
		Fix:         say("Wählen Sie einen Tag in den nächsten zwei Jahren, oder lassen Sie ihn weg.", "Choose a day within the next two years, or leave it out."),
		check:       func(x *exam) { x.refuseFarStart(hrbaxml.AssignmentEndDate) },
	},
	{
		Code: "FLR_JCValid_119", Elements: []hrbaxml.ID{hrbaxml.AssignmentEndDate, hrbaxml.JobOfferType},
		Condition:   "JobOfferType 4 with AssignmentEndDate",
		Explanation: say("Eine Ausbildung darf keinen spätesten Beginn haben.", "An apprenticeship may have no latest first day."),
		Fix:         say("Lassen Sie den spätesten Beginn weg.", "Leave the latest start out."),
		check: func(x *exam) {
			if x.isOffer(apprenticeship) && x.has(hrbaxml.AssignmentEndDate) {
				x.refuse(hrbaxml.AssignmentEndDate)
			}
		},
	},
	{
		Code: "FLR_JCValid_068", Elements: []hrbaxml.ID{hrbaxml.DurationTermDate},
		Condition:   "TermDate more than 10 years ahead",
		Explanation: say("Die Befristung endet mehr als zehn Jahre voraus.", "The fixed term ends more than ten years ahead."),
		Fix:         say("Wählen Sie ein früheres Ende.", "Choose an earlier end."),
		check: func(x *exam) {
			if term, ok := x.date(hrbaxml.DurationTermDate); ok && term > x.limits.tenYears {
				x.refuse(hrbaxml.DurationTermDate)
			}
		},
	},
	{
		Code: "FLR_JCValid_096", Elements: []hrbaxml.ID{hrbaxml.DurationTermDate, hrbaxml.AssignmentEndDate},
		Condition:   "TermDate before AssignmentEndDate",
		Explanation: say("Die Befristung endet vor dem spätesten Arbeitsbeginn.", "The fixed term ends before the latest first day of work."),
		Fix:         say("Wählen Sie ein Ende nach dem spätesten Arbeitsbeginn, oder einen früheren Beginn.", "Choose an end after the latest first day of work, or an earlier one."),
		check: func(x *exam) {
			x.refuseEarlier(hrbaxml.DurationTermDate, hrbaxml.AssignmentEndDate)
		},
	},
	{
		Code: "FLR_JCValid_153", Elements: []hrbaxml.ID{hrbaxml.DurationTermDate, hrbaxml.AssignmentStartDate},
		Condition:   "TermDate before AssignmentStartDate",
		Explanation: say("Die Befristung endet vor dem frühesten Arbeitsbeginn.", "The fixed term ends before the earliest first day of work."),
		Fix:         say("Wählen Sie ein Ende nach dem Beginn.", "Choose an end after the start."),
		check: func(x *exam) {
			x.refuseEarlier(hrbaxml.DurationTermDate, hrbaxml.AssignmentStartDate)
		},
	},
	{
		Code: "FLR_JCValid_120", Elements: days(),
		Condition:   "any date more than 50 years ahead",
		Explanation: say("Das Datum liegt mehr als 50 Jahre voraus.", "The date is more than 50 years ahead."),
		Fix:         say("Prüfen Sie die Jahreszahl.", "Check the year."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements {
				if day, ok := x.date(id); ok && day > x.limits.fiftyYears {
					x.refuse(id)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_121", Elements: days(),
		Condition:   "any date more than 100 years back",
		Explanation: say("Das Datum liegt mehr als 100 Jahre zurück.", "The date is more than 100 years back."),
		Fix:         say("Prüfen Sie die Jahreszahl.", "Check the year."),
		check: func(x *exam) {
			for _, id := range x.rule.Elements {
				if day, ok := x.date(id); ok && day < x.limits.century {
					x.refuse(id)
				}
			}
		},
	},
}

// days are all elements of an ad that are dates, with or without a time; none of them repeats.
func days() []hrbaxml.ID {
	return []hrbaxml.ID{
		hrbaxml.PostDetailStartDate, hrbaxml.PostDetailEndDate, hrbaxml.PostDetailLastModificationDate, hrbaxml.InterviewDate,
		hrbaxml.ApplicationStartDate, hrbaxml.ApplicationEndDate, hrbaxml.DurationTermDate, hrbaxml.AssignmentStartDate, hrbaxml.AssignmentEndDate,
	}
}

// refuseEarlier refuses a day that lies before another one.
func (x *exam) refuseEarlier(id, than hrbaxml.ID) {
	day, there := x.date(id)
	if other, ok := x.date(than); ok && there && day < other {
		x.refuse(id)
	}
}

// refuseFarStart refuses an earliest or latest first day of work that is past or far ahead.
func (x *exam) refuseFarStart(id hrbaxml.ID) {
	if day, ok := x.date(id); ok && (day < x.limits.today || day > x.limits.twoYears) {
		x.refuse(id)
	}
}
