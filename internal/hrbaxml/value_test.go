package hrbaxml_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// judge returns what CheckAd says about one value of an ad with everything in it; empty when it is right.
func judge(id hrbaxml.ID, text string) hrbaxml.Reason {
	ad := fullAd(hrbaxml.P82(), 1)
	at := slices.IndexFunc(ad, func(n hrbaxml.Node) bool { return n.ID == id })
	ad[at].Text = text
	for _, v := range hrbaxml.CheckAd(ad, hrbaxml.P82()) {
		return v.Reason
	}
	return ""
}

func TestValues(t *testing.T) {
	t.Parallel()
	const right = ""
	tests := []struct {
		id   hrbaxml.ID
		want hrbaxml.Reason
		text []string
	}{
		{hrbaxml.PostDetailStartDate, right, []string{"2026-11-24", " 2026-11-24\n", "2028-02-29", "2000-02-29", "12026-01-01", "-0044-03-15", "2026-11-24Z", "2026-11-24+14:00", "2026-11-24-05:30"}},
		{hrbaxml.PostDetailStartDate, hrbaxml.WrongType, []string{
			"", "24.11.2026", "2026-1-24", "2026-11-24x", "2026-02-29", "2100-02-29", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00",
			"0000-01-01", "02026-01-01", "226-01-01", "+2026-01-01", "2026-11-24+14:01", "2026-11-24+1:00", "2026-11-24T00:00:00", "2026/11/24",
			"999999999999999999999-01-01", "20261124", "2026-11",
		}},
		{hrbaxml.PostDetailLastModificationDate, right, []string{
			"2026-11-24T09:30:00", "2026-11-24T09:30:00Z", "2026-11-24T09:30:00+01:00", "2026-11-24T09:30:00.5-01:00", "2026-11-24T24:00:00", "2026-11-24T24:00:00.00Z",
		}},
		{hrbaxml.PostDetailLastModificationDate, hrbaxml.WrongType, []string{
			"2026-11-24", "2026-11-24 09:30:00", "2026-11-24T9:30:00", "2026-11-24T09:30", "2026-11-24T09:30:60", "2026-11-24T09:60:00", "2026-11-24T25:00:00",
			"2026-11-24T24:00:01", "2026-11-24T24:00:00.1", "2026-11-24T09:30:00.", "2026-11-24T09:30:00 Z", "2026-11-31T09:30:00",
		}},
		{hrbaxml.NumberToFill, right, []string{"0", "999", "+1", "-0", "007", "\t7 "}},
		{hrbaxml.NumberToFill, hrbaxml.OutOfRange, []string{"1000", "-1", "9223372036854775808", "-99999999999999999999"}},
		{hrbaxml.NumberToFill, hrbaxml.WrongType, []string{"", "+", "1.0", "1 2", "one", "1e2", "--1", "٣"}},
		{hrbaxml.LocationRegion, right, []string{"1", "128", "144", "303"}},
		{hrbaxml.LocationRegion, hrbaxml.OutOfRange, []string{"0", "129", "143", "304"}},
		{hrbaxml.JobOfferType, hrbaxml.UnknownCode, []string{"3", "0", "35", "-1"}},
		{hrbaxml.HiringOrgContactVoiceNumberAreaCode, right, []string{"0", "00911", "99999999999999", "000000000000000000001"}},
		{hrbaxml.HiringOrgContactVoiceNumberAreaCode, hrbaxml.OutOfRange, []string{"-1", "100000000000000", strings.Repeat("9", 40)}},
		{hrbaxml.JobPositionTitleCode, right, []string{"123", "0001234"}},
		{hrbaxml.JobPositionTitleCode, hrbaxml.WrongPattern, []string{"12", "12345678", "+123", "-123"}},
		{hrbaxml.LanguageName, right, []string{"65488", "-1", strings.Repeat("9", 40)}},
		{hrbaxml.ScheduleHoursPerWeek, right, []string{"1", "48", "48.00", "38.5", "38.25", "38.250", "+1.", "01.5", " 7 "}},
		{hrbaxml.ScheduleHoursPerWeek, hrbaxml.OutOfRange, []string{"0.99", ".5", "48.01", "49", "38.125", "-1", strings.Repeat("9", 40)}},
		{hrbaxml.ScheduleHoursPerWeek, hrbaxml.WrongType, []string{"", ".", "38,5", "1.2.3", "+-1", "1e1"}},
		{hrbaxml.Objective, right, []string{"", strings.Repeat("\U0001F600", 4000)}},
		{hrbaxml.Objective, hrbaxml.TooLong, []string{strings.Repeat("a", 4001), strings.Repeat("ü", 4001)}},
		{hrbaxml.Boxnumber, hrbaxml.TooShort, []string{""}},
		{hrbaxml.HiringOrgProfileWebSite, right, []string{"http://x", "ftp://a\nb"}},
		{hrbaxml.HiringOrgProfileWebSite, hrbaxml.WrongPattern, []string{"", "http://", "www.example.org", " http://x", "HTTP://x"}},
		{hrbaxml.HiringOrgIndustryNAICS, right, []string{"1", "87.10.0", "A", "1.2.3.4.5"}},
		{hrbaxml.HiringOrgIndustryNAICS, hrbaxml.WrongPattern, []string{"", "AB", "87.", "871", "87..1"}},
		{hrbaxml.HiringOrgContactVoiceNumberIntlCode, right, []string{"+49", "0049"}},
		{hrbaxml.HiringOrgContactVoiceNumberIntlCode, hrbaxml.WrongPattern, []string{"49", "+", "0", "+4 9"}},
	}
	for _, test := range tests {
		for _, text := range test.text {
			if got := judge(test.id, text); got != test.want {
				t.Errorf("%s %.40q: got %q, want %q", test.id, text, got, test.want)
			}
		}
	}
}
