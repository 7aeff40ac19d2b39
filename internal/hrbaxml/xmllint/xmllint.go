// Package xmllint lets libxml2 judge documents in tests, as a second opinion that is not ours.
package xmllint

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// atOnce is how many documents go to one call of the program, whose arguments are bounded.
const atOnce = 1000

// Judge returns which of the documents libxml2 takes under the schema in the file xsd, and what it said about each. It writes the
// documents into the folder, a test's own, and needs the program xmllint (package libxml2-utils).
func Judge(ctx context.Context, folder, xsd string, documents [][]byte) (valid []bool, said []string, err error) {
	for chunk := range slices.Chunk(documents, atOnce) {
		args := []string{"--noout", "--huge", "--schema", xsd}
		for i, document := range chunk {
			path := filepath.Join(folder, fmt.Sprintf("%d.xml", i))
			if err := os.WriteFile(path, document, 0o600); err != nil {
				return nil, nil, err
			}
			args = append(args, path)
		}
		var out bytes.Buffer
		command := exec.CommandContext(ctx, "xmllint", args...)
		command.Stderr = &out
		// A refused document makes the program fail; a verdict on every document does not depend on that.
		if err := command.Run(); err != nil && command.ProcessState == nil {
			return nil, nil, fmt.Errorf("xmllint (package libxml2-utils) cannot run: %w", err)
		}
		taken, words := verdicts(out.String(), len(chunk), folder)
		valid, said = append(valid, taken...), append(said, words...)
	}
	return valid, said, nil
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
		if _, err := fmt.Sscanf(rest, "%d.xml", &i); err != nil || i >= files {
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
