package catalog

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
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

const byteOrderMark = "\uFEFF"

func (c *collection) readCSV(r io.ReaderAt, size int64) error {
	source := newRation(io.NewSectionReader(r, 0, size), size)
	reader := csv.NewReader(source)
	reader.FieldsPerRecord = columns
	reader.ReuseRecord = true
	for {
		source.renew()
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if errors.Is(err, csv.ErrFieldCount) {
			line, _ := reader.FieldPos(0)
			return fmt.Errorf("line %d: %d columns and not %d: this is neither the BA's ZIP archive nor its list as CSV", line, len(record), columns)
		}
		if err != nil {
			return fmt.Errorf("read CSV: %w", err)
		}
		if err := c.add(csvEntry(record)); err != nil {
			line, _ := reader.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// csvEntry copies what an entry keeps, since the record is used again.
func csvEntry(record []string) entry {
	return entry{
		id:       strings.TrimPrefix(record[columnID], byteOrderMark),
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
