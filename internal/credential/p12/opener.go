package p12

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/secret"
)

// ChildArgument is the argument with which the program is to call ChildMain and nothing else.
const ChildArgument = "p12-child"

// Limits on the children.
const (
	defaultTimeout = 5 * time.Second
	maxChildren    = 2
	// maxPIN is far beyond every PIN, in bytes.
	maxPIN = 1024
	// maxAnswer is far beyond what a file of MaxFile bytes can decode to.
	maxAnswer = 1 << 20
	// killGrace is how long pipes may stay open after the kill.
	killGrace = time.Second
)

// Options says how children are started.
type Options struct {
	// Executable is the program to start; empty is the running one.
	Executable string
	// Argument is the one argument that makes Executable call ChildMain; empty is ChildArgument.
	Argument string
	// Timeout is how long one file may take; zero is 5 seconds.
	Timeout time.Duration
}

// Opener opens files, two at a time and one per tenant, so that one tenant's hostile files cannot keep the others waiting. It is
// safe for concurrent use.
type Opener struct {
	executable string
	argument   string
	timeout    time.Duration
	slots      *slots
}

// NewOpener returns an opener.
func NewOpener(opts Options) (*Opener, error) {
	opener := &Opener{
		executable: opts.Executable,
		argument:   opts.Argument,
		timeout:    opts.Timeout,
		slots:      newSlots(maxChildren),
	}
	if opener.executable == "" {
		executable, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find our own program: %w", err)
		}
		opener.executable = executable
	}
	if opener.argument == "" {
		opener.argument = ChildArgument
	}
	if opener.timeout == 0 {
		opener.timeout = defaultTimeout
	}
	return opener, nil
}

// Open opens a file for a tenant, which may be any name that groups the callers. A file that is not good is a fault of one of this
// package's codes; every other error is ours. No error holds the PIN or anything of the file.
func (o *Opener) Open(ctx context.Context, tenant string, file []byte, pin secret.Secret) (*Opened, error) {
	switch {
	case len(file) == 0:
		return nil, Empty.New(nil)
	case len(file) > MaxFile:
		return nil, TooLarge.New(nil)
	}
	word := pin.Reveal()
	if len(word) > maxPIN {
		return nil, WrongPIN.New(nil)
	}
	if err := o.slots.acquire(ctx, tenant); err != nil {
		return nil, fmt.Errorf("open .p12: wait for a turn: %w", err)
	}
	defer o.slots.release(tenant)
	found, err := o.ask(ctx, request{File: file, PIN: string(word)})
	if err != nil {
		return nil, fmt.Errorf("open .p12: %w", err)
	}
	return found.opened()
}

// ask has a child decode the file.
func (o *Opener) ask(ctx context.Context, req request) (response, error) {
	question, err := json.Marshal(req)
	if err != nil {
		return response{}, errors.New("write the question to the child")
	}
	childCtx, cancel := context.WithTimeout(ctx, o.timeout)
	defer cancel()
	out := &cappedBuffer{limit: maxAnswer}
	child := exec.CommandContext(childCtx, o.executable, o.argument)
	child.Stdin = bytes.NewReader(question)
	child.Stdout = out
	child.Env = childEnvironment()
	child.WaitDelay = killGrace
	runErr := child.Run()

	answer, ready := bytes.CutPrefix(out.buffer.Bytes(), []byte(readyLine))
	switch {
	case ctx.Err() != nil:
		return response{}, context.Cause(ctx)
	case !ready:
		// It never came to the file, so the file is not to blame.
		return response{}, fmt.Errorf("start the child process: %w", errors.Join(runErr, childCtx.Err()))
	case childCtx.Err() != nil, runErr != nil && cpuTime(child) >= defaultTimeout:
		// Its time was up, or it died of its limit on computing.
		return response{Code: HostileIterations.Name}, nil
	case runErr != nil:
		// It had read the file and died of it: of too much memory or a panic.
		return response{Code: Corrupt.Name}, nil
	}
	var found response
	if err := json.Unmarshal(answer, &found); err != nil {
		return response{}, errors.New("read the child's answer: not what a child says")
	}
	return found, nil
}

// cpuTime is how long a child that has ended was computing.
func cpuTime(child *exec.Cmd) time.Duration {
	return child.ProcessState.UserTime() + child.ProcessState.SystemTime()
}

// opened turns a child's answer into what the caller gets.
func (r response) opened() (*Opened, error) {
	if r.Code != "" {
		for _, code := range Codes() {
			if code.Name == r.Code {
				return nil, code.New(nil)
			}
		}
		return nil, fmt.Errorf("open .p12: the child says %q", r.Code)
	}
	leaf, err := x509.ParseCertificate(r.Leaf)
	if err != nil {
		return nil, fmt.Errorf("open .p12: parse certificate: %w", err)
	}
	opened := &Opened{Leaf: leaf, Key: secret.New(r.Key)}
	for _, der := range r.Chain {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("open .p12: parse certificate of the chain: %w", err)
		}
		opened.Chain = append(opened.Chain, cert)
	}
	return opened, nil
}

// cappedBuffer keeps what is written to it and fails beyond a limit.
type cappedBuffer struct {
	buffer bytes.Buffer
	limit  int
}

// Write keeps p, or fails if that would be too much.
func (b *cappedBuffer) Write(p []byte) (int, error) {
	if b.buffer.Len()+len(p) > b.limit {
		return 0, errors.New("the child says too much")
	}
	return b.buffer.Write(p)
}
