package testdb

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// startTimeout bounds the making and starting of a private cluster; it takes about a second.
const startTimeout = 5 * time.Minute

// folderPrefix begins the name of every private cluster's folder.
const folderPrefix = "stellwerk-pg-"

// staleAge is how old the folder of a dead process must be before it is swept: long enough for a process that has just made its
// folder to lock it.
const staleAge = time.Minute

// guardScript ends the cluster when its standard input does. The other end of that pipe is open in the process that started the
// cluster and nowhere else, so the input ends when that process closes it, exits, or is killed.
const guardScript = `cat >/dev/null
"$1/pg_ctl" -D "$2/data" -m immediate -t 20 stop
rm -rf "$2"`

// server is a private PostgreSQL cluster that listens on a socket in its own folder and nowhere else.
type server struct {
	programs programs
	// dir is the folder: the socket, the log, and the data below it.
	dir string
	// account is the user that the server runs as; nil means the user of this process.
	account *syscall.Credential
	// lock is the open folder; the lock on it tells other processes that the folder is in use.
	lock *os.File
	// guard runs guardScript, and lifeline is its standard input.
	guard    *exec.Cmd
	lifeline *os.File
}

// startServer makes a cluster in a new folder and waits until it answers. Durable is as in Options.
func startServer(ctx context.Context, durable bool) (*server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	found, err := findPrograms(ctx)
	if err != nil {
		return nil, err
	}
	account, err := serverAccount()
	if err != nil {
		return nil, err
	}
	parent := folderParent(account != nil)
	sweepFolders(parent, time.Now())
	s := &server{programs: found, account: account}
	if err := s.makeFolder(parent); err != nil {
		return nil, err
	}
	if err := s.startGuard(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir), s.lock.Close())
	}
	if err := s.initAndStart(ctx, durable); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// url returns the address of the cluster's superuser, who needs no password: only this user can reach the socket.
func (s *server) url() *url.URL {
	query := url.Values{"host": {s.dir}, "port": {"5432"}, "sslmode": {"disable"}}
	return &url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: encode(query)}
}

// close ends the server and removes its folder, which is the guard's work.
func (s *server) close() error {
	_ = s.lifeline.Close()
	err := s.guard.Wait()
	_ = s.lock.Close()
	if err != nil {
		return fmt.Errorf("stop the private PostgreSQL in %s: %w", s.dir, err)
	}
	return nil
}

// makeFolder makes and locks the folder, and gives it to the user of the server.
func (s *server) makeFolder(parent string) error {
	dir, err := os.MkdirTemp(parent, folderPrefix)
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	s.dir = dir
	s.lock, err = lockFolder(dir)
	if err == nil && s.account != nil {
		// The group stays ours, and so reaches the socket.
		err = errors.Join(os.Chown(dir, int(s.account.Uid), os.Getgid()), os.Chmod(dir, 0o750)) //nolint:gosec // the group is ours
	}
	if err != nil {
		return errors.Join(fmt.Errorf("prepare the folder %s: %w", dir, err), os.RemoveAll(dir))
	}
	return nil
}

// startGuard starts the process that cleans up, before there is anything to clean up.
func (s *server) startGuard(ctx context.Context) error {
	input, lifeline, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("make the guard's pipe: %w", err)
	}
	defer func() { _ = input.Close() }()
	// The guard outlives ctx, which bounds the start only.
	s.guard = s.command(context.WithoutCancel(ctx), "/bin/sh", "-c", guardScript, "guard", s.programs.dir, s.dir)
	s.guard.Stdin = input
	if err := s.guard.Start(); err != nil {
		return errors.Join(fmt.Errorf("start the guard: %w", err), lifeline.Close())
	}
	s.lifeline = lifeline
	return nil
}

func (s *server) initAndStart(ctx context.Context, durable bool) error {
	data := filepath.Join(s.dir, "data")
	locale := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		locale = "en_US.UTF-8"
	}
	if err := s.run(ctx, "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale="+locale,
		"--no-sync", "--no-instructions"); err != nil {
		return err
	}
	if err := appendFile(filepath.Join(data, "postgresql.conf"), serverSettings(s.dir, durable)); err != nil {
		return err
	}
	return s.start(ctx)
}

func (s *server) start(ctx context.Context) error {
	return s.run(ctx, "pg_ctl", "-D", filepath.Join(s.dir, "data"), "-w", "-t", "240", "-l", filepath.Join(s.dir, "log"), "start")
}

// restart ends the server without letting anybody finish, and starts it again.
func (s *server) restart(ctx context.Context) error {
	if err := s.run(ctx, "pg_ctl", "-D", filepath.Join(s.dir, "data"), "-w", "-m", "immediate", "stop"); err != nil {
		return err
	}
	return s.start(ctx)
}

// serverSettings returns the lines that make a cluster private and, unless durable, fast.
func serverSettings(dir string, durable bool) string {
	settings := "\nlisten_addresses = ''\nmax_connections = 300\n" +
		"unix_socket_directories = '" + strings.ReplaceAll(dir, "'", "''") + "'\n"
	if !durable {
		settings += "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nwal_level = minimal\nmax_wal_senders = 0\n"
	}
	return settings
}

// run runs one of PostgreSQL's programs as the server's user. The error holds what the program said, and the server's log.
func (s *server) run(ctx context.Context, program string, args ...string) error {
	out, err := s.command(ctx, filepath.Join(s.programs.dir, program), args...).CombinedOutput()
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		return fmt.Errorf("%s: %w\n%s%s", program, err, out, log)
	}
	return nil
}

// command prepares a program that runs as the server's user, in the cluster's folder, out of reach of the terminal's signals and
// of settings for other servers.
func (s *server) command(ctx context.Context, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Credential: s.account}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "PG") && !strings.HasPrefix(variable, "LC_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "LC_ALL=C")
	return cmd
}

func appendFile(path, text string) error {
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write the server's settings: %w", err)
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
