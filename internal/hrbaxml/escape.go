package hrbaxml

import (
	"fmt"
	"unicode/utf8"
)

// The classes of bytes for appendEscaped.
const (
	plain = iota
	escaped
	forbidden
	multibyte
)

// byteClass sorts bytes by what a text in XML must do about them.
var byteClass = [256]uint8{
	0x00: forbidden, 0x01: forbidden, 0x02: forbidden, 0x03: forbidden, 0x04: forbidden, 0x05: forbidden, 0x06: forbidden, 0x07: forbidden,
	0x08: forbidden, 0x0B: forbidden, 0x0C: forbidden, 0x0E: forbidden, 0x0F: forbidden, 0x10: forbidden, 0x11: forbidden, 0x12: forbidden,
	0x13: forbidden, 0x14: forbidden, 0x15: forbidden, 0x16: forbidden, 0x17: forbidden, 0x18: forbidden, 0x19: forbidden, 0x1A: forbidden,
	0x1B: forbidden, 0x1C: forbidden, 0x1D: forbidden, 0x1E: forbidden, 0x1F: forbidden,
	'\r': escaped, '&': escaped, '<': escaped, '>': escaped,
}

// appendEscaped appends the text as the content of an element. Line breaks stay as they are; a carriage return is written as a
// reference, because a parser would make a line break of it. It stops at the first character that XML 1.0 forbids and names it.
func appendEscaped(dst []byte, s string) (out []byte, bad string) {
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		class := byteClass[c]
		if c >= utf8.RuneSelf {
			class = multibyte
		}
		switch class {
		case plain:
			i++
		case escaped:
			dst = append(dst, s[start:i]...)
			dst = append(dst, reference(c)...)
			i++
			start = i
		case forbidden:
			return dst, fmt.Sprintf("U+%04X", c)
		case multibyte:
			r, size := utf8.DecodeRuneInString(s[i:])
			if bad := badRune(r, size); bad != "" {
				return dst, bad
			}
			i += size
		}
	}
	return append(dst, s[start:]...), ""
}

func reference(c byte) string {
	switch c {
	case '&':
		return "&amp;"
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	default:
		return "&#13;"
	}
}

// badRune names a decoded rune beyond ASCII that XML 1.0 forbids; empty when it permits it.
func badRune(r rune, size int) string {
	switch {
	case r == utf8.RuneError && size == 1:
		return "a byte that is not UTF-8"
	case r == 0xFFFE || r == 0xFFFF:
		return fmt.Sprintf("U+%04X", r)
	}
	return ""
}

// forbiddenCharacter names the first character of the text that XML 1.0 forbids; empty when it permits all.
func forbiddenCharacter(s string) string {
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c >= ' ' && c < utf8.RuneSelf:
			i++
		case c < ' ' && byteClass[c] == forbidden:
			return fmt.Sprintf("U+%04X", c)
		case c < ' ':
			i++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if bad := badRune(r, size); bad != "" {
				return bad
			}
			i += size
		}
	}
	return ""
}
