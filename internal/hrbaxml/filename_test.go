package hrbaxml_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func TestFileNamesGoBothWays(t *testing.T) {
	t.Parallel()
	stamp := time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	tests := map[string]hrbaxml.FileName{
		"DSV000123400_2026-11-24_09-30-00.xml":       {Kind: hrbaxml.DataFile, Supplier: "V000123400", Stamp: stamp},
		"ESV000123400_2026-11-24_09-30-00.xml":       {Kind: hrbaxml.ErrorFile, Supplier: "V000123400", Stamp: stamp},
		"DSP000517500_2026-11-24_09-30-00.XML":       {Kind: hrbaxml.DataFile, Supplier: "P000517500", Stamp: stamp, Upper: true},
		"DSK000517500_2026-11-24_09-30-00_F.xml":     {Kind: hrbaxml.DataFile, Supplier: "K000517500", Stamp: stamp, Flag: "F"},
		"DSV000123400_2026-11-24_09-30-00_-.xml":     {Kind: hrbaxml.DataFile, Supplier: "V000123400", Stamp: stamp, Flag: "-"},
		"DSV000123400_2026-11-24_09-30-00_D000E.XML": {Kind: hrbaxml.DataFile, Supplier: "V000123400", Stamp: stamp, Flag: "D", Segment: "000E", Upper: true},
	}
	for name, want := range tests {
		got, err := hrbaxml.ParseFileName(name)
		if err != nil || got != want {
			t.Errorf("%s is read as %+v, %v", name, got, err)
		}
		if want.String() != name {
			t.Errorf("%+v is written as %s", want, want)
		}
	}
}

func TestFileNamesThatTheBAWouldIgnoreAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "x.xml", "DSV000123400_2026-11-24_09-30-00", "DSV000123400_2026-11-24_09-30-00.zip", "DSV000123400_2026-11-24_09-30-00.Xml",
		"dsv000123400_2026-11-24_09-30-00.xml", "DBV000123400_2026-11-24_09-30-00.xml", "DSX000123400_2026-11-24_09-30-00.xml",
		"DSV00012340_2026-11-24_09-30-00.xml", "DSV0001234000_2026-11-24_09-30-00.xml", "DSV000123400_2026-11-24_09:30:00.xml",
		"DSV000123400_2026-11-24T09-30-00.xml", "DSV000123400_2026-02-30_09-30-00.xml", "DSV000123400_2026-11-24_24-00-00.xml",
		"DSV000123400_2026-11-24_09-30-00_X.xml", "DSV000123400_2026-11-24_09-30-00_D00E.xml", "DSV000123400_2026-11-24_09-30-00.xml\n",
		"../DSV000123400_2026-11-24_09-30-00.xml", " DSV000123400_2026-11-24_09-30-00.xml",
	} {
		if got, err := hrbaxml.ParseFileName(name); err == nil {
			t.Errorf("%q is read as %+v", name, got)
		}
	}
}

func TestFeedbackIsMatchedToItsUpload(t *testing.T) {
	t.Parallel()
	upload, err := hrbaxml.ParseFileName("DSV000123400_2026-11-24_09-30-00.xml")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"ESV000123400_2026-11-24_09-30-00.xml":        true,
		"ESV000123400_2026-11-24_09-30-00.XML":        true,
		"ESV000123400_2026-11-24_09-30-00_D001E.xml":  true,
		"ESV000123400_2026-11-24_09-30-00(1).xml.txt": true,
		"ESV000123400_2026-11-24_09-30-00":            true,
		"ESV000123400_2026-11-24_09-30-001.xml":       false,
		"ESV000123400_2026-11-24_09-30-01.xml":        false,
		"ESV000123401_2026-11-24_09-30-00.xml":        false,
		"DSV000123400_2026-11-24_09-30-00.xml":        false,
		"EBV000123400_2026-11-24_09-30-00.xml":        false,
		"":                                            false,
	} {
		if upload.AnsweredBy(name) != want {
			t.Errorf("%q answers the upload: %v", name, !want)
		}
	}
}

func TestWallClockShowsGermanTime(t *testing.T) {
	t.Parallel()
	berlin, err := calendar.Berlin()
	if err != nil {
		t.Fatal(err)
	}
	show := func(utc string) string {
		at, err := time.Parse(time.RFC3339Nano, utc)
		if err != nil {
			t.Fatal(err)
		}
		return hrbaxml.WallClock(at, berlin).Format(time.RFC3339Nano)
	}
	for utc, want := range map[string]string{
		"2026-11-24T08:30:00.9Z": "2026-11-24T09:30:00Z",
		"2026-07-01T23:30:00Z":   "2026-07-02T01:30:00Z",
		// The hour that comes twice in October, and the one that does not come in March.
		"2026-10-25T00:30:00Z": "2026-10-25T02:30:00Z",
		"2026-10-25T01:30:00Z": "2026-10-25T02:30:00Z",
		"2026-03-29T01:00:00Z": "2026-03-29T03:00:00Z",
	} {
		if got := show(utc); got != want {
			t.Errorf("%s is %s, want %s", utc, got, want)
		}
	}
}
