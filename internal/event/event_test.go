package event_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

func TestAHistoryTellsWhatHappenedNewestFirst(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	id, ctx := house.Tenant(t, "Muster")
	_, foreign := house.Tenant(t, "Bau AG")
	subject, other := uuid.New(), uuid.New()
	err := house.DB.InTx(ctx, func(tx database.Tx) error {
		return errors.Join(
			event.Append(tx, house.Clock.Now(), event.PostingSaved, subject, map[string]any{"revision": 1}),
			event.Append(tx, house.Clock.Now(), event.PostingSaved, other, nil),
			event.Append(tx, house.Clock.Now().Add(time.Minute), event.PostingLive, subject, nil),
		)
	})
	if err != nil {
		t.Fatal(err)
	}

	got, err := event.History(ctx, house.DB, subject)

	if err != nil || len(got) != 2 || got[0].Kind != event.PostingLive || got[1].Kind != event.PostingSaved {
		t.Fatalf("got %+v, %v", got, err)
	}
	if string(got[0].Data) != "{}" || string(got[1].Data) != `{"revision": 1}` {
		t.Errorf("particulars %s, %s", got[0].Data, got[1].Data)
	}
	if got[1].Caller != "Muster's software" || got[1].TenantID != id || !got[1].At.Equal(house.Clock.Now()) {
		t.Errorf("got %+v", got)
	}
	if theirs, err := event.History(foreign, house.DB, subject); err != nil || len(theirs) != 0 {
		t.Errorf("another tenant sees %d events, %v", len(theirs), err)
	}
}

func TestAnEventOfATransactionThatFailedDidNotHappen(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	subject, failed := uuid.New(), errors.New("failed")

	err := house.DB.InTx(ctx, func(tx database.Tx) error {
		return errors.Join(event.Append(tx, house.Clock.Now(), event.PostingSaved, subject, nil), failed)
	})

	if !errors.Is(err, failed) {
		t.Fatal(err)
	}
	if got, err := event.History(ctx, house.DB, subject); err != nil || len(got) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWithoutARequestTheCallerIsStellwerk(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	id, _ := house.Tenant(t, "Muster")
	ctx, subject := scope.WithTenant(t.Context(), id), uuid.New()

	err := house.DB.InTx(ctx, func(tx database.Tx) error {
		return event.Append(tx, house.Clock.Now(), event.AccountTrouble, subject, nil)
	})
	if err != nil {
		t.Fatal(err)
	}

	if got, err := event.History(ctx, house.DB, subject); err != nil || len(got) != 1 || got[0].Caller != "stellwerk" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWhatCannotBeWrittenAsJSONIsAnError(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	err := house.DB.InTx(ctx, func(tx database.Tx) error {
		return event.Append(tx, house.Clock.Now(), event.PostingSaved, uuid.New(), map[string]any{"x": func() {}})
	})
	if err == nil {
		t.Error("it is written")
	}
}
