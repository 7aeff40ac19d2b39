package basim

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSettingsJudgeFilesOtherwise(t *testing.T) {
	t.Parallel()
	broken := func(w *world) string {
		return w.file(w.posting(adID("1"), insert, "<NumberToFill>2", "<NumberToFill>zwei"), w.posting(adID("2"), insert))
	}
	branches := func(w *world) string {
		return w.file(w.posting(adID("1"), insert), w.posting(adID("2"), insert, customer, otherBranch))
	}
	newer := func(w *world) string {
		return strings.Replace(w.file(w.posting(adID("1"), insert)), "</TypeOfLoad>", "</TypeOfLoad><PdfPreviewOnly>0</PdfPreviewOnly>", 1)
	}
	rude := func(w *world) string {
		return w.file(w.posting(adID("1"), insert, "unserem Haus", "unserem Mistladen"))
	}
	tests := map[string]struct {
		settings Settings
		file     func(*world) string
		codes    []string
		ads      int
	}{
		"structure, whole file":            {Settings{}, broken, []string{codeStructure}, 0},
		"structure, ad by ad":              {Settings{StructureByAd: true}, broken, []string{codeStructure}, 1},
		"any number of records":            {Settings{}, branches, nil, 2},
		"too many records":                 {Settings{MaxRecords: 1}, branches, []string{codeStructure}, 0},
		"as many records as allowed":       {Settings{MaxRecords: 2}, branches, nil, 2},
		"one hiring organisation only":     {Settings{OneHiringOrg: true}, branches, []string{codeStructure}, 0},
		"elements since P82":               {Settings{}, newer, nil, 1},
		"elements since P82, judged by it": {Settings{Release: "P82"}, newer, []string{codeStructure}, 0},
		"rude words":                       {Settings{}, rude, nil, 1},
		"rude words that are known":        {Settings{OffensiveWords: []string{"MISTLADEN"}}, rude, []string{"FLR_ValidFlam_001"}, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{Settings: test.settings})

			codes := w.send(test.file(w))

			if !slices.Equal(codes, test.codes) || len(w.Ads()) != test.ads {
				t.Errorf("codes %v, %d ads", codes, len(w.Ads()))
			}
		})
	}
}

func TestAnAdOfUnsoundStructureIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Settings: Settings{StructureByAd: true}})

	w.send(w.file(w.posting(adID("1"), insert, "<NumberToFill>2", "<NumberToFill>zwei")))

	if got := w.Uploads()[0].Messages[0].Reference; got != adID("1") {
		t.Errorf("reference %q", got)
	}
}

func TestIDsMayIgnoreTheirCase(t *testing.T) {
	t.Parallel()
	for ignore, want := range map[bool][]string{false: {}, true: {"FLR_DataStore_110"}} {
		w := newWorld(t, Options{Settings: Settings{IgnoreIDCase: ignore}})
		w.send(w.file(w.posting(adID("abc"), insert)))

		if got := w.send(w.file(w.posting(adID("ABC"), insert))); !slices.Equal(got, want) {
			t.Errorf("ignoring case %v: %v", ignore, got)
		}
	}
}

func TestLimitsOfUploads(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Settings: Settings{UploadsPerDay: 1, MaxBytes: 2000}})
	send := func(content string) string { return w.post("in/upload.php", "upload", w.nextName(), content).body }

	large := send("<a>" + strings.Repeat(" ", 2000))
	first, second := send(w.file()), send(w.file())
	w.clock.pass(24 * time.Hour)
	tomorrow := send(w.file())

	for name, page := range map[string]string{"too large": large, "the second of the day": second} {
		if !strings.Contains(page, "<title>ERROR</title>") {
			t.Errorf("%s: %s", name, page)
		}
	}
	for name, page := range map[string]string{"the first of the day": first, "the first of the next": tomorrow} {
		if !strings.Contains(page, "<title>SUCCESS</title>") {
			t.Errorf("%s: %s", name, page)
		}
	}
}

func TestTheFormMayBeAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Settings: Settings{FormAction: "annahme.php", FormField: "datei"}})

	_, form := w.do(http.MethodGet, "in/")
	answer := w.post("in/annahme.php", "datei", w.nextName(), w.file())
	old := w.post("in/upload.php", "upload", w.nextName(), w.file())

	if !strings.Contains(form, `action="annahme.php"`) || !strings.Contains(form, `name="datei"`) {
		t.Errorf("form %s", form)
	}
	if !strings.Contains(answer.body, "<title>SUCCESS</title>") || old.status == http.StatusOK {
		t.Errorf("the form's action answers %s, the old one %d", answer.body, old.status)
	}
}

func TestARenewalMayEndTheOldCertificate(t *testing.T) {
	t.Parallel()
	for _, ends := range []bool{false, true} {
		w := newWorld(t, Options{Settings: Settings{RenewalRevokes: ends}})
		renewed := w.issue(IssueRequest{PartnerID: employer})
		w.client.CloseIdleConnections()

		old := w.try(http.MethodGet, "")
		w.client = w.clientOf(renewed)
		fresh, _ := w.do(http.MethodGet, "")

		if (old.err != nil) != ends || fresh != http.StatusOK {
			t.Errorf("renewal ends %v: the old certificate %d (%v), the new one %d", ends, old.status, old.err, fresh)
		}
	}
}

func TestTheClockOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	dir, clock := t.TempDir(), newClock()
	first, err := Open(Options{Dir: dir, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Advance(48 * time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}

	second, err := Open(Options{Dir: dir, Now: clock.Now})
	if err != nil {
		t.Fatal(err)
	}

	if got := second.State().Time; !got.Equal(clock.Now().Add(48 * time.Hour)) {
		t.Errorf("it is %s", got)
	}
	if err := second.Advance(-time.Second); err == nil {
		t.Error("the clock was set back")
	}
}
