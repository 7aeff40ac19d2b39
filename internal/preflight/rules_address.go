package preflight

import (
	"strings"
	"sync"
	"unicode"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// addressRules are about places of work and postal addresses.
var addressRules = []Rule{
	{
		Code: "FLR_JCValid_010", Elements: addressPart(regionPart),
		Condition:   "Region lies in another country than CountryCode",
		Explanation: say("Die Region liegt nicht in diesem Land.", "The region is not in this country."),
		Fix:         say("Berichtigen Sie Land oder Region.", "Correct the country or the region."),
		check: func(x *exam) {
			x.eachAddress(func(x *exam, a address) {
				if lies := regionCountry(a.text(x, regionPart)); lies != "" && a.country != "" && !strings.EqualFold(lies, a.country) {
					a.refuse(x, regionPart)
				}
			})
		},
	},
	{
		Code: "FLR_JCValid_033", Offline: Partly, Elements: []hrbaxml.ID{
			hrbaxml.Location, hrbaxml.LocationPostalCode, hrbaxml.LocationMunicipality, hrbaxml.LocationRegion,
			hrbaxml.PostedByContactPostalAddressPostalCode, hrbaxml.PostedByContactPostalAddressMunicipality, hrbaxml.PostedByContactPostalAddressRegion,
		},
		Condition: "country, region, postal code and municipality are no combination of the BA's address base; ranges of postal codes are none. " +
			"Outside the BA only German addresses with a missing part or a postal code that has not five digits can be found",
		Explanation: say("Postleitzahl, Ort und Region passen nach dem Verzeichnis der BA nicht zusammen.", "Postal code, town and region do not belong together in the BA's directory."),
		Fix: say("Schreiben Sie den Ort genau so wie die Deutsche Post, mit Postleitzahl und Bundesland.",
			"Spell the town exactly as Deutsche Post does, with its postal code and region."),
		check: func(x *exam) {
			x.eachAddress(func(x *exam, a address) {
				if !strings.EqualFold(a.country, germany) || !a.isJudgedWhole() {
					return
				}
				for _, part := range []hrbaxml.ID{postalCodePart, townPart, regionPart} {
					if value := strings.TrimSpace(a.text(x, part)); value == "" || part == postalCodePart && !isGermanPostalCode(value) {
						a.refuse(x, part)
						return
					}
				}
			})
		},
	},
	{
		Code: "FLR_JCValid_177", Elements: addressPart(countryPart),
		Condition:   "CountryCode is no code of ISO 3166-1 alpha-2",
		Explanation: say("Diesen Ländercode gibt es nicht.", "There is no such country code."),
		Fix:         say("Nehmen Sie den Code aus zwei Buchstaben nach ISO 3166, etwa DE.", "Take the two letters of ISO 3166, such as DE."),
		check: func(x *exam) {
			x.eachAddress(func(x *exam, a address) {
				if a.country != "" && !isCountry(a.country) {
					a.refuse(x, countryPart)
				}
			})
		},
	},
	{
		Code: "FLR_JCValid_034", Elements: addressPart(streetPart),
		Condition: "StreetName is blank, begins with ß, with a number not followed by a full stop, blank, hyphen or letter, or with three equal characters; " +
			"has a special character or blank twice in a row or a full stop not after a letter or digit; or ends in a full stop or hyphen",
		Explanation: say("Die Straße hat eine Schreibweise, die die BA nicht nimmt.", "The street is spelled in a way that the BA does not take."),
		Fix: say("Schreiben Sie sie aus, ohne doppelte Zeichen und ohne Punkt oder Bindestrich am Ende, etwa „Musterstraße 1“.",
			"Write it out, without doubled characters, and without a full stop or hyphen at its end, such as “Musterstraße 1”."),
		check: func(x *exam) {
			x.eachAddress(func(x *exam, a address) {
				if street := a.text(x, streetPart); street != "" && !isStreet(street) {
					a.refuse(x, streetPart)
				}
			})
		},
	},
	{
		Code: "FLR_Stellverw_868", Elements: []hrbaxml.ID{
			hrbaxml.PostedByContactPostalAddressPostOfficeBox, hrbaxml.PostedByContactPostalAddressStreetName,
			hrbaxml.HiringOrgContactPostalAddressPostOfficeBox, hrbaxml.HiringOrgContactPostalAddressStreetName,
		},
		Condition:   "StreetName and PostOfficeBox in one address",
		Explanation: say("Eine Anschrift hat eine Straße oder ein Postfach, nicht beides.", "An address has a street or a PO box, not both."),
		Fix:         say("Lassen Sie eines von beiden weg.", "Leave one of the two out."),
		check: func(x *exam) {
			for _, base := range postalAddresses {
				if x.has(base+streetPart) && x.has(base+boxPart) {
					x.refuse(base + boxPart)
				}
			}
		},
	},
	{
		Code: "FLR_JCValid_056", Offline: Never, Elements: []hrbaxml.ID{hrbaxml.LocationPostalCode},
		Condition:   "the postal code of a place of work belongs to PO boxes alone",
		Explanation: say("Die Postleitzahl des Arbeitsorts gilt nur für Postfächer.", "The postal code of the place of work is one for PO boxes only."),
		Fix:         say("Nehmen Sie die Postleitzahl der Straße.", "Take the postal code of the street."),
	},
	{
		Code: "FLR_JCValid_063", Elements: []hrbaxml.ID{hrbaxml.NumberToFill, hrbaxml.Location},
		Condition:   "more Locations than NumberToFill",
		Explanation: say("Es gibt mehr Arbeitsorte als offene Stellen.", "There are more places of work than openings."),
		Fix:         say("Nennen Sie mindestens so viele offene Stellen wie Orte.", "Name at least as many openings as places."),
		check: func(x *exam) {
			places := 0
			for i := x.first(hrbaxml.Location); i >= 0; i = x.next(i) {
				places++
			}
			if openings, ok := x.number(hrbaxml.NumberToFill); ok && places > max(openings, 1) {
				x.refuse(hrbaxml.NumberToFill)
			}
		},
	},
	{
		Code: "FLR_JCValid_064", Elements: []hrbaxml.ID{hrbaxml.Location},
		Condition:   "two Locations with the same street, postal code, municipality, region and country",
		Explanation: say("Dieser Arbeitsort steht doppelt da.", "This place of work stands there twice."),
		Fix:         say("Nehmen Sie einen der beiden heraus.", "Take one of the two out."),
		check:       func(x *exam) { x.refuseSamePlaces() },
	},
	{
		Code: "FLR_JCValid_067", Elements: []hrbaxml.ID{
			hrbaxml.LocationPostalCode, hrbaxml.LocationMunicipality, hrbaxml.LocationRegion, hrbaxml.LocationStreetName, hrbaxml.LocationDistrict,
			hrbaxml.LocationAddressLine, hrbaxml.PostedByContactPostalAddressPostalCode, hrbaxml.HiringOrgContactPostalAddressPostalCode,
			hrbaxml.InterviewLocationPostalCode,
		},
		Condition:   "StreetName, District or AddressLine without PostalCode, Municipality and Region",
		Explanation: say("Zu Straße, Ortsteil oder Adresszusatz fehlen Postleitzahl, Ort oder Region.", "Street, district or address line lack a postal code, town or region."),
		Fix:         say("Ergänzen Sie Postleitzahl, Ort und Region.", "Add postal code, town and region."),
		check: func(x *exam) {
			x.eachAddress(func(x *exam, a address) {
				if !a.has(x, streetPart) && !a.has(x, districtPart) && !a.has(x, linePart) || a.isJudgedWhole() && strings.EqualFold(a.country, germany) {
					return // 033 says the same of German addresses
				}
				for _, part := range []hrbaxml.ID{postalCodePart, townPart, regionPart} {
					if !a.has(x, part) {
						a.refuse(x, part)
						return
					}
				}
			})
		},
	},
	{
		Code: "FLR_JCValid_184", Elements: []hrbaxml.ID{hrbaxml.Location},
		Condition:   "no Location",
		Explanation: say("Es ist kein Arbeitsort angegeben.", "There is no place of work."),
		Fix:         say("Geben Sie mindestens einen Arbeitsort an.", "Name at least one place of work."),
		check: func(x *exam) {
			if x.first(hrbaxml.Location) < 0 {
				x.refuse(hrbaxml.Location)
			}
		},
	},
}

// germany is the country whose addresses the BA knows whole.
const germany = "DE"

// The parts of an address, counted from its country: they follow each other in every kind of address.
const (
	countryPart    = hrbaxml.ID(0)
	postalCodePart = hrbaxml.ID(1)
	regionPart     = hrbaxml.ID(2)
	townPart       = hrbaxml.ID(3)
	districtPart   = hrbaxml.ID(4)
	linePart       = hrbaxml.ID(5)
	streetPart     = hrbaxml.ID(6)
	boxPart        = hrbaxml.ID(7)
)

// postalAddresses are the countries of the postal addresses, singleAddresses those of all addresses that stand once.
var (
	postalAddresses = []hrbaxml.ID{hrbaxml.PostedByContactPostalAddressCountryCode, hrbaxml.HiringOrgContactPostalAddressCountryCode}
	singleAddresses = []hrbaxml.ID{
		hrbaxml.HiringOrgContactPostalAddressCountryCode, hrbaxml.PostedByContactPostalAddressCountryCode, hrbaxml.InterviewLocationCountryCode,
	}
)

// addressPart returns one part of every kind of address, places of work first.
func addressPart(part hrbaxml.ID) []hrbaxml.ID {
	return []hrbaxml.ID{
		hrbaxml.LocationCountryCode + part, hrbaxml.PostedByContactPostalAddressCountryCode + part,
		hrbaxml.HiringOrgContactPostalAddressCountryCode + part, hrbaxml.InterviewLocationCountryCode + part,
	}
}

// address is one address of an ad.
type address struct {
	// base is the element of its country.
	base    hrbaxml.ID
	country string
	// group is where the place of work begins, -1 for an address that stands once; members are its nodes.
	group   int
	members hrbaxml.Ad
}

// eachAddress calls visit with every address that the ad has.
func (x *exam) eachAddress(visit func(*exam, address)) {
	for _, base := range singleAddresses {
		for part := range boxPart {
			if x.firsts[base+part] != 0 {
				visit(x, address{base: base, country: strings.TrimSpace(x.get(base)), group: -1})
				break
			}
		}
	}
	for i := x.first(hrbaxml.Location); i >= 0; i = x.next(i) {
		a := address{base: hrbaxml.LocationCountryCode, group: i, members: x.members(i)}
		a.country = strings.TrimSpace(a.text(x, countryPart))
		visit(x, a)
	}
}

// text returns a part of the address.
func (a address) text(x *exam, part hrbaxml.ID) string {
	if a.group >= 0 {
		return a.members.Get(a.base + part)
	}
	return x.get(a.base + part)
}

func (a address) has(x *exam, part hrbaxml.ID) bool { return strings.TrimSpace(a.text(x, part)) != "" }

// refuse refuses the ad by a part of the address.
func (a address) refuse(x *exam, part hrbaxml.ID) {
	if a.group < 0 {
		x.refuse(a.base + part)
		return
	}
	for i := range a.members {
		if a.members[i].ID == a.base+part {
			x.refuseAt(a.group + 1 + i)
			return
		}
	}
	x.refuseMissing(a.group, a.base+part)
}

// isJudgedWhole reports whether the BA looks the address up in its directory. The employer's own comes from the BA's record.
func (a address) isJudgedWhole() bool {
	return a.base == hrbaxml.LocationCountryCode || a.base == hrbaxml.PostedByContactPostalAddressCountryCode
}

// germanPostalCode is how many digits a postal code has in Germany.
const germanPostalCode = 5

func isGermanPostalCode(s string) bool {
	return len(s) == germanPostalCode && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
}

// mostPlaces bounds the places of work that are compared; the schema permits ten.
const mostPlaces = 16

// refuseSamePlaces refuses places of work that stand there twice.
func (x *exam) refuseSamePlaces() {
	var places [mostPlaces]hrbaxml.Ad
	n := 0
	for i := x.first(hrbaxml.Location); i >= 0 && n < mostPlaces; i = x.next(i) {
		places[n] = x.members(i)
		for _, other := range places[:n] {
			if samePlace(places[n], other) {
				x.refuseAt(i)
				break
			}
		}
		n++
	}
}

// samePlace reports whether the BA takes two places for one.
func samePlace(a, b hrbaxml.Ad) bool {
	for _, part := range []hrbaxml.ID{
		hrbaxml.LocationStreetName, hrbaxml.LocationPostalCode, hrbaxml.LocationMunicipality, hrbaxml.LocationRegion,
	} {
		if strings.TrimSpace(a.Get(part)) != strings.TrimSpace(b.Get(part)) {
			return false
		}
	}
	return strings.EqualFold(strings.TrimSpace(a.Get(hrbaxml.LocationCountryCode)), strings.TrimSpace(b.Get(hrbaxml.LocationCountryCode)))
}

// regionCountries tells by the BA's code in which country a region lies; the empty country is any.
var regionCountries = sync.OnceValue(func() map[int]string {
	countries := map[int]string{}
	for _, region := range catalog.Regions() {
		countries[region.Code] = region.Country
	}
	return countries
})

func regionCountry(code string) string {
	n, _ := numberOf(code)
	return regionCountries()[n]
}
