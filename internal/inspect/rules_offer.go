package inspect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// The kinds of employment (JobOfferType) that have rules of their own.
const (
	job            = 1
	selfEmployed   = 2
	apprenticeship = 4
	internship     = 34
	skilledWorker  = 36
	manager        = 37
	helper         = 38
)

// isOffer reports whether the ad is of one of the kinds of employment.
func (x *exam) isOffer(kinds ...int) bool {
	kind, ok := x.number(hrbaxml.JobOfferType)
	return ok && slices.Contains(kinds, kind)
}

// placeRules are about openings and where the work is done.
var placeRules = []rule{
	{code: "FLR_JCValid_050", check: func(x *exam) {
		if openings, ok := x.number(hrbaxml.NumberToFill); ok && openings <= 0 {
			x.refuse(hrbaxml.NumberToFill, "there must be an opening")
		}
	}},
	{code: "FLR_JCValid_184", check: func(x *exam) {
		if x.find(hrbaxml.Location) < 0 {
			x.refuse(hrbaxml.Location, "there is no place of work")
		}
	}},
	{code: "FLR_JCValid_063", check: func(x *exam) {
		places := 0
		for range x.all(hrbaxml.Location) {
			places++
		}
		if openings, ok := x.number(hrbaxml.NumberToFill); ok && places > openings {
			x.refuse(hrbaxml.NumberToFill, "there are more places of work (%d) than openings (%d)", places, openings)
		}
	}},
	{code: "FLR_JCValid_064", check: func(x *exam) {
		seen := map[string]bool{}
		for i := range x.all(hrbaxml.Location) {
			key := placeKey(x.members(i))
			if seen[key] {
				x.refuseAt(i, "the place of work stands in the ad twice")
			}
			seen[key] = true
		}
	}},
}

