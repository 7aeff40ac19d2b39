package cli_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

// program has a command that takes two arguments, one that takes none, and one for each way to fail.
func program() cli.Program {
	failing := func(err error) func(*flag.FlagSet) func(context.Context, cli.Streams) error {
		return func(*flag.FlagSet) func(context.Context, cli.Streams) error {
			return func(context.Context, cli.Streams) error { return err }
		}
	}
	return cli.Program{Name: "tool", Summary: "does things.", Commands: []cli.Command{
		{Name: "copy", Summary: "copy a file", Args: "FROM TO", Prepare: func(flags *flag.FlagSet) func(context.Context, cli.Streams) error {
			mode := flags.String("mode", "plain", "how to copy")
			return func(_ context.Context, std cli.Streams) error {
				_, _ = fmt.Fprintf(std.Out, "%s %s", *mode, strings.Join(flags.Args(), ","))
				return nil
			}
		}},
		{Name: "work", Summary: "succeed", Prepare: failing(nil)},
		{Name: "fail", Summary: "fail", Prepare: failing(errors.New("no luck"))},
		{Name: "judge", Summary: "exit with 1 in silence", Prepare: failing(cli.Exit{Code: cli.ExitFailed})},
		{Name: "read", Summary: "exit with 2 and a reason", Prepare: failing(cli.Exit{Code: cli.ExitUsage, Err: errors.New("no such file")})},
	}}
}

func TestArgumentsAndFlagsStandInAnyOrder(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"copy a b":                      "plain a,b",
		"copy --mode=fast a b":          "fast a,b",
		"copy a b --mode fast":          "fast a,b",
		"copy a --mode fast b":          "fast a,b",
		"copy --mode fast -- a -b":      "fast a,-b",
		"copy a -- --mode":              "plain a,--mode",
		"copy --mode=fast --mode=x a -": "x a,-",
	} {
		var out, complaints bytes.Buffer
		code := program().Run(t.Context(), strings.Fields(line), cli.Streams{Out: &out, Err: &complaints})
		if code != cli.ExitOK || out.String() != want {
			t.Errorf("%s: exit code %d, got %q, want %q\n%s", line, code, &out, want, &complaints)
		}
	}
}

func TestEveryEndHasItsExitCode(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]struct {
		code  int
		words string
	}{
		"work":          {cli.ExitOK, ""},
		"fail":          {cli.ExitFailed, "tool fail: no luck\n"},
		"judge":         {cli.ExitFailed, ""},
		"read":          {cli.ExitUsage, "tool read: no such file\n"},
		"work hard":     {cli.ExitUsage, `"hard" is not a flag`},
		"copy":          {cli.ExitUsage, "FROM is missing"},
		"copy a":        {cli.ExitUsage, "TO is missing"},
		"copy a b c":    {cli.ExitUsage, `"c" is not a flag and nothing else is expected`},
		"copy a b -z":   {cli.ExitUsage, "flag provided but not defined: -z"},
		"copy a b -h":   {cli.ExitOK, "Usage: tool copy [FLAGS] FROM TO"},
		"play":          {cli.ExitUsage, `there is no command "play"`},
		"copy a --mode": {cli.ExitUsage, "flag needs an argument: -mode"},
	} {
		var out, complaints bytes.Buffer
		code := program().Run(t.Context(), strings.Fields(line), cli.Streams{Out: &out, Err: &complaints})
		said := complaints.String()
		if code != want.code || !strings.Contains(said, want.words) || want.words == "" && said != "" {
			t.Errorf("%s: exit code %d with %q, want %d with %q", line, code, said, want.code, want.words)
		}
	}
}
