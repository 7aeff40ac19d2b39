package hrbaxml

import "bytes"

// recordBuilder collects the nodes of the ad that a checker is in. It is reused from ad to ad.
type recordBuilder struct {
	ad    Ad
	lines []int
	// line is where the record begins.
	line int
	// violations is how many there were before.
	violations int
	// marks are the numbers of nodes at which the open groups began.
	marks []int
	// deletion is the id of a deletion.
	deletion string
}

func (b *recordBuilder) begin(line, violations int) {
	b.ad, b.lines, b.marks = b.ad[:0], b.lines[:0], b.marks[:0]
	b.line, b.violations = line, violations
}

// group notes the beginning of a group. Those that may repeat have a node of their own.
func (b *recordBuilder) group(r *row, line int) {
	if r.Repeats() {
		b.add(Node{ID: r.ID}, line)
	}
	b.marks = append(b.marks, len(b.ad))
}

// endGroup notes the end of a group, which needs a node if nothing else tells of it.
func (b *recordBuilder) endGroup(r *row, line int) {
	last := len(b.marks) - 1
	if b.marks[last] == len(b.ad) && !r.Repeats() {
		b.add(Node{ID: r.ID}, line)
	}
	b.marks = b.marks[:last]
}

// value notes the value of an element. White space around anything but text means nothing.
func (b *recordBuilder) value(r *row, text []byte, line int) {
	if r.Value.Kind != Text {
		text = bytes.Trim(text, xmlSpace)
	}
	b.add(Node{ID: r.ID, Text: string(text)}, line)
}

func (b *recordBuilder) add(n Node, line int) {
	b.ad = append(b.ad, n)
	b.lines = append(b.lines, line)
}

func (b *recordBuilder) finish(violations int) AdRecord {
	return AdRecord{Ad: b.ad, Lines: b.lines, Line: b.line, Valid: violations == b.violations}
}
