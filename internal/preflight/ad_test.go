package preflight_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
)

// edited returns the good file with texts replaced, in pairs of old and new; each old one must be there.
func edited(t *testing.T, edits ...string) string {
	t.Helper()
	file := goodFile
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(file, edits[i]) {
			t.Fatalf("the good file has no %q", edits[i])
		}
		file = strings.Replace(file, edits[i], edits[i+1], 1)
	}
	return file
}

// The parts of the good file that the rules below are about.
const (
	from     = "<StartDate>2026-11-24</StartDate>"
	until    = "<EndDate>2027-01-23</EndDate>"
	earliest = "<AssignmentStartDate>2026-12-24</AssignmentStartDate>"
	latest   = "<AssignmentEndDate>2027-06-01</AssignmentEndDate>"
	term     = "<TermDate>2028-11-24</TermDate>"
	offer    = "<JobOfferType>36"
	code     = "<TitleCode>1001"
	months   = "<TermLength>12</TermLength>"
	place    = "<Location><CountryCode>DE</CountryCode><PostalCode>90402</PostalCode></Location>"
	language = "<LanguageName>65488"
)

func TestRules(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edits []string
		want  string // code and element of each finding
	}{
		"no free part":        {[]string{"99001-0A1B2C-S", "99001--S"}, "085 JobPositionPostingId"},
		"partner and end":     {[]string{"99001-0A1B2C-S", "99001-S"}, "085 JobPositionPostingId"},
		"no end":              {[]string{"99001-0A1B2C-S", "99001-0A1B2C-B"}, "087 JobPositionPostingId"},
		"many hyphens":        {[]string{"99001-0A1B2C-S", "99001-0A-1B-S"}, ""},
		"status of an export": {[]string{"<Status>1", "<Status>6"}, "038 Status"},
		"anonymous":           {[]string{"<Status>1", "<Status>2"}, ""},

		"ends before it starts":        {[]string{from, "<StartDate>2027-02-01</StartDate>"}, "080 EndDate"},
		"ended yesterday":              {[]string{from, "<StartDate>2026-11-01</StartDate>", until, "<EndDate>2026-11-23</EndDate>"}, "081 EndDate"},
		"ends today":                   {[]string{until, "<EndDate>2026-11-24</EndDate>"}, ""},
		"ends today, with an offset":   {[]string{until, "<EndDate>2026-11-24+14:00</EndDate>"}, ""},
		"ends in two years":            {[]string{until, "<EndDate>2028-11-24</EndDate>", latest, ""}, ""},
		"ends after two years":         {[]string{until, "<EndDate>2028-11-25</EndDate>", latest, ""}, "082 EndDate"},
		"ends after the latest start":  {[]string{latest, "<AssignmentEndDate>2027-01-22</AssignmentEndDate>"}, "083 EndDate"},
		"no first day":                 {[]string{from, ""}, "146 StartDate, 148 EndDate"},
		"no days":                      {[]string{from, "", until, ""}, "146 StartDate"},
		"no days, not published":       {[]string{from, "", until, "", "<Status>1", "<Status>3"}, ""},
		"only an end, not published":   {[]string{from, "", "<Status>1", "<Status>3"}, "148 EndDate"},
		"work began yesterday":         {[]string{earliest, "<AssignmentStartDate>2026-11-23</AssignmentStartDate>"}, "147 AssignmentStartDate"},
		"work begins today":            {[]string{earliest, "<AssignmentStartDate>2026-11-24</AssignmentStartDate>"}, ""},
		"work begins after two years":  {[]string{earliest, "<AssignmentStartDate>2028-11-25</AssignmentStartDate>", term, months}, "147 AssignmentStartDate"},
		"latest start after two years": {[]string{latest, "<AssignmentEndDate>2028-11-25</AssignmentEndDate>", term, months}, "182 AssignmentEndDate"},
		"latest start is past":         {[]string{until, "", latest, "<AssignmentEndDate>2026-11-23</AssignmentEndDate>"}, "182 AssignmentEndDate"},
		"apprentices have no latest":   {[]string{offer, "<JobOfferType>4", code, "<TitleCode>1003"}, "119 AssignmentEndDate"},
		"term ends in ten years":       {[]string{term, "<TermDate>2036-11-24</TermDate>"}, ""},
		"term ends after ten years":    {[]string{term, "<TermDate>2036-11-25</TermDate>"}, "068 TermDate"},
		"term ends before latest":      {[]string{term, "<TermDate>2027-05-31</TermDate>"}, "096 TermDate"},
		"term ends before work":        {[]string{term, "<TermDate>2026-12-23</TermDate>", latest, ""}, "153 TermDate"},
		"51 years ahead":               {[]string{until, "<EndDate>2077-11-24</EndDate>", latest, ""}, "082 EndDate, 120 EndDate"},
		"year of six digits":           {[]string{"<LastModificationDate>2026", "<LastModificationDate>202600"}, "120 LastModificationDate"},
		"101 years back":               {[]string{from, "<StartDate>1925-11-24</StartDate>"}, "121 StartDate"},
		"before Christ":                {[]string{"<LastModificationDate>2026", "<LastModificationDate>-0044"}, "121 LastModificationDate"},

		"street and PO box": {[]string{"</StreetName>", "</StreetName><PostOfficeBox>4711</PostOfficeBox>"}, "FLR_Stellverw_868 PostOfficeBox"},
		"mail without at":   {[]string{"jobs@example.org", "jobs.example.org"}, "048 EMail"},
		"mail with a space": {[]string{"jobs@example.org", "jobs @example.org"}, "048 EMail"},
		"two mails":         {[]string{"jobs@example.org", "a@example.org;b@example.org"}, "048 EMail"},
		"mail with dots":    {[]string{"jobs@example.org", "jobs..now@example.org"}, "048 EMail"},
		"mail without end":  {[]string{"jobs@example.org", "jobs@example"}, "048 EMail"},
		"mail of many tags": {[]string{"jobs@example.org", "j.o_b+s-4711@mail.xn--mller-kva.example"}, ""},
		"no mail":           {[]string{"jobs@example.org", ""}, ""},
		"old calling code":  {[]string{"+49", "0049"}, "097 IntlCode"},
		"nobody's code":     {[]string{"+49", "+999"}, "097 IntlCode"},
		"Liechtenstein":     {[]string{"+49", "+423"}, ""},
		"half an address":   {[]string{"https://jobs.example.org/4711/apply", "www.example.org/apply"}, "108 JobContactWebSite"},
		"host without dot":  {[]string{"https://jobs.example.org/4711<", "https://intranet/4711<"}, "108 InternetReference"},
		"no address":        {[]string{"https://jobs.example.org/4711/apply", ""}, ""},

		"no opening":          {[]string{"<NumberToFill>1", "<NumberToFill>0"}, "050 NumberToFill, 063 NumberToFill"},
		"more places":         {[]string{place, place + strings.Replace(place, "90402", "90403", 1)}, "063 NumberToFill"},
		"the same place":      {[]string{place, place + strings.Replace(place, "DE", "de", 1), "<NumberToFill>1", "<NumberToFill>2"}, "064 Location[2]"},
		"two of three places": {[]string{place, place + strings.Replace(place, "90402", "90403", 1) + place, "<NumberToFill>1", "<NumberToFill>3"}, "064 Location[3]"},

		"unknown occupation":        {[]string{code, "<TitleCode>9999"}, "042 TitleCode"},
		"withdrawn occupation":      {[]string{code, "<TitleCode>1004"}, "164 TitleCode"},
		"leading zeros":             {[]string{code, "<TitleCode>0001001"}, ""},
		"a training as a job":       {[]string{offer, "<JobOfferType>1", code, "<TitleCode>1003"}, "036 TitleCode"},
		"a training, self-employed": {[]string{offer, "<JobOfferType>2", code, "<TitleCode>1003"}, "127 TitleCode"},
		"skilled training":          {[]string{code, "<TitleCode>1003"}, "126 TitleCode"},
		"skilled helper":            {[]string{code, "<TitleCode>1002"}, "126 TitleCode"},
		"managing helper":           {[]string{offer, "<JobOfferType>37", code, "<TitleCode>1002"}, "126 TitleCode"},
		"no helper":                 {[]string{offer, "<JobOfferType>38"}, "125 TitleCode"},
		"a helper":                  {[]string{offer, "<JobOfferType>38", code, "<TitleCode>1002"}, ""},
		"a helping job":             {[]string{offer, "<JobOfferType>1", code, "<TitleCode>1002"}, ""},
		"apprentice at work":        {[]string{offer, "<JobOfferType>4", latest, ""}, "039 TitleCode"},
		"second of two titles": {[]string{
			"</JobPositionTitle>", "</JobPositionTitle><AlternativeJobPositionTitle><TitleCode>1003</TitleCode></AlternativeJobPositionTitle>",
		}, "126 TitleCode"},

		"both fixed":            {[]string{term, months + term}, "032 TemporaryOrRegular"},
		"fixed without end":     {[]string{term, ""}, "032 TemporaryOrRegular"},
		"permanent with an end": {[]string{"<TemporaryOrRegular>1", "<TemporaryOrRegular>2"}, "032 TermDate"},
		"either with a takeover": {[]string{
			term, "", "<TemporaryOrRegular>1</TemporaryOrRegular>", "<TemporaryOrRegular>3</TemporaryOrRegular><TakeOver>1</TakeOver>",
		}, "032 TakeOver"},

		"unknown language": {[]string{language, "<LanguageName>1"}, "101 LanguageName"},
		"unknown licence": {[]string{
			"</LanguageQualifs>", "</LanguageQualifs><Licences><Licence><LicenceName>999999</LicenceName><LicenceLevel>1</LicenceLevel></Licence></Licences>",
		}, "100 LicenceName"},
		"unknown driving licence": {[]string{
			"</LanguageQualifs>", "</LanguageQualifs><Mobility>" +
				"<DrivingLicence><DrivingLicenceName>66208</DrivingLicenceName><DrivingLicenceRequired>1</DrivingLicenceRequired></DrivingLicence>" +
				"<DrivingLicence><DrivingLicenceName>1</DrivingLicenceName><DrivingLicenceRequired>1</DrivingLicenceRequired></DrivingLicence></Mobility>",
		}, "102 DrivingLicenceName"},
	} {
		report := inspectFile(t, goodName, edited(t, c.edits...))
		var got []string
		for _, f := range report.Findings {
			got = append(got, strings.TrimPrefix(f.Code, "FLR_JCValid_")+" "+f.Path[strings.LastIndex(f.Path, "/")+1:])
		}
		if found := strings.Join(got, ", "); found != c.want {
			t.Errorf("%s: got %q, want %q", name, found, c.want)
		}
	}
}

