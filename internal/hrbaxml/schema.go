package hrbaxml

// ID names one element of the document by its place: every path has one ID, and IDs ascend in the order of the schema. The
// constants are generated from the table. The zero ID is no element.
type ID uint16

// Many is the Max of an element that may be repeated without limit.
const Many = -1

// Kind is the sort of value that an element holds.
type Kind uint8

// The kinds of value, by their XML Schema types.
const (
	// Group holds elements and no text of its own.
	Group Kind = iota
	// Text is xs:string: white space counts, lengths are code points.
	Text
	// Integer is xs:integer.
	Integer
	// Decimal is xs:decimal.
	Decimal
	// Date is xs:date.
	Date
	// DateTime is xs:dateTime.
	DateTime
)

// String names the kind for people.
func (k Kind) String() string {
	return [...]string{"group", "text", "whole number", "decimal number", "date", "date and time"}[k]
}

// Sender says who puts an element into a file.
type Sender uint8

// The senders.
const (
	// ByEmployer marks what an employer may send.
	ByEmployer Sender = iota
	// ByBA marks what only the BA's own exports hold.
	ByBA
	// ByNobody marks what is known to exist and is better left out.
	ByNobody
)

// Range is an interval of whole numbers, both ends included.
type Range struct{ Min, Max int64 }

// Code is one permitted value of an element that is an enumeration.
type Code struct {
	// Value is the text in the file.
	Value string
	// Means is what it stands for, in English.
	Means string
	// Export marks a code that the schema permits and that only the BA's exports use.
	Export bool
}

// Value is what the schema demands of an element's text. Zero limits do not limit.
type Value struct {
	Kind Kind
	// MinLength and MaxLength bound the code points of a Text.
	MinLength, MaxLength int
	// Pattern is a regular expression for the whole text, in the syntax that XML Schema and Go share.
	Pattern string
	// Ranges are the intervals of which a number must be in one.
	Ranges []Range
	// Digits is the most digits of an Integer, leading zeros not counted; such a number is not negative.
	Digits int
	// Fraction is the most decimals of a Decimal, trailing zeros not counted.
	Fraction int
	// Codes are the permitted values of an enumeration.
	Codes []Code
}

// Element is one row of the schema table.
type Element struct {
	ID ID
	// Name is the name in the file.
	Name string
	// Path leads from the root, without positions: /HRBAXMLJobPositionPosting/Data/...
	Path string
	// Const is the name of the ID's constant.
	Const string
	// Parent is the ID of the group around the element; zero for the root.
	Parent ID
	// Children are a group's elements in their order.
	Children []ID
	// Min and Max say how often the element stands in its group; Max may be Many.
	Min, Max int
	// Depth counts the groups around the element; zero for the root.
	Depth int
	Value Value
	// Doc describes the element in English.
	Doc string
	// Sender says who sends it.
	Sender Sender
}

// Repeats reports whether the element may stand in its group more than once.
func (e *Element) Repeats() bool { return e.Max != 1 }

// IsGroup reports whether the element holds other elements.
func (e *Element) IsGroup() bool { return e.Value.Kind == Group }

// String returns the name of the ID's constant.
func (id ID) String() string {
	if e := everything().Element(id); e != nil {
		return e.Const
	}
	return "no element"
}

// Path returns where the element stands, from the root and without positions.
func (id ID) Path() string {
	if e := everything().Element(id); e != nil {
		return e.Path
	}
	return ""
}
