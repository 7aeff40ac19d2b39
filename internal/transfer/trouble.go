package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

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
	if out, ok := errors.AsType[*outageError](err); ok {
		return r.waitOutage(ctx, out.until)
	}
	cause := faultOf(err)
	if cause == nil || ba.ClassOf(err) == ba.ClassStopped {
		return nil, err
	}
	r.log.WarnContext(ctx, "account cannot go on", "account", r.account.ID, "error", err)
	until, broken, noteErr := r.noteFailure(ctx, err)
	if noteErr != nil {
		return nil, noteErr
	}
	if broken {
		return r.waitOutage(ctx, until)
	}
	since, err := r.noteTrouble(ctx, cause)
	if err != nil {
		return nil, fmt.Errorf("note the account's trouble: %w", err)
	}
	return new(r.retryAt(cause, since)), nil
}

// retryAt says when an account tries again that has had a trouble since a time:
//
//	what may pass by itself          Pace.Retries, by how long it has been going on
//	(host, network, secret store)
//	what somebody must mend          Pace.Stuck; another certificate or an activation wakes the account at once, and no saved ad
//	(certificate, rejected file)     does before
func (r *run) retryAt(cause *fault.Error, since time.Time) time.Time {
	now := r.now()
	if cause.Code.Kind != fault.Unavailable {
		return now.Add(r.pace.Stuck)
	}
	return now.Add(r.pace.retry(now.Sub(since)))
}

// noteTrouble returns since when the account has this trouble.
func (r *run) noteTrouble(ctx context.Context, cause *fault.Error) (time.Time, error) {
	since := r.now()
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		news, err := r.hold(tx, cause)
		if err != nil {
			return err
		}
		if !news && r.account.TroubleSince != nil {
			since = *r.account.TroubleSince
		}
		if cause.Code.Kind == fault.Unavailable {
			return nil
		}
		return r.stick(tx, r.now().Add(r.pace.Stuck))
	})
	return since, err
}

// hold notes, within a transaction, what keeps the account from going on, and tells it if that is news.
func (r *run) hold(tx database.Tx, cause *fault.Error) (news bool, err error) {
	if news, err = r.show(tx, cause); err != nil || !news {
		return false, err
	}
	if err := event.Append(tx, r.now(), event.AccountTrouble, r.account.ID, map[string]any{"code": cause.Code.Name}); err != nil {
		return true, err
	}
	return true, r.tellOfTrouble(tx, cause)
}

// show notes what keeps the account from going on, and tells nobody.
func (r *run) show(tx database.Tx, cause *fault.Error) (news bool, err error) {
	kept := troubleOf(cause)
	raw, err := json.Marshal(kept)
	if err != nil {
		return false, fmt.Errorf("write %s: %w", kept.Code, err)
	}
	return tenant.SetTrouble(tx, r.now(), r.account.ID, kept.Code, raw)
}

// recovered notes, within a transaction, that nothing momentary keeps the account from going on. What stands in its way for longer, and was
// told when it began, is shown again.
func (r *run) recovered(tx database.Tx) error {
	standing, err := r.standing(tx)
	if err != nil {
		return err
	}
	if standing != nil {
		_, err := r.show(tx, standing)
		return err
	}
	news, err := tenant.SetTrouble(tx, r.now(), r.account.ID, "", nil)
	if err != nil || !news {
		return err
	}
	return event.Append(tx, r.now(), event.AccountRecovered, r.account.ID, nil)
}

// standing is what stands in the account's way until somebody, or the BA's answer, decides: nil for nothing.
func (r *run) standing(tx database.Tx) (*fault.Error, error) {
	var undecided []Transfer
	err := tx.Of(&Transfer{}).Omit("file").Where("account_id = ? AND state IN ?", r.account.ID, []State{Sent, Unclear}).
		Order("id").Limit(maxUnanswered).Find(&undecided).Error
	if err != nil {
		return nil, fmt.Errorf("read undecided transfers: %w", err)
	}
	var lesser *fault.Error
	for _, t := range undecided {
		switch {
		case t.Trouble != nil && t.Trouble.Code == NoAnswer.Name:
			return NoAnswer.New(fault.Args{"file": t.FileName}), nil
		case lesser != nil:
		case t.State == Unclear:
			lesser = UploadUnclear.New(fault.Args{"file": t.FileName})
		case t.Trouble != nil && t.Trouble.Code == AnswerUnread.Name:
			lesser = AnswerUnread.New(fault.Args{"file": t.FileName})
		}
	}
	if lesser != nil {
		return lesser, nil
	}
	conditions, err := conditionsOf(tx, r.account.ID)
	if err != nil {
		return nil, err
	}
	if worst := conditions.first(); worst != nil {
		return worst.fault(), nil
	}
	now, err := wayOf(tx, r.account.ID)
	if err != nil {
		return nil, err
	}
	if now.DeletionsSince != nil {
		return now.held(), nil
	}
	if open, err := r.withdrawals(tx); err != nil || open != nil {
		return open, err
	}
	return foreignOf(tx, r.account.ID, r.now())
}
