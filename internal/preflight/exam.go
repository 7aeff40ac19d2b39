package preflight

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// The most breaches that are told of one ad: of one rule, and in all. An ad of an honest sender has few, and every one costs a look at the
// whole ad for its path.
const (
	maxPerRule = 10
	maxPerAd   = 100
)

// exam is one ad under the rules. It can be used for one ad after the other.
type exam struct {
	facts Facts
	ad    hrbaxml.Ad
	nth   int
	// firsts and lasts are, by ID, the place after that of an element's first and last node; zero for elements that the ad does not have.
	firsts, lasts [hrbaxml.DeleteEntryID + 1]int32
	// limits are the days that the rules compare with.
	limits limits
	// offer is the JobOfferType, 0 when there is none.
	offer int
	rule  *Rule
	found []Breach
	// ofRule counts the breaches of the present rule.
	ofRule int
}

// limits are days as numbers: the present one, and those that lie some years ahead or back.
type limits struct {
	on calendar.Date

	today, twoYears, tenYears, fiftyYears, century day
}

// The years that dates may lie ahead or back.
const (
	publicationYears = 2
	termYears        = 10
	mostYearsAhead   = 50
	mostYearsBack    = 100
)

// judge applies the rules to the ad that was begun.
func (x *exam) judge() []Breach {
	action, _ := x.number(hrbaxml.PostDetailAction)
	for _, rule := range checks() {
		if x.rule, x.ofRule = rule, 0; action != deletion || rule.dummies {
			rule.check(x)
		}
	}
	return x.found
}

// begin takes an ad and indexes it.
func (x *exam) begin(ad hrbaxml.Ad) {
	x.ad, x.found = ad, nil
	clear(x.firsts[:])
	for i := range ad {
		id := ad[i].ID
		if int(id) >= len(x.firsts) {
			continue
		}
		if x.firsts[id] == 0 {
			x.firsts[id] = int32(i) + 1 // an ad has not two thousand million nodes
		}
		x.lasts[id] = int32(i) + 1
	}
	if today := x.facts.Today; x.limits.on != today {
		x.limits = limits{
			on: today, today: dayOf(today), twoYears: dayOf(today.AddYears(publicationYears)), tenYears: dayOf(today.AddYears(termYears)),
			fiftyYears: dayOf(today.AddYears(mostYearsAhead)), century: dayOf(today.AddYears(-mostYearsBack)),
		}
	}
	x.offer, _ = x.number(hrbaxml.JobOfferType)
}

// first returns the place of the first node of an element, -1 when the ad has none.
func (x *exam) first(id hrbaxml.ID) int { return int(x.firsts[id]) - 1 }

// next returns the place of the next node of the same element, -1 when there is none.
func (x *exam) next(i int) int {
	id := x.ad[i].ID
	if x.ofRule >= maxPerRule {
		return -1
	}
	for last := int(x.lasts[id]) - 1; i < last; {
		if i++; x.ad[i].ID == id {
			return i
		}
	}
	return -1
}

// get returns the first text of an element, empty when the ad does not have it.
func (x *exam) get(id hrbaxml.ID) string {
	if i := x.first(id); i >= 0 {
		return x.ad[i].Text
	}
	return ""
}

// has reports whether the ad has the element with a text that is more than blanks.
func (x *exam) has(id hrbaxml.ID) bool { return strings.TrimSpace(x.get(id)) != "" }

// hasAny reports whether it has one of the elements.
func (x *exam) hasAny(ids ...hrbaxml.ID) bool { return slices.ContainsFunc(ids, x.has) }

// number returns the value of an element that is a whole number.
func (x *exam) number(id hrbaxml.ID) (n int, ok bool) { return numberOf(x.get(id)) }

func numberOf(s string) (n int, ok bool) {
	if s == "" {
		return 0, false
	}
	n, err := strconv.Atoi(strings.Trim(s, xmlSpace))
	return n, err == nil
}

