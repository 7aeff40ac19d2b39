package posting

import (
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

// Encode appends the ad that the content becomes to ad, which should be empty.
func Encode(ad *hrbaxml.Ad, content *Content, envelope Envelope) {
	from := source{Content: content, Envelope: envelope}
	if from.contact = content.Contact; from.contact == nil {
		from.contact = &Contact{}
	}
	addFields(ad, adFields, &from, 0)
}

// EndsOn returns the last day that an ad sent today has at the BA.
func EndsOn(content *Content, today calendar.Date) calendar.Date {
	if until := content.Publication.Until; until != nil {
		return *until
	}
	return today.AddDays(openEndDays)
}

// source is what the fields take their values from.
type source struct {
	*Content
	Envelope
	contact *Contact
}

// field says which element a part of the content becomes, and where in the content it stands.
type field struct {
	id hrbaxml.ID
	// pointer is the place in the content; a * stands for the number of the repetition. Empty for what is not content.
	pointer string
	// value returns the element's text, empty to leave it out; i is the repetition of the list around it.
	value func(s *source, i int) string
	// count says how often the element stands; nil for once.
	count func(s *source) int
	// fields are the elements of a group that repeats.
	fields []field
}

func addFields(ad *hrbaxml.Ad, fields []field, s *source, i int) {
	for _, f := range fields {
		switch {
		case f.count == nil:
			ad.AddText(f.id, f.value(s, i))
		case f.fields == nil:
			for n := range f.count(s) {
				ad.AddText(f.id, f.value(s, n))
			}
		default:
			for n := range f.count(s) {
				ad.AddGroup(f.id)
				addFields(ad, f.fields, s, n)
			}
		}
	}
}

// pointers maps each element to the place of the content that it comes from.
func pointers(fields []field) map[hrbaxml.ID]string {
	found := map[hrbaxml.ID]string{}
	for _, f := range fields {
		if f.pointer != "" {
			found[f.id] = f.pointer
		}
		for id, pointer := range pointers(f.fields) {
			found[id] = pointer
		}
	}
	return found
}

// contentPointers is the table of pointers of all fields, made once.
var contentPointers = sync.OnceValue(func() map[hrbaxml.ID]string { return pointers(adFields) })

// Pointer turns an element, found at a path with positions such as .../Location[2]/PostalCode, into a JSON Pointer into the content.
// It reports false for elements that come from elsewhere.
func Pointer(id hrbaxml.ID, path string) (string, bool) {
	pointer, ok := contentPointers()[id]
	if !ok {
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
