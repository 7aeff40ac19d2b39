// Package identity knows who may call: today by API tokens, which software holds.
package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"hash/crc32"
	"log/slog"
	"strings"
)

// The form of a token: "swk_live_", 32 random characters (190 bits), 6 characters of CRC-32 over all before them. The prefix lets
// scanners of leaked secrets find it, the checksum lets them, and us, dismiss what only looks like one without a look-up.
const (
	tokenPrefix   = "swk_live_"
	randomLength  = 32
	checkLength   = 6
	tokenLength   = len(tokenPrefix) + randomLength + checkLength
	hintLength    = 4
	tokenAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// Secret is a token in the clear. It exists once, in the answer that creates it, and redacts itself everywhere else.
type Secret struct{ value string }

// newSecret draws a token.
func newSecret() Secret {
	var b strings.Builder
	b.WriteString(tokenPrefix)
	// 248 is the largest multiple of 62 in a byte: bytes above it are drawn again, so that every character is equally likely.
	const fair = 256 - 256%len(tokenAlphabet)
	var drawn [1]byte
	for b.Len() < len(tokenPrefix)+randomLength {
		_, _ = rand.Read(drawn[:]) // never fails: crypto/rand ends the program instead
		if int(drawn[0]) < fair {
			b.WriteByte(tokenAlphabet[int(drawn[0])%len(tokenAlphabet)])
		}
	}
	return Secret{value: b.String() + checksum(b.String())}
}

// ParseSecret reads a token that a caller showed. It reports false for what cannot be one.
func ParseSecret(shown string) (Secret, bool) {
	if len(shown) != tokenLength || !strings.HasPrefix(shown, tokenPrefix) {
		return Secret{}, false
	}
	body := shown[:tokenLength-checkLength]
	return Secret{value: shown}, checksum(body) == shown[len(body):]
}

// Reveal returns the token itself, for the one answer that shows it.
func (s Secret) Reveal() string { return s.value }

// String hides the token.
func (Secret) String() string { return tokenPrefix + "…" }

// GoString hides the token.
func (s Secret) GoString() string { return s.String() }

// MarshalJSON hides the token.
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + s.String() + `"`), nil }

// LogValue hides the token.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// hash is what the database keeps: SHA-256 of the whole token. Tokens are random, so nothing slower is needed.
func (s Secret) hash() []byte {
	sum := sha256.Sum256([]byte(s.value))
	return sum[:]
}

// hint is the end of the token, by which its owner tells it from others.
func (s Secret) hint() string { return s.value[len(s.value)-hintLength:] }

func checksum(body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	var out [checkLength]byte
	for i := checkLength - 1; i >= 0; i-- {
		out[i] = tokenAlphabet[sum%uint32(len(tokenAlphabet))]
		sum /= uint32(len(tokenAlphabet))
	}
	return string(out[:])
}
