package catalog

import (
	"io"
	"slices"
	"strings"
	"testing"
)

func TestACollectionHasABound(t *testing.T) {
	t.Parallel()
	c := collection{occupations: make([]Occupation, maxOccupations), seen: map[int]bool{}}

	err := c.add(entry{id: "3623", kind: Activity, state: inForce, name: "Bäcker/in"})

	if err == nil || !strings.Contains(err.Error(), "more than 100000 occupations") {
		t.Errorf("got %v", err)
	}
}

func TestARationEndsAtItsTotal(t *testing.T) {
	t.Parallel()
	for size, fits := range map[int]bool{0: true, 9: true, 10: true, 11: false} {
		got, err := io.ReadAll(newRation(strings.NewReader(strings.Repeat("x", size)), 10))
		if (err == nil) != fits || fits && len(got) != size {
			t.Errorf("%d bytes of 10: %d read, error %v", size, len(got), err)
		}
	}
}

func TestNamesComeApartIntoTheirWords(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"Bäcker/in":                                  {"backer"},
		"Koch/Köchin":                                {"koch", "kochin"},
		"Kaufmann/-frau - Einzelhandel":              {"kaufmann", "kauffrau", "einzelhandel"},
		"Pflanzentechnologe/-technologin":            {"pflanzentechnologe", "pflanzentechnologin"},
		"Facharzt/-ärztin - Radiologie":              {"facharzt", "facharztin", "radiologie"},
		"Medizinische/r Fachangestellte/r":           {"medizinische", "fachangestellte"},
		"Beamt(er/in) - Forstdienst (mittl. Dienst)": {"beamter", "forstdienst", "mittl", "dienst"},
		"Kurier-, Express- und Postdienstleistungen": {"kurier", "express", "postdienstleistungen"},
		"Fachkrankenschwester/-pfleger":              {"fachkrankenschwester", "pfleger"},
		"Straßenbauer:in (m/w/d)":                    {"strassenbaur"},
		"3-D-Artist":                                 {"artist"},
	} {
		if got := splitWords(name); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}
