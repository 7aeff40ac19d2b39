package basim

import (
	"slices"
	"strings"
	"testing"
)

func TestRulesAboutContent(t *testing.T) {
	t.Parallel()
	// Today is 2026-11-24: the ad starts today, ends on 2027-01-23 and the work begins on 2026-12-24.
	const (
		end        = "<EndDate>2027-01-23"
		from       = "<AssignmentStartDate>2026-12-24</AssignmentStartDate>"
		place      = "<PostalCode>90402</PostalCode><Region>2</Region><Municipality>Nürnberg</Municipality>"
		location   = "<Location><CountryCode>DE</CountryCode>" + place + "</Location>"
		schedule   = "</Schedule>"
		contactURL = "<JobContactWebSite>"
	)
	until := func(date string) string { return from + "<AssignmentEndDate>" + date + "</AssignmentEndDate>" }
	term := func(date string) string { return schedule + "<Duration><TermDate>" + date + "</TermDate></Duration>" }
	abroad := strings.NewReplacer("DE", "AT", "90402", "1010", ">2<", ">190<", "Nürnberg", "Wien").Replace(location)
	tests := map[string]struct {
		changes []string
		want    []string
	}{
		"sound":                           {nil, nil},
		"ends before it starts":           {[]string{end, "<EndDate>2026-11-23"}, []string{"FLR_JCValid_080", "FLR_JCValid_081"}},
		"ended yesterday":                 {[]string{"<StartDate>2026-11-24", "<StartDate>2026-11-01", end, "<EndDate>2026-11-23"}, []string{"FLR_JCValid_081"}},
		"ends today":                      {[]string{end, "<EndDate>2026-11-24"}, nil},
		"ends in two years":               {[]string{end, "<EndDate>2028-11-24"}, nil},
		"ends after two years":            {[]string{end, "<EndDate>2028-11-25"}, []string{"FLR_JCValid_082"}},
		"ends after the latest start":     {[]string{from, until("2027-01-22")}, []string{"FLR_JCValid_083"}},
		"no start":                        {[]string{"<StartDate>2026-11-24</StartDate>", ""}, []string{"FLR_JCValid_146", "FLR_JCValid_148"}},
		"no start, not published":         {[]string{"<StartDate>2026-11-24</StartDate>", "", end + "</EndDate>", "", "<Status>1", "<Status>3"}, nil},
		"work began yesterday":            {[]string{from, strings.Replace(from, "2026-12-24", "2026-11-23", 1)}, []string{"FLR_JCValid_147"}},
		"work begins today":               {[]string{from, strings.Replace(from, "2026-12-24", "2026-11-24", 1)}, nil},
		"work begins after two years":     {[]string{from, strings.Replace(from, "2026-12-24", "2028-11-25", 1)}, []string{"FLR_JCValid_147"}},
		"latest start after two years":    {[]string{from, until("2028-11-25")}, []string{"FLR_JCValid_182"}},
		"apprenticeship with latest":      {[]string{from, until("2027-12-01"), "<JobOfferType>36", "<JobOfferType>4"}, []string{"FLR_JCValid_119"}},
		"term in eleven years":            {[]string{schedule, term("2037-11-24")}, []string{"FLR_JCValid_068"}},
		"term before work":                {[]string{schedule, term("2026-12-01")}, []string{"FLR_JCValid_153"}},
		"term before latest start":        {[]string{schedule, term("2027-02-01"), from, until("2027-03-01")}, []string{"FLR_JCValid_096"}},
		"unknown place":                   {[]string{"Nürnberg", "Nuernberg"}, []string{"FLR_JCValid_033"}},
		"postal code of elsewhere":        {[]string{"90402", "80331"}, []string{"FLR_JCValid_033"}},
		"range of postal codes":           {[]string{"90402", "904"}, []string{"FLR_JCValid_033"}},
		"state of elsewhere":              {[]string{"<Region>2", "<Region>3"}, []string{"FLR_JCValid_033"}},
		"town of several codes":           {[]string{"<PostalCode>90402</PostalCode>", ""}, []string{"FLR_JCValid_033"}},
		"town of one code":                {[]string{"<PostalCode>90402</PostalCode>", "", "Nürnberg", "Fürth"}, nil},
		"region only":                     {[]string{"<PostalCode>90402</PostalCode>", "", "<Municipality>Nürnberg</Municipality>", ""}, nil},
		"abroad":                          {[]string{location, abroad}, nil},
		"country and region do not match": {[]string{"<Region>2", "<Region>190"}, []string{"FLR_JCValid_010"}},
		"street without town": {
			[]string{"<Municipality>Nürnberg</Municipality>", "<StreetName>Am Weg 1</StreetName>"}, []string{"FLR_JCValid_067"},
		},
		"more places than openings": {
			[]string{location, location + strings.Replace(location, "90402", "90403", 1) + strings.Replace(location, "90402", "90478", 1)},
			[]string{"FLR_JCValid_063"},
		},
		"a country that is none": {[]string{"<CountryCode>DE", "<CountryCode>ZZ"}, []string{"FLR_JCValid_177"}},
		"a street that is none": {
			[]string{"</Municipality>", "</Municipality><StreetName>Musterstr.</StreetName>"}, []string{"FLR_JCValid_034"},
		},
		"a street": {[]string{"</Municipality>", "</Municipality><StreetName>Musterstraße 1</StreetName>"}, nil},
		"a day in a hundred years": {
			[]string{schedule, term("2126-11-24")}, []string{"FLR_JCValid_068", "FLR_JCValid_120"},
		},
		"a day long ago": {
			[]string{"<StartDate>2026-11-24", "<StartDate>1900-01-01"}, []string{"FLR_JCValid_121"},
		},
		"the same place twice": {[]string{location, location + location}, []string{"FLR_JCValid_064"}},
		"contact elsewhere": {
			[]string{contactURL, "<PostalAddress><CountryCode>DE</CountryCode>" + strings.Replace(place, "90402", "99999", 1) +
				"<StreetName>Am Weg 1</StreetName><PostOfficeBox>17</PostOfficeBox></PostalAddress>" + contactURL},
			[]string{"FLR_JCValid_033", "FLR_Stellverw_868"},
		},
		"no openings":   {[]string{"<NumberToFill>2", "<NumberToFill>0"}, []string{"FLR_JCValid_063", "FLR_JCValid_050"}},
		"export status": {[]string{"<Status>1", "<Status>7"}, []string{"FLR_JCValid_038"}},
		"short text": {
			[]string{"Sie pflegen und betreuen die Menschen in unserem Haus &amp; Garten.", "Wir suchen dich."}, []string{"FLR_JCValid_166"},
		},
		"no insurance": {[]string{"<SocialInsurance>1</SocialInsurance>", ""}, []string{"FLR_JCValid_123"}},
	}
	w := newWorld(t, Options{})
	for name, test := range tests {
		got := w.send(w.file(w.posting(w.nextID(), insert, test.changes...)))

		if !slices.Equal(got, test.want) {
			t.Errorf("%s: codes %v, want %v", name, got, test.want)
		}
	}
}

