// Package cli is the command line of our programs: one table of commands over package flag.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
)

// The exit codes of every program.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// ErrUsage marks an error that the command line caused.
var ErrUsage = errors.New("wrong usage")

// Streams are what a command reads and writes: results for programs go to Out, everything else to Err.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
	// Environ are the environment's variables, as os.Environ gives them.
	Environ []string
}

// Command is one command of a program.
type Command struct {
	// Name may be of two words, such as "token create".
	Name, Summary string
	// Prepare declares the flags and returns what runs once they are parsed.
	Prepare func(*flag.FlagSet) func(context.Context, Streams) error
}

// Program is a program's name, what it is in one sentence, and its commands.
type Program struct {
	Name, Summary string
	Commands      []Command
}

// Run does what the arguments ask for and returns the exit code.
func (p Program) Run(ctx context.Context, args []string, std Streams) int {
	if len(args) == 0 {
		p.usage(std.Err)
		return ExitUsage
	}
	if args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		p.usage(std.Out)
		return ExitOK
	}
	for _, c := range p.Commands {
		if rest, ok := c.named(args); ok {
			return p.run(ctx, c, rest, std)
		}
	}
	_, _ = fmt.Fprintf(std.Err, "%s: there is no command %q\n\n", p.Name, args[0])
	p.usage(std.Err)
	return ExitUsage
}

// named reports whether the arguments begin with the command's name, and returns the rest of them.
func (c Command) named(args []string) ([]string, bool) {
	if args[0] == c.Name {
		return args[1:], true
	}
	if len(args) > 1 && args[0]+" "+args[1] == c.Name {
		return args[2:], true
	}
	return nil, false
}

func (p Program) run(ctx context.Context, c Command, args []string, std Streams) int {
	name := p.Name + " " + c.Name
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(std.Err)
	flags.Usage = func() {
		_, _ = fmt.Fprintf(flags.Output(), "%s: %s\n\nFlags:\n", name, c.Summary)
		flags.PrintDefaults()
	}
	execute := c.Prepare(flags)
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return ExitOK
	} else if err != nil {
		return ExitUsage
	}
	err := fmt.Errorf("%w: %q is not a flag", ErrUsage, flags.Arg(0))
	if flags.NArg() == 0 {
		err = execute(ctx, std)
	}
	switch {
	case errors.Is(err, ErrUsage):
		_, _ = fmt.Fprintf(std.Err, "%s: %v\nSee %s --help.\n", name, err, name)
		return ExitUsage
	case err != nil:
		_, _ = fmt.Fprintf(std.Err, "%s: %v\n", name, err)
		return ExitFailed
	}
	return ExitOK
}

func (p Program) usage(w io.Writer) {
	width := 0
	for _, c := range p.Commands {
		width = max(width, len(c.Name))
	}
	_, _ = fmt.Fprintf(w, "%s %s\n\nUsage: %s COMMAND [FLAGS]\n\n", p.Name, p.Summary, p.Name)
	for _, c := range p.Commands {
		_, _ = fmt.Fprintf(w, "  %-*s  %s\n", width, c.Name, c.Summary)
	}
	_, _ = fmt.Fprintf(w, "\n%s COMMAND --help shows the flags of a command.\n", p.Name)
}
