package preflight_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
)

// goodName is the name under which the tests' files are judged, unless they are about names.
const goodName = "DSV000123400_2026-11-24_09-30-00.xml"

// today is when they are judged.
var today = calendar.Date{Year: 2026, Month: 11, Day: 24}

// goodFile is a file that nothing is wrong with today.
const goodFile = `<?xml version="1.0" encoding="UTF-8"?>
<HRBAXMLJobPositionPosting>
  <Header>
    <SupplierId>V000123400</SupplierId>
    <Timestamp>2026-11-24T09:30:00+01:00</Timestamp>
    <Amount>1</Amount>
    <TypeOfLoad>D</TypeOfLoad>
  </Header>
  <Data>
    ` + goodAd + `
  </Data>
</HRBAXMLJobPositionPosting>
`

const goodAd = `<JobPositionPosting>
      <JobPositionPostingId>99001-0A1B2C-S</JobPositionPostingId>
      <HiringOrg>
        <HiringOrgName>Muster Pflege gGmbH</HiringOrgName><HiringOrgId>A123A12345</HiringOrgId>
        <Contact>
          <FamilyName>Personalabteilung</FamilyName>
          <PostalAddress>
            <CountryCode>DE</CountryCode><PostalCode>90402</PostalCode>
            <Region>2</Region><Municipality>Nürnberg</Municipality>
            <StreetName>Musterstraße 1</StreetName>
          </PostalAddress>
          <VoiceNumber><IntlCode>+49</IntlCode><AreaCode>911</AreaCode><TelNumber>1234567</TelNumber></VoiceNumber>
        </Contact>
      </HiringOrg>
      <PostDetail>
        <StartDate>2026-11-24</StartDate>
        <EndDate>2027-01-23</EndDate>
        <LastModificationDate>2026-11-24T09:12:44+01:00</LastModificationDate>
        <Status>1</Status>
        <Action>1</Action>
        <SupplierId>V000123400</SupplierId>
        <SupplierName>Muster Pflege gGmbH</SupplierName>
        <InternetReference>https://jobs.example.org/4711</InternetReference>
        <PostedBy>
          <Contact>
            <EMail>jobs@example.org</EMail>
            <JobContactWebSite>https://jobs.example.org/4711/apply</JobContactWebSite>
          </Contact>
        </PostedBy>
      </PostDetail>
      <JobPositionInformation>
        <JobPositionTitle><TitleCode>1001</TitleCode></JobPositionTitle>
        <JobOfferType>36</JobOfferType><SocialInsurance>1</SocialInsurance><Objective>Sie pflegen unsere Bewohnerinnen und Bewohner.</Objective>
        <EducationAuthorisation>0</EducationAuthorisation>
        <JobPositionDescription>
          <JobPositionLocation>
            <Location><CountryCode>DE</CountryCode><PostalCode>90402</PostalCode><Region>2</Region><Municipality>Nürnberg</Municipality></Location>
          </JobPositionLocation>
          <Classification>
            <Duration>
              <TermDate>2028-11-24</TermDate>
              <TemporaryOrRegular>1</TemporaryOrRegular>
            </Duration>
          </Classification>
        </JobPositionDescription>
        <JobPositionRequirements>
          <QualificationsRequired>
            <LanguageQualifs><Language><LanguageName>65488</LanguageName><LanguageLevel>2</LanguageLevel></Language></LanguageQualifs>
          </QualificationsRequired>
        </JobPositionRequirements>
        <NumberToFill>1</NumberToFill>
        <AssignmentStartDate>2026-12-24</AssignmentStartDate>
        <AssignmentEndDate>2027-06-01</AssignmentEndDate>
      </JobPositionInformation>
    </JobPositionPosting>`

