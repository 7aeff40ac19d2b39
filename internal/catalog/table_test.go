package catalog

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// shared is where tables of the BA may lie beside the repository. Without them the tests compare less.
const shared = "../../../shared/ba"

// loaded reads a table and fails the test on what a program would pass over.
func loaded[T any](t *testing.T, name, columns string, parse func([]string) (T, error)) []T {
	t.Helper()
	list, err := readTable(name, columns, parse)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// rising fails the test unless the keys rise, which also makes them unique.
func rising[T any, K cmp.Ordered](t *testing.T, what string, list []T, key func(T) K) {
	t.Helper()
	for i := 1; i < len(list); i++ {
		if key(list[i-1]) >= key(list[i]) {
			t.Errorf("%s: %v is followed by %v", what, key(list[i-1]), key(list[i]))
		}
	}
}

func TestEveryBuiltInTableIsReadWhole(t *testing.T) {
	t.Parallel()
	for name, count := range map[string][2]int{
		"occupations":      {len(loaded(t, "occupations", "id kind levels groups layer academic artist name also", parseCommon)), len(commonOccupations())},
		"regions":          {len(loaded(t, "regions", "code key country name", parseRegion)), len(Regions())},
		"countries":        {len(loaded(t, "countries", "code name_de name_en", parseCountry)), len(Countries())},
		"soft skills":      {len(loaded(t, "soft_skills", "code key name_de name_en", parseSoftSkill)), len(SoftSkills())},
		"languages":        {len(loaded(t, "languages", "id key name", parseEntry)), len(Languages())},
		"licences":         {len(loaded(t, "licences", "id key name", parseEntry)), len(Licences())},
		"driving licences": {len(loaded(t, "driving_licences", "id key name", parseEntry)), len(DrivingLicences())},
	} {
		want := map[string]int{
			"occupations": 350, "regions": 287, "countries": 194, "soft skills": 20, "languages": 103, "licences": 330, "driving licences": 36,
		}[name]
		if count[0] != want || count[1] != want {
			t.Errorf("%s: %d in the table, %d given out, want %d", name, count[0], count[1], want)
		}
	}
}

func TestEveryListIsSortedAndHasEachIDOnce(t *testing.T) {
	t.Parallel()
	rising(t, "occupations", commonOccupations(), func(c common) int { return c.ID })
	rising(t, "regions", Regions(), func(r Region) int { return r.Code })
	rising(t, "countries", Countries(), func(c Country) string { return c.Code })
	rising(t, "soft skills", SoftSkills(), func(s SoftSkill) int { return s.Code })
	for name, list := range map[string][]Entry{"languages": Languages(), "licences": Licences(), "driving licences": DrivingLicences()} {
		rising(t, name, list, func(e Entry) int { return e.ID })
	}
}

func TestEveryEntryHasItsNamesAndKeyOnce(t *testing.T) {
	t.Parallel()
	regionKey := regexp.MustCompile(`^(OTHER|DE-[A-Z]{2}|[A-Z]{2}-[a-z0-9]+(-[a-z0-9]+)*)$`)
	seen := map[string]bool{}
	once := func(list, key string) {
		if seen[list+key] {
			t.Errorf("%s: key %s stands there twice", list, key)
		}
		seen[list+key] = true
	}
	for _, r := range Regions() {
		once("regions", r.Key)
		if !regionKey.MatchString(r.Key) || len(r.Key) > 63 || r.Name == "" || r.Key != OtherRegion && !strings.HasPrefix(r.Key, r.Country+"-") {
			t.Errorf("region %+v", r)
		}
	}
	for _, c := range Countries() {
		if len(c.Code) != 2 || c.NameDE == "" || c.NameEN == "" {
			t.Errorf("country %+v", c)
		}
	}
	for _, s := range SoftSkills() {
		once("soft skills", s.Key)
		if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(s.Key) || s.Name.Empty() {
			t.Errorf("soft skill %+v", s)
		}
	}
	for _, e := range slices.Concat(Languages(), Licences(), DrivingLicences()) {
		if e.Key != "" {
			once("entries", e.Key)
		}
		if e.Name == "" || strings.TrimSpace(e.Name) != e.Name {
			t.Errorf("entry %+v", e)
		}
	}
}

func TestRegionsAreInCountriesThatTheBAKnows(t *testing.T) {
	t.Parallel()
	for _, r := range Regions() {
		known := slices.ContainsFunc(Countries(), func(c Country) bool { return c.Code == r.Country })
		if !known && r.Key != OtherRegion {
			t.Errorf("region %s is in an unknown country", r.Key)
		}
	}
}

func TestWellKnownEntriesHaveTheirNumbers(t *testing.T) {
	t.Parallel()
	region := func(key string) int {
		i := slices.IndexFunc(Regions(), func(r Region) bool { return r.Key == key })
		return Regions()[max(i, 0)].Code
	}
	for key, want := range map[string]int{"DE-BW": 1, "DE-BY": 2, "DE-BE": 3, "DE-SH": 15, "DE-TH": 16, OtherRegion: 17, "AT-wien": 190, "CH-zuerich": 216} {
		if got := region(key); got != want {
			t.Errorf("region %s is %d, want %d", key, got, want)
		}
	}
	driving := func(key string) int {
		i := slices.IndexFunc(DrivingLicences(), func(e Entry) bool { return e.Key == key })
		return DrivingLicences()[max(i, 0)].ID
	}
	for key, want := range map[string]int{"B": 66208, "BE": 66209, "CE": 66213, "A": 66223, "AM": 66220, "forklift": 66226} {
		if got := driving(key); got != want {
			t.Errorf("driving licence %s is %d, want %d", key, got, want)
		}
	}
	if !slices.Contains(Languages(), Entry{ID: 65488, Name: "Deutsch"}) || !slices.Contains(Languages(), Entry{ID: 65494, Name: "Englisch"}) {
		t.Error("German or English is missing")
	}
}

func TestAListBelongsToItsCaller(t *testing.T) {
	t.Parallel()
	Languages()[0].Name = "changed"

	if Languages()[0].Name == "changed" {
		t.Error("a caller has changed the list of all")
	}
}

func TestABadTableIsRefused(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"other columns":  "id\tname\n1\tB\n",
		"a missing cell": "id\tkey\tname\n1\tB\n",
		"no number":      "id\tkey\tname\nB\t\tClass B\n",
		"nothing":        "id\tkey\tname\n\n",
	} {
		if list, err := parseTable(raw, []string{"id", "key", "name"}, parseEntry); err == nil {
			t.Errorf("%s: got %v", name, list)
		}
	}
	if _, err := readTable("no_such_table", "id", parseEntry); err == nil {
		t.Error("a table that does not exist was read")
	}
}

