package hrbaxml

import (
	"strconv"
	"strings"
)

// tracker follows a document through the schema table and finds elements that are out of place, too many or missing. Writer,
// Check and CheckAd all walk on it.
type tracker struct {
	release *Release
	// stack are the open elements, the outermost first.
	stack []frame
	// report takes what is wrong about an element at the present place.
	report func(Violation)
	// opened and closed, where set, are told of every element that open and close pass.
	opened, closed func(*row)
}

// frame is one open element.
type frame struct {
	id ID
	// nth counts the element among its like-named siblings, from 1.
	nth int
	// place is the index of the last child that was in order, -1 before the first; count says how often it came.
	place, count int
	// seen has a bit for each child that was there.
	seen uint64
}

func (t *tracker) top() *frame { return &t.stack[len(t.stack)-1] }

// enter opens a child of the innermost open element.
func (t *tracker) enter(id ID) {
	f, r := t.top(), &t.release.rows[id]
	nth := 1
	switch {
	case r.place < f.place:
		t.report(Violation{Reason: WrongOrder, ID: id, Path: t.path(id, 1)})
	case r.place == f.place:
		f.count++
		nth = f.count
		if r.Max != Many && f.count == r.Max+1 {
			t.report(Violation{Reason: TooManyElements, ID: id, Path: t.path(id, nth), Found: f.count, Limit: r.Max})
		}
	default:
		f.place, f.count = r.place, 1
	}
	f.seen |= 1 << r.place
	t.stack = append(t.stack, frame{id: id, nth: nth, place: -1})
}

// leave closes the innermost open element.
func (t *tracker) leave() {
	f := t.top()
	r := &t.release.rows[f.id]
	if missing := r.required &^ f.seen; missing != 0 {
		for i, id := range r.Children {
			if missing&(1<<i) != 0 {
				t.report(Violation{Reason: MissingElement, ID: id, Path: t.path(id, 1)})
			}
		}
	}
	t.stack = t.stack[:len(t.stack)-1]
}

// step goes to the node of an ad within the group and opens it, with all groups that it implies. It reports whether the node
// holds a value; the caller then closes it.
func (t *tracker) step(within ID, n Node) (isLeaf bool) {
	if n.ID <= within || !t.release.has(n.ID) || !t.release.contains(within, n.ID) {
		t.report(Violation{Reason: UnknownElement, ID: n.ID, Path: n.ID.Path()})
		return false
	}
	r := &t.release.rows[n.ID]
	for !t.release.contains(t.top().id, r.Parent) {
		t.close()
	}
	t.openAll(r.Parent)
	t.open(n.ID)
	if !r.IsGroup() {
		return true
	}
	if n.Text != "" {
		t.report(Violation{Reason: StrayText, ID: n.ID, Path: t.here(), Value: excerpt(n.Text)})
	}
	return false
}

// openAll opens the group and those around it that are not open.
func (t *tracker) openAll(id ID) {
	if t.top().id != id {
		t.openAll(t.release.rows[id].Parent)
		t.open(id)
	}
}

func (t *tracker) open(id ID) {
	t.enter(id)
	if t.opened != nil {
		t.opened(&t.release.rows[id])
	}
}

func (t *tracker) close() {
	r := &t.release.rows[t.top().id]
	t.leave()
	if t.closed != nil {
		t.closed(r)
	}
}

// here returns the path of the innermost open element.
func (t *tracker) here() string {
	var b strings.Builder
	for _, f := range t.stack {
		t.appendStep(&b, f.id, f.nth)
	}
	return b.String()
}

// path returns the path of a child of the innermost open element.
func (t *tracker) path(id ID, nth int) string {
	var b strings.Builder
	b.WriteString(t.here())
	t.appendStep(&b, id, nth)
	return b.String()
}

func (t *tracker) appendStep(b *strings.Builder, id ID, nth int) {
	r := &t.release.rows[id]
	b.WriteByte('/')
	b.WriteString(r.Name)
	if r.Repeats() {
		b.WriteByte('[')
		b.WriteString(strconv.Itoa(nth))
		b.WriteByte(']')
	}
}
