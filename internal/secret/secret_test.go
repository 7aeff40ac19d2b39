package secret_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// carrier has a secret where fmt and encoders find it, and where they are not allowed to look.
type carrier struct {
	Open   secret.Secret
	Ptr    *secret.Secret
	closed secret.Secret
	nested struct{ list []secret.Secret }
}

func TestASecretHidesItselfWhereverItIsPrinted(t *testing.T) {
	t.Parallel()
	const pin = "0049-äöü-PIN"
	s := secret.New([]byte(pin))
	c := carrier{Open: s, Ptr: &s, closed: s}
	c.nested.list = []secret.Secret{s}

	var printed bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%c"} {
		fmt.Fprintf(&printed, verb+"\n", s)
		fmt.Fprintf(&printed, verb+"\n", &s)
		fmt.Fprintf(&printed, verb+"\n", c)
		fmt.Fprintf(&printed, verb+"\n", &c)
	}
	fmt.Fprintln(&printed, s.String(), s.GoString())
	for _, handler := range []slog.Handler{slog.NewTextHandler(&printed, nil), slog.NewJSONHandler(&printed, nil)} {
		slog.New(handler).Info("used", "secret", s, "pointer", &s, "carrier", c)
	}
	for _, value := range []any{s, &s, c, map[string]any{"a": s}} {
		raw, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		printed.Write(raw)
	}
	raw, err := xml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	printed.Write(raw)

	for _, form := range []string{
		pin, fmt.Sprintf("%x", pin), fmt.Sprintf("%X", pin), strings.Trim(fmt.Sprint([]byte(pin)), "[]"), "0x30, 0x30, 0x34",
		"[48", "0049",
	} {
		if strings.Contains(printed.String(), form) {
			t.Errorf("%q was printed", form)
		}
	}
}

func TestRevealGivesACopy(t *testing.T) {
	t.Parallel()
	given := []byte("value")
	s := secret.New(given)
	given[0] = 'X'
	s.Reveal()[0] = 'Y'

	if got := string(s.Reveal()); got != "value" {
		t.Errorf("the secret is now %q", got)
	}
	if s.IsEmpty() || !(secret.Secret{}).IsEmpty() || (secret.Secret{}).Reveal() != nil {
		t.Error("only the zero secret is empty")
	}
}
