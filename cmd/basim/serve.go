package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/cli"
)

// serveFlags are the flags of serve.
type serveFlags struct {
	dir, listen, control, names, places, tlsMax string
	delay                                       time.Duration
	untilEOF                                    bool
}

func prepareServe(flags *flag.FlagSet) func(context.Context, cli.Streams) error {
	var f serveFlags
	flags.StringVar(&f.dir, "dir", ".basim", "`directory` that keeps authority, partners, ads and files")
	flags.StringVar(&f.listen, "listen", "127.0.0.1:8443", "`address` of the file host; port 0 chooses a free one")
	flags.StringVar(&f.control, "control", "127.0.0.1:8444", "`address` of the control port, on loopback; port 0 chooses a free one")
	flags.DurationVar(&f.delay, "delay", 0, "time between an upload and its processing; 0 processes within the upload")
	flags.StringVar(&f.names, "names", "", "further host `names`, comma-separated, that the server's certificate is good for")
	flags.StringVar(&f.places, "places", "", "JSON `file` of further addresses: a list of postal_code, town and region (1 to 16)")
	flags.StringVar(&f.tlsMax, "tls-max", "1.3", "highest `version` of TLS: 1.2 or 1.3")
	flags.BoolVar(&f.untilEOF, "until-stdin-closes", false, "end when standard input closes, so that a parent takes the simulator with it")
	return func(ctx context.Context, std cli.Streams) error {
		opts, err := f.options()
		if err != nil {
			return err
		}
		ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
		defer stop()
		if f.untilEOF {
			go func() {
				_, _ = io.Copy(io.Discard, std.In)
				stop()
			}()
		}
		return serve(ctx, opts, f.control, std)
	}
}

// options are what the flags mean.
func (f *serveFlags) options() (basim.Options, error) {
	opts := basim.Options{Dir: f.dir, Listen: f.listen, Settings: basim.Settings{Delay: basim.Duration(f.delay)}}
	if f.delay < 0 {
		return opts, fmt.Errorf("%w: --delay is negative", cli.ErrUsage)
	}
	if f.names != "" {
		opts.Names = strings.Split(f.names, ",")
	}
	switch f.tlsMax {
	case "1.2":
		opts.MaxTLS = tls.VersionTLS12
	case "1.3":
		opts.MaxTLS = tls.VersionTLS13
	default:
		return opts, fmt.Errorf("%w: --tls-max is 1.2 or 1.3", cli.ErrUsage)
	}
	if f.places == "" {
		return opts, nil
	}
	raw, err := os.ReadFile(f.places)
	if err == nil {
		err = json.Unmarshal(raw, &opts.Places)
	}
	if err != nil {
		return opts, fmt.Errorf("read --places: %w", err)
	}
	return opts, nil
}

// serve runs file host and control port until the context ends.
func serve(ctx context.Context, opts basim.Options, control string, std cli.Streams) (err error) {
	if running, err := findRunning(ctx, opts.Dir); err == nil {
		return fmt.Errorf("a simulator already serves %s at %s", opts.Dir, running.URL)
	} else if !errors.Is(err, errNotServing) {
		return err
	}
	server, err := basim.Start(opts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Close()) }()
	controls, err := basim.StartControl(server.BA, control)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, controls.Close()) }()

	caFile, err := filepath.Abs(filepath.Join(opts.Dir, "ca.pem"))
	if err != nil {
		return fmt.Errorf("find the authority's file: %w", err)
	}
	ready, err := json.Marshal(serving{URL: server.URL(), Control: controls.URL(), CAFile: caFile})
	if err != nil {
		return fmt.Errorf("encode addresses: %w", err)
	}
	notice := filepath.Join(opts.Dir, servingFile)
	if err := os.WriteFile(notice, ready, 0o600); err != nil {
		return fmt.Errorf("leave addresses: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(notice)) }()
	fmt.Fprintf(std.Out, "%s\n", ready)
	fmt.Fprintf(std.Err, "%s basim serves; the page for people is %s\n", time.Now().Format(time.TimeOnly), controls.URL())
	<-ctx.Done()
	return nil
}
