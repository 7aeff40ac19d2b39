package credential_test

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// traces returns what shows that a secret was written down: itself, and its middle in the usual encodings, wherever it stands in a longer
// text.
func traces(value []byte) []string {
	found := []string{string(value)}
	middle := value
	if len(value) > 48 {
		middle = value[len(value)/2 : len(value)/2+24]
	}
	found = append(found, string(middle), hex.EncodeToString(middle), strings.ToUpper(hex.EncodeToString(middle)), strings.Trim(fmt.Sprint(middle), "[]"))
	for shift := range 3 {
		// In base64 three bytes become four characters, so what it looks like depends on where it begins. The ends depend on their neighbours.
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(append(make([]byte, shift), middle...))
			found = append(found, encoded[4:len(encoded)-4])
		}
	}
	return found
}

// secretsOf returns the traces of everything about a certificate that nobody may see.
func secretsOf(t *testing.T, issued basim.Credentials) map[string][]string {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(issued.Certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]string{"PIN": traces([]byte(pin)), "key": traces(key), "file": traces(issued.P12)}
}

// dump returns every row of every table as text, as the owner sees it.
func (h *house) dump(t *testing.T) string {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), h.URLs.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.WithoutCancel(t.Context())) }()
	var all strings.Builder
	for table := range database.Walls() {
		rows, err := owner.Query(t.Context(), "SELECT r::text FROM "+pgx.Identifier{table}.Sanitize()+" r")
		if err != nil {
			t.Fatal(err)
		}
		texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		all.WriteString(strings.Join(texts, "\n"))
	}
	return all.String()
}

func expectNoTrace(t *testing.T, of map[string][]string, in, text string) {
	t.Helper()
	for what, looks := range of {
		for i, look := range looks {
			if strings.Contains(text, look) {
				t.Errorf("the %s stands in %s (look %d)", what, in, i)
			}
		}
	}
}

func TestTheTracesOfASecretAreRecognised(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	issued := h.issue(t, -1, 365)
	for _, text := range []string{
		"x" + hex.EncodeToString(issued.P12), "x" + base64.StdEncoding.EncodeToString(append([]byte("a"), issued.P12...)),
		fmt.Sprint(issued.P12), string(issued.P12), "the PIN is " + pin, base64.URLEncoding.EncodeToString([]byte("12345" + pin + "x")),
	} {
		recognised := false
		for _, looks := range secretsOf(t, issued) {
			for _, look := range looks {
				recognised = recognised || strings.Contains(text, look)
			}
		}
		if !recognised {
			t.Errorf("not recognised: %.20s", text)
		}
	}
}

func TestSecretsAreInTheStoreAndNowhereElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	issued := h.issue(t, -1, 365)
	var failed []error
	try := func(err error) {
		t.Helper()
		if err == nil {
			t.Error("it does not fail")
		}
		failed = append(failed, err)
	}
	upload := func() error {
		_, err := h.upload(issued)
		return err
	}
	open := func() error {
		_, err := h.keeper.Open(h.ctx, h.account)
		return err
	}

	// Everything that can go wrong with the file goes wrong, and then it is taken, opened and revoked.
	h.store.putAfter, h.store.remove = errBroken, errBroken
	try(upload())
	h.store.putAfter, h.woken.err = nil, errBroken
	try(upload())
	h.store.remove, h.woken.err = nil, nil
	_, err := h.keeper.Upload(h.ctx, h.account, issued.P12, secret.New([]byte(pin+"0")))
	try(err)
	_, err = h.keeper.Upload(h.ctx, h.account, issued.P12[1:], secret.New([]byte(pin)))
	try(err)
	kept, err := h.upload(issued)
	if err != nil {
		t.Fatal(err)
	}
	try(upload())
	opened, err := h.keeper.Open(h.ctx, h.account)
	if err != nil {
		t.Fatal(err)
	}
	h.Clock.Add(10 * time.Minute) // it is asked for anew
	h.store.get = errBroken
	try(open())
	h.store.get = nil
	path := secret.CertificatePath(h.tenant, kept.ID)
	whole, err := h.store.Get(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	broken := secret.New(whole.Reveal()[1:])
	if err := errors.Join(h.store.Delete(t.Context(), path), h.store.Put(t.Context(), path, broken)); err != nil {
		t.Fatal(err)
	}
	try(open())
	h.store.remove = errBroken
	if _, err := h.keeper.Revoke(h.ctx, h.account, kept.ID); err != nil {
		t.Fatal(err)
	}
	try(h.keeper.Sweep(t.Context()))

	hidden := secretsOf(t, issued)
	expectNoTrace(t, hidden, "the database", h.dump(t))
	expectNoTrace(t, hidden, "the log", h.logged.String())
	for _, err := range failed {
		expectNoTrace(t, hidden, "an error", fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
	}
	expectNoTrace(t, hidden, "what is known of it", fmt.Sprintf("%+v", kept))
	expectNoTrace(t, hidden, "an opened certificate", printed(t, opened))
}

// printed returns every way in which an opened certificate could be printed by mistake.
func printed(t *testing.T, opened credential.KeyPair) string {
	t.Helper()
	encoded, err := json.Marshal(map[string]any{"with": opened, "behind": &opened})
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewTextHandler(&logged, nil)).Info("opened", "with", opened, "behind", &opened)
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("opened", "with", opened, "behind", &opened)
	return fmt.Sprintf("%v %+v %#v %s %x %d %v", opened, opened, opened, opened, opened, opened, &opened) + string(encoded) + logged.String()
}
