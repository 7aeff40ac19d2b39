package figures

import (
	"context"
	"log/slog"
	"time"

	"golang.org/x/time/rate"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
)

const (
	// pulseEvery is how often what waits is read.
	pulseEvery = 15 * time.Second
	// censusEvery is the time from the end of one count of all tenants to the beginning of the next.
	censusEvery = 10 * time.Minute
	// tenantsPerSecond is how fast tenants are counted: ten thousand of them take under four minutes, and a tenth of one connection.
	tenantsPerSecond = 50
	// patience bounds one reading of what waits.
	patience = 5 * time.Second
)

// Options is what figures are read from, and where they go.
type Options struct {
	DB      *database.DB
	Metrics *telemetry.Metrics
	Now     func() time.Time
	Log     *slog.Logger
	// Census says that this process also counts what all tenants have.
	Census bool
}

// Run keeps the figures fresh until ctx ends. What cannot be read is logged and tried again; the figures' own times show how old they are.
func Run(ctx context.Context, o Options) {
	if o.Census {
		counted := make(chan struct{})
		defer func() { <-counted }()
		go func() {
			defer close(counted)
			every(ctx, censusEvery, o.census)
		}()
	}
	every(ctx, pulseEvery, o.pulse)
}

// every does something at once and then again and again, with a pause between.
func every(ctx context.Context, pause time.Duration, do func(ctx context.Context)) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		do(ctx)
		timer.Reset(pause)
	}
}

func (o Options) pulse(ctx context.Context) {
	reading, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p, err := readPulse(reading, o.DB, o.Now())
	if err != nil {
		o.complain(ctx, err)
		return
	}
	o.Metrics.SetPulse(p)
}

func (o Options) census(ctx context.Context) {
	c, err := count(ctx, o.DB, rate.NewLimiter(tenantsPerSecond, 1), o.Now)
	if err != nil {
		o.complain(ctx, err)
		return
	}
	o.Metrics.SetCensus(c)
}

// complain logs a failure, unless it is the program's end.
func (o Options) complain(ctx context.Context, err error) {
	if ctx.Err() == nil {
		o.Log.WarnContext(ctx, "figures not read", "error", err)
	}
}
