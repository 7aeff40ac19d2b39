package database_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

var errFailed = errors.New("failed")

func TestPartsAreCommittedTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	subject := uuid.New()
	for _, fails := range []error{errFailed, nil} {
		err := house.DB.Together(ctx, func(ctx context.Context) error {
			return errors.Join(appendEvent(ctx, house, subject), appendEvent(ctx, house, subject), fails)
		})

		want := 2
		if fails != nil {
			want = 0
		}
		if !errors.Is(err, fails) || countEvents(t, ctx, house, subject) != want {
			t.Errorf("%v, and %d events", err, countEvents(t, ctx, house, subject))
		}
	}
}

func TestAPartThatFailsIsUndoneAndTheOthersStay(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	good, bad := uuid.New(), uuid.New()
	var domain, statement error

	err := house.DB.Together(ctx, func(ctx context.Context) error {
		domain = house.DB.InTx(ctx, func(tx database.Tx) error {
			return errors.Join(event.Append(tx, house.Clock.Now(), event.PostingSaved, bad, nil), errFailed)
		})
		statement = house.DB.InTx(ctx, func(tx database.Tx) error { return tx.Exec("SELECT 1/0").Error })
		return appendEvent(ctx, house, good)
	})

	if err != nil || !errors.Is(domain, errFailed) || statement == nil {
		t.Fatalf("%v, %v, %v", err, domain, statement)
	}
	if countEvents(t, ctx, house, good) != 1 || countEvents(t, ctx, house, bad) != 0 {
		t.Error("the failed part was not undone, or the other one was")
	}
}

func TestATogetherWithinAnotherIsItsPart(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	outer, inner := uuid.New(), uuid.New()

	err := house.DB.Together(ctx, func(ctx context.Context) error {
		failed := house.DB.Together(ctx, func(ctx context.Context) error {
			return errors.Join(appendEvent(ctx, house, inner), errFailed)
		})
		if !errors.Is(failed, errFailed) {
			t.Error(failed)
		}
		return appendEvent(ctx, house, outer)
	})

	if err != nil || countEvents(t, ctx, house, outer) != 1 || countEvents(t, ctx, house, inner) != 0 {
		t.Errorf("%v", err)
	}
}

func TestEachPartSeesOnlyWhomItWorksFor(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	one, first := house.Tenant(t, "Muster")
	other, _ := house.Tenant(t, "Bau AG")
	visible := func(tx *gorm.DB) []uuid.UUID {
		var found []uuid.UUID
		if err := tx.Table("tenants").Order("id").Pluck("id", &found).Error; err != nil {
			t.Error(err)
		}
		return found
	}

	err := house.DB.Together(first, func(ctx context.Context) error {
		return errors.Join(
			house.DB.InPlatform(ctx, func(tx *gorm.DB) error {
				if got := visible(tx); len(got) != 2 {
					t.Errorf("the platform sees %v", got)
				}
				return nil
			}),
			house.DB.InTx(ctx, func(tx database.Tx) error {
				if got := visible(tx.DB); len(got) != 1 || got[0] != one {
					t.Errorf("the tenant sees %v", got)
				}
				return nil
			}),
			house.DB.InTx(scope.WithTenant(ctx, other), func(tx database.Tx) error {
				if got := visible(tx.DB); len(got) != 1 || got[0] != other {
					t.Errorf("the other tenant sees %v", got)
				}
				return nil
			}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func appendEvent(ctx context.Context, house *testhouse.House, subject uuid.UUID) error {
	return house.DB.InTx(ctx, func(tx database.Tx) error {
		return event.Append(tx, house.Clock.Now(), event.PostingSaved, subject, nil)
	})
}

func countEvents(t *testing.T, ctx context.Context, house *testhouse.House, subject uuid.UUID) int { //nolint:revive // t comes first in helpers
	t.Helper()
	found, err := event.History(ctx, house.DB, subject)
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}
