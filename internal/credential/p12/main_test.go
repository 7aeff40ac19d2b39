package p12_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
)

// The arguments with which the tests start this test binary as children that misbehave.
const (
	hangAtStart   = "hang-at-start"
	hangWhenReady = "hang-when-ready"
	dieWhenReady  = "die-when-ready"
	talkNonsense  = "talk-nonsense"
	talkTooMuch   = "talk-too-much"
	hogMemory     = "hog-memory"
	standBetween  = "stand-between"
)

// TestMain makes the test binary the child process that the real program is.
func TestMain(m *testing.M) {
	if len(os.Args) != 2 {
		os.Exit(runTests(m))
	}
	switch os.Args[1] {
	case p12.ChildArgument:
		os.Exit(p12.ChildMain(os.Stdin, os.Stdout))
	case hangAtStart:
		select {}
	case hangWhenReady:
		fmt.Println("ready")
		select {}
	case dieWhenReady:
		fmt.Println("ready")
		os.Exit(2)
	case talkNonsense:
		fmt.Println("ready")
		fmt.Println("nonsense")
	case talkTooMuch:
		fmt.Println("ready")
		for {
			if _, err := fmt.Println("more"); err != nil {
				os.Exit(3)
			}
		}
	case standBetween:
		os.Exit(measureChild())
	case hogMemory:
		os.Exit(p12.ChildMain(hog{}, os.Stdout))
	default:
		os.Exit(runTests(m))
	}
}

// betweenVariable tells a process that stands between the test and a child what the child is to do, and with _TIME for how long it may.
const betweenVariable = "STELLWERK_TEST_CHILD"

// measured is what such a process says of its child.
type measured struct {
	Computing, Wall time.Duration
	// Memory is in KiB.
	Memory   int64
	Answered bool
}

// measureChild runs a child and says what it used. The system counts for a child at least what the one had that started it, and this process
// has little, while the test has much under the race detector.
func measureChild() int {
	limit, err := time.ParseDuration(os.Getenv(betweenVariable + "_TIME"))
	if err != nil {
		return cannotMeasure(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], os.Getenv(betweenVariable))
	child.Env, child.Stdin = []string{"GOMAXPROCS=1"}, os.Stdin
	began := time.Now()
	if err := child.Run(); err != nil && child.ProcessState == nil {
		return cannotMeasure(err)
	}
	used, ok := child.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return cannotMeasure(fmt.Errorf("the system tells %T", child.ProcessState.SysUsage()))
	}
	err = json.NewEncoder(os.Stdout).Encode(measured{
		Computing: child.ProcessState.UserTime() + child.ProcessState.SystemTime(), Wall: time.Since(began),
		Memory: used.Maxrss, Answered: child.ProcessState.Success(),
	})
	if err != nil {
		return cannotMeasure(err)
	}
	return 0
}

func cannotMeasure(err error) int {
	_, _ = fmt.Fprintln(os.Stderr, err)
	return 1
}

// programs is the folder of what the tests build.
var programs string

// plain is this test as a program without the race detector, under which the limits of a child do not hold and everything takes longer.
var plain = sync.OnceValues(func() (string, error) {
	executable, err := os.Executable()
	info, ok := debug.ReadBuildInfo()
	if err != nil || !ok || !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return executable, err
	}
	name := filepath.Join(programs, "p12.test")
	said, err := exec.CommandContext(context.Background(), "go", "test", "-race=false", "-c", "-o", name, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the test without the race detector: %w\n%s", err, said)
	}
	return name, nil
})

func plainProgram(t *testing.T) string {
	t.Helper()
	name, err := plain()
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func runTests(m *testing.M) int {
	var err error
	if programs, err = os.MkdirTemp("", "stellwerk-p12-"); err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(programs) }()
	return m.Run()
}

// hog is a question whose reading takes 400 MiB of memory.
type hog struct{}

func (hog) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte("x"), 400<<20)), nil
}
