package credential_test

import (
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

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// planted are everything about a certificate that nobody may see.
func planted(t *testing.T, issued basim.Credentials) testhouse.Planted {
	t.Helper()
	key, err := x509.MarshalPKCS8PrivateKey(issued.Certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	secrets := testhouse.Planted{}
	secrets.Plant("PIN", []byte(pin))
	secrets.Plant("key", key)
	secrets.Plant("file", issued.P12)
	return secrets
}

func TestAPlantedSecretIsRecognised(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	issued := h.issue(t, -1, 365)
	for _, text := range []string{
		"x" + hex.EncodeToString(issued.P12), "x" + base64.StdEncoding.EncodeToString(append([]byte("a"), issued.P12...)),
		fmt.Sprint(issued.P12), string(issued.P12), "the PIN is " + pin, base64.URLEncoding.EncodeToString([]byte("12345" + pin + "x")),
	} {
		if len(planted(t, issued).In(text)) == 0 {
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

	secrets, dump := planted(t, issued), h.Dump(t)
	if !strings.Contains(dump, kept.Fingerprint) {
		t.Error("the dump does not hold the certificate's row")
	}
	secrets.ExpectNone(t, "the database", dump)
	secrets.ExpectNone(t, "the log", h.logged.String())
	for _, err := range failed {
		secrets.ExpectNone(t, "an error", fmt.Sprintf("%v %+v %#v %q", err, err, err, err))
	}
	secrets.ExpectNone(t, "what is known of it", fmt.Sprintf("%+v", kept))
	secrets.ExpectNone(t, "an opened certificate", printed(t, opened))
	secrets.ExpectNoneBelow(t, h.store.dir)
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
