package basim

import (
	"crypto/tls"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// hrefs returns the links of a page in their order.
func hrefs(page string) []string {
	var all []string
	for _, match := range regexp.MustCompile(`<a href="([^"]*)">`).FindAllStringSubmatch(page, -1) {
		all = append(all, match[1])
	}
	return all
}

func TestTheWayFromUploadFormToFeedback(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})

	_, form := w.do(http.MethodGet, "in/")
	name := w.upload(w.file(w.posting(adID("1"), insert, "90402", "90999")))
	_, listing := w.do(http.MethodGet, "")
	status, feedback := w.do(http.MethodGet, "E"+name[1:])

	for _, want := range []string{
		"<title>HRBAXML File Upload</title>", `action="upload.php"`, "Dateiauswahl:", `<input type="file" name="upload"`, "Datei senden",
	} {
		if !strings.Contains(form, want) {
			t.Errorf("the form lacks %s:\n%s", want, form)
		}
	}
	if !slices.Contains(hrefs(listing), "E"+name[1:]) {
		t.Errorf("the listing lacks E%s:\n%s", name[1:], listing)
	}
	if status != http.StatusOK {
		t.Fatalf("download: %d", status)
	}
	for _, want := range []string{"<ErrorCode>FLR_JCValid_033<", "<ReferenceId>" + adID("1") + "<", "DE, 2, 90999, Nürnberg"} {
		if !strings.Contains(feedback, want) {
			t.Errorf("the feedback lacks %s:\n%s", want, feedback)
		}
	}
}

func TestAListingLooksLikeApaches(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	w.upload(w.file(w.posting(adID("1"), insert)))

	_, page := w.do(http.MethodGet, "")

	want := []string{"?C=N;O=D", "?C=M;O=A", "?C=S;O=A", "?C=D;O=A", "Statistiken/", "in/", "sonstiges/", "ESV000123400_2026-11-24_09-30-01.xml"}
	if got := hrefs(page); !slices.Equal(got, want) {
		t.Errorf("links %v, want %v", got, want)
	}
	for _, want := range []string{
		"<title>Index of /</title>",
		`">ESV000123400_2026-11..&gt;</a>`,
		"24-Nov-2026 10:30  ",
		`<a href="sonstiges/">sonstiges/</a>`,
		"Apache Server at hrbaxml.arbeitsagentur.de Port 443",
	} {
		if !strings.Contains(page, strings.ReplaceAll(want, "&gt;", ">")) && !strings.Contains(page, want) {
			t.Errorf("the listing lacks %s:\n%s", want, page)
		}
	}
	if strings.Contains(page, "Parent Directory") {
		t.Error("the root has a parent directory")
	}
}

func TestAListingSortsAsItsLinksSay(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	long := w.upload(w.file(w.posting(adID("1"), insert, "90402", "90999")))
	w.clock.pass(time.Hour)
	short := w.upload(w.file(w.posting(adID("2"), insert)))
	first, second := "E"+long[1:], "E"+short[1:]
	tests := map[string][]string{
		"":         {first, second},
		"?C=N;O=D": {second, first},
		"?C=N&O=D": {second, first},
		"?C=M&O=A": {first, second},
		"?C=M&O=D": {second, first},
		"?C=S&O=A": {second, first},
	}
	for query, want := range tests {
		_, page := w.do(http.MethodGet, query)

		links := hrefs(page)
		if got := links[len(links)-2:]; !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", query, got, want)
		}
	}
}

func TestPathsWorkWithAndWithoutThePartnersPrefix(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	w.issue(IssueRequest{PartnerID: "V000999900", Alliance: "99009"})
	name := w.upload(w.file(w.posting(adID("1"), insert)))
	own, foreign := "daten/"+employer+"/", "daten/V000999900/"
	tests := map[string]int{
		"":                     http.StatusOK,
		own:                    http.StatusOK,
		strings.Trim(own, "/"): http.StatusOK, // after a redirect
		own + "in/":            http.StatusOK,
		own + "in":             http.StatusOK,
		own + "sonstiges/":     http.StatusOK,
		"Statistiken/":         http.StatusOK,
		own + "E" + name[1:]:   http.StatusOK,
		"nothing.xml":          http.StatusNotFound,
		"in/upload.php":        http.StatusMethodNotAllowed,
		foreign:                http.StatusForbidden,
		foreign + "in/":        http.StatusForbidden,
		own[:len(own)-2] + "/": http.StatusForbidden,
		"daten/":               http.StatusForbidden,
		"daten":                http.StatusForbidden,
	}
	for path, want := range tests {
		if got, _ := w.do(http.MethodGet, path); got != want {
			t.Errorf("GET /%s: %d, want %d", path, got, want)
		}
	}
	below := w.post(own+"in/upload.php", "upload", w.nextName(), w.file())
	if below.status != http.StatusOK || !strings.Contains(below.body, titleSuccess) {
		t.Errorf("upload below the prefix: %+v", below)
	}
}

