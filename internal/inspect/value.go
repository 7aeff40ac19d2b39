package inspect

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// element returns the row of the schema table; IDs are the same in every release, and the newest has them all.
func element(id hrbaxml.ID) *hrbaxml.Element { return hrbaxml.Next().Element(id) }

// find returns the place of the first node of an element, -1 when the ad has none.
func (x *exam) find(id hrbaxml.ID) int {
	return slices.IndexFunc(x.ad, func(n hrbaxml.Node) bool { return n.ID == id })
}

// place returns the place of an element, or of the node after which it is missing; IDs ascend in the order of the schema.
func (x *exam) place(id hrbaxml.ID) int {
	if i := x.find(id); i >= 0 {
		return i
	}
	for i, n := range slices.Backward(x.ad) {
		if n.ID < id {
			return i
		}
	}
	return -1
}

// has reports whether the ad has the element with a text.
func (x *exam) has(id hrbaxml.ID) bool { return x.ad.Get(id) != "" }

// number returns the value of an element that is a whole number.
func (x *exam) number(id hrbaxml.ID) (n int, ok bool) {
	n, err := strconv.Atoi(x.ad.Get(id))
	return n, err == nil
}

// date returns the day of an element that is a date.
func (x *exam) date(id hrbaxml.ID) (day calendar.Date, ok bool) { return dayOf(x.ad.Get(id)) }

// all returns the places of the elements with an ID.
func (x *exam) all(ids ...hrbaxml.ID) iter.Seq2[int, string] {
	return x.where(func(id hrbaxml.ID) bool { return slices.Contains(ids, id) })
}

// named returns the places of the elements with a name, wherever they stand.
func (x *exam) named(name string) iter.Seq2[int, string] {
	return x.where(func(id hrbaxml.ID) bool {
		e := element(id)
		return e != nil && e.Name == name
	})
}

func (x *exam) where(wanted func(hrbaxml.ID) bool) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for i, n := range x.ad {
			if wanted(n.ID) && !yield(i, n.Text) {
				return
			}
		}
	}
}

// members returns the nodes of the repetition of a group that begins at a place.
func (x *exam) members(index int) hrbaxml.Ad {
	group := x.ad[index].ID
	children := element(group).Children
	end := index + 1
	for end < len(x.ad) && slices.Contains(children, x.ad[end].ID) {
		end++
	}
	return x.ad[index+1 : end]
}

// farYear stands for all years of more than five digits, which xs:date permits.
const farYear = 99_999

// dayOf returns the day of an xs:date or xs:dateTime as it is written; its offset from UTC, if any, does not move it.
func dayOf(s string) (day calendar.Date, ok bool) {
	unsigned, before := strings.CutPrefix(s, "-")
	year, rest, _ := strings.Cut(unsigned, "-")
	if len(year) < len("2026") || len(rest) < len("01-02") || rest[2] != '-' {
		return calendar.Date{}, false
	}
	y, err := strconv.Atoi(year)
	m, monthErr := strconv.Atoi(rest[:2])
	d, dayErr := strconv.Atoi(rest[3:5])
	if len(year) > len("99999") {
		y, err = farYear, nil
	}
	if before {
		y = -y
	}
	ok = err == nil && monthErr == nil && dayErr == nil && m >= 1 && m <= 12 && d >= 1 && d <= 31
	return calendar.Date{Year: y, Month: time.Month(m), Day: d}, ok
}

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
