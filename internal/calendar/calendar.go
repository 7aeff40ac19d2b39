// Package calendar knows days as the Bundesagentur für Arbeit means them: dates without a time, counted in Germany.
package calendar

import (
	"fmt"
	"time"
)

// layout is the form of a date in JSON, SQL and HR-BA-XML (xs:date).
const layout = "2006-01-02"

// secondsOfDay is the length of a day in UTC, where days are counted.
const secondsOfDay = 24 * 60 * 60

// Zone is the time zone of every rule about "today". Programs embed time/tzdata, so it is always there.
const Zone = "Europe/Berlin"

// Berlin returns the location of Zone. It fails only in a program without time zone data.
func Berlin() (*time.Location, error) {
	loc, err := time.LoadLocation(Zone)
	if err != nil {
		return nil, fmt.Errorf("load time zone %s: %w", Zone, err)
	}
	return loc, nil
}

// Date is a day of the Gregorian calendar. The zero Date is no day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// On returns the day that t is in the given location.
func On(t time.Time, loc *time.Location) Date {
	year, month, day := t.In(loc).Date()
	return Date{Year: year, Month: month, Day: day}
}

// Parse reads a date of the form YYYY-MM-DD and refuses days that do not exist.
func Parse(s string) (Date, error) {
	t, err := time.Parse(layout, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a date of the form YYYY-MM-DD", s)
	}
	return On(t, time.UTC), nil
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// String returns the date as YYYY-MM-DD, and nothing for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.time().Format(layout)
}

// AddDays returns the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date { return On(d.time().AddDate(0, 0, n), time.UTC) }

// AddYears returns the same day n years later; 29 February becomes 1 March where it must.
func (d Date) AddYears(n int) Date { return On(d.time().AddDate(n, 0, 0), time.UTC) }

// Before reports whether d is earlier than other.
func (d Date) Before(other Date) bool { return d.time().Before(other.time()) }

// After reports whether d is later than other.
func (d Date) After(other Date) bool { return other.Before(d) }

// DaysUntil returns how many days later other is; negative when it is earlier.
func (d Date) DaysUntil(other Date) int {
	// A time.Duration ends after 292 years; seconds do not.
	return int((other.time().Unix() - d.time().Unix()) / secondsOfDay)
}

// Start returns the first moment of the day in the given location.
func (d Date) Start(loc *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, loc)
}

// MarshalText writes the date as YYYY-MM-DD.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads a date of the form YYYY-MM-DD; an empty text is the zero Date.
func (d *Date) UnmarshalText(raw []byte) error {
	if len(raw) == 0 {
		*d = Date{}
		return nil
	}
	parsed, err := Parse(string(raw))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

func (d Date) time() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
