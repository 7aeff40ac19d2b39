package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds everything that a test waits for; what it waits for normally takes a second.
const patience = 3 * time.Minute

// bin is where the real programs are built, once and when they are first needed.
var bin struct {
	dir   string
	build func() error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "stellwerk-bin-")
	// A program with the race detector lingers for a second when it ends, unless it is told not to.
	if err := errors.Join(err, os.Setenv("GORACE", "atexit_sleep_ms=0")); err != nil {
		panic(err)
	}
	bin.dir, bin.build = dir, sync.OnceValue(func() error { return build(dir) })
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// build builds both programs as the test itself was built: with the race detector or without.
func build(dir string) error {
	// The cache of `go test` only notices files that the test itself has looked at.
	if _, err := os.ReadDir(filepath.Join("..", "basim")); err != nil {
		return err
	}
	args := []string{"build", "-o", dir + "/"}
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		args = append(args, "-race")
	}
	if said, err := exec.CommandContext(context.Background(), "go", append(args, ".", "../basim")...).CombinedOutput(); err != nil {
		return fmt.Errorf("build the programs: %w\n%s", err, said)
	}
	return nil
}

// program returns the path of a real program.
func program(t *testing.T, name string) string {
	t.Helper()
	if err := bin.build(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(bin.dir, name)
}

// run is a run of the program as a process of its own, with a folder for temporary files that nobody else uses.
type run struct {
	t   *testing.T
	cmd *exec.Cmd
	// temp is the folder for temporary files.
	temp string
	// family ends when the process and everything that it started have ended: they all inherit the other end of the pipe.
	family *os.File
}

// newRun prepares a run with our own environment, but for Stellwerk's variables, and the given ones.
func newRun(t *testing.T, environ []string, args ...string) *run {
	t.Helper()
	r := &run{t: t, cmd: exec.CommandContext(context.WithoutCancel(t.Context()), program(t, "stellwerk"), args...), temp: t.TempDir()}
	own := slices.DeleteFunc(os.Environ(), func(pair string) bool { return strings.HasPrefix(pair, "STELLWERK_") })
	r.cmd.Env = slices.Concat(own, []string{"TMPDIR=" + r.temp}, environ)
	return r
}

// start starts the process; it is killed when the test ends, if it still runs.
func (r *run) start() {
	r.t.Helper()
	family, inherited, err := os.Pipe()
	if err != nil {
		r.t.Fatal(err)
	}
	r.family = family
	r.cmd.ExtraFiles = []*os.File{inherited}
	if err := errors.Join(r.cmd.Start(), inherited.Close()); err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		_ = r.cmd.Process.Kill()
		_ = r.cmd.Wait()
		_ = family.Close()
	})
}

// end waits for the process and returns its exit code, -1 when it was killed.
func (r *run) end() int {
	r.t.Helper()
	timer := time.AfterFunc(patience, func() { _ = r.cmd.Process.Kill() })
	defer timer.Stop()
	err := r.cmd.Wait()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		r.t.Fatal(err)
	}
	return r.cmd.ProcessState.ExitCode()
}

// expectNothingLeft waits until everything that the process started has ended, and looks for what it left behind.
func (r *run) expectNothingLeft(cluster string) {
	r.t.Helper()
	if err := r.family.SetReadDeadline(time.Now().Add(patience)); err != nil {
		r.t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r.family); err != nil {
		r.t.Errorf("a process still runs: %v", err)
	}
	if left, err := os.ReadDir(r.temp); err != nil || len(left) > 0 {
		r.t.Errorf("left in the folder for temporary files: %v (%v)", left, err)
	}
	if _, err := os.Stat(cluster); cluster != "" && !errors.Is(err, os.ErrNotExist) {
		r.t.Errorf("the folder of PostgreSQL is still there: %s (%v)", cluster, err)
	}
}

// clusterOf returns the folder of the private PostgreSQL that the program says it uses; empty for a server at DATABASE_URL.
func clusterOf(said string) string {
	_, folder, _ := strings.Cut(said, "private and throwaway, in ")
	folder, _, _ = strings.Cut(folder, "\n")
	return folder
}

// outcome is how a run ended, and what it said.
type outcome struct {
	code        int
	out, errOut string
}

// stellwerkRun runs the program to its end.
func stellwerkRun(t *testing.T, environ []string, args ...string) outcome {
	t.Helper()
	r := newRun(t, environ, args...)
	var out, errOut bytes.Buffer
	r.cmd.Stdout, r.cmd.Stderr = &out, &errOut
	r.start()
	code := r.end()
	return outcome{code, out.String(), errOut.String()}
}
