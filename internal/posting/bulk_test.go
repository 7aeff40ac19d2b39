package posting_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// named is an ad under an external id.
func named(id string, changes ...func(*posting.Content)) posting.Input {
	return posting.Input{ExternalID: &id, Publish: true, Content: advert(changes...)}
}

func TestManyPostingsAreSavedAndABadOneSpoilsNone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	there := o.create(named("there"))
	same := o.create(named("same", func(c *posting.Content) { c.Title = "Altenpfleger (m/w/d)" }))
	o.woken.Store(0)
	elsewhere := named("elsewhere")
	elsewhere.AccountID = new(uuid.New())

	got, err := o.desk.PutAll(o.ctx, []posting.Input{
		named("new"), named("hopeless", hopeless), named("there", func(c *posting.Content) { c.Openings = 3 }), elsewhere,
		named("same", func(c *posting.Content) { c.Title = "Altenpfleger (m/w/d)" }),
	}, false)

	check(t, err)
	if len(got) != 5 || !got[0].Created || got[0].Err != nil || !got[2].Changed || got[2].Created || got[4].Changed || got[4].Err != nil {
		t.Errorf("got %+v", got)
	}
	if !fault.Has(got[1].Err, posting.NotPublishable) || !fault.Has(got[3].Err, fault.InvalidInput) {
		t.Errorf("refused with %v and %v", got[1].Err, got[3].Err)
	}
	if got[2].View.ID != there.ID || got[4].View.ID != same.ID || got[4].View.Version != same.Version {
		t.Error("other postings were meant")
	}
	if n := o.woken.Load(); n != 1 {
		t.Errorf("the account was woken %d times", n)
	}
	for _, id := range []string{"hopeless", "elsewhere"} {
		if _, err := o.desk.GetByExternalID(o.ctx, id); !fault.Has(err, fault.Missing) {
			t.Errorf("%s was saved: %v", id, err)
		}
	}
	saved, err := o.desk.GetByExternalID(o.ctx, "there")
	check(t, err)
	history, err := event.History(o.ctx, o.DB, there.ID)
	check(t, err)
	if saved.Content.Openings != 3 || saved.LatestRevision != 2 || saved.Change != posting.ChangeWaiting || len(history) != 2 {
		t.Errorf("saved %+v with %d events", saved, len(history))
	}
}

func TestWhatIsOnlyTriedIsAnsweredAlikeAndNotKept(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	there := o.create(named("there"))
	o.woken.Store(0)
	all := []posting.Input{named("new"), named("there", func(c *posting.Content) { c.Openings = 3 }), named("hopeless", hopeless)}

	got, err := o.desk.PutAll(o.ctx, all, true)

	check(t, err)
	if !got[0].Created || !got[1].Changed || !fault.Has(got[2].Err, posting.NotPublishable) {
		t.Errorf("got %+v", got)
	}
	if _, err := o.desk.GetByExternalID(o.ctx, "new"); !fault.Has(err, fault.Missing) {
		t.Errorf("it was saved: %v", err)
	}
	now, err := o.desk.GetByExternalID(o.ctx, "there")
	check(t, err)
	if now.Version != there.Version || now.Content.Openings != 1 || o.woken.Load() != 0 {
		t.Errorf("it was changed: %+v", now)
	}
}

func TestManyPostingsAreSavedWithTheirWakeUpOrNotAtAll(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	asleep := errors.New("asleep")
	desk := posting.NewDesk(o.DB, o.Clock.Now, o.Berlin, func(database.Tx, uuid.UUID) error { return asleep })

	_, err := desk.PutAll(o.ctx, []posting.Input{named("new")}, false)

	if !errors.Is(err, asleep) {
		t.Fatal(err)
	}
	if _, err := o.desk.GetByExternalID(o.ctx, "new"); !fault.Has(err, fault.Missing) {
		t.Errorf("it was saved: %v", err)
	}
}

func TestCallsThatNameTheSamePostingsInAnotherOrderDoNotBlockEachOther(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const many = 12
	all := make([]posting.Input, many)
	for i := range all {
		all[i] = named(fmt.Sprintf("REQ-%02d", i), func(c *posting.Content) { c.Title = fmt.Sprintf("Stelle %d (m/w/d)", i) })
		if i%2 == 0 {
			o.create(all[i])
		}
	}
	backwards := slices.Clone(all)
	slices.Reverse(backwards)
	var running sync.WaitGroup
	for i := range 6 {
		running.Go(func() {
			mine := slices.Clone(all)
			if i%2 == 1 {
				mine = slices.Clone(backwards)
			}
			for n := range mine {
				mine[n].Content.Openings = 1 + i
			}
			got, err := o.desk.PutAll(o.ctx, mine, false)
			if err != nil {
				t.Error(err)
			}
			for _, outcome := range got {
				if outcome.Err != nil {
					t.Error(outcome.Err)
				}
			}
		})
	}
	running.Wait()

	list, _, err := o.desk.List(o.ctx, posting.Filter{}, database.Page{Limit: 100})
	check(t, err)
	if len(list) != many {
		t.Errorf("%d postings", len(list))
	}
}
