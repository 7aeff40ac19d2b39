package hrbaxml_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// someTime is when the files of these tests are made.
var someTime = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.FixedZone("CET", 3600))

// patterned are values for the elements whose text must match a pattern, by the element's name.
var patterned = map[string]string{
	"SupplierId": "V000123400", "HiringOrgId": "A123A12345", "ProfileWebSite": "https://www.example.org/", "GeneralWebSite": "http://example.org",
	"InternetReference": "https://jobs.example.org/4711?a=b&c=d", "NAICS": "87.10.0", "CountryCode": "DE", "IntlCode": "+49",
	"InterviewTime": "14:30", "TitleCode": "134833", "Course": "93632",
}

// variants is how many different full ads there are: enough for every code to occur in one, and no fewer than the longest list.
const variants = 20

// fullAd returns an ad with every element of the release. Variants differ in codes, numbers and the lengths of texts.
func fullAd(release *hrbaxml.Release, variant int) hrbaxml.Ad {
	everything := func(*hrbaxml.Element) bool { return true }
	return exampleAd(release, variant, everything)
}

// randomAd returns an ad with about a third of what may be left out, in short texts.
func randomAd(random *rand.Rand) hrbaxml.Ad {
	return exampleAd(hrbaxml.P82(), 1+5*random.IntN(variants/5), func(*hrbaxml.Element) bool { return random.IntN(3) == 0 })
}

// exampleAd returns an ad with what must be there and the optional elements that are wanted.
func exampleAd(release *hrbaxml.Release, variant int, wanted func(*hrbaxml.Element) bool) hrbaxml.Ad {
	var ad hrbaxml.Ad
	var add func(ids []hrbaxml.ID, variant int)
	add = func(ids []hrbaxml.ID, variant int) {
		for _, id := range ids {
			e := release.Element(id)
			if e.Min == 0 && !wanted(e) {
				continue
			}
			for i := range repetitions(e) {
				if !e.IsGroup() {
					ad.AddText(id, exampleValue(e, variant+i))
					continue
				}
				if e.Repeats() {
					ad.AddGroup(id)
				}
				add(e.Children, variant+i)
			}
		}
	}
	add(release.Element(hrbaxml.Posting).Children, variant)
	return ad
}

func repetitions(e *hrbaxml.Element) int {
	if e.Repeats() {
		return 2
	}
	return 1
}

// exampleValue returns a text that the schema permits.
func exampleValue(e *hrbaxml.Element, variant int) string {
	v := e.Value
	switch {
	case len(v.Codes) > 0:
		return v.Codes[variant%len(v.Codes)].Value
	case v.Pattern != "":
		return patterned[e.Name]
	case v.Kind == hrbaxml.Date:
		return someTime.AddDate(0, 0, variant).Format(time.DateOnly)
	case v.Kind == hrbaxml.DateTime:
		return someTime.Format(time.RFC3339)
	case v.Kind == hrbaxml.Decimal:
		return []string{"1", "38.5", "48", "19.25"}[variant%4]
	case v.Kind == hrbaxml.Integer && v.Digits > 0:
		return strings.Repeat("9", 1+variant%min(v.Digits, 24))
	case v.Kind == hrbaxml.Integer && len(v.Ranges) > 0:
		bounds := v.Ranges[variant%len(v.Ranges)]
		return []string{itoa(bounds.Min), itoa(bounds.Max)}[variant%2]
	case v.Kind == hrbaxml.Integer:
		return itoa(int64(65488 + variant))
	}
	return exampleText(v, variant)
}

// exampleText returns short texts with everything that must be escaped, and in some variants the longest that is permitted.
func exampleText(v hrbaxml.Value, variant int) string {
	const short = "Grüße & <b>\n„ß“\t€"
	longest := v.MaxLength
	if longest == 0 {
		longest = 300
	}
	if variant%5 == 0 {
		return strings.Repeat("ü", longest)
	}
	return string([]rune(strings.Repeat(short, 1+variant%3))[:min(longest, len([]rune(short)))])
}

// writeFile writes one file and fails the test when it is refused.
func writeFile(t testing.TB, release *hrbaxml.Release, ads []hrbaxml.Ad, deletions ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := hrbaxml.NewWriter(&out, release, hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime, Amount: len(ads) + len(deletions)})
	if err != nil {
		t.Fatal(err)
	}
	for _, ad := range ads {
		if err := w.WriteAd(ad); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range deletions {
		if err := w.Delete(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// minimalAd returns the shortest ad that the schema permits.
func minimalAd() hrbaxml.Ad {
	var ad hrbaxml.Ad
	ad.AddText(hrbaxml.PostingID, "99001-0A1B2C3D4E5F6G7H-S")
	ad.AddText(hrbaxml.HiringOrgName, "Muster Pflege gGmbH")
	ad.AddText(hrbaxml.HiringOrgContactFamilyName, "Personalabteilung")
	ad.AddTime(hrbaxml.PostDetailLastModificationDate, someTime)
	ad.AddInt(hrbaxml.PostDetailStatus, 1)
	ad.AddInt(hrbaxml.PostDetailAction, 1)
	ad.AddText(hrbaxml.PostDetailSupplierID, "V000123400")
	ad.AddText(hrbaxml.PostDetailSupplierName, "Muster Pflege gGmbH")
	ad.AddText(hrbaxml.JobPositionTitleCode, "134833")
	ad.AddInt(hrbaxml.JobOfferType, 36)
	ad.AddBool(hrbaxml.EducationAuthorisation, false)
	ad.AddGroup(hrbaxml.Location)
	ad.AddText(hrbaxml.LocationCountryCode, "DE")
	ad.AddInt(hrbaxml.NumberToFill, 1)
	ad.AddText(hrbaxml.AssignmentStartDate, "2027-02-01")
	return ad
}
