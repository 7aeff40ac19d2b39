package hrbaxml_test

import (
	"slices"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func TestAdTakesValuesOfEveryKind(t *testing.T) {
	t.Parallel()
	var ad hrbaxml.Ad
	ad.AddText(hrbaxml.PostingID, "99001-1-S")
	ad.AddText(hrbaxml.Boxnumber, "")
	ad.AddDate(hrbaxml.PostDetailStartDate, calendar.Date{Year: 2026, Month: 11, Day: 25})
	ad.AddDate(hrbaxml.PostDetailEndDate, calendar.Date{})
	ad.AddTime(hrbaxml.PostDetailLastModificationDate, someTime.UTC())
	ad.AddBool(hrbaxml.SocialInsurance, true)
	ad.AddBool(hrbaxml.EducationAuthorisation, false)
	ad.AddGroup(hrbaxml.Location)
	ad.AddInt(hrbaxml.NumberToFill, 12)

	want := hrbaxml.Ad{
		{ID: hrbaxml.PostingID, Text: "99001-1-S"},
		{ID: hrbaxml.PostDetailStartDate, Text: "2026-11-25"},
		{ID: hrbaxml.PostDetailLastModificationDate, Text: "2026-11-24T08:30:00+00:00"},
		{ID: hrbaxml.SocialInsurance, Text: "1"},
		{ID: hrbaxml.EducationAuthorisation, Text: "0"},
		{ID: hrbaxml.Location},
		{ID: hrbaxml.NumberToFill, Text: "12"},
	}
	if !slices.Equal(ad, want) {
		t.Errorf("got %v", ad)
	}
	if ad.Get(hrbaxml.NumberToFill) != "12" || ad.Get(hrbaxml.Boxnumber) != "" {
		t.Error("values are not found")
	}
}

//nolint:paralleltest // testing.AllocsPerRun counts the allocations of the whole process.
func TestAdIsUsedAgainWithoutAllocating(t *testing.T) {
	example := fullAd(hrbaxml.P82(), 1)
	ad := slices.Clone(example)
	got := testing.AllocsPerRun(100, func() {
		ad.Reset()
		for _, n := range example {
			ad.AddText(n.ID, n.Text)
		}
	})
	if got != 0 {
		t.Errorf("%v allocations", got)
	}
}
