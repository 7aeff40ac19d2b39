package notice

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
)

func TestADigestTakesNothingMoreOnceItIsOnItsWay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(Daily, "jobs@muster-pflege.example")
	o.tell("Koch (m/w/d)", "Köchin (m/w/d)")
	o.tell("Beikoch (m/w/d)")
	at := nextDigest(o.Clock.Now(), o.Berlin)
	o.Clock.Set(at)
	o.server.down = true
	o.sendAll()

	o.Clock.Set(at.Add(-time.Second)) // a worker whose clock is late
	o.tell("Küchenhilfe (m/w/d)")

	if mails := o.mails(); len(mails) != 2 {
		t.Fatalf("mails %+v", mails)
	}
	o.server.down = false
	o.Clock.Set(at.Add(time.Hour))
	o.sendAll()
	var subjects []string
	for _, m := range o.server.taken {
		subjects = append(subjects, m.Subject)
	}
	if want := []string{"Your job ads: 3 messages", "Refused: Küchenhilfe (m/w/d)"}; !slices.Equal(subjects, want) {
		t.Errorf("taken %q", subjects)
	}
}

func TestDigestsGoAtSevenOnGermanClocks(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, tt := range []struct{ now, want string }{
		{"2026-11-24T05:59:59Z", "2026-11-24T06:00:00Z"},
		{"2026-11-24T06:00:00Z", "2026-11-25T06:00:00Z"},
		{"2026-10-24T12:00:00Z", "2026-10-25T06:00:00Z"}, // the night in which the clocks go back
		{"2027-03-27T12:00:00Z", "2027-03-28T05:00:00Z"}, // and the one in which they go on
		{"2026-12-31T23:30:00Z", "2027-01-01T06:00:00Z"},
	} {
		now, err := time.Parse(time.RFC3339, tt.now)
		check(t, err)
		if got := nextDigest(now, o.Berlin).UTC().Format(time.RFC3339); got != tt.want {
			t.Errorf("after %s: %s, want %s", tt.now, got, tt.want)
		}
	}
}

func TestWhatTwoFilesBringAtOnceIsInOneDigest(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.notify(Daily, "jobs@muster-pflege.example")
	var both sync.WaitGroup
	for range 8 {
		both.Go(func() {
			err := o.DB.InTx(o.ctx, func(tx database.Tx) error { return o.outbox.Put(tx, []Notice{{Kind: event.PostingRefused}}) })
			if err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	o.Clock.Set(nextDigest(o.Clock.Now(), o.Berlin))

	o.sendAll()

	if len(o.server.taken) != 1 || o.server.taken[0].Subject != "Your job ads: 8 messages" {
		t.Errorf("taken %v", o.server.taken)
	}
}
