package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// event is one line of `go test -json`; see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
}

// summary counts what happened. Subtests belong to their test and are not counted.
type summary struct {
	tests, failed, packages int
	// untested are the packages without tests, broken those that failed, be it without a failed test.
	untested, broken []string
	// skipped are the tests that were skipped, subtests too.
	skipped []string
}

// print writes the sum as the last lines of a run.
func (s summary) print(out io.Writer, took time.Duration) {
	for _, name := range s.skipped {
		_, _ = fmt.Fprintf(out, "skipped: %s\n", name)
	}
	if len(s.untested) > 0 {
		_, _ = fmt.Fprintf(out, "without tests: %s\n", strings.Join(s.untested, ", "))
	}
	if len(s.broken) > 0 {
		_, _ = fmt.Fprintf(out, "failed: %s\n", strings.Join(s.broken, ", "))
	}
	_, _ = fmt.Fprintf(out, "%d tests in %d packages: %d failed, %d skipped, %.1f s\n",
		s.tests, s.packages, s.failed, len(s.skipped), took.Seconds())
}

// proofMark begins what a test prints, on its standard output, to be seen even when it passes: what a proof that counts has counted.
const proofMark = "proof: "

// reporter turns events back into what plain `go test` prints: a line per package, and all that a failed one said; and the proofs.
type reporter struct {
	out io.Writer
	sum summary
	// said is what each test (by package and name), and each package outside its tests, has said so far.
	said map[place][]string
}

type place struct{ pkg, test string }

// report reads the events of `go test -json` until they end, and prints them to out as they come.
func report(events io.Reader, out io.Writer) (summary, error) {
	r := reporter{out: out, said: make(map[place][]string)}
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			r.line(line)
		}
		if err == io.EOF {
			return r.sum, nil
		}
		if err != nil {
			return r.sum, err
		}
	}
}

func (r *reporter) line(line string) {
	var e event
	if json.Unmarshal([]byte(line), &e) != nil {
		r.print(line)
		return
	}
	at := place{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		r.print(e.Output)
	case "output":
		if strings.HasPrefix(e.Output, proofMark) {
			r.print(e.Output)
			return
		}
		if !strings.HasPrefix(e.Output, "=== ") {
			r.said[at] = append(r.said[at], e.Output)
		}
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(e)
		}
		delete(r.said, at)
	}
}

// endTest counts a test and prints what it said if it failed.
func (r *reporter) endTest(e event) {
	top := !strings.Contains(e.Test, "/")
	if top {
		r.sum.tests++
	}
	switch e.Action {
	case "fail":
		if top {
			r.sum.failed++
		}
		r.print(r.said[place{e.Package, e.Test}]...)
	case "skip":
		r.sum.skipped = append(r.sum.skipped, e.Package+" "+e.Test)
	}
}

// endPackage prints a package's closing line, and if it failed all that it said and that its unfinished tests said.
func (r *reporter) endPackage(e event) {
	said := r.said[place{pkg: e.Package}]
	switch e.Action {
	case "fail":
		r.sum.packages++
		r.sum.broken = append(r.sum.broken, e.Package)
		for at, lines := range r.said {
			if at.pkg == e.Package && at.test != "" {
				r.print(lines...)
				delete(r.said, at)
			}
		}
		r.print(said...)
	case "pass":
		r.sum.packages++
		r.print(closingLine(said))
	case "skip":
		r.sum.untested = append(r.sum.untested, e.Package)
	}
}

// closingLine returns the line that plain `go test` prints for a package that passed: its last.
func closingLine(said []string) string {
	if len(said) == 0 {
		return ""
	}
	return said[len(said)-1]
}

func (r *reporter) print(lines ...string) {
	for _, line := range lines {
		_, _ = io.WriteString(r.out, line)
	}
}
