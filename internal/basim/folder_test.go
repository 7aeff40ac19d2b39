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
	if status != http.StatusOK {
		t.Fatalf("download %d", status)
	}
	var list struct {
		Occupations []struct {
			ID    string `xml:"id,attr"`
			Kind  string `xml:"typ"`
			Level struct {
				Level string `xml:"niveau,attr"`
			} `xml:"qualifikationsNiveaus>qualifikationsNiveau"`
			State string `xml:"zustand"`
			Name  string `xml:"bezeichnung>bezeichnung_nk"`
			Spelt string `xml:"suchname_nl"`
		} `xml:"beruf"`
	}
	readPart(t, archive, "vam_beruf_kurz.xml", &list)
	for _, o := range list.Occupations {
		if o.ID == "3722" && (o.Kind != "t" || o.Level.Level != "2" || o.State != "E" || o.Name != "Koch/Köchin" || o.Spelt != "KOCHKOECHIN") {
			t.Errorf("the cook is %+v", o)
		}
	}
	if len(list.Occupations) != len(catalogueEntries()) {
		t.Errorf("%d occupations", len(list.Occupations))
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

// readPart reads an XML document of an archive.
func readPart(t *testing.T, archive, name string, v any) {
	t.Helper()
	files, err := zip.NewReader(strings.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	file, err := files.Open(name)
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

// cells returns the text of a workbook's first sheet, which it finds by the relations between the parts.
func cells(t *testing.T, workbook string) [][]string {
	t.Helper()
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
	readPart(t, workbook, "_rels/.rels", &root)
	if find(root, "officeDocument") != "xl/workbook.xml" {
		t.Fatal("the workbook is elsewhere")
	}
	readPart(t, workbook, "xl/_rels/workbook.xml.rels", &parts)
	var sheet struct {
		Rows []struct {
			Cells []string `xml:"c>is>t"`
		} `xml:"sheetData>row"`
	}
	readPart(t, workbook, "xl/"+find(parts, "worksheet"), &sheet)
	var rows [][]string
	for _, row := range sheet.Rows {
		rows = append(rows, row.Cells)
	}
	return rows
}