// placeKey is the same for two places that the BA takes for one.
func placeKey(place hrbaxml.Ad) string {
	parts := []string{
		place.Get(hrbaxml.LocationStreetName), place.Get(hrbaxml.LocationPostalCode), place.Get(hrbaxml.LocationMunicipality),
		place.Get(hrbaxml.LocationRegion), strings.ToUpper(place.Get(hrbaxml.LocationCountryCode)),
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(parts, "\n")
}

// occupationRules are about which occupations there are, and which a kind of employment takes. The BA gives 036 and 127 for the same
// demand on three kinds of employment; which code goes with which kind is assumed.
var occupationRules = []rule{
	{code: "FLR_JCValid_042", check: func(x *exam) {
		for i, id := range x.all(occupations...) {
			if _, known := x.occupation(id); known || x.Catalog == nil {
				continue
			}
			if x.Catalog.Complete() {
				x.refuseAt(i, "the catalogue has no occupation %s", id)
			} else {
				x.note(Warning, x.ad[i].ID, i, "occupation %s is not among the common ones that are built in; only the whole catalogue can tell", id)
			}
		}
	}},
	{code: "FLR_JCValid_164", check: func(x *exam) {
		withdrawn := func(o catalog.Occupation) bool { return o.Withdrawn }
		x.refuseOccupations(withdrawn, "has been withdrawn from the catalogue", occupations...)
	}},
	{code: "FLR_JCValid_036", check: func(x *exam) {
		if x.isOffer(job, internship) {
			x.refuseOccupations(catalog.Occupation.Training, "is a training; this kind of employment takes activities only", offered...)
		}
	}},
	{code: "FLR_JCValid_127", check: func(x *exam) {
		if x.isOffer(selfEmployed) {
			x.refuseOccupations(catalog.Occupation.Training, "is a training; self-employed work takes activities only", offered...)
		}
	}},
	{code: "FLR_JCValid_126", check: func(x *exam) {
		if x.isOffer(skilledWorker, manager) {
			simple := func(o catalog.Occupation) bool { return o.Training() || o.Helper() }
			x.refuseOccupations(simple, "is a helper's work or a training; skilled workers and managers have neither", offered...)
		}
	}},
	{code: "FLR_JCValid_125", check: func(x *exam) {
		if x.isOffer(helper) {
			other := func(o catalog.Occupation) bool { return !o.Helper() }
			x.refuseOccupations(other, "is not a helper's work", offered...)
		}
	}},
	{code: "FLR_JCValid_039", check: func(x *exam) {
		if x.isOffer(apprenticeship) {
			activity := func(o catalog.Occupation) bool { return !o.Training() }
			x.refuseOccupations(activity, "is not a training", occupations...)
		}
	}},
}

// The elements that name the occupations of the job, and those that name any.
var (
	offered     = []hrbaxml.ID{hrbaxml.JobPositionTitleCode, hrbaxml.AlternativeJobPositionTitleCode}
	occupations = append(slices.Clone(offered), hrbaxml.ProfessionalTrainingTitleCode)
)

// occupation finds an occupation by the text of its id.
func (x *exam) occupation(text string) (catalog.Occupation, bool) {
	id, err := strconv.Atoi(text)
	if err != nil || x.Catalog == nil {
		return catalog.Occupation{}, false
	}
	return x.Catalog.Occupation(id)
}

// refuseOccupations refuses the elements whose occupation is known and does not suit.
func (x *exam) refuseOccupations(unsuited func(catalog.Occupation) bool, why string, elements ...hrbaxml.ID) {
	for i, id := range x.all(elements...) {
		if o, known := x.occupation(id); known && unsuited(o) {
			x.refuseAt(i, "occupation %d (%s) %s", o.ID, o.Name, why)
		}
	}
}

// The kinds of contract (TemporaryOrRegular), and the months of a fixed term.
const (
	fixedTerm  = 1
	mostMonths = 120
)

// contractRules are about how long the employment lasts.
var contractRules = []rule{
	{code: "FLR_JCValid_032", check: func(x *exam) {
		kind, ok := x.number(hrbaxml.DurationTemporaryOrRegular)
		switch {
		case !ok:
		case kind == fixedTerm:
			if x.has(hrbaxml.DurationTermLength) == x.has(hrbaxml.DurationTermDate) {
				x.refuse(hrbaxml.DurationTemporaryOrRegular, "a fixed term has either a length or a last day")
			}
		default:
			for i := range x.all(hrbaxml.DurationTermLength, hrbaxml.DurationTermDate, hrbaxml.DurationTakeOver) {
				x.refuseAt(i, "only a contract that is fixed-term and nothing else has a length, a last day or a takeover")
			}
		}
	}},
	{code: "FLR_JCValid_181", check: func(x *exam) {
		if months, ok := x.number(hrbaxml.DurationTermLength); ok && (months < 1 || months > mostMonths) {
			x.refuse(hrbaxml.DurationTermLength, "a fixed term has 1 to %d months, not %d", mostMonths, months)
		}
	}},
}

// skillRules are about ids of the skills catalogue whose lists are complete.
var skillRules = []rule{
	{code: "FLR_JCValid_100", check: func(x *exam) { x.refuseUnknown(hrbaxml.LicenceName, "licence", catalog.Licences) }},
	{code: "FLR_JCValid_101", check: func(x *exam) { x.refuseUnknown(hrbaxml.LanguageName, "language", catalog.Languages) }},
	{code: "FLR_JCValid_102", check: func(x *exam) { x.refuseUnknown(hrbaxml.DrivingLicenceName, "driving licence", catalog.DrivingLicences) }},
}

// refuseUnknown refuses the elements whose id is not in the list.
func (x *exam) refuseUnknown(element hrbaxml.ID, what string, list func() []catalog.Entry) {
	for i, text := range x.all(element) {
		id, err := strconv.Atoi(text)
		if err != nil || !slices.ContainsFunc(list(), func(e catalog.Entry) bool { return e.ID == id }) {
			x.refuseAt(i, "there is no %s %s", what, text)
		}
	}
}
