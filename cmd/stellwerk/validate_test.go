package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
)

// fileName is a name that the BA would process.
const fileName = "DSV000123400_2026-11-24_09-30-00.xml"

// wholeDay is a time on the day for which the files of these tests are written.
const wholeDay = "2026-11-24T23:30:00+01:00"

// writeAds writes a file of one ad into a folder of its own and returns its path. edits are pairs of old and new text.
func writeAds(t *testing.T, name string, edits ...string) string {
	t.Helper()
	var ad hrbaxml.Ad
	ad.AddText(hrbaxml.PostingID, "99001-0A1B2C3D4E5F6G7H-S")
	ad.AddText(hrbaxml.HiringOrgName, "Muster Pflege gGmbH")
	ad.AddText(hrbaxml.HiringOrgID, "A123A12345")
	ad.AddText(hrbaxml.HiringOrgContactFamilyName, "Personalabteilung")
	ad.AddText(hrbaxml.PostDetailStartDate, "2026-11-24")
	ad.AddText(hrbaxml.PostDetailEndDate, "2026-11-24")
	ad.AddText(hrbaxml.PostDetailLastModificationDate, "2026-11-24T09:12:44+01:00")
	ad.AddInt(hrbaxml.PostDetailStatus, 1)
	ad.AddInt(hrbaxml.PostDetailAction, 1)
	ad.AddText(hrbaxml.PostDetailSupplierID, "V000123400")
	ad.AddText(hrbaxml.PostDetailSupplierName, "Muster Pflege gGmbH")
	ad.AddText(hrbaxml.JobPositionTitleCode, "134833")
	ad.AddInt(hrbaxml.JobOfferType, 36)
	ad.AddBool(hrbaxml.SocialInsurance, true)
	ad.AddText(hrbaxml.Objective, "Sie pflegen unsere Bewohnerinnen und Bewohner.")
	ad.AddBool(hrbaxml.EducationAuthorisation, false)
	ad.AddGroup(hrbaxml.Location)
	ad.AddText(hrbaxml.LocationCountryCode, "DE")
	ad.AddText(hrbaxml.LocationPostalCode, "90402")
	ad.AddInt(hrbaxml.LocationRegion, 2)
	ad.AddText(hrbaxml.LocationMunicipality, "Nürnberg")
	ad.AddInt(hrbaxml.NumberToFill, 1)
	ad.AddText(hrbaxml.AssignmentStartDate, "2026-11-24")
	var file bytes.Buffer
	at, err := time.Parse(time.RFC3339, wholeDay)
	if err != nil {
		t.Fatal(err)
	}
	w, err := hrbaxml.NewWriter(&file, hrbaxml.P82(), hrbaxml.Header{SupplierID: "V000123400", Timestamp: at, Amount: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteAd(ad); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return writeTemp(t, name, strings.NewReplacer(edits...).Replace(file.String()))
}

func writeTemp(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// validate runs the command and returns its exit code and what it said.
func validate(t *testing.T, args ...string) (code int, out, complaints string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = stellwerk().Run(t.Context(), append([]string{"validate"}, args...), cli.Streams{Out: &stdout, Err: &stderr})
	return code, stdout.String(), stderr.String()
}

func TestValidateTellsByItsExitCode(t *testing.T) {
	t.Parallel()
	good := writeAds(t, fileName)
	oversized := filepath.Join(t.TempDir(), fileName)
	if err := os.WriteFile(oversized, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(oversized, preflight.MaxBytes+1); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		out  string
		err  string
	}{
		"valid":                   {[]string{good, "--at", wholeDay}, cli.ExitOK, "is valid: 0 errors and 0 warnings in 1 ad and 0 deletions.", ""},
		"flags first":             {[]string{"--at", wholeDay, good}, cli.ExitOK, "is valid", ""},
		"a day later":             {[]string{good, "--at", "2026-11-25T00:00:00+01:00"}, cli.ExitFailed, "error FLR_JCValid_081", ""},
		"the day before, in UTC":  {[]string{good, "--at", "2026-11-24T23:00:00Z"}, cli.ExitFailed, "error FLR_JCValid_081", ""},
		"warnings leave it valid": {[]string{writeAds(t, "ads.xml"), "--at", wholeDay}, cli.ExitOK, "is valid: 0 errors and 1 warning", ""},
		"not of the schema":       {[]string{writeAds(t, fileName, "<Status>1", "<Status>4")}, cli.ExitFailed, "error FLR_XML_Structure", ""},
		"empty":                   {[]string{writeTemp(t, fileName, "")}, cli.ExitFailed, "error FLR_JCValid_090", ""},
		"no file":                 {nil, cli.ExitUsage, "", "FILE is missing"},
		"two files":               {[]string{good, good}, cli.ExitUsage, "", "is not a flag"},
		"missing file":            {[]string{good + ".bak"}, cli.ExitUsage, "", "no such file"},
		"folder":                  {[]string{t.TempDir()}, cli.ExitUsage, "", "is a folder"},
		"too large":               {[]string{oversized}, cli.ExitUsage, "", "larger than 64 MiB"},
		"wrong time":              {[]string{good, "--at", "yesterday"}, cli.ExitUsage, "", "invalid value"},
		"unknown flag":            {[]string{good, "--strict"}, cli.ExitUsage, "", "not defined"},
		"missing catalogue":       {[]string{good, "--catalog", good + ".csv"}, cli.ExitUsage, "", "read catalogue"},
		"no catalogue":            {[]string{good, "--catalog", good}, cli.ExitUsage, "", "read catalogue"},
	} {
		code, out, complaints := validate(t, c.args...)
		if code != c.code || !strings.Contains(out, c.out) || !strings.Contains(complaints, c.err) {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out, complaints)
		}
		if c.err == "" && complaints != "" || c.out == "" && out != "" {
			t.Errorf("%s: too much was said:\n%s%s", name, out, complaints)
		}
	}
}

func TestValidatePrintsALineForEachFinding(t *testing.T) {
	t.Parallel()
	file := writeAds(t, fileName, "<NumberToFill>1", "<NumberToFill>0")

	_, out, _ := validate(t, file, "--at", wholeDay)

	line := regexp.MustCompile(`^(.+):(\d+): (error|warning) (\S+) (/\S+): (.+)$`)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	for _, l := range lines[:len(lines)-1] {
		if parts := line.FindStringSubmatch(l); len(parts) == 0 || parts[1] != file {
			t.Errorf("got %q", l)
		}
	}
	if want := file + " is not valid: 1 error and 0 warnings in 1 ad and 0 deletions."; len(lines) != 2 || lines[1] != want {
		t.Errorf("got\n%s", out)
	}
}

func TestValidatePrintsOneObject(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, want string }{
		"valid": {writeAds(t, fileName), `{"valid":true,"findings":[]}`},
		"invalid": {
			writeAds(t, fileName, "<Status>1", "<Status>6"),
			`{"valid":false,"findings":[{"code":"FLR_JCValid_038","severity":"error",` +
				`"path":"/HRBAXMLJobPositionPosting/Data/JobPositionPosting[1]/PostDetail/Status","line":23,` +
				`"message":"This status is for the BA's own files; 1, 2 or 3 can be sent. Found: \"6\""}]}`,
		},
		"blank": {
			writeTemp(t, fileName, " \n"),
			`{"valid":false,"findings":[{"code":"FLR_JCValid_090","severity":"error","path":"/","line":2,"message":"the file is empty"}]}`,
		},
	} {
		_, out, _ := validate(t, "--json", c.file, "--at", wholeDay)
		if out != c.want+"\n" || !json.Valid([]byte(out)) {
			t.Errorf("%s: got\n%swant\n%s", name, out, c.want)
		}
	}
}

// The same occupation in both forms of the BA's catalogue.
const (
	occupationCSV = `"1001","B 81302-131","t","1910","2","0","3","E","0","Pflegefachmann/Pflegefachfrau","Pflegefachmann/-frau","PFLEGEFACHMANN"
`
	occupationXML = `<berufeliste><beruf id="1001" bkz="B 81302-131"><typ>t</typ><lbkgruppe>1910</lbkgruppe>
<qualifikationsNiveaus><qualifikationsNiveau niveau="2"/></qualifikationsNiveaus><hochschulberuf>nein</hochschulberuf><ebene>3</ebene>
<zustand>E</zustand><kuenstler>nein</kuenstler><bezeichnung><bezeichnung_nk>Pflegefachmann/-frau</bezeichnung_nk></bezeichnung></beruf></berufeliste>`
)

// skillXML knows one skill, and one of artists.
const skillXML = `<kompetenzen><kompmerkmal id="60101"/><kompmerkmal id="60999"><kuenstler>j</kuenstler></kompmerkmal></kompetenzen>`

// zipped packs files, pairs of name and content.
func zipped(t *testing.T, files ...string) string {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for i := 0; i+1 < len(files); i += 2 {
		list, err := w.Create(files[i])
		if err == nil {
			_, err = list.Write([]byte(files[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return writeTemp(t, "catalogue.zip", archive.String())
}

func TestValidateTakesACatalogue(t *testing.T) {
	t.Parallel()
	occupation := func(id string) string { return writeAds(t, fileName, "<TitleCode>134833", "<TitleCode>"+id) }
	skilled := func(id string) string {
		return writeAds(t, fileName, "<TitleCode>134833", "<TitleCode>1001", "<NumberToFill>", "<JobPositionRequirements><QualificationsRequired><SkillQualifs><HardSkill><SkillName>"+id+
			"</SkillName><SkillLevel>1</SkillLevel></HardSkill></SkillQualifs></QualificationsRequired></JobPositionRequirements><NumberToFill>")
	}
	csv, archive := writeTemp(t, "occupations.csv", occupationCSV), zipped(t, "vam_beruf_kurz.xml", occupationXML)
	whole := zipped(t, "vam_beruf_kurz.xml", occupationXML, "kompetenzen.xml", skillXML)
	for name, c := range map[string]struct {
		file, catalog string
		code          int
		out           string
	}{
		"unknown to the built-in part":      {occupation("9999999"), "", cli.ExitOK, "warning FLR_JCValid_042"},
		"unknown to a CSV":                  {occupation("9999999"), csv, cli.ExitFailed, "error FLR_JCValid_042"},
		"unknown to an archive":             {occupation("9999999"), archive, cli.ExitFailed, "error FLR_JCValid_042"},
		"known to a CSV":                    {occupation("1001"), csv, cli.ExitOK, "0 errors and 0 warnings"},
		"known to an archive":               {occupation("1001"), archive, cli.ExitOK, "0 errors and 0 warnings"},
		"a skill of an archive":             {skilled("60101"), whole, cli.ExitOK, "0 errors and 0 warnings"},
		"a skill unknown to an archive":     {skilled("60102"), whole, cli.ExitFailed, "error FLR_JCValid_030"},
		"an artist's skill":                 {skilled("60999"), whole, cli.ExitFailed, "error FLR_JCValid_137"},
		"a skill, by an archive without":    {skilled("60102"), archive, cli.ExitOK, "0 errors and 0 warnings"},
		"a skill, by a CSV":                 {skilled("60102"), csv, cli.ExitOK, "0 errors and 0 warnings"},
		"an archive with a broken list":     {skilled("60101"), zipped(t, "vam_beruf_kurz.xml", occupationXML, "kompetenzen.xml", "<kompetenzen>"), cli.ExitUsage, ""},
		"an artist's ad, by built-in marks": {writeAds(t, fileName, "<JobOfferType>36", "<JobOfferType>40"), "", cli.ExitOK, "warning FLR_JCValid_133"},
	} {
		args := []string{c.file, "--at", wholeDay}
		if c.catalog != "" {
			args = append(args, "--catalog", c.catalog)
		}
		if code, out, complaints := validate(t, args...); code != c.code || !strings.Contains(out, c.out) || (complaints != "") != (code == cli.ExitUsage) {
			t.Errorf("%s: exit code %d\n%s%s", name, code, out, complaints)
		}
	}
}
