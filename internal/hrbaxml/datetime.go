package hrbaxml

import "bytes"

// isDate reports whether the text is an xs:date, which may have an offset from UTC.
func isDate(raw []byte) bool {
	rest, ok := cutDate(raw)
	return ok && isZone(rest)
}

// cutDate cuts the year, month and day of an xs:date off the front: at least four digits of a year that is not zero, and a day
// that exists.
func cutDate(raw []byte) (rest []byte, ok bool) {
	raw = bytes.TrimPrefix(raw, []byte("-"))
	digits := bytes.IndexByte(raw, '-')
	if digits < 4 || digits > 18 || digits > 4 && raw[0] == '0' {
		return nil, false
	}
	year, ok := parseInteger(raw[:digits])
	if !ok || raw[0] == '+' || year == 0 || len(raw) < digits+len("-01-02") || raw[digits+3] != '-' {
		return nil, false
	}
	month, monthOK := twoDigits(raw[digits+1:])
	day, dayOK := twoDigits(raw[digits+4:])
	return raw[digits+6:], monthOK && dayOK && day >= 1 && day <= daysIn(month, year)
}

func daysIn(month int, year int64) int {
	switch month {
	case 1, 3, 5, 7, 8, 10, 12:
		return 31
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && year%100 != 0 || year%400 == 0 {
			return 29
		}
		return 28
	}
	return 0
}

// isDateTime reports whether the text is an xs:dateTime. The end of a day may be written 24:00:00.
func isDateTime(raw []byte) bool {
	rest, ok := cutDate(raw)
	if !ok || len(rest) < len("T15:04:05") || rest[0] != 'T' || rest[3] != ':' || rest[6] != ':' {
		return false
	}
	hour, hourOK := twoDigits(rest[1:])
	minute, minuteOK := twoDigits(rest[4:])
	second, secondOK := twoDigits(rest[7:])
	rest, fraction, ok := cutFraction(rest[9:])
	if !ok || !hourOK || !minuteOK || !secondOK || minute > 59 || second > 59 {
		return false
	}
	atEnd := hour == 24 && minute == 0 && second == 0 && len(bytes.Trim(fraction, "0")) == 0
	return (hour < 24 || atEnd) && isZone(rest)
}

// cutFraction cuts the decimals of a second off the front, if there are any.
func cutFraction(raw []byte) (rest, fraction []byte, ok bool) {
	if len(raw) == 0 || raw[0] != '.' {
		return raw, nil, true
	}
	rest = bytes.TrimLeft(raw[1:], "0123456789")
	fraction = raw[1 : len(raw)-len(rest)]
	return rest, fraction, len(fraction) > 0
}

// isZone reports whether the text is an offset from UTC of at most 14 hours, Z or nothing.
func isZone(raw []byte) bool {
	switch {
	case len(raw) == 0 || len(raw) == 1 && raw[0] == 'Z':
		return true
	case len(raw) != len("+01:00") || raw[0] != '+' && raw[0] != '-' || raw[3] != ':':
		return false
	}
	hour, hourOK := twoDigits(raw[1:])
	minute, minuteOK := twoDigits(raw[4:])
	return hourOK && minuteOK && minute <= 59 && 60*hour+minute <= 14*60
}

func twoDigits(raw []byte) (n int, ok bool) {
	if len(raw) < 2 || !isDigits(raw[:2]) {
		return 0, false
	}
	return 10*int(raw[0]-'0') + int(raw[1]-'0'), true
}
