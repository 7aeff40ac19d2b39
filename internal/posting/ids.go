package posting

import (
	"strconv"
	"sync"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// listed are the ids of the catalogues that are complete here.
type listed struct{ languages, licences, drivingLicences map[int]bool }

var knownIDs = sync.OnceValue(func() listed {
	return listed{ids(catalog.Languages()), ids(catalog.Licences()), ids(catalog.DrivingLicences())}
})

func ids(entries []catalog.Entry) map[int]bool {
	known := make(map[int]bool, len(entries))
	for _, e := range entries {
		known[e.ID] = true
	}
	return known
}

// checkIDs finds languages (101), licences (100) and driving licences (102) that the BA's catalogue does not have, and warns of occupations
// (042) that are not among the common ones which are built in: those may exist.
func checkIDs(c *Content) []Finding {
	var found []Finding
	refuse := func(code, pointer string, known map[int]bool, id int) {
		if !known[id] {
			found = append(found, Finding{
				Code: code, Severity: Error, Pointer: inBody + pointer,
				Text: text.Text{DE: "Diese Kennung gibt es im Verzeichnis der BA nicht.", EN: "The BA's catalogue has no such id."},
				Fix:  text.Text{DE: "Nehmen Sie eine Kennung aus dem Verzeichnis.", EN: "Take an id of the catalogue."},
			})
		}
	}
	if r := c.Requirements; r != nil {
		known := knownIDs()
		for i, l := range r.Languages {
			refuse("FLR_JCValid_101", "/requirements/languages/"+strconv.Itoa(i)+"/id", known.languages, l.ID)
		}
		for i, l := range r.Licences {
			refuse("FLR_JCValid_100", "/requirements/licences/"+strconv.Itoa(i)+"/id", known.licences, l.ID)
		}
		for i, l := range r.DrivingLicences {
			refuse("FLR_JCValid_102", "/requirements/driving_licences/"+strconv.Itoa(i)+"/id", known.drivingLicences, l.ID)
		}
	}
	if _, known := catalog.BuiltIn().Occupation(c.Occupation.ID); !known {
		found = append(found, Finding{
			Code: "FLR_JCValid_042", Severity: Warning, Pointer: inBody + "/occupation/id",
			Text: text.Text{DE: "Dieser Beruf ist nicht unter den häufigen, die Stellwerk kennt; ob es ihn gibt, weiß nur die BA.", EN: "This occupation is not among the common ones that Stellwerk knows; only the BA can tell whether it exists."},
			Fix:  text.Text{DE: "Vergleichen Sie die Kennung mit dem Berufeverzeichnis der BA.", EN: "Compare the id with the BA's catalogue of occupations."},
		})
	}
	return found
}
