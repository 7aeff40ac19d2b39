//go:build linux && !race

package p12_test

import (
	"os"
	"os/exec"
	"testing"
)

// TestAChildThatTakesTooMuchMemoryDies runs without the race detector only, under which there is no limit.
func TestAChildThatTakesTooMuchMemoryDies(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), executable, hogMemory)

	out, err := child.Output()

	// Go's runtime ends with 2 where memory fails; a child that only dislikes the question ends with 1.
	if child.ProcessState.ExitCode() != 2 || len(out) > 0 {
		t.Errorf("it ended with %v and said %.300q", err, out)
	}
}
