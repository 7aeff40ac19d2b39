package posting

import (
	"slices"
	"strconv"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// highestCode is far above every code of the schema.
const highestCode = 100

// notOurs are the codes that the schema permits an employer and that no content becomes, by element.
var notOurs = map[hrbaxml.ID]struct {
	codes []string
	why   string
}{
	hrbaxml.PostDetailStatus:                  {[]string{"3"}, "an ad that is not to be seen is withdrawn"},
	hrbaxml.PostDetailAction:                  {[]string{"2", "3"}, "it follows from what the BA has; deletions are entries of their own"},
	hrbaxml.PostDetailSupplierIndustrie:       {[]string{"1", "2", "3", "4", "6"}, "it is always 5, an employer"},
	hrbaxml.CompensationEmployerPayscaleBound: {[]string{"0", "1"}, "it follows from the collective agreement"},
	hrbaxml.VehicleCar:                        {[]string{"0"}, "what nobody needs is left out"},
	hrbaxml.VehicleMotorcycle:                 {[]string{"0"}, "what nobody needs is left out"},
	hrbaxml.VehicleTruck:                      {[]string{"0"}, "what nobody needs is left out"},
	hrbaxml.VehicleOmnibus:                    {[]string{"0"}, "what nobody needs is left out"},
}

// TestEveryCodeOfAnEmployerGoesBothWays compares the code books with the schema table: each code that an employer may send has a word that
// becomes it again, and no word stands for a code that the table does not have.
func TestEveryCodeOfAnEmployerGoesBothWays(t *testing.T) {
	t.Parallel()
	elements, codes := 0, 0
	for element := range hrbaxml.Next().Elements {
		if element.ID <= hrbaxml.Posting || element.ID >= hrbaxml.DeleteEntry || element.Sender != hrbaxml.ByEmployer || len(element.Value.Codes) == 0 {
			continue
		}
		var sendable []string
		for _, c := range element.Value.Codes {
			if !c.Export {
				sendable = append(sendable, c.Value)
			}
		}
		for _, code := range notOurs[element.ID].codes {
			if !slices.Contains(sendable, code) {
				t.Errorf("%s has no code %s that an employer may send", element.ID, code)
			}
		}
		elements++
		codes += len(sendable)
		for n := range highestCode {
			code := strconv.Itoa(n)
			wanted := slices.Contains(sendable, code) && !slices.Contains(notOurs[element.ID].codes, code)
			if got := returns(element, code); got != wanted {
				t.Errorf("%s with %s comes back: %v, want %v %s", element.ID, code, got, wanted, notOurs[element.ID].why)
			}
		}
	}
	t.Logf("%d elements with %d codes that an employer may send", elements, codes)
}

// TestEveryRegionIsACodeOfTheSchema: regions have a book of their own, which the catalogue makes.
func TestEveryRegionIsACodeOfTheSchema(t *testing.T) {
	t.Parallel()
	ranges := hrbaxml.P82().Element(hrbaxml.LocationRegion).Value.Ranges
	for _, region := range regions() {
		n, err := strconv.ParseInt(region.ba, 10, 64)
		permitted := slices.ContainsFunc(ranges, func(r hrbaxml.Range) bool { return r.Min <= n && n <= r.Max })
		if err != nil || !permitted {
			t.Errorf("region %s has the code %s, which the schema does not have", region.word, region.ba)
		}
		if back, _ := fromBA(regions(), toBA(regions(), region.word)); back != region.word {
			t.Errorf("region %s comes back as %s", region.word, back)
		}
	}
}

// returns reports whether an ad with the code at the element becomes a content that becomes an ad with this code.
func returns(element *hrbaxml.Element, code string) bool {
	var ad hrbaxml.Ad
	if element.ID > hrbaxml.JobOfferType {
		// Training is for apprenticeships only.
		ad.AddText(hrbaxml.JobOfferType, toBA(offerTypes, Apprenticeship))
	}
	for group := element.Parent; group > hrbaxml.Posting; group = hrbaxml.Next().Element(group).Parent {
		if hrbaxml.Next().Element(group).Repeats() {
			ad.AddGroup(group)
		}
	}
	ad.AddText(element.ID, code)
	content, err := Decode(ad)
	if err != nil {
		return false
	}
	var again hrbaxml.Ad
	Encode(&again, &content, sampleEnvelope(testDay, hrbaxml.Next()))
	return slices.ContainsFunc(again, func(n hrbaxml.Node) bool { return n.ID == element.ID && n.Text == code })
}
