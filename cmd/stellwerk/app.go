package main

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/stellwerk-hr/stellwerk/api"
	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/config"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/idempotency"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/mail"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
	"github.com/stellwerk-hr/stellwerk/internal/transfer/takeover"
)

// How often the schedule is looked at, for the BA and for a simulator, abandoned secrets are swept, and old idempotency
// keys are forgotten.
const (
	findDueEvery          = 5 * time.Second
	findDueSimulatorEvery = 200 * time.Millisecond
	sweepEvery            = 6 * time.Hour
	pruneEvery            = time.Hour
)

// lastTraces bounds how long the program's end waits for traces to be sent.
const lastTraces = 5 * time.Second

// simulatorPace is how a simulator's answers are waited for: as the BA's, only faster.
func simulatorPace() transfer.Pace {
	pace := transfer.DefaultPace()
	pace.Polls = []time.Duration{400 * time.Millisecond, 800 * time.Millisecond, 1600 * time.Millisecond}
	pace.PollEvery = time.Second
	pace.Retries = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, time.Second, 2 * time.Second}
	pace.Quiet = 200 * time.Millisecond
	return pace
}

// now is the program's clock, as exact as the database keeps it: what an answer shows is what is read later.
func now() time.Time { return time.Now().Truncate(time.Microsecond) }

// app is the program put together: what serve and work have in common.
type app struct {
	config config.Config
	db     *database.DB
	secret secretStore
	keeper *credential.Keeper
	mailer mail.Mailer
	outbox *notice.Outbox
	queue  *jobs.Queue
	wake   func(tx database.Tx, account uuid.UUID) error
	berlin *time.Location
	log    *slog.Logger
	// metrics and traces are what the program tells of itself.
	metrics *telemetry.Metrics
	traces  telemetry.Traces
}

// openApp opens the database and the secret store, and puts the domain together. It refuses a database role for which tenants would not
// be kept apart. Close it.
func openApp(ctx context.Context, c config.Config, traces telemetry.Traces, log *slog.Logger) (*app, error) {
	berlin, err := calendar.Berlin()
	if err != nil {
		return nil, err
	}
	a := &app{config: c, berlin: berlin, log: log, metrics: telemetry.NewMetrics(), traces: traces}
	if a.db, err = database.Open(ctx, c.DatabaseURL.Reveal(), c.Connections, log, a.tracedStatements()...); err != nil {
		return nil, err
	}
	if err := a.assemble(ctx); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *app) assemble(ctx context.Context) error {
	if err := a.db.CheckRole(ctx); err != nil {
		return err
	}
	store, err := openSecrets(a.config)
	if err != nil {
		return fmt.Errorf("open the secret store: %w", err)
	}
	a.secret = store
	if a.queue, err = jobs.NewQueue(a.log); err != nil {
		return err
	}
	opener, err := p12.NewOpener(p12.Options{})
	if err != nil {
		return err
	}
	if err := a.openMails(ctx); err != nil {
		return err
	}
	a.wake = transfer.Waker(a.queue, now, a.pace().Quiet)
	a.keeper = credential.NewKeeper(credential.Options{
		DB: a.db, Store: a.secret, Opener: opener, Now: now, Wake: a.wake, Doom: credential.Dooms(a.queue), Log: a.log,
	})
	return nil
}

// secretStore is a store that must be closed.
type secretStore interface {
	secret.Store
	Close() error
}

// openSecrets opens the store that the configuration names.
func openSecrets(c config.Config) (secretStore, error) {
	if c.Secrets == config.SecretsVault {
		return secret.OpenVault(secret.VaultOptions{
			Address: c.Vault, CAFile: c.VaultCAFile, Namespace: c.VaultNS, Mount: c.VaultMount,
			RoleMount: c.VaultLogin, RoleID: c.VaultRole, SecretID: secret.New([]byte(c.VaultSecret.Reveal())),
			Timeout: time.Duration(c.VaultWait) * time.Second, Now: now,
		})
	}
	return secret.OpenFolder(c.SecretDir, c.SecretKey)
}

func (a *app) close() {
	if a.secret != nil {
		_ = a.secret.Close()
	}
	a.db.Close()
	ending, cancel := context.WithTimeout(context.Background(), lastTraces)
	defer cancel()
	if err := a.traces.Close(ending); err != nil {
		a.log.WarnContext(ending, "traces are lost", "error", err)
	}
}

