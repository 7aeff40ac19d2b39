package inspect

import (
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// deletion is the Action of an ad that deletes.
const deletion = 3

// notPublished is the Status of an ad that is not shown; it is also the last that may be sent.
const notPublished = 3

// How many years dates may lie ahead or back.
const (
	publicationYears = 2
	termYears        = 10
	mostYearsAhead   = 50
	mostYearsBack    = 100
)

// codeSupplier means that ad, head and name of a file are not of one deliverer.
const codeSupplier = "FLR_JCValid_188"

// identityRules are about who sends the ad, under which id and to be shown how.
var identityRules = []rule{
	{code: codeSupplier, dummies: true, check: func(x *exam) {
		if s := x.ad.Get(hrbaxml.PostDetailSupplierID); x.Supplier != "" && s != x.Supplier {
			x.refuse(hrbaxml.PostDetailSupplierID, "the ad is from %q, the file from %s", s, x.Supplier)
		}
	}},
	{code: "FLR_JCValid_085", check: func(x *exam) {
		id := x.ad.Get(hrbaxml.PostingID)
		if _, free, _ := strings.Cut(strings.TrimSuffix(id, "-S"), "-"); strings.TrimSpace(free) == "" {
			x.refuse(hrbaxml.PostingID, "%q has nothing between the partner's number and -S", id)
		}
	}},
	{code: "FLR_JCValid_087", check: func(x *exam) {
		if id := x.ad.Get(hrbaxml.PostingID); !strings.HasSuffix(id, "-S") {
			x.refuse(hrbaxml.PostingID, "%q does not end in -S", id)
		}
	}},
	{code: "FLR_JCValid_038", check: func(x *exam) {
		if status, ok := x.number(hrbaxml.PostDetailStatus); ok && (status < 1 || status > notPublished) {
			x.refuse(hrbaxml.PostDetailStatus, "status %d is for the BA's exports; 1, 2 and 3 can be sent", status)
		}
	}},
}

// dateRules are about the days of an ad: publication, work, and all together.
var dateRules = []rule{
	{code: "FLR_JCValid_146", check: func(x *exam) {
		if status, _ := x.number(hrbaxml.PostDetailStatus); status != notPublished && !x.has(hrbaxml.PostDetailStartDate) {
			x.refuse(hrbaxml.PostDetailStartDate, "an ad that is published needs a first day of publication")
		}
	}},
	{code: "FLR_JCValid_148", check: func(x *exam) {
		if x.has(hrbaxml.PostDetailEndDate) && !x.has(hrbaxml.PostDetailStartDate) {
			x.refuse(hrbaxml.PostDetailEndDate, "a last day of publication needs a first one")
		}
	}},
	{code: "FLR_JCValid_080", check: func(x *exam) {
		end, ended := x.date(hrbaxml.PostDetailEndDate)
		if start, ok := x.date(hrbaxml.PostDetailStartDate); ended && ok && end.Before(start) {
			x.refuse(hrbaxml.PostDetailEndDate, "publication ends on %s, before it begins on %s", end, start)
		}
	}},
	{code: "FLR_JCValid_081", check: func(x *exam) {
		if end, ok := x.date(hrbaxml.PostDetailEndDate); ok && end.Before(x.Today) {
			x.refuse(hrbaxml.PostDetailEndDate, "publication ended on %s; today is %s", end, x.Today)
		}
	}},
	{code: "FLR_JCValid_082", check: func(x *exam) {
		if end, ok := x.date(hrbaxml.PostDetailEndDate); ok && end.After(x.Today.AddYears(publicationYears)) {
			x.refuse(hrbaxml.PostDetailEndDate, "publication ends on %s, more than %d years ahead", end, publicationYears)
		}
	}},
	{code: "FLR_JCValid_083", check: func(x *exam) {
		end, ended := x.date(hrbaxml.PostDetailEndDate)
		if latest, ok := x.date(hrbaxml.AssignmentEndDate); ended && ok && end.After(latest) {
			x.refuse(hrbaxml.PostDetailEndDate, "publication ends on %s, after the latest first day of work, %s", end, latest)
		}
	}},
	{code: "FLR_JCValid_147", check: func(x *exam) { x.refuseFarStart(hrbaxml.AssignmentStartDate, "earliest") }},
	{code: "FLR_JCValid_182", check: func(x *exam) { x.refuseFarStart(hrbaxml.AssignmentEndDate, "latest") }},
	{code: "FLR_JCValid_119", check: func(x *exam) {
		if x.isOffer(apprenticeship) && x.has(hrbaxml.AssignmentEndDate) {
			x.refuse(hrbaxml.AssignmentEndDate, "an apprenticeship has no latest first day of work")
		}
	}},
	{code: "FLR_JCValid_068", check: func(x *exam) {
		if term, ok := x.date(hrbaxml.DurationTermDate); ok && term.After(x.Today.AddYears(termYears)) {
			x.refuse(hrbaxml.DurationTermDate, "the contract ends on %s, more than %d years ahead", term, termYears)
		}
	}},
	{code: "FLR_JCValid_096", check: func(x *exam) { x.refuseShortTerm(hrbaxml.AssignmentEndDate, "latest") }},
	{code: "FLR_JCValid_153", check: func(x *exam) { x.refuseShortTerm(hrbaxml.AssignmentStartDate, "earliest") }},
	{code: "FLR_JCValid_120", check: func(x *exam) {
		for i, value := range x.where(isDay) {
			if day, ok := dayOf(value); ok && day.After(x.Today.AddYears(mostYearsAhead)) {
				x.refuseAt(i, "%s is more than %d years ahead", value, mostYearsAhead)
			}
		}
	}},
	{code: "FLR_JCValid_121", check: func(x *exam) {
		for i, value := range x.where(isDay) {
			if day, ok := dayOf(value); ok && day.Before(x.Today.AddYears(-mostYearsBack)) {
				x.refuseAt(i, "%s is more than %d years back", value, mostYearsBack)
			}
		}
	}},
}

// refuseFarStart refuses an earliest or latest first day of work that is past or far ahead.
func (x *exam) refuseFarStart(id hrbaxml.ID, which string) {
	switch day, ok := x.date(id); {
	case !ok:
	case day.Before(x.Today):
		x.refuse(id, "the %s first day of work, %s, is past; today is %s", which, day, x.Today)
	case day.After(x.Today.AddYears(publicationYears)):
		x.refuse(id, "the %s first day of work, %s, is more than %d years ahead", which, day, publicationYears)
	}
}

// refuseShortTerm refuses a fixed term that ends before the earliest or latest first day of work.
func (x *exam) refuseShortTerm(id hrbaxml.ID, which string) {
	term, limited := x.date(hrbaxml.DurationTermDate)
	if day, ok := x.date(id); limited && ok && term.Before(day) {
		x.refuse(hrbaxml.DurationTermDate, "the contract ends on %s, before the %s first day of work, %s", term, which, day)
	}
}

// isDay reports whether the element is a date, with or without a time.
func isDay(id hrbaxml.ID) bool {
	e := element(id)
	return e != nil && (e.Value.Kind == hrbaxml.Date || e.Value.Kind == hrbaxml.DateTime)
}
