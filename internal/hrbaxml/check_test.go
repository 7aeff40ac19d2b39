package hrbaxml_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// check judges a document by release P82 and fails the test when it cannot be read.
func check(t *testing.T, document string) hrbaxml.Report {
	t.Helper()
	report, err := hrbaxml.Check(strings.NewReader(document), hrbaxml.P82(), hrbaxml.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

const ad2 = "/HRBAXMLJobPositionPosting/Data/JobPositionPosting[2]"

func TestCheckNamesReasonPathAndLine(t *testing.T) {
	t.Parallel()
	good := string(writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{manyPlaces(minimalAd(), 2), manyPlaces(minimalAd(), 3)}, "99001-OLD-S"))
	first := strings.Index(good, "</JobPositionPosting>")
	// second replaces a text in the second ad.
	second := func(from, to string) string { return good[:first] + strings.Replace(good[first:], from, to, 1) }
	tests := map[string]struct {
		document string
		reason   hrbaxml.Reason
		path     string
		line     int
		message  string
	}{
		"unknown element": {
			second("<JobOfferType>", "<Salary>1</Salary>\n<JobOfferType>"),
			hrbaxml.UnknownElement, ad2 + "/JobPositionInformation/Salary", 64, "the schema has no such element here",
		},
		"element in a namespace": {
			second("<Status>1</Status>", "<x:Status>1</x:Status><Status>1</Status>"),
			hrbaxml.UnknownElement, ad2 + "/PostDetail/x:Status", 55, "the schema has no such element here",
		},
		"element of a later release": {
			second("<EducationAuthorisation>", "<Course>123</Course><EducationAuthorisation>"),
			hrbaxml.UnknownElement, ad2 + "/JobPositionInformation/Course", 65, "the schema has no such element here",
		},
		"element in a value": {
			second("<Status>1</Status>", "<Status>1<b/></Status>"),
			hrbaxml.UnknownElement, ad2 + "/PostDetail/Status/b", 55, "the schema has no such element here",
		},
		"wrong order": {
			second("<Status>1</Status>\n        <Action>1</Action>", "<Action>1</Action>\n<Status>1</Status>"),
			hrbaxml.WrongOrder, ad2 + "/PostDetail/Status", 56, "the element stands after elements that must follow it",
		},
		"missing": {
			second("<JobOfferType>36</JobOfferType>", ""),
			hrbaxml.MissingElement, ad2 + "/JobPositionInformation/JobOfferType", 81, "the element is missing",
		},
		"too many": {
			second("<Status>1</Status>", "<Status>1</Status><Status>1</Status>"),
			hrbaxml.TooManyElements, ad2 + "/PostDetail/Status", 55, "the element stands here more often than once",
		},
		"stray text": {
			second("<PostDetail>", "<PostDetail> hello "),
			hrbaxml.StrayText, ad2 + "/PostDetail", 53, `text "hello" in an element that holds elements only`,
		},
		"attribute": {
			second("<PostDetail>", `<PostDetail lang="de">`),
			hrbaxml.HasAttribute, ad2 + "/PostDetail", 53, "the attribute lang is not permitted",
		},
		"foreign namespace": {
			second("<PostDetail>", `<PostDetail xmlns="urn:x">`),
			hrbaxml.HasAttribute, ad2 + "/PostDetail", 53, "the attribute xmlns is not permitted",
		},
		"too long": {
			second("<HiringOrgName>Muster Pflege gGmbH", "<HiringOrgName>"+strings.Repeat("ü", 91)),
			hrbaxml.TooLong, ad2 + "/HiringOrg/HiringOrgName", 48, "the text has 91 characters, at most 90 may be there",
		},
		"too short": {
			second("<HiringOrgName>Muster Pflege gGmbH", "<HiringOrgName>"),
			hrbaxml.TooShort, ad2 + "/HiringOrg/HiringOrgName", 48, "the text has 0 characters, at least 1 must be there",
		},
		"wrong pattern in the second place of work": {
			second("<Location>\n              <CountryCode>DE</CountryCode>\n            </Location>\n            <Location>\n              <CountryCode>DE", "<Location>\n              <CountryCode>DE</CountryCode>\n            </Location>\n            <Location>\n              <CountryCode>D1"),
			hrbaxml.WrongPattern, ad2 + "/JobPositionInformation/JobPositionDescription/JobPositionLocation/Location[2]/CountryCode", 72,
			`"D1" does not have the form [a-zA-Z]{2}`,
		},
		"unknown code": {
			second("<Status>1", "<Status>4"),
			hrbaxml.UnknownCode, ad2 + "/PostDetail/Status", 55, `"4" is not one of the codes 1, 2, 3, 6, 7, 8`,
		},
		"out of range": {
			second("<NumberToFill>1", "<NumberToFill>1000"),
			hrbaxml.OutOfRange, ad2 + "/JobPositionInformation/NumberToFill", 79, "1000 is outside 0 to 999",
		},
		"wrong type": {
			second("2027-02-01", "1 February"),
			hrbaxml.WrongType, ad2 + "/JobPositionInformation/AssignmentStartDate", 80, `"1 February" is not a date`,
		},
		"value that began on an earlier line": {
			second("<Status>1", "<Status>\n\nx"),
			hrbaxml.WrongType, ad2 + "/PostDetail/Status", 55, `"x" is not a whole number`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			report := check(t, test.document)

			if len(report.Violations) != 1 {
				t.Fatalf("got %d violations: %v", len(report.Violations), messages(report))
			}
			v := report.Violations[0]
			if v.Reason != test.reason || v.Path != test.path || v.Line != test.line || v.Message() != test.message {
				t.Errorf("got %s at %s in line %d: %s", v.Reason, v.Path, v.Line, v.Message())
			}
			if v.Code() != "FLR_XML_Structure" {
				t.Errorf("got code %s", v.Code())
			}
			if report.Ads != 2 || report.Deletions != 1 {
				t.Errorf("the rest of the file was not read: %d ads, %d deletions", report.Ads, report.Deletions)
			}
		})
	}
}

