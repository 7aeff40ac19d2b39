package p12

import (
	"context"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
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
		want   *fault.Code
	}{
		"usual":                {[]int{1, 2048, 2048}, nil},
		"GnuTLS":               {[]int{600_000, 600_000, 600_000, 600_000}, nil},
		"NSS, 7 identities":    {slices.Repeat([]int{600_000}, 1+2*7), nil},
		"one at the limit":     {[]int{1_000_000}, nil},
		"one beyond the limit": {[]int{1_000_001}, HostileIterations},
		"sum at the limit":     {slices.Repeat([]int{1_000_000}, 10), nil},
		"sum beyond the limit": {append(slices.Repeat([]int{1_000_000}, 10), 1), HostileIterations},
		"none":                 {[]int{0}, Corrupt},
		"negative":             {[]int{-5_000_000}, Corrupt},
	} {
		var params []salted
		for _, count := range test.counts {
			params = append(params, salted{Salt: []byte("salt"), Iterations: count})
		}
		if got := checkIterations(must(t, [][]byte{must(t, params)})); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestIterationsAreFoundHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		der  string
		want *fault.Code
	}{
		"a count of 144 bits":               {"301604000212" + strings.Repeat("7f", 18), HostileIterations},
		"a count that is no number":         {"30050401010200", Corrupt},
		"a salt of another class":           {"300884010102037fffff", HostileIterations},
		"the field that PBMAC1 leaves":      {"30050400020100", nil},
		"a number behind something else":    {"30080c010102037fffff", nil},
		"what only looks like it in a salt": {"300e040904010102037fffff00020107", nil},
	} {
		if got := checkIterations(unhex(t, test.der)); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
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

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	raw, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestBERBecomesDER(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ ber, der, rest string }{
		"DER stays":                      {"3003020103", "3003020103", ""},
		"what follows is left":           {"3003020103aabb", "3003020103", "aabb"},
		"an indefinite length":           {"30800201030000ff", "3003020103", "ff"},
		"one in another":                 {"3080308002010300000201040000", "30083003020103020104", ""},
		"a length of too many bytes":     {"308400000003020103", "3003020103", ""},
		"an octet string in pieces":      {"24800402aabb0401cc0000", "0403aabbcc", ""},
		"pieces in pieces":               {"248024040402aabb0401cc0000", "0403aabbcc", ""},
		"a number of more than one byte": {"bf8a39020500", "bf8a39020500", ""},
	} {
		der, rest, ok := toDER(unhex(t, test.ber))
		if got := hex.EncodeToString(der); !ok || got != test.der || hex.EncodeToString(rest) != test.rest {
			t.Errorf("%s: %s became %s and %x, %v", name, test.ber, got, rest, ok)
		}
	}
	for name, ber := range map[string]string{
		"nothing": "", "no length": "30", "too short": "3003", "no end": "3080020103", "an indefinite primitive": "0480aa0000",
		"a length of five bytes": "30850000000000", "a piece that is none": "24800201030000", "an endless number": "3f8080",
		"33 levels": strings.Repeat("3080", 34) + strings.Repeat("0000", 34),
	} {
		if der, _, ok := toDER(unhex(t, ber)); ok {
			t.Errorf("%s: %s became %x", name, ber, der)
		}
	}
}

func TestAPINIsTriedInTheFormsInWhichItIsTyped(t *testing.T) {
	t.Parallel()
	for pin, want := range map[string][]string{
		"48151623":      {"48151623"},
		"0042":          {"0042"},
		" 4815 1623\n":  {" 4815 1623\n", "4815 1623", "48151623"},
		"a b":           {"a b"},
		"Gru\u0308n":    {"Gru\u0308n", "Gr\u00fcn", "Gr\u00c3\u00bcn"},
		"":              {""},
		"\U0001F511":    nil,
		"12-34\u00a056": {"12-34\u00a056", "123456", "12-34\u00c2\u00a056"},
	} {
		if got := pinForms(pin); !slices.Equal(got, want) {
			t.Errorf("%q is tried as %q, want %q", pin, got, want)
		}
	}
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
	for _, code := range Codes() {
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