// inspectFile judges a file with a complete catalogue of four occupations.
func inspectFile(t *testing.T, name, file string) preflight.Report {
	t.Helper()
	report, err := preflight.File(strings.NewReader(file), name, preflight.Facts{Today: today, Catalog: smallCatalog(t)})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// smallCatalog is a catalogue, to be taken for complete, of an activity (1001), a helper's work (1002), a training at school (1003), an activity
// that has been withdrawn (1004), a training in a company (1005), an artist's activity (1006), and a training that only encodes (1007).
func smallCatalog(t testing.TB) *catalog.Catalog {
	t.Helper()
	const csv = `"1001","B 81302-131","t","1910","2","0","3","E","0","Pflegefachmann/Pflegefachfrau","Pflegefachmann/-frau","PFLEGEFACHMANN"
"1002","B 51311-100","t","7910","1","0","3","E","0","Lagerhelfer/Lagerhelferin","Lagerhelfer/in","LAGERHELFER"
"1003","B 81302-906","a","1210","2","0","2","E","0","Pflegefachmann/Pflegefachfrau (Ausbildung)","Pflegefachmann/-frau (Ausbildung)","PFLEGEAUSBILDUNG"
"1004","B 82102-901","t","1910","2","0","2","L","0","Altenpfleger/Altenpflegerin","Altenpfleger/in","ALTENPFLEGER"
"1005","B 29222-900","a","1110","2","0","2","E","0","Bäcker/Bäckerin","Bäcker/in","BAECKER"
"1006","B 94214-100","t","1910","4","0","2","E","1","Schauspieler/Schauspielerin","Schauspieler/in","SCHAUSPIELER"
"1008","B 81302-132","t","1910","2","0","2","E","0","Altenpfleger/Altenpflegerin","Altenpfleger/in","ALTENPFLEGER"
"1007","B 29222-901","a","1110","2","0","3","E","0","Bäcker/Bäckerin - Feingebäck","Bäcker/in - Feingebäck","FEINBAECKER"
`
	small, err := catalog.Read(strings.NewReader(csv), int64(len(csv)))
	if err != nil {
		t.Fatal(err)
	}
	return small
}

// told writes the findings as severity, code, the end of the path and line.
func told(report preflight.Report) []string {
	var lines []string
	for _, f := range report.Findings {
		step := f.Path[strings.LastIndex(f.Path, "/")+1:]
		lines = append(lines, fmt.Sprintf("%s %s %s:%d", f.Severity, f.Code, step, f.Line))
	}
	return lines
}

func TestAGoodFileHasNoFindings(t *testing.T) {
	t.Parallel()
	report := inspectFile(t, goodName, goodFile)
	if !report.Valid() || len(report.Findings) > 0 || report.Ads != 1 || report.Deletions != 0 {
		t.Errorf("got %+v", report)
	}
}

func TestFilesThatAreNotOfTheInterface(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		want []string
	}{
		"empty":          {"", []string{"error FLR_JCValid_090 :1"}},
		"blank":          {" \n\t\r\n", []string{"error FLR_JCValid_090 :3"}},
		"text":           {"Sehr geehrte Damen und Herren", []string{"error FLR_XML_Structure :1"}},
		"JSON":           {`{"ads": []}`, []string{"error FLR_XML_Structure :1"}},
		"other document": {"<rss/>", []string{"error FLR_XML_Structure rss:1"}},
		"document type":  {"<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"b\">]>\n<a/>", []string{"error FLR_XML_Structure :2"}},
		"cut off":        {goodFile[:600], []string{"error FLR_XML_Structure PostalAddress:17"}},
	} {
		got := inspectFile(t, goodName, c.file)
		if got.Valid() || !slices.Equal(told(got), c.want) {
			t.Errorf("%s: got %q, want %q", name, told(got), c.want)
		}
	}
}

func TestAnAdWithAFaultOfStructureDoesNotHideTheOthers(t *testing.T) {
	t.Parallel()
	broken := strings.Replace(goodAd, "<Status>1</Status>", "<Status>5</Status>", 1)
	broken = strings.Replace(broken, "<EndDate>2027-01-23", "<EndDate>2026-11-01", 1)
	late := strings.NewReplacer("0A1B2C", "0A1B2D", "<EndDate>2027-01-23", "<EndDate>2026-11-23", "<StartDate>2026-11-24", "<StartDate>2026-11-01").Replace(goodAd)

	got := inspectFile(t, goodName, strings.Replace(goodFile, goodAd, broken+late, 1))

	want := []string{"error FLR_XML_Structure Status:28", "error FLR_JCValid_081 EndDate:80"}
	if !slices.Equal(told(got), want) || got.Errors != 2 || got.Ads != 2 {
		t.Errorf("got %q, want %q", told(got), want)
	}
	if path := got.Findings[1].Path; path != "/HRBAXMLJobPositionPosting/Data/JobPositionPosting[2]/PostDetail/EndDate" {
		t.Errorf("the second ad's finding is at %s", path)
	}
}

