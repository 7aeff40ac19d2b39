package hrbaxml

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Load says what the ads of a file are to the BA.
type Load string

// The loads. What happens to ads that a full load does not mention is not documented, so Stellwerk sends deltas only.
const (
	Delta Load = "D"
	Full  Load = "F"
)

// Header is the head of a file.
type Header struct {
	// SupplierID is the PartnerId of the employer, such as V000123400.
	SupplierID string
	// Timestamp is when the file is made; it is written with its location's offset.
	Timestamp time.Time
	// Amount is the number of ads and deletions that follow.
	Amount int
	// Load is Delta when empty.
	Load Load
}

// flushAt is the size of the buffer at which the Writer passes its bytes on. Ads are some kilobytes.
const flushAt = 64 << 10

// frameDepth is the number of elements that stay open between records: the root and Data.
const frameDepth = 2

// Writer streams one file: the header, then ads, then deletions. It refuses what is out of place in the release's schema and
// characters that XML forbids; a refused ad leaves no trace in the file. Values are CheckAd's business.
type Writer struct {
	to      io.Writer
	header  Header
	records int
	track   tracker
	buf     []byte
	// refusal is the first complaint about the record being written.
	refusal *Violation
	// failed is the error after which nothing more can be written.
	failed error
}

// NewWriter begins a file of the release. It fails on a header that the BA would refuse.
func NewWriter(to io.Writer, release *Release, header Header) (*Writer, error) {
	if header.Load == "" {
		header.Load = Delta
	}
	if !release.rows[HeaderSupplierID].pattern.MatchString(header.SupplierID) {
		return nil, fmt.Errorf("write header: %q is not a PartnerId", header.SupplierID)
	}
	if header.Load != Delta && header.Load != Full {
		return nil, fmt.Errorf("write header: %q is not a type of load", header.Load)
	}
	if header.Amount < 0 || header.Timestamp.IsZero() {
		return nil, errors.New("write header: amount and timestamp must be set")
	}
	w := &Writer{to: to, header: header, buf: make([]byte, 0, 2*flushAt)}
	w.track = tracker{release: release, stack: make([]frame, 0, 16), report: w.refuse, opened: w.openTag, closed: w.closeTag}
	w.writeHeader()
	return w, nil
}

func (w *Writer) writeHeader() {
	w.buf = append(w.buf, `<?xml version="1.0" encoding="UTF-8"?>`...)
	w.track.stack = append(w.track.stack, frame{id: File, nth: 1, place: -1})
	w.openTag(&w.track.release.rows[File])
	w.track.open(FileHeader)
	w.leaf(HeaderSupplierID, w.header.SupplierID)
	w.leaf(HeaderTimestamp, w.header.Timestamp.Format(timestamp))
	w.leaf(HeaderAmount, fmt.Sprint(w.header.Amount))
	w.leaf(HeaderTypeOfLoad, string(w.header.Load))
	w.track.close()
	w.track.open(FileData)
}

// WriteAd appends one ad. The error is a *Violation when the ad is at fault: then nothing of it is written and the file may go
// on without it.
func (w *Writer) WriteAd(ad Ad) error {
	return w.record(Posting, ad)
}

// Delete appends the deletion of the ad with the id. No ad can follow.
func (w *Writer) Delete(postingID string) error {
	return w.record(DeleteEntry, Ad{{ID: DeleteEntryID, Text: postingID}})
}

// Close ends the file and passes all bytes on. It fails when the header promised another number of records. It does not close
// the underlying writer.
func (w *Writer) Close() error {
	if w.failed != nil {
		return w.failed
	}
	if w.records != w.header.Amount {
		return fmt.Errorf("close file: the header promised %d records, %d were written", w.header.Amount, w.records)
	}
	for len(w.track.stack) > 0 {
		w.track.close()
	}
	w.buf = append(w.buf, '\n')
	err := w.flush()
	w.failed = errors.Join(err, errors.New("file is closed"))
	return err
}

func (w *Writer) record(group ID, nodes Ad) error {
	if w.failed != nil {
		return w.failed
	}
	start, data := len(w.buf), w.track.stack[frameDepth-1]
	w.track.open(group)
	for i := range nodes {
		if w.track.step(group, nodes[i]) {
			w.value(nodes[i].Text)
		}
		if w.refusal != nil {
			w.refusal.Index = i
			break
		}
	}
	for len(w.track.stack) > frameDepth {
		w.track.close()
	}
	if refusal := w.refusal; refusal != nil {
		w.buf, w.track.stack[frameDepth-1], w.refusal = w.buf[:start], data, nil
		return refusal
	}
	w.records++
	if len(w.buf) < flushAt {
		return nil
	}
	return w.flush()
}

// leaf writes a value that stands directly in the innermost open element.
func (w *Writer) leaf(id ID, s string) {
	w.track.open(id)
	w.value(s)
}

// value writes the text of the innermost open element and closes it.
func (w *Writer) value(s string) {
	var bad string
	if w.buf, bad = appendEscaped(w.buf, s); bad != "" {
		w.refuse(Violation{Reason: ForbiddenCharacter, ID: w.track.top().id, Path: w.track.here(), Detail: bad})
	}
	w.track.close()
}

func (w *Writer) refuse(v Violation) {
	if w.refusal == nil {
		w.refusal = &v
	}
}

func (w *Writer) openTag(r *row)  { w.buf = append(w.buf, r.open...) }
func (w *Writer) closeTag(r *row) { w.buf = append(w.buf, r.end...) }

func (w *Writer) flush() error {
	_, err := w.to.Write(w.buf)
	w.buf = w.buf[:0]
	if err != nil {
		w.failed = fmt.Errorf("write file: %w", err)
	}
	return w.failed
}
