package basim

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"math"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFaultsOfTheAnswer(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		faults Faults
		// status is 0 where the connection ends without an answer.
		status int
		page   string
		kept   int
	}{
		"cut before storing": {Faults{CutBeforeStoring: 1}, 0, "", 0},
		"cut after storing":  {Faults{CutAfterStoring: 1}, 0, "", 1},
		"server error":       {Faults{ServerError: 1}, http.StatusInternalServerError, "500 Internal Server Error", 0},
		"unavailable":        {Faults{Unavailable: 1}, http.StatusServiceUnavailable, "503 Service Unavailable", 0},
		"error page":         {Faults{ErrorPage: 1}, http.StatusOK, "<title>ERROR</title>", 0},
		"garbage page":       {Faults{GarbagePage: 1}, http.StatusOK, "<blink>", 1},
		"slow answer":        {Faults{SlowAnswer: 1, Slow: Duration(time.Millisecond)}, http.StatusOK, "<title>SUCCESS</title>", 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			w.SetFaults(test.faults)
			content := w.file(w.posting(adID("1"), insert))

			got := w.post("in/upload.php", "upload", w.nextName(), content)

			if got.status != test.status || !strings.Contains(got.body, test.page) || (got.err != nil) != (test.status == 0) {
				t.Errorf("answer: %+v", got)
			}
			if got := len(w.Ads()); got != test.kept {
				t.Errorf("the BA has %d ads, want %d", got, test.kept)
			}
			// The fault is used up.
			w.upload(content)
		})
	}
}

func TestAClientThatGivesUpHasBeenHeard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	w.SetFaults(Faults{SlowAnswer: 1, Slow: Duration(time.Hour)})
	ctx, giveUp := context.WithCancel(t.Context())
	go func() {
		defer giveUp()
		for len(w.Ads()) == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
	}()

	got := w.postWhile(ctx, "in/upload.php", "upload", w.nextName(), w.file(w.posting(adID("1"), insert)))

	if !errors.Is(got.err, context.Canceled) || len(w.Ads()) != 1 {
		t.Errorf("answer %+v; ads %v", got, w.Ads())
	}
}

func TestClosingEndsASlowAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	w.SetFaults(Faults{SlowForm: 1, Slow: Duration(time.Hour)})
	asked, ended := make(chan struct{}), make(chan answered, 1)
	trace := &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { close(asked) }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, w.URL()+"in/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	go func() { ended <- roundTrip(w.client, req) }()
	<-asked

	if err := w.Close(); err != nil {
		t.Fatal(err)
	}

	if got := <-ended; got.err == nil {
		t.Errorf("the form was answered: %+v", got)
	}
}

func TestFaultsOfReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	w.SetFaults(Faults{FailedReads: 2, CutReads: 1, ForbiddenReads: 1, GarbageReads: 1, MovedReads: 1})
	w.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	// Each request has a connection of its own: a client repeats a read whose old connection was cut.
	transport, ok := w.client.Transport.(*http.Transport)
	if !ok {
		t.Fatalf("the transport is a %T", w.client.Transport)
	}
	transport.DisableKeepAlives = true

	if got := w.try(http.MethodGet, ""); got.err == nil {
		t.Errorf("the cut read was answered %d", got.status)
	}
	listing, _ := w.do(http.MethodGet, "")
	form, _ := w.do(http.MethodGet, "in/")
	forbidden, _ := w.do(http.MethodGet, "")
	_, garbage := w.do(http.MethodGet, "in/")
	moved, _ := w.do(http.MethodGet, "")
	after, _ := w.do(http.MethodGet, "")

	if forbidden != http.StatusForbidden || !strings.Contains(garbage, "Wartung") || moved != http.StatusFound {
		t.Errorf("forbidden %d, garbage %s, moved %d", forbidden, garbage, moved)
	}
	if listing != http.StatusServiceUnavailable || form != http.StatusServiceUnavailable || after != http.StatusOK {
		t.Errorf("listing %d, form %d, then %d", listing, form, after)
	}
}