func TestADeletionMayHoldDummies(t *testing.T) {
	t.Parallel()
	file := edited(t, "<Action>1", "<Action>3", "<NumberToFill>1", "<NumberToFill>0", until, "<EndDate>2020-01-01</EndDate>", code, "<TitleCode>9999")

	if got := told(inspectFile(t, goodName, file)); got != nil {
		t.Errorf("got %q", got)
	}
	if got := told(inspectFile(t, "DSV000999900_2026-11-24_09-30-00.xml", file)); len(got) != 2 {
		t.Errorf("of another deliverer: got %q", got)
	}
}

func TestAnUnknownOccupationIsAWarningWithoutTheWholeCatalogue(t *testing.T) {
	t.Parallel()
	report, err := preflight.File(strings.NewReader(edited(t, code, "<TitleCode>9999999")), goodName, preflight.Facts{Today: today, Catalog: catalog.BuiltIn()})
	if want := []string{"warning FLR_JCValid_042 TitleCode:41"}; err != nil || !report.Valid() || !slices.Equal(told(report), want) {
		t.Errorf("got %q, %v", told(report), err)
	}
}

func TestAnAdInMemory(t *testing.T) {
	t.Parallel()
	var ad hrbaxml.Ad
	ad.AddText(hrbaxml.PostingID, "99001-0A1B2C-S")
	ad.AddText(hrbaxml.PostDetailStartDate, "2026-11-24")
	ad.AddText(hrbaxml.PostDetailEndDate, "2026-11-23")
	ad.AddInt(hrbaxml.DurationTermLength, 121)

	got := preflight.Ad(ad, preflight.Facts{Today: calendar.Date{Year: 2026, Month: 11, Day: 1}})

	const root = "/HRBAXMLJobPositionPosting/Data/JobPositionPosting[1]/"
	type breach struct {
		code, path string
		index      int
	}
	var found []breach
	for _, b := range got {
		found = append(found, breach{b.Code, b.Path, b.Index})
	}
	want := []breach{
		{"FLR_JCValid_080", root + "PostDetail/EndDate", 2},
		{"FLR_JCValid_184", root + "JobPositionInformation/JobPositionDescription/JobPositionLocation/Location[1]", 2},
		{"FLR_JCValid_181", root + "JobPositionInformation/JobPositionDescription/Classification/Duration/TermLength", 3},
	}
	if !slices.Equal(found, want) {
		t.Errorf("got %v, want %v", found, want)
	}
}

// TestNothingThatRepeatsStandsInAnother keeps the condition under which positions are counted.
func TestNothingThatRepeatsStandsInAnother(t *testing.T) {
	t.Parallel()
	table := hrbaxml.Next()
	for e := range table.Elements {
		for above := table.Element(e.Parent); e.Repeats() && above != nil && above.ID != hrbaxml.Posting; above = table.Element(above.Parent) {
			if above.Repeats() {
				t.Errorf("%s repeats in %s", e.Path, above.Path)
			}
		}
	}
}
