package p12_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

func TestOpenUnderstandsEveryUsualEncryption(t *testing.T) {
	t.Parallel()
	e := newEmployer(t)
	input := pemOf(t, e.key, e.leaf, e.middle, e.root)
	files := map[string]func(t *testing.T, pin string) []byte{
		"OpenSSL":            func(t *testing.T, pin string) []byte { return openssl(t, input, pin) },
		"OpenSSL legacy":     func(t *testing.T, pin string) []byte { return openssl(t, input, pin, "-legacy") },
		"OpenSSL descert":    func(t *testing.T, pin string) []byte { return openssl(t, input, pin, "-legacy", "-descert") },
		"OpenSSL open certs": func(t *testing.T, pin string) []byte { return openssl(t, input, pin, "-certpbe", "NONE") },
		"OpenSSL named": func(t *testing.T, pin string) []byte {
			return openssl(t, input, pin, "-name", "Zertifikat für Müller")
		},
	}
	for name, encoder := range map[string]*pkcs12.Encoder{
		"LegacyRC2": pkcs12.LegacyRC2, "LegacyDES": pkcs12.LegacyDES, "Modern2023": pkcs12.Modern2023, "Modern2026": pkcs12.Modern2026,
	} {
		files[name] = func(t *testing.T, pin string) []byte {
			return encode(t, encoder, e.key, e.leaf, []*x509.Certificate{e.middle, e.root}, pin)
		}
	}
	for name, file := range files {
		for _, pin := range []string{"12345678", "00420042", "Schlüssel ÄÖÜß", " two words "} {
			t.Run(fmt.Sprintf("%s with %q", name, pin), func(t *testing.T) {
				t.Parallel()

				opened, err := open(t, file(t, pin), pin)
				if err != nil {
					t.Fatal(err)
				}

				e.check(t, opened)
			})
		}
	}
}

// check compares what was opened with what was put in.
func (e employer) check(t *testing.T, opened *p12.Opened) {
	t.Helper()
	if !opened.Leaf.Equal(e.leaf) {
		t.Errorf("the leaf is %s", opened.Leaf.Subject)
	}
	if len(opened.Chain) != 2 || !opened.Chain[0].Equal(e.middle) || !opened.Chain[1].Equal(e.root) {
		t.Errorf("the chain has %d certificates, or another order", len(opened.Chain))
	}
	certificate, err := opened.Certificate()
	if err != nil {
		t.Fatal(err)
	}
	public, ok := e.key.Public().(interface {
		Equal(key crypto.PublicKey) bool
	})
	if signer, isSigner := certificate.PrivateKey.(crypto.Signer); !ok || !isSigner || !public.Equal(signer.Public()) {
		t.Error("the key is another one")
	}
	if len(certificate.Certificate) != 2 || !bytes.Equal(certificate.Certificate[1], e.middle.Raw) {
		t.Errorf("%d certificates would be shown, want leaf and intermediate", len(certificate.Certificate))
	}
}

func TestOpenFindsTheLeafWhereverItStands(t *testing.T) {
	t.Parallel()
	e := newEmployer(t)
	for name, order := range map[string][]*x509.Certificate{
		"first":  {e.leaf, e.middle, e.root},
		"last":   {e.root, e.middle, e.leaf},
		"middle": {e.middle, e.leaf, e.root},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := encode(t, pkcs12.LegacyRC2, e.key, order[0], order[1:], "1234")

			opened, err := open(t, append(file, "\r\n"...), "1234")
			if err != nil {
				t.Fatal(err)
			}

			e.check(t, opened)
		})
	}
}

func TestOpenTakesTheRenewedCertificateOfTheSameKey(t *testing.T) {
	t.Parallel()
	key := newECKey(t)
	old := certifyUntil(t, "V000123400", nil, key, key, notAfter)
	renewed := certifyUntil(t, "V000123400", nil, key, key, notAfter.AddDate(1, 0, 0))

	for _, order := range [][]*x509.Certificate{{old, renewed}, {renewed, old}} {
		opened, err := open(t, encode(t, pkcs12.LegacyRC2, key, order[0], order[1:], "1234"), "1234")
		if err != nil {
			t.Fatal(err)
		}
		if !opened.Leaf.Equal(renewed) {
			t.Errorf("the leaf is the one valid until %s", opened.Leaf.NotAfter)
		}
	}
}

func TestOpenTakesTheIdentityThatIsValidLongest(t *testing.T) {
	t.Parallel()
	e := newEmployer(t) // its certificate comes from an authority that is in the file
	oldKey := newECKey(t)
	old := certifyUntil(t, "V000123400", nil, oldKey, oldKey, e.leaf.NotAfter.Add(-time.Hour))
	own, other := pemOf(t, e.key, e.leaf, e.middle, e.root), pemOf(t, oldKey, old)
	keys := [][]byte{bag(bagKey, pkcs8(t, oldKey)), bag(bagKey, pkcs8(t, e.key))}
	certs := [][]byte{certBag(old), certBag(e.root), certBag(e.middle), certBag(e.leaf)}

	for name, file := range map[string][]byte{
		"in four sealed safes":              joined(t, openssl(t, other, wordOf), openssl(t, own, wordOf)),
		"in four sealed safes, BER inside":  loosenedInside(t, joined(t, openssl(t, own, wordOf), openssl(t, other, wordOf))),
		"in four sealed safes, by old ways": joined(t, openssl(t, own, wordOf, "-legacy"), openssl(t, other, wordOf, "-legacy", "-descert")),
		"in two safes":                      pfx(t, sequence(openSafe(certs...), openSafe(keys...))),
		"in one safe":                       pfx(t, sequence(openSafe(append(keys, certs...)...))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			opened, err := open(t, file, wordOf)
			if err != nil {
				t.Fatal(err)
			}

			if extra := len(opened.Chain) - 2; extra != 1 || !opened.Chain[2].Equal(old) {
				t.Fatalf("behind the chain lie %d certificates", extra)
			}
			opened.Chain = opened.Chain[:2]
			e.check(t, opened)
		})
	}
}