func TestAPartnerThatSharesItsAddressNeedsThePrefix(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	if err := w.ChangePartner(employer, func(p *Partner) { p.PrefixRequired = true }); err != nil {
		t.Fatal(err)
	}

	plain, _ := w.do(http.MethodGet, "")
	prefixed, _ := w.do(http.MethodGet, "daten/"+employer+"/")

	if plain != http.StatusForbidden || prefixed != http.StatusOK {
		t.Errorf("without prefix %d, with prefix %d", plain, prefixed)
	}
}

func TestWhatAnUploadAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	good := w.file(w.posting(adID("1"), insert))
	wrong := "DS" + employer + "_2026-13-40_09-30-00.xml"
	tests := map[string]struct {
		part, name, content string
		refuseNames         bool
		errorStatus         int
		status              int
		title               string
	}{
		"good":                   {"upload", w.nextName(), good, false, 0, 200, titleSuccess},
		"capital extension":      {"upload", "DSV000123400_2026-11-24_08-00-00_D001E.XML", good, false, 0, 200, titleSuccess},
		"byte order mark":        {"upload", w.nextName(), "\ufeff" + good, false, 0, 200, titleSuccess},
		"empty":                  {"upload", w.nextName(), "", false, 0, 200, titleSuccess},
		"another part":           {"file", w.nextName(), good, false, 0, 200, titleError},
		"another extension":      {"upload", "DSV000123400_2026-11-24_08-00-00.zip", good, false, 0, 200, titleError},
		"no XML":                 {"upload", w.nextName(), "PK\x03\x04", false, 0, 200, titleError},
		"ERROR with 400":         {"upload", w.nextName(), "PK\x03\x04", false, 400, 400, titleError},
		"wrong name":             {"upload", wrong, good, false, 0, 200, titleSuccess},
		"wrong name with switch": {"upload", wrong, good, true, 0, 200, titleError},
	}
	for name, test := range tests {
		w.SetSettings(Settings{RefuseWrongNames: test.refuseNames, ErrorStatus: test.errorStatus})

		got := w.post("in/upload.php", test.part, test.name, test.content)

		text := map[string]string{titleSuccess: textSuccess, titleError: textError}[test.title]
		if got.status != test.status || !strings.Contains(got.body, "<title>"+test.title+"</title>") || !strings.Contains(got.body, text) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestPagesMayBeInLatin1(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Settings: Settings{Latin1: true}})

	got := w.post("in/upload.php", "upload", w.nextName(), w.file())

	if !strings.Contains(got.body, "Die \xdcbermittlung an") {
		t.Errorf("answer: %q", got.body)
	}
}

func TestSizesInAListing(t *testing.T) {
	t.Parallel()
	tests := map[int]string{
		0: "  0 ", 817: "817 ", 972: "972 ", 1024: "1.0K", 10 << 10: " 10K", 300 << 10: "300K", 3 << 20: "3.0M", 32 << 20: " 32M",
	}
	for size, want := range tests {
		if got := listingSize(size); got != want {
			t.Errorf("%d bytes: %q, want %q", size, got, want)
		}
	}
}

func TestAnUploadMayNotBeTooLarge(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})

	got := w.post("in/upload.php", "upload", w.nextName(), "<a>"+strings.Repeat(" ", maxUpload))

	if got.err == nil && !strings.Contains(got.body, titleError) {
		t.Errorf("answer: %+v", got)
	}
	if n := len(w.Uploads()); n != 0 {
		t.Errorf("%d uploads were kept", n)
	}
}

func TestAFileWithAWrongNameIsNeverProcessed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	content := w.file(w.posting(adID("1"), insert))
	names := []string{
		"jobs.xml", "DSV000123400_2026-11-24.xml", "DSV000999900_2026-11-24_09-30-00.xml", "DBV000123400_2026-11-24_09-30-00.xml",
		"DSV000123400_2026-11-24_25-30-00.xml", "ESV000123400_2026-11-24_09-30-00.xml", "DSV000123400_2026-11-24_09-30-00.Xml",
	}
	for _, name := range names {
		if got := w.post("in/upload.php", "upload", name, content); got.status != http.StatusOK {
			t.Fatalf("%s: %+v", name, got)
		}
	}
	w.clock.pass(24 * time.Hour)

	for _, u := range w.Uploads() {
		if u.State != UploadIgnored {
			t.Errorf("%s is %s", u.Name, u.State)
		}
	}
	if n := len(w.Files(employer)) + len(w.Ads()); n != 0 {
		t.Errorf("%d files and ads came of it", n)
	}
}

