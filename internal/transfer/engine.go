package transfer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// Engine moves accounts forward. Its steps are plain methods; jobs only call them.
type Engine struct {
	db     *database.DB
	client *ba.Client
	keeper *credential.Keeper
	outbox *notice.Outbox
	pace   Pace
	now    func() time.Time
	berlin *time.Location
	log    *slog.Logger
	// onAnswer hears of each file that the BA has answered.
	onAnswer func(took time.Duration)
	// maxItems and maxBytes cap one file.
	maxItems, maxBytes int
}

// Options is what an Engine works with.
type Options struct {
	DB     *database.DB
	Client *ba.Client
	Keeper *credential.Keeper
	// Outbox takes what people are to be told; nil tells nobody.
	Outbox *notice.Outbox
	Pace   Pace
	Now    func() time.Time
	Berlin *time.Location
	Log    *slog.Logger
	// Answered hears of each file that the BA has answered, and how long that took; nil tells nobody.
	Answered func(took time.Duration)
}

// NewEngine returns an engine.
func NewEngine(o Options) *Engine {
	if o.Answered == nil {
		o.Answered = func(time.Duration) {}
	}
	return &Engine{
		db: o.DB, client: o.Client, keeper: o.Keeper, outbox: o.Outbox, pace: o.Pace, now: o.Now, berlin: o.Berlin, log: o.Log,
		onAnswer: o.Answered, maxItems: maxItems, maxBytes: maxBytes,
	}
}

// maxSteps bounds what one Advance does; what is left is done by the next one, which is due at once.
const maxSteps = 12

// closing bounds what must still be written down after the work itself was broken off.
const closing = 30 * time.Second

// Advance moves one account as far as it can be moved now: the answer to a file that was sent is looked for, what remains to be done is
// planned, written and sent. It returns ErrClaimed when somebody else is at it. Whatever stops it, the next
// call goes on from what is stored.
func (e *Engine) Advance(ctx context.Context, ref AccountRef) error {
	held, err := e.take(ctx, ref)
	if err != nil {
		return err
	}
	working, stop := context.WithCancelCause(scope.WithTenant(ctx, ref.TenantID))
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		held.keep(working, stop)
	}()
	next, err := e.advance(working, ref.AccountID)
	stop(nil)
	<-kept
	if err != nil {
		next = e.now().Add(e.pace.Retries[0])
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	return errors.Join(err, held.release(ending, next))
}

// run is one account at work: its row, and the session with the BA, opened when it is first needed.
type run struct {
	*Engine
	account tenant.Account
	way     way
	session *ba.Session
	// wrote is the transfer that this run wrote, file its content, and probes the conditions of which it finds out whether they still hold.
	wrote  uuid.UUID
	file   []byte
	probes []condition
	// outage is what this run saw of the platform-wide breaker when it last looked.
	outage outage
}

// advance takes steps until nothing can be done now, and returns when the account is to be looked at again.
func (e *Engine) advance(ctx context.Context, account uuid.UUID) (time.Time, error) {
	r := &run{Engine: e}
	defer r.close()
	for range maxSteps {
		found, err := r.load(ctx, account)
		if err != nil {
			return time.Time{}, err
		}
		wait, err := r.step(ctx, found)
		if err := errors.Join(err, r.rememberPath(ctx)); err != nil {
			return time.Time{}, err
		}
		if wait != nil {
			return *wait, nil
		}
	}
	return e.now(), nil
}

// flight is what an account has in flight.
type flight struct {
	// open says whether anything may be sent.
	open bool
	// current is the file that is written or being sent, nil when there is none.
	current *Transfer
	// waiting are the files that the BA has not answered, oldest first, without their content.
	waiting []Transfer
	// stuck is until when nothing is sent, since somebody must mend what failed; nil when that is not so.
	stuck *time.Time
}

// load reads the account, and what it has in flight.
func (r *run) load(ctx context.Context, account uuid.UUID) (flight, error) {
	var f flight
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		owner, err := tenant.Owner(tx)
		if err != nil {
			return err
		}
		if r.account, err = tenant.AccountByID(tx, account); err != nil {
			return err
		}
		if r.way, err = wayOf(tx, account); err != nil {
			return err
		}
		if f.stuck, err = r.stuck(tx); err != nil {
			return err
		}
		f.open = owner.Lifecycle == tenant.Open && r.account.Active()
		var found []Transfer
		err = tx.Of(&Transfer{}).Omit("file").Where("account_id = ? AND state IN ?", account, inFlight).Order("id").
			Limit(maxUnanswered + 1).Find(&found).Error
		if err != nil {
			return fmt.Errorf("read transfers in flight: %w", err)
		}
		for i := range found {
			if found[i].waits() {
				f.waiting = append(f.waiting, found[i])
				continue
			}
			f.current = &found[i]
		}
		return nil
	})
	if err != nil {
		return flight{}, fmt.Errorf("load account %s: %w", account, err)
	}
	return f, nil
}

