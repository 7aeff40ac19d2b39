package basim

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// countries are the codes of ISO 3166-1, each between blanks.
const countries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF " +
	"CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN " +
	"GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR " +
	"LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG " +
	"PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL " +
	"TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "

// judgePlaces checks the places of work and the postal address of the ad's contact.
func (t *trial) judgePlaces() {
	locations := t.posting.All(pathLocation)
	if len(locations) == 0 {
		t.refuse("FLR_JCValid_184", "Das Stellenangebot hat keinen Arbeitsort.")
	}
	seen := map[string]bool{}
	for _, location := range locations {
		t.judgeAddress(location)
		key := addressKey(location)
		if seen[key] {
			t.refuse("FLR_JCValid_064", "Der Arbeitsort %s ist doppelt angegeben.", location.address())
		}
		seen[key] = true
	}
	if openings, err := strconv.Atoi(t.posting.Get("JobPositionInformation/NumberToFill")); err == nil && len(locations) > openings {
		t.refuse("FLR_JCValid_063", "%d Arbeitsorte bei nur %d offenen Stellen.", len(locations), openings)
	}
	for _, address := range t.posting.All("PostDetail/PostedBy/Contact/PostalAddress") {
		t.judgeAddress(address)
		if address.Get("StreetName") != "" && address.Get("PostOfficeBox") != "" {
			t.refuse("FLR_Stellverw_868", "Straße und Postfach schließen sich aus.")
		}
	}
}

// judgeAddress checks that country, region, postal code and town belong together. Addresses abroad are not known here.
func (t *trial) judgeAddress(address *Element) {
	region, _ := strconv.Atoi(address.Get("Region"))
	postalCode, town := address.Get("PostalCode"), address.Get("Municipality")
	country := strings.ToUpper(address.Get("CountryCode"))
	german := country == "DE"
	if !strings.Contains(countries, " "+country+" ") {
		t.refuse("FLR_JCValid_177", "%s ist kein Land nach ISO 3166-1.", country)
		return
	}
	if street := address.Get("StreetName"); address.Has("StreetName") && !isStreet(street) {
		t.refuse("FLR_JCValid_034", "Die Straße ist nicht gültig: %q.", street)
	}
	if region != 0 && german != isGermanRegion(region) {
		t.refuse("FLR_JCValid_010", "Land und Region passen nicht zusammen: %s.", address.address())
		return
	}
	complete := postalCode != "" && town != "" && region != 0
	if !complete && (address.Get("StreetName") != "" || address.Get("District") != "" || address.Get("AddressLine") != "") {
		t.refuse("FLR_JCValid_067", "Straße oder Ortsteil ohne Postleitzahl, Ort und Region: %s.", address.address())
		return
	}
	if !german || t.settings.AnyPlace && len(postalCode) == 5 && town != "" {
		return
	}
	if !t.places.knows(postalCode, town, region) {
		t.refuse("FLR_JCValid_033", "Land, Region, Postleitzahl und Ort ergeben keine bekannte Adresse: %s.", address.address())
	}
}

// address writes the parts of an address that must fit each other.
func (e *Element) address() string {
	return strings.Join([]string{e.Get("CountryCode"), e.Get("Region"), e.Get("PostalCode"), e.Get("Municipality")}, ", ")
}

// addressKey is equal for two locations that the BA takes for the same.
func addressKey(location *Element) string {
	return location.address() + ", " + location.Get("StreetName")
}

// isStreet applies what the BA asks of the name of a street: it does not begin with ß, with three equal characters or with a number
// that stands for itself alone, does not end in a dot or hyphen, has no blank or special character twice in a row, and a dot only after a
// letter or digit.
func isStreet(name string) bool {
	runes := []rune(name)
	if len(runes) == 0 || runes[0] == 'ß' {
		return false
	}
	if last := runes[len(runes)-1]; last == '.' || last == '-' {
		return false
	}
	if len(runes) > 2 && runes[0] == runes[1] && runes[1] == runes[2] {
		return false
	}
	for i, r := range runes {
		plain := unicode.IsLetter(r) || unicode.IsDigit(r)
		switch {
		case plain:
		case i > 0 && runes[i-1] == r:
			return false
		case r == '.' && (i == 0 || !unicode.IsLetter(runes[i-1]) && !unicode.IsDigit(runes[i-1])):
			return false
		}
	}
	rest := strings.TrimLeftFunc(name, unicode.IsDigit)
	first, _ := utf8.DecodeRuneInString(rest)
	return rest == name || rest != "" && (strings.ContainsRune(". -", first) || unicode.IsLetter(first))
}
