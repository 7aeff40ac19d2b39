package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/config"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

// world is everything that Stellwerk needs, made for one run and dropped after it: a database, a secret folder, a simulated BA, and the
// program itself, serving and working, on loopback only.
type world struct {
	folder string
	// basim is the simulator's program, and ba what it said when it was ready.
	basim string
	ba    simulator
	// url is where the API is answered, token an operator's token for it.
	url   string
	token string

	closers []func() error
}

// simulator is the line that basim prints when it is ready.
type simulator struct {
	URL     string `json:"url"`
	Control string `json:"control"`
	CAFile  string `json:"ca_file"`
}

// worldPace is how the demo waits: as the real program does, only faster.
func worldPace() transfer.Pace {
	pace := transfer.DefaultPace()
	pace.Polls = []time.Duration{400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond}
	pace.PollEvery = time.Second
	return pace
}

const (
	// processing is how long the simulated BA lets a file lie.
	processing = 300 * time.Millisecond
	// worldDue is how often the schedule is looked at.
	worldDue = 200 * time.Millisecond
	// worldConnections bounds the pool.
	worldConnections = 20
	// simulatorReady bounds the simulator's start.
	simulatorReady = 20 * time.Second
	// simulatorEnd is how long the simulator may take to end.
	simulatorEnd = 5 * time.Second
)

// refuseProduction returns an error when a variable is set that only production sets: demo and dev must never meet real data.
func refuseProduction(environ []string) error {
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		for _, setting := range config.Settings() {
			if name == setting.Name || name == setting.Name+"_FILE" {
				return fmt.Errorf("%s is set, so this may be a production machine: unset it to run the demo", name)
			}
		}
	}
	return nil
}

// newWorld makes a world. Close it, whatever happens.
func newWorld(ctx context.Context, std cli.Streams, progress io.Writer) (w *world, err error) {
	if err := refuseProduction(std.Environ); err != nil {
		return nil, err
	}
	w = &world{}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	if w.folder, err = os.MkdirTemp("", "stellwerk-demo-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	w.closers = append(w.closers, func() error { return os.RemoveAll(w.folder) })
	c, err := w.database(ctx, progress)
	if err != nil {
		return nil, err
	}
	if err := w.secrets(&c); err != nil {
		return nil, err
	}
	if err := w.simulator(ctx); err != nil {
		return nil, err
	}
	c.BAURL, c.BACAFile = w.ba.URL, w.ba.CAFile
	return w, w.start(ctx, c, std)
}

// database starts PostgreSQL and migrates a database on it.
func (w *world) database(ctx context.Context, progress io.Writer) (config.Config, error) {
	cluster, err := testdb.StartCluster(ctx, testdb.Options{Log: progress})
	if err != nil {
		return config.Config{}, err
	}
	w.closers = append(w.closers, cluster.Close)
	urls, drop, err := cluster.NewDatabase(ctx, "demo")
	if err != nil {
		return config.Config{}, err
	}
	w.closers = append(w.closers, func() error {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), simulatorEnd)
		defer cancel()
		return drop(ending)
	})
	if err := database.Migrate(ctx, migrations.Files, urls.OwnerURL, urls.AppURL); err != nil {
		return config.Config{}, err
	}
	return config.Config{
		DatabaseURL: config.Secret(urls.AppURL), Connections: worldConnections, BATLSMax: "1.3", Secrets: "file",
		SecretDir: filepath.Join(w.folder, "secrets"), SecretKey: filepath.Join(w.folder, "key"), Workers: 8, LogLevel: "warn",
	}, nil
}

func (*world) secrets(c *config.Config) error {
	if err := os.Mkdir(c.SecretDir, 0o700); err != nil {
		return fmt.Errorf("make the secret folder: %w", err)
	}
	return secret.GenerateKeyFile(c.SecretKey)
}

// simulator starts basim as a process of its own; it ends when its standard input closes, so it never outlives us.
func (w *world) simulator(ctx context.Context) error {
	own, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find our own program: %w", err)
	}
	w.basim = filepath.Join(filepath.Dir(own), "basim")
	if _, err := os.Stat(w.basim); err != nil {
		return fmt.Errorf("the simulator is not beside the program (%s): `make demo` builds both", w.basim)
	}
	process := exec.CommandContext(context.WithoutCancel(ctx), w.basim, "serve", "--dir", w.simulatorDir(), "--listen", "127.0.0.1:0", //nolint:gosec // our own program
		"--control", "127.0.0.1:0", "--delay", processing.String(), "--until-stdin-closes")
	var complaints bytes.Buffer
	process.Stderr = &complaints
	stdin, err := process.StdinPipe()
	if err != nil {
		return err
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		return err
	}
	process.WaitDelay = simulatorEnd
	if err := process.Start(); err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	w.closers = append(w.closers, func() error {
		_ = stdin.Close()
		timer := time.AfterFunc(simulatorEnd, func() { _ = process.Process.Kill() })
		defer timer.Stop()
		return process.Wait()
	})
	timer := time.AfterFunc(simulatorReady, func() { _ = process.Process.Kill() })
	defer timer.Stop()
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("start the simulator: %w: %s", err, complaints.String())
	}
	if err := json.Unmarshal(line, &w.ba); err != nil {
		return fmt.Errorf("start the simulator: %w", err)
	}
	return nil
}

func (w *world) simulatorDir() string { return filepath.Join(w.folder, "ba") }

// issue lets the simulated BA make an employer's certificate, as the real one mails it.
func (w *world) issue(ctx context.Context, e employer) (p12File []byte, err error) {
	out := filepath.Join(w.folder, e.SupplierID+".p12")
	command := exec.CommandContext(ctx, w.basim, "issue", "--dir", w.simulatorDir(), "--supplier", e.SupplierID, "--alliance", e.Alliance, //nolint:gosec // our own program
		"--kundennummer", e.Kundennummer, "--name", e.Name, "--pin", e.PIN, "--out", out)
	if said, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("issue a certificate: %w: %s", err, said)
	}
	file, err := os.ReadFile(out) //nolint:gosec // we named it
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	return file, nil
}

// start runs the program itself: the API and the jobs.
func (w *world) start(ctx context.Context, c config.Config, std cli.Streams) error {
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := openApp(ctx, c, log)
	if err != nil {
		return err
	}
	_, token, err := identity.NewTokens(a.db, time.Now).CreateOperator(ctx, "demo operator", nil)
	if err != nil {
		a.close()
		return err
	}
	runner, err := a.runner(worldPace(), worldDue)
	if err != nil {
		a.close()
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		a.close()
		return fmt.Errorf("listen: %w", err)
	}
	w.url, w.token = "http://"+listener.Addr().String(), token.Reveal()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	served, worked := make(chan error, 1), make(chan error, 1)
	go func() { served <- serveHTTP(running, a, listener, log) }()
	go func() { worked <- runner.Run(running) }()
	w.closers = append(w.closers, func() error {
		stop()
		err := errors.Join(<-served, <-worked)
		a.close()
		return err
	})
	return nil
}

// close drops everything, in the reverse order of its making.
func (w *world) close() error {
	var failed []error
	for i := len(w.closers) - 1; i >= 0; i-- {
		failed = append(failed, w.closers[i]())
	}
	w.closers = nil
	return errors.Join(failed...)
}
