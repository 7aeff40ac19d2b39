package catalog

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// The columns of the CSV form; the others are not needed.
const (
	columnID       = 0
	columnKind     = 2
	columnGroups   = 3
	columnLevels   = 4
	columnAcademic = 5
	columnLayer    = 6
	columnState    = 7
	columnArtist   = 8
	columnName     = 10
	columns        = 12
)

var byteOrderMark = []byte("\uFEFF")

func (c *collection) readCSV(r io.ReaderAt, size int64) error {
	start, err := afterMark(r)
	if err != nil {
		return err
	}
	source := newRation(io.NewSectionReader(r, start, size-start), size)
	reader := csv.NewReader(source)
	reader.FieldsPerRecord = columns
	reader.ReuseRecord = true
	for {
		source.renew()
		record, err := reader.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case isMalformed(err):
			return fmt.Errorf("this is neither the BA's ZIP archive nor its list as CSV of %d columns: %w", columns, err)
		case err != nil:
			return fmt.Errorf("read CSV: %w", err)
		}
		if err := c.add(csvEntry(record)); err != nil {
			line, _ := reader.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// afterMark returns where the text begins: behind a byte order mark.
func afterMark(r io.ReaderAt) (int64, error) {
	head := make([]byte, len(byteOrderMark))
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("read CSV: %w", err)
	}
	if bytes.Equal(head[:n], byteOrderMark) {
		return int64(n), nil
	}
	return 0, nil
}

func isMalformed(err error) bool {
	_, malformed := errors.AsType[*csv.ParseError](err)
	return malformed
}

func csvEntry(record []string) entry {
	return entry{
		id:       record[columnID],
		kind:     kindOf(record[columnKind]),
		groups:   split(record[columnGroups]),
		levels:   split(record[columnLevels]),
		academic: record[columnAcademic],
		layer:    record[columnLayer],
		state:    record[columnState],
		artist:   record[columnArtist],
		name:     record[columnName],
		yes:      "1",
		no:       "0",
	}
}
