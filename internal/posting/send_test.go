package posting_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

func TestAnAdIsCheckedAgainWhenItsFileIsWritten(t *testing.T) {
	t.Parallel()
	supervised := func(c *posting.Content) {
		c.PlacementOrder, c.Pay = true, &posting.Pay{ForPlacement: "ab 3.600 EUR"}
		c.Contact.Address = &posting.Address{Street: "Musterstraße 1", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY", Country: "DE"}
	}
	live := func(kind posting.EmploymentType, kundennummer string) func(*posting.Sending) {
		return func(s *posting.Sending) {
			s.Envelope.Action, s.Live = posting.Update, &posting.Live{EmploymentType: kind, Kundennummer: kundennummer}
		}
	}
	later := func(days int) func(*posting.Sending) {
		return func(s *posting.Sending) { s.Envelope.Today = firstDay.AddDays(days) }
	}
	for name, c := range map[string]struct {
		content posting.Content
		// sending changes what is known on the day; nil leaves it.
		sending func(*posting.Sending)
		want    []string
	}{
		"a good ad":                  {clean(), nil, nil},
		"with warnings":              {clean(titled("Koch")), nil, nil},
		"of an unknown account":      {clean(), func(s *posting.Sending) { s.Alliance = "" }, nil},
		"a change":                   {clean(), live(posting.SkilledWorker, "A123A12345"), nil},
		"on its last day":            {clean(), later(60), nil},
		"a day after it":             {clean(), later(61), []string{"FLR_JCValid_080", "FLR_JCValid_081"}},
		"another type":               {clean(), live(posting.Job, "A123A12345"), []string{"FLR_JCValid_175"}},
		"another Kundennummer":       {clean(), live(posting.SkilledWorker, "B456B67890"), []string{"FLR_JCValid_186"}},
		"pay for placement, first":   {clean(supervised), nil, nil},
		"pay for placement, changed": {clean(supervised), live(posting.SkilledWorker, "A123A12345"), []string{"FLR_JCValid_185"}}, // 174 keeps it out of the file
		"another partner's number":   {clean(), func(s *posting.Sending) { s.Alliance = "77777" }, []string{"FLR_JCValid_086"}},
		"against the schema alone":   {clean(titled(strings.Repeat("ä", 61))), later(61), []string{"FLR_XML_Structure"}},
	} {
		s := posting.Sending{Alliance: "99001", Envelope: posting.Envelope{
			Release: hrbaxml.P82(), Reference: "99001-0A1B2C3D4E5F6G7H-S", Action: posting.Insert, SupplierID: "V000123400", SupplierName: "Muster Pflege gGmbH",
			Kundennummer: "A123A12345", Employer: "Muster Pflege gGmbH", Modified: firstDay.Start(time.UTC), Today: firstDay,
		}}
		if c.sending != nil {
			c.sending(&s)
		}
		var ad hrbaxml.Ad
		posting.Encode(&ad, &c.content, s.Envelope)

		var codes []string
		for _, answer := range posting.CheckForSending(ad, s) {
			codes = append(codes, answer.Code)
			if answer.Text == "" {
				t.Errorf("%s: %s without words", name, answer.Code)
			}
		}
		slices.Sort(codes)
		if !slices.Equal(codes, c.want) {
			t.Errorf("%s: %q, want %q", name, codes, c.want)
		}
	}
}
