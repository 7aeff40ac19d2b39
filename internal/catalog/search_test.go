package catalog_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
)

func TestPeopleFindAnOccupationByWhatTheyCallIt(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		query, employmentType string
		best                  int
	}{
		{"Bäcker", "skilled_worker", 3623},
		{"baecker", "skilled_worker", 3623},
		{"BACKER", "skilled_worker", 3623},
		{"Bäckerin", "skilled_worker", 3623},
		{"Bäcker:in (m/w/d)", "skilled_worker", 3623},
		{"Bäcker*innen", "skilled_worker", 3623},
		{"Bäcker", "apprenticeship", 3626},
		{"Köchin", "job", 3722},
		{"Koch / Köchin", "job", 3722},
		{"Pflegefachfrau Krankenpflege", "skilled_worker", 134833},
		{"Pflegefachkraft", "skilled_worker", 134834},
		{"Krankenschwester", "", 134833},
		{"Medizinischer Fachangestellter", "job", 33213},
		{"Kaufmann für Büromanagement", "job", 123265},
		{"Kauffrau Büromanagement", "apprenticeship", 123266},
		{"Büromanagement", "apprenticeship", 123266},
		{"Lagerhelfer", "helper", 50939},
		{"Helferin Lager", "helper", 50939},
		{"Küchenhilfe", "helper", 3751},
		{"Reinigungskraft", "helper", 10223},
		{"Staplerfahrer", "helper", 7429},
		{"Vertriebsleitung", "manager", 7478},
		{"Maschinenbauingenieurin", "skilled_worker", 58731},
		{"Straßenbauer", "job", 4101},
		{"Strassenbauer", "job", 4101},
		{"Kfz-Mechatroniker", "apprenticeship", 14799},
		{"fachinformatiker anwendung", "job", 13659},
		{"Schreiner", "job", 4458},
		{"Elektriker", "apprenticeship", 15636},
		{"LKW-Fahrer", "job", 14717},
		{"Bühnenbildnerin", "artist", 58692},
		{"Informatik", "apprenticeship", 93944},
	} {
		found := catalog.BuiltIn().Search(tt.query, catalog.Filter{EmploymentType: tt.employmentType})
		if len(found) == 0 || found[0].ID != tt.best {
			t.Errorf("%q for %q: got %+v, want %d first", tt.query, tt.employmentType, found, tt.best)
		}
	}
}

func TestTheBestMatchesComeFirst(t *testing.T) {
	t.Parallel()
	found := catalog.BuiltIn().Search("verkäufer", catalog.Filter{EmploymentType: "job"})

	if len(found) < 3 || found[0].Name != "Verkäufer/in" {
		t.Fatalf("got %+v", found)
	}
	if !slices.IsSortedFunc(found, func(a, b catalog.Match) int { return b.Score - a.Score }) {
		t.Errorf("scores do not fall: %+v", found)
	}
}

func TestASearchFindsOnlyWhatTheEmploymentTypeMayName(t *testing.T) {
	t.Parallel()
	for _, employmentType := range []string{"job", "self_employed", "internship", "skilled_worker", "manager", "helper", "apprenticeship", "artist"} {
		for _, query := range []string{"helfer", "fach", "er", "lager", "musik"} {
			for _, match := range catalog.BuiltIn().Search(query, catalog.Filter{EmploymentType: employmentType, Limit: 100}) {
				if !match.Suits(employmentType) {
					t.Errorf("%q for %s finds %s", query, employmentType, match.Name)
				}
			}
		}
	}
	if found := catalog.BuiltIn().Search("koch", catalog.Filter{EmploymentType: "volunteer"}); found != nil {
		t.Errorf("an unknown employment type finds %+v", found)
	}
}

func TestASearchIsLimited(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]int{0: 20, -1: 20, 3: 3, 1000: 100} {
		if got := len(catalog.BuiltIn().Search("ker", catalog.Filter{Limit: limit})); got > want || got < min(want, 20) {
			t.Errorf("limit %d: %d matches", limit, got)
		}
	}
}

func TestAQueryWithoutWordsFindsNothing(t *testing.T) {
	t.Parallel()
	for _, query := range []string{"", "  ", "(m/w/d)", "/in", "für", "x", "§§§", "\xff\xfe", "Raumschiffkapitän"} {
		if found := catalog.BuiltIn().Search(query, catalog.Filter{}); len(found) > 0 {
			t.Errorf("%q finds %+v", query, found)
		}
	}
}

func TestALongQueryIsNotReadToItsEnd(t *testing.T) {
	t.Parallel()
	found := catalog.BuiltIn().Search(strings.Repeat("koch ", 40)+strings.Repeat("unsinn ", 10_000), catalog.Filter{})

	if len(found) == 0 {
		t.Error("words beyond the bound were looked for")
	}
}

func TestASearchInTheBAsCatalogueIsQuick(t *testing.T) {
	t.Parallel()
	all := full(t)
	if all == nil {
		all = catalog.BuiltIn()
	}
	queries := []string{"Pflegefachkraft", "Lagerhelfer", "Kauffrau für Büromanagement", "in", "Softwareentwickler"}
	start := time.Now()
	for _, query := range queries {
		if len(all.Search(query, catalog.Filter{EmploymentType: "job"})) == 0 && query != "in" {
			t.Errorf("%q finds nothing", query)
		}
	}
	t.Logf("%s a search", time.Since(start)/time.Duration(len(queries)))
}

func BenchmarkSearch(b *testing.B) {
	all := full(b)
	if all == nil {
		all = catalog.BuiltIn()
	}
	for b.Loop() {
		all.Search("Fachkraft Lagerlogistik", catalog.Filter{EmploymentType: "job"})
	}
}
