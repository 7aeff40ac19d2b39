// Command libxml2bench judges one HR-BA-XML file with our checker and with libxml2, by our own XSD, and prints our part of libxml2's
// speed. It is a module of its own because it needs C and libxml2's headers; internal/tools/bench.sh runs it.
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
	"time"

	xsdvalidate "github.com/terminalstatic/go-xsd-validate"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// rounds is how often each of the two judges the file, in turns; medians are compared.
const rounds = 9

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
	ours, theirs, err := compare(
		func() error { return check(file) },
		func() error { return validator.ValidateMem(file, xsdvalidate.ValidErrDefault) },
	)
	if err != nil {
		return err
	}
	fmt.Printf("check a file: ours / libxml2 = %.2f (aim 0.4 or more); %.0f and %.0f MB/s on %.1f MB\n",
		theirs.Seconds()/ours.Seconds(), speed(file, ours), speed(file, theirs), float64(len(file))/1e6)
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

// compare returns the medians of how long two steps take, which are done in turns.
func compare(one, other func() error) (first, second time.Duration, err error) {
	var took [2][]time.Duration
	for range rounds {
		for i, step := range []func() error{one, other} {
			runtime.GC()
			began := time.Now()
			if err := step(); err != nil {
				return 0, 0, err
			}
			took[i] = append(took[i], time.Since(began))
		}
	}
	return median(took[0]), median(took[1]), nil
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// speed returns MB/s.
func speed(file []byte, took time.Duration) float64 { return float64(len(file)) / 1e6 / took.Seconds() }
