package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// Pace says when the BA's answers are looked for and how long failures wait. Demo and tests shorten it.
type Pace struct {
	// Polls are the times since the upload at which the BA's folder is read; after the last one it is read every PollEvery.
	Polls     []time.Duration
	PollEvery time.Duration
	// Retries are the waits after failures that may pass by themselves, one after another; the last one repeats. Polls and Retries
	// hold at least one each.
	Retries []time.Duration
	// Stuck is the wait after failures that somebody must mend: a refused certificate, a rejected file.
	Stuck time.Duration
	// Alarm is how long after the upload a missing answer is an alarm.
	Alarm time.Duration
}

// DefaultPace is the pace for the real BA, which normally takes a file into work within half an hour.
func DefaultPace() Pace {
	return Pace{
		Polls:     []time.Duration{10 * time.Minute, 20 * time.Minute, 40 * time.Minute},
		PollEvery: time.Hour,
		Retries: []time.Duration{
			10 * time.Second, // 10 s after the first failure
			30 * time.Second, // 40 s
			2 * time.Minute,  // 2 min 40 s
			5 * time.Minute,  // 8 min
			15 * time.Minute, // 23 min, and so on
		},
		Stuck: time.Hour,
		Alarm: 24 * time.Hour,
	}
}

// poll returns how long after the upload the BA's folder is read for the (n+1)th time.
func (p Pace) poll(n int) time.Duration {
	if n < len(p.Polls) {
		return p.Polls[n]
	}
	return p.Polls[len(p.Polls)-1] + time.Duration(n-len(p.Polls)+1)*p.PollEvery
}

// retry returns how long to wait after a failure, by how long it has been going on.
func (p Pace) retry(lasting time.Duration) time.Duration {
	var passed time.Duration
	for _, wait := range p.Retries {
		if passed += wait; lasting < passed {
			return wait
		}
	}
	return p.Retries[len(p.Retries)-1]
}

// Engine moves accounts forward. Its steps are plain methods; jobs only call them.
type Engine struct {
	db     *database.DB
	client *ba.Client
	keeper *credential.Keeper
	pace   Pace
	now    func() time.Time
	berlin *time.Location
	log    *slog.Logger
	// maxItems and maxBytes cap one file.
	maxItems, maxBytes int
}

// Options is what an Engine works with.
type Options struct {
	DB     *database.DB
	Client *ba.Client
	Keeper *credential.Keeper
	Pace   Pace
	Now    func() time.Time
	Berlin *time.Location
	Log    *slog.Logger
}

