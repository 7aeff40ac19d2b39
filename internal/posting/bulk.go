package posting

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
)

// Outcome is what became of one posting of many.
type Outcome struct {
	View View
	// Created and Changed say what saving did; neither when the posting was so already.
	Created bool
	Changed bool
	// Err is why it was refused: what PutByExternalID returns, or a failure of ours.
	Err error
}

// errTried undoes what was only tried.
var errTried = errors.New("only tried")

// PutAll does with each input what PutByExternalID does; each must have an external id of its own. An input that is refused leaves the others
// as they are; all that are not refused are committed together, with one wake-up for each account. With try nothing is kept of it. It
// returns an error only when nothing was saved.
func (d *Desk) PutAll(ctx context.Context, all []Input, try bool) ([]Outcome, error) {
	outcomes := make([]Outcome, len(all))
	err := d.db.Together(ctx, func(ctx context.Context) error {
		if err := d.lockAll(ctx, all); err != nil {
			return err
		}
		desk, awake := *d, map[uuid.UUID]bool{}
		desk.wake = func(_ database.Tx, account uuid.UUID) error { awake[account] = true; return nil }
		for _, i := range inOrder(all) {
			outcomes[i] = desk.putOne(ctx, all[i])
			if err := outcomes[i].Err; ctx.Err() != nil || database.Unreachable(err) {
				return errors.Join(ctx.Err(), err)
			}
		}
		if try {
			return errTried
		}
		return d.wakeAll(ctx, awake)
	})
	if errors.Is(err, errTried) {
		err = nil
	}
	if err != nil {
		return nil, fmt.Errorf("put postings: %w", err)
	}
	return outcomes, nil
}

func (d *Desk) putOne(ctx context.Context, in Input) Outcome {
	view, before, err := d.put(ctx, in)
	return Outcome{View: view, Created: before == 0, Changed: view.Version != before, Err: err}
}

// lockAll locks those postings that are there in the order of their ids, in which everybody does who locks several, so that nobody waits for
// each other.
func (d *Desk) lockAll(ctx context.Context, all []Input) error {
	ids := make([]string, len(all))
	for i, in := range all {
		ids[i] = *in.ExternalID
	}
	return d.db.InTx(ctx, func(tx database.Tx) error {
		var found []uuid.UUID
		return database.ForUpdate(tx.Of(&Posting{})).Where("external_id IN ?", ids).Order("id").Pluck("id", &found).Error
	})
}

// inOrder returns the positions of the inputs in the order of their external ids, in which new ones are created, for the same reason.
func inOrder(all []Input) []int {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(*all[a].ExternalID, *all[b].ExternalID) })
	return order
}

func (d *Desk) wakeAll(ctx context.Context, accounts map[uuid.UUID]bool) error {
	return d.db.InTx(ctx, func(tx database.Tx) error {
		for _, account := range slices.SortedFunc(maps.Keys(accounts), func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) }) {
			if err := d.wake(tx, account); err != nil {
				return err
			}
		}
		return nil
	})
}
