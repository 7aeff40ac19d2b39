package hrbaxml_test

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// FuzzCheck looks for documents that break the checker or its bounds.
func FuzzCheck(f *testing.F) {
	f.Add(writeFile(f, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()}, "99001-OLD-S"))
	f.Add([]byte("<HRBAXMLJobPositionPosting><Header/><Data><DeleteEntry/></Data></HRBAXMLJobPositionPosting>"))
	f.Add([]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><a b="c">` + "\xfc</a>"))
	f.Add([]byte("<HRBAXMLJobPositionPosting" + strings.Repeat(` a="1"`, 1000) + "/>"))
	f.Add([]byte(`<?xml version="` + strings.Repeat("9", 20_000) + `"?><a/>`))
	f.Fuzz(func(t *testing.T, document []byte) {
		limits := hrbaxml.Limits{MaxBytes: 1 << 20, MaxViolations: 20}
		report, err := hrbaxml.Check(bytes.NewReader(document), hrbaxml.Next(), limits)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(report.Violations); n > limits.MaxViolations || report.Cut != (n == limits.MaxViolations) {
			t.Errorf("%d violations, cut %v", n, report.Cut)
		}
		for _, v := range report.Violations {
			if v.Line < 1 || v.Message() == "" || len(v.Error()) > 10_000 {
				t.Errorf("got %+v", v)
			}
		}
	})
}

// FuzzRead looks for valid files that change when they are read and written again.
func FuzzRead(f *testing.F) {
	f.Add(writeFile(f, hrbaxml.Next(), []hrbaxml.Ad{minimalAd(), withEmptyGroups()}, "99001-OLD-S"))
	f.Add(writeFile(f, hrbaxml.Next(), []hrbaxml.Ad{manyPlaces(minimalAd(), 3)}))
	f.Fuzz(func(t *testing.T, document []byte) {
		ads, deletions, report := readAll(t, hrbaxml.Next(), document)
		if !report.Valid() {
			return
		}
		for _, ad := range ads {
			if violations := hrbaxml.CheckAd(ad, hrbaxml.Next()); len(violations) > 0 {
				t.Errorf("valid in the file, in memory %v", violations)
			}
		}
		again, deletionsAgain, reportAgain := readAll(t, hrbaxml.Next(), writeFile(t, hrbaxml.Next(), ads, deletions...))
		if !reportAgain.Valid() || !reflect.DeepEqual(again, ads) || !slices.Equal(deletionsAgain, deletions) {
			t.Errorf("the file changed on its way; %v", messages(reportAgain))
		}
	})
}

// FuzzReadFeedback looks for files that break the feedback reader.
func FuzzReadFeedback(f *testing.F) {
	f.Add([]byte(knownFeedback))
	f.Add([]byte("<a><ErrorCode>33</ErrorCode><ErrorMessage>x</ErrorMessage></a>"))
	f.Add([]byte("\xff\xfe<\x00a\x00/\x00>\x00"))
	f.Fuzz(func(t *testing.T, document []byte) {
		feedback, err := hrbaxml.ReadFeedback(document)
		if err != nil && len(feedback.Messages) > 0 {
			t.Errorf("messages beside the error %v", err)
		}
		if err == nil && feedback.Blank == (feedback.Root != "") {
			t.Errorf("got %+v", feedback)
		}
		for _, m := range feedback.Messages {
			if hrbaxml.NormalCode(m.Code) != m.Code {
				t.Errorf("%q is not in its final form", m.Code)
			}
		}
	})
}