// step does the one thing that is next. It returns when to look again if nothing more can be done now, and nil to go on.
func (r *run) step(ctx context.Context, f flight) (*time.Time, error) {
	if current := f.current; current != nil {
		switch {
		case current.State == Sending:
			// We hold the claim, so whoever was sending is dead.
			return nil, r.markUnclear(ctx, current, nil)
		case current.ID != r.wrote || !f.open:
			// Since it was written the day, the ads or the wish for them may have changed.
			return nil, r.forget(ctx, current)
		default:
			return r.send(ctx, current)
		}
	}
	var next *time.Time
	for i := range f.waiting {
		due := r.pollDue(&f.waiting[i])
		if !due.After(r.now()) {
			return r.collect(ctx, f.waiting)
		}
		next = earlier(next, due)
	}
	if f.open && !r.lookDue().After(r.now()) {
		return nil, r.lookDaily(ctx)
	}
	free, from := r.mayWrite(f)
	switch {
	case !f.open:
		return earlier(next, r.nextDay(r.account.ID)), nil
	case !free:
		return earlierOf(next, from), nil
	}
	look, err := r.planAndWrite(ctx, f.waiting)
	if err != nil || look == nil {
		return nil, err
	}
	return earlier(earlier(next, *look), r.lookDue()), nil
}

// maxUnanswered is how many files of one account may be without an answer at a time.
const maxUnanswered = 3

// mayWrite reports whether the next file may be written though others are unanswered, or from when on, if that is known: when the BA has had
// its time with each of them, and what somebody must mend is mended. The first file of an account carries one ad, and the others follow its
// answer.
func (r *run) mayWrite(f flight) (free bool, from *time.Time) {
	if f.stuck != nil {
		return false, f.stuck
	}
	if len(f.waiting) == 0 {
		return true, nil
	}
	if len(f.waiting) >= maxUnanswered || !r.way.proven(r.account) {
		return false, nil
	}
	for i := range f.waiting {
		since := f.waiting[i].since()
		if worked(since, r.now(), r.pace.Overtake, r.berlin) < r.pace.Overtake {
			at := afterWork(since, r.pace.Overtake, r.berlin)
			if from == nil || at.After(*from) {
				from = &at
			}
		}
	}
	return from == nil, from
}

func earlier(a *time.Time, b time.Time) *time.Time {
	if a != nil && a.Before(b) {
		return a
	}
	return &b
}

func earlierOf(a, b *time.Time) *time.Time {
	if b == nil {
		return a
	}
	return earlier(a, *b)
}

// forget drops a file of which nothing left, and takes its postings out of flight; the next plan writes a new one.
func (r *run) forget(ctx context.Context, t *Transfer) error {
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		row := tx.Of(&Transfer{}).Where("id = ? AND state = ?", t.ID, t.State)
		if err := database.ForUpdate(row).Select("id").Take(&Transfer{}).Error; err != nil {
			return err
		}
		if t.ID == r.wrote {
			if err := r.forgetProbes(tx); err != nil {
				return err
			}
		}
		if err := r.land(tx, t.ID); err != nil {
			return err
		}
		if err := tx.Of(&Item{}).Where("transfer_id = ?", t.ID).Delete(&Item{}).Error; err != nil {
			return err
		}
		return tx.Of(&Transfer{}).Where("id = ?", t.ID).Delete(&Transfer{}).Error
	})
	if err != nil {
		return fmt.Errorf("forget transfer %s: %w", t.ID, err)
	}
	return nil
}

// connect opens the session with the BA and finds out where the account's folder is, unless that is known; rememberPath keeps it.
func (r *run) connect(ctx context.Context) error {
	if r.session != nil {
		return nil
	}
	if err := r.passBreaker(ctx); err != nil {
		return err
	}
	pair, err := r.keeper.Open(ctx, r.account.ID)
	if err != nil {
		return fmt.Errorf("open the account's certificate: %w", err)
	}
	session, err := r.client.Session(ba.Identity{
		PartnerID: *r.account.SupplierID, Certificate: pair.Certificate, Authorities: pair.Authorities,
		PathMode: ba.PathMode(r.account.PathMode),
	})
	if err != nil {
		return err
	}
	if r.account.PathMode == tenant.PathUnknown {
		if _, err := session.Probe(ctx); err != nil {
			session.Close()
			return fmt.Errorf("look for the account's folder: %w", err)
		}
	}
	r.session = session
	return nil
}

// rememberPath keeps where the account's folder was found, which the session looks for anew when it is not where it was.
func (r *run) rememberPath(ctx context.Context) error {
	if r.session == nil || tenant.PathMode(r.session.PathMode()) == r.account.PathMode {
		return nil
	}
	mode := tenant.PathMode(r.session.PathMode())
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		return tx.Of(&tenant.Account{}).Where("id = ?", r.account.ID).Update("path_mode", mode).Error
	})
	if err != nil {
		return fmt.Errorf("remember the account's folder: %w", err)
	}
	r.account.PathMode = mode
	return nil
}

func (r *run) close() {
	if r.session != nil {
		r.session.Close()
	}
}

// move changes a transfer's state within a transaction, and fails if somebody else has changed it.
func move(tx database.Tx, t *Transfer, from State, now time.Time) error {
	t.UpdatedAt = now
	done := tx.Of(t).Where("state = ?", from).Select("*").Omit("file").Updates(t)
	if done.Error != nil {
		return fmt.Errorf("move transfer %s from %s to %s: %w", t.ID, from, t.State, done.Error)
	}
	if done.RowsAffected == 0 {
		return fmt.Errorf("move transfer %s from %s to %s: %w", t.ID, from, t.State, gorm.ErrRecordNotFound)
	}
	return nil
}