// handler is the REST API.
func (a *app) handler() (http.Handler, error) {
	desk := posting.NewDesk(a.db, now, a.berlin, a.wake)
	return api.New(api.Doors{
		DB:           a.db,
		Tenants:      tenant.NewDirectory(a.db, now).Waking(a.wake),
		Tokens:       identity.NewTokens(a.db, now),
		Roads:        onboarding.NewRoads(a.db, now, a.berlin, a.wake),
		Certificates: a.keeper,
		Postings:     desk,
		Transfers:    transfer.NewLedger(a.db),
		Decisions:    transfer.NewDecisions(a.db, now, a.berlin, a.wake),
		TakeOvers:    takeover.NewDoor(a.db, desk, now, a.berlin, a.wake),
		Edge:         a.edge(),
		Keys:         idempotency.NewKeys(a.db, now),
		Notices:      notice.NewSettings(a.db, now),
	}, a.log)
}

// edge is how the API meets the outside.
func (a *app) edge() api.Edge {
	proxies, _ := a.config.Proxies() // checked when they were read
	origins, _ := a.config.Origins()
	return api.Edge{
		Proxies: proxies, Origins: origins, Metrics: a.metrics, Traces: a.traces,
		Budgets: api.Budgets{
			Token: a.config.RateToken, Tenant: a.config.RateTenant, Publishing: a.config.RatePublishing, Address: a.config.RateAddress,
		},
	}
}

// pace is how the BA is waited for.
func (a *app) pace() transfer.Pace {
	if a.config.BAPace == config.PaceSimulator {
		return simulatorPace()
	}
	return transfer.DefaultPace()
}

// runner is what works on jobs.
func (a *app) runner() (*jobs.Runner, error) {
	every := findDueEvery
	if a.config.BAPace == config.PaceSimulator {
		every = findDueSimulatorEvery
	}
	authorities, err := readAuthorities(a.config.BACAFile)
	if err != nil {
		return nil, err
	}
	client, err := ba.New(ba.Options{BaseURL: a.config.BAURL, ExtraRoots: authorities, MaxTLS: a.config.MaxTLS(), Zone: a.berlin, Watch: a.watchBA()})
	if err != nil {
		return nil, err
	}
	engine := transfer.NewEngine(transfer.Options{
		DB: a.db, Client: client, Keeper: a.keeper, Outbox: a.outbox, Pace: a.pace(), Now: now, Berlin: a.berlin, Log: a.log,
		Answered: a.metrics.Answered,
	})
	workers := river.NewWorkers()
	transfer.AddWorkers(workers, engine, a.queue)
	transfer.AddDropping(workers, transfer.Keeping{
		Ledger: transfer.NewLedger(a.db), Tenants: tenant.NewDirectory(a.db, now), For: time.Duration(a.config.RawDays) * 24 * time.Hour, Now: now,
	})
	credential.AddWorkers(workers, a.keeper)
	idempotency.AddWorkers(workers, idempotency.NewKeys(a.db, now))
	periodic := []*river.PeriodicJob{
		transfer.Periodic(every), transfer.PeriodicDropping(sweepEvery), credential.Periodic(sweepEvery), idempotency.Periodic(pruneEvery),
	}
	if a.mailer != nil {
		notice.AddWorkers(workers, a.sender(), a.queue)
		periodic = append(periodic, notice.Periodic(findMailsEvery))
	}
	return jobs.NewRunner(a.db, jobs.Plan{
		Workers:  workers,
		Periodic: periodic,
		Parallel: a.config.Workers,
		Around:   a.tracedJobs(),
	}, a.log)
}

// maxAuthorities bounds the file with certificate authorities, in bytes.
const maxAuthorities = 1 << 20

// readAuthorities reads the certificates of a PEM file; none for no file.
func readAuthorities(name string) ([]*x509.Certificate, error) {
	if name == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the BA's certificate authorities: %w", err)
	}
	if len(raw) > maxAuthorities {
		return nil, fmt.Errorf("read the BA's certificate authorities: %s is larger than %d bytes", name, maxAuthorities)
	}
	var found []*x509.Certificate
	for {
		var block *pem.Block
		if block, raw = pem.Decode(raw); block == nil {
			break
		}
		authority, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("read the BA's certificate authorities: %w", err)
		}
		found = append(found, authority)
	}
	if len(found) == 0 {
		return nil, errors.New("read the BA's certificate authorities: " + name + " holds no PEM certificate")
	}
	return found, nil
}
