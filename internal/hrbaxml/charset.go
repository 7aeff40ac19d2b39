package hrbaxml

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// windows1252 maps the bytes 0x80 to 0x9F, which ISO-8859-1 leaves to control characters that no text holds. Zeros are undefined.
var windows1252 = [32]rune{
	'€', 0, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0, 'Ž', 0,
	0, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0, 'ž', 'Ÿ',
}

var (
	bomUTF8    = []byte{0xEF, 0xBB, 0xBF}
	bomUTF16LE = []byte{0xFF, 0xFE}
	bomUTF16BE = []byte{0xFE, 0xFF}
)

// toUTF8 decodes a whole text by what its bytes are, whatever it claims to be: a byte order mark decides, then what is valid
// UTF-8 is UTF-8, and the rest is windows-1252, which holds ISO-8859-1. The mark is removed.
func toUTF8(raw []byte) []byte {
	if rest, ok := bytes.CutPrefix(raw, bomUTF8); ok {
		raw = rest
	} else if rest, ok := bytes.CutPrefix(raw, bomUTF16LE); ok {
		return fromUTF16(rest, binary.LittleEndian)
	} else if rest, ok := bytes.CutPrefix(raw, bomUTF16BE); ok {
		return fromUTF16(rest, binary.BigEndian)
	}
	// Without a mark, UTF-16 shows by the half of a tag's first sign that is zero.
	if bytes.HasPrefix(raw, []byte("<\x00")) {
		return fromUTF16(raw, binary.LittleEndian)
	} else if bytes.HasPrefix(raw, []byte("\x00<")) {
		return fromUTF16(raw, binary.BigEndian)
	}
	if utf8.Valid(raw) {
		return raw
	}
	out := make([]byte, 0, len(raw)+len(raw)/8)
	for _, b := range raw {
		r, ok := fromWindows1252(b)
		if !ok {
			r = utf8.RuneError
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// fromWindows1252 decodes a byte, and reports false for one that is undefined.
func fromWindows1252(b byte) (rune, bool) {
	if b < 0x80 || b > 0x9F {
		return rune(b), true
	}
	r := windows1252[b-0x80]
	return r, r != 0
}

// fromLatin1 decodes a byte of ISO-8859-1, which nearly always means windows-1252. What is undefined there is a control character.
func fromLatin1(b byte) rune {
	if r, ok := fromWindows1252(b); ok {
		return r
	}
	return rune(b)
}

// fromLatin9 decodes a byte of ISO-8859-15, which differs from ISO-8859-1 in eight.
func fromLatin9(b byte) rune {
	switch b {
	case 0xA4:
		return '€'
	case 0xA6:
		return 'Š'
	case 0xA8:
		return 'š'
	case 0xB4:
		return 'Ž'
	case 0xB8:
		return 'ž'
	case 0xBC:
		return 'Œ'
	case 0xBD:
		return 'œ'
	case 0xBE:
		return 'Ÿ'
	}
	return rune(b)
}

func fromUTF16(raw []byte, order binary.ByteOrder) []byte {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = order.Uint16(raw[2*i:])
	}
	out := make([]byte, 0, len(raw))
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out
}
