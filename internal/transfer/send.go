package transfer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// send uploads a written file. Sending is committed before the first byte leaves, so that a crash in between is found as what it is:
// unclear. Only what certainly did not leave is sent again, and then in a new file.
func (r *run) send(ctx context.Context, t *Transfer) (*time.Time, error) {
	if err := r.connect(ctx); err != nil {
		return r.trouble(ctx, err)
	}
	if err := r.beginSending(ctx, t); err != nil {
		return nil, err
	}
	receipt, failure := r.session.Upload(ctx, t.FileName, r.file)
	// What happened must be written down even when we were told to stop meanwhile.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	switch receipt.Outcome {
	case ba.Taken:
		if err := r.markSent(ctx, t); err != nil {
			return nil, err
		}
		return nil, r.gotThrough(ctx)
	case ba.Refused:
		return r.markRejected(ctx, t)
	case ba.NotSent:
		if err := r.forget(ctx, t); err != nil {
			return nil, err
		}
		return r.trouble(ctx, failure)
	default:
		return nil, r.markUnclear(ctx, t, faultOf(failure))
	}
}

// beginSending commits that the file is about to leave.
func (r *run) beginSending(ctx context.Context, t *Transfer) error {
	now := r.now()
	t.State, t.SendingAt = Sending, &now
	t.Attempts++
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := move(tx, t, Written, now); err != nil {
			return err
		}
		if err := r.noteProbes(tx); err != nil {
			return err
		}
		err := tx.Of(&Copy{}).Where("first_sent_at IS NULL AND id IN (SELECT copy_id FROM transfer_items WHERE transfer_id = ?)", t.ID).
			Updates(map[string]any{"first_sent_at": now, "updated_at": now}).Error
		if err != nil {
			return err
		}
		return r.eachPosting(tx, t.ID, func(p *posting.Posting, item Item) error {
			p.InFlight, p.Reference = &item.Action, &item.Reference
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("begin sending %s: %w", t.FileName, err)
	}
	return nil
}

// markSent notes that the BA took the file. Nothing is live before its answer.
func (r *run) markSent(ctx context.Context, t *Transfer) error {
	now := r.now()
	t.State, t.SentAt, t.Trouble = Sent, &now, nil
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := move(tx, t, Sending, now); err != nil {
			return err
		}
		if err := r.recovered(tx); err != nil {
			return err
		}
		return r.eachPosting(tx, t.ID, func(p *posting.Posting, item Item) error {
			data := map[string]any{"action": item.Action, "revision": item.Revision, "transfer_id": t.ID}
			return event.Append(tx, now, event.PostingSent, p.ID, data)
		})
	})
	if err != nil {
		return fmt.Errorf("note that %s was sent: %w", t.FileName, err)
	}
	return nil
}

// markUnclear notes that nobody knows whether the BA took the file. Nothing more goes out before that is decided.
func (r *run) markUnclear(ctx context.Context, t *Transfer, cause *fault.Error) error {
	now := r.now()
	unclear := UploadUnclear.New(fault.Args{"file": t.FileName})
	t.State, t.Trouble = Unclear, troubleOf(unclear)
	data := map[string]any{"file_name": t.FileName}
	if cause != nil {
		data["cause"] = cause.Code.Name
	}
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := move(tx, t, Sending, now); err != nil {
			return err
		}
		if err := event.Append(tx, now, event.TransferUnclear, t.ID, data); err != nil {
			return err
		}
		if _, err := r.hold(tx, unclear); err != nil {
			return err
		}
		return r.eachPosting(tx, t.ID, func(p *posting.Posting, item Item) error {
			if item.Action != posting.Update {
				p.AtBA = posting.AtBAUnknown
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("note that %s is unclear: %w", t.FileName, err)
	}
	return nil
}

// markRejected notes that the BA did not take the file. Its ads wait again; a new file is tried later, since the reason lies in the file or
// the account and not in one ad.
func (r *run) markRejected(ctx context.Context, t *Transfer) (*time.Time, error) {
	now := r.now()
	rejected := FileRejected.New(fault.Args{"file": t.FileName})
	t.State, t.SettledAt, t.Trouble = Rejected, &now, troubleOf(rejected)
	err := r.db.InTx(ctx, func(tx database.Tx) error {
		if err := move(tx, t, Sending, now); err != nil {
			return err
		}
		if err := tx.Of(&Item{}).Where("transfer_id = ?", t.ID).Update("result", NotTaken).Error; err != nil {
			return err
		}
		if err := event.Append(tx, now, event.TransferRejected, t.ID, map[string]any{"file_name": t.FileName}); err != nil {
			return err
		}
		return r.land(tx, t.ID)
	})
	if err != nil {
		return nil, fmt.Errorf("note that %s was rejected: %w", t.FileName, err)
	}
	return r.trouble(ctx, rejected)
}

// land takes a transfer's postings out of flight.
func (r *run) land(tx database.Tx, transfer uuid.UUID) error {
	return r.eachPosting(tx, transfer, func(p *posting.Posting, _ Item) error {
		p.InFlight = nil
		return nil
	})
}

// eachPosting locks the postings of a transfer, lets change alter each with its item, and saves it with its change derived anew.
func (r *run) eachPosting(tx database.Tx, transfer uuid.UUID, change func(p *posting.Posting, item Item) error) error {
	return eachPosting(tx, r.now(), r.today(), transfer, change)
}

func eachPosting(
	tx database.Tx, now time.Time, today calendar.Date, transfer uuid.UUID, change func(p *posting.Posting, item Item) error,
) error {
	rows, err := itemsOf(tx, transfer)
	if err != nil {
		return err
	}
	byPosting := make(map[uuid.UUID]Item, len(rows))
	ids := make([]uuid.UUID, 0, len(rows))
	for _, item := range rows {
		byPosting[item.PostingID] = item
		ids = append(ids, item.PostingID)
	}
	var found []posting.Posting
	if err := database.ForUpdate(tx.Of(&posting.Posting{})).Where("id IN ?", ids).Order("id").Find(&found).Error; err != nil {
		return fmt.Errorf("read postings: %w", err)
	}
	for i := range found {
		p := &found[i]
		if err := change(p, byPosting[p.ID]); err != nil {
			return err
		}
		p.UpdatedAt = now
		p.Settle(now, today)
		if err := tx.Rewrite(p); err != nil {
			return fmt.Errorf("save posting %s: %w", p.ID, err)
		}
	}
	return nil
}
