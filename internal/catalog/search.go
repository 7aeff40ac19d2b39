package catalog

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Filter narrows a search.
type Filter struct {
	// EmploymentType leaves only what an ad of the type may name: job, self_employed, apprenticeship, internship, skilled_worker,
	// manager, helper or artist; empty leaves all.
	EmploymentType string
	// Limit is the most matches that are wanted, at most 100; 0 is 20.
	Limit int
}

// Match is an occupation that a search has found.
type Match struct {
	Occupation
	// Score compares the matches of one search; more is better.
	Score int
}

// The bounds of a search.
const (
	defaultMatches = 20
	maxMatches     = 100
	maxQueryRunes  = 200
	maxQueryWords  = 8
)

// Search finds occupations by what people call them, the best first. All words of the query must occur, as words of the name, their
// beginnings or parts of compounds. Case, accents, umlauts (ä, ae) and forms of gender (Bäckerin, Bäcker:in, m/w/d) make no
// difference. A query without words finds nothing.
func (c *Catalog) Search(query string, filter Filter) []Match {
	wanted := parseQuery(query)
	if len(wanted) == 0 {
		return nil
	}
	var matches []Match
	for i, o := range c.occupations {
		if o.Withdrawn || filter.EmploymentType != "" && !o.Suits(filter.EmploymentType) {
			continue
		}
		if score := c.titles[i].score(wanted); score > 0 {
			matches = append(matches, Match{Occupation: o, Score: score})
		}
	}
	slices.SortFunc(matches, func(a, b Match) int { return better(a, b, filter.EmploymentType) })
	limit := filter.Limit
	if limit <= 0 {
		limit = defaultMatches
	}
	return slices.Clip(matches[:min(len(matches), limit, maxMatches)])
}

// better puts a before b when it is negative. Of equal scores first trainings come before further ones in a search for
// apprenticeships, occupations with a description before the others, and short names before long ones.
func better(a, b Match, employmentType string) int {
	further := func(m Match) int {
		if employmentType == "apprenticeship" && !m.first() {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(b.Score, a.Score),
		cmp.Compare(further(a), further(b)),
		cmp.Compare(a.Layer, b.Layer),
		cmp.Compare(utf8.RuneCountInString(a.Name), utf8.RuneCountInString(b.Name)),
		cmp.Compare(a.ID, b.ID),
	)
}

// first reports whether people begin with the training: an apprenticeship (groups 1110 to 1410) or a first degree.
func (o Occupation) first() bool {
	return slices.ContainsFunc(o.Groups, func(group string) bool { return group[0] == '1' || group == "3120" })
}

// title is a name as a search sees it.
type title struct {
	// words are the folded words of the name, with both genders where the name has both.
	words []string
	// also are folded words that the name does not have and people use.
	also []string
}

func newTitle(name, also string) title {
	t := title{words: splitWords(name), also: splitWords(also)}
	for _, word := range t.words {
		if stem, found := strings.CutSuffix(word, "fachmann"); found {
			t.words = append(t.words, stem+"fachkraft")
		}
	}
	return t
}

// score says how well the title fits; 0 when a word is missing.
func (t title) score(query []queryWord) int {
	total := 0
	for _, word := range query {
		score := t.best(word.text)
		if word.head != "" {
			// A compound that the name takes apart, such as "Lagerhelfer" for "Helfer/in - Lagerwirtschaft", is as good as its worse
			// part, and never as good as the whole word.
			score = max(score, min(t.best(word.stem), t.best(word.head), goodInside))
		}
		if score == 0 {
			return 0
		}
		total += score
	}
	return total
}

// best returns how well the best word of the title fits.
func (t title) best(wanted string) int {
	score := 0
	for i, word := range t.words {
		if fit := fit(wanted, word); fit > 0 {
			if i == 0 {
				fit++
			}
			score = max(score, fit)
		}
	}
	for _, word := range t.also {
		score = max(score, min(fit(wanted, word), goodSame-1))
	}
	return score
}

// How well a word of the query fits a word of a title. A fit with the first word of a name is one better.
const (
	goodPart   = 1
	goodEnd    = 3
	goodInside = 5
	goodStart  = 6
	goodForm   = 8
	goodSame   = 10
)

// formEndings are what a word may have more than the same word in a name: forms of gender, number and case.
var formEndings = []string{"in", "innen", "r", "n", "en", "s", "e", "er"}

// fit compares a word of a query with a word of a title.
func fit(wanted, word string) int {
	switch {
	case wanted == word:
		return goodSame
	case strings.HasPrefix(word, wanted):
		return goodStart
	}
	score := 0
	if len(wanted) >= 3 {
		switch {
		case strings.HasSuffix(word, wanted):
			score = goodEnd
		case strings.Contains(word, wanted):
			score = goodPart
		}
	}
	for _, ending := range formEndings {
		stem, found := strings.CutSuffix(wanted, ending)
		switch {
		case !found || len(stem) < 4:
		case stem == word:
			return goodForm
		case strings.HasSuffix(word, stem):
			score = max(score, goodEnd)
		}
	}
	return score
}
