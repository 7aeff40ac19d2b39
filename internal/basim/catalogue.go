package basim

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"time"
)

// catalogueEntry is an occupation of the BA's catalogue. Its id is the TitleCode of an ad.
type catalogueEntry struct {
	id       int
	bkz      string
	kind     string // t activity, a training
	group    string
	level    int
	layer    string
	long     string
	short    string
	academic bool
}

// catalogueEntries are a few occupations of each kind that the interface tells apart: activities, helpers, trainings, an academic one.
func catalogueEntries() []catalogueEntry {
	return []catalogueEntry{
		{4458, "B 22342-102", "t", "1910", 2, "2", "Tischler/Tischlerin", "Tischler/in", false},
		{4460, "B 22342-900", "a", "1110", 2, "2", "Tischler/Tischlerin", "Tischler/in", false},
		{15624, "B 26252-189", "t", "1910", 2, "2", "Elektroniker/Elektronikerin für Betriebstechnik", "Elektroniker/in - Betriebstechnik", false},
		{15623, "B 26252-917", "a", "1110", 2, "2", "Elektroniker/Elektronikerin für Betriebstechnik", "Elektroniker/in - Betriebstechnik", false},
		{3722, "B 29302-100", "t", "1910", 2, "2", "Koch/Köchin", "Koch/Köchin", false},
		{3726, "B 29302-900", "a", "1110", 2, "2", "Koch/Köchin", "Koch/Köchin", false},
		{15260, "B 43414-102", "t", "3910", 4, "2", "Softwareentwickler/Softwareentwicklerin", "Softwareentwickler/in", true},
		{50939, "B 51311-124", "t", "7910", 1, "2", "Helfer/Helferin für Lagerwirtschaft, Transport", "Helfer/in - Lagerwirtschaft, Transport", false},
		{14717, "B 52122-108", "t", "1910", 2, "2", "Berufskraftfahrer/Berufskraftfahrerin", "Berufskraftfahrer/in", false},
		{13794, "B 52122-902", "a", "1110", 2, "2", "Berufskraftfahrer/Berufskraftfahrerin", "Berufskraftfahrer/in", false},
		{6627, "B 62102-101", "t", "1910", 2, "2", "Verkäufer/Verkäuferin", "Verkäufer/in", false},
		{6628, "B 62102-901", "a", "1110", 2, "2", "Verkäufer/Verkäuferin", "Verkäufer/in", false},
		{132172, "B 81302-129", "t", "1910", 2, "2", "Pflegefachmann/Pflegefachfrau (Ausbildung)", "Pflegefachmann/-frau (Ausbildung)", false},
		{132173, "B 81302-906", "a", "1210", 2, "2", "Pflegefachmann/Pflegefachfrau (Ausbildung)", "Pflegefachmann/-frau (Ausbildung)", false},
		{
			134833, "B 81302-131", "t", "1910", 2, "3", "Pflegefachmann/Pflegefachfrau (Gesundheits- und Krankenpflege)",
			"Pflegefachmann/-frau (Gesundheits- und Krankenpflege)", false,
		},
		{8412, "B 94214-900", "a", "1220", 2, "2", "Schauspieler/Schauspielerin", "Schauspieler/in", false},
	}
}

// catalogueSkill is a skill, language or licence of the BA's catalogue.
type catalogueSkill struct {
	id, parent int
	name       string
}

func catalogueSkills() []catalogueSkill {
	return []catalogueSkill{
		{60101, 57343, "Blumenversand"},
		{60102, 57343, "Gestecke anfertigen"},
		{65488, 59885, "Deutsch"},
		{65494, 59885, "Englisch"},
		{66208, 59950, "Fahrerlaubnisklasse B (PKW/Kleinbusse)"},
	}
}