func TestFaultsOfTheFeedback(t *testing.T) {
	t.Parallel()
	const none, whole, broken = "none", "whole", "broken"
	tests := map[string]struct {
		faults Faults
		// now and later are what is found under the feedback's name at once and an hour later.
		now, later string
		files      int
	}{
		"spared":              {Faults{}, whole, whole, 1},
		"none":                {Faults{NoFeedback: 1}, none, none, 0},
		"late":                {Faults{LateFeedback: 1}, none, whole, 1},
		"duplicate":           {Faults{DuplicateFeedback: 1}, whole, whole, 2},
		"half for ever":       {Faults{HalfFeedback: 1}, broken, broken, 1},
		"half, then whole":    {Faults{HalfFeedback: 1, Late: Duration(time.Hour)}, broken, whole, 1},
		"garbled for ever":    {Faults{GarbledFeedback: 1}, broken, broken, 1},
		"garbled, then whole": {Faults{GarbledFeedback: 1, Late: Duration(time.Hour)}, broken, whole, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, Options{})
			w.SetFaults(test.faults)
			feedback := "E" + w.upload(w.file(w.posting(adID("1"), insert)))[1:]
			look := func() string {
				status, content := w.do(http.MethodGet, feedback)
				switch {
				case status == http.StatusNotFound:
					return none
				case readsAsXML(content):
					return whole
				}
				return broken
			}

			now := look()
			w.clock.pass(time.Hour)
			later := look()

			if now != test.now || later != test.later {
				t.Errorf("at once %s, later %s; want %s, %s", now, later, test.now, test.later)
			}
			files := w.Files(employer)
			if len(files) != test.files {
				t.Errorf("%d files", len(files))
			}
			for _, f := range files {
				if !strings.HasPrefix(f.Name, feedback[:stemLength]) {
					t.Errorf("file %s does not belong to %s", f.Name, feedback)
				}
			}
			if len(w.Ads()) != 1 {
				t.Error("the ad itself was not processed")
			}
		})
	}
}

// readsAsXML reports whether a document is complete.
func readsAsXML(content string) bool {
	decoder := xml.NewDecoder(strings.NewReader(content))
	for {
		if _, err := decoder.Token(); err != nil {
			return errors.Is(err, io.EOF)
		}
	}
}

func TestFeedbackShapes(t *testing.T) {
	t.Parallel()
	refusal := []Message{
		{Code: "FLR_JCValid_033", Reference: "99001-1-S", Text: "Fürth <passt> nicht"},
		{Code: "FLR_XML_Structure", Text: "Zeile 1"},
	}
	tests := map[string]struct {
		settings Settings
		messages []Message
		want     []string
		lacks    []string
	}{
		"bare": {
			Settings{},
			refusal,
			[]string{`encoding="UTF-8"`, "<HRBAXMLErrorLog>", "<ErrorCode>FLR_JCValid_033<", "Fürth &lt;passt&gt; nicht"},
			[]string{"<Header>", "xmlns"},
		},
		"namespace": {Settings{Feedback: FeedbackNamespace}, refusal, []string{`<HRBAXMLErrorLog xmlns="`}, nil},
		"header":    {Settings{Feedback: FeedbackHeader}, refusal, []string{"<Header>", "<SupplierId>V000123400<", "<Errors>2<"}, nil},
		"prefix":    {Settings{Feedback: FeedbackPrefix}, refusal, []string{`<ba:HRBAXMLErrorLog xmlns:ba="`, "<ba:ErrorCode>FLR_JCValid_033</ba:ErrorCode>"}, []string{"<ErrorCode>"}},
		"extra":     {Settings{Feedback: FeedbackExtra}, refusal, []string{`<ErrorMessage severity="error">`, "<ErrorLevel>ERROR<", "<ProcessingTime>"}, nil},
		"old codes": {Settings{OldCodes: true}, refusal, []string{"<ErrorCode>APPS_JCValid_033<"}, []string{"FLR_"}},
		"Latin-1":   {Settings{Latin1: true}, refusal, []string{`encoding="ISO-8859-1"`, "F\xfcrth"}, []string{"Fürth"}},
		"success":   {Settings{}, nil, []string{"<ErrorInformation>"}, []string{"<ErrorMessage>"}},
		"no list":   {Settings{Success: SuccessNoList}, nil, []string{"<HRBAXMLErrorLog>"}, []string{"ErrorInformation"}},
		"blank":     {Settings{Success: SuccessBlank}, nil, []string{"\n"}, []string{"<"}},
		"empty":     {Settings{Success: SuccessEmpty}, nil, []string{""}, []string{"\n"}},
	}
	for name, test := range tests {
		upload := &Upload{Partner: employer, Messages: test.messages}

		got := string(test.settings.encode(feedbackFile(upload, newClock().Now(), test.settings)))

		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, got)
			}
		}
		for _, unwanted := range test.lacks {
			if strings.Contains(got, unwanted) {
				t.Errorf("%s has %q:\n%s", name, unwanted, got)
			}
		}
	}
}

