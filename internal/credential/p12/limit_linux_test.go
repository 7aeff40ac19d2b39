//go:build linux && !race

package p12_test

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestAChildThatTakesTooMuchMemoryDies runs without the race detector only, under which there is no limit.
func TestAChildThatTakesTooMuchMemoryDies(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	child := exec.CommandContext(t.Context(), executable, hogMemory)
	child.Stderr = &said

	err = child.Run()

	if err == nil || !strings.Contains(said.String(), "memory") {
		t.Errorf("it ended with %v and said %.300q", err, said.String())
	}
}