// xmlSpace is what XML takes for white space. Around numbers and dates it does not count.
const xmlSpace = " \t\r\n"

// is reports whether an element is a number of a value.
func (x *exam) is(id hrbaxml.ID, value int) bool {
	n, ok := x.number(id)
	return ok && n == value
}

// isOffer reports whether the ad is of one of the kinds of employment.
func (x *exam) isOffer(kinds ...int) bool { return slices.Contains(kinds, x.offer) }

// date returns the day of an element that is a date.
func (x *exam) date(id hrbaxml.ID) (d day, ok bool) {
	if i := x.first(id); i >= 0 {
		return parseDay(x.ad[i].Text)
	}
	return 0, false
}

// members returns the nodes of the repetition of a group that begins at a place.
func (x *exam) members(group int) hrbaxml.Ad {
	children := element(x.ad[group].ID).Children
	end := group + 1
	for end < len(x.ad) && slices.Contains(children, x.ad[end].ID) {
		end++
	}
	return x.ad[group+1 : end]
}

// place returns the place of an element, or of the node after which it is missing; IDs ascend in the order of the schema.
func (x *exam) place(id hrbaxml.ID) int {
	if i := x.first(id); i >= 0 {
		return i
	}
	for i, n := range slices.Backward(x.ad) {
		if n.ID < id {
			return i
		}
	}
	return -1
}

// refuse notes that the ad breaks the present rule, by an element that should be other, or be there.
func (x *exam) refuse(id hrbaxml.ID) {
	x.note(Error, id, x.place(id), x.rule.Explanation, quoted(x.get(id)))
}

// refuseAt does so for an element that may stand in the ad more than once.
func (x *exam) refuseAt(index int) {
	x.note(Error, x.ad[index].ID, index, x.rule.Explanation, quoted(x.ad[index].Text))
}

// refuseMissing does so for an element that the repetition of a group, which begins at a place, lacks.
func (x *exam) refuseMissing(group int, id hrbaxml.ID) {
	x.note(Error, id, group, x.rule.Explanation, "")
}

func (x *exam) note(severity Severity, id hrbaxml.ID, index int, words text.Text, found string) {
	if x.ofRule++; x.ofRule > maxPerRule || len(x.found) >= maxPerAd {
		return
	}
	x.found = append(x.found, Breach{
		Rule: x.rule, Severity: severity, ID: id, Index: index, Path: path(x.ad, x.nth, id, index), Text: words, Found: found,
	})
}

// maxQuoted bounds the characters of a value that is told.
const maxQuoted = 80

// quoted returns a value as a message has it: on one line, cut, in quotes; nothing for nothing.
func quoted(s string) string {
	if s == "" {
		return ""
	}
	if utf8.RuneCountInString(s[:min(len(s), maxQuoted*utf8.UTFMax)]) > maxQuoted {
		s = string([]rune(s[:min(len(s), maxQuoted*utf8.UTFMax)])[:maxQuoted]) + "…"
	}
	return strconv.Quote(s)
}

// element returns the row of the schema table; IDs are the same in every release, and the newest has them all.
func element(id hrbaxml.ID) *hrbaxml.Element { return hrbaxml.Next().Element(id) }

// path returns the path of an element of the nth ad of a file. No element that repeats stands in another but the ad, so the
// position of one is the number of its like up to the place.
func path(ad hrbaxml.Ad, nth int, id hrbaxml.ID, index int) string {
	var steps []string
	for e := element(id); e != nil; e = element(e.Parent) {
		step := "/" + e.Name
		switch {
		case e.ID == hrbaxml.Posting:
			step += position(nth)
		case e.Repeats():
			count := 0
			for _, n := range ad[:index+1] {
				if n.ID == e.ID {
					count++
				}
			}
			step += position(max(count, 1))
		}
		steps = append(steps, step)
	}
	slices.Reverse(steps)
	return strings.Join(steps, "")
}

func position(n int) string { return "[" + strconv.Itoa(n) + "]" }
