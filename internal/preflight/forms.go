package preflight

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// day is a date as the number YYYYMMDD, which compares as dates do.
type day int

// The factors of a day's parts.
const (
	yearPlace  = 10_000
	monthPlace = 100
)

func dayOf(d calendar.Date) day { return day(d.Year*yearPlace + int(d.Month)*monthPlace + d.Day) }

// farYear stands for all years of more than five digits, which xs:date permits.
const farYear = 99_999

// parseDay returns the day of an xs:date or xs:dateTime as it is written; its offset from UTC, if any, does not move it.
func parseDay(s string) (d day, ok bool) {
	unsigned, before := strings.CutPrefix(strings.Trim(s, xmlSpace), "-")
	year, rest, _ := strings.Cut(unsigned, "-")
	if len(year) < len("2026") || len(rest) < len("01-02") || rest[2] != '-' {
		return 0, false
	}
	y, err := farYear, error(nil)
	if len(year) <= len("99999") {
		y, err = strconv.Atoi(year)
	}
	month, monthErr := strconv.Atoi(rest[:2])
	number, dayErr := strconv.Atoi(rest[3:5])
	if before {
		y = -y
	}
	ok = err == nil && monthErr == nil && dayErr == nil && month >= 1 && month <= 12 && number >= 1 && number <= 31
	return day(y*yearPlace + month*monthPlace + number), ok
}

// isMail reports whether a text is one address as the mail servers of companies take it: no spaces, quotes or comments, dots between words
// only, and a domain with a top level.
func isMail(s string) bool {
	local, domain, at := strings.Cut(s, "@")
	if !at || !dotted(local, isMailLetter) {
		return false
	}
	top := domain[strings.LastIndexByte(domain, '.')+1:]
	first, _ := utf8.DecodeRuneInString(top)
	if len(top) == len(domain) || utf8.RuneCountInString(top) < 2 || !unicode.IsLetter(first) {
		return false
	}
	for label := range strings.SplitSeq(domain, ".") {
		if strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") {
			return false
		}
	}
	return dotted(domain, func(r rune) bool { return r == '-' || r >= '0' && r <= '9' || unicode.IsLetter(r) })
}

// dotted reports whether a text consists of permitted characters, and of dots between them.
func dotted(s string, permitted func(rune) bool) bool {
	dot := true
	for _, r := range s {
		if r == '.' && dot || r != '.' && !permitted(r) {
			return false
		}
		dot = r == '.'
	}
	return !dot
}

func isMailLetter(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("!#$%&'*+/=?^_{|}~`-", r)
}

// isWebAddress reports whether a text is a complete address of the web.
func isWebAddress(s string) bool {
	parsed, err := url.Parse(s)
	return err == nil && slices.Contains([]string{"http", "https", "ftp"}, parsed.Scheme) &&
		strings.Contains(strings.Trim(parsed.Hostname(), "."), ".") && !strings.ContainsAny(parsed.Host, " _")
}

// callingCodes are the calling codes of countries and territories, without the plus (ITU-T E.164, assigned codes).
const callingCodes = " 1 7 20 27 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 " +
	"240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 " +
	"30 31 32 33 34 36 39 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 " +
	"40 41 43 44 45 46 47 48 49 420 421 423 51 52 53 54 55 56 57 58 500 501 502 503 504 505 506 507 508 509 " +
	"590 591 592 593 594 595 596 597 598 599 60 61 62 63 64 65 66 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 " +
	"690 691 692 81 82 84 86 850 852 853 855 856 880 886 90 91 92 93 94 95 98 960 961 962 963 964 965 966 967 968 " +
	"970 971 972 973 974 975 976 977 992 993 994 995 996 998 "

// isCallingCode reports whether a text is a plus and the calling code of a country.
func isCallingCode(s string) bool {
	digits, plus := strings.CutPrefix(s, "+")
	return plus && isListed(callingCodes, digits)
}

// isoCountries are the codes of ISO 3166-1 alpha-2 that are officially assigned.
const isoCountries = " AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ " +
	"CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR " +
	"GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP " +
	"KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ " +
	"NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ " +
	"TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW "

// isCountry reports whether a text is the code of a country, in any case.
func isCountry(s string) bool { return isListed(isoCountries, strings.ToUpper(s)) }

// isListed reports whether a word stands in a list whose words have blanks around them.
func isListed(list, word string) bool {
	if word == "" || strings.ContainsRune(word, ' ') {
		return false
	}
	for from := 0; ; {
		i := strings.Index(list[from:], word)
		if i < 0 {
			return false
		}
		begin := from + i
		if end := begin + len(word); list[begin-1] == ' ' && list[end] == ' ' {
			return true
		}
		from = begin + 1
	}
}

// isStreet reports whether a text is a street as the BA takes it (034).
func isStreet(s string) bool {
	if strings.TrimSpace(s) == "" || strings.HasPrefix(s, "ß") || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "-") {
		return false
	}
	if rest := strings.TrimLeft(s, "0123456789"); len(rest) < len(s) {
		after, _ := utf8.DecodeRuneInString(rest)
		if rest == "" || !unicode.IsLetter(after) && !strings.ContainsRune(". -", after) {
			return false
		}
	}
	first, size := utf8.DecodeRuneInString(s)
	if begin := string(first); strings.HasPrefix(s[size:], begin+begin) {
		return false
	}
	var before rune
	for i, r := range s {
		word := unicode.IsLetter(before) || unicode.IsDigit(before)
		if i > 0 && r == before && !word || r == '.' && !word {
			return false
		}
		before = r
	}
	return true
}

// namePrefixes are the words of which prefixes of family names are made. The BA's own list is not public; this one has what German registers know.
const namePrefixes = " von vom van vanden vander de den der des del dell della delle degli dei di da dal dalla das do dos du el al le la las les lo los " +
	"zu zum zur zen ten ter te tot und am an auf auff aus im in op uit unter zo ab af av abu bin bint ben ibn ould mac mc san santa sankt st st. o' d' l' 't y e i "

// isNamePrefix reports whether a text consists of words that stand between names, such as "von der".
func isNamePrefix(s string) bool {
	words := 0
	for word := range strings.FieldsSeq(s) {
		if !isListed(namePrefixes, strings.ToLower(strings.ReplaceAll(word, "’", "'"))) {
			return false
		}
		words++
	}
	return words > 0
}

// hasDigit reports whether a text holds a number.
func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }
