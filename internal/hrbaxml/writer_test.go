package hrbaxml_test

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func TestWriterWritesAFileThatSupportStaffCanRead(t *testing.T) {
	t.Parallel()
	var ad hrbaxml.Ad
	ad = append(ad, minimalAd()[:3]...)
	ad.AddDate(hrbaxml.PostDetailStartDate, calendar.Date{Year: 2026, Month: 11, Day: 25})
	ad = append(ad, minimalAd()[3:]...)

	file := writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{ad}, "99001-OLD-S")

	want := `<?xml version="1.0" encoding="UTF-8"?>
<HRBAXMLJobPositionPosting>
  <Header>
    <SupplierId>V000123400</SupplierId>
    <Timestamp>2026-11-24T09:30:00+01:00</Timestamp>
    <Amount>2</Amount>
    <TypeOfLoad>D</TypeOfLoad>
  </Header>
  <Data>
    <JobPositionPosting>
      <JobPositionPostingId>99001-0A1B2C3D4E5F6G7H-S</JobPositionPostingId>
      <HiringOrg>
        <HiringOrgName>Muster Pflege gGmbH</HiringOrgName>
        <Contact>
          <FamilyName>Personalabteilung</FamilyName>
        </Contact>
      </HiringOrg>
      <PostDetail>
        <StartDate>2026-11-25</StartDate>
        <LastModificationDate>2026-11-24T09:30:00+01:00</LastModificationDate>
        <Status>1</Status>
        <Action>1</Action>
        <SupplierId>V000123400</SupplierId>
        <SupplierName>Muster Pflege gGmbH</SupplierName>
      </PostDetail>
      <JobPositionInformation>
        <JobPositionTitle>
          <TitleCode>134833</TitleCode>
        </JobPositionTitle>
        <JobOfferType>36</JobOfferType>
        <EducationAuthorisation>0</EducationAuthorisation>
        <JobPositionDescription>
          <JobPositionLocation>
            <Location>
              <CountryCode>DE</CountryCode>
            </Location>
          </JobPositionLocation>
        </JobPositionDescription>
        <NumberToFill>1</NumberToFill>
        <AssignmentStartDate>2027-02-01</AssignmentStartDate>
      </JobPositionInformation>
    </JobPositionPosting>
    <DeleteEntry>
      <EntryId>99001-OLD-S</EntryId>
    </DeleteEntry>
  </Data>
</HRBAXMLJobPositionPosting>
`
	if string(file) != want {
		t.Errorf("got\n%s", file)
	}
}

func TestWriterRefusesAnAdAndLeavesNoTraceOfIt(t *testing.T) {
	t.Parallel()
	good := minimalAd()
	edit := func(change func(hrbaxml.Ad) hrbaxml.Ad) hrbaxml.Ad { return change(slices.Clone(good)) }
	without := func(id hrbaxml.ID) hrbaxml.Ad {
		return slices.DeleteFunc(slices.Clone(good), func(n hrbaxml.Node) bool { return n.ID == id })
	}
	text := func(s string) hrbaxml.Ad {
		return edit(func(ad hrbaxml.Ad) hrbaxml.Ad { ad[1].Text = s; return ad })
	}
	tests := map[string]struct {
		ad     hrbaxml.Ad
		reason hrbaxml.Reason
		at     hrbaxml.ID
	}{
		"empty":                            {nil, hrbaxml.MissingElement, hrbaxml.PostingID},
		"an element is missing":            {without(hrbaxml.JobOfferType), hrbaxml.MissingElement, hrbaxml.JobOfferType},
		"a group is missing":               {good[:3], hrbaxml.MissingElement, hrbaxml.PostDetail},
		"wrong order":                      {edit(func(ad hrbaxml.Ad) hrbaxml.Ad { ad[4], ad[5] = ad[5], ad[4]; return ad }), hrbaxml.WrongOrder, hrbaxml.PostDetailStatus},
		"twice":                            {edit(func(ad hrbaxml.Ad) hrbaxml.Ad { return slices.Insert(ad, 1, ad[0]) }), hrbaxml.TooManyElements, hrbaxml.PostingID},
		"a group again after another":      {append(slices.Clone(good), good[1]), hrbaxml.WrongOrder, hrbaxml.HiringOrg},
		"eleven places":                    {manyPlaces(good, 11), hrbaxml.TooManyElements, hrbaxml.Location},
		"of a later release":               {slices.Insert(slices.Clone(good), 10, hrbaxml.Node{ID: hrbaxml.EducationType, Text: "0"}), hrbaxml.UnknownElement, hrbaxml.EducationType},
		"not part of an ad":                {hrbaxml.Ad{{ID: hrbaxml.HeaderAmount, Text: "1"}}, hrbaxml.UnknownElement, hrbaxml.HeaderAmount},
		"the ad in itself":                 {hrbaxml.Ad{{ID: hrbaxml.Posting}}, hrbaxml.UnknownElement, hrbaxml.Posting},
		"no element at all":                {hrbaxml.Ad{{ID: 60000, Text: "1"}}, hrbaxml.UnknownElement, 60000},
		"text in a group":                  {hrbaxml.Ad{good[0], {ID: hrbaxml.HiringOrg, Text: "x"}}, hrbaxml.StrayText, hrbaxml.HiringOrg},
		"a control character":              {text("a\x00b"), hrbaxml.ForbiddenCharacter, hrbaxml.HiringOrgName},
		"an escape":                        {text("a\x1b"), hrbaxml.ForbiddenCharacter, hrbaxml.HiringOrgName},
		"bytes that are not UTF-8":         {text("a\xff"), hrbaxml.ForbiddenCharacter, hrbaxml.HiringOrgName},
		"half of a surrogate pair":         {text("a\xed\xa0\x80"), hrbaxml.ForbiddenCharacter, hrbaxml.HiringOrgName},
		"a code point that XML leaves out": {text("a\uffff"), hrbaxml.ForbiddenCharacter, hrbaxml.HiringOrgName},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			w, err := hrbaxml.NewWriter(&out, hrbaxml.P82(), hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime, Amount: 2})
			if err != nil {
				t.Fatal(err)
			}

			first, refused, second := w.WriteAd(good), w.WriteAd(test.ad), w.WriteAd(good)

			v, ok := errors.AsType[*hrbaxml.Violation](refused)
			if !ok || v.Reason != test.reason || v.ID != test.at {
				t.Errorf("got %v, want %s at %s", refused, test.reason, test.at)
			}
			if err := errors.Join(first, second, w.Close()); err != nil {
				t.Errorf("the good ads: %v", err)
			}
			if want := writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{good, good}); !bytes.Equal(out.Bytes(), want) {
				t.Errorf("got\n%s", out.Bytes())
			}
		})
	}
}

// manyPlaces returns the ad with n places of work.
func manyPlaces(ad hrbaxml.Ad, n int) hrbaxml.Ad {
	at := slices.IndexFunc(ad, func(node hrbaxml.Node) bool { return node.ID == hrbaxml.Location })
	return slices.Concat(ad[:at], slices.Repeat(ad[at:at+2], n), ad[at+2:])
}

func TestWriterTakesElementsOfItsRelease(t *testing.T) {
	t.Parallel()
	ad := fullAd(hrbaxml.Next(), 1)

	file := writeFile(t, hrbaxml.Next(), []hrbaxml.Ad{ad})

	for _, want := range []string{"<EducationType>1</EducationType>", "<Course>93632</Course>", "<EmploymentType>1</EmploymentType>"} {
		if !strings.Contains(string(file), want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestWriterKeepsTheFrame(t *testing.T) {
	t.Parallel()
	begin := func(amount int) *hrbaxml.Writer {
		w, err := hrbaxml.NewWriter(io.Discard, hrbaxml.P82(), hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime, Amount: amount})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}

	t.Run("ads come before deletions", func(t *testing.T) {
		t.Parallel()
		w := begin(2)
		err := errors.Join(w.Delete("1"), w.WriteAd(minimalAd()))
		if v, ok := errors.AsType[*hrbaxml.Violation](err); !ok || v.Reason != hrbaxml.WrongOrder {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the header's amount is kept", func(t *testing.T) {
		t.Parallel()
		w := begin(2)
		if err := errors.Join(w.Delete("1"), w.Close()); err == nil {
			t.Error("one record of two was enough")
		}
	})
	t.Run("nothing follows the end", func(t *testing.T) {
		t.Parallel()
		w := begin(0)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if w.WriteAd(minimalAd()) == nil || w.Close() == nil {
			t.Error("a closed file went on")
		}
	})
}

func TestWriterRefusesABadHeader(t *testing.T) {
	t.Parallel()
	good := hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime, Amount: 1}
	for name, change := range map[string]func(*hrbaxml.Header){
		"no supplier":     func(h *hrbaxml.Header) { h.SupplierID = "" },
		"wrong supplier":  func(h *hrbaxml.Header) { h.SupplierID = "V00012340" },
		"no time":         func(h *hrbaxml.Header) { h.Timestamp = time.Time{} },
		"negative amount": func(h *hrbaxml.Header) { h.Amount = -1 },
		"unknown load":    func(h *hrbaxml.Header) { h.Load = "X" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			header := good
			change(&header)
			if _, err := hrbaxml.NewWriter(io.Discard, hrbaxml.P82(), header); err == nil {
				t.Error("the header was taken")
			}
		})
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

func TestWriterPassesOnThatItCannotWrite(t *testing.T) {
	t.Parallel()
	w, err := hrbaxml.NewWriter(full{}, hrbaxml.P82(), hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime, Amount: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		err = errors.Join(err, w.WriteAd(minimalAd()))
	}
	if err == nil || !strings.Contains(w.Close().Error(), "no room") {
		t.Error("the failure was hidden")
	}
}

//nolint:paralleltest // testing.AllocsPerRun counts the allocations of the whole process.
func TestWriterAllocatesNothingForAnAd(t *testing.T) {
	ad := fullAd(hrbaxml.P82(), 1)
	w, err := hrbaxml.NewWriter(io.Discard, hrbaxml.P82(), hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime, Amount: 1})
	if err != nil {
		t.Fatal(err)
	}
	got := testing.AllocsPerRun(1000, func() { err = errors.Join(err, w.WriteAd(ad)) })
	if got != 0 || err != nil {
		t.Errorf("%v allocations for an ad, error %v", got, err)
	}
}
