// Command basim is a simulator of the Bundesagentur für Arbeit's file host for job ads (HR-BA-XML), for whoever writes software
// against that interface. See docs/simulator.md.
package main

import (
	"context"
	"os"
	// The BA's days begin and end in Berlin, also on machines without time zone data.
	_ "time/tzdata"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

func main() {
	std := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()}
	os.Exit(basimProgram().Run(context.Background(), os.Args[1:], std))
}

func basimProgram() cli.Program {
	return cli.Program{
		Name:    "basim",
		Summary: "simulates the file host of the Bundesagentur für Arbeit for job ads (HR-BA-XML).",
		Commands: []cli.Command{
			{Name: "serve", Summary: "run the simulated file host and its control port", Prepare: prepareServe},
			{Name: "issue", Summary: "make a partner and its certificate file (.p12)", Prepare: prepareIssue},
		},
	}
}
