package main

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/basim"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/jobs"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testdb"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

const (
	// yardConnections is how many connections the yard opens at most, and workers is how many jobs run at once in it.
	yardConnections = 24
	workers         = 16
	// keyBits is the size of the employers' common key.
	keyBits = 2048
	// lookForDue is how often the schedule is looked at, as in production.
	lookForDue = 5 * time.Second
)

// yard is where transfers are measured: Stellwerk's own parts, put together as its programs do it, with a simulated BA in the same process.
type yard struct {
	urls   testdb.Database
	folder string
	db     *database.DB
	ba     *basim.Server
	key    *rsa.PrivateKey
	berlin *time.Location
	queue  *jobs.Queue
	parts
	log *slog.Logger
}

// parts are the doors of the domain.
type parts struct {
	store     *secret.Folder
	keeper    *credential.Keeper
	directory *tenant.Directory
	roads     *onboarding.Roads
	desk      *posting.Desk
}

// place is one employer's account.
type place struct {
	// ctx is the employer's.
	ctx                           context.Context
	tenant, account, organisation uuid.UUID
}

// wallClock is the program's clock, as exact as the database keeps it.
func wallClock() time.Time { return time.Now().Truncate(time.Microsecond) }

// withYard runs do in a yard whose accounts keep a quiet time before they send.
func withYard(ctx context.Context, quiet time.Duration, do func(y *yard) error) error {
	return withDatabase(ctx, func(urls testdb.Database) (err error) {
		y := &yard{urls: urls, log: slog.New(slog.DiscardHandler)}
		if y.folder, err = os.MkdirTemp("", "stellwerk-bench-"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(y.folder) }()
		if err := secret.GenerateKeyFile(y.keyFile()); err != nil {
			return err
		}
		if y.ba, err = basim.Start(basim.Options{}); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, y.ba.Close()) }()
		if y.db, err = database.Open(ctx, urls.AppURL, yardConnections, y.log); err != nil {
			return err
		}
		defer y.db.Close()
		if y.berlin, err = calendar.Berlin(); err != nil {
			return err
		}
		if err := y.assemble(quiet); err != nil {
			return err
		}
		defer func() { _ = y.store.Close() }()
		return do(y)
	})
}

func (y *yard) keyFile() string { return filepath.Join(y.folder, "key") }

func (y *yard) secrets() string { return filepath.Join(y.folder, "secrets") }

func (y *yard) assemble(quiet time.Duration) (err error) {
	if y.key, err = rsa.GenerateKey(rand.Reader, keyBits); err != nil {
		return err
	}
	if y.queue, err = jobs.NewQueue(y.log); err != nil {
		return err
	}
	opener, err := p12.NewOpener(p12.Options{})
	if err != nil {
		return err
	}
	wake := transfer.Waker(y.queue, wallClock, quiet)
	if y.store, err = secret.OpenFolder(y.secrets(), y.keyFile()); err != nil {
		return err
	}
	y.keeper = credential.NewKeeper(credential.Options{
		DB: y.db, Store: y.store, Opener: opener, Now: wallClock, Wake: wake, Doom: credential.Dooms(y.queue), Log: y.log,
	})
	y.directory = tenant.NewDirectory(y.db, wallClock)
	y.roads = onboarding.NewRoads(y.db, wallClock, y.berlin, wake)
	y.desk = posting.NewDesk(y.db, wallClock, y.berlin, wake)
	return nil
}

// newEngine returns what a worker moves accounts with.
func newEngine(db *database.DB, keeper *credential.Keeper, url string, authority *x509.Certificate, pace transfer.Pace, log *slog.Logger) (*transfer.Engine, error) {
	berlin, err := calendar.Berlin()
	if err != nil {
		return nil, err
	}
	client, err := ba.New(ba.Options{BaseURL: url, ExtraRoots: []*x509.Certificate{authority}, Zone: berlin})
	if err != nil {
		return nil, err
	}
	return transfer.NewEngine(transfer.Options{
		DB: db, Client: client, Keeper: keeper, Pace: pace, Now: wallClock, Berlin: berlin, Log: log,
	}), nil
}

