package preflight_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
)

// The parts of the good file that the tests below change.
const (
	until = "<EndDate>2027-01-23</EndDate>"
	code  = "<TitleCode>1001"
)

// edited returns the good file with texts replaced, in pairs of old and new; each old one must be there.
func edited(t *testing.T, edits ...string) string {
	t.Helper()
	file := goodFile
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(file, edits[i]) {
			t.Fatalf("the good file has no %q", edits[i])
		}
		file = strings.Replace(file, edits[i], edits[i+1], 1)
	}
	return file
}

func TestADeletionMayHoldDummies(t *testing.T) {
	t.Parallel()
	file := edited(t, "<Action>1", "<Action>3", "<NumberToFill>1", "<NumberToFill>0", until, "<EndDate>2020-01-01</EndDate>", code, "<TitleCode>9999")

	if got := told(inspectFile(t, goodName, file)); got != nil {
		t.Errorf("got %q", got)
	}
	if got := told(inspectFile(t, "DSV000999900_2026-11-24_09-30-00.xml", file)); len(got) != 2 {
		t.Errorf("of another deliverer: got %q", got)
	}
}

func TestAnUnknownOccupationIsAWarningWithoutTheWholeCatalogue(t *testing.T) {
	t.Parallel()
	report, err := preflight.File(strings.NewReader(edited(t, code, "<TitleCode>9999999")), goodName, preflight.Facts{Today: today, Catalog: catalog.BuiltIn()})
	if want := []string{"warning FLR_JCValid_042 TitleCode:41"}; err != nil || !report.Valid() || !slices.Equal(told(report), want) {
		t.Errorf("got %q, %v", told(report), err)
	}
}

// TestAnAdThatIsWrongEverywhereIsJudgedQuickly has as many unknown licences as fit into a large file: findings are bounded, and so is the time.
func TestAnAdThatIsWrongEverywhereIsJudgedQuickly(t *testing.T) {
	t.Parallel()
	const licences = 300_000
	ad := slices.Clone(goodNodes())
	var wrong hrbaxml.Ad
	for range licences {
		wrong = append(wrong, hrbaxml.Node{ID: hrbaxml.Licence}, hrbaxml.Node{ID: hrbaxml.LicenceName, Text: "1"}, hrbaxml.Node{ID: hrbaxml.LicenceLevel, Text: "1"})
	}

	got := preflight.Ad(add(wrong...)(ad), preflight.Facts{Today: today})

	if len(got) != 10 || got[9].Rule.Code != "FLR_JCValid_100" || !strings.HasSuffix(got[9].Path, "/Licences/Licence[10]/LicenceName") {
		t.Errorf("found %d, the last %+v", len(got), got[len(got)-1])
	}
}

//nolint:paralleltest // allocations of others would be counted
func TestACleanAdCostsNextToNothing(t *testing.T) {
	ad, facts := goodNodes(), preflight.Facts{Today: today, Catalog: smallCatalog(t)}
	var found int

	allocations := testing.AllocsPerRun(100, func() { found += len(preflight.Ad(ad, facts)) })

	if found > 0 || allocations > 2 {
		t.Errorf("%d findings, %v allocations", found, allocations)
	}
}

// TestNothingThatRepeatsStandsInAnother keeps the condition under which positions are counted.
func TestNothingThatRepeatsStandsInAnother(t *testing.T) {
	t.Parallel()
	table := hrbaxml.Next()
	for e := range table.Elements {
		for above := table.Element(e.Parent); e.Repeats() && above != nil && above.ID != hrbaxml.Posting; above = table.Element(above.Parent) {
			if above.Repeats() {
				t.Errorf("%s repeats in %s", e.Path, above.Path)
			}
		}
	}
}

// TestArtistsOccupationsAreDoubtedWithoutTheBAsMarks: the built-in marks are ours, and the lists that circulate mark nobody.
func TestArtistsOccupationsAreDoubtedWithoutTheBAsMarks(t *testing.T) {
	t.Parallel()
	const unmarked = `"134833","B 81302-131","t","1910","2","0","3","E","0","Pflegefachmann/Pflegefachfrau","Pflegefachmann/-frau","PFLEGEFACHMANN"
"58692","B 93200-100","t","1910","4","0","2","E","0","Bühnenbildner/Bühnenbildnerin","Bühnenbildner/in","BUEHNENBILDNER"
`
	circulating, err := catalog.Read(strings.NewReader(unmarked), int64(len(unmarked)))
	if err != nil {
		t.Fatal(err)
	}
	for name, known := range map[string]*catalog.Catalog{"built in": catalog.BuiltIn(), "complete without marks": circulating} {
		for rule, edits := range map[string]edit{
			"FLR_JCValid_133": all(set(hrbaxml.JobOfferType, "40"), set(hrbaxml.JobPositionTitleCode, "134833")),
			"FLR_JCValid_135": all(aJob, set(hrbaxml.JobPositionTitleCode, "58692")),
			"":                all(set(hrbaxml.JobOfferType, "40"), set(hrbaxml.JobPositionTitleCode, "58692")),
		} {
			var told []string
			for _, b := range preflight.Ad(edits(goodNodes()), preflight.Facts{Today: today, Catalog: known}) {
				told = append(told, string(b.Severity)+" "+b.Rule.Code)
			}
			if want := "warning " + rule; rule == "" && told != nil || rule != "" && !slices.Equal(told, []string{want}) {
				t.Errorf("%s: %q, want %q", name, told, want)
			}
		}
	}
}
