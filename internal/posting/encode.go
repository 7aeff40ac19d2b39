package posting

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// MapperVersion numbers the mapping of Content to HR-BA-XML. It is raised when the same content would become another file, so that
// ads which are live are sent again.
const MapperVersion = 1

// openEndDays is how far ahead the end of an ad without end is set. The BA documents no end of its own, so one is always sent.
const openEndDays = 60

// Action is what a file does with an ad (PostDetail/Action).
type Action string

// The actions. A deletion is a DeleteEntry and has no ad.
const (
	Insert Action = "insert"
	Update Action = "update"
	Delete Action = "delete"
)

// Envelope is what surrounds the content of an ad in a file: who sends it, under which reference, when.
type Envelope struct {
	// Release is the release of the interface that the file follows, nil for P82; elements that it does not have are left out.
	Release      *hrbaxml.Release
	Reference    string
	Action       Action
	SupplierID   string
	SupplierName string
	// Kundennummer and Employer name the hiring organisation.
	Kundennummer string
	Employer     string
	// Modified is the ad's time of change as the BA is told; it must not be older than what was sent before (rule 120).
	Modified time.Time
	// Today is the day of sending in Germany; passed days become it.
	Today calendar.Date
}

// source is what the fields take their values from.
type source struct {
	*Content
	Envelope Envelope
}

// Encode appends the ad that the content becomes to ad, which should be empty.
func Encode(ad *hrbaxml.Ad, content *Content, envelope Envelope) {
	if envelope.Release == nil {
		envelope.Release = hrbaxml.P82()
	}
	addFields(ad, adFields(), &source{Content: content, Envelope: envelope}, 0)
}

func addFields(ad *hrbaxml.Ad, fields []field, s *source, i int) {
	for f := range fields {
		f := &fields[f]
		switch {
		case s.Envelope.Release.Element(f.id) == nil:
		case f.count == nil:
			ad.AddText(f.id, f.get(s, i))
		case f.fields == nil:
			for n := range f.count(s.Content) {
				ad.AddText(f.id, f.get(s, n))
			}
		default:
			for n := range f.count(s.Content) {
				ad.AddGroup(f.id)
				addFields(ad, f.fields, s, n)
			}
		}
	}
}

// Decode reads the content of an ad: what Encode wrote, or another system's file. Start becomes the date in the file. It fails on an ad
// that the schema does not permit, and on codes that have no meaning.
func Decode(ad hrbaxml.Ad) (Content, error) {
	var c Content
	repetition := -1
	for _, node := range ad {
		f, ok := fieldsByID()[node.ID]
		switch {
		case !ok:
		case f.grow != nil:
			f.grow(&c)
			repetition = f.count(&c) - 1
		case f.set != nil:
			if err := f.set(&c, max(repetition, 0), node.Text); err != nil {
				return Content{}, fmt.Errorf("read ad: %w", err)
			}
		}
	}
	return c, nil
}

// LastDay returns the last day on which the ad is wanted: the end of publication or, without one, the latest start, after which nobody can
// begin; the BA refuses an ad that ends later (083). It is nil for an ad that is wanted until it is withdrawn.
func (c *Content) LastDay() *calendar.Date {
	if c.Publication.Until != nil {
		return c.Publication.Until
	}
	return c.LatestStart
}

// EndsOn returns the last day that an ad sent today has at the BA.
func EndsOn(content *Content, today calendar.Date) calendar.Date {
	if last := content.LastDay(); last != nil {
		return *last
	}
	return today.AddDays(openEndDays)
}

// fieldsByID finds the field of an element.
var fieldsByID = sync.OnceValue(func() map[hrbaxml.ID]field {
	found := map[hrbaxml.ID]field{}
	collect(found, adFields())
	return found
})

func collect(into map[hrbaxml.ID]field, fields []field) {
	for _, f := range fields {
		into[f.id] = f
		collect(into, f.fields)
	}
}

// Pointer turns an element, found at a path with positions such as .../Location[2]/PostalCode, into a JSON Pointer into the content.
// It reports false for elements that come from elsewhere.
func Pointer(id hrbaxml.ID, path string) (string, bool) {
	pointer := fieldsByID()[id].pointer
	if pointer == "" {
		return "", false
	}
	_, rest, _ := strings.Cut(path, "/JobPositionInformation/")
	for strings.Contains(pointer, "*") {
		index := 0
		if _, after, found := strings.Cut(rest, "["); found {
			var number string
			number, rest, _ = strings.Cut(after, "]")
			if position, err := strconv.Atoi(number); err == nil {
				index = position - 1
			}
		}
		pointer = strings.Replace(pointer, "*", strconv.Itoa(index), 1)
	}
	return pointer, true
}
