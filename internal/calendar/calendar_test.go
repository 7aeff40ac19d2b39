package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

func day(t *testing.T, s string) calendar.Date {
	t.Helper()
	d, err := calendar.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	loc, err := calendar.Berlin()
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestTodayIsCountedInGermany(t *testing.T) {
	t.Parallel()
	for moment, want := range map[string]string{
		"2026-11-24T22:59:59Z": "2026-11-24", // winter: one hour ahead
		"2026-11-24T23:00:00Z": "2026-11-25",
		"2026-07-01T21:59:59Z": "2026-07-01", // summer: two hours ahead
		"2026-07-01T22:00:00Z": "2026-07-02",
		"2026-12-31T23:30:00Z": "2027-01-01",
	} {
		at, err := time.Parse(time.RFC3339, moment)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.On(at, berlin(t)).String(); got != want {
			t.Errorf("%s is %s, want %s", moment, got, want)
		}
	}
}

func TestDaysThatDoNotExistAreRefused(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "24.11.2026", "2026-11-24T00:00:00Z", " 2026-11-24", "20261124"} {
		if got, err := calendar.Parse(bad); err == nil || !got.IsZero() {
			t.Errorf("%q is read as %s", bad, got)
		}
	}
}

func TestCountingDaysAndYears(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ got, want calendar.Date }{
		{day(t, "2026-12-31").AddDays(1), day(t, "2027-01-01")},
		{day(t, "2026-03-01").AddDays(-1), day(t, "2026-02-28")},
		{day(t, "2026-03-28").AddDays(2), day(t, "2026-03-30")},   // over the change to summer time
		{day(t, "2026-10-24").AddDays(60), day(t, "2026-12-23")},  // over the change to winter time
		{day(t, "2028-02-29").AddYears(1), day(t, "2029-03-01")},  // no such day
		{day(t, "2028-02-29").AddYears(-4), day(t, "2024-02-29")}, // such a day
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

func TestDaysUntil(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		want     int
	}{
		{"2026-11-24", "2026-11-24", 0},
		{"2026-11-24", "2026-11-25", 1},
		{"2026-11-25", "2026-11-24", -1},
		{"2026-10-24", "2026-10-26", 2}, // a day of 25 hours in between
		{"2028-02-28", "2028-03-01", 2},
		{"1700-01-01", "2100-01-01", 146097}, // 400 years, more than a time.Duration holds
		{"2026-11-24", "9999-12-31", 2912115},
	} {
		if got := day(t, test.from).DaysUntil(day(t, test.to)); got != test.want {
			t.Errorf("from %s to %s: %d, want %d", test.from, test.to, got, test.want)
		}
	}
}

func TestBeforeAndAfterLeaveTheDayItselfOut(t *testing.T) {
	t.Parallel()
	early, late := day(t, "2026-11-24"), day(t, "2026-12-01")

	if !early.Before(late) || late.Before(early) || early.Before(early) {
		t.Error("Before is wrong")
	}
	if !late.After(early) || early.After(late) || early.After(early) {
		t.Error("After is wrong")
	}
}

func TestADayStartsAtMidnightInGermany(t *testing.T) {
	t.Parallel()
	if got := day(t, "2026-07-01").Start(berlin(t)).UTC().Format(time.RFC3339); got != "2026-06-30T22:00:00Z" {
		t.Errorf("got %s", got)
	}
}

func TestDatesInJSON(t *testing.T) {
	t.Parallel()
	type ad struct {
		From  calendar.Date  `json:"from"`
		Until *calendar.Date `json:"until,omitempty"`
		Zero  calendar.Date  `json:"zero"`
	}
	var read ad
	if err := json.Unmarshal([]byte(`{"from":"2026-11-24","zero":""}`), &read); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(read)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(raw), `{"from":"2026-11-24","zero":""}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, bad := range []string{`{"from":"2026-02-30"}`, `{"from":20261124}`, `{"until":"soon"}`} {
		if err := json.Unmarshal([]byte(bad), &read); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}