// NewEngine returns an engine.
func NewEngine(o Options) *Engine {
	return &Engine{
		db: o.DB, client: o.Client, keeper: o.Keeper, pace: o.Pace, now: o.Now, berlin: o.Berlin, log: o.Log,
		maxItems: maxItems, maxBytes: maxBytes,
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
	session *ba.Session
	// wrote is the transfer that this run wrote.
	wrote uuid.UUID
}

// advance takes steps until nothing can be done now, and returns when the account is to be looked at again.
func (e *Engine) advance(ctx context.Context, account uuid.UUID) (time.Time, error) {
	r := &run{Engine: e}
	defer r.close()
	for range maxSteps {
		current, open, err := r.load(ctx, account)
		if err != nil {
			return time.Time{}, err
		}
		wait, err := r.step(ctx, current, open)
		if err := errors.Join(err, r.rememberPath(ctx)); err != nil {
			return time.Time{}, err
		}
		if wait != nil {
			return *wait, nil
		}
	}
	return e.now(), nil
}

// load reads the account, the transfer in flight if there is one, and whether anything may be sent.
func (r *run) load(ctx context.Context, account uuid.UUID) (current *Transfer, open bool, err error) {
	err = r.db.InTx(ctx, func(tx database.Tx) error {
		owner, err := tenant.Owner(tx)
		if err != nil {
			return err
		}
		if r.account, err = tenant.AccountByID(tx, account); err != nil {
			return err
		}
		open = owner.Lifecycle == tenant.Open && r.account.Active()
		var found []Transfer
		err = tx.Of(&Transfer{}).Where("account_id = ? AND state IN ?", account, inFlight).Limit(1).Find(&found).Error
		if len(found) > 0 {
			current = &found[0]
		}
		return err
	})
	if err != nil {
		return nil, false, fmt.Errorf("load account %s: %w", account, err)
	}
	return current, open, nil
}

// step does the one thing that is next. It returns when to look again if nothing more can be done now, and nil to go on.
func (r *run) step(ctx context.Context, current *Transfer, open bool) (*time.Time, error) {
	switch {
	case current == nil && !open:
		return new(r.nextDay(r.account.ID)), nil
	case current == nil:
		return r.planAndWrite(ctx)
	case current.State == Written && (current.ID != r.wrote || !open):
		// Since it was written the day, the ads or the wish for them may have changed.
		return nil, r.forget(ctx, current)
	case current.State == Written:
		return r.send(ctx, current)
	case current.State == Sending:
		// We hold the claim, so whoever was sending is dead.
		return nil, r.markUnclear(ctx, current, nil)
	default:
		return r.collect(ctx, current)
	}
}

// forget drops a file of which nothing left, and takes its postings out of flight; the next plan writes a new one.
func (r *run) forget(ctx context.Context, t *Transfer) error {
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		row := tx.Of(&Transfer{}).Where("id = ? AND state = ?", t.ID, t.State)
		if err := database.ForUpdate(row).Select("id").Take(&Transfer{}).Error; err != nil {
			return err
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

// faultOf finds the fault behind an error of the BA's host or of the certificate; nil when it is one of our own failures.
func faultOf(err error) *fault.Error {
	if found, ok := errors.AsType[*ba.Error](err); ok {
		return found.Fault()
	}
	if found, ok := errors.AsType[*fault.Error](err); ok {
		return found
	}
	return nil
}

// trouble notes what keeps the account from going on, tells it once, and returns when to try again. An error without words for people
// is a failure of ours, and one of being stopped is no trouble of the account: they are returned as they are.
func (r *run) trouble(ctx context.Context, err error) (*time.Time, error) {
	cause := faultOf(err)
	if cause == nil || ba.ClassOf(err) == ba.ClassStopped {
		return nil, err
	}
	r.log.WarnContext(ctx, "account cannot go on", "account", r.account.ID, "error", err)
	since, err := r.noteTrouble(ctx, cause)
	if err != nil {
		return nil, fmt.Errorf("note the account's trouble: %w", err)
	}
	now := r.now()
	if cause.Code.Kind != fault.Unavailable {
		return new(now.Add(r.pace.Stuck)), nil
	}
	return new(now.Add(r.pace.retry(now.Sub(since)))), nil
}

// noteTrouble returns since when the account has this trouble.
func (r *run) noteTrouble(ctx context.Context, cause *fault.Error) (time.Time, error) {
	since := r.now()
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		news, err := r.hold(tx, cause)
		if err == nil && !news && r.account.TroubleSince != nil {
			since = *r.account.TroubleSince
		}
		return err
	})
	return since, err
}

// hold notes, within a transaction, what keeps the account from going on, and tells it if that is news.
func (r *run) hold(tx database.Tx, cause *fault.Error) (news bool, err error) {
	kept := troubleOf(cause)
	raw, err := json.Marshal(kept)
	if err != nil {
		return false, fmt.Errorf("write %s: %w", kept.Code, err)
	}
	if news, err = tenant.SetTrouble(tx, r.now(), r.account.ID, kept.Code, raw); err != nil || !news {
		return false, err
	}
	return true, event.Append(tx, r.now(), event.AccountTrouble, r.account.ID, map[string]any{"code": kept.Code})
}

// recovered notes, within a transaction, that nothing keeps the account from going on.
func (r *run) recovered(tx database.Tx) error {
	news, err := tenant.SetTrouble(tx, r.now(), r.account.ID, "", nil)
	if err != nil || !news {
		return err
	}
	return event.Append(tx, r.now(), event.AccountRecovered, r.account.ID, nil)
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
