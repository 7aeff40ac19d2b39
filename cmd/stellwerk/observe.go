package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/exaring/otelpgx"
	"github.com/riverqueue/river/rivertype"
	"github.com/riverqueue/rivercontrib/otelriver"
	"go.opentelemetry.io/otel/codes"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/errgroup"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/figures"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
)

// tracerName names our own spans.
const tracerName = "github.com/stellwerk-hr/stellwerk"

// tracedStatements makes a span of every statement while traces are on: with placeholders, never with values.
func (a *app) tracedStatements() []database.Option {
	if !a.traces.On() {
		return nil
	}
	return []database.Option{database.Traced(otelpgx.NewTracer(
		otelpgx.WithTracerProvider(a.traces.Provider()), otelpgx.WithMeterProvider(metricnoop.NewMeterProvider()),
		otelpgx.WithDisableConnectionDetailsInAttributes(),
	))}
}

// tracedJobs makes a span of every job while traces are on.
func (a *app) tracedJobs() []rivertype.Plugin {
	if !a.traces.On() {
		return nil
	}
	return []rivertype.Plugin{otelriver.NewMiddleware(&otelriver.MiddlewareConfig{
		TracerProvider: a.traces.Provider(), MeterProvider: metricnoop.NewMeterProvider(), EnableWorkSpanJobKindSuffix: true,
	})}
}

// watchBA measures every call of the BA's host, and makes a span of it.
func (a *app) watchBA() ba.Watch {
	tracer := a.traces.Provider().Tracer(tracerName)
	return func(ctx context.Context, call string) (context.Context, func(ba.Class)) {
		begun := time.Now()
		ctx, span := tracer.Start(ctx, "BA "+call, trace.WithSpanKind(trace.SpanKindClient))
		return ctx, func(failure ba.Class) {
			outcome := string(failure)
			if failure == "" {
				outcome = "ok"
			} else {
				span.SetStatus(codes.Error, outcome)
			}
			span.End()
			a.metrics.Call(call, outcome, time.Since(begun))
		}
	}
}

// observed does the program's work until ctx ends, and beside it keeps its figures fresh and answers them, with probes, on the port that the
// configuration names; without a port there are none. They are answered until the work has ended, and when they cannot be, the work ends
// too. Only workers count what all tenants have.
func (a *app) observed(ctx context.Context, census bool, work func(ctx context.Context) error) error {
	if a.config.MetricsListen == "" {
		return work(ctx)
	}
	listener, err := listen(ctx, a.config.MetricsListen)
	if err != nil {
		return fmt.Errorf("answer figures: %w", err)
	}
	group, working := errgroup.WithContext(ctx)
	observing, stop := context.WithCancel(context.WithoutCancel(ctx))
	group.Go(func() error {
		defer stop()
		return work(working)
	})
	group.Go(func() error {
		figures.Run(observing, figures.Options{DB: a.db, Metrics: a.metrics, Now: now, Log: a.log, Census: census})
		return nil
	})
	ready := func(ctx context.Context) error {
		if err := working.Err(); err != nil {
			return err
		}
		return a.db.Ping(ctx)
	}
	group.Go(func() error {
		return serveHTTP(observing, "answering figures", telemetry.Probes(a.metrics, ready), listener, a.log)
	})
	return group.Wait()
}

// listen opens a port.
func listen(ctx context.Context, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return listener, nil
}
