package database

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// The bounds of a page.
const (
	DefaultPageSize = 50
	MaxPageSize     = 200
)

// BadCursor is answered for a cursor that no earlier page of the list gave.
var BadCursor = &fault.Code{
	Name: "invalid_cursor", Kind: fault.Malformed,
	Title:  text.Text{DE: "Unbekannte Seitenmarke", EN: "Unknown cursor"},
	Detail: text.Text{DE: "Die Seitenmarke stammt nicht aus einer früheren Antwort dieser Liste.", EN: "The cursor did not come from an earlier answer of this list."},
	Hint: text.Text{
		DE: "Übernehmen Sie „next“ der letzten Antwort unverändert und mit derselben Reihenfolge und denselben Filtern, oder beginnen Sie ohne „cursor“.",
		EN: "Take `next` of the last answer as it is, with the same order and filters, or start without `cursor`.",
	},
}

// Page is a part of a list: the rows after one id, in the order of ids, which is the order of creation.
type Page struct {
	After uuid.UUID
	Limit int
	// Newest turns the order round.
	Newest bool
	// list is the mark of the list in its cursors.
	list [markBytes]byte
	// only are conditions that the rows of the list meet.
	only []clause.Expression
}

// markBytes is how many bytes of a cursor say of which list it is: enough to notice a mistake, and nobody gains by forging one.
const markBytes = 4

// NewPage reads a page of a list as a caller asks for it: nil for the first page and for the default size. The size is held within 1 to
// MaxPageSize. The list is named by all that tells it from others, such as its owner, order and filters: with another one's cursor it would
// pass over rows and say nothing. It returns BadCursor.
func NewPage(list string, cursor *string, limit *int) (Page, error) {
	sum := sha256.Sum256([]byte(list))
	page := Page{Limit: DefaultPageSize, list: [markBytes]byte(sum[:])}
	if limit != nil {
		page.Limit = min(max(*limit, 1), MaxPageSize)
	}
	if cursor == nil {
		return page, nil
	}
	raw, err := ReadCursor(*cursor, len(page.After)+markBytes)
	if err != nil {
		return Page{}, err
	}
	if after := copy(page.After[:], raw); !bytes.Equal(raw[after:], page.list[:]) {
		return Page{}, BadCursor.New(nil)
	}
	return page, nil
}

// WriteCursor writes what a cursor holds.
func WriteCursor(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// ReadCursor reads what a cursor of that many bytes holds. It takes only what WriteCursor writes, while base64 passes over ends of lines. It
// returns BadCursor.
func ReadCursor(cursor string, size int) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) != size || WriteCursor(raw) != cursor {
		return nil, BadCursor.New(nil)
	}
	return raw, nil
}

// Where returns the page of a list that has only rows with a value in a column, which is named by the program and never by a caller.
func (p Page) Where(column string, value any) Page {
	p.only = append(slices.Clip(p.only), clause.Eq{Column: column, Value: value})
	return p
}

// Since returns the page of a list that has only rows whose time in a column is not before a time.
func (p Page) Since(column string, at time.Time) Page {
	p.only = append(slices.Clip(p.only), clause.Gte{Column: column, Value: at})
	return p
}

// In limits a query to the page, and to one row more, by which Cut sees whether there is a next page.
func (p Page) In(query *gorm.DB) *gorm.DB {
	if len(p.only) > 0 {
		query = query.Clauses(clause.Where{Exprs: p.only})
	}
	after, order := "id > ?", "id"
	if p.Newest {
		after, order = "id < ?", "id DESC"
	}
	if p.After != uuid.Nil {
		query = query.Where(after, p.After)
	}
	return query.Order(order).Limit(p.Limit + 1)
}

// Cut takes the extra row off again and returns the cursor of the next page, nil on the last one.
func Cut[T any](page Page, rows []T, id func(T) uuid.UUID) ([]T, *string) {
	if len(rows) <= page.Limit {
		return rows, nil
	}
	rows = rows[:page.Limit]
	last := id(rows[len(rows)-1])
	next := WriteCursor(slices.Concat(last[:], page.list[:]))
	return rows, &next
}
