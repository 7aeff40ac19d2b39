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

func regionField(id hrbaxml.ID, pointer string, where at[Region]) field {
	return codeField(id, pointer, regions(), where)
}

// unknownRegions finds regions that the catalogue does not have: no file can name them.
func unknownRegions(c *Content) []Finding {
	var found []Finding
	check := func(pointer string, region Region) {
		if region == "" || toBA(regions(), region) != "" {
			return
		}
		found = append(found, Finding{
			Code: "unknown_value", Severity: Error, Pointer: inBody + pointer + "/region",
			Text: text.Text{DE: "Diese Region gibt es im Verzeichnis der BA nicht.", EN: "The BA's catalogue has no such region."},
			Fix: text.Text{
				DE: "Nennen Sie ein Bundesland nach ISO 3166-2, etwa DE-BY, oder einen Schlüssel aus dem Verzeichnis der Regionen.",
				EN: "Name a German Land by ISO 3166-2, such as DE-BY, or a key of the catalogue of regions.",
			},
		})
	}
	for i := range c.Places {
		check("/places/"+strconv.Itoa(i), c.Places[i].Region)
	}
	if c.Contact != nil && c.Contact.Address != nil {
		check("/contact/address", c.Contact.Address.Region)
	}
	if c.Employer != nil && c.Employer.Address != nil {
		check("/employer/address", c.Employer.Address.Region)
	}
	if v := c.Apply.Interview; v != nil && v.Place != nil {
		check("/apply/interview/place", v.Place.Region)
	}
	return found
}
