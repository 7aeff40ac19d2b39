package cli_test

import (
	"bytes"
	"context"
	"flag"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

// signals has commands of two words.
func signals() cli.Program {
	nothing := func(*flag.FlagSet) func(context.Context, cli.Streams) error {
		return func(context.Context, cli.Streams) error { return nil }
	}
	return cli.Program{Name: "railway", Summary: "moves trains.", Commands: []cli.Command{
		{Name: "depart", Summary: "send a train", Prepare: nothing},
		{Name: "signal set", Summary: "set a signal", Prepare: nothing},
	}}
}

func TestUsageGoesWhereItIsExpected(t *testing.T) {
	t.Parallel()
	for line, test := range map[string]struct {
		code int
		// out and complaints are what the streams hold; an empty word means that nothing is written there.
		out, complaints string
	}{
		"":              {cli.ExitUsage, "", "  depart      send a train\n  signal set  set a signal\n"},
		"help":          {cli.ExitOK, "railway moves trains.\n", ""},
		"-h":            {cli.ExitOK, "Usage: railway COMMAND", ""},
		"--help":        {cli.ExitOK, "Usage: railway COMMAND", ""},
		"signal set":    {cli.ExitOK, "", ""},
		"signal set -h": {cli.ExitOK, "", "railway signal set: set a signal\n"},
		"signal":        {cli.ExitUsage, "", `there is no command "signal"`},
		"signal clear":  {cli.ExitUsage, "", `there is no command "signal"`},
	} {
		var out, complaints bytes.Buffer
		code := signals().Run(t.Context(), strings.Fields(line), cli.Streams{Out: &out, Err: &complaints})
		if code != test.code {
			t.Errorf("%q: exit code %d, want %d", line, code, test.code)
		}
		for got, want := range map[*bytes.Buffer]string{&out: test.out, &complaints: test.complaints} {
			if !strings.Contains(got.String(), want) || (want == "" && got.Len() > 0) {
				t.Errorf("%q: got %q, want %q", line, got, want)
			}
		}
	}
}
