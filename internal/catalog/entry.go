package catalog

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// inForce is the state (zustand) of the occupations that an ad may name.
	inForce = "E"
	// The numbers that a TitleCode of 3 to 7 digits can have.
	lowestID, highestID = 100, 9_999_999
	// longestName is far above the 60 characters that the BA's short names have.
	longestName = 250
)

// entry is an occupation as a file has it, still unchecked.
type entry struct {
	id       string
	kind     Kind
	levels   []string
	groups   []string
	layer    string
	academic string
	artist   string
	state    string
	name     string
	// yes and no are the file's words for them.
	yes, no string
}

// occupation checks the entry.
func (e entry) occupation() (Occupation, error) {
	id, err := strconv.Atoi(e.id)
	if err != nil || id < lowestID || id > highestID {
		return Occupation{}, fmt.Errorf("%.20q is no id of an occupation", e.id)
	}
	o := Occupation{ID: id, Name: strings.Join(strings.Fields(e.name), " "), Kind: e.kind, Groups: e.groups, Withdrawn: e.state != inForce}
	for _, check := range []func(*Occupation) error{e.setKind, e.setLevels, e.setLayer, e.setMarks, e.checkName} {
		if err := check(&o); err != nil {
			return Occupation{}, fmt.Errorf("occupation %d: %w", id, err)
		}
	}
	return o, nil
}

func (e entry) setKind(o *Occupation) error {
	if e.kind != Activity && e.kind != Training {
		return fmt.Errorf("its kind %.20q is neither an activity nor a training", e.kind)
	}
	for _, group := range e.groups {
		if _, err := strconv.ParseUint(group, 10, 16); err != nil || len(group) != 4 {
			return fmt.Errorf("group %.20q has not 4 digits", group)
		}
	}
	if !slices.Contains([]string{"E", "M", "L", "R", "A", "S"}, e.state) {
		return fmt.Errorf("state %.20q is unknown", e.state)
	}
	o.Groups = slices.Compact(slices.Sorted(slices.Values(e.groups)))
	return nil
}

func (e entry) setLevels(o *Occupation) error {
	for _, text := range e.levels {
		level, err := strconv.Atoi(text)
		if err != nil || level < 1 || level > 4 {
			return fmt.Errorf("level %.20q is none of 1 to 4", text)
		}
		o.Levels = append(o.Levels, level)
	}
	slices.Sort(o.Levels)
	o.Levels = slices.Compact(o.Levels)
	return nil
}

func (e entry) setLayer(o *Occupation) error {
	switch e.layer {
	case "-", "":
	case "1", "2", "3":
		o.Layer = int(e.layer[0] - '0')
	default:
		return fmt.Errorf("layer %.20q is none of 1 to 3", e.layer)
	}
	return nil
}

func (e entry) setMarks(o *Occupation) error {
	for _, mark := range []struct {
		text string
		to   *bool
	}{{e.academic, &o.Academic}, {e.artist, &o.Artist}} {
		switch mark.text {
		case e.yes:
			*mark.to = true
		case e.no, "":
		default:
			return fmt.Errorf("%.20q is neither %q nor %q", mark.text, e.yes, e.no)
		}
	}
	return nil
}

func (entry) checkName(o *Occupation) error {
	switch {
	case o.Name == "":
		return fmt.Errorf("it has no name")
	case !utf8.ValidString(o.Name):
		return fmt.Errorf("its name is not UTF-8")
	case utf8.RuneCountInString(o.Name) > longestName:
		return fmt.Errorf("its name is longer than %d characters", longestName)
	}
	return nil
}

// split cuts a list at its commas; an empty text is an empty list.
func split(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ",")
}
