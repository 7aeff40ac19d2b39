package hrbaxml_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// ourXSD is the schema that is generated from the table.
const ourXSD = "xsd/stellwerk-p82.xsd"

// schemas returns our XSD and, where it lies beside the repository, the BA's own, which is not ours to pass on.
func schemas() []string {
	const baXSD = "../../../shared/ba/xsd/HRBAXML_JobPosting.xsd"
	if _, err := os.Stat(baXSD); err != nil {
		return []string{ourXSD}
	}
	return []string{ourXSD, baXSD}
}

// lintedAtOnce is how many documents go to one call of xmllint.
const lintedAtOnce = 1000

// lint lets libxml2 judge documents and returns which of them it takes, and what it said about each.
func lint(t *testing.T, xsd string, documents [][]byte) (valid []bool, said []string) {
	t.Helper()
	folder := t.TempDir()
	for chunk := range slices.Chunk(documents, lintedAtOnce) {
		args := []string{"--noout", "--huge", "--schema", xsd}
		for i, document := range chunk {
			path := filepath.Join(folder, fmt.Sprintf("%d.xml", i))
			if err := os.WriteFile(path, document, 0o600); err != nil {
				t.Fatal(err)
			}
			args = append(args, path)
		}
		var out bytes.Buffer
		command := exec.CommandContext(t.Context(), "xmllint", args...)
		command.Stderr = &out
		if err := command.Run(); err != nil && command.ProcessState == nil {
			t.Fatalf("xmllint (package libxml2-utils) cannot run: %v", err)
		}
		taken, words := verdicts(out.String(), len(chunk), folder)
		valid, said = append(valid, taken...), append(said, words...)
	}
	return valid, said
}

// verdicts sorts xmllint's lines by file. A file is valid if xmllint says so and nothing else of it.
func verdicts(out string, files int, folder string) (valid []bool, said []string) {
	valid, said = make([]bool, files), make([]string, files)
	for line := range strings.Lines(out) {
		var i int
		rest, ok := strings.CutPrefix(line, folder+string(filepath.Separator))
		if !ok {
			continue
		}
		if _, err := fmt.Sscanf(rest, "%d.xml", &i); err != nil {
			continue
		}
		if strings.HasSuffix(rest, ".xml validates\n") {
			valid[i] = said[i] == ""
			continue
		}
		said[i] += rest
	}
	return valid, said
}

func TestWrittenFilesAreValidUnderLibxml2(t *testing.T) {
	t.Parallel()
	documents := [][]byte{
		writeFile(t, hrbaxml.P82(), nil),
		writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()}),
		writeFile(t, hrbaxml.P82(), nil, "99001-OLD-S", "99001-OLDER-S"),
	}
	for variant := range variants {
		documents = append(documents, writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{fullAd(hrbaxml.P82(), variant), minimalAd()}, "99001-OLD-S"))
	}
	for _, xsd := range schemas() {
		valid, said := lint(t, xsd, documents)
		for i := range documents {
			if !valid[i] {
				t.Errorf("%s refuses document %d: %s", filepath.Base(xsd), i, said[i])
			}
		}
	}
}

func TestEveryElementAndCodeIsWritten(t *testing.T) {
	t.Parallel()
	type use struct {
		id    hrbaxml.ID
		value string
	}
	written := map[use]bool{}
	for variant := range variants {
		for _, n := range fullAd(hrbaxml.P82(), variant) {
			written[use{n.ID, ""}], written[use{n.ID, n.Text}] = true, true
		}
	}
	elements, codes := 0, 0
	for e := range hrbaxml.P82().Elements {
		if e.ID <= hrbaxml.Posting || e.ID >= hrbaxml.DeleteEntry {
			continue
		}
		elements++
		if !e.IsGroup() && !written[use{e.ID, ""}] {
			t.Errorf("%s is never written", e.Path)
		}
		for _, c := range e.Value.Codes {
			codes++
			if !written[use{e.ID, c.Value}] {
				t.Errorf("%s with %s (%s) is never written", e.Path, c.Value, c.Means)
			}
		}
	}
	t.Logf("%d elements of an ad and %d codes", elements, codes)
}

// TestOurXSDLoads tells a broken schema from a refused document.
func TestOurXSDLoads(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "xmllint", "--noout", "--schema", ourXSD, ourXSD).CombinedOutput()
	failure, ran := errors.AsType[*exec.ExitError](err)
	if !ran || failure.ExitCode() != 3 { // 3 says that the document, which is no ad, does not fit; 5 that the schema is broken.
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}
