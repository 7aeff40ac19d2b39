package catalog_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
)

const (
	baker = `"3623","B 29222-100","t","1910","2","0","2","E","0","Bäcker/Bäckerin","Bäcker/in","BAECKER"` + "\n"
	// The list as struktur_berufe.xsd describes it, with what is optional and without.
	list = `<?xml version="1.0" encoding="UTF-8"?>
<berufeliste>
  <beruf id="3623" bkz="B 29222-100">
    <typ>t</typ><lbkgruppe>1910</lbkgruppe><lbkgruppe>1120</lbkgruppe>
    <qualifikationsNiveaus><qualifikationsNiveau niveau="3"/><qualifikationsNiveau niveau="2"/></qualifikationsNiveaus>
    <hochschulberuf>nein</hochschulberuf><ebene>2</ebene><zustand>E</zustand><kuenstler>nein</kuenstler>
    <bezeichnung><bezeichnung_nl>Bäcker/Bäckerin</bezeichnung_nl><bezeichnung_nk>Bäcker/in</bezeichnung_nk></bezeichnung>
    <suchname_nl>BAECKER</suchname_nl>
    <suchwort><suchwortgruppe>A</suchwortgruppe><suchwort_normale_schreibweise>Brot</suchwort_normale_schreibweise></suchwort>
  </beruf>
  <beruf id="999001" bkz="B 94214-100">
    <typ>t</typ><qualifikationsNiveaus/><hochschulberuf>ja</hochschulberuf><ebene>-</ebene><zustand>A</zustand><kuenstler>ja</kuenstler>
    <bezeichnung><bezeichnung_nl>X</bezeichnung_nl><bezeichnung_nk>Dancer</bezeichnung_nk></bezeichnung><suchname_nl>X</suchname_nl>
  </beruf>
</berufeliste>`
)

func read(content string) (*catalog.Catalog, error) {
	return catalog.Read(strings.NewReader(content), int64(len(content)))
}

// archive packs files, by name and content in turn.
func archive(tb testing.TB, files ...string) string {
	tb.Helper()
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = io.WriteString(f, files[i+1])
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return packed.String()
}

func TestReadTakesTheCSVForm(t *testing.T) {
	t.Parallel()
	got, err := read("\uFEFF" + baker + `"14870","B 1","t","3910,1910","2,4","1","3","M","1","x","Game designer","x"` + "\n")
	if err != nil {
		t.Fatal(err)
	}
	bread, _ := got.Occupation(3623)
	game, _ := got.Occupation(14870)
	want := []catalog.Occupation{
		{ID: 3623, Name: "Bäcker/in", Kind: catalog.Activity, Levels: []int{2}, Groups: []string{"1910"}, Layer: 2},
		{
			ID: 14870, Name: "Game designer", Kind: catalog.Activity, Levels: []int{2, 4}, Groups: []string{"1910", "3910"}, Layer: 3,
			Academic: true, Artist: true, Withdrawn: true,
		},
	}
	if diff := cmp.Diff(want, []catalog.Occupation{bread, game}); diff != "" {
		t.Error(diff)
	}
	if !got.Complete() {
		t.Error("a catalogue from a file is not complete")
	}
}

func TestReadTakesTheBAsArchive(t *testing.T) {
	t.Parallel()
	got, err := read(archive(t, "vam_beruf.xml", "not read", "export/VAM_Beruf_kurz.xml", list))
	if err != nil {
		t.Fatal(err)
	}
	bread, _ := got.Occupation(3623)
	dancer, _ := got.Occupation(999001)
	want := []catalog.Occupation{
		{ID: 3623, Name: "Bäcker/in", Kind: catalog.Activity, Levels: []int{2, 3}, Groups: []string{"1120", "1910"}, Layer: 2},
		{ID: 999001, Name: "Dancer", Kind: catalog.Activity, Academic: true, Artist: true, Withdrawn: true},
	}
	if diff := cmp.Diff(want, []catalog.Occupation{bread, dancer}); diff != "" {
		t.Error(diff)
	}
}

func TestReadTakesOlderEncodings(t *testing.T) {
	t.Parallel()
	for _, charset := range []string{"ISO-8859-1", "windows-1252", "iso-8859-15"} {
		content := strings.NewReplacer("UTF-8", charset, "ä", "\xe4").Replace(list)
		got, err := read(archive(t, "vam_beruf_kurz.xml", content))
		if err != nil {
			t.Fatal(err)
		}
		if o, _ := got.Occupation(3623); o.Name != "Bäcker/in" {
			t.Errorf("%s: got %q", charset, o.Name)
		}
	}
}

func TestASearchPassesOverWithdrawnOccupations(t *testing.T) {
	t.Parallel()
	got, err := read(archive(t, "vam_beruf_kurz.xml", list))
	if err != nil {
		t.Fatal(err)
	}
	if found := got.Search("dancer", catalog.Filter{}); len(found) > 0 {
		t.Errorf("found %+v", found)
	}
	if found := got.Search("bäcker", catalog.Filter{}); len(found) != 1 {
		t.Errorf("found %+v", found)
	}
}

