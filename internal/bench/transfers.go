package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

const (
	// watched accounts change an ad so many times each, at moments of their own.
	watchedAccounts = 20
	watchedChanges  = 6
	// busyAccounts have one ad each that waits when the workers begin, in so many rounds.
	busyAccounts = 120
	busyRounds   = 3
	// lookEvery is how often it is looked whether an ad stands as it should, patience how long.
	lookEvery = 20 * time.Millisecond
	patience  = 5 * time.Minute
)

// errPatience says that something did not happen in the time that anything may take.
var errPatience = errors.New("it takes too long")

// measureTransfers prints the three figures of transfers.
func measureTransfers(ctx context.Context) error {
	return errors.Join(measureDelay(ctx), measureRate(ctx), measureSending(ctx))
}

// quickPolls is the pace of production but for the BA's answers, which a simulator gives at once.
func quickPolls() transfer.Pace {
	pace := transfer.DefaultPace()
	pace.Polls, pace.PollEvery = []time.Duration{0, 0, 0}, lookEvery
	return pace
}

// measureDelay prints how long it takes from a saved change to the BA's having taken the file with it.
func measureDelay(ctx context.Context) error {
	pace := quickPolls()
	return withYard(ctx, pace.Quiet, func(y *yard) error {
		places, ads, err := y.employAll(ctx, watchedAccounts)
		if err != nil {
			return err
		}
		var delays []time.Duration
		err = y.working(ctx, pace, func() error {
			found := make([][]time.Duration, len(places))
			failed := make([]error, len(places))
			var all sync.WaitGroup
			for i, p := range places {
				all.Go(func() { found[i], failed[i] = y.delaysOf(p, ads[i], i, pace.Quiet) })
			}
			all.Wait()
			delays = slices.Concat(found...)
			return errors.Join(failed...)
		})
		if err != nil {
			return fmt.Errorf("measure how soon a change is sent: %w", err)
		}
		slices.Sort(delays)
		fmt.Printf("transfer: saved change to file taken = %.2f s p50, %.2f s p95, of which %v are the quiet time; %d changes of %d accounts at random moments\n",
			delays[len(delays)/2].Seconds(), delays[len(delays)*95/100].Seconds(), pace.Quiet, len(delays), len(places))
		return nil
	})
}

// delaysOf changes one account's ad again and again, each time when the change before is settled.
func (y *yard) delaysOf(p place, ad uuid.UUID, n int, spread time.Duration) ([]time.Duration, error) {
	var delays []time.Duration
	if err := y.settled(p, ad); err != nil {
		return nil, err
	}
	for version := range watchedChanges {
		time.Sleep(rand.N(spread)) //nolint:gosec // any moment will do
		if err := y.change(p, ad, n, version); err != nil {
			return nil, err
		}
		saved := time.Now()
		if err := y.settled(p, ad); err != nil {
			return nil, err
		}
		taken, err := y.lastTaken(p)
		if err != nil {
			return nil, err
		}
		delays = append(delays, taken.Sub(saved))
	}
	return delays, nil
}

// settled waits until the BA has an ad as it is wanted.
func (y *yard) settled(p place, ad uuid.UUID) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(lookEvery) {
		found, err := y.desk.Get(p.ctx, ad)
		if err != nil {
			return err
		}
		switch {
		case found.AtBA == posting.AtBALive && found.Change == posting.ChangeNone:
			return nil
		case found.Refusal != nil:
			return fmt.Errorf("the BA refused an ad: %+v", found.Refusal.Answers)
		}
	}
	return errPatience
}

// lastTaken is when the BA took the newest file of an account.
func (y *yard) lastTaken(p place) (time.Time, error) {
	var last transfer.Transfer
	err := y.db.InTx(p.ctx, func(tx database.Tx) error {
		return tx.Of(&transfer.Transfer{}).Omit("file").Where("sent_at IS NOT NULL").Order("id DESC").Take(&last).Error
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("read the newest transfer: %w", err)
	}
	return *last.SentAt, nil
}

// measureRate prints how many transfers workers bring from the plan to the answer in a second, when many accounts wait.
func measureRate(ctx context.Context) error {
	return withYard(ctx, 0, func(y *yard) error {
		places, ads, err := y.employAll(ctx, busyAccounts)
		if err != nil {
			return err
		}
		var took time.Duration
		for round := range busyRounds {
			for i, p := range places {
				if err := y.change(p, ads[i], i, round); err != nil {
					return err
				}
			}
			// The workers' start is part of it.
			began := time.Now()
			err := y.working(ctx, quickPolls(), func() error { return y.nothingWaits(ctx, places, ads, &took, began) })
			if err != nil {
				return fmt.Errorf("measure transfers per second: %w", err)
			}
		}
		count := busyAccounts * busyRounds
		fmt.Printf("transfer: %.0f transfers per second with %d workers, from the plan to the BA's answer read; %d accounts with one change each, %d times\n",
			float64(count)/took.Seconds(), workers, busyAccounts, busyRounds)
		return nil
	})
}

// nothingWaits waits until every ad is settled, and adds how long that took.
func (y *yard) nothingWaits(ctx context.Context, places []place, ads []uuid.UUID, took *time.Duration, began time.Time) error {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(lookEvery) {
		var busy int64
		err := y.db.Pool().QueryRow(ctx, "SELECT count(*) FROM account_schedule WHERE next_run_at IS NULL OR next_run_at < now() + interval '1 minute'").Scan(&busy)
		if err != nil {
			return err
		}
		if busy > 0 {
			continue
		}
		*took += time.Since(began)
		for i, p := range places {
			if err := y.settled(p, ads[i]); err != nil {
				return err
			}
		}
		return nil
	}
	return errPatience
}
