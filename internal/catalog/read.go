package catalog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// The bounds of a file that Read takes. The BA's archive of 2024 had 15,242 occupations.
const (
	// MaxBytes is the largest file.
	MaxBytes = 64 << 20
	// maxUnpacked is the largest list of occupations in an archive.
	maxUnpacked = 128 << 20
	// maxEach is the most that one occupation may take of a file.
	maxEach = 1 << 20
	// maxOccupations is the most that a catalogue holds.
	maxOccupations = 100_000
)

// Read reads a complete catalogue of occupations. It takes the BA's ZIP archive, of which it reads the list vam_beruf_kurz.xml, or
// that list as CSV without header line: id, bkz, typ, groups, levels, hochschulberuf, ebene, zustand, kuenstler, long name, short
// name, search name. The content decides, not the name. Nothing is taken from a file with one wrong entry.
func Read(r io.ReaderAt, size int64) (*Catalog, error) {
	if size > MaxBytes {
		return nil, fmt.Errorf("the file has %d bytes, more than %d", size, int64(MaxBytes))
	}
	head := make([]byte, 2)
	if n, err := r.ReadAt(head, 0); n < len(head) {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, errors.New("the file is empty")
	}
	c := collection{seen: map[int]bool{}}
	read := c.readCSV
	if bytes.Equal(head, []byte("PK")) {
		read = c.readZIP
	}
	if err := read(r, size); err != nil {
		return nil, err
	}
	if len(c.occupations) == 0 {
		return nil, errors.New("the file has no occupations")
	}
	return newCatalog(c.occupations, true), nil
}

// collection gathers the occupations of a file.
type collection struct {
	occupations []Occupation
	seen        map[int]bool
}

func (c *collection) add(e entry) error {
	o, err := e.occupation()
	switch {
	case err != nil:
		return err
	case c.seen[o.ID]:
		return fmt.Errorf("occupation %d stands there twice", o.ID)
	case len(c.occupations) == maxOccupations:
		return fmt.Errorf("there are more than %d occupations", maxOccupations)
	}
	c.seen[o.ID] = true
	c.occupations = append(c.occupations, o)
	return nil
}

// kindOf maps the BA's typ to a Kind; what is neither stays as it is, for the entry's check to refuse.
func kindOf(typ string) Kind {
	switch typ {
	case "t":
		return Activity
	case "a":
		return Training
	}
	return Kind(typ)
}

// ration lets a parser have no more than maxEach bytes for one occupation and no more than total for all, so that a file that never
// ends an entry cannot fill the memory.
type ration struct {
	from        io.Reader
	total, left int64
}

func newRation(from io.Reader, total int64) *ration {
	return &ration{from: from, total: total, left: maxEach}
}

// renew begins the next occupation.
func (r *ration) renew() { r.left = maxEach }

func (r *ration) Read(p []byte) (int, error) {
	if r.total == 0 {
		// The end is fine here, and more is not.
		if n, err := r.from.Read(make([]byte, 1)); n == 0 {
			return 0, err
		}
		return 0, errors.New("the list of occupations is too large")
	}
	if r.left == 0 {
		return 0, fmt.Errorf("an entry takes more than %d bytes", maxEach)
	}
	n, err := r.from.Read(p[:min(int64(len(p)), r.left, r.total)])
	r.left -= int64(n)
	r.total -= int64(n)
	return n, err
}
