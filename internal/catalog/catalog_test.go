package catalog_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
)

// fullPath is the BA's catalogue of 2024, which may lie beside the repository. Without it the tests compare less.
var fullPath = filepath.Join("..", "..", "..", "shared", "ba", "catalogs", "vam_beruf_kurz_2024-07.csv")

// readFull reads it once for all tests.
var readFull = sync.OnceValues(func() (*catalog.Catalog, error) {
	raw, err := os.ReadFile(fullPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return catalog.Read(bytes.NewReader(raw), int64(len(raw)))
})

// full returns the BA's catalogue, and nil where it is not there.
func full(tb testing.TB) *catalog.Catalog {
	tb.Helper()
	all, err := readFull()
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// known returns a built-in occupation.
func known(tb testing.TB, id int) catalog.Occupation {
	tb.Helper()
	o, ok := catalog.BuiltIn().Occupation(id)
	if !ok {
		tb.Fatalf("occupation %d is not built in", id)
	}
	return o
}

// builtIn are all built-in occupations.
var builtIn = sync.OnceValue(func() []catalog.Occupation {
	var all []catalog.Occupation
	for id := range 200_000 {
		if o, ok := catalog.BuiltIn().Occupation(id); ok {
			all = append(all, o)
		}
	}
	return all
})

func TestAnOccupationIsFoundByItsID(t *testing.T) {
	t.Parallel()
	want := catalog.Occupation{
		ID: 134833, Name: "Pflegefachmann/-frau (Gesundheits- und Krankenpflege)", Kind: catalog.Activity,
		Levels: []int{2}, Groups: []string{"1910"}, Layer: 3,
	}

	if diff := cmp.Diff(want, known(t, 134833)); diff != "" {
		t.Error(diff)
	}
	if o, ok := catalog.BuiltIn().Occupation(1234567); ok {
		t.Errorf("found %+v", o)
	}
}

func TestTheBuiltInOccupationsAreNotAll(t *testing.T) {
	t.Parallel()
	if catalog.BuiltIn().Complete() {
		t.Error("an occupation that is not built in would be taken for unknown")
	}
}

func TestTheBuiltInOccupationsServeEveryEmploymentType(t *testing.T) {
	t.Parallel()
	for employmentType, least := range map[string]int{
		"job": 200, "self_employed": 200, "internship": 200, "skilled_worker": 200, "manager": 200, "helper": 25, "apprenticeship": 90, "artist": 4,
	} {
		n := 0
		for _, o := range builtIn() {
			if o.Suits(employmentType) {
				n++
			}
		}
		if n < least {
			t.Errorf("%s has %d occupations, want %d or more", employmentType, n, least)
		}
	}
}

func TestWhatAnEmploymentTypeMayName(t *testing.T) {
	t.Parallel()
	cook := catalog.Occupation{Kind: catalog.Activity, Levels: []int{2}, Groups: []string{"1910"}}
	kitchenHelp := catalog.Occupation{Kind: catalog.Activity, Levels: []int{1}, Groups: []string{"7910"}}
	forkliftDriver := catalog.Occupation{Kind: catalog.Activity, Levels: []int{1}, Groups: []string{"4910"}}
	cashier := catalog.Occupation{Kind: catalog.Activity, Levels: []int{1, 2}, Groups: []string{"4910"}}
	cooksTraining := catalog.Occupation{Kind: catalog.Training, Levels: []int{2}, Groups: []string{"1120"}}
	simpleTraining := catalog.Occupation{Kind: catalog.Training, Levels: []int{1}, Groups: []string{"6110"}}
	dancer := catalog.Occupation{Kind: catalog.Activity, Levels: []int{4}, Artist: true}
	dancersTraining := catalog.Occupation{Kind: catalog.Training, Levels: []int{2}, Artist: true}
	withdrawn := cook
	withdrawn.Withdrawn = true
	for _, tt := range []struct {
		name       string
		occupation catalog.Occupation
		types      []string
	}{
		{"cook", cook, []string{"internship", "job", "manager", "self_employed", "skilled_worker"}},
		{"kitchen help", kitchenHelp, []string{"helper", "internship", "job", "self_employed"}},
		{"forklift driver", forkliftDriver, []string{"helper", "internship", "job", "self_employed"}},
		{"cashier", cashier, []string{"internship", "job", "manager", "self_employed", "skilled_worker"}},
		{"a cook's training", cooksTraining, []string{"apprenticeship"}},
		{"a training of one level", simpleTraining, []string{"apprenticeship"}},
		{"dancer", dancer, []string{"artist", "internship", "self_employed"}},
		{"a dancer's training", dancersTraining, []string{"apprenticeship"}},
		{"withdrawn", withdrawn, nil},
	} {
		var got []string
		for _, employmentType := range []string{
			"", "apprenticeship", "artist", "helper", "internship", "job", "manager", "self_employed", "skilled_worker", "volunteer",
		} {
			if tt.occupation.Suits(employmentType) {
				got = append(got, employmentType)
			}
		}
		if !slices.Equal(got, tt.types) {
			t.Errorf("%s suits %q, want %q", tt.name, got, tt.types)
		}
	}
}

func TestHelpersAreKnownByLevelAndGroup(t *testing.T) {
	t.Parallel()
	for id, want := range map[int]bool{50939: true, 10223: true, 7429: true, 7717: false, 134833: false, 132173: false} {
		if o := known(t, id); o.Helper() != want {
			t.Errorf("%s: helper is %v", o.Name, o.Helper())
		}
	}
}

func TestTheBuiltInOccupationsAreTheBAsWhereThoseLieBesideUs(t *testing.T) {
	t.Parallel()
	all := full(t)
	if all == nil {
		return
	}
	for _, ours := range builtIn() {
		theirs, ok := all.Occupation(ours.ID)
		if !ok {
			t.Errorf("the BA has no occupation %d", ours.ID)
		}
		// The mark for artists is ours.
		if diff := cmp.Diff(theirs, ours, cmpopts.IgnoreFields(catalog.Occupation{}, "Artist")); diff != "" {
			t.Errorf("occupation %d: %s", ours.ID, diff)
		}
	}
}

func TestTheBAsCatalogueIsReadWholeWhereItLiesBesideUs(t *testing.T) {
	t.Parallel()
	all := full(t)
	if all == nil {
		return
	}
	if !all.Complete() {
		t.Error("it is not complete")
	}
	for _, id := range []int{134833, 14870, 123766, 12345} {
		if _, ok := all.Occupation(id); ok != (id != 12345) {
			t.Errorf("occupation %d: found is %v", id, ok)
		}
	}
}
