package hrbaxml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Limits bound what Check and Read take from a file. Zero and less stand for the defaults.
type Limits struct {
	// MaxBytes is the largest file; 64 MiB by default.
	MaxBytes int64
	// MaxViolations is how many violations are told before reading stops; 100 by default.
	MaxViolations int
}

// The defaults of Limits, and the depth of nesting beyond which no file makes sense.
const (
	defaultMaxBytes      = 64 << 20
	defaultMaxViolations = 100
	maxDepth             = 64
)

// Report is what Check and Read found in a file.
type Report struct {
	// Violations are in the order of the file; none means that the schema permits it.
	Violations []Violation
	// Cut says that reading stopped at Limits.MaxViolations.
	Cut bool
	// Header is the head of the file, as far as it could be understood.
	Header Header
	// Ads and Deletions count the records of the file.
	Ads, Deletions int
}

// Valid reports whether the schema permits the file.
func (r *Report) Valid() bool { return len(r.Violations) == 0 }

// AdRecord is one ad of a file. Its slices are valid until the visitor returns.
type AdRecord struct {
	Ad Ad
	// Lines are the lines of the Ad's nodes in the file, from 1.
	Lines []int
	// Line is where the ad begins.
	Line int
	// Valid reports whether the schema permits the ad.
	Valid bool
}

// Visitor takes the records of a file one by one. Functions may be nil; an error ends the reading and is returned.
type Visitor struct {
	// Header takes the head of the file, before the first record, and the line of its SupplierId.
	Header func(header Header, supplierLine int) error
	Ad     func(AdRecord) error
	// Delete takes the id of a deletion and the line where it begins.
	Delete func(postingID string, line int) error
}

// Check judges any HR-BA-XML file against the release's schema, in one pass and bounded memory. The error is that of reading r;
// everything wrong with the file is in the Report.
//
// It is stricter than a general XML parser on purpose, for the BA promises none of this: XML 1.1, document type declarations,
// zeros behind the document, encodings beyond UTF-8, US-ASCII, ISO-8859-1, ISO-8859-15 and windows-1252 (UTF-16 among them),
// xsi:type, xsi:nil, and hints at a schema under another prefix than xsi are refused.
func Check(r io.Reader, release *Release, limits Limits) (Report, error) {
	return Read(r, release, limits, Visitor{})
}

// Read does what Check does and hands every record to the visitor. An ad with violations is handed on with what is known of it.
func Read(r io.Reader, release *Release, limits Limits, visit Visitor) (Report, error) {
	if limits.MaxBytes <= 0 {
		limits.MaxBytes = defaultMaxBytes
	}
	if limits.MaxViolations <= 0 {
		limits.MaxViolations = defaultMaxViolations
	}
	c := &checker{source: newSource(r, limits.MaxBytes), limits: limits, visit: visit}
	c.track = tracker{release: release, report: c.add, stack: make([]frame, 0, 16)}
	err := c.run()
	if errors.Is(err, errStop) {
		err = nil
	}
	return c.report, err
}

// errStop ends the reading after a violation that leaves nothing more to say.
var errStop = errors.New("stop")

// run reads tokens to the end of the file. It returns errStop when a violation ended the reading.
func (c *checker) run() error {
	if err := c.source.begin(); err != nil {
		return c.stop(Violation{Reason: BadEncoding, Detail: err.Error()})
	}
	c.tokens = xml.NewDecoder(c.source)
	// The decoder misreads some declarations, so instruction switches the encoding; it stands behind the same bytes.
	c.tokens.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		c.offset = c.tokens.InputOffset()
		c.line, _ = c.tokens.InputPos()
		token, err := c.tokens.RawToken()
		if err != nil {
			c.line, _ = c.tokens.InputPos()
			return c.end(err)
		}
		if err := c.take(token); err != nil {
			return err
		}
		if c.report.Cut {
			return errStop
		}
	}
}

// end judges how the tokens ended.
func (c *checker) end(err error) error {
	switch {
	case errors.Is(c.source.err, errTooLarge):
		return c.stop(Violation{Reason: FileTooLarge, Limit: int(c.limits.MaxBytes)})
	case c.source.err != nil && !errors.Is(c.source.err, io.EOF):
		return fmt.Errorf("read file: %w", c.source.err)
	case c.source.undecodable != nil:
		return c.stop(Violation{Reason: BadEncoding, Detail: c.source.undecodable.Error()})
	case !errors.Is(err, io.EOF):
		return c.malformed(syntaxMessage(err))
	case c.begun && !c.rooted:
		return c.malformed("there is no root element")
	case !c.begun:
		return c.stop(Violation{Reason: BlankFile})
	case len(c.track.stack)+len(c.skipped) > 0:
		return c.malformed("the file breaks off")
	}
	return nil
}

// syntaxMessage returns the decoder's words, which may quote the file at any length.
func syntaxMessage(err error) string {
	if syntax, ok := errors.AsType[*xml.SyntaxError](err); ok {
		return excerpt(syntax.Msg)
	}
	return excerpt(err.Error())
}

// set keeps a value of the file's head.
func (h *Header) set(id ID, s string) {
	switch id {
	case HeaderSupplierID:
		h.SupplierID = s
	case HeaderTimestamp:
		h.Timestamp = parseDateTime(s)
	case HeaderAmount:
		h.Amount, _ = strconv.Atoi(s)
	case HeaderTypeOfLoad:
		h.Load = Load(s)
	}
}

// parseDateTime reads an xs:dateTime; without an offset it is taken for UTC, and what cannot be read for no time.
func parseDateTime(s string) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t
		}
	}
	return time.Time{}
}
