package basim

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// Paths of the elements that the rules about content read, below JobPositionPosting.
const (
	pathStart           = "PostDetail/StartDate"
	pathEnd             = "PostDetail/EndDate"
	pathInformation     = "JobPositionInformation/"
	pathAssignmentStart = pathInformation + "AssignmentStartDate"
	pathAssignmentEnd   = pathInformation + "AssignmentEndDate"
	pathDescription     = pathInformation + "JobPositionDescription/"
	pathLocation        = pathDescription + "JobPositionLocation/Location"
	pathTermDate        = pathDescription + "Classification/Duration/TermDate"
)

// notPublished is the Status of an ad that nobody sees.
const notPublished = "3"

// apprenticeship is the JobOfferType of apprenticeships and dual studies.
const apprenticeship = "4"

// date returns the day at a path, and whether there is one. A time zone after it is of no meaning here.
func (t *trial) date(path string) (calendar.Date, bool) {
	text := t.posting.Get(path)
	if len(text) < len("2006-01-02") {
		return calendar.Date{}, false
	}
	date, err := calendar.Parse(text[:len("2006-01-02")])
	return date, err == nil
}

// judgeDates checks the dates of publication and of the assignment, against today and each other.
func (t *trial) judgeDates() {
	twoYears := t.today.AddYears(2)
	start, hasStart := t.date(pathStart)
	end, hasEnd := t.date(pathEnd)
	from, hasFrom := t.date(pathAssignmentStart)
	latest, hasLatest := t.date(pathAssignmentEnd)
	if !hasStart && t.posting.Get("PostDetail/Status") != notPublished {
		t.refuse("FLR_JCValid_146", "Der Beginn der Veröffentlichung (StartDate) fehlt.")
	}
	if hasEnd {
		t.judgeEnd(start, hasStart, end)
		if hasLatest && end.After(latest) {
			t.refuse("FLR_JCValid_083", "Das Ende der Veröffentlichung %s liegt nach dem spätesten Eintritt %s.", end, latest)
		}
	}
	if hasFrom && (from.Before(t.today) || from.After(twoYears)) {
		t.refuse("FLR_JCValid_147", "Der früheste Eintritt %s liegt in der Vergangenheit oder mehr als zwei Jahre voraus.", from)
	}
	if hasLatest && (latest.Before(t.today) || latest.After(twoYears)) {
		t.refuse("FLR_JCValid_182", "Der späteste Eintritt %s liegt in der Vergangenheit oder mehr als zwei Jahre voraus.", latest)
	}
	if hasLatest && t.posting.Get("JobPositionInformation/JobOfferType") == apprenticeship {
		t.refuse("FLR_JCValid_119", "Ein Ausbildungsplatz hat keinen spätesten Eintritt.")
	}
	t.judgeTerm(from, latest, hasLatest)
}

// judgeEnd checks the end of publication.
func (t *trial) judgeEnd(start calendar.Date, hasStart bool, end calendar.Date) {
	if !hasStart {
		t.refuse("FLR_JCValid_148", "Ein Ende der Veröffentlichung ohne Beginn ist nicht erlaubt.")
	}
	if hasStart && end.Before(start) {
		t.refuse("FLR_JCValid_080", "Das Ende der Veröffentlichung %s liegt vor dem Beginn %s.", end, start)
	}
	if end.Before(t.today) {
		t.refuse("FLR_JCValid_081", "Das Ende der Veröffentlichung %s liegt in der Vergangenheit.", end)
	}
	if end.After(t.today.AddYears(2)) {
		t.refuse("FLR_JCValid_082", "Das Ende der Veröffentlichung %s liegt mehr als zwei Jahre voraus.", end)
	}
}

// judgeTerm checks the last day of a fixed-term contract.
func (t *trial) judgeTerm(from, latest calendar.Date, hasLatest bool) {
	term, ok := t.date(pathTermDate)
	if !ok {
		return
	}
	if term.After(t.today.AddYears(10)) {
		t.refuse("FLR_JCValid_068", "Das Ende der Befristung %s liegt mehr als zehn Jahre voraus.", term)
	}
	if hasLatest && term.Before(latest) {
		t.refuse("FLR_JCValid_096", "Das Ende der Befristung %s liegt vor dem spätesten Eintritt %s.", term, latest)
	}
	if term.Before(from) {
		t.refuse("FLR_JCValid_153", "Das Ende der Befristung %s liegt vor dem frühesten Eintritt %s.", term, from)
	}
}

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
	german := strings.EqualFold(address.Get("CountryCode"), "DE")
	if region != 0 && german != isGermanRegion(region) {
		t.refuse("FLR_JCValid_010", "Land und Region passen nicht zusammen: %s.", address.address())
		return
	}
	complete := postalCode != "" && town != "" && region != 0
	if !complete && (address.Get("StreetName") != "" || address.Get("District") != "" || address.Get("AddressLine") != "") {
		t.refuse("FLR_JCValid_067", "Straße oder Ortsteil ohne Postleitzahl, Ort und Region: %s.", address.address())
		return
	}
	if !german || t.anyPlace && len(postalCode) == 5 && town != "" {
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

// judgeOffer checks the number of openings, the text and the insurance.
func (t *trial) judgeOffer() {
	info := t.posting.All("JobPositionInformation")[0]
	if n, err := strconv.Atoi(info.Get("NumberToFill")); err == nil && n <= 0 {
		t.refuse("FLR_JCValid_050", "Die Zahl der offenen Stellen muss größer als null sein.")
	}
	if status := t.posting.Get("PostDetail/Status"); status != "1" && status != "2" && status != notPublished {
		t.refuse("FLR_JCValid_038", "Der Status %s ist bei der Anlieferung nicht erlaubt.", status)
	}
	const shortest = 30
	if text := info.Get("Objective"); info.Has("Objective") && utf8.RuneCountInString(text) < shortest {
		t.refuse("FLR_JCValid_166", "Die Stellenbeschreibung hat weniger als %d Zeichen.", shortest)
	}
	switch info.Get("JobOfferType") {
	case "1", "34", "36", "37", "38", "40":
		if !info.Has("SocialInsurance") {
			t.refuse("FLR_JCValid_123", "Die Angabe zur Sozialversicherungspflicht fehlt.")
		}
	}
}
