// Command suite runs the module's tests as `make test` does: all packages on one PostgreSQL cluster, in the words of plain
// `go test`, with a short sum at the end. Its arguments are those of `go test`.
//
//	suite [-no-skips] [-vault] -- -race ./...
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/secret/vaulttest"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
)

// interruptGrace is how long the tests have to end after an interrupt before they are killed.
const interruptGrace = 10 * time.Second

func main() {
	noSkips := flag.Bool("no-skips", false, "fail when a test was skipped")
	vault := flag.Bool("vault", false, "build the Vault to test against beforehand, so that no test has to wait for it")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	var err error
	if *vault {
		_, err = vaulttest.Build(ctx, os.Stdout)
	}
	if err == nil {
		err = run(ctx, os.Stdout, *noSkips, flag.Args())
	}
	stop()
	if err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "suite: %v\n", err)
		os.Exit(1)
	}
}

// run starts the cluster, runs the tests on it, and closes it however they end.
func run(ctx context.Context, out io.Writer, noSkips bool, args []string) (err error) {
	cluster, err := testdb.StartCluster(ctx, testdb.Options{Log: out})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cluster.Close()) }()
	started := time.Now()
	sum, err := runTests(ctx, ".", out, cluster.Environ(), args)
	sum.print(out, time.Since(started))
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted")
	case err != nil:
		return err
	case noSkips && len(sum.skipped) > 0:
		return errors.New("tests were skipped, and none may be")
	}
	return nil
}

// runTests runs `go test` in a folder, with additional variables, and sums up what it reports.
func runTests(ctx context.Context, dir string, out io.Writer, environ, args []string) (summary, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"test", "-json"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), environ...)
	cmd.Stderr = os.Stderr
	// A group of its own, so that an interrupt reaches the test processes too and not `go` alone.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = interruptGrace
	events, err := cmd.StdoutPipe()
	if err != nil {
		return summary{}, fmt.Errorf("run go test: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return summary{}, fmt.Errorf("run go test: %w", err)
	}
	sum, readErr := report(events, out)
	if err := cmd.Wait(); err != nil {
		return sum, fmt.Errorf("go test: %w", err)
	}
	if readErr != nil {
		return sum, fmt.Errorf("read the report of go test: %w", readErr)
	}
	return sum, nil
}
