package hrbaxml

import (
	"bytes"
	"regexp"
	"strconv"
	"sync"
)

// feedbackDeclaration is an XML declaration of any version at the beginning. Its encoding is judged by the bytes.
var feedbackDeclaration = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\s*<\?xml\s[^<>]*\?>`)
})

var characterReference = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`&#(?:[0-9]+|x[0-9a-fA-F]+);`)
})

// cleanFeedback takes away the XML declaration and what XML 1.0 forbids: control characters and references to them. Zeros stay
// and make the file unreadable, because they may be a hole where bytes are not written yet.
func cleanFeedback(content []byte) []byte {
	content = content[len(feedbackDeclaration().Find(content)):]
	content = bytes.Map(func(c rune) rune {
		if c != 0 && !permitted(c) {
			return -1
		}
		return c
	}, content)
	return characterReference().ReplaceAllFunc(content, func(reference []byte) []byte {
		digits, base := reference[2:len(reference)-1], 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseInt(string(digits), base, 32); err != nil || !permitted(rune(n)) {
			return nil
		}
		return reference
	})
}

// permitted reports whether XML 1.0 has the character.
func permitted(c rune) bool {
	return c == '\t' || c == '\n' || c == '\r' || c >= 0x20 && c <= 0xD7FF || c >= 0xE000 && c <= 0xFFFD || c >= 0x10000 && c <= 0x10FFFF
}
