package hrbaxml_test

import (
	"encoding/binary"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// known is a feedback in the form that has been seen in practice.
const known = `<?xml version="1.0" encoding="UTF-8"?>
<HRBAXMLErrorLog>
  <ErrorInformation>
    <ErrorMessage>
      <ErrorCode>FLR_JCValid_033</ErrorCode>
      <ReferenceId>99001-1-S</ReferenceId>
      <AdditionalInformation>Fürth & mehr</AdditionalInformation>
    </ErrorMessage>
    <ErrorMessage>
      <ErrorCode>APPS_DataStore_130</ErrorCode>
      <ReferenceId>99001-2-S</ReferenceId>
      <AdditionalInformation/>
    </ErrorMessage>
  </ErrorInformation>
</HRBAXMLErrorLog>`

var knownFeedback = strings.ReplaceAll(known, " & ", " &amp; ")

// quotedAd is an ad with elements that are named like parts of a message.
const quotedAd = `<JobPositionPosting><Interview><AdditionalInformation>Bring a pen</AdditionalInformation></Interview></JobPositionPosting>`

var knownMessages = []hrbaxml.Message{
	{Code: "FLR_JCValid_033", Original: "FLR_JCValid_033", Reference: "99001-1-S", Text: "Fürth & mehr"},
	{Code: "FLR_DataStore_130", Original: "APPS_DataStore_130", Reference: "99001-2-S"},
}

func TestReadFeedbackKnowsEveryShapeOfTheSameMessages(t *testing.T) {
	t.Parallel()
	latin := strings.ReplaceAll(knownFeedback, "ü", "\xfc")
	var wide []byte
	for _, unit := range utf16.Encode([]rune("\ufeff" + knownFeedback)) {
		wide = binary.LittleEndian.AppendUint16(wide, unit)
	}
	for name, document := range map[string]string{
		"as known":                    knownFeedback,
		"byte order mark":             "\ufeff" + knownFeedback,
		"zeros behind it":             knownFeedback + "\n\x00\x00",
		"default namespace":           strings.Replace(knownFeedback, "<HRBAXMLErrorLog>", `<HRBAXMLErrorLog xmlns="http://www.arbeitsagentur.de/x">`, 1),
		"prefixes":                    strings.NewReplacer("<Error", "<ba:Error", "</Error", "</ba:Error").Replace(knownFeedback),
		"deeper":                      strings.NewReplacer("<ErrorI", "<Data><ErrorI", "</ErrorInformation>", "</ErrorInformation></Data>").Replace(knownFeedback),
		"one block each":              strings.Replace(knownFeedback, "</ErrorMessage>\n    <ErrorMessage>", "</ErrorMessage></ErrorInformation><ErrorInformation><ErrorMessage>", 1),
		"header":                      strings.Replace(knownFeedback, "<ErrorInformation>", "<Header><SupplierId>V000123400</SupplierId><Amount>2</Amount><AdditionalInformation>x</AdditionalInformation></Header><ErrorInformation>", 1),
		"unknown siblings":            strings.ReplaceAll(knownFeedback, "<ErrorCode>", "<Line>7</Line><ErrorCode>"),
		"no message around the parts": strings.NewReplacer("<ErrorMessage>", "", "</ErrorMessage>", "").Replace(knownFeedback),
		"CDATA and comments":          strings.NewReplacer("Fürth &amp; mehr", "<![CDATA[Fürth & mehr]]>", "<ErrorCode>", "<!-- x --><ErrorCode>").Replace(knownFeedback),
		"HTML's entities":             strings.ReplaceAll(knownFeedback, "ü", "&uuml;"),
		"ISO-8859-1":                  strings.Replace(latin, "UTF-8", "ISO-8859-1", 1),
		"windows-1252":                strings.Replace(latin, "UTF-8", "windows-1252", 1),
		"ISO-8859-1 that says UTF-8":  latin,
		"UTF-8 that says ISO-8859-1":  strings.Replace(knownFeedback, "UTF-8", "ISO-8859-1", 1),
		"UTF-8 that says nonsense":    strings.Replace(knownFeedback, "UTF-8", "x-nonsense", 1),
		"ISO-8859-1 without a word":   strings.TrimPrefix(latin, `<?xml version="1.0" encoding="UTF-8"?>`),
		"UTF-16":                      string(wide),
		"UTF-16, big end first":       swapped(wide),
		"UTF-16 without a mark":       string(wide[2:]),
		"big end first, no mark":      swapped(wide[2:]),
		"a bare &":                    strings.ReplaceAll(knownFeedback, "&amp;", "&"),
		"control characters":          strings.NewReplacer("mehr", "me\x01hr", "99001-1-S", "\x1f99001-1-S", "HRBAXMLErrorLog>\n", "HRBAXMLErrorLog>\x0c\n").Replace(knownFeedback),
		"references to them":          strings.ReplaceAll(knownFeedback, "mehr", "me&#1;&#x1F;&#xD800;&#99999999999;&#0;hr"),
		"version 1.1":                 strings.Replace(knownFeedback, `"1.0"`, `"1.1"`, 1),
		"a quoted ad beside them":     strings.Replace(knownFeedback, "<ErrorInformation>", quotedAd+"<ErrorInformation>", 1),
		"a quoted ad in a message":    strings.Replace(knownFeedback, "</ErrorMessage>", quotedAd+"</ErrorMessage>", 1),
		"a message in a quoted ad":    strings.NewReplacer("<ErrorInformation>", "<JobPositionPosting>", "</ErrorInformation>", "</JobPositionPosting>").Replace(knownFeedback),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			feedback, err := hrbaxml.ReadFeedback([]byte(document))

			if err != nil || feedback.Blank || feedback.Root != "HRBAXMLErrorLog" || !reflect.DeepEqual(feedback.Messages, knownMessages) {
				t.Errorf("got %+v, %v", feedback, err)
			}
		})
	}
}