// sharedTable returns the lines of a table that lies beside the repository, without the header; none when it is not there.
func sharedTable(t *testing.T, name string) [][]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared, "tables", name))
	if err != nil {
		return nil
	}
	var rows [][]string
	for line := range strings.Lines(string(raw)) {
		rows = append(rows, strings.Split(strings.TrimRight(line, "\r\n"), "\t"))
	}
	return rows[1:]
}

func TestTheShortListsAreTheBAsWhereThoseLieBesideUs(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]Entry{
		"languages.tsv": Languages(), "licences.tsv": Licences(), "driving_licences.tsv": DrivingLicences(),
	} {
		names := map[string]string{}
		for _, e := range list {
			names[strconv.Itoa(e.ID)] = e.Name
		}
		compareNames(t, name, sharedTable(t, name), names)
	}
	countries := map[string]string{}
	for _, c := range Countries() {
		countries[c.Code] = c.NameDE
	}
	compareNames(t, "countries.tsv", sharedTable(t, "countries.tsv"), countries)
}

// compareNames compares the first two columns of rows with names by id.
func compareNames(t *testing.T, table string, rows [][]string, names map[string]string) {
	t.Helper()
	if rows != nil && len(rows) != len(names) {
		t.Errorf("%s: %d entries, the BA has %d", table, len(names), len(rows))
	}
	for _, row := range rows {
		if names[row[0]] != row[1] {
			t.Errorf("%s: %s is %q, not %q", table, row[0], names[row[0]], row[1])
		}
	}
}

func TestTheRegionsAreTheBAsWhereTheyLieBesideUs(t *testing.T) {
	t.Parallel()
	// Slips in the BA's list that are put right here.
	corrected := map[int]bool{33: true, 83: true, 84: true, 86: true, 199: true, 213: true}
	found := map[int]Region{}
	for _, r := range Regions() {
		found[r.Code] = r
	}
	for _, row := range sharedTable(t, "regions_vam.tsv") {
		code, err := strconv.Atoi(row[0])
		if err != nil {
			t.Fatal(err)
		}
		country := strings.Trim(row[2], "*")
		if r, ok := found[code]; !ok || r.Country != country || r.Name != row[1] && !corrected[code] {
			t.Errorf("region %d is %+v, not %q in %q", code, r, row[1], country)
		}
	}
}
