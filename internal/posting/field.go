package posting

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// field is one row of the mapping between Content and HR-BA-XML: an element, where its value stands in the content, and how it is read
// and written both ways.
type field struct {
	id hrbaxml.ID
	// pointer is the place in the content; a * stands for the number of the repetition. Empty for what is not content.
	pointer string
	// get returns the element's text, empty to leave it out; i is the repetition of the list around it, or of the element itself.
	get func(s *source, i int) string
	// set takes an element's text over into the content; nil for what follows from the rest.
	set func(c *Content, i int, value string) error
	// count says how often the element stands; nil for once.
	count func(c *Content) int
	// grow makes room in the content for one more repetition of a group.
	grow func(c *Content)
	// fields are the elements of a group that repeats.
	fields []field
}

// place says where a value lies in a content. With grow it makes the groups around it; without, it returns nil where one is missing.
type at[T any] func(c *Content, i int, grow bool) *T

// in returns an optional group, and makes it first if it is to grow.
func in[T any](group **T, grow bool) *T {
	if *group == nil && grow {
		*group = new(T)
	}
	return *group
}

// inside narrows a place in the content to a part of what lies there.
func inside[G, T any](group at[G], part func(*G) *T) at[T] {
	return func(c *Content, i int, grow bool) *T {
		if found := group(c, i, grow); found != nil {
			return part(found)
		}
		return nil
	}
}

// convert maps the value at a place to an element's text and back.
func convert[T any](id hrbaxml.ID, pointer string, where at[T], write func(T) string, read func(string) (T, error)) field {
	return field{
		id: id, pointer: pointer,
		get: func(s *source, i int) string {
			if found := where(s.Content, i, false); found != nil {
				return write(*found)
			}
			return ""
		},
		set: func(c *Content, i int, value string) error {
			parsed, err := read(value)
			if err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			*where(c, i, true) = parsed
			return nil
		},
	}
}

// lineField is a text of one line.
func lineField(id hrbaxml.ID, pointer string, where at[string]) field {
	return convert(id, pointer, where, singleLine, verbatim)
}

// textField is a text whose line breaks count.
func textField(id hrbaxml.ID, pointer string, where at[string]) field {
	return convert(id, pointer, where, PlainText, verbatim)
}

// addressField is an address of the web or of mail, in which nothing is taken for HTML.
func addressField(id hrbaxml.ID, pointer string, where at[string]) field {
	return convert(id, pointer, where, trimmed, verbatim)
}

func verbatim(s string) (string, error) { return s, nil }

// codeField is one of our words for one of the BA's codes.
func codeField[E ~string](id hrbaxml.ID, pointer string, book []code[E], where at[E]) field {
	return convert(id, pointer, where, func(word E) string { return toBA(book, word) }, reader(book))
}

func reader[E ~string](book []code[E]) func(string) (E, error) {
	return func(ba string) (E, error) {
		word, ok := fromBA(book, ba)
		if !ok {
			return "", fmt.Errorf("unknown code %q", ba)
		}
		return word, nil
	}
}

// listField is a list of our words, one element each.
func listField[E ~string](id hrbaxml.ID, pointer string, book []code[E], where at[[]E]) field {
	read := reader(book)
	return field{
		id: id, pointer: pointer + "/*",
		count: func(c *Content) int {
			if found := where(c, 0, false); found != nil {
				return len(*found)
			}
			return 0
		},
		get: func(s *source, i int) string { return toBA(book, (*where(s.Content, 0, false))[i]) },
		set: func(c *Content, _ int, value string) error {
			word, err := read(value)
			if err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			found := where(c, 0, true)
			*found = append(*found, word)
			return nil
		},
	}
}

// numberField is a whole number that is always there.
func numberField(id hrbaxml.ID, pointer string, where at[int]) field {
	return convert(id, pointer, where, strconv.Itoa, strconv.Atoi)
}

// optionalField is a value that may be missing.
func optionalField[T any](id hrbaxml.ID, pointer string, where at[*T], write func(T) string, read func(string) (T, error)) field {
	return convert(id, pointer, where,
		func(value *T) string {
			if value == nil {
				return ""
			}
			return write(*value)
		},
		func(s string) (*T, error) {
			value, err := read(s)
			return &value, err
		})
}

func intField(id hrbaxml.ID, pointer string, where at[*int]) field {
	return optionalField(id, pointer, where, strconv.Itoa, strconv.Atoi)
}

func dateField(id hrbaxml.ID, pointer string, where at[*calendar.Date]) field {
	return optionalField(id, pointer, where, calendar.Date.String, calendar.Parse)
}

func boolField(id hrbaxml.ID, pointer string, where at[*bool]) field {
	return optionalField(id, pointer, where, yesNo, readYesNo)
}

func decimalField(id hrbaxml.ID, pointer string, where at[*float64]) field {
	return optionalField(id, pointer, where,
		func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) },
		func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
}

// flagField is 1 for true; what false becomes is the caller's choice.
func flagField(id hrbaxml.ID, pointer, no string, where at[bool]) field {
	return convert(id, pointer, where, func(yes bool) string {
		if yes {
			return "1"
		}
		return no
	}, readYesNo)
}

// groupField is a group that repeats, once for each member of a list. rows are the fields of one member.
func groupField[G any](id hrbaxml.ID, pointer string, where at[[]G], rows func(pointer string, member at[G]) []field) field {
	pointer += "/*"
	member := func(c *Content, i int, grow bool) *G {
		list := where(c, 0, grow)
		if list == nil || i >= len(*list) {
			return nil
		}
		return &(*list)[i]
	}
	return field{
		id: id, pointer: pointer,
		count: func(c *Content) int {
			if found := where(c, 0, false); found != nil {
				return len(*found)
			}
			return 0
		},
		grow: func(c *Content) {
			list := where(c, 0, true)
			*list = append(*list, *new(G))
		},
		fields: rows(pointer, member),
	}
}

// derived is an element whose text follows from the rest and is not content.
func derived(id hrbaxml.ID, get func(s *source) string) field {
	return field{id: id, get: func(s *source, _ int) string { return get(s) }}
}

func yesNo(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

func readYesNo(s string) (bool, error) {
	if !slices.Contains([]string{"0", "1"}, s) {
		return false, fmt.Errorf("%q is neither 0 nor 1", s)
	}
	return s == "1", nil
}
