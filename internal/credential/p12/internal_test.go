package p12

import (
	"bytes"
	"context"
	"encoding/asn1"
	"errors"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// salted has the shape of the parameters of a key derivation.
type salted struct {
	Salt       []byte
	Iterations int
}

func TestIterationsAreLimitedOneByOneAndInSum(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		counts []int
		want   bool
	}{
		"usual":                {[]int{1, 2048, 2048}, false},
		"GnuTLS and NSS":       {[]int{600_000, 600_000, 600_000, 600_000}, false},
		"one at the limit":     {[]int{1_000_000}, false},
		"one beyond the limit": {[]int{1_000_001}, true},
		"sum at the limit":     {[]int{1_000_000, 1_000_000, 1_000_000, 1_000_000}, false},
		"sum beyond the limit": {[]int{1_000_000, 1_000_000, 1_000_000, 1_000_000, 1}, true},
		"negative":             {[]int{-5_000_000}, false},
	} {
		var params []salted
		for _, count := range test.counts {
			params = append(params, salted{Salt: []byte("salt"), Iterations: count})
		}
		der := must(t, params)
		if got := tooManyIterations(must(t, [][]byte{der})); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestIterationsBeyondEveryIntegerAreHostile(t *testing.T) {
	t.Parallel()
	der := append([]byte{0x30, 0x16, 0x04, 0x00, 0x02, 0x12}, bytes.Repeat([]byte{0x7F}, 18)...)

	if !tooManyIterations(der) {
		t.Error("a count of 144 bits passed")
	}
}

func must(t *testing.T, value any) []byte {
	t.Helper()
	der, err := asn1.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestTurnsAreTwoAtATimeAndOnePerTenant(t *testing.T) {
	t.Parallel()
	s := newSlots(2)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	take := func(ctx context.Context, tenant string) {
		t.Helper()
		if err := s.acquire(ctx, tenant); err != nil {
			t.Fatalf("%s: %v", tenant, err)
		}
	}

	take(t.Context(), "a")
	if err := s.acquire(over, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("a had two turns at once: %v", err)
	}
	take(t.Context(), "b")
	if err := s.acquire(over, "c"); !errors.Is(err, context.Canceled) {
		t.Errorf("there were three turns at once: %v", err)
	}

	waiting := make(chan error)
	go func() { waiting <- s.acquire(t.Context(), "a") }()
	s.release("b")
	take(t.Context(), "c")
	s.release("a")
	if err := <-waiting; err != nil {
		t.Errorf("a's second turn never came: %v", err)
	}
	s.release("a")
	s.release("c")
	if len(s.busy) != 0 || len(s.free) != 0 {
		t.Errorf("%d tenants and %d turns are left", len(s.busy), len(s.free))
	}
}

func TestEveryCodeHasWordsAndANameOfItsOwn(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, code := range codes {
		if seen[code.Name] {
			t.Errorf("two codes are called %s", code.Name)
		}
		seen[code.Name] = true
		for _, words := range []text.Text{code.Title, code.Detail, code.Hint} {
			if words.Empty() {
				t.Errorf("%s lacks words in a language", code.Name)
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\x30\x80"), "pin")
	f.Add(append(append([]byte{0x30, 0x40}, pfxStart...), pfxContent...), "pin")
	f.Fuzz(func(t *testing.T, file []byte, pin string) {
		answer := decode(file, pin)
		if (answer.Code == "") == (len(answer.Key) == 0) {
			t.Errorf("neither a code nor a key, or both: %q", answer.Code)
		}
	})
}
