package hrbaxml

// decl is one element as the table writes it down; release.go makes the rows of Element of it.
type decl struct {
	name     string
	doc      string
	occurs   occurs
	value    Value
	children []decl
	sender   Sender
	// added is the generation of the schema that brought the element.
	added generation
	// constant overrides the derived name of the ID's constant.
	constant string
	// stem, where set, replaces the constant's name as the beginning of the children's.
	stem *string
}

// generation counts the releases of the schema in their order.
type generation uint8

const (
	genP82 generation = iota
	genNext
)

// occurs is how often an element stands in its group.
type occurs struct{ min, max int }

var (
	once     = occurs{1, 1}
	optional = occurs{0, 1}
	anyTimes = occurs{0, Many}
	repeated = occurs{1, Many}
)

func atMost(n int) occurs   { return occurs{0, n} }
func oneUpTo(n int) occurs  { return occurs{1, n} }
func (d decl) byBA() decl   { return d.sentBy(ByBA) }
func (d decl) flat() decl   { return d.stemmed("") }
func (d decl) later() decl  { d.added = genNext; return d }
func (d decl) unsent() decl { return d.sentBy(ByNobody) }

// as names the ID's constant.
func (d decl) as(constant string) decl { d.constant = constant; return d }

// stemmed sets the beginning of the constants of the children.
func (d decl) stemmed(stem string) decl { d.stem = &stem; return d }

// sentBy marks the element and everything in it.
func (d decl) sentBy(s Sender) decl {
	d.sender = s
	children := make([]decl, len(d.children))
	for i, c := range d.children {
		children[i] = c.sentBy(s)
	}
	d.children = children
	return d
}

func group(name string, n occurs, doc string, children ...decl) decl {
	return decl{name: name, doc: doc, occurs: n, children: children}
}

func field(name string, n occurs, v Value, doc string) decl {
	return decl{name: name, doc: doc, occurs: n, value: v}
}

var (
	date      = Value{Kind: Date}
	dateTime  = Value{Kind: DateTime}
	catalogID = Value{Kind: Integer}
	website   = Value{Kind: Text, MaxLength: 254, Pattern: `(http|https|ftp)://[\w\W]+`}
	country   = Value{Kind: Text, MinLength: 2, MaxLength: 2, Pattern: `[a-zA-Z]{2}`}
	region    = Value{Kind: Integer, Ranges: []Range{{1, 128}, {144, 303}}}
	supplier  = Value{Kind: Text, MinLength: 1, MaxLength: 10, Pattern: `[A|P|V|K][0-9]{9}`}
	titleCode = Value{Kind: Integer, Pattern: `[0-9]{3,7}`}
)

func text(minLength, maxLength int) Value {
	return Value{Kind: Text, MinLength: minLength, MaxLength: maxLength}
}

func number(least, most int64) Value {
	return Value{Kind: Integer, Ranges: []Range{{least, most}}}
}

// digits is a number that is really a row of digits, such as a part of a phone number. The BA's schema sets no lower bound; a
// sign makes no sense there, so the table forbids negative numbers.
func digits(most int) Value { return Value{Kind: Integer, Digits: most} }

func coded(codes ...Code) Value { return Value{Kind: Integer, Codes: codes} }

func code(value, means string) Code { return Code{Value: value, Means: means} }

func exported(value, means string) Code { return Code{Value: value, Means: means, Export: true} }

func yesNo(no, yes string) Value { return coded(code("0", no), code("1", yes)) }
