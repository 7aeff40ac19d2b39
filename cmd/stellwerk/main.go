// Command stellwerk publishes employers' job ads on the job portal of the Bundesagentur für Arbeit. `stellwerk` alone prints its commands.
package main

import (
	"context"
	"os"
	// "Today" in every rule is the date in Germany, also on machines without time zone data.
	_ "time/tzdata"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
)

func main() {
	// The program is its own child when a .p12 file is opened; see package p12.
	if len(os.Args) == 2 && os.Args[1] == p12.ChildArgument {
		os.Exit(p12.ChildMain(os.Stdin, os.Stdout))
	}
	std := cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Environ: os.Environ()}
	os.Exit(stellwerk().Run(context.Background(), os.Args[1:], std))
}

func stellwerk() cli.Program {
	return cli.Program{
		Name:    "stellwerk",
		Summary: "publishes job ads on the job portal of the Bundesagentur für Arbeit, each employer with its own certificate.",
		Commands: []cli.Command{
			{Name: "serve", Summary: "answer the REST API", Prepare: prepareServe},
			{Name: "work", Summary: "send ads to the BA and read its answers", Prepare: prepareWork},
			{Name: "migrate", Summary: "bring the database to the newest schema", Prepare: prepareMigrate},
			{Name: "token create", Summary: "make an operator's API token and print it, this once", Prepare: prepareTokenCreate},
			{Name: "validate", Args: "FILE", Summary: "judge an HR-BA-XML file offline, before the BA does", Prepare: prepareValidate},
			{Name: "p12 inspect", Args: "FILE", Summary: "judge a certificate file as an upload would, offline", Prepare: prepareInspectP12},
			{Name: "demo", Summary: "show the whole way of some ads, with a private database and a simulated BA", Prepare: prepareDemo},
			{Name: "dev", Summary: "the same, left running to try things in", Prepare: prepareDev},
		},
	}
}
