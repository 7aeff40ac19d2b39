package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pkcs12 "software.sslmate.com/src/go-pkcs12"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

// asProgram makes the test binary be the program, so that tests can start it as a process of its own.
const asProgram = "BASIM_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// call runs a command line in this process.
func call(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = basimProgram().Run(t.Context(), args, cli.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestHelpSaysWhatThereIs(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		code int
		want string
	}{
		"nothing":          {nil, cli.ExitUsage, "Usage: basim COMMAND"},
		"help":             {[]string{"--help"}, cli.ExitOK, "serve"},
		"help of serve":    {[]string{"serve", "--help"}, cli.ExitOK, "-until-stdin-closes"},
		"help of issue":    {[]string{"issue", "--help"}, cli.ExitOK, "-kundennummer"},
		"unknown command":  {[]string{"dance"}, cli.ExitUsage, `no command "dance"`},
		"unknown flag":     {[]string{"serve", "--fast"}, cli.ExitUsage, "-fast"},
		"no flag":          {[]string{"issue", "please"}, cli.ExitUsage, `"please" is not a flag`},
		"no supplier":      {[]string{"issue"}, cli.ExitUsage, "--supplier is missing"},
		"no date":          {[]string{"issue", "--not-after", "soon"}, cli.ExitUsage, "soon"},
		"unknown TLS":      {[]string{"serve", "--tls-max", "1.0"}, cli.ExitUsage, "1.2 or 1.3"},
		"negative delay":   {[]string{"serve", "--delay", "-1s"}, cli.ExitUsage, "negative"},
		"control outside":  {[]string{"serve", "--dir", t.TempDir(), "--listen", "127.0.0.1:0", "--control", "0.0.0.0:0"}, cli.ExitFailed, "loopback"},
		"unusable address": {[]string{"serve", "--dir", t.TempDir(), "--listen", "nowhere"}, cli.ExitFailed, "listen"},
		"no places":        {[]string{"serve", "--places", "/nowhere/places.json"}, cli.ExitFailed, "read --places"},
		"wrong supplier":   {[]string{"issue", "--dir", t.TempDir(), "--supplier", "1"}, cli.ExitFailed, "no partner id"},
	}
	for name, test := range tests {
		code, out, errOut := call(t, test.args...)

		if code != test.code || !strings.Contains(out+errOut, test.want) {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out, errOut)
		}
	}
}

func TestIssueWritesAFileThatThePINOpens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "out.p12")

	code, out, errOut := call(t, "issue", "--dir", filepath.Join(dir, "state"), "--supplier", "V000123400", "--alliance", "99001",
		"--kundennummer", "A123A12345,B234B23456", "--not-betreut", "--not-after", "2030-01-31", "--out", file)
	if code != cli.ExitOK {
		t.Fatalf("exit code %d: %s", code, errOut)
	}

	var printed struct{ PIN, File string }
	if err := json.Unmarshal([]byte(out), &printed); err != nil {
		t.Fatalf("%v in %q", err, out)
	}
	sealed, err := os.ReadFile(printed.File)
	if err != nil {
		t.Fatal(err)
	}
	_, leaf, _, err := pkcs12.DecodeChain(sealed, printed.PIN)
	if err != nil {
		t.Fatal(err)
	}
	if got := leaf.NotAfter.Format("2006-01-02"); got != "2030-01-31" {
		t.Errorf("valid until %s", got)
	}
	accounts, err := os.ReadFile(filepath.Join(dir, "state", "accounts.json"))
	if err != nil || strings.Count(string(accounts), `"not_supervised": true`) != 2 {
		t.Errorf("accounts (%v): %s", err, accounts)
	}
}

func TestIssueIgnoresTheNoticeOfAKilledSimulator(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, _, _ := call(t, "issue", "--dir", dir, "--supplier", "V000123400", "--alliance", "99001", "--out", filepath.Join(dir, "a.p12"))
	other := startProgram(t, filepath.Join(t.TempDir(), "other"))
	for name, control := range map[string]string{"nobody there": "http://127.0.0.1:1/", "another simulator there": other.Control} {
		notice, err := json.Marshal(serving{Control: control})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, servingFile), notice, 0o600); err != nil {
			t.Fatal(err)
		}

		code, _, errOut := call(t, "issue", "--dir", dir, "--supplier", "V000123400", "--out", filepath.Join(dir, "b.p12"))

		if first != cli.ExitOK || code != cli.ExitOK {
			t.Errorf("%s: exit codes %d and %d\n%s", name, first, code, errOut)
		}
	}
}

func TestADirectoryIsServedOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := startProgram(t, dir)

	code, _, errOut := call(t, "serve", "--dir", dir, "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0")

	if code != cli.ExitFailed || !strings.Contains(errOut, "already serves "+dir+" at "+first.URL) {
		t.Errorf("exit code %d: %s", code, errOut)
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var stdout, stderr bytes.Buffer
	dir := t.TempDir()

	code := basimProgram().Run(ctx, []string{"serve", "--dir", dir, "--listen", "127.0.0.1:0", "--control", "127.0.0.1:0"},
		cli.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr})

	if lines := strings.Count(stdout.String(), "\n"); code != cli.ExitOK || lines != 1 {
		t.Errorf("exit code %d, %d lines\n%s%s", code, lines, stdout.String(), stderr.String())
	}
	if _, err := os.Stat(filepath.Join(dir, servingFile)); err == nil {
		t.Error("the notice was left behind")
	}
}