// working runs do while workers work.
func (y *yard) working(ctx context.Context, pace transfer.Pace, do func() error) error {
	engine, err := newEngine(y.db, y.keeper, y.ba.URL(), y.ba.CA(), pace, y.log)
	if err != nil {
		return err
	}
	all := river.NewWorkers()
	transfer.AddWorkers(all, engine, y.queue)
	credential.AddWorkers(all, y.keeper)
	runner, err := jobs.NewRunner(y.db, jobs.Plan{
		Workers: all, Periodic: []*river.PeriodicJob{transfer.Periodic(lookForDue)}, Parallel: workers,
	}, y.log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- runner.Run(ctx) }()
	err = do()
	stop()
	return errors.Join(err, <-ended)
}

// employ makes the nth employer, whose account may send.
func (y *yard) employ(ctx context.Context, n int) (place, error) {
	var p place
	name, supplier, alliance := fmt.Sprintf("Haus %d", n), fmt.Sprintf("V%07d00", n+1), fmt.Sprint(10000+n)
	made, err := y.directory.Create(ctx, name)
	if err != nil {
		return p, err
	}
	p.tenant = made.ID
	p.ctx = scope.WithCaller(scope.WithTenant(ctx, made.ID), scope.Caller{Kind: scope.TenantToken, Name: "bench", Tenant: made.ID})
	account, err := y.directory.CreateAccount(p.ctx, tenant.AccountInput{Name: name, SupplierID: &supplier, AllianceNumber: &alliance})
	if err != nil {
		return p, err
	}
	p.account = account.ID
	organisation, err := y.directory.CreateOrganisation(p.ctx, p.account, tenant.OrganisationInput{Name: name, Town: "Nürnberg", Kundennummer: kundennummer})
	if err != nil {
		return p, err
	}
	p.organisation = organisation.ID
	today := calendar.On(wallClock(), y.berlin)
	if _, err := y.directory.NoteBetreut(p.ctx, p.account, p.organisation, today, "bench"); err != nil {
		return p, err
	}
	for _, step := range []onboarding.Step{onboarding.Registered, onboarding.ContractRequested, onboarding.ContractSigned} {
		if _, err := y.roads.Note(p.ctx, p.account, step, today, "bench"); err != nil {
			return p, err
		}
	}
	issued, err := y.ba.Issue(basim.IssueRequest{
		PartnerID: supplier, Alliance: alliance, Name: name, HiringOrgs: []basim.HiringOrg{{Number: kundennummer, Name: name}}, Key: y.key,
	})
	if err != nil {
		return p, err
	}
	if _, err := y.keeper.Upload(p.ctx, p.account, issued.P12, secret.New([]byte(issued.PIN))); err != nil {
		return p, err
	}
	_, err = y.roads.Activate(p.ctx, p.account)
	return p, err
}

// employAll makes so many employers with one published ad each, and returns them with their ads.
func (y *yard) employAll(ctx context.Context, count int) (places []place, ads []uuid.UUID, err error) {
	for n := range count {
		p, err := y.employ(ctx, n)
		if err != nil {
			return nil, nil, fmt.Errorf("make employer %d: %w", n, err)
		}
		made, err := y.desk.Create(p.ctx, posting.Input{Publish: true, Content: content(n)})
		if err != nil {
			return nil, nil, fmt.Errorf("publish the ad of employer %d: %w", n, err)
		}
		places, ads = append(places, p), append(ads, made.ID)
	}
	return places, ads, nil
}

// change saves an ad with a content that nobody has seen.
func (y *yard) change(p place, ad uuid.UUID, n, version int) error {
	c := content(n)
	c.InternalReference = fmt.Sprintf("REQ-%d-%d", n, version)
	_, err := y.desk.Replace(p.ctx, ad, posting.Input{Publish: true, Content: c})
	return err
}
