package hrbaxml_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// readAll returns the records of a file.
func readAll(t *testing.T, release *hrbaxml.Release, document []byte) (ads []hrbaxml.Ad, deletions []string, report hrbaxml.Report) {
	t.Helper()
	report, err := hrbaxml.Read(bytes.NewReader(document), release, hrbaxml.Limits{}, hrbaxml.Visitor{
		Ad:     func(r hrbaxml.AdRecord) error { ads = append(ads, slices.Clone(r.Ad)); return nil },
		Delete: func(id string, _ int) error { deletions = append(deletions, id); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return ads, deletions, report
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	ads := []hrbaxml.Ad{minimalAd(), manyPlaces(minimalAd(), 10), withEmptyGroups()}
	for range 200 {
		ads = append(ads, randomAd(random))
	}
	for variant := range variants {
		ads = append(ads, fullAd(hrbaxml.Next(), variant))
	}
	document := writeFile(t, hrbaxml.Next(), ads, "99001-OLD-S", "99001-OLDER-S")

	got, deletions, report := readAll(t, hrbaxml.Next(), document)

	if !report.Valid() || !reflect.DeepEqual(got, ads) || !slices.Equal(deletions, []string{"99001-OLD-S", "99001-OLDER-S"}) {
		t.Errorf("the ads changed on their way; %v", messages(report))
	}
	if again := writeFile(t, hrbaxml.Next(), got, deletions...); !bytes.Equal(again, document) {
		t.Error("the file changed on its way")
	}
}

func TestTheHeadOfAFileComesFirst(t *testing.T) {
	t.Parallel()
	document := writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()}, "99001-OLD-S")
	var order []string
	var head hrbaxml.Header
	var line int

	_, err := hrbaxml.Read(bytes.NewReader(document), hrbaxml.P82(), hrbaxml.Limits{}, hrbaxml.Visitor{
		Header: func(h hrbaxml.Header, supplierLine int) error {
			order, head, line = append(order, "head"), h, supplierLine
			return nil
		},
		Ad:     func(hrbaxml.AdRecord) error { order = append(order, "ad"); return nil },
		Delete: func(string, int) error { order = append(order, "deletion"); return nil },
	})

	if err != nil || !slices.Equal(order, []string{"head", "ad", "deletion"}) {
		t.Errorf("got %v, %v", order, err)
	}
	if head.SupplierID != "V000123400" || head.Amount != 2 || head.Load != hrbaxml.Delta || line != 4 {
		t.Errorf("got %+v with the deliverer on line %d", head, line)
	}
}

// withEmptyGroups returns an ad with groups that hold nothing, once and repeated.
func withEmptyGroups() hrbaxml.Ad {
	ad := minimalAd()
	return slices.Insert(ad, 13, hrbaxml.Node{ID: hrbaxml.Schedule}, hrbaxml.Node{ID: hrbaxml.CompensationDescription},
		hrbaxml.Node{ID: hrbaxml.School}, hrbaxml.Node{ID: hrbaxml.SkillQualifs}, hrbaxml.Node{ID: hrbaxml.Vehicle})
}

func TestLineBreaksSurvive(t *testing.T) {
	t.Parallel()
	const text = "first\nsecond\r\nthird\rfourth\n\n\tlast ]]> & <b> "
	ad := slices.Insert(minimalAd(), 10, hrbaxml.Node{ID: hrbaxml.Objective, Text: text})

	got, _, _ := readAll(t, hrbaxml.P82(), writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{ad}))

	if got[0].Get(hrbaxml.Objective) != text {
		t.Errorf("got %q", got[0].Get(hrbaxml.Objective))
	}
}

func TestReadTellsLinesAndValidity(t *testing.T) {
	t.Parallel()
	document := writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd(), minimalAd()}, "99001-OLD-S")
	document = bytes.Replace(document, []byte("<Status>1"), []byte("<Status>5"), 1)
	lines := strings.Split(string(document), "\n")
	var valid []bool

	_, err := hrbaxml.Read(bytes.NewReader(document), hrbaxml.P82(), hrbaxml.Limits{}, hrbaxml.Visitor{
		Ad: func(r hrbaxml.AdRecord) error {
			valid = append(valid, r.Valid)
			if !strings.Contains(lines[r.Line-1], "<JobPositionPosting>") {
				t.Errorf("the ad begins with %s", lines[r.Line-1])
			}
			for i, n := range r.Ad {
				if name := hrbaxml.P82().Element(n.ID).Name; !strings.Contains(lines[r.Lines[i]-1], "<"+name+">") {
					t.Errorf("%s is said to stand in %s", name, lines[r.Lines[i]-1])
				}
			}
			return nil
		},
		Delete: func(_ string, line int) error {
			if !strings.Contains(lines[line-1], "<DeleteEntry>") {
				t.Errorf("the deletion begins with %s", lines[line-1])
			}
			return nil
		},
	})

	if err != nil || !slices.Equal(valid, []bool{false, true}) {
		t.Errorf("validity %v, error %v", valid, err)
	}
}

func TestReadStopsWhenTheVisitorFails(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	document := writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd(), minimalAd()}, "99001-OLD-S")
	for name, visit := range map[string]hrbaxml.Visitor{
		"at an ad":      {Ad: func(hrbaxml.AdRecord) error { return enough }},
		"at a deletion": {Delete: func(string, int) error { return enough }},
	} {
		if _, err := hrbaxml.Read(bytes.NewReader(document), hrbaxml.P82(), hrbaxml.Limits{}, visit); !errors.Is(err, enough) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestWhiteSpaceAroundNumbersIsNotRead(t *testing.T) {
	t.Parallel()
	document := bytes.Replace(writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()}), []byte("<Status>1<"), []byte("<Status>\n  1\n<"), 1)
	ads, _, _ := readAll(t, hrbaxml.P82(), document)
	if got := ads[0].Get(hrbaxml.PostDetailStatus); got != "1" {
		t.Errorf("got %q", got)
	}
}
