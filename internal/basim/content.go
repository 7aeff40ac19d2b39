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

// date returns the day at a path, and whether there is one.
func (t *trial) date(path string) (calendar.Date, bool) { return day(t.posting.Get(path)) }

// day reads the day of a date or time, and reports whether it is one. A time zone after it is of no meaning here.
func day(text string) (calendar.Date, bool) {
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
	t.judgeFarDates(t.posting)
}

// judgeFarDates refuses days that nobody can mean, anywhere in the ad.
func (t *trial) judgeFarDates(e *Element) {
	for _, child := range e.Children {
		t.judgeFarDates(child)
	}
	if !strings.HasSuffix(e.Name, "Date") || len(e.Children) > 0 {
		return
	}
	date, ok := day(strings.TrimSpace(e.Text))
	switch {
	case !ok:
	case date.After(t.today.AddYears(50)):
		t.refuse("FLR_JCValid_120", "%s liegt mehr als 50 Jahre voraus: %s.", e.Name, date)
	case date.Before(t.today.AddYears(-100)):
		t.refuse("FLR_JCValid_121", "%s liegt mehr als 100 Jahre zurück: %s.", e.Name, date)
	}
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
	t.judgeWords(info)
	switch info.Get("JobOfferType") {
	case "1", "34", "36", "37", "38", "40":
		if !info.Has("SocialInsurance") {
			t.refuse("FLR_JCValid_123", "Die Angabe zur Sozialversicherungspflicht fehlt.")
		}
	}
}

// judgeWords refuses the words that the settings call offensive.
func (t *trial) judgeWords(info *Element) {
	text := strings.ToLower(info.Get("JobPositionTitleDescription") + " " + info.Get("Objective"))
	for _, word := range t.settings.OffensiveWords {
		if word != "" && strings.Contains(text, strings.ToLower(word)) {
			t.refuse("FLR_ValidFlam_001", "Der Text enthält ein nicht erlaubtes Wort: %s.", word)
		}
	}
}
