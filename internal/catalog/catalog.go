// Package catalog holds the BA's catalogues: its occupations, of which the common ones are built in, and the short lists, which are
// built in whole (regions, countries, soft skills, languages, licences, driving licences).
//
// The tables in data are facts of the BA's catalogue of July 2024, chosen and arranged by us, sorted by id with a header line. Names
// of regions are spelled right where the BA's list has a slip.
package catalog

import (
	"cmp"
	"slices"
	"sync"
)

// Kind tells work from learning; the BA names it typ.
type Kind string

// The kinds of occupation.
const (
	// Activity is work that somebody does (typ t).
	Activity Kind = "activity"
	// Training is what somebody learns: an apprenticeship, a school, a course of study, further training (typ a).
	Training Kind = "training"
)

// Occupation is an entry of the BA's catalogue of occupations. Its slices are shared and must not be changed.
type Occupation struct {
	// ID is what an ad names (TitleCode), 3 to 7 digits. It is not the number of the occupation's classification (KldB).
	ID int
	// Name is the BA's short name, neutral of gender.
	Name string
	Kind Kind
	// Levels are the levels of requirement, ascending: 1 helper, 2 skilled worker, 3 specialist, 4 expert.
	Levels []int
	// Groups are the kinds of training or activity of 4 digits (lbkgruppe), such as 7910 for helpers or 3120 for first degrees.
	Groups []string
	// Layer is 2 for occupations with a description and 3 for those that only encode (ebene); 0 when the BA gives none.
	Layer int
	// Academic says that the occupation asks for a degree (hochschulberuf).
	Academic bool
	// Artist says that the BA's artists' service places the occupation (kuenstler). The built-in marks are ours: the catalogue that
	// they would come from lacks the activities on stage and marks nobody, so that only some behind the stage have the mark.
	Artist bool
	// Withdrawn says that an ad may no longer name the occupation (zustand other than E).
	Withdrawn bool
}

// helperGroup is the group of all activities named "Helfer/in".
const helperGroup = "7910"

// Helper reports whether the occupation is a helper's: an activity with no higher level of requirement. The BA does not say how it
// decides; its catalogue bears this out.
func (o Occupation) Helper() bool {
	return o.Kind == Activity && (slices.Contains(o.Groups, helperGroup) || len(o.Levels) == 1 && o.Levels[0] == 1)
}

// Training reports whether the occupation is learned and not exercised.
func (o Occupation) Training() bool { return o.Kind == Training }

// Suits reports whether an ad of the employment type, in our words, may name the occupation as its own (the BA's rules 036, 039,
// 125, 126, 127, 133, 135 and 164). An unknown type suits none.
func (o Occupation) Suits(employmentType string) bool {
	activity := o.Kind == Activity
	switch {
	case o.Withdrawn:
		return false
	case employmentType == "self_employed" || employmentType == "internship":
		return activity
	case employmentType == "job":
		return activity && !o.Artist
	case employmentType == "skilled_worker" || employmentType == "manager":
		return activity && !o.Artist && !o.Helper()
	case employmentType == "helper":
		return activity && !o.Artist && o.Helper()
	case employmentType == "apprenticeship":
		return !activity
	case employmentType == "artist":
		return activity && o.Artist
	}
	return false
}

// Catalog is a set of occupations. It never changes and may be used by many at once.
type Catalog struct {
	complete bool
	// marksArtists says that the BA's own marks of artists' occupations are there.
	marksArtists bool
	// occupations are sorted by ID, and titles are their names as Search needs them, in the same order.
	occupations []Occupation
	titles      []title
}

// newCatalog takes over the occupations.
func newCatalog(occupations []Occupation, complete bool) *Catalog {
	slices.SortFunc(occupations, func(a, b Occupation) int { return cmp.Compare(a.ID, b.ID) })
	titles := make([]title, len(occupations))
	marks := false
	for i, o := range occupations {
		marks = marks || o.Artist
		titles[i] = newTitle(o.Name, builtInWords()[o.ID])
	}
	return &Catalog{complete: complete, marksArtists: complete && marks, occupations: occupations, titles: titles}
}

var builtIn = sync.OnceValue(func() *Catalog { return newCatalog(builtInOccupations(), false) })

// BuiltIn returns the common occupations that are built in.
func BuiltIn() *Catalog { return builtIn() }

// Complete reports whether the catalogue has every occupation that there is. The built-in one has not: an id that it does not know
// may exist.
func (c *Catalog) Complete() bool { return c.complete }

// MarksArtists reports whether the catalogue can tell which occupations the BA's artists' service places. The built-in one cannot, for its marks
// are ours, nor can a complete one that marks nobody, as the lists that circulate do.
func (c *Catalog) MarksArtists() bool { return c.marksArtists }

// Occupation returns the occupation with the id.
func (c *Catalog) Occupation(id int) (Occupation, bool) {
	i, found := slices.BinarySearchFunc(c.occupations, id, func(o Occupation, id int) int { return cmp.Compare(o.ID, id) })
	if !found {
		return Occupation{}, false
	}
	return c.occupations[i], true
}