// marker is an iteration count whose three bytes are replaced by a hostile one.
const marker = 0x012345

// The places of the counts in a file, as they stand in it.
const (
	ofCertificates = iota
	ofKey
	ofCheckSum
)

// hostile makes a file in which the count at a place is 8 million.
func hostile(t *testing.T, e employer, place int) []byte {
	t.Helper()
	return raise(t, encode(t, pkcs12.LegacyDES.WithIterations(marker), e.key, e.leaf, nil, wordOf), place)
}

func hostileModern(t *testing.T, e employer) []byte {
	t.Helper()
	return raise(t, encode(t, pkcs12.Modern2026.WithIterations(marker), e.key, e.leaf, nil, wordOf), ofCheckSum)
}

func raise(t *testing.T, file []byte, place int) []byte {
	t.Helper()
	parts := bytes.Split(file, []byte{0x02, 0x03, 0x01, 0x23, 0x45})
	if len(parts) != 4 {
		t.Fatalf("the file has %d counts, want 3", len(parts)-1)
	}
	var raised []byte
	for i, part := range parts {
		raised = append(raised, part...)
		switch {
		case i == len(parts)-1:
		case i == place:
			raised = append(raised, 0x02, 0x03, 0x7F, 0xFF, 0xFF)
		default:
			raised = append(raised, 0x02, 0x03, 0x01, 0x23, 0x45)
		}
	}
	return raised
}

func encode(t *testing.T, encoder *pkcs12.Encoder, key crypto.Signer, leaf *x509.Certificate, others []*x509.Certificate, pin string) []byte {
	t.Helper()
	file, err := encoder.Encode(key, leaf, others, pin)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestOpenBlamesTheFileOnlyForWhatHappensAfterItWasRead(t *testing.T) {
	t.Parallel()
	file := encode(t, pkcs12.Modern, newECKey(t), newEmployer(t).leaf, nil, "x")
	for argument, test := range map[string]struct {
		timeout time.Duration
		code    *fault.Code
	}{
		hangAtStart:   {time.Nanosecond, nil},
		hangWhenReady: {5 * time.Second, p12.HostileIterations},
		dieWhenReady:  {time.Minute, p12.Corrupt},
		talkNonsense:  {time.Minute, nil},
		talkTooMuch:   {time.Minute, p12.Corrupt},
	} {
		t.Run(argument, func(t *testing.T) {
			t.Parallel()
			opener := openerWith(t, p12.Options{Argument: argument, Timeout: test.timeout})

			_, err := opener.Open(t.Context(), "a", file, secret.New([]byte("x")))

			found, isFault := errors.AsType[*fault.Error](err)
			switch {
			case test.code == nil && (err == nil || isFault):
				t.Errorf("got %v, want an error that is not the file's fault", err)
			case test.code != nil && (!isFault || found.Code != test.code):
				t.Errorf("got %v, want %s", err, test.code.Name)
			}
		})
	}
}

func TestOpenEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := newOpener(t).Open(ctx, "a", []byte{0x30}, secret.New([]byte("x")))

	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestInspectLooksAtTheDates(t *testing.T) {
	t.Parallel()
	opened := &p12.Opened{Leaf: newEmployer(t).leaf}
	for name, test := range map[string]struct {
		now  time.Time
		code *fault.Code
	}{
		"too early":   {notBefore.Add(-time.Second), p12.NotYetValid},
		"first":       {notBefore, nil},
		"last second": {notAfter, nil},
		"too late":    {notAfter.Add(time.Second), p12.Expired},
	} {
		err := p12.Inspect(opened, test.now)
		if test.code == nil && err != nil || test.code != nil && !fault.Has(err, test.code) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	expired, _ := errors.AsType[*fault.Error](p12.Inspect(opened, notAfter.AddDate(1, 0, 0)))
	if got := expired.Code.Detail.Format(text.English, expired.Args); got != "The certificate was valid until 2027-11-01." {
		t.Errorf("the words are %q", got)
	}
}

func TestOpenedHidesItsKey(t *testing.T) {
	t.Parallel()
	opened := &p12.Opened{Key: secret.New([]byte("key bytes"))}

	raw, err := json.Marshal(opened)
	if err != nil {
		t.Fatal(err)
	}

	if shown := string(raw) + fmt.Sprintf("%v %+v %#v", opened, opened, *opened); strings.Contains(shown, "key bytes") {
		t.Errorf("shown: %s", shown)
	}
}

func TestANameIsShownWithoutWhatCannotBeSeen(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Müller & Söhne":          "CN=Müller & Söhne",
		"a\x00b\x1b[2J\u202e":     "CN=a\ufffdb\ufffd[2J\ufffd",
		strings.Repeat("ü", 1000): "CN=" + strings.Repeat("ü", 497) + "…",
	} {
		if got := p12.Name(pkix.Name{CommonName: name}); got != want {
			t.Errorf("%q is shown as %q, want %q", name, got, want)
		}
	}
}