// hint is an attribute for validators, xsi the declaration of its prefix.
const (
	hint = ` xsi:noNamespaceSchemaLocation="a.xsd"`
	xsi  = ` xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"`
)

func TestCheckRefusesWhatIsNoDocument(t *testing.T) {
	t.Parallel()
	const bomb = `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]>`
	good := string(writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()}))
	body := strings.TrimPrefix(good, `<?xml version="1.0" encoding="UTF-8"?>`)
	tests := map[string]struct {
		document string
		reason   hrbaxml.Reason
		code     string
	}{
		"empty":                       {"", hrbaxml.BlankFile, "FLR_JCValid_090"},
		"blank":                       {" \r\n\t\n", hrbaxml.BlankFile, "FLR_JCValid_090"},
		"a byte order mark":           {"\ufeff\n", hrbaxml.BlankFile, "FLR_JCValid_090"},
		"declaration only":            {`<?xml version="1.0"?>`, hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"comment only":                {`<!-- -->`, hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"no XML":                      {"Dear BA", hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"another root":                {"<ads><ad/></ads>", hrbaxml.UnknownElement, "FLR_XML_Structure"},
		"two roots":                   {good + body, hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"text behind the root":        {good + "x", hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"half a file":                 {good[:len(good)/2], hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"all but the end":             {strings.TrimSuffix(good, "</HRBAXMLJobPositionPosting>\n"), hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"crossed tags":                {strings.Replace(good, "</Header>", "</Headr>", 1), hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"crossed tags, unknown":       {"<a><b></a></b>", hrbaxml.UnknownElement, "FLR_XML_Structure"},
		"end without beginning":       {"</a>", hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"control character":           {strings.Replace(good, "gGmbH", "\x01", 1), hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"control character, comment":  {good + "<!-- \x01 -->", hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"unknown entity":              {strings.Replace(good, "gGmbH", "&uuml;", 1), hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"late declaration":            {"\n" + good, hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"broken declaration":          {`<?xml encoding="UTF-8"?>` + body, hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"version 1.1":                 {`<?xml version="1.1"?>` + body, hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"version 1.1 with spaces":     {`<?xml version = "1.1"?>` + body, hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"quotes that do not match":    {`<?xml version="1.0'?>` + body, hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"encoding with spaces":        {`<?xml version="1.0" encoding = "EBCDIC"?>` + body, hrbaxml.BadEncoding, "FLR_XML_Structure"},
		"more than ASCII":             {`<?xml version="1.0" encoding="US-ASCII"?>` + strings.Replace(body, "gGmbH", "ü", 1), hrbaxml.BadEncoding, "FLR_XML_Structure"},
		"undefined in windows-1252":   {`<?xml version="1.0" encoding="windows-1252"?>` + strings.Replace(body, "gGmbH", "\x81", 1), hrbaxml.BadEncoding, "FLR_XML_Structure"},
		"prefix declared twice":       {strings.Replace(good, "<Data>", `<Data xmlns:a="urn:a" xmlns:a="urn:b">`, 1), hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"attribute twice":             {strings.Replace(good, "<Data>", `<Data a="1" a="1">`, 1), hrbaxml.HasAttribute, "FLR_XML_Structure"},
		"hint without its namespace":  {strings.Replace(good, "<Data>", "<Data"+hint+">", 1), hrbaxml.HasAttribute, "FLR_XML_Structure"},
		"hint in another namespace":   {strings.Replace(good, "<Data>", `<Data xmlns:xsi="urn:x"`+hint+`>`, 1), hrbaxml.HasAttribute, "FLR_XML_Structure"},
		"hint behind its namespace":   {strings.NewReplacer("<Header>", "<Header"+xsi+">", "<Data>", "<Data"+hint+">").Replace(good), hrbaxml.HasAttribute, "FLR_XML_Structure"},
		"reserved prefix":             {strings.Replace(good, "<Data>", `<Data xmlns:xmlns="urn:x">`, 1), hrbaxml.HasAttribute, "FLR_XML_Structure"},
		"zero behind the document":    {good + "\x00", hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"UTF-16":                      {"\xff\xfe<\x00", hrbaxml.BadEncoding, "FLR_XML_Structure"},
		"unsupported encoding":        {`<?xml version="1.0" encoding="EBCDIC"?>` + body, hrbaxml.BadEncoding, "FLR_XML_Structure"},
		"bytes that are not UTF-8":    {strings.Replace(good, "gGmbH", "\xfc", 1), hrbaxml.NotWellFormed, "FLR_XML_Structure"},
		"DOCTYPE":                     {`<!DOCTYPE HRBAXMLJobPositionPosting SYSTEM "http://127.0.0.1/x.dtd">` + body, hrbaxml.HasDoctype, "FLR_XML_Structure"},
		"entity bomb":                 {bomb + strings.Replace(body, "gGmbH", "&c;", 1), hrbaxml.HasDoctype, "FLR_XML_Structure"},
		"nested without end":          {strings.Repeat("<a>", 100_000), hrbaxml.UnknownElement, "FLR_XML_Structure"},
		"nested without end in a row": {strings.Replace(good, "<Data>", "<Data>"+strings.Repeat("<a>", 100_000), 1), hrbaxml.UnknownElement, "FLR_XML_Structure"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			report := check(t, test.document)

			if report.Valid() || len(report.Violations) > 2 {
				t.Fatalf("got %v", messages(report))
			}
			if v := report.Violations[0]; v.Reason != test.reason || v.Code() != test.code || v.Line < 1 || v.Message() == "" {
				t.Errorf("got %s, %s in line %d: %v", v.Reason, v.Code(), v.Line, messages(report))
			}
		})
	}
}

func TestCheckTakesEveryWayToWriteTheSame(t *testing.T) {
	t.Parallel()
	good := string(writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()}))
	body := strings.TrimPrefix(good, `<?xml version="1.0" encoding="UTF-8"?>`)
	umlaut := strings.Replace(body, "gGmbH", strings.Repeat("\xfc", 90-len("Muster Pflege ")), 1)
	for name, document := range map[string]string{
		"byte order mark":       "\ufeff" + good,
		"no declaration":        body,
		"comments":              strings.ReplaceAll(good, ">1<", "><!-- a -->1<?b c?><"),
		"CDATA":                 strings.Replace(good, "Muster Pflege gGmbH", "<![CDATA[<M & P>]]>", 1),
		"carriage returns":      strings.ReplaceAll(good, "\n", "\r\n"),
		"space around a number": strings.Replace(good, "<Status>1<", "<Status>\n 01 <", 1),
		"empty text":            strings.Replace(good, "<FamilyName>", "<Title/><FamilyName>", 1),
		"a hint at the schema":  strings.Replace(good, "<HRBAXMLJobPositionPosting>", "<HRBAXMLJobPositionPosting"+hint+xsi+">", 1),
		"a hint further in":     strings.NewReplacer("<HRBAXMLJobPositionPosting>", "<HRBAXMLJobPositionPosting"+xsi+">", "<Data>", "<Data"+hint+">").Replace(good),
		"UTF8":                  `<?xml version="1.0" encoding="UTF8"?>` + strings.Replace(body, "gGmbH", "ü", 1),
		"spaces in declaration": `<?xml version = '1.0' encoding = "ISO-8859-1" ?>` + umlaut,
		"a mark goes first":     "\ufeff" + `<?xml version="1.0" encoding="ISO-8859-1"?>` + strings.Replace(body, "gGmbH", strings.Repeat("ü", 90-len("Muster Pflege ")), 1),
		"ISO-8859-15":           `<?xml version="1.0" encoding="ISO-8859-15"?>` + umlaut,
		"ISO-8859-1, undefined": `<?xml version="1.0" encoding="ISO-8859-1"?>` + strings.Replace(body, "gGmbH", "\x81", 1),
		"ISO-8859-1":            `<?xml version="1.0" encoding="ISO-8859-1"?>` + umlaut,
		"windows-1252":          `<?xml version='1.0' encoding='windows-1252' standalone='yes'?>` + umlaut,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if report := check(t, document); !report.Valid() || report.Ads != 1 {
				t.Errorf("%d ads, %v", report.Ads, messages(report))
			}
		})
	}
}

func TestCheckIsBounded(t *testing.T) {
	t.Parallel()
	good := writeFile(t, hrbaxml.P82(), slices.Repeat([]hrbaxml.Ad{minimalAd()}, 50))
	size := int64(len(good))

	t.Run("in bytes", func(t *testing.T) {
		t.Parallel()
		fits, err1 := hrbaxml.Check(bytes.NewReader(good), hrbaxml.P82(), hrbaxml.Limits{MaxBytes: size})
		report, err2 := hrbaxml.Check(bytes.NewReader(good), hrbaxml.P82(), hrbaxml.Limits{MaxBytes: size - 1})
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if !fits.Valid() || report.Valid() || report.Violations[0].Reason != hrbaxml.FileTooLarge {
			t.Errorf("got %v and %v", messages(fits), messages(report))
		}
	})
	t.Run("in violations", func(t *testing.T) {
		t.Parallel()
		bad := bytes.ReplaceAll(good, []byte("<Status>1"), []byte("<Status>5"))
		report, err := hrbaxml.Check(bytes.NewReader(bad), hrbaxml.P82(), hrbaxml.Limits{MaxViolations: 7})
		if err != nil || len(report.Violations) != 7 || !report.Cut {
			t.Errorf("%d violations, cut %v, error %v", len(report.Violations), report.Cut, err)
		}
	})
	t.Run("in attributes", func(t *testing.T) {
		t.Parallel()
		many := []byte("<PostDetail" + strings.Repeat(` a="1"`, 100_000) + ">")
		bad := bytes.Replace(good, []byte("<PostDetail>"), many, 1)
		report, err := hrbaxml.Check(bytes.NewReader(bad), hrbaxml.P82(), hrbaxml.Limits{})
		if err != nil || len(report.Violations) != 1 || report.Cut {
			t.Errorf("%d violations, cut %v, error %v", len(report.Violations), report.Cut, err)
		}
	})
	t.Run("in violations of one token", func(t *testing.T) {
		t.Parallel()
		report, err := hrbaxml.Check(strings.NewReader("<HRBAXMLJobPositionPosting><Header></Header>"), hrbaxml.P82(), hrbaxml.Limits{MaxViolations: 2})
		if err != nil || len(report.Violations) != 2 || !report.Cut {
			t.Errorf("%d violations, cut %v, error %v", len(report.Violations), report.Cut, err)
		}
	})
	t.Run("in depth", func(t *testing.T) {
		t.Parallel()
		report := check(t, strings.Repeat("<a>", 100_000))
		if last := report.Violations[len(report.Violations)-1]; last.Reason != hrbaxml.TooDeep {
			t.Errorf("got %v", messages(report))
		}
	})
}

func TestCheckPassesOnThatItCannotRead(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken disk")
	_, err := hrbaxml.Check(io.MultiReader(strings.NewReader("<HRBAXMLJobPositionPosting>"), iotest.ErrReader(broken)), hrbaxml.P82(), hrbaxml.Limits{})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestCheckTellsTheHeader(t *testing.T) {
	t.Parallel()
	report := check(t, string(writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()}, "1", "2")))
	header := report.Header
	if header.SupplierID != "V000123400" || header.Amount != 3 || header.Load != hrbaxml.Delta || !header.Timestamp.Equal(someTime) {
		t.Errorf("got %+v", header)
	}
}

// TestTheSampleOfTheReferenceIsValid reads a sample that lies beside the repository where it was written.
func TestTheSampleOfTheReferenceIsValid(t *testing.T) {
	t.Parallel()
	sample, err := os.ReadFile("../../../shared/ba/samples/DSV000123400_2026-11-24_09-30-00.xml")
	if err != nil {
		sample = writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd(), minimalAd()}, "99001-OLD-S")
	}
	if report := check(t, string(sample)); !report.Valid() || report.Ads != 2 || report.Deletions != 1 {
		t.Errorf("%d ads, %d deletions, %v", report.Ads, report.Deletions, messages(report))
	}
}
