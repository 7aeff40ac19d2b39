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
)

// servingFile, in the state directory, says where the simulator that uses the directory can be reached.
const servingFile = "serving.json"

// serving is what serve prints when it is ready, and leaves in servingFile while it runs.
type serving struct {
	URL     string `json:"url"`
	Control string `json:"control"`
	CAFile  string `json:"ca_file"`
}

func prepareServe(flags *flag.FlagSet) func(context.Context, streams) error {
	dir := flags.String("dir", ".basim", "`directory` that keeps authority, partners, ads and files")
	listen := flags.String("listen", "127.0.0.1:8443", "`address` of the file host; port 0 chooses a free one")
	control := flags.String("control", "127.0.0.1:8444", "`address` of the control port, on loopback; port 0 chooses a free one")
	delay := flags.Duration("delay", 0, "time between an upload and its processing; 0 processes within the upload")
	names := flags.String("names", "", "further host `names`, comma-separated, that the server's certificate is good for")
	tlsMax := flags.String("tls-max", "1.3", "highest `version` of TLS: 1.2 or 1.3")
	untilEOF := flags.Bool("until-stdin-closes", false, "end when standard input closes, so that a parent takes the simulator with it")
	return func(ctx context.Context, std streams) error {
		opts := basim.Options{Dir: *dir, Listen: *listen, Settings: basim.Settings{Delay: basim.Duration(*delay)}}
		if *names != "" {
			opts.Names = strings.Split(*names, ",")
		}
		if *delay < 0 {
			return fmt.Errorf("%w: --delay is negative", errUsage)
		}
		switch *tlsMax {
		case "1.2":
			opts.MaxTLS = tls.VersionTLS12
		case "1.3":
			opts.MaxTLS = tls.VersionTLS13
		default:
			return fmt.Errorf("%w: --tls-max is 1.2 or 1.3", errUsage)
		}
		if *untilEOF {
			var cancel context.CancelFunc
			ctx, cancel = context.WithCancel(ctx)
			defer cancel()
			go func() {
				_, _ = io.Copy(io.Discard, std.in)
				cancel()
			}()
		}
		return serve(ctx, opts, *control, std)
	}
}

// serve runs file host and control port until the context ends or a signal asks for it.
func serve(ctx context.Context, opts basim.Options, control string, std streams) (err error) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
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
	fmt.Fprintf(std.out, "%s\n", ready)
	fmt.Fprintf(std.err, "%s basim serves; the page for people is %s\n", time.Now().Format(time.TimeOnly), controls.URL())
	<-ctx.Done()
	return nil
}