func TestEveryFaultHasItsCounter(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(Faults{})
	if err != nil {
		t.Fatal(err)
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		t.Fatal(err)
	}
	delete(fields, "slow")
	delete(fields, "late")

	if got := slices.Sorted(maps.Keys(fields)); !slices.Equal(got, faultNames()) {
		t.Errorf("fields %v, counters %v", got, faultNames())
	}
	for name := range fields {
		var f Faults
		if err := json.Unmarshal([]byte(`{"`+name+`": 7}`), &f); err != nil || *f.counters()[faultName(name)] != 7 {
			t.Errorf("%s counts in another field (%v)", name, err)
		}
	}
}

func TestFaultsByChanceAreTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	const uploads = 60
	run := func(seed uint64) string {
		w := newWorld(t, Options{})
		if err := w.SetRates(Rates{Seed: seed, Faults: map[string]float64{"unavailable": 0.3, "no_feedback": 0.2}}); err != nil {
			t.Fatal(err)
		}
		var story strings.Builder
		for range uploads {
			if got := w.post("in/upload.php", "upload", w.nextName(), w.file()); got.status == http.StatusOK {
				story.WriteByte('.')
			} else {
				story.WriteByte('x')
			}
		}
		for _, u := range w.Uploads() {
			story.WriteString(string(u.Fault))
		}
		return story.String()
	}

	first, again, other := run(7), run(7), run(8)

	if first != again || first == other {
		t.Errorf("the seed 7 tells\n%s\n%s\nand 8\n%s", first, again, other)
	}
	if n := strings.Count(first, "x"); n < 5 || n > 40 || !strings.Contains(first, "no_feedback") {
		t.Errorf("%d of %d uploads suffered: %s", n, uploads, first)
	}
}

func TestRatesAreProbabilitiesOfFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t, Options{})
	for name, rates := range map[string]map[string]float64{
		"no fault": {"earthquake": 0.5}, "more than certain": {"unavailable": 1.5}, "less than never": {"unavailable": -0.1},
		"no number": {"unavailable": math.NaN()},
	} {
		if err := w.SetRates(Rates{Faults: rates}); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if err := w.SetRates(Rates{Faults: map[string]float64{"failed_reads": 1}}); err != nil {
		t.Fatal(err)
	}
	certain, _ := w.do(http.MethodGet, "")
	if err := w.SetRates(Rates{}); err != nil {
		t.Fatal(err)
	}
	spared, _ := w.do(http.MethodGet, "")

	if certain != http.StatusServiceUnavailable || spared != http.StatusOK {
		t.Errorf("with the rate 1 %d, without %d", certain, spared)
	}
}

func TestDurationsAreWrittenAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	var f Faults

	err := json.Unmarshal([]byte(`{"slow":"1m30s"}`), &f)
	negative := json.Unmarshal([]byte(`{"slow":"-1s"}`), &Faults{})
	written, writeErr := json.Marshal(f.Slow)

	if err != nil || writeErr != nil || f.Slow != Duration(90*time.Second) || string(written) != `"1m30s"` {
		t.Errorf("read %v (%v), written %s (%v)", f.Slow, err, written, writeErr)
	}
	if negative == nil {
		t.Error("a negative duration was taken")
	}
}
