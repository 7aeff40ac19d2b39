package hrbaxml

import (
	"bytes"
	"encoding/xml"
)

// checker follows the tokens of a file through the schema.
type checker struct {
	source *source
	tokens *xml.Decoder
	limits Limits
	visit  Visitor
	track  tracker
	report Report
	// offset and line are where the present token begins.
	offset int64
	line   int
	// begun says that something but white space came, rooted that the root element did.
	begun, rooted bool
	// skipped are the names of the open elements from an unknown one on; nothing in it is judged but its form.
	skipped []string
	// text is what the open leaf holds; leafLine is where it began.
	text     []byte
	leafLine int
	// supplierLine is the line of the header's SupplierId.
	supplierLine int
	record       recordBuilder
	// hints says for each open element of the tracker whether the prefix xsi stands for its usual namespace in it.
	hints []bool
}

func (c *checker) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return c.start(t)
	case xml.EndElement:
		return c.endElement(qualified(t.Name))
	case xml.CharData:
		return c.characters(t)
	case xml.Comment:
		c.begun = true
		return c.aside(t)
	case xml.ProcInst:
		return c.instruction(t)
	default: // xml.Directive
		return c.stop(Violation{Reason: HasDoctype})
	}
}

func (c *checker) start(t xml.StartElement) error {
	c.begun = true
	if len(c.track.stack)+len(c.skipped) == maxDepth {
		return c.stop(Violation{Reason: TooDeep, Limit: maxDepth})
	}
	if len(c.skipped) > 0 {
		c.skipped = append(c.skipped, qualified(t.Name))
		return nil
	}
	id, known := c.find(t.Name)
	switch {
	case len(c.track.stack) == 0 && c.rooted:
		return c.malformed("there is a second root element")
	case !known:
		c.rooted = true
		name := qualified(t.Name)
		c.add(Violation{Reason: UnknownElement, Path: c.track.here() + "/" + excerpt(name)})
		c.skipped = append(c.skipped, name)
		return nil
	case len(c.track.stack) == 0:
		c.rooted = true
		c.track.stack = append(c.track.stack, frame{id: File, nth: 1, place: -1})
	default:
		c.track.enter(id)
	}
	c.begin(id)
	return c.attributes(t.Attr)
}

// find looks for the element among those that the innermost open one may hold. Elements in a namespace are unknown.
func (c *checker) find(name xml.Name) (ID, bool) {
	rows := c.track.release.rows
	if name.Space != "" {
		return 0, false
	}
	if len(c.track.stack) == 0 {
		return File, name.Local == rows[File].Name
	}
	top := c.track.top()
	children := rows[top.id].Children
	// Files are mostly in order, so the search begins at the present place.
	from := max(top.place, 0)
	for i := range children {
		id := children[(from+i)%len(children)]
		if rows[id].Name == name.Local {
			return id, true
		}
	}
	return 0, false
}

// begin notes what an element that has just been entered begins.
func (c *checker) begin(id ID) {
	switch id {
	case Posting:
		c.record.begin(c.line, len(c.report.Violations))
	case DeleteEntry:
		c.record.line = c.line
	}
	if !c.track.release.rows[id].IsGroup() {
		c.text, c.leafLine = c.text[:0], c.line
	} else if c.visit.Ad != nil && id > Posting && id < DeleteEntry {
		c.record.group(&c.track.release.rows[id], c.line)
	}
}

func (c *checker) endElement(name string) error {
	if n := len(c.skipped); n > 0 {
		if c.skipped[n-1] != name {
			return c.malformed("the element " + excerpt(c.skipped[n-1]) + " is closed by " + excerpt(name))
		}
		c.skipped = c.skipped[:n-1]
		return nil
	}
	if len(c.track.stack) == 0 {
		return c.malformed("the element " + excerpt(name) + " is closed and was not opened")
	}
	r := &c.track.release.rows[c.track.top().id]
	if r.Name != name {
		return c.malformed("the element " + r.Name + " is closed by " + excerpt(name))
	}
	if !r.IsGroup() {
		c.leaf(r)
	} else if c.visit.Ad != nil && r.ID > Posting && r.ID < DeleteEntry {
		c.record.endGroup(r, c.line)
	}
	c.track.leave()
	c.hints = c.hints[:len(c.track.stack)]
	return c.deliver(r.ID)
}

// leaf judges and keeps the value of the innermost open element.
func (c *checker) leaf(r *row) {
	if v, ok := r.check(c.text); !ok {
		v.ID, v.Path, v.Line = r.ID, c.track.here(), c.leafLine
		c.add(v)
	}
	switch {
	case r.ID < FileData:
		if r.ID == HeaderSupplierID {
			c.supplierLine = c.leafLine
		}
		c.report.Header.set(r.ID, string(bytes.Trim(c.text, xmlSpace)))
	case r.ID == DeleteEntryID:
		c.record.deletion = string(c.text)
	case c.visit.Ad != nil:
		c.record.value(r, c.text, c.leafLine)
	}
}

// deliver hands on the head or a record, which has just ended, and counts records.
func (c *checker) deliver(id ID) error {
	switch id {
	case FileHeader:
		if c.visit.Header != nil {
			return c.visit.Header(c.report.Header, c.supplierLine)
		}
	case Posting:
		c.report.Ads++
		if c.visit.Ad != nil {
			return c.visit.Ad(c.record.finish(len(c.report.Violations)))
		}
	case DeleteEntry:
		c.report.Deletions++
		if c.visit.Delete != nil {
			return c.visit.Delete(c.record.deletion, c.record.line)
		}
	}
	return nil
}

func (c *checker) characters(t xml.CharData) error {
	blank := len(bytes.Trim(t, xmlSpace)) == 0
	switch {
	case len(c.track.stack) == 0 && len(c.skipped) == 0:
		if !blank {
			c.begun = true
			return c.malformed("there is text outside of the root element")
		}
	case len(c.skipped) > 0:
	case !c.track.release.rows[c.track.top().id].IsGroup():
		c.text = append(c.text, t...)
	case !blank:
		c.add(Violation{Reason: StrayText, ID: c.track.top().id, Path: c.track.here(), Value: excerpt(bytes.Trim(t, xmlSpace))})
	}
	return nil
}

// aside judges the text of comments and instructions, which the decoder does not.
func (c *checker) aside(text []byte) error {
	if bad := forbiddenCharacter(string(text)); bad != "" {
		return c.malformed("a comment or instruction holds " + bad)
	}
	return nil
}

func (c *checker) malformed(detail string) error {
	return c.stop(Violation{Reason: NotWellFormed, Detail: detail})
}

// stop adds a violation and ends the reading.
func (c *checker) stop(v Violation) error {
	v.Path = c.track.here()
	c.add(v)
	return errStop
}

// add is the one place where violations enter the report, and keeps their bound; run ends the reading when it is reached.
func (c *checker) add(v Violation) {
	if c.report.Cut {
		return
	}
	if v.Line == 0 {
		v.Line = max(c.line, 1)
	}
	c.report.Violations = append(c.report.Violations, v)
	c.report.Cut = len(c.report.Violations) >= c.limits.MaxViolations
}

func qualified(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}
