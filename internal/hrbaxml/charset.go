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
	if utf8.Valid(raw) {
		return raw
	}
	out := make([]byte, 0, len(raw)+len(raw)/8)
	for _, b := range raw {
		out = utf8.AppendRune(out, fromWindows1252(b))
	}
	return out
}

func fromWindows1252(b byte) rune {
	if b < 0x80 || b > 0x9F {
		return rune(b)
	}
	if r := windows1252[b-0x80]; r != 0 {
		return r
	}
	return utf8.RuneError
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