// swapped returns UTF-16 in the other order of bytes.
func swapped(wide []byte) string {
	out := slices.Clone(wide)
	for i := 0; i+1 < len(out); i += 2 {
		out[i], out[i+1] = out[i+1], out[i]
	}
	return string(out)
}

func TestReadFeedbackDecodesTheSignsOfWindows(t *testing.T) {
	t.Parallel()
	document := "<a><ErrorMessage><AdditionalInformation>\x84M\xfcller\x93 \x96 5 \x80 \x81</AdditionalInformation></ErrorMessage></a>"

	feedback, err := hrbaxml.ReadFeedback([]byte(document))

	if err != nil || len(feedback.Messages) != 1 || feedback.Messages[0].Text != "„Müller“ – 5 € \ufffd" {
		t.Errorf("got %+v, %v", feedback, err)
	}
}

func TestReadFeedbackLosesNoMessage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inner string
		want  []hrbaxml.Message
	}{
		"without a reference": {
			"<ErrorMessage><ErrorCode>FLR_XML_Structure</ErrorCode><AdditionalInformation>line 3</AdditionalInformation></ErrorMessage>",
			[]hrbaxml.Message{{Code: "FLR_XML_Structure", Original: "FLR_XML_Structure", Text: "line 3"}},
		},
		"without a code":    {"<ErrorMessage><ReferenceId>1</ReferenceId></ErrorMessage>", []hrbaxml.Message{{Reference: "1"}}},
		"text and no parts": {"<ErrorMessage> oh\n <b/> no </ErrorMessage>", []hrbaxml.Message{{Text: "oh no"}}},
		"empty":             {"<ErrorMessage/>", []hrbaxml.Message{{}}},
		"code in the open":  {"<ErrorCode>33</ErrorCode>", []hrbaxml.Message{{Code: "FLR_JCValid_033", Original: "33"}}},
		"reference comes first": {
			"<ReferenceId>1</ReferenceId><ErrorCode>FLR_A</ErrorCode><ReferenceId>2</ReferenceId><ErrorCode>FLR_B</ErrorCode>",
			[]hrbaxml.Message{{Code: "FLR_A", Original: "FLR_A", Reference: "1"}, {Code: "FLR_B", Original: "FLR_B", Reference: "2"}},
		},
		"two codes in one": {
			"<ErrorMessage><ReferenceId>1</ReferenceId><ErrorCode>FLR_A</ErrorCode><ErrorCode>FLR_B</ErrorCode></ErrorMessage>",
			[]hrbaxml.Message{{Code: "FLR_A", Original: "FLR_A", Reference: "1"}, {Code: "FLR_B", Original: "FLR_B", Reference: "1"}},
		},
		"other capitals": {"<errormessage><errorcode>FLR_A</errorcode></errormessage>", []hrbaxml.Message{{Code: "FLR_A", Original: "FLR_A"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			feedback, err := hrbaxml.ReadFeedback([]byte("<Log><ErrorInformation>" + test.inner + "</ErrorInformation></Log>"))
			if err != nil || !reflect.DeepEqual(feedback.Messages, test.want) {
				t.Errorf("got %+v, %v", feedback.Messages, err)
			}
		})
	}
}

