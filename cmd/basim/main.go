// Command basim is a simulator of the Bundesagentur für Arbeit's file host for job ads (HR-BA-XML), for whoever writes software
// against that interface. See docs/simulator.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	// The BA's days begin and end in Berlin, also on machines without time zone data.
	_ "time/tzdata"
)

// The exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	os.Exit(run(context.Background(), os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}))
}

// streams are what a command reads and writes: results for programs go to out, everything else to err.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// command is one of the program's commands. Its prepare declares the flags and returns what runs once they are parsed.
type command struct {
	name, summary string
	prepare       func(*flag.FlagSet) func(context.Context, streams) error
}

func commands() []command {
	return []command{
		{"serve", "run the simulated file host and its control port", prepareServe},
		{"issue", "make a partner and its certificate file (.p12)", prepareIssue},
	}
}

// errUsage marks an error that the command line caused.
var errUsage = errors.New("wrong usage")

// run does what the arguments ask for and returns the exit code.
func run(ctx context.Context, args []string, std streams) int {
	if len(args) == 0 {
		usage(std.err)
		return exitUsage
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(std.out)
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, args[1:], std)
		}
	}
	fmt.Fprintf(std.err, "basim: there is no command %q\n\n", args[0])
	usage(std.err)
	return exitUsage
}

func (c command) run(ctx context.Context, args []string, std streams) int {
	flags := flag.NewFlagSet("basim "+c.name, flag.ContinueOnError)
	flags.SetOutput(std.err)
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "basim %s: %s\n\nFlags:\n", c.name, c.summary)
		flags.PrintDefaults()
	}
	execute := c.prepare(flags)
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return exitOK
	} else if err != nil {
		return exitUsage
	}
	err := fmt.Errorf("%w: %q is not a flag", errUsage, flags.Arg(0))
	if flags.NArg() == 0 {
		err = execute(ctx, std)
	}
	switch {
	case errors.Is(err, errUsage):
		fmt.Fprintf(std.err, "basim %s: %v\nSee basim %s --help.\n", c.name, err, c.name)
		return exitUsage
	case err != nil:
		fmt.Fprintf(std.err, "basim %s: %v\n", c.name, err)
		return exitFailed
	}
	return exitOK
}

func usage(w io.Writer) {
	fmt.Fprint(w, "basim simulates the file host of the Bundesagentur für Arbeit for job ads (HR-BA-XML).\n\nUsage: basim COMMAND [FLAGS]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s %s\n", c.name, c.summary)
	}
	fmt.Fprint(w, "\nbasim COMMAND --help shows the flags of a command.\n")
}
