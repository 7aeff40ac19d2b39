package p12

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// password is a PIN in the two forms in which files use it: UCS-2 with a zero at its end, which PKCS#12 itself wants, and UTF-8, which
// PBES2 and PBMAC1 want.
type password struct {
	ucs2, utf8 []byte
}

// passwords returns what a PIN may mean, the most likely first: as it was typed; without the blanks around it that copying adds; composed,
// since some systems type an umlaut as two characters; digits without the gaps that a letter prints; and byte for byte, as old programs
// write umlauts. A PIN that cannot be written in UCS-2 has no form.
func passwords(pin string) []password {
	trimmed := strings.TrimSpace(pin)
	forms := []string{pin, trimmed, norm.NFC.String(trimmed)}
	if digits := strings.NewReplacer(" ", "", "\u00a0", "", "-", "").Replace(trimmed); isNumber(digits) {
		forms = append(forms, digits)
	}
	forms = append(forms, bytewise(norm.NFC.String(trimmed)))
	var all []password
	for i, form := range forms {
		if !fitsUCS2(form) || slices.Contains(forms[:i], form) {
			continue
		}
		all = append(all, password{ucs2: toUCS2(form), utf8: []byte(form)})
		if form == "" {
			all = append(all, password{}) // some programs write no zero at the end of nothing
		}
	}
	return all
}

func isNumber(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// bytewise takes each byte of a text for a character.
func bytewise(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return s
	}
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func toUCS2(s string) []byte {
	var out []byte
	for _, unit := range append(utf16.Encode([]rune(s)), 0) {
		out = append(out, byte(unit>>8), byte(unit)) //nolint:gosec // the two halves
	}
	return out
}

// fitsUCS2 reports whether PKCS#12 can write a PIN: no character beyond the Basic Multilingual Plane.
func fitsUCS2(pin string) bool {
	return !strings.ContainsFunc(pin, func(r rune) bool { return r > 0xFFFF })
}