// catalogue returns the archive that the BA puts into the shared folder every night: the form of the real one with a few entries.
func (b *BA) catalogue() (*File, error) {
	made := lastNight(b.now().In(b.zone))
	var archive bytes.Buffer
	packer := zip.NewWriter(&archive)
	for _, list := range []struct{ name, content string }{
		{"vam_beruf_kurz.xml", occupationsXML(false)},
		{"vam_beruf.xml", occupationsXML(true)},
		{"kompetenzen.xml", skillsXML()},
	} {
		w, err := packer.CreateHeader(&zip.FileHeader{Name: list.name, Method: zip.Deflate, Modified: made})
		if err == nil {
			_, err = w.Write([]byte(list.content))
		}
		if err != nil {
			return nil, fmt.Errorf("pack %s: %w", list.name, err)
		}
	}
	if err := packer.Close(); err != nil {
		return nil, fmt.Errorf("pack catalogue: %w", err)
	}
	return &File{Name: made.Format("020106_150405") + "_dkz_vam_verbis_hrba.zip", Modified: made, Body: archive.Bytes()}, nil
}

// lastNight is the last time before now at which the catalogue was made.
func lastNight(now time.Time) time.Time {
	year, month, day := now.Date()
	made := time.Date(year, month, day, 21, 24, 51, 0, now.Location())
	if made.After(now) {
		made = time.Date(year, month, day-1, 21, 24, 51, 0, now.Location())
	}
	return made
}

// occupationsXML writes the list of occupations, with words to search by if asked for.
func occupationsXML(withWords bool) string {
	var w strings.Builder
	w.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<berufeliste>\n")
	for _, e := range catalogueEntries() {
		academic := "nein"
		if e.academic {
			academic = "ja"
		}
		fmt.Fprintf(&w, "<beruf id=\"%d\" bkz=%q><typ>%s</typ><lbkgruppe>%s</lbkgruppe>", e.id, e.bkz, e.kind, e.group)
		fmt.Fprintf(&w, "<qualifikationsNiveaus><qualifikationsNiveau niveau=\"%d\"/></qualifikationsNiveaus>", e.level)
		fmt.Fprintf(&w, "<hochschulberuf>%s</hochschulberuf><ebene>%s</ebene><zustand>E</zustand><kuenstler>nein</kuenstler>", academic, e.layer)
		fmt.Fprintf(&w, "<bezeichnung><bezeichnung_nl>%s</bezeichnung_nl><bezeichnung_nk>%s</bezeichnung_nk></bezeichnung>", escaped(e.long), escaped(e.short))
		fmt.Fprintf(&w, "<suchname_nl>%s</suchname_nl>", searchName(e.long))
		if withWords {
			fmt.Fprintf(&w, "<suchwort><suchwortgruppe>1</suchwortgruppe><suchwort_normale_schreibweise>%s</suchwort_normale_schreibweise></suchwort>", escaped(e.short))
		}
		w.WriteString("</beruf>\n")
	}
	w.WriteString("</berufeliste>\n")
	return w.String()
}

func skillsXML() string {
	var w strings.Builder
	w.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<kompetenzen>\n")
	for _, s := range catalogueSkills() {
		fmt.Fprintf(&w, "<kompmerkmal id=\"%d\"><komp-parent>%d</komp-parent><bezeichnung>%s</bezeichnung></kompmerkmal>\n", s.id, s.parent, escaped(s.name))
	}
	w.WriteString("</kompetenzen>\n")
	return w.String()
}

// searchName is a name as the catalogue's searches spell it: capitals from A to Z and nothing else.
func searchName(name string) string {
	spelled := strings.NewReplacer("Ä", "AE", "Ö", "OE", "Ü", "UE").Replace(strings.ToUpper(name))
	return strings.Map(func(r rune) rune {
		if r < 'A' || r > 'Z' {
			return -1
		}
		return r
	}, spelled)
}

// escaped returns a text as XML holds it; characters that XML cannot hold are replaced.
func escaped(text string) string {
	var w strings.Builder
	// A strings.Builder takes everything.
	_ = xml.EscapeText(&w, []byte(text))
	return w.String()
}
