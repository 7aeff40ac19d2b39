package p12

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// pinForms returns what a PIN may mean, the most likely first: as it was typed; without the blanks around it that copying adds; composed,
// since some systems type an umlaut as two characters; digits without the gaps that a letter prints; and byte for byte, as old programs
// write umlauts. A PIN that cannot be written in UCS-2 has no form.
func pinForms(pin string) []string {
	if !fitsUCS2(pin) {
		return nil
	}
	trimmed := strings.TrimSpace(pin)
	composed := norm.NFC.String(trimmed)
	all := []string{pin, trimmed, composed}
	if digits := strings.NewReplacer(" ", "", "\u00a0", "", "-", "").Replace(trimmed); isNumber(digits) {
		all = append(all, digits)
	}
	all = append(all, bytewise(composed))
	var forms []string
	for _, form := range all {
		if !slices.Contains(forms, form) {
			forms = append(forms, form)
		}
	}
	return forms
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

// fitsUCS2 reports whether PKCS#12 can write a PIN: no character beyond the Basic Multilingual Plane.
func fitsUCS2(pin string) bool {
	return !strings.ContainsFunc(pin, func(r rune) bool { return r > 0xFFFF })
}
