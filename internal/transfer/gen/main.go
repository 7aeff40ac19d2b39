// Command gen writes docs/ad-life.md.
package main

import (
	"fmt"
	"os"

	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: gen FILE")
		os.Exit(2)
	}
	if err := os.WriteFile(os.Args[1], []byte(transfer.LifeMarkdown()), 0o644); err != nil { //nolint:gosec // documentation is for everybody
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
