package testdb

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// childVariable makes the test binary start a private cluster, print its folder and wait to be killed.
const childVariable = "STELLWERK_TESTDB_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	os.Exit(m.Run())
}

func child() int {
	s, err := startServer(context.Background(), false)
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error())
		return 1
	}
	_, _ = os.Stdout.WriteString(s.dir + "\n")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// privateServer starts a private cluster whatever DATABASE_URL says. It returns nil on a machine without PostgreSQL's programs,
// where DATABASE_URL is what all other tests run on.
func privateServer(t *testing.T) *server {
	t.Helper()
	s, err := startServer(t.Context(), false)
	if errors.Is(err, ErrNoPrograms) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	return s
}

func mustExec(t *testing.T, address, statement string) {
	t.Helper()
	conn, err := connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), statement)
	if err := errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// runsOn returns the runs that have databases or roles on the server.
func runsOn(t *testing.T, s *server) []string {
	t.Helper()
	conn, err := connect(t.Context(), s.url().String())
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := conn.Query(t.Context(), `SELECT DISTINCT substr(name, 11, 8) FROM
		(SELECT datname AS name FROM pg_database UNION SELECT rolname FROM pg_roles) AS found WHERE starts_with(name, 'stellwerk_')`)
	runs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err := errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
	return runs
}

func TestAKilledProcessLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	if _, err := findPrograms(t.Context()); err != nil {
		return // nothing private to leave behind on this machine
	}
	// Every process below the child inherits this pipe, so its end is the end of them all.
	ended, inherited, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"=1")
	cmd.ExtraFiles = []*os.File{inherited}
	cmd.Stderr = os.Stderr
	input, inputErr := cmd.StdinPipe()
	output, outputErr := cmd.StdoutPipe()
	if err := errors.Join(inputErr, outputErr, cmd.Start(), inherited.Close()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = input.Close() }()
	line, err := bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatalf("the child did not start its cluster: %v", err)
	}
	dir := strings.TrimSpace(line)
	if _, err := os.Stat(filepath.Join(dir, ".s.PGSQL.5432")); err != nil {
		t.Fatalf("no socket in the cluster's folder: %v", err)
	}

	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()

	if _, err := io.Copy(io.Discard, ended); err != nil {
		t.Fatalf("wait for the server to end: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestSomeoneElsesServerIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	s := privateServer(t)
	if s == nil {
		return
	}
	mustExec(t, s.url().String(), "CREATE ROLE admin LOGIN CREATEROLE CREATEDB")
	admin := s.url()
	admin.User = url.User("admin")
	c, err := useServer(t.Context(), admin.String(), newRun())
	if err != nil {
		t.Fatal(err)
	}
	db, _, err := c.NewDatabase(t.Context(), "demo")
	if err != nil {
		t.Fatal(err)
	}
	mustExec(t, db.OwnerURL, "CREATE TABLE signals ()")

	if err := c.Close(); err != nil {
		t.Fatal(err)
	}

	if runs := runsOn(t, s); len(runs) != 0 {
		t.Errorf("left behind: %v", runs)
	}
}

func TestAKilledRunOnSomeoneElsesServerIsSweptByTheNext(t *testing.T) {
	t.Parallel()
	s := privateServer(t)
	if s == nil {
		return
	}
	start := func(run string) *Cluster {
		c, err := useServer(t.Context(), s.url().String(), run)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.NewDatabase(t.Context(), "demo"); err != nil {
			t.Fatal(err)
		}
		return c
	}
	killed, alive := start("dead0001"), start("fade0002")
	if err := killed.claim.Close(t.Context()); err != nil { // all that the server sees of a kill
		t.Fatal(err)
	}

	next := start("beef0003")

	if runs := runsOn(t, s); slices.Contains(runs, killed.run) || !slices.Contains(runs, alive.run) {
		t.Errorf("runs on the server: %v, want all but %s", runs, killed.run)
	}
	for _, c := range []*Cluster{alive, next} {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestAServerWithoutTheRightsIsRefusedByName(t *testing.T) {
	t.Parallel()
	s := privateServer(t)
	if s == nil {
		return
	}
	mustExec(t, s.url().String(), "CREATE ROLE clerk LOGIN CREATEDB")
	clerk := s.url()
	clerk.User = url.User("clerk")

	_, err := useServer(t.Context(), clerk.String(), newRun())

	if err == nil || !strings.Contains(err.Error(), `ALTER ROLE "clerk" CREATEROLE CREATEDB`) {
		t.Errorf("error is %v", err)
	}
}

func TestOnlyFoldersOfDeadProcessesAreSwept(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	folder := func(name string) string {
		dir := filepath.Join(parent, name)
		if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	dead, alive, other := folder(folderPrefix+"1"), folder(folderPrefix+"2"), folder("other")
	lock, err := lockFolder(alive)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()

	sweepFolders(parent, time.Now())
	if _, err := os.Stat(dead); err != nil {
		t.Errorf("a folder that was made just now is gone: %v", err)
	}
	sweepFolders(parent, time.Now().Add(2*staleAge))

	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dead process's folder is still there: %v", err)
	}
	for _, dir := range []string{alive, other} {
		if _, err := os.Stat(dir); err != nil {
			t.Errorf("swept too much: %v", err)
		}
	}
}

func TestAnotherUsersServerLivesWhereThatUserMayWrite(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for _, c := range []struct {
		name         string
		above, below os.FileMode
	}{
		{"closed above", 0o700, 0o777},
		{"not writable", 0o755, 0o755},
	} {
		dir := filepath.Join(parent, c.name, "tmp")
		err := errors.Join(os.MkdirAll(dir, 0o700), os.Chmod(filepath.Dir(dir), c.above), os.Chmod(dir, c.below))
		if err != nil {
			t.Fatal(err)
		}
		if openToAll(dir) {
			t.Errorf("%s: taken to be open to all", c.name)
		}
	}
	if !openToAll("/tmp") {
		t.Error("/tmp is taken to be closed")
	}
}
