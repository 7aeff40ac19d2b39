package basim

import (
	"slices"
	"strings"
	"testing"
)

func TestAFileOfUnsoundStructureIsRefusedWhole(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		old, new string
		// says is part of the complaint.
		says string
	}{
		"not well-formed":      {"</Data>", "</Date>", "syntax error"},
		"a DOCTYPE":            {"<HRBAXMLJobPositionPosting>", "<!DOCTYPE x [<!ENTITY a 'b'>]><HRBAXMLJobPositionPosting>", "DOCTYPE"},
		"an unknown entity":    {"Haus &amp; Garten", "Haus &uuml; Garten", "entity"},
		"a namespace":          {"<HRBAXMLJobPositionPosting>", `<HRBAXMLJobPositionPosting xmlns="urn:x">`, "Namensraum"},
		"an attribute":         {"<Data>", `<Data id="1">`, "Attribut"},
		"text beside elements": {"<Data>", "<Data>hello", "Text neben"},
		"another root":         {"HRBAXMLJobPositionPosting>", "Jobs>", "Wurzelelement"},
		"a missing element":    {"<JobOfferType>36</JobOfferType>", "", "fehlt JobOfferType"},
		"a wrong order":        {"<Status>1</Status><Action>1</Action>", "<Action>1</Action><Status>1</Status>", "fehlt Status"},
		"an unknown element":   {"<NumberToFill>2", "<Logo>x</Logo><NumberToFill>2", "fehlt NumberToFill"},
		"an element too often": {"<Status>1</Status>", "<Status>1</Status><Status>1</Status>", "zu oft"},
		"elements in text":     {"<TypeOfLoad>D", "<TypeOfLoad><b/>D", "Text neben"},
		"elements for text":    {"<TypeOfLoad>D", "<TypeOfLoad><b/>", "darf keine Elemente"},
		"text for elements":    {"<JobPositionTitle><TitleCode>134833</TitleCode>", "<JobPositionTitle>134833", "darf keinen Text"},
		"a long title":         {"Pflegefachkraft (m/w/d)", strings.Repeat("ü", 61), "61 Zeichen"},
		"an unknown code":      {"<JobOfferType>36", "<JobOfferType>39", "nicht erlaubten Wert"},
		"no number":            {"<NumberToFill>2", "<NumberToFill>zwei", "keine ganze Zahl"},
		"a number too large":   {"<NumberToFill>2", "<NumberToFill>1000", "außerhalb"},
		"too many hours":       {"<Schedule>", "<Schedule><HoursPerWeek>48.5</HoursPerWeek>", "außerhalb"},
		"hours too exact":      {"<Schedule>", "<Schedule><HoursPerWeek>38.555</HoursPerWeek>", "Nachkommastellen"},
		"hours with a comma":   {"<Schedule>", "<Schedule><HoursPerWeek>38,5</HoursPerWeek>", "keine Zahl"},
		"a day that is not":    {"<EndDate>2027-01-23", "<EndDate>2027-02-30", "kein gültiges Datum"},
		"a wrong pattern":      {customer, "A123A1234", "verlangte Form"},
		"a preview":            {"<TypeOfLoad>D</TypeOfLoad>", "<TypeOfLoad>D</TypeOfLoad><PdfPreviewOnly>1</PdfPreviewOnly>", "PdfPreviewOnly"},
	}
	w := newWorld(t, Options{})
	for name, test := range tests {
		content := w.file(w.posting(adID("1"), insert), w.posting(adID("2"), insert))
		if !strings.Contains(content, test.old) {
			t.Fatalf("%s: the file lacks %q", name, test.old)
		}

		got := w.send(strings.ReplaceAll(content, test.old, test.new))

		uploads := w.Uploads()
		message := uploads[len(uploads)-1].Messages
		if !slices.Equal(got, []string{codeStructure}) || message[0].Reference != "" || !strings.Contains(message[0].Text, test.says) {
			t.Errorf("%s: %v", name, message)
		}
	}
	if ads := w.Ads(); len(ads) > 0 {
		t.Errorf("%d ads were taken", len(ads))
	}
}

