package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/config"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
	"github.com/stellwerk-hr/stellwerk/migrations"
)

// The bounds of one HTTP connection.
const (
	readHeaderTimeout = 10 * time.Second
	readTimeout       = 60 * time.Second
	writeTimeout      = 60 * time.Second
	idleTimeout       = 2 * time.Minute
	maxHeader         = 32 << 10
	shutdownTimeout   = 30 * time.Second
)

// maxTokenName is how long a token's name may be, in characters.
const maxTokenName = 100

func prepareServe(*flag.FlagSet) func(context.Context, cli.Streams) error {
	return func(ctx context.Context, std cli.Streams) error {
		a, log, err := configured(ctx, std, config.Database, config.SecretStore, config.Mails)
		if err != nil {
			return err
		}
		defer a.close()
		handler, err := a.handler()
		if err != nil {
			return err
		}
		listener, err := listen(ctx, a.config.Listen)
		if err != nil {
			return err
		}
		ctx, stop := untilSignal(ctx)
		defer stop()
		return a.observed(ctx, false, func(ctx context.Context) error { return serveHTTP(ctx, "serving", handler, listener, log) })
	}
}

func prepareWork(*flag.FlagSet) func(context.Context, cli.Streams) error {
	return func(ctx context.Context, std cli.Streams) error {
		a, log, err := configured(ctx, std, config.Database, config.SecretStore, config.BA, config.Mails)
		if err != nil {
			return err
		}
		defer a.close()
		runner, err := a.runner()
		if err != nil {
			return err
		}
		ctx, stop := untilSignal(ctx)
		defer stop()
		log.InfoContext(ctx, "working", "ba", a.config.BAURL, "parallel", a.config.Workers)
		return a.observed(ctx, true, runner.Run)
	}
}

func prepareMigrate(*flag.FlagSet) func(context.Context, cli.Streams) error {
	return func(ctx context.Context, std cli.Streams) error {
		c, err := config.Read(std.Environ, config.Database, config.Migration)
		if err != nil {
			return err
		}
		ctx, stop := untilSignal(ctx)
		defer stop()
		return database.Migrate(ctx, migrations.Files, c.MigrateURL.Reveal(), c.DatabaseURL.Reveal())
	}
}

func prepareTokenCreate(flags *flag.FlagSet) func(context.Context, cli.Streams) error {
	name := flags.String("name", "operator", "what the token is for; it stands in histories")
	life := flags.Duration("expires-in", 0, "how long the token holds, such as 720h; one year when left out, two at most")
	return func(ctx context.Context, std cli.Streams) error {
		c, err := config.Read(std.Environ, config.Database)
		if err != nil {
			return err
		}
		db, err := database.Open(ctx, c.DatabaseURL.Reveal(), c.Connections, logger(std.Err, c))
		if err != nil {
			return err
		}
		defer db.Close()
		if err := db.CheckRole(ctx); err != nil {
			return err
		}
		if length := utf8.RuneCountInString(*name); length < 1 || length > maxTokenName {
			return fmt.Errorf("%w: --name has 1 to %d characters", cli.ErrUsage, maxTokenName)
		}
		var expires *time.Time
		if *life != 0 {
			at := time.Now().Add(*life)
			expires = &at
		}
		_, secret, err := identity.NewTokens(db, time.Now).CreateOperator(ctx, *name, expires)
		if fault.KindOf(err) == fault.Invalid {
			return fmt.Errorf("%w: --expires-in: %s", cli.ErrUsage, identity.BadExpiry.Detail.EN)
		}
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(std.Out, secret.Reveal())
		return err
	}
}

// configured reads the configuration and opens the program.
func configured(ctx context.Context, std cli.Streams, needs ...config.Need) (*app, *slog.Logger, error) {
	c, err := config.Read(std.Environ, needs...)
	if err != nil {
		return nil, nil, err
	}
	log := logger(std.Err, c)
	log.InfoContext(ctx, "starting", "configuration", c)
	traces, err := telemetry.OpenTraces(ctx, std.Environ)
	if err != nil {
		return nil, nil, err
	}
	a, err := openApp(ctx, c, traces, log)
	return a, log, err
}

func logger(to io.Writer, c config.Config) *slog.Logger {
	level, _ := c.Level() // checked when it was read
	return telemetry.NewLogger(to, level)
}

// untilSignal ends with the program's own end: Ctrl-C or SIGTERM.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	return signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
}

// serveHTTP says in the log that it begins, and answers requests on a listener until ctx ends; then it finishes what is in flight.
func serveHTTP(ctx context.Context, says string, handler http.Handler, listener net.Listener, log *slog.Logger) error {
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.InfoContext(ctx, says, "address", listener.Addr().String())
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return fmt.Errorf("finish requests: %w", err)
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}
