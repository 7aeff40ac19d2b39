package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// processing is how long the simulated BA lets a file lie.
	processing = 300 * time.Millisecond
	// simulatorReady bounds the simulator's start.
	simulatorReady = 20 * time.Second
	// simulatorEnd is how long the simulator may take to end.
	simulatorEnd = 5 * time.Second
)

// guardScript runs the simulator in a new folder and removes the folder when the simulator has ended. That is when standard input closes,
// whose other end is open in this process and nowhere else: when this process closes it, exits or is killed.
const guardScript = `mkdir -m 700 "$2" || exit
"$1" serve --dir "$2/ba" --listen 127.0.0.1:0 --control 127.0.0.1:0 --delay "$3" --until-stdin-closes
ended=$?
rm -rf "$2"
exit "$ended"`

// simulator is the simulated BA as a process of its own, and the folder in which it and the world keep what they have.
type simulator struct {
	// program is basim, folder the world's folder.
	program, folder string
	guard           *exec.Cmd
	lifeline        io.Closer
	complaints      bytes.Buffer
	// ended is closed when the simulator has ended, by our will or its own.
	ended chan struct{}
	// at is the line that basim printed when it was ready.
	at struct {
		URL     string `json:"url"`
		Control string `json:"control"`
		CAFile  string `json:"ca_file"`
	}
}

// findSimulator returns the path of basim, which stands beside our own program.
func findSimulator() (string, error) {
	own, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find our own program: %w", err)
	}
	program := filepath.Join(filepath.Dir(own), "basim")
	if _, err := os.Stat(program); err != nil {
		return "", fmt.Errorf("the simulator is not beside the program (%s): `make demo` builds both", program)
	}
	return program, nil
}

// startSimulator starts basim, by its path, in a new folder. Close it.
func startSimulator(ctx context.Context, program string) (*simulator, error) {
	s := &simulator{program: program, folder: filepath.Join(os.TempDir(), "stellwerk-demo-"+rand.Text()), ended: make(chan struct{})}
	s.guard = exec.CommandContext(context.WithoutCancel(ctx), "/bin/sh", "-c", guardScript, "guard", s.program, s.folder, processing.String())
	// Out of reach of the terminal's signals: it ends after everything that uses it.
	s.guard.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	s.guard.Stderr = &s.complaints
	s.guard.WaitDelay = simulatorEnd
	stdout, err := s.guard.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	if s.lifeline, err = s.guard.StdinPipe(); err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	if err := s.guard.Start(); err != nil {
		return nil, fmt.Errorf("start the simulator: %w", err)
	}
	if err := s.awaitReady(stdout); err != nil {
		return nil, fmt.Errorf("start the simulator: %w", errors.Join(err, s.close()))
	}
	return s, nil
}

// awaitReady reads the line that says where the simulator can be reached.
func (s *simulator) awaitReady(stdout io.Reader) error {
	timer := time.AfterFunc(simulatorReady, s.kill)
	defer timer.Stop()
	lines := bufio.NewReader(stdout)
	line, err := lines.ReadBytes('\n')
	go func() {
		_, _ = io.Copy(io.Discard, lines)
		close(s.ended)
	}()
	if err != nil {
		return fmt.Errorf("it was not ready: %w", err)
	}
	return json.Unmarshal(line, &s.at)
}

// close ends the simulator and removes the folder. The error holds what the simulator complained about.
func (s *simulator) close() error {
	_ = s.lifeline.Close()
	timer := time.AfterFunc(simulatorEnd, s.kill)
	defer timer.Stop()
	<-s.ended
	err := s.guard.Wait()
	if err != nil {
		err = fmt.Errorf("end the simulator: %w: %s", err, s.complaints.String())
	}
	// The guard has done it, unless it was killed.
	return errors.Join(err, os.RemoveAll(s.folder))
}

// kill ends guard and simulator at once; they are a group of their own.
func (s *simulator) kill() { _ = syscall.Kill(-s.guard.Process.Pid, syscall.SIGKILL) }

// path returns where something is kept in the world's folder.
func (s *simulator) path(name string) string { return filepath.Join(s.folder, name) }

// issue lets the simulated BA make an employer's certificate, as the real one mails it.
func (s *simulator) issue(ctx context.Context, e employer) (p12File []byte, err error) {
	out := s.path(e.SupplierID + ".p12")
	command := exec.CommandContext(ctx, s.program, "issue", "--dir", s.path("ba"), "--supplier", e.SupplierID, "--alliance", e.Alliance,
		"--kundennummer", e.Kundennummer, "--name", e.Name, "--pin", e.PIN, "--out", out)
	if said, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("issue a certificate: %w: %s", err, said)
	}
	file, err := os.ReadFile(out)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	return file, nil
}
