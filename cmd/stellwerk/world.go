package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/config"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

// world is everything that Stellwerk needs, made for one run and dropped after it: a database, a secret folder, a simulated BA, and the
// program itself, serving and working, on loopback only. What cannot be dropped because the process was killed ends by itself.
type world struct {
	ba *simulator
	// url is where the API is answered, token an operator's token for it.
	url   string
	token string
	// mails is the folder of what would be mailed.
	mails string

	closers []func() error
}

const (
	// worldConnections bounds the pool.
	worldConnections = 20
	// worldWorkers is how many jobs run at once.
	worldWorkers = 8
	// worldRawDays is longer than any of these worlds lasts.
	worldRawDays = 90
	// dropTimeout bounds the dropping of the database.
	dropTimeout = 3 * time.Minute
)

// intro says what is about to be seen.
const intro = `Two employers publish twenty job ads on the job portal of the Bundesagentur für Arbeit (BA), the German employment agency.
The BA is simulated on this machine, nothing leaves it, and everything is gone again afterwards.

`

// errInterrupted is what Ctrl-C leads to.
var errInterrupted = errors.New("interrupted")

// orInterrupted returns errInterrupted for an error that only says that ctx was cancelled.
func orInterrupted(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) && errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

// refuseProduction returns an error when a variable is set that only production sets: demo and dev must never meet real data.
func refuseProduction(environ []string) error {
	for _, pair := range environ {
		name, _, _ := strings.Cut(pair, "=")
		for _, setting := range config.Settings() {
			if name == setting.Name || name == setting.Name+"_FILE" {
				return fmt.Errorf("%s is set, so this may be a production machine: unset it first", name)
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
	_, _ = fmt.Fprint(progress, intro)
	made := &world{}
	defer func() {
		if err != nil {
			err = errors.Join(orInterrupted(ctx, err), made.close())
		}
	}()
	program, err := findSimulator()
	if err != nil {
		return nil, err
	}
	// The simulator comes first, since its folder is everybody's.
	if made.ba, err = startSimulator(ctx, program); err != nil {
		return nil, err
	}
	made.closers = append(made.closers, made.ba.close)
	c := config.Config{
		Connections: worldConnections, Workers: worldWorkers,
		BAURL: made.ba.at.URL, BACAFile: made.ba.at.CAFile, BATLSMax: "1.3", BAPace: config.PaceSimulator,
		RawDays: worldRawDays,
		Secrets: "file", SecretDir: made.ba.path("secrets"), SecretKey: made.ba.path("key"),
	}
	made.mails = made.ba.path("mails")
	c.Mail, c.MailDir, c.MailFrom = config.MailFolder, made.mails, "Stellwerk <stellwerk@operator.example>"
	if err := secret.GenerateKeyFile(c.SecretKey); err != nil {
		return nil, err
	}
	if c.DatabaseURL, err = made.database(ctx, progress); err != nil {
		return nil, err
	}
	if err := made.start(ctx, c, std); err != nil {
		return nil, err
	}
	return made, nil
}

// database starts PostgreSQL, migrates a database on it, and returns the program's URL.
func (w *world) database(ctx context.Context, progress io.Writer) (config.Secret, error) {
	cluster, err := testdb.StartCluster(ctx, testdb.Options{Log: progress})
	if err != nil {
		return "", err
	}
	w.closers = append(w.closers, cluster.Close)
	urls, drop, err := cluster.NewDatabase(ctx, "demo")
	if err != nil {
		return "", err
	}
	w.closers = append(w.closers, func() error {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), dropTimeout)
		defer cancel()
		return drop(ending)
	})
	if err := database.Migrate(ctx, migrations.Files, urls.OwnerURL, urls.AppURL); err != nil {
		return "", err
	}
	return config.Secret(urls.AppURL), nil
}

// start runs the program itself: the API and the jobs.
func (w *world) start(ctx context.Context, c config.Config, std cli.Streams) error {
	log := slog.New(slog.NewTextHandler(std.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	a, err := openApp(ctx, c, telemetry.Traces{}, log)
	if err != nil {
		return err
	}
	if err := w.run(ctx, a, log); err != nil {
		a.close()
		return err
	}
	return nil
}

// run makes a token, and serves and works until the world is closed, which closes the program too.
func (w *world) run(ctx context.Context, a *app, log *slog.Logger) error {
	_, token, err := identity.NewTokens(a.db, time.Now).CreateOperator(ctx, "demo operator", nil)
	if err != nil {
		return err
	}
	runner, err := a.runner()
	if err != nil {
		return err
	}
	handler, err := a.handler()
	if err != nil {
		return err
	}
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	w.url, w.token = "http://"+listener.Addr().String(), token.Reveal()
	running, stop := context.WithCancel(context.WithoutCancel(ctx))
	served, worked := make(chan error, 1), make(chan error, 1)
	go func() { served <- serveHTTP(running, "serving", handler, listener, log) }()
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
	for _, drop := range slices.Backward(w.closers) {
		failed = append(failed, drop())
	}
	return errors.Join(failed...)
}
