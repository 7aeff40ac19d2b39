// Package secret keeps what nobody may see: certificates with their PINs, seeds, private keys. A secret is written once, read by
// those who use it, and removed; it is never changed and never shown.
package secret

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// redacted is what every way of printing a Secret shows.
const redacted = "[redacted]"

// Secret is a value that redacts itself wherever it is printed, logged or encoded. Only Reveal gives it away. The zero Secret is
// empty.
type Secret struct {
	// reveal holds the value in a closure: fmt cannot call the methods of a Secret in another type's unexported field and prints its
	// fields instead, following even pointers for some verbs. Of a function it knows only the address.
	reveal func() []byte
}

// New makes a secret of a copy of value.
func New(value []byte) Secret {
	kept := bytes.Clone(value)
	return Secret{reveal: func() []byte { return bytes.Clone(kept) }}
}

// Reveal returns a copy of the value. Whoever calls it answers for where the value goes.
func (s Secret) Reveal() []byte {
	if s.reveal == nil {
		return nil
	}
	return s.reveal()
}

// IsEmpty reports whether there is nothing to hide.
func (s Secret) IsEmpty() bool { return len(s.Reveal()) == 0 }

// String hides the value.
func (Secret) String() string { return redacted }

// GoString hides the value.
func (Secret) GoString() string { return redacted }

// Format hides the value from every verb of fmt.
func (Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue hides the value in slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalJSON hides the value in JSON.
func (Secret) MarshalJSON() ([]byte, error) { return json.Marshal(redacted) }

// MarshalText hides the value in every other text encoding.
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
