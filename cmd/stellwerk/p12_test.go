package main

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

// issueFile has a simulated BA issue a certificate and writes it into a file.
func issueFile(t *testing.T, notBefore time.Time) (string, basim.Credentials) {
	t.Helper()
	ba, err := basim.Start(basim.Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ba.Close() })
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	issued, err := ba.Issue(basim.IssueRequest{PartnerID: "V000123400", Alliance: "99001", PIN: "00481516", Key: key, NotBefore: notBefore})
	if err != nil {
		t.Fatal(err)
	}
	return writeTemp(t, "Zertifikat-V000123400.p12", string(issued.P12)), issued
}

func TestACertificateFileIsJudgedOffline(t *testing.T) {
	t.Parallel()
	name, issued := issueFile(t, time.Time{})
	expired, _ := issueFile(t, time.Now().AddDate(-2, 0, 0))
	pinFile := writeTemp(t, "pin", "00481516\r\nanother line")
	keys := []string{"code", "fingerprint", "issuer", "message", "not_after", "not_before", "ok", "serial", "subject"}
	for what, test := range map[string]struct {
		args   []string
		exit   int
		code   string
		opened bool
	}{
		"good":            {[]string{name, "--pin", issued.PIN}, cli.ExitOK, "ok", true},
		"the PIN's file":  {[]string{"--pin-file", pinFile, name}, cli.ExitOK, "ok", true},
		"a wrong PIN":     {[]string{name, "--pin", "12345678"}, cli.ExitFailed, "wrong_pin", false},
		"no PIN":          {[]string{name}, cli.ExitFailed, "wrong_pin", false},
		"expired":         {[]string{expired, "--pin-file", pinFile}, cli.ExitFailed, "expired", true},
		"no certificate":  {[]string{pinFile, "--pin", "1"}, cli.ExitFailed, "not_p12", false},
		"an endless file": {[]string{"/dev/zero"}, cli.ExitFailed, "too_large", false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			got := stellwerkRun(t, []string{"LANG=de_DE.UTF-8", "LC_ALL=", "LC_MESSAGES="}, append([]string{"p12", "inspect", "--json"}, test.args...)...)

			var said map[string]any
			if err := json.Unmarshal([]byte(got.out), &said); err != nil || got.code != test.exit {
				t.Fatalf("exit code %d: %s%s, %v", got.code, got.out, got.errOut, err)
			}
			if !slices.Equal(slices.Sorted(maps.Keys(said)), keys) || said["code"] != test.code || said["ok"] != (test.exit == cli.ExitOK) {
				t.Errorf("it says %s", got.out)
			}
			if (said["subject"] != nil) != test.opened || (said["not_after"] != nil) != test.opened {
				t.Errorf("known of it: %s", got.out)
			}
			if message, _ := said["message"].(string); !strings.Contains(message, " ist ") && !strings.Contains(message, "Die ") {
				t.Errorf("the message is not German: %s", message)
			}
			if strings.Contains(got.out+got.errOut, "12345678") || strings.Contains(got.out+got.errOut, issued.PIN) {
				t.Errorf("the PIN is repeated: %s%s", got.out, got.errOut)
			}
		})
	}
}

func TestAVerdictCanBeReadByPeople(t *testing.T) {
	t.Parallel()
	name, issued := issueFile(t, time.Time{})

	got := stellwerkRun(t, []string{"LC_ALL=C"}, "p12", "inspect", name, "--pin", issued.PIN)

	for _, want := range []string{"ok: The file is in order.", "subject: ", issued.Certificate.Leaf.Subject.CommonName, "valid: "} {
		if got.code != cli.ExitOK || !strings.Contains(got.out, want) {
			t.Errorf("%q is not said: %d %s%s", want, got.code, got.out, got.errOut)
		}
	}
}

// hiddenRounds is a file whose sealed safe, which the PIN 0815-geheim opens, holds a key that asks for two billion rounds.
const hiddenRounds = "MIIBoAIBAzCCAScGCSqGSIb3DQEHAaCCARgEggEUMIIBEDCCAQwGCSqGSIb3DQEHBqCB/jCB+wIBADCB9QYJKoZIhvcNAQcBMFUGCSqGSIb3DQEFDTBIMCcGCSqGSIb3DQEF" +
	"DDAaBAhzYWx0c2FsdAICA+gwCgYIKoZIhvcNAgkwHQYJYIZIAWUDBAEqBBBpdml2aXZpdml2aXZpdml2gIGQ/w1yoclef8BDzEik1nXEWwpnuG662jKu/1tLepeoZ3T1SLHNxtf0Two4" +
	"YyM0pOQDtWAOomH3smShoq7VYcwO8UQGwc/HXduInTRJa8YINvsvnAGz88nxr1Qi8nFclwhAGgpkx0hYC/vaqhKuVB+naJaF/HmHWVBbr8IjOKkvM7MTXxWqexwDLvH62Z/cNXnzMHAw" +
	"aTBFBgkqhkiG9w0BBQ4wODAqBgkqhkiG9w0BBQwwHQQIc2FsdHNhbHQCAgPoAgEgMAoGCCqGSIb3DQIJMAoGCCqGSIb3DQIJBCDXhxlQJ2UkIRrh2ksE93/PG1S6dUrmG3yUXd2o49lw" +
	"ZAQAAgEA"

// It has as long as an upload, so that both say the same: 5 seconds, and some for starting programs.
func TestAFileThatTakesTooLongIsJudgedInTime(t *testing.T) {
	t.Parallel()
	content, err := base64.StdEncoding.DecodeString(hiddenRounds)
	if err != nil {
		t.Fatal(err)
	}
	name := writeTemp(t, "hidden.p12", string(content))
	program(t, "stellwerk") // which may have to be built first
	began := time.Now()

	got := stellwerkRun(t, nil, "p12", "inspect", name, "--pin", "0815-geheim", "--json")

	took := time.Since(began)
	if got.code != cli.ExitFailed || !strings.Contains(got.out, `"code":"hostile_iterations"`) || took > 9*time.Second {
		t.Errorf("after %v: %d %s%s", took, got.code, got.out, got.errOut)
	}
}

func TestAFileThatIsNotThereCannotBeJudged(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "none")
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for what, args := range map[string][]string{
		"no such file":  {name + "x"},
		"a folder":      {filepath.Dir(name)},
		"no PIN's file": {name, "--pin-file", name + "x"},
		"both":          {name, "--pin", "1", "--pin-file", name},
	} {
		got := stellwerkRun(t, nil, append([]string{"p12", "inspect"}, args...)...)
		if got.code != cli.ExitUsage || got.out != "" || got.errOut == "" {
			t.Errorf("%s: exit code %d, %q, %q", what, got.code, got.out, got.errOut)
		}
	}
}
