package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// maxPINFile bounds a file with a PIN, in bytes.
const maxPINFile = 4096

// verdict is what `stellwerk p12 inspect` says. What could not be found out is null.
type verdict struct {
	OK          bool       `json:"ok"`
	Code        string     `json:"code"`
	Subject     *string    `json:"subject"`
	Issuer      *string    `json:"issuer"`
	Serial      *string    `json:"serial"`
	Fingerprint *string    `json:"fingerprint"`
	NotBefore   *time.Time `json:"not_before"`
	NotAfter    *time.Time `json:"not_after"`
	Message     string     `json:"message"`
}

// prepareInspectP12 exits with 0 for a file that can be used now, with 1 for one that cannot, and with 2 when there is no file to judge. An
// upload differs in one thing: it takes a certificate whose time has not begun, and keeps it until then.
func prepareInspectP12(flags *flag.FlagSet) func(context.Context, cli.Streams) error {
	pin := flags.String("pin", "", "the `PIN`; others on this machine may see it, so rather use --pin-file")
	pinFile := flags.String("pin-file", "", "a `file` whose first line is the PIN; - is standard input")
	asJSON := flags.Bool("json", false, "print one JSON object")
	return func(ctx context.Context, std cli.Streams) error {
		if *pin != "" && *pinFile != "" {
			return fmt.Errorf("%w: --pin and --pin-file exclude each other", cli.ErrUsage)
		}
		found, err := inspectP12(ctx, std, flags.Arg(0), *pin, *pinFile)
		if err == nil {
			err = found.print(std.Out, *asJSON)
		}
		switch {
		case err != nil:
			return cli.Exit{Code: cli.ExitUsage, Err: err}
		case !found.OK:
			return cli.Exit{Code: cli.ExitFailed}
		}
		return nil
	}
}

func inspectP12(ctx context.Context, std cli.Streams, name, pin, pinFile string) (verdict, error) {
	if pinFile != "" {
		var err error
		if pin, err = readPIN(std.In, pinFile); err != nil {
			return verdict{}, err
		}
	}
	file, _, err := openFile(name)
	if err != nil {
		return verdict{}, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, p12.MaxFile+1))
	if err != nil {
		return verdict{}, err
	}
	opener, err := p12.NewOpener(p12.Options{})
	if err != nil {
		return verdict{}, err
	}
	opened, err := opener.Open(ctx, "", content, secret.New([]byte(pin)))
	if err == nil {
		err = p12.Inspect(opened, time.Now())
	}
	return newVerdict(opened, err, languageOf(std.Environ))
}

// readPIN reads the first line of a file.
func readPIN(stdin io.Reader, name string) (string, error) {
	from := stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", err
		}
		defer func() { _ = file.Close() }()
		from = file
	}
	content, err := io.ReadAll(io.LimitReader(from, maxPINFile))
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}

// languageOf is the language of a terminal.
func languageOf(environ []string) text.Language {
	for _, name := range []string{"LC_ALL=", "LC_MESSAGES=", "LANG="} {
		for _, pair := range environ {
			if value, ok := strings.CutPrefix(pair, name); ok && value != "" {
				if strings.HasPrefix(value, "de") {
					return text.German
				}
				return text.English
			}
		}
	}
	return text.English
}

// newVerdict makes a verdict of what was opened, if it was, and of the fault that was found, if there is one.
func newVerdict(opened *p12.Opened, found error, lang text.Language) (verdict, error) {
	good := text.Text{DE: "Die Datei ist in Ordnung.", EN: "The file is in order."}
	v := verdict{OK: true, Code: "ok", Message: good.In(lang)}
	if found != nil {
		wrong, ok := errors.AsType[*fault.Error](found)
		if !ok {
			return verdict{}, found
		}
		v.OK, v.Code = false, wrong.Code.Name
		v.Message = wrong.Code.Detail.Format(lang, wrong.Args) + " " + wrong.Code.Hint.Format(lang, wrong.Args)
	}
	if opened != nil {
		known := credential.Describe(opened)
		v.Subject, v.Issuer, v.Serial, v.Fingerprint = &known.Subject, &known.Issuer, &known.Serial, &known.Fingerprint
		v.NotBefore, v.NotAfter = new(known.NotBefore.UTC()), new(known.NotAfter.UTC())
	}
	return v, nil
}

func (v verdict) print(out io.Writer, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(v)
	}
	var lines strings.Builder
	fmt.Fprintf(&lines, "%s: %s\n", v.Code, v.Message)
	if v.Subject != nil {
		fmt.Fprintf(&lines, "subject:     %s\nissuer:      %s\nserial:      %s\nfingerprint: %s\nvalid:       %s to %s\n",
			*v.Subject, *v.Issuer, *v.Serial, *v.Fingerprint, v.NotBefore.Format(time.RFC3339), v.NotAfter.Format(time.RFC3339))
	}
	_, err := io.WriteString(out, lines.String())
	return err
}
