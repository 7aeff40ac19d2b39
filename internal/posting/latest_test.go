package posting

import (
	"slices"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func TestAnAdEndsNoLaterThanItsLatestStart(t *testing.T) {
	t.Parallel()
	soon, later := testDay.AddDays(20), testDay.AddDays(30)
	for _, tt := range []struct {
		name    string
		content Content
		want    calendar.Date
	}{
		{"without any end", Content{}, testDay.AddDays(openEndDays)},
		{"with a latest start", Content{LatestStart: &soon}, soon},
		{"with an end of its own", Content{LatestStart: &later, Publication: Publication{Until: &soon}}, soon},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			if got := EndsOn(&tt.content, testDay); got != tt.want {
				t.Errorf("ends on %s, want %s", got, tt.want)
			}
		})
	}
}

func TestTheLatestStartIsJudged(t *testing.T) {
	t.Parallel()
	soon := testDay.AddDays(20)
	for _, tt := range []struct {
		code    string
		content Content
	}{
		{"FLR_JCValid_083", Content{LatestStart: &soon, Publication: Publication{Until: new(soon.AddDays(1))}}},
		{"FLR_JCValid_182", Content{LatestStart: new(testDay.AddDays(-1))}},
		{"FLR_JCValid_182", Content{LatestStart: new(testDay.AddYears(2).AddDays(1))}},
		{"FLR_JCValid_096", Content{LatestStart: &soon, Contract: &Contract{Term: FixedTerm, Until: new(soon.AddDays(-1))}}},
	} {
		t.Run(tt.code, func(t *testing.T) {
			t.Parallel()
			has := func(f Finding) bool { return f.Code == tt.code }
			good := Content{LatestStart: &soon, Publication: Publication{Until: &soon}, Contract: &Contract{Term: FixedTerm, Until: &soon}}

			if !slices.ContainsFunc(Check(&tt.content, testDay, hrbaxml.P82()), has) {
				t.Error("not found")
			}
			if slices.ContainsFunc(Check(&good, testDay, hrbaxml.P82()), has) {
				t.Error("found in an ad that keeps to it")
			}
		})
	}
}