func TestNamesOfFiles(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		goodName: nil,
		"DSV000123400_2026-11-24_09-30-00_D001E.XML": nil,
		"ads.xml":                              {"warning file_name :1"},
		"":                                     {"warning file_name :1"},
		"DSV000123400_2026-02-30_09-30-00.xml": {"warning file_name :1"},
		"ESV000123400_2026-11-24_09-30-00.xml": {"warning file_name :1"},
		"DSP000132700_2026-11-24_09-30-00.xml": {"error FLR_JCValid_188 SupplierId:4", "error FLR_JCValid_188 SupplierId:30"},
	} {
		if got := told(inspectFile(t, name, goodFile)); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestDeliverersMustAgree(t *testing.T) {
	t.Parallel()
	header := strings.Replace(goodFile, "V000123400", "V000999900", 1)
	ad := strings.Replace(goodFile, goodAd, strings.Replace(goodAd, "V000123400", "V000999900", 1), 1)
	for name, c := range map[string]struct {
		file, name string
		want       []string
	}{
		"head":                   {header, goodName, []string{"error FLR_JCValid_188 SupplierId:4"}},
		"ad":                     {ad, goodName, []string{"error FLR_JCValid_188 SupplierId:30"}},
		"ad, name tells nothing": {ad, "ads.xml", []string{"warning file_name :1", "error FLR_JCValid_188 SupplierId:30"}},
	} {
		if got := told(inspectFile(t, c.name, c.file)); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestAnAdThatStandsInTheFileTwice(t *testing.T) {
	t.Parallel()
	const gone = "<DeleteEntry><EntryId>99001-0A1B2C-S</EntryId></DeleteEntry>"

	got := inspectFile(t, goodName, strings.Replace(goodFile, goodAd, goodAd+"\n"+goodAd+"\n"+gone+"\n"+gone, 1))

	want := []string{
		"warning duplicate_reference JobPositionPostingId:66", "warning duplicate_reference DeleteEntry[1]:120",
		"warning duplicate_reference DeleteEntry[2]:121",
	}
	if !got.Valid() || !slices.Equal(told(got), want) || got.Warnings != 3 || got.Deletions != 2 {
		t.Errorf("got %q, want %q", told(got), want)
	}
}

func TestFindingsAreBoundedButAllAreCounted(t *testing.T) {
	t.Parallel()
	const deletions = 1500
	const gone = "<DeleteEntry><EntryId>99001-0A1B2C-S</EntryId></DeleteEntry>"
	bad := strings.Replace(goodAd, "<Status>1", "<Status>7", 1)

	got := inspectFile(t, goodName, strings.Replace(goodFile, goodAd, bad+strings.Repeat(gone, deletions), 1))

	if len(got.Findings) != 1000 || got.Errors != 1 || got.Warnings != deletions {
		t.Errorf("told %d, counted %d errors and %d warnings", len(got.Findings), got.Errors, got.Warnings)
	}
}

func TestAFileThatIsTooLargeIsAnError(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]error{int64(len(goodFile)): nil, int64(len(goodFile)) - 1: preflight.ErrTooLarge} {
		_, err := preflight.FileUpTo(limit, strings.NewReader(goodFile), goodName, preflight.Facts{Today: today})
		if !errors.Is(err, want) {
			t.Errorf("with a limit of %d: got %v", limit, err)
		}
	}
}

func TestAFailureToReadIsAnError(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")

	_, err := preflight.File(iotest.ErrReader(broken), goodName, preflight.Facts{Today: today})

	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

// TestSampleFiles judges the sample files that lie beside the repository on some machines, and a file of our own everywhere.
func TestSampleFiles(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("../../../shared/ba/samples/DS*.xml")
	if err != nil {
		t.Fatal(err)
	}
	samples := map[string][]byte{"DSV000123400_2026-11-24_09-30-00.xml": []byte(goodFile)}
	for _, name := range names {
		if samples[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			t.Fatal(err)
		}
	}
	for name, file := range samples {
		report, err := preflight.File(bytes.NewReader(file), name, preflight.Facts{Today: today, Catalog: catalog.BuiltIn()})
		if err != nil || !report.Valid() {
			t.Errorf("%s: %v, %+v", name, err, report.Findings)
		}
	}
}

// FuzzFile looks for files that break the inspection, or findings without a place.
func FuzzFile(f *testing.F) {
	for _, seed := range []string{
		"", " ", "<a>", goodFile, goodFile[:900], strings.ReplaceAll(goodFile, "2027", "-99999999"), strings.ReplaceAll(goodFile, "<NumberToFill>1", "<NumberToFill>+000"),
		strings.Replace(goodFile, goodAd, goodAd+goodAd, 1), strings.ReplaceAll(goodFile, "<Action>1", "<Action>3"),
	} {
		f.Add([]byte(seed), goodName)
	}
	all := smallCatalog(f)
	f.Fuzz(func(t *testing.T, file []byte, name string) {
		report, err := preflight.File(bytes.NewReader(file), name, preflight.Facts{Today: today, Catalog: all})
		if err != nil {
			t.Fatal(err)
		}
		for _, finding := range report.Findings {
			if finding.Code == "" || !strings.HasPrefix(finding.Path, "/") || finding.Line < 1 || finding.Line > 1+bytes.Count(file, []byte("\n")) {
				t.Errorf("%+v", finding)
			}
		}
		structure, err := hrbaxml.Check(bytes.NewReader(file), hrbaxml.P82(), hrbaxml.Limits{})
		if err != nil || report.Valid() && !structure.Valid() {
			t.Errorf("valid against the schema: %v, %v", structure.Violations, err)
		}
	})
}
