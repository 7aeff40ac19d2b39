package posting

import (
	"strconv"
	"sync"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// regions are the BA's codes of the catalogue's regions.
var regions = sync.OnceValue(func() []code[Region] {
	var book []code[Region]
	for _, r := range catalog.Regions() {
		book = append(book, code[Region]{Region(r.Key), strconv.Itoa(r.Code)})
	}
	return book
})

// regionCountries tells in which country a region lies; the empty country is any.
var regionCountries = sync.OnceValue(func() map[Region]string {
	countries := map[Region]string{}
	for _, r := range catalog.Regions() {
		countries[Region(r.Key)] = r.Country
	}
	return countries
})

func regionField(id hrbaxml.ID, pointer string, where at[Region]) field {
	return codeField(id, pointer, regions(), where)
}

// checkRegions finds regions that the catalogue does not have, and those that lie in another country than their address (010).
func checkRegions(c *Content) []Finding {
	var found []Finding
	check := func(pointer string, region Region, country string) {
		if region == "" {
			return
		}
		lies, known := regionCountries()[region]
		switch {
		case !known:
			found = append(found, Finding{
				Code: "unknown_value", Severity: Error, Pointer: inBody + pointer + "/region",
				Text: text.Text{DE: "Diese Region gibt es im Verzeichnis der BA nicht.", EN: "The BA's catalogue has no such region."},
				Fix: text.Text{
					DE: "Nennen Sie ein Bundesland nach ISO 3166-2, etwa DE-BY, oder einen Schlüssel aus dem Verzeichnis der Regionen.",
					EN: "Name a German Land by ISO 3166-2, such as DE-BY, or a key of the catalogue of regions.",
				},
			})
		case lies != "" && country != "" && lies != country:
			found = append(found, Finding{
				Code: "FLR_JCValid_010", Severity: Error, Pointer: inBody + pointer + "/region",
				Text: text.Text{DE: "Die Region liegt nicht in diesem Land.", EN: "The region is not in this country."},
				Fix:  text.Text{DE: "Berichtigen Sie Land oder Region.", EN: "Correct the country or the region."},
			})
		}
	}
	for i, p := range c.Places {
		check("/places/"+strconv.Itoa(i), p.Region, p.Country)
	}
	if a := contactOf(c).Address; a != nil {
		check("/contact/address", a.Region, a.Country)
	}
	if c.Employer != nil && c.Employer.Address != nil {
		check("/employer/address", c.Employer.Address.Region, c.Employer.Address.Country)
	}
	if v := c.Apply.Interview; v != nil && v.Place != nil {
		check("/apply/interview/place", v.Place.Region, v.Place.Country)
	}
	return found
}
