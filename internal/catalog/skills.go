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
)

// skillsName is the list of skills in the BA's archive.
const skillsName = "kompetenzen.xml"

// maxSkills is the most skills that a list holds; the BA's of 2024 had 9,053.
const maxSkills = 100_000

// Skill is an entry of the BA's catalogue of skills.
type Skill struct {
	ID int
	// Artist says that the BA's artists' service uses it (kuenstler).
	Artist bool
}

// Skills are all skills of the BA's catalogue, with its languages and licences. They never change; a nil Skills knows none.
type Skills struct{ byID map[int]Skill }

// Skill returns the skill with the id.
func (s *Skills) Skill(id int) (Skill, bool) {
	if s == nil {
		return Skill{}, false
	}
	found, ok := s.byID[id]
	return found, ok
}

// ErrNoSkills is the error of a file that has no list of skills.
var ErrNoSkills = errors.New("the file has no " + skillsName)

// ReadSkills reads the list of skills from the BA's ZIP archive. It returns ErrNoSkills for an archive without one and for what is no archive.
func ReadSkills(r io.ReaderAt, size int64) (*Skills, error) {
	from := &meter{from: r, left: maxDirectory}
	archive, err := zip.NewReader(from, size)
	if err != nil {
		return nil, ErrNoSkills
	}
	from.left = math.MaxInt64
	for _, file := range archive.File {
		if !strings.EqualFold(path.Base(file.Name), skillsName) {
			continue
		}
		list, err := file.Open()
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", skillsName, err)
		}
		skills, err := readSkills(list)
		return skills, errors.Join(err, list.Close())
	}
	return nil, ErrNoSkills
}

// readSkills reads kompetenzen/kompmerkmal.
func readSkills(list io.Reader) (*Skills, error) {
	skills := &Skills{byID: map[int]Skill{}}
	source := newRation(list, maxUnpacked)
	decoder := xml.NewDecoder(source)
	decoder.CharsetReader = decode
	for ; ; source.renew() {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return skills, nil
		}
		if err == nil {
			err = skills.take(decoder, token)
		}
		if err != nil {
			line, _ := decoder.InputPos()
			return nil, fmt.Errorf("%s, line %d: %w", skillsName, line, err)
		}
	}
}

// take takes a token of the list: a whole skill, or what stands around them.
func (s *Skills) take(decoder *xml.Decoder, token xml.Token) error {
	if _, doctype := token.(xml.Directive); doctype {
		return errors.New("a DOCTYPE is not accepted")
	}
	begin, ok := token.(xml.StartElement)
	if !ok || begin.Name.Local != "kompmerkmal" {
		return nil
	}
	var found struct {
		ID     int    `xml:"id,attr"`
		Artist string `xml:"kuenstler"`
	}
	if err := decoder.DecodeElement(&found, &begin); err != nil {
		return err
	}
	if len(s.byID) == maxSkills {
		return fmt.Errorf("there are more than %d skills", maxSkills)
	}
	s.byID[found.ID] = Skill{ID: found.ID, Artist: strings.TrimSpace(found.Artist) == "j"}
	return nil
}
