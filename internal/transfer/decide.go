package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// Decisions is the door to what only a person can decide about transfers.
type Decisions struct {
	db     *database.DB
	now    func() time.Time
	berlin *time.Location
	wake   func(tx database.Tx, account uuid.UUID) error
}

// NewDecisions returns the door in a database. wake is called in the transaction that lets an account go on.
func NewDecisions(db *database.DB, now func() time.Time, berlin *time.Location, wake func(tx database.Tx, account uuid.UUID) error) *Decisions {
	return &Decisions{db: db, now: now, berlin: berlin, wake: wake}
}

// Abandon gives up waiting for the BA's answer to a file, once somebody has found out that none will come. Its ads are planned anew. Should
// the BA have taken the file after all, nothing is doubled: what it has under our references is met by updates (rule 110). Abandoning it again
// changes nothing. It returns fault.Missing and NotWaiting.
func (d *Decisions) Abandon(ctx context.Context, id uuid.UUID) error {
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		var found Transfer
		if err := database.ForUpdate(tx.Of(&found)).Omit("file").Where("id = ?", id).Take(&found).Error; err != nil {
			return err
		}
		switch found.State {
		case Abandoned:
			return nil
		case Sent, Unclear:
		default:
			return NotWaiting.New(nil)
		}
		now, from := d.now(), found.State
		found.State, found.SettledAt, found.Trouble = Abandoned, &now, nil
		if err := move(tx, &found, from, now); err != nil {
			return err
		}
		if err := d.land(tx, &found, now); err != nil {
			return err
		}
		if err := event.Append(tx, now, event.TransferAbandoned, id, map[string]any{"file_name": found.FileName}); err != nil {
			return err
		}
		return d.wake(tx, found.AccountID)
	})
	return database.OrMissing("give up transfer", err)
}

// land takes the ads of a file that was given up out of flight. Nobody knows whether the BA inserted or deleted them; that doubt stays with
// the copy until an answer decides it. What was to be changed stands as the BA confirmed it last.
func (d *Decisions) land(tx database.Tx, t *Transfer, now time.Time) error {
	return eachPosting(tx, now, calendar.On(now, d.berlin), t.ID, func(p *posting.Posting, item Item) error {
		var have Copy
		if err := database.ForUpdate(tx.Of(&have)).Where("id = ?", item.CopyID).Take(&have).Error; err != nil {
			return fmt.Errorf("read copy: %w", err)
		}
		p.InFlight = nil
		if item.Action == posting.Update {
			return nil
		}
		p.AtBA = posting.AtBAUnknown
		have.Doubt, have.UpdatedAt = &item.Action, now
		return tx.Rewrite(&have)
	})
}

// Approve lets held deletions of an account go: as many as the caller saw, so that nobody approves what he does not know. It returns
// fault.Missing and NothingHeld.
func (d *Decisions) Approve(ctx context.Context, account uuid.UUID, count int) error {
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		if err := database.ForUpdate(tx.Of(&tenant.Account{})).Where("id = ?", account).Take(&tenant.Account{}).Error; err != nil {
			return err
		}
		found, err := wayOf(tx, account)
		if err != nil {
			return err
		}
		if found.DeletionsSince == nil || found.Deletions != count {
			return NothingHeld.New(fault.Args{"count": found.Deletions})
		}
		by := scope.CallerOf(ctx).Name
		found.DeletionsLetGo, found.DeletionsBy, found.DeletionsSince = count, &by, nil
		if err := found.save(tx); err != nil {
			return err
		}
		if err := event.Append(tx, d.now(), event.AccountDeletionsApproved, account, map[string]any{"count": count}); err != nil {
			return err
		}
		return d.wake(tx, account)
	})
	return database.OrMissing("approve deletions", err)
}
