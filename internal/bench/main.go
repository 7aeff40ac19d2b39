// Command bench measures what only whole files and a real database show; internal/tools/bench.sh runs it.
//
//	bench sample FILE   writes 2,000 ads, for the benchmark of checking
//	bench memory        prints how much memory the process takes on while 100,000 ads stream from the database into a file
//	bench transfers     prints how soon a saved change is at the BA, how many transfers workers bring there in a second, and how much
//	                    memory it takes on to bring the ads of an account with 100,000 of them there
//	bench requests      prints how fast ads are created and listed over HTTP, beside the same statements sent by pgx alone
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == p12.ChildArgument {
		os.Exit(p12.ChildMain(os.Stdin, os.Stdout))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "bench: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	switch {
	case len(args) == 2 && args[0] == "sample":
		return writeSample(args[1])
	case len(args) == 1 && args[0] == "memory":
		return measureMemory(ctx)
	case len(args) == 1 && args[0] == "requests":
		return measureRequests(ctx)
	case len(args) == 3 && args[0] == streamCommand:
		return streamAsChild(ctx, args[1], args[2])
	case len(args) == 1 && args[0] == "transfers":
		return measureTransfers(ctx)
	case len(args) == 1 && args[0] == sendCommand:
		return sendAsChild(ctx)
	}
	return fmt.Errorf("usage: bench sample FILE | bench memory | bench transfers | bench requests")
}
