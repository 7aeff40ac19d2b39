package hrbaxml

import (
	"bytes"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// check judges an element's text. It returns the first demand that the text does not meet, with everything but its place.
func (r *row) check(raw []byte) (Violation, bool) {
	switch r.Value.Kind {
	case Text:
		return r.checkText(raw)
	case Integer:
		return r.checkInteger(bytes.Trim(raw, xmlSpace))
	case Decimal:
		return r.checkDecimal(bytes.Trim(raw, xmlSpace))
	case Date:
		if !isDate(bytes.Trim(raw, xmlSpace)) {
			return r.wrongType(raw), false
		}
	case DateTime:
		if !isDateTime(bytes.Trim(raw, xmlSpace)) {
			return r.wrongType(raw), false
		}
	}
	return Violation{}, true
}

// xmlSpace is what XML takes for white space. Around numbers and dates it does not count.
const xmlSpace = " \t\r\n"

func (r *row) wrongType(raw []byte) Violation {
	return Violation{Reason: WrongType, Value: excerpt(raw), Detail: r.Value.Kind.String()}
}

func (r *row) checkText(raw []byte) (Violation, bool) {
	v := &r.Value
	if v.mayBeOutside(len(raw)) {
		n := utf8.RuneCount(raw)
		if v.MaxLength > 0 && n > v.MaxLength {
			return Violation{Reason: TooLong, Value: excerpt(raw), Found: n, Limit: v.MaxLength}, false
		}
		if n < v.MinLength {
			return Violation{Reason: TooShort, Value: excerpt(raw), Found: n, Limit: v.MinLength}, false
		}
	}
	if r.pattern != nil && !r.pattern.Match(raw) {
		return Violation{Reason: WrongPattern, Value: excerpt(raw), Detail: v.Pattern}, false
	}
	if len(v.Codes) > 0 && !slices.ContainsFunc(v.Codes, func(c Code) bool { return c.Value == string(raw) }) {
		return Violation{Reason: UnknownCode, Value: excerpt(raw), Detail: v.codeList()}, false
	}
	return Violation{}, true
}

func (r *row) checkInteger(raw []byte) (Violation, bool) {
	v := &r.Value
	n, ok := parseInteger(raw)
	switch {
	case !ok:
		return r.wrongType(raw), false
	case r.pattern != nil && !r.pattern.Match(raw):
		return Violation{Reason: WrongPattern, Value: excerpt(raw), Detail: v.Pattern}, false
	case len(r.codes) > 0 && !slices.Contains(r.codes, n):
		return Violation{Reason: UnknownCode, Value: excerpt(raw), Detail: v.codeList()}, false
	case len(v.Ranges) > 0 && !slices.ContainsFunc(v.Ranges, func(in Range) bool { return in.Min <= n && n <= in.Max }),
		v.Digits > 0 && (n < 0 || significant(raw) > v.Digits):
		return Violation{Reason: OutOfRange, Value: excerpt(raw), Detail: v.Bounds()}, false
	}
	return Violation{}, true
}

func (r *row) checkDecimal(raw []byte) (Violation, bool) {
	unsigned := bytes.TrimLeft(raw, "+-")
	whole, fraction, _ := bytes.Cut(unsigned, []byte("."))
	if len(raw)-len(unsigned) > 1 || len(whole)+len(fraction) == 0 || !isDigits(whole) || !isDigits(fraction) {
		return r.wrongType(raw), false
	}
	fraction = bytes.TrimRight(fraction, "0")
	if len(fraction) > r.Value.Fraction {
		return Violation{Reason: OutOfRange, Value: excerpt(raw), Detail: r.Value.Bounds()}, false
	}
	n, ok := parseInteger(append([]byte("0"), whole...))
	inside := func(in Range) bool { return in.Min <= n && (n < in.Max || n == in.Max && len(fraction) == 0) }
	if !ok || raw[0] == '-' || !slices.ContainsFunc(r.Value.Ranges, inside) {
		return Violation{Reason: OutOfRange, Value: excerpt(raw), Detail: r.Value.Bounds()}, false
	}
	return Violation{}, true
}

// mayBeOutside reports whether a text of so many bytes can be too long or too short: it has at most as many characters, and at least a quarter.
func (v *Value) mayBeOutside(bytes int) bool {
	return v.MaxLength > 0 && bytes > v.MaxLength || bytes < utf8.UTFMax*v.MinLength
}

// takesAny reports whether an element takes any text of so many bytes.
func (r *row) takesAny(bytes int) bool {
	return r.Value.Kind == Text && r.pattern == nil && len(r.Value.Codes) == 0 && !r.Value.mayBeOutside(bytes)
}

// parseInteger reads an xs:integer. Numbers beyond int64, which the schema permits in places, become its nearest end.
func parseInteger(raw []byte) (n int64, ok bool) {
	unsigned := raw
	if len(raw) > 0 && (raw[0] == '-' || raw[0] == '+') {
		unsigned = raw[1:]
	}
	if len(unsigned) == 0 || !isDigits(unsigned) {
		return 0, false
	}
	for _, c := range unsigned {
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64
			break
		}
		n = 10*n + int64(c-'0')
	}
	if raw[0] == '-' {
		n = -n
	}
	return n, true
}

// significant counts the digits of a number without leading zeros.
func significant(raw []byte) int { return len(bytes.TrimLeft(raw, "+-0")) }

func isDigits(raw []byte) bool {
	for _, c := range raw {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// Bounds says in words what the value must be, such as "1 to 128 or 144 to 303" or "1 to 90 characters"; empty when its kind
// says everything.
func (v Value) Bounds() string {
	switch {
	case len(v.Codes) > 0:
		return v.codeList()
	case v.Digits > 0:
		return "0 or more with at most " + strconv.Itoa(v.Digits) + " digits"
	case len(v.Ranges) > 0:
		return v.rangeList()
	case v.MaxLength > 0 && v.MinLength == v.MaxLength:
		return strconv.Itoa(v.MaxLength) + " characters"
	case v.MaxLength > 0 && v.MinLength > 0:
		return strconv.Itoa(v.MinLength) + " to " + strconv.Itoa(v.MaxLength) + " characters"
	case v.MaxLength > 0:
		return "at most " + strconv.Itoa(v.MaxLength) + " characters"
	}
	return ""
}

func (v Value) rangeList() string {
	parts := make([]string, len(v.Ranges))
	for i, in := range v.Ranges {
		parts[i] = strconv.FormatInt(in.Min, 10) + " to " + strconv.FormatInt(in.Max, 10)
	}
	list := strings.Join(parts, " or ")
	if v.Fraction > 0 {
		list += " with at most " + strconv.Itoa(v.Fraction) + " decimals"
	}
	return list
}

func (v Value) codeList() string {
	parts := make([]string, len(v.Codes))
	for i, c := range v.Codes {
		parts[i] = c.Value
	}
	return strings.Join(parts, ", ")
}
