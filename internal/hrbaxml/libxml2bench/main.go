// Command libxml2bench judges one HR-BA-XML file with libxml2 by our own XSD, and prints how many times as fast our two checks are per
// byte of it: that of the file, and that of the postings which become it. It is a module of its own because it needs C and libxml2's
// headers; internal/tools/bench.sh runs it.
//
//	libxml2bench FILE XSD
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	xsdvalidate "github.com/terminalstatic/go-xsd-validate"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// rounds is how often each judges the file, in turns; medians are compared.
const rounds = 15

// today is the day for which the sample file is written.
var today = calendar.Date{Year: 2026, Month: time.November, Day: 24}

func main() {
	if err := run(os.Args[1:]); err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "libxml2bench: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("usage: libxml2bench FILE XSD")
	}
	file, err := os.ReadFile(args[0]) //nolint:gosec // the caller names the file
	if err != nil {
		return err
	}
	schema, err := os.ReadFile(args[1]) //nolint:gosec // the caller names the file
	if err != nil {
		return err
	}
	if err := xsdvalidate.Init(); err != nil {
		return fmt.Errorf("start libxml2: %w", err)
	}
	defer xsdvalidate.Cleanup()
	validator, err := xsdvalidate.NewXsdHandlerMem(schema, xsdvalidate.ParsErrDefault)
	if err != nil {
		return fmt.Errorf("read schema: %w", err)
	}
	defer validator.Free()
	contents, err := contentsOf(file)
	if err != nil {
		return err
	}
	took, err := compare(
		func() error { return validator.ValidateMem(file, xsdvalidate.ValidErrDefault) },
		func() error { return check(file) },
		func() error { return checkAll(contents) },
	)
	if err != nil {
		return err
	}
	libxml2, ofFile, ofPostings := speed(file, took[0]), speed(file, took[1]), speed(file, took[2])
	fmt.Printf("check a file: our speed / libxml2's = %.2f (aim 0.4 or more); %.0f and %.0f MB/s on %.1f MB\n",
		ofFile/libxml2, ofFile, libxml2, float64(len(file))/1e6)
	fmt.Printf("check a posting: our speed / that of libxml2 on its XML = %.2f (aim 3.0 or more); %.0f and %.0f MB/s, %.0f allocations per clean ad\n",
		ofPostings/libxml2, ofPostings, libxml2, testing.AllocsPerRun(rounds, func() { err = errors.Join(err, checkAll(contents)) })/float64(len(contents)))
	return err
}

// contentsOf reads the postings that became the ads of a file.
func contentsOf(file []byte) ([]posting.Content, error) {
	var contents []posting.Content
	_, err := hrbaxml.Read(bytes.NewReader(file), hrbaxml.P82(), hrbaxml.Limits{}, hrbaxml.Visitor{Ad: func(record hrbaxml.AdRecord) error {
		content, err := posting.Decode(record.Ad)
		contents = append(contents, content)
		return err
	}})
	return contents, err
}

// checkAll checks postings as saving does: limits of the schema, all rules, warnings. Like libxml2, it has to find nothing.
func checkAll(contents []posting.Content) error {
	for i := range contents {
		if found := posting.Check(&contents[i], today, hrbaxml.P82(), "Muster Pflege gGmbH"); len(found) > 0 {
			return fmt.Errorf("posting %d: %s at %s: %s", i, found[0].Code, found[0].Pointer, found[0].Text.EN)
		}
	}
	return nil
}

// check judges the file with our checker. Like libxml2, it has to find nothing.
func check(file []byte) error {
	report, err := hrbaxml.Check(bytes.NewReader(file), hrbaxml.P82(), hrbaxml.Limits{})
	if err == nil && !report.Valid() {
		err = &report.Violations[0]
	}
	return err
}

// compare returns the medians of the processor time that steps take, which are done in turns. It counts all threads, those that collect
// garbage too, and not what else the machine does.
func compare(steps ...func() error) ([]time.Duration, error) {
	took := make([][]time.Duration, len(steps))
	for range rounds {
		for i, step := range steps {
			runtime.GC()
			began, err := processorTime()
			if err != nil {
				return nil, err
			}
			if err := step(); err != nil {
				return nil, err
			}
			ended, err := processorTime()
			if err != nil {
				return nil, err
			}
			took[i] = append(took[i], ended-began)
		}
	}
	medians := make([]time.Duration, len(steps))
	for i, times := range took {
		medians[i] = median(times)
	}
	return medians, nil
}

// processorTime returns how long the process and the kernel for it have worked so far.
func processorTime() (time.Duration, error) {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return 0, fmt.Errorf("read the processor time: %w", err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()), nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// speed returns MB for each second of processor time.
func speed(file []byte, took time.Duration) float64 { return float64(len(file)) / 1e6 / took.Seconds() }