func TestSoundStructuresPass(t *testing.T) {
	t.Parallel()
	tests := map[string][2]string{
		"CDATA":                         {"Haus &amp; Garten", "<![CDATA[Haus & Garten]]>"},
		"comments":                      {"<Data>", "<!-- hello --><Data>"},
		"a schema's name":               {"<HRBAXMLJobPositionPosting>", `<HRBAXMLJobPositionPosting xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`},
		"hours":                         {"<Schedule>", "<Schedule><HoursPerWeek>38.50</HoursPerWeek>"},
		"space around a number":         {"<NumberToFill>2", "<NumberToFill> 2 "},
		"no preview":                    {"<TypeOfLoad>D</TypeOfLoad>", "<TypeOfLoad>D</TypeOfLoad><PdfPreviewOnly>0</PdfPreviewOnly>"},
		"a wrong amount":                {"<Amount>1", "<Amount>17"},
		"a date of change without zone": {"+00:00</LastModificationDate>", "</LastModificationDate>"},
	}
	w := newWorld(t, Options{})
	for name, change := range tests {
		content := strings.ReplaceAll(w.file(w.posting(w.nextID(), insert)), "Z</LastModificationDate>", "+00:00</LastModificationDate>")
		if !strings.Contains(content, change[0]) {
			t.Fatalf("%s: the file lacks %q", name, change[0])
		}

		got := w.send(strings.Replace(content, change[0], change[1], 1))

		if len(got) > 0 {
			uploads := w.Uploads()
			t.Errorf("%s: %v", name, uploads[len(uploads)-1].Messages)
		}
	}
}

func TestAnEmptyFileIsComplainedAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	for _, content := range []string{"", " \r\n\t"} {
		if got := w.send(content); !slices.Equal(got, []string{codeEmptyFile}) {
			t.Errorf("%q: %v", content, got)
		}
	}
}

func TestTheAmountIsCheckedOnRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{Settings: Settings{CheckAmount: true}})

	wrong := w.send(strings.Replace(w.file(w.posting(adID("1"), insert)), "<Amount>1", "<Amount>17", 1))
	right := w.send(w.file(w.posting(adID("1"), insert)))

	if !slices.Equal(wrong, []string{codeStructure}) || len(right) > 0 {
		t.Errorf("codes %v and %v", wrong, right)
	}
}

func TestDocumentsHaveBounds(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"depth": strings.Repeat("<a>", maxDepth+1) + strings.Repeat("</a>", maxDepth+1),
		"text":  "<a>" + strings.Repeat("x", maxText+1) + "</a>",
	}
	for name, document := range tests {
		if _, err := parse([]byte(document)); err == nil {
			t.Errorf("%s is unbounded", name)
		}
	}
}

func TestAFullLoad(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		settings Settings
		missing  AdState
	}{
		"leaves what is missing":  {Settings{}, AdLive},
		"deletes what is missing": {Settings{FullLoadDeletesMissing: true}, AdRemoved},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{Settings: test.settings})
			w.send(w.file(w.posting(adID("1"), insert), w.posting(adID("2"), insert)))

			full := w.file(w.posting(adID("1"), update), w.posting(adID("3"), insert))
			refused := w.send(strings.Replace(full, "<TypeOfLoad>D", "<TypeOfLoad>F", 1))

			states := map[string]AdState{}
			for _, ad := range w.Ads() {
				states[ad.ID] = ad.State
			}
			if len(refused) > 0 || states[adID("1")] != AdLive || states[adID("2")] != test.missing || states[adID("3")] != AdLive {
				t.Errorf("refused %v, states %v", refused, states)
			}
		})
	}
}

func TestRecordsOfOneFileMeetEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	id := adID("1")

	got := w.send(w.file(w.posting(id, insert), w.posting(id, insert), deletion(id), deletion(id)))

	if !slices.Equal(got, []string{"FLR_DataStore_110", "FLR_DataStore_130"}) {
		t.Errorf("codes %v", got)
	}
}
