package hrbaxml

import (
	"regexp"
	"strings"
	"sync"
)

// Release is the schema table of one release of the interface. It is immutable and safe for concurrent use.
type Release struct {
	name string
	// rows are indexed by ID; the rows of elements that the release does not have are zero.
	rows []row
}

// row is an Element with what the writer and the checker derive from it.
type row struct {
	Element
	pattern *regexp.Regexp
	// codes are the numbers of Value.Codes, where the element is an Integer.
	codes []int64
	// place is the element's index among its parent's children.
	place int
	// required has a bit for each child that must be there, by its place.
	required uint64
	// open and end are the tags as the writer writes them, each on a line of its own where the element is a group.
	open, end string
}

// change gives an element another value or number than document says, in one release.
type change struct {
	path   string
	occurs occurs
	value  Value
}

// releaseDecl is a release as data: the last generation of elements that it has, and the changes that apply.
type releaseDecl struct {
	name    string
	last    generation
	changes []change
}

var (
	p82  = sync.OnceValue(func() *Release { return compile(document(), releaseDecl{name: "P82", last: genP82}) })
	next = sync.OnceValue(func() *Release { return compile(document(), releaseDecl{name: "next", last: genNext}) })
)

// everything returns the release that has all elements.
func everything() *Release { return next() }

// P82 returns the release of spring 2018 (VerBIS PRV 18.2), the last whose schema is public.
func P82() *Release { return p82() }

// Next returns P82 with the elements that are known to have been added since. Their places are partly assumed: check them
// against the BA's current schema before anything is sent in it.
func Next() *Release { return next() }

// Releases returns all releases, oldest first.
func Releases() []*Release { return []*Release{P82(), Next()} }

// ReleaseByName finds a release by its name; false when there is none of that name.
func ReleaseByName(name string) (*Release, bool) {
	for _, r := range Releases() {
		if r.name == name {
			return r, true
		}
	}
	return nil, false
}

// Name returns the release's name: P82 or next.
func (r *Release) Name() string { return r.name }

// Element returns the element's row, nil when the release does not have it. The row must not be changed.
func (r *Release) Element(id ID) *Element {
	if !r.has(id) {
		return nil
	}
	return &r.rows[id].Element
}

// Elements calls yield with every element in the order of the schema, until it returns false.
func (r *Release) Elements(yield func(*Element) bool) {
	for i := range r.rows {
		if r.rows[i].ID != 0 && !yield(&r.rows[i].Element) {
			return
		}
	}
}

func (r *Release) has(id ID) bool { return int(id) < len(r.rows) && r.rows[id].ID != 0 }

// contains reports whether the group is the element itself or one of the groups around it.
func (r *Release) contains(group, id ID) bool {
	for id > group {
		id = r.rows[id].Parent
	}
	return id == group
}

// compile makes the table of one release. IDs count all elements of the document, so they are the same in every release.
func compile(root decl, rel releaseDecl) *Release {
	c := compiler{release: rel, rows: make([]row, 1, 512), next: 1}
	c.add(root, parent{present: true})
	return &Release{name: rel.name, rows: c.rows}
}

type compiler struct {
	release releaseDecl
	rows    []row
	// next is the ID of the next element, the length of rows.
	next ID
}

// parent is what an element inherits from the group around it.
type parent struct {
	Element
	// stem begins the constants of the children.
	stem string
	// present says that the release has the group.
	present bool
	// place is the index of the next child.
	place int
}

// add appends the element and everything in it, as empty rows where the release does not have them.
func (c *compiler) add(d decl, in parent) {
	e := c.element(d, in)
	here := parent{stem: e.Const, present: in.present && d.added <= c.release.last}
	if d.stem != nil {
		here.stem = *d.stem
	}
	c.rows = append(c.rows, row{})
	c.next++
	here.Element = e
	for _, child := range d.children {
		id := c.next
		c.add(child, here)
		if c.rows[id].ID != 0 {
			e.Children = append(e.Children, id)
			here.place++
		}
	}
	if here.present {
		c.rows[e.ID] = c.row(e, in.place)
	}
}

func (c *compiler) element(d decl, in parent) Element {
	e := Element{
		ID: c.next, Name: d.name, Path: in.Path + "/" + d.name, Const: d.constant, Parent: in.ID,
		Min: d.occurs.min, Max: d.occurs.max, Value: d.value, Doc: d.doc, Sender: d.sender,
	}
	if e.Const == "" {
		e.Const = constant(in.stem, d.name)
	}
	if in.ID != 0 {
		e.Depth = in.Depth + 1
	}
	for _, change := range c.release.changes {
		if change.path == e.Path {
			e.Min, e.Max, e.Value = change.occurs.min, change.occurs.max, change.value
		}
	}
	return e
}

func (c *compiler) row(e Element, place int) row {
	indent := "\n" + strings.Repeat("  ", e.Depth)
	out := row{Element: e, place: place, open: indent + "<" + e.Name + ">", end: "</" + e.Name + ">"}
	if e.IsGroup() {
		out.end = indent + out.end
	}
	if e.Value.Pattern != "" {
		out.pattern = regexp.MustCompile(`^(?:` + e.Value.Pattern + `)$`)
	}
	if e.Value.Kind == Integer {
		for _, code := range e.Value.Codes {
			n, _ := parseInteger([]byte(code.Value))
			out.codes = append(out.codes, n)
		}
	}
	for i, id := range e.Children {
		if c.rows[id].Min > 0 {
			out.required |= 1 << i
		}
	}
	return out
}

// constant joins a stem and an element's name to the name of a constant. Words that end the stem and begin the name are said
// once: HiringOrg and HiringOrgName make HiringOrgName.
func constant(stem, name string) string {
	if begin, isID := strings.CutSuffix(name, "Id"); isID {
		name = begin + "ID"
	}
	for i, r := range stem {
		rest, overlaps := strings.CutPrefix(name, stem[i:])
		if isUpper(r) && overlaps && rest != "" && isUpper(rune(rest[0])) {
			return stem[:i] + name
		}
	}
	return stem + name
}

func isUpper(r rune) bool { return 'A' <= r && r <= 'Z' }
