package hrbaxml_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func TestCheckAdTellsWhatTheCallerNeedsForItsOwnWords(t *testing.T) {
	t.Parallel()
	ad := slices.Insert(minimalAd(), 9, hrbaxml.Node{ID: hrbaxml.JobPositionTitleDescription, Text: strings.Repeat("ü", 74)})

	violations := hrbaxml.CheckAd(ad, hrbaxml.P82())

	if len(violations) != 1 {
		t.Fatalf("got %v", violations)
	}
	v := violations[0]
	if v.Reason != hrbaxml.TooLong || v.ID != hrbaxml.JobPositionTitleDescription || v.Index != 9 || v.Found != 74 || v.Limit != 60 {
		t.Errorf("got %+v", v)
	}
}

func TestCheckAdFindsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	ad := minimalAd()
	ad[1].Text = "a\x07b"                                // HiringOrgName
	ad[4].Text = "4"                                     // Status
	ad[12].Text = "D"                                    // CountryCode of the place of work
	ad = slices.Delete(ad, 9, 10)                        // JobOfferType
	ad = append(ad, hrbaxml.Node{ID: hrbaxml.Boxnumber}) // behind all others

	violations := hrbaxml.CheckAd(ad, hrbaxml.P82())

	type found struct {
		reason hrbaxml.Reason
		id     hrbaxml.ID
		index  int
	}
	var got []found
	for _, v := range violations {
		got = append(got, found{v.Reason, v.ID, v.Index})
	}
	want := []found{
		{hrbaxml.ForbiddenCharacter, hrbaxml.HiringOrgName, 1},
		{hrbaxml.UnknownCode, hrbaxml.PostDetailStatus, 4},
		{hrbaxml.TooShort, hrbaxml.LocationCountryCode, 11},
		{hrbaxml.MissingElement, hrbaxml.JobOfferType, 14},
		{hrbaxml.WrongOrder, hrbaxml.Boxnumber, 14},
		{hrbaxml.TooShort, hrbaxml.Boxnumber, 14},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}

func TestCheckAdSaysThatAnEmptyAdLacksItsParts(t *testing.T) {
	t.Parallel()
	violations := hrbaxml.CheckAd(nil, hrbaxml.P82())
	var missing []hrbaxml.ID
	for _, v := range violations {
		missing = append(missing, v.ID)
	}
	want := []hrbaxml.ID{hrbaxml.PostingID, hrbaxml.HiringOrg, hrbaxml.PostDetail, hrbaxml.JobPositionInformation}
	if !slices.Equal(missing, want) {
		t.Errorf("got %v", missing)
	}
}

func TestCheckAdKnowsReleases(t *testing.T) {
	t.Parallel()
	ad := fullAd(hrbaxml.Next(), 0)
	if violations := hrbaxml.CheckAd(ad, hrbaxml.Next()); len(violations) != 0 {
		t.Errorf("next refuses %v", violations)
	}
	for _, v := range hrbaxml.CheckAd(ad, hrbaxml.P82()) {
		if v.Reason != hrbaxml.UnknownElement || hrbaxml.P82().Element(v.ID) != nil || v.Path == "" {
			t.Errorf("P82 says %v", v.Error())
		}
	}
}

// TestCheckAdAgreesWithCheck changes ads at random: what the writer takes must be judged alike in memory and in a file.
func TestCheckAdAgreesWithCheck(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	written, valid := 0, 0
	for range 1000 {
		ad := randomAd(random)
		at := random.IntN(len(ad))
		switch random.IntN(3) {
		case 0:
			ad = slices.Delete(ad, at, at+1)
		case 1:
			ad[at].Text = nasty[random.IntN(len(nasty))]
		case 2:
			ad[at].Text = longText(random)
		}
		inMemory := hrbaxml.CheckAd(ad, hrbaxml.P82())
		var out bytes.Buffer
		w, err := hrbaxml.NewWriter(&out, hrbaxml.P82(), hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime, Amount: 1})
		if err != nil {
			t.Fatal(err)
		}
		if refused := w.WriteAd(ad); refused != nil {
			if len(inMemory) == 0 {
				t.Errorf("the writer refuses what CheckAd takes: %v", refused)
			}
			continue
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		written++
		report := check(t, out.String())
		if report.Valid() != (len(inMemory) == 0) {
			t.Errorf("in memory %v, in the file %v", inMemory, messages(report))
		}
		if report.Valid() {
			valid++
		}
	}
	t.Logf("%d of 1000 ads were written, %d of them valid", written, valid)
}

//nolint:paralleltest // testing.AllocsPerRun counts the allocations of the whole process.
func TestCheckAdAllocatesLittleForAValidAd(t *testing.T) {
	ad := fullAd(hrbaxml.P82(), 1)
	if got := testing.AllocsPerRun(100, func() { hrbaxml.CheckAd(ad, hrbaxml.P82()) }); got > 20 {
		t.Errorf("%v allocations for an ad of %d nodes", got, len(ad))
	}
}
