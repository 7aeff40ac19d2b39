package catalog

import (
	"embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

//go:embed data/*.tsv
var data embed.FS

// The built-in tables, each parsed when it is first asked for.
var (
	commonOccupations = once("occupations", "id kind levels groups layer academic artist name also", parseCommon)
	regions           = once("regions", "code key country name", parseRegion)
	countries         = once("countries", "code name_de name_en", parseCountry)
	softSkills        = once("soft_skills", "code key name_de name_en", parseSoftSkill)
	languages         = once("languages", "id key name", parseEntry)
	licences          = once("licences", "id key name", parseEntry)
	drivingLicences   = once("driving_licences", "id key name", parseEntry)
)

// once returns a function that reads a table the first time. A table that cannot be read is empty; since the tables are part of the
// program, a test that reads them all keeps this from happening.
func once[T any](name, columns string, parse func([]string) (T, error)) func() []T {
	return sync.OnceValue(func() []T {
		list, err := readTable(name, columns, parse)
		if err != nil {
			return nil
		}
		return list
	})
}

// readTable reads a table whose header line names the columns.
func readTable[T any](name, columns string, parse func([]string) (T, error)) ([]T, error) {
	raw, err := data.ReadFile("data/" + name + ".tsv")
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", name, err)
	}
	list, err := parseTable(string(raw), strings.Fields(columns), parse)
	if err != nil {
		return nil, fmt.Errorf("read table %s: %w", name, err)
	}
	return list, nil
}

func parseTable[T any](raw string, columns []string, parse func([]string) (T, error)) ([]T, error) {
	var list []T
	number := 0
	for line := range strings.Lines(raw) {
		number++
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if number == 1 {
			if !slices.Equal(cells, columns) {
				return nil, fmt.Errorf("the columns are %q, not %q", cells, columns)
			}
			continue
		}
		if len(cells) != len(columns) {
			return nil, fmt.Errorf("line %d: %d cells for %d columns", number, len(cells), len(columns))
		}
		item, err := parse(cells)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		list = append(list, item)
	}
	return list, nil
}

// common is a built-in occupation with more words under which people look for it.
type common struct {
	Occupation
	also string
}

func parseCommon(cells []string) (common, error) {
	e := entry{
		id: cells[0], kind: Kind(cells[1]), levels: split(cells[2]), groups: split(cells[3]), layer: cells[4],
		academic: cells[5], artist: cells[6], state: inForce, name: cells[7], yes: "yes", no: "no",
	}
	o, err := e.occupation()
	return common{Occupation: o, also: cells[8]}, err
}

// builtInOccupations returns a slice that the caller may keep.
func builtInOccupations() []Occupation {
	list := make([]Occupation, 0, len(commonOccupations()))
	for _, c := range commonOccupations() {
		list = append(list, c.Occupation)
	}
	return list
}

// builtInWords maps the id of an occupation to more words for it, separated by commas.
var builtInWords = sync.OnceValue(func() map[int]string {
	words := map[int]string{}
	for _, c := range commonOccupations() {
		if c.also != "" {
			words[c.ID] = c.also
		}
	}
	return words
})

func parseRegion(cells []string) (Region, error) {
	code, err := strconv.Atoi(cells[0])
	return Region{Key: cells[1], Code: code, Name: cells[3], Country: cells[2]}, err
}

func parseCountry(cells []string) (Country, error) {
	return Country{Code: cells[0], NameDE: cells[1], NameEN: cells[2]}, nil
}

func parseSoftSkill(cells []string) (SoftSkill, error) {
	code, err := strconv.Atoi(cells[0])
	return SoftSkill{Key: cells[1], Code: code, Name: text.Text{DE: cells[2], EN: cells[3]}}, err
}

func parseEntry(cells []string) (Entry, error) {
	id, err := strconv.Atoi(cells[0])
	return Entry{ID: id, Key: cells[1], Name: cells[2]}, err
}
