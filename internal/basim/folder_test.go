package basim

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
)

func TestTheSharedFolderHoldsTheCatalogue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	const name = "231126_212451_dkz_vam_verbis_hrba.zip"

	_, listing := w.do(http.MethodGet, "sonstiges/")
	status, archive := w.do(http.MethodGet, "daten/"+employer+"/sonstiges/"+name)

	if !slices.Contains(hrefs(listing), name) || !strings.Contains(listing, "23-Nov-2026 21:24") {
		t.Errorf("the listing lacks last night's archive:\n%s", listing)
	}
	occupations, err := catalog.Read(strings.NewReader(archive), int64(len(archive)))
	if status != http.StatusOK || err != nil {
		t.Fatalf("download %d, %v", status, err)
	}
	if _, ok := occupations.Occupation(134833); !ok {
		t.Error("the catalogue lacks the occupation of the tests' ads")
	}
}

func TestTheReportsTellWhatFeedbackDoesNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	name := w.upload(w.file(w.posting(adID("1"), insert, "90402", "90999"), w.posting(adID("2"), insert)))
	if err := w.Act(employer, adID("2"), ActLock); err != nil {
		t.Fatal(err)
	}

	_, listing := w.do(http.MethodGet, "Statistiken/")
	_, ads := w.do(http.MethodGet, "Statistiken/Stellenangebote_"+employer+".xlsx")
	_, refusals := w.do(http.MethodGet, "Statistiken/Validierungsfehler_"+employer+".xlsx")

	want := []string{"Stellenangebote_" + employer + ".xlsx", "Validierungsfehler_" + employer + ".xlsx"}
	if links := hrefs(listing); !slices.Equal(links[len(links)-2:], want) {
		t.Errorf("links %v", links)
	}
	rows := cells(t, ads)
	if len(rows) != 2 || rows[1][0] != adID("2") || rows[1][1] != "locked" || rows[1][5] != "staff: lock" {
		t.Errorf("ads %q", rows)
	}
	rows = cells(t, refusals)
	if len(rows) != 2 || rows[1][0] != name || rows[1][2] != adID("1") || rows[1][3] != "FLR_JCValid_033" {
		t.Errorf("refusals %q", rows)
	}
}

// cells returns the text of a workbook's first sheet, which it finds by the relations between the parts.
func cells(t *testing.T, workbook string) [][]string {
	t.Helper()
	archive, err := zip.NewReader(strings.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	part := func(name string, v any) {
		t.Helper()
		file, err := archive.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(file)
		if err == nil {
			err = xml.NewDecoder(bytes.NewReader(content)).Decode(v)
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	type relations struct {
		Relationship []struct {
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	find := func(r relations, kind string) string {
		for _, relation := range r.Relationship {
			if strings.HasSuffix(relation.Type, "/"+kind) {
				return relation.Target
			}
		}
		t.Fatalf("no relation of type %s", kind)
		return ""
	}
	var root, parts relations
	part("_rels/.rels", &root)
	if find(root, "officeDocument") != "xl/workbook.xml" {
		t.Fatal("the workbook is elsewhere")
	}
	part("xl/_rels/workbook.xml.rels", &parts)
	var sheet struct {
		Rows []struct {
			Cells []string `xml:"c>is>t"`
		} `xml:"sheetData>row"`
	}
	part("xl/"+find(parts, "worksheet"), &sheet)
	var rows [][]string
	for _, row := range sheet.Rows {
		rows = append(rows, row.Cells)
	}
	return rows
}