func TestReadRefusesABadFileAndSaysWhy(t *testing.T) {
	t.Parallel()
	kurz := func(old, replacement string) string {
		return archive(t, "vam_beruf_kurz.xml", strings.Replace(list, old, replacement, 1))
	}
	var longNames []string
	for i := range 30 {
		longNames = append(longNames, fmt.Sprint(i)+strings.Repeat("x", 50_000), "")
	}
	for name, tt := range map[string]struct{ content, want string }{
		"empty":                   {"", "is empty"},
		"blank":                   {"\n\n\n", "no occupations"},
		"other text":              {"Good morning\n", "neither the BA's ZIP archive nor"},
		"an XML file":             {list, "neither the BA's ZIP archive nor"},
		"an open quote":           {`"3623","B`, "neither the BA's ZIP archive nor"},
		"a bad id":                {strings.Replace(baker, "3623", "36", 1), `line 1: "36" is no id`},
		"an id that is a code":    {strings.Replace(baker, "3623", "B 29222-100", 1), "is no id"},
		"an unknown kind":         {strings.Replace(baker, `"t"`, `"z"`, 1), `occupation 3623: its kind "z"`},
		"a bad level":             {strings.Replace(baker, `"2"`, `"5"`, 1), `level "5"`},
		"a bad group":             {strings.Replace(baker, `"1910"`, `"191"`, 1), `group "191"`},
		"a bad layer":             {strings.Replace(baker, `"2","E"`, `"7","E"`, 1), `layer "7"`},
		"a bad state":             {strings.Replace(baker, `"E"`, `"Z"`, 1), `state "Z"`},
		"a bad mark":              {strings.Replace(baker, `"0"`, `"ja"`, 1), `"ja" is neither`},
		"no name":                 {strings.Replace(baker, "Bäcker/in", " ", 1), "no name"},
		"a name in Latin-1":       {strings.Replace(baker, "Bäcker/in", "B\xe4cker/in", 1), "not UTF-8"},
		"a long name":             {strings.Replace(baker, "Bäcker/in", strings.Repeat("ä", 251), 1), "longer than 250"},
		"an id twice":             {baker + baker, "line 2: occupation 3623 stands there twice"},
		"no archive":              {"PK\x03\x04 and nothing more", "open archive"},
		"an archive without list": {archive(t, "berufe.xml", list), "no vam_beruf_kurz.xml"},
		"an archive of names":     {archive(t, longNames...), "directory is too large"},
		"a DOCTYPE":               {kurz("<berufeliste>", `<!DOCTYPE x [<!ENTITY a "b">]><berufeliste>`), "DOCTYPE"},
		"an entity":               {kurz("Bäcker/in", "&a;"), "line 7: XML syntax error"},
		"another root":            {kurz("<berufeliste>", "<berufe>"), "<berufe> is not expected"},
		"a stranger":              {kurz("<beruf id", "<kompetenz id"), "<kompetenz> is not expected"},
		"an encoding":             {kurz("UTF-8", "UTF-7"), `"UTF-7" is not supported`},
		"a cut list":              {kurz("</berufeliste>", ""), "unexpected EOF"},
		"an entry without end":    {kurz("Bäcker/in", strings.Repeat("ä", 1<<20)), "an entry takes more than"},
		"space without end":       {kurz("<berufeliste>", strings.Repeat(" ", 3<<20)), "an entry takes more than"},
		"a CSV entry without end": {`"` + strings.Repeat("x", 2<<20), "an entry takes more than"},
	} {
		got, err := read(tt.content)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v and the error %v, want %q", name, got, err, tt.want)
		}
	}
}

func TestReadRefusesALargeFileUnread(t *testing.T) {
	t.Parallel()
	if _, err := catalog.Read(broken{}, catalog.MaxBytes+1); err == nil || errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

var errBroken = errors.New("the disk is broken")

// broken is a file that cannot be read.
type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errBroken }

func TestAFailureToReadIsToldApartFromABadFile(t *testing.T) {
	t.Parallel()
	if _, err := catalog.Read(broken{}, 1000); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(baker))
	f.Add([]byte(strings.Replace(baker, "3623", "3624", 1) + baker))
	f.Add([]byte(archive(f, "vam_beruf_kurz.xml", list)))
	f.Add([]byte(archive(f, "berufe.xml", "")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := catalog.Read(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		if !got.Complete() {
			t.Error("a file gives a part of the catalogue")
		}
		for _, match := range got.Search(string(raw), catalog.Filter{}) {
			if o, ok := got.Occupation(match.ID); !ok || o.Name == "" || o.ID < 100 || match.Score <= 0 {
				t.Errorf("found %+v", match)
			}
		}
	})
}