func TestReadFeedbackTellsBlankFromWithoutMessages(t *testing.T) {
	t.Parallel()
	for document, blank := range map[string]bool{
		"": true, " \r\n\t": true, "\ufeff": true, "\xff\xfe\n\x00": true, "\x00\x00\x00": true,
		"<Log/>": false, "<Log><ErrorInformation/></Log>": false, `<?xml version="1.0"?><Log><Header><Amount>3</Amount></Header></Log>`: false,
	} {
		feedback, err := hrbaxml.ReadFeedback([]byte(document))
		if err != nil || feedback.Blank != blank || len(feedback.Messages) != 0 {
			t.Errorf("%q: %+v, %v", document, feedback, err)
		}
	}
}

func TestReadFeedbackNoticesThatAFileBreaksOff(t *testing.T) {
	t.Parallel()
	for _, document := range []string{
		knownFeedback,
		strings.NewReplacer("&amp;", "&", "mehr", "me\x01hr&#1;", `"1.0"`, `"1.1"`, "<ErrorInformation>", quotedAd+"<ErrorInformation>").Replace(knownFeedback),
	} {
		for end := 1; end < len(document); end++ {
			if _, err := hrbaxml.ReadFeedback([]byte(document[:end])); !errors.Is(err, hrbaxml.ErrFeedbackIncomplete) {
				t.Fatalf("cut behind %q: %v", document[:end], err)
			}
		}
	}
}

func TestReadFeedbackRefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for name, document := range map[string]string{
		"text":               "Service unavailable",
		"an HTML page":       "<html><head><title>Error</title></head><body/></html>",
		"the upload itself":  string(writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()})),
		"crossed tags":       "<a><b></a></b>",
		"two roots":          "<a/><b/>",
		"text behind it":     "<a/>x",
		"too deep":           strings.Repeat("<a>", 1000),
		"a hole":             "<a><ErrorMessage/>\x00\x00<ErrorMessage/></a>",
		"swallowed messages": `<a b="><ErrorMessage/><c d=">"></c></a>`,
		"a tag not closed":   "<a><ErrorMessage><ErrorCode>1</ErrorMessage></a>",
		"end of nothing":     "</a>",
		"a code in an ad":    "<a><JobPositionPosting><ReferenceId>1</ReferenceId><ErrorCode>1</ErrorCode></JobPositionPosting></a>",
		"a DOCTYPE":          `<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`,
		"too many messages":  "<a>" + strings.Repeat("<ErrorMessage/>", 200_001) + "</a>",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if feedback, err := hrbaxml.ReadFeedback([]byte(document)); !errors.Is(err, hrbaxml.ErrFeedbackUnreadable) {
				t.Errorf("got %+v, %v", feedback, err)
			}
		})
	}
}

func TestSomeMessagesMeanTheWholeFile(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{"FLR_XML_Structure": true, "FLR_JCValid_090": true, "FLR_JCValid_033": false, "": false} {
		if got := (hrbaxml.Message{Code: code}).WholeFile(); got != want {
			t.Errorf("%q means the whole file: %v", code, got)
		}
	}
}

func TestNormalCodeBringsCodesIntoOneForm(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"FLR_JCValid_033": "FLR_JCValid_033", "APPS_JCValid_033": "FLR_JCValid_033", "JCValid_033": "FLR_JCValid_033", "033": "FLR_JCValid_033",
		"33": "FLR_JCValid_033", "flr_jcvalid_33": "FLR_JCValid_033", "FLR_033": "FLR_JCValid_033", "APPS_DataStore_110": "FLR_DataStore_110",
		"DataStore_110": "FLR_DataStore_110", "Stellverw_868": "FLR_Stellverw_868", "ValidFlam_001": "FLR_ValidFlam_001",
		"XML_Structure": "FLR_XML_Structure", "APPS_XML_Structure": "FLR_XML_Structure", "FLR_XML_STRUCTURE": "FLR_XML_Structure",
		"JCValid_033\n": "FLR_JCValid_033", "": "", "FLR_Neu_1": "FLR_Neu_1", "1234": "1234", "JCValid_": "JCValid_", "APPS_Neu_001": "APPS_Neu_001",
	} {
		if got := hrbaxml.NormalCode(code); got != want {
			t.Errorf("%q becomes %q, want %q", code, got, want)
		}
	}
}
