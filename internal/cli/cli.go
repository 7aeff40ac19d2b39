// Package cli is the command line of our programs: one table of commands over package flag.
package cli

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
)

// The exit codes of every program.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// ErrUsage marks an error that the command line caused.
var ErrUsage = errors.New("wrong usage")

// Exit is the error of a command that chooses its exit code itself.
type Exit struct {
	Code int
	// Err is told to the user; nil when the command has said everything.
	Err error
}

// Error returns what the user is told.
func (e Exit) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("exit code %d", e.Code)
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e Exit) Unwrap() error { return e.Err }

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
	// Args names what must follow beside flags, in the words of the usage, such as "FILE". The flags may stand before, between and
	// after; the command finds its arguments in the flag set.
	Args string
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
		_, _ = fmt.Fprintf(flags.Output(), "%s: %s\n\n", name, c.Summary)
		if c.Args != "" {
			_, _ = fmt.Fprintf(flags.Output(), "Usage: %s [FLAGS] %s\n\n", name, c.Args)
		}
		_, _ = fmt.Fprintln(flags.Output(), "Flags:")
		flags.PrintDefaults()
	}
	execute := c.Prepare(flags)
	if err := parse(flags, args); errors.Is(err, flag.ErrHelp) {
		return ExitOK
	} else if err != nil {
		return ExitUsage
	}
	err := c.checkArgs(flags)
	if err == nil {
		err = execute(ctx, std)
	}
	exit, chosen := errors.AsType[Exit](err)
	switch {
	case errors.Is(err, ErrUsage):
		_, _ = fmt.Fprintf(std.Err, "%s: %v\nSee %s --help.\n", name, err, name)
		return ExitUsage
	case chosen:
		if exit.Err != nil {
			_, _ = fmt.Fprintf(std.Err, "%s: %v\n", name, err)
		}
		return exit.Code
	case err != nil:
		_, _ = fmt.Fprintf(std.Err, "%s: %v\n", name, err)
		return ExitFailed
	}
	return ExitOK
}

// parse reads the flags wherever they stand, and leaves the other arguments in the flag set. After -- nothing is a flag.
func parse(flags *flag.FlagSet, args []string) error {
	var others []string
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return err
		}
		rest := flags.Args()
		if read := len(args) - len(rest); read > 0 && args[read-1] == "--" {
			others = append(others, rest...)
			break
		}
		if len(rest) == 0 {
			break
		}
		others, args = append(others, rest[0]), rest[1:]
	}
	return flags.Parse(append([]string{"--"}, others...))
}

// checkArgs fails when the arguments beside flags are not those that the command asks for.
func (c Command) checkArgs(flags *flag.FlagSet) error {
	wanted := strings.Fields(c.Args)
	switch n := flags.NArg(); {
	case n > len(wanted):
		return fmt.Errorf("%w: %q is not a flag and nothing else is expected", ErrUsage, flags.Arg(len(wanted)))
	case n < len(wanted):
		return fmt.Errorf("%w: %s is missing", ErrUsage, wanted[n])
	}
	return nil
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