func TestPlacesCanBeAdded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Places: []Place{{"90574", "Roßtal", 2}}})

	got := w.send(w.file(w.posting(adID("1"), insert, "90402", "90574", "Nürnberg", "Roßtal")))

	if len(got) > 0 {
		t.Errorf("refused: %v", got)
	}
}

func TestAnyPlaceNeedsATownAndAPostalCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Settings: Settings{AnyPlace: true}})

	invented := w.send(w.file(w.posting(adID("1"), insert, "90402", "98765", "Nürnberg", "Irgendwo")))
	cut := w.send(w.file(w.posting(adID("2"), insert, "90402", "987", "Nürnberg", "Irgendwo")))

	if len(invented) != 0 || !slices.Equal(cut, []string{"FLR_JCValid_033"}) {
		t.Errorf("codes %v and %v", invented, cut)
	}
}

func TestDatesMayCarryATimeZone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})

	got := w.send(w.file(w.posting(adID("1"), insert, "<EndDate>2027-01-23", "<EndDate>2026-11-23+01:00", "<StartDate>2026-11-24", "<StartDate>2026-11-01Z")))

	if !slices.Equal(got, []string{"FLR_JCValid_081"}) {
		t.Errorf("codes %v", got)
	}
}

func TestStreets(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"Musterstraße 1": true, "Straße des 17. Juni": true, "17. Juni-Weg": true, "5 B": true, "3a": true, "St.-Martin-Str. 5": true,
		"": false, "ßtraße": false, "12": false, "12/3": false, "Am  Weg": false, "Weg--5": false, "Musterstr.": false, "Weg-": false,
		"Weg .5": false, "AAAllee": false,
	} {
		if got := isStreet(name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
}
