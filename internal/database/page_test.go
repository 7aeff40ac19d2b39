package database_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

func TestTheSizeOfAPageIsHeldWithinItsBounds(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		asked *int
		want  int
	}{{nil, 50}, {new(-1), 1}, {new(0), 1}, {new(1), 1}, {new(200), 200}, {new(201), 200}, {new(1 << 40), 200}} {
		page, err := database.NewPage("tenants", nil, test.asked)
		if err != nil || page.Limit != test.want || page.After != uuid.Nil {
			t.Errorf("got %+v, %v; want %d", page, err, test.want)
		}
	}
}

func TestACursorThatNoPageGaveIsRefused(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"", "x", "AAAA", "0193a1b2-0000-7000-8000-000000000003", base64.RawURLEncoding.EncodeToString(make([]byte, 21)), "../../../../etc/passwd\x00"} {
		if _, err := database.NewPage("tenants", &cursor, nil); !fault.Has(err, database.BadCursor) {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}

func TestACursorIsReadOnlyAsItWasWritten(t *testing.T) {
	t.Parallel()
	rows := []uuid.UUID{uuid.New(), uuid.New()}
	page, err := database.NewPage("tenants", nil, new(1))
	if err != nil {
		t.Fatal(err)
	}
	_, next := database.Cut(page, rows, func(id uuid.UUID) uuid.UUID { return id })
	loose := (*next)[:len(*next)-1] + string((*next)[len(*next)-1]+1) // only bits differ that decide nothing

	if page, err := database.NewPage("tenants", next, nil); err != nil || page.After != rows[0] {
		t.Errorf("as it was written: %v, %v", page.After, err)
	}
	for _, cursor := range []string{*next + "\n", "\r\n" + *next, *next + "=", loose} {
		if _, err := database.NewPage("tenants", &cursor, nil); !fault.Has(err, database.BadCursor) {
			t.Errorf("%q: %v", cursor, err)
		}
	}
	if _, err := database.NewPage("transfers", next, nil); !fault.Has(err, database.BadCursor) {
		t.Errorf("for another list: %v", err)
	}
}

func TestPagesFollowEachOtherWithoutGapOrRepetition(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	var want []uuid.UUID
	for range 7 {
		id, _ := house.Tenant(t, "Muster")
		want = append(want, id)
	}
	for limit := 1; limit <= 8; limit++ {
		var got []uuid.UUID
		var cursor *string
		for pages := 0; pages == 0 || cursor != nil; pages++ {
			page, err := database.NewPage("tenants", cursor, &limit)
			if err != nil {
				t.Fatal(err)
			}
			var rows []tenant.Tenant
			if err := house.DB.InPlatform(t.Context(), func(tx *gorm.DB) error { return page.In(tx).Find(&rows).Error }); err != nil {
				t.Fatal(err)
			}
			rows, cursor = database.Cut(page, rows, func(t tenant.Tenant) uuid.UUID { return t.ID })
			if len(rows) == 0 || len(rows) > limit || pages > len(want) {
				t.Fatalf("page %d of %d has %d rows", pages, limit, len(rows))
			}
			for _, row := range rows {
				got = append(got, row.ID)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("pages of %d: %v, want %v", limit, got, want)
		}
	}
}
