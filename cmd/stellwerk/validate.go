package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
)

// validation is what `stellwerk validate` is asked for.
type validation struct {
	at      time.Time
	catalog string
	json    bool
}

// prepareValidate exits with 0 for a valid file, with 1 for an invalid one and with 2 for one that cannot be read.
func prepareValidate(flags *flag.FlagSet) func(context.Context, cli.Streams) error {
	v := validation{at: time.Now()}
	flags.Func("at", "judge as of this `time`, RFC 3339 such as 2026-11-24T09:30:00+01:00; now by default", func(s string) error {
		var err error
		v.at, err = time.Parse(time.RFC3339, s)
		return err
	})
	flags.StringVar(&v.catalog, "catalog", "", "the BA's catalogue, a ZIP `file` of occupations and skills, or a CSV of occupations; by default the common ones that are built in")
	flags.BoolVar(&v.json, "json", false, "print one JSON object")
	return func(_ context.Context, std cli.Streams) error {
		name := flags.Arg(0)
		report, err := v.inspect(name)
		switch {
		case err != nil:
		case v.json:
			err = printJSON(std.Out, report)
		default:
			err = printFindings(std.Out, name, report)
		}
		switch {
		case err != nil:
			return cli.Exit{Code: cli.ExitUsage, Err: err}
		case !report.Valid():
			return cli.Exit{Code: cli.ExitFailed}
		}
		return nil
	}
}

// inspect reads and judges the file.
func (v validation) inspect(name string) (preflight.Report, error) {
	berlin, err := calendar.Berlin()
	if err != nil {
		return preflight.Report{}, err
	}
	facts := preflight.Facts{Today: calendar.On(v.at, berlin), Catalog: catalog.BuiltIn()}
	if v.catalog != "" {
		if facts.Catalog, facts.Skills, err = readCatalog(v.catalog); err != nil {
			return preflight.Report{}, fmt.Errorf("read catalogue: %w", err)
		}
	}
	file, size, err := openFile(name)
	if err != nil {
		return preflight.Report{}, err
	}
	defer func() { _ = file.Close() }()
	if size > preflight.MaxBytes {
		return preflight.Report{}, fmt.Errorf("%s: %w", name, preflight.ErrTooLarge)
	}
	report, err := preflight.File(file, filepath.Base(name), facts)
	if err != nil {
		return preflight.Report{}, fmt.Errorf("%s: %w", name, err)
	}
	return report, nil
}

// readCatalog reads the occupations and, from an archive that has them, the skills.
func readCatalog(name string) (*catalog.Catalog, *catalog.Skills, error) {
	file, size, err := openFile(name)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = file.Close() }()
	occupations, err := catalog.Read(file, size)
	if err != nil {
		return nil, nil, err
	}
	skills, err := catalog.ReadSkills(file, size)
	if errors.Is(err, catalog.ErrNoSkills) {
		return occupations, nil, nil
	}
	return occupations, skills, err
}

// openFile opens a file that is no folder, and returns its size.
func openFile(name string) (*os.File, int64, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := file.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder", name)
	}
	if err != nil {
		return nil, 0, errors.Join(err, file.Close())
	}
	return file, info.Size(), nil
}

// printJSON prints the report as one JSON object on a line of its own.
func printJSON(out io.Writer, report preflight.Report) error {
	answer := struct {
		Valid    bool                `json:"valid"`
		Findings []preflight.Finding `json:"findings"`
	}{report.Valid(), append([]preflight.Finding{}, report.Findings...)}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(answer); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	return nil
}

// printFindings prints one line for each finding, as compilers do, and a sentence about the file.
func printFindings(out io.Writer, name string, report preflight.Report) error {
	for _, f := range report.Findings {
		if _, err := fmt.Fprintf(out, "%s:%d: %s %s %s: %s\n", name, f.Line, f.Severity, f.Code, f.Path, f.Message); err != nil {
			return fmt.Errorf("print the report: %w", err)
		}
	}
	verdict := "is valid"
	if !report.Valid() {
		verdict = "is not valid"
	}
	found := plural(report.Errors, "error") + " and " + plural(report.Warnings, "warning")
	if report.Cut {
		found = "reading stopped after " + found
	}
	records := plural(report.Ads, "ad") + " and " + plural(report.Deletions, "deletion")
	if _, err := fmt.Fprintf(out, "%s %s: %s in %s.\n", name, verdict, found, records); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