func TestAPartnerDeletesItsFeedback(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	name := "E" + w.upload(w.file())[1:]

	first, _ := w.do(http.MethodDelete, name)
	second, _ := w.do(http.MethodDelete, name)
	folder, _ := w.do(http.MethodDelete, "in/")

	if first != http.StatusNoContent || second != http.StatusNotFound || folder != http.StatusMethodNotAllowed {
		t.Errorf("answers %d, %d, %d", first, second, folder)
	}
}

func TestFilesAreKeptForFourteenDays(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	name := "E" + w.upload(w.file())[1:]

	w.clock.pass(retention)
	kept, _ := w.do(http.MethodGet, name)
	w.clock.pass(time.Second)
	removed, _ := w.do(http.MethodGet, name)

	if kept != http.StatusOK || removed != http.StatusNotFound {
		t.Errorf("after 14 days %d, after that %d", kept, removed)
	}
}

func TestProcessingWaitsForItsTime(t *testing.T) {
	t.Parallel()
	berlin := func(hour, minute int) time.Time { return time.Date(2026, 11, 25, hour-1, minute, 0, 0, time.UTC) }
	tests := map[string]struct {
		settings  Settings
		sent, due time.Time
	}{
		"a delay":                {Settings{Delay: Duration(10 * time.Minute)}, berlin(10, 0), berlin(10, 10)},
		"before hours":           {Settings{OfficeHours: true}, berlin(3, 0), berlin(7, 0)},
		"within hours":           {Settings{OfficeHours: true}, berlin(12, 0), berlin(12, 0)},
		"after hours":            {Settings{OfficeHours: true}, berlin(19, 0), berlin(24+7, 0)},
		"a delay past the hours": {Settings{OfficeHours: true, Delay: Duration(time.Hour)}, berlin(18, 30), berlin(24+7, 0)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{Settings: test.settings})
			w.clock.pass(test.sent.Sub(w.clock.Now()))
			feedback := "E" + w.upload(w.file())[1:]

			w.clock.pass(test.due.Sub(test.sent) - time.Second)
			before, _ := w.do(http.MethodGet, feedback)
			w.clock.pass(time.Second)
			after, _ := w.do(http.MethodGet, feedback)

			wantBefore := http.StatusNotFound
			if test.due.Equal(test.sent) {
				wantBefore = http.StatusOK
			}
			if before != wantBefore || after != http.StatusOK {
				t.Errorf("a second before %d, then %d", before, after)
			}
		})
	}
}

func TestProcessDoesNotWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Settings: Settings{Delay: Duration(time.Hour)}})
	w.upload(w.file(w.posting(adID("1"), insert)))

	first, second := w.Process(), w.Process()

	if first != 1 || second != 0 || len(w.Ads()) != 1 {
		t.Errorf("processed %d, then %d; ads: %v", first, second, w.Ads())
	}
}

func TestOnlyCertificatesOfPartnersAreLetIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	other := newWorld(t, Options{})
	expired := w.issue(IssueRequest{PartnerID: employer, NotBefore: w.clock.Now().AddDate(-1, 0, 0), NotAfter: w.clock.Now().Add(-time.Minute)})
	revoked := w.issue(IssueRequest{PartnerID: employer})
	if err := w.ChangePartner(employer, func(p *Partner) { p.Certificates[len(p.Certificates)-1].Revoked = true }); err != nil {
		t.Fatal(err)
	}
	foreign := other.creds
	foreign.CA = w.creds.CA
	nobody := Credentials{CA: w.creds.CA}
	for name, creds := range map[string]Credentials{"expired": expired, "revoked": revoked, "foreign": foreign, "none": nobody} {
		w.client = w.clientOf(creds)
		if got := w.try(http.MethodGet, ""); got.err == nil {
			t.Errorf("a client whose certificate is %s was answered %d", name, got.status)
		}
	}
	w.client = w.clientOf(w.creds)
	if status, _ := w.do(http.MethodGet, ""); status != http.StatusOK {
		t.Errorf("the partner's first certificate: %d", status)
	}
}

func TestTheHighestVersionOfTLSIsAnOption(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{MaxTLS: tls.VersionTLS12})

	got := w.try(http.MethodGet, "")

	if got.tls != tls.VersionTLS12 {
		t.Errorf("version %x (%v)", got.tls, got.err)
	}
}
