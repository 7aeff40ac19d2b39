package hrbaxml

import (
	"strconv"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// timestamp is the form of a date and time in a file: always with its offset from UTC.
const timestamp = "2006-01-02T15:04:05-07:00"

// Node is one value of an ad, or the beginning of a group.
type Node struct {
	ID ID
	// Text is the value; empty for a group.
	Text string
}

// Ad is one job ad (JobPositionPosting): its values in the order of the schema. The groups around a value are implied, so a group
// has a node of its own only where it may repeat (every repetition begins with one) or is empty. The zero Ad is ready to use;
// Reset makes it ready again without giving up its memory.
type Ad []Node

// Reset empties the ad and keeps its memory.
func (a *Ad) Reset() { *a = (*a)[:0] }

// AddGroup begins a repetition of a group.
func (a *Ad) AddGroup(id ID) { *a = append(*a, Node{ID: id}) }

// AddText appends a text, and nothing when it is empty: an element without text says nothing.
func (a *Ad) AddText(id ID, s string) {
	if s != "" {
		*a = append(*a, Node{ID: id, Text: s})
	}
}

// AddInt appends a whole number.
func (a *Ad) AddInt(id ID, n int) { a.AddText(id, strconv.Itoa(n)) }

// AddBool appends 1 for true and 0 for false.
func (a *Ad) AddBool(id ID, yes bool) {
	if yes {
		a.AddText(id, "1")
	} else {
		a.AddText(id, "0")
	}
}

// AddDate appends a day, and nothing for the zero Date.
func (a *Ad) AddDate(id ID, d calendar.Date) { a.AddText(id, d.String()) }

// AddTime appends a moment to the second, with the offset of its location.
func (a *Ad) AddTime(id ID, t time.Time) { a.AddText(id, t.Format(timestamp)) }

// Get returns the first value of an element, empty when the ad does not have it.
func (a Ad) Get(id ID) string {
	for i := range a {
		if a[i].ID == id {
			return a[i].Text
		}
	}
	return ""
}
