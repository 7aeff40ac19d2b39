package catalog

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

const (
	// listName is the list of occupations in the BA's archive.
	listName = "vam_beruf_kurz.xml"
	// maxDirectory bounds what is read to find the files of an archive, of which the BA's has about a dozen.
	maxDirectory = 1 << 20
)

func (c *collection) readZIP(r io.ReaderAt, size int64) error {
	from := &meter{from: r, left: maxDirectory}
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return fmt.Errorf("open archive: %w", err)
	}
	from.left = math.MaxInt64
	for _, file := range archive.File {
		if !strings.EqualFold(path.Base(file.Name), listName) {
			continue
		}
		if file.UncompressedSize64 > maxUnpacked {
			return fmt.Errorf("%s has %d bytes, more than %d", listName, file.UncompressedSize64, int64(maxUnpacked))
		}
		list, err := file.Open()
		if err != nil {
			return fmt.Errorf("open %s: %w", listName, err)
		}
		return errors.Join(c.readXML(list), list.Close())
	}
	return fmt.Errorf("the archive has no %s", listName)
}

// meter refuses to read more than a number of bytes, whichever they are.
type meter struct {
	from io.ReaderAt
	left int64
}

func (m *meter) ReadAt(p []byte, offset int64) (int, error) {
	if m.left -= int64(len(p)); m.left < 0 {
		return 0, errors.New("its directory is too large")
	}
	return m.from.ReadAt(p, offset)
}

// xmlEntry is a beruf of the list (struktur_berufe.xsd); what is not needed is left out.
type xmlEntry struct {
	ID     string   `xml:"id,attr"`
	Kind   string   `xml:"typ"`
	Groups []string `xml:"lbkgruppe"`
	Levels []struct {
		Level string `xml:"niveau,attr"`
	} `xml:"qualifikationsNiveaus>qualifikationsNiveau"`
	Academic string `xml:"hochschulberuf"`
	Layer    string `xml:"ebene"`
	State    string `xml:"zustand"`
	Artist   string `xml:"kuenstler"`
	Name     string `xml:"bezeichnung>bezeichnung_nk"`
}

func (x xmlEntry) entry() entry {
	e := entry{
		id: strings.TrimSpace(x.ID), kind: kindOf(strings.TrimSpace(x.Kind)), layer: strings.TrimSpace(x.Layer),
		academic: strings.TrimSpace(x.Academic), state: strings.TrimSpace(x.State), artist: strings.TrimSpace(x.Artist),
		name: x.Name, yes: "ja", no: "nein",
	}
	for _, group := range x.Groups {
		if group = strings.TrimSpace(group); group != "" {
			e.groups = append(e.groups, group)
		}
	}
	for _, level := range x.Levels {
		e.levels = append(e.levels, strings.TrimSpace(level.Level))
	}
	return e
}

// readXML reads berufeliste/beruf.
func (c *collection) readXML(list io.Reader) error {
	source := newRation(list, maxUnpacked)
	decoder := xml.NewDecoder(source)
	decoder.CharsetReader = decode
	for inside := false; ; source.renew() {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			inside, err = c.takeToken(decoder, token, inside)
		}
		if err != nil {
			line, _ := decoder.InputPos()
			return fmt.Errorf("%s, line %d: %w", listName, line, err)
		}
	}
}

// takeToken takes a token outside the occupations, or a whole occupation; inside says whether the list has begun.
func (c *collection) takeToken(decoder *xml.Decoder, token xml.Token, inside bool) (bool, error) {
	switch token := token.(type) {
	case xml.Directive:
		return inside, errors.New("a DOCTYPE is not accepted")
	case xml.StartElement:
		switch {
		case !inside && token.Name.Local == "berufeliste":
			return true, nil
		case inside && token.Name.Local == "beruf":
			var found xmlEntry
			if err := decoder.DecodeElement(&found, &token); err != nil {
				return inside, err
			}
			return inside, c.add(found.entry())
		}
		return inside, fmt.Errorf("<%.40s> is not expected here", token.Name.Local)
	}
	return inside, nil
}

// decode reads the encodings that files from Germany have beside UTF-8.
func decode(charset string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(charset) {
	case "iso-8859-1", "windows-1252":
		return charmap.Windows1252.NewDecoder().Reader(input), nil
	case "iso-8859-15":
		return charmap.ISO8859_15.NewDecoder().Reader(input), nil
	}
	return nil, fmt.Errorf("encoding %.40q is not supported", charset)
}
