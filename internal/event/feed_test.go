package event_test

import (
	"context"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

func TestAnEventThatIsCommittedLateIsToldToo(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	slow, quick, later := uuid.New(), uuid.New(), uuid.New()
	var between event.Part

	// The slow transaction has appended its event before the quick one begins, and commits after the quick one was told.
	err := house.DB.InTx(ctx, func(tx database.Tx) error {
		if err := event.Append(tx, house.Clock.Now(), event.PostingSaved, slow, nil); err != nil {
			return err
		}
		tell(t, ctx, house, event.PostingSaved, quick)
		between = feed(t, ctx, house, event.Filter{}, 0, 10)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	tell(t, ctx, house, event.PostingSaved, later)
	after := feed(t, ctx, house, event.Filter{}, between.Next, 10)

	if got := subjects(between); !slices.Equal(got, []uuid.UUID{quick}) {
		t.Errorf("while the slow one ran: %v", got)
	}
	if got := subjects(after); !slices.Equal(got, []uuid.UUID{slow, later}) {
		t.Errorf("then %v, want the slow one and the later one", got)
	}
	if all := subjects(feed(t, ctx, house, event.Filter{}, 0, 10)); !slices.Equal(all, []uuid.UUID{quick, slow, later}) {
		t.Errorf("from the beginning: %v", all)
	}
}

// TestReadersSeeEveryEventOnceWhoeverCommitsWhen has writers whose transactions overlap, and readers who follow the feed at the same time.
func TestReadersSeeEveryEventOnceWhoeverCommitsWhen(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	const writers, each = 4, 25
	var writing, reading sync.WaitGroup
	done := make(chan struct{})
	for range writers {
		writing.Go(func() {
			for i := range each {
				err := house.DB.InTx(ctx, func(tx database.Tx) error {
					err := event.Append(tx, house.Clock.Now(), event.PostingSaved, uuid.New(), nil)
					if i%3 == 0 { // some transactions stay open while others come and go
						err = errors.Join(err, tx.Exec("SELECT count(*) FROM generate_series(1, 50000)").Error)
					}
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	followed := make([][]uuid.UUID, 3)
	for reader := range followed {
		reading.Go(func() {
			var place event.Place
			for last := false; ; {
				part, err := event.Feed(ctx, house.DB, event.Filter{}, place, 7)
				if err != nil {
					t.Error(err)
					return
				}
				followed[reader] = append(followed[reader], subjects(part)...)
				place = part.Next
				if last && !part.More {
					return
				}
				select {
				case <-done:
					last = true
				default:
				}
			}
		})
	}
	writing.Wait()
	close(done)
	reading.Wait()

	for reader, got := range followed {
		if len(got) != writers*each || len(unique(got)) != writers*each {
			t.Errorf("reader %d was told %d events, %d different ones, of %d", reader, len(got), len(unique(got)), writers*each)
		}
		if !slices.Equal(got, followed[0]) {
			t.Errorf("reader %d was told another order", reader)
		}
	}
}

func TestTheFeedIsReadInParts(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	var want []uuid.UUID
	for range 5 {
		want = append(want, uuid.New())
		tell(t, ctx, house, event.PostingSaved, want[len(want)-1])
	}

	var got []uuid.UUID
	var sizes []int
	place, more := event.Place(0), true
	for more {
		part := feed(t, ctx, house, event.Filter{}, place, 2)
		got, sizes = append(got, subjects(part)...), append(sizes, len(part.Events))
		place, more = part.Next, part.More
	}

	if !slices.Equal(got, want) || !slices.Equal(sizes, []int{2, 2, 1}) {
		t.Errorf("told %v in parts of %v", got, sizes)
	}
	if end := feed(t, ctx, house, event.Filter{}, place, 2); len(end.Events) != 0 || end.Next != place || end.More {
		t.Errorf("at the end: %+v", end)
	}
}

func TestTheFeedCanBeFiltered(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	one, other := uuid.New(), uuid.New()
	tell(t, ctx, house, event.PostingSaved, one)
	tell(t, ctx, house, event.PostingLive, one)
	tell(t, ctx, house, event.AccountTrouble, other)
	house.Clock.Add(time.Hour)
	tell(t, ctx, house, event.PostingSaved, other)
	all := feed(t, ctx, house, event.Filter{}, 0, 10)
	for name, test := range map[string]struct {
		filter event.Filter
		want   []int
	}{
		"a kind":              {event.Filter{Kinds: []string{"posting.saved"}}, []int{0, 3}},
		"kinds":               {event.Filter{Kinds: []string{"posting.live", "account.trouble"}}, []int{1, 2}},
		"a subject of kinds":  {event.Filter{Kinds: []string{"posting"}}, []int{0, 1, 3}},
		"a subject":           {event.Filter{Subject: one}, []int{0, 1}},
		"a time":              {event.Filter{Since: house.Clock.Now()}, []int{3}},
		"a kind of a subject": {event.Filter{Kinds: []string{"posting.saved"}, Subject: other}, []int{3}},
		"nothing":             {event.Filter{Kinds: []string{"transfer"}}, nil},
	} {
		part := feed(t, ctx, house, test.filter, 0, 10)

		var want []uuid.UUID
		for _, i := range test.want {
			want = append(want, all.Events[i].ID)
		}
		var got []uuid.UUID
		for _, e := range part.Events {
			got = append(got, e.ID)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		if part.Next != all.Next {
			t.Errorf("%s: what was left out would be looked through again from %d on", name, part.Next)
		}
	}
}

func TestEachTenantIsToldItsOwnAndTheOperatorAll(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, first := house.Tenant(t, "Muster")
	_, second := house.Tenant(t, "Bau AG")
	mine, theirs, again := uuid.New(), uuid.New(), uuid.New()
	tell(t, first, house, event.PostingSaved, mine)
	tell(t, second, house, event.PostingSaved, theirs)
	tell(t, first, house, event.PostingSaved, again)

	if got := subjects(feed(t, first, house, event.Filter{}, 0, 10)); !slices.Equal(got, []uuid.UUID{mine, again}) {
		t.Errorf("the first is told %v", got)
	}
	if got := subjects(feed(t, second, house, event.Filter{}, 0, 10)); !slices.Equal(got, []uuid.UUID{theirs}) {
		t.Errorf("the second is told %v", got)
	}
	all, err := event.FeedOfAll(t.Context(), house.DB, event.Filter{}, 0, 10)
	if err != nil || !slices.Equal(subjects(all), []uuid.UUID{mine, theirs, again}) {
		t.Errorf("the operator is told %v, %v", subjects(all), err)
	}
	if _, err := event.Feed(t.Context(), house.DB, event.Filter{}, 0, 10); !errors.Is(err, scope.ErrNoTenant) {
		t.Errorf("without a tenant: %v", err)
	}
}

func TestAPlaceThatTheFeedHasNotReachedIsRefused(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	_, ctx := house.Tenant(t, "Muster")
	tell(t, ctx, house, event.PostingSaved, uuid.New())
	end := feed(t, ctx, house, event.Filter{}, 0, 10).Next

	// Such as after the database was restored from a backup: what happens now must not be passed over.
	if _, err := event.Feed(ctx, house.DB, event.Filter{}, end+1, 10); !fault.Has(err, database.BadCursor) {
		t.Errorf("got %v", err)
	}
}

func TestAPlaceIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	for _, place := range []event.Place{0, 1, 1 << 40, 1<<63 - 1} {
		written := place.String()
		if got, err := event.ReadPlace(&written); err != nil || got != place {
			t.Errorf("%d: %s is read as %d, %v", place, written, got, err)
		}
	}
	for _, bad := range []string{"", "x", "AAAA", "__________8", "AAAAAAAAAAAA", "AAAAAAAAAA!"} {
		if _, err := event.ReadPlace(&bad); !fault.Has(err, database.BadCursor) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestEveryKindIsListed(t *testing.T) {
	t.Parallel()
	file, err := parser.ParseFile(token.NewFileSet(), "event.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var declared []string
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Kind" {
			literal, _ := spec.Values[0].(*ast.BasicLit)
			name, _ := strconv.Unquote(literal.Value)
			declared = append(declared, name)
		}
		return true
	})
	var listed []string
	for _, kind := range event.Kinds() {
		listed = append(listed, string(kind))
	}
	slices.Sort(declared)
	slices.Sort(listed)
	if len(declared) < 20 || !slices.Equal(declared, listed) {
		t.Errorf("declared are %q, listed %q", declared, listed)
	}
	for name, want := range map[string]bool{"posting.live": true, "posting": true, "posting.": false, "post": false, "": false} {
		if event.IsKind(name) != want {
			t.Errorf("%q is a kind: %t", name, !want)
		}
	}
}

func tell(t *testing.T, ctx context.Context, house *testhouse.House, kind event.Kind, subject uuid.UUID) { //nolint:revive // t comes first in helpers
	t.Helper()
	if err := house.DB.InTx(ctx, func(tx database.Tx) error { return event.Append(tx, house.Clock.Now(), kind, subject, nil) }); err != nil {
		t.Fatal(err)
	}
}

func feed(t *testing.T, ctx context.Context, house *testhouse.House, filter event.Filter, after event.Place, limit int) event.Part { //nolint:revive // t comes first in helpers
	t.Helper()
	part, err := event.Feed(ctx, house.DB, filter, after, limit)
	if err != nil {
		t.Fatal(err)
	}
	return part
}

func subjects(part event.Part) []uuid.UUID {
	var found []uuid.UUID
	for _, e := range part.Events {
		found = append(found, e.SubjectID)
	}
	return found
}

func unique(ids []uuid.UUID) map[uuid.UUID]bool {
	seen := map[uuid.UUID]bool{}
	for _, id := range ids {
		seen[id] = true
	}
	return seen
}
