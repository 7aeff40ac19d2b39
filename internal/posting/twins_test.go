package posting_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// longText has far more words than runs of words are long.
const longText = "Sie versorgen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich mit zwölf Zimmern. " +
	"Morgens helfen Sie beim Aufstehen und bei der Körperpflege, mittags reichen Sie Essen und richten Medikamente, abends bereiten Sie die Nacht vor. " +
	"Angehörige beraten Sie zu Hilfsmitteln und Leistungen der Kasse, Ärztinnen und Ärzte begleiten Sie bei der Visite, und was geschieht, halten Sie fest. " +
	"Wir bieten einen Dienstplan, der einen Monat vorher feststeht, Zuschläge für Nächte und Wochenenden, eine Einarbeitung von sechs Wochen und Fortbildung."

// twinsOf are the ads that a finding names as nearly equal, with their share in per cent.
func twinsOf(findings []posting.Finding) (titles []string, shares []int) {
	for _, f := range findings {
		if f.Code == "near_duplicate" && f.Severity == posting.Warning && f.Pointer == "/content/description" {
			title, _ := f.Args["title"].(string)
			share, _ := f.Args["equal"].(int)
			titles, shares = append(titles, title), append(shares, share)
		}
	}
	return titles, shares
}

func TestNearlyEqualAdsOfATenantAreTold(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	other := o.next("V000567800", "99002", "B456B67890")
	text := func(title, words string) posting.Content {
		return advert(titled(title), func(c *posting.Content) { c.Description = words })
	}
	o.create(posting.Input{Publish: true, Content: text("Pflegefachkraft (m/w/d)", longText)})
	o.create(posting.Input{Content: text("Entwurf (m/w/d)", longText)})
	_, err := other.desk.Create(other.ctx, posting.Input{Publish: true, Content: text("Fremde Anzeige (m/w/d)", longText)})
	check(t, err)
	half, _, _ := strings.Cut(longText, "Angehörige")

	for name, c := range map[string]struct {
		words string
		want  []string
	}{
		"the same text":            {longText, []string{"Pflegefachkraft (m/w/d)"}},
		"one word changed":         {strings.Replace(longText, "zwölf", "zehn", 1), []string{"Pflegefachkraft (m/w/d)"}},
		"in HTML and in capitals":  {"<p>" + strings.ToUpper(longText) + "</p>", []string{"Pflegefachkraft (m/w/d)"}},
		"half of it, and another":  {half + "In der Küche planen Sie die Woche, bestellen Ware bei Betrieben der Umgebung und kochen mit zwei Hilfen für neunzig Gäste am Tag.", nil},
		"another text":             {"Sie fahren Pakete in der Stadt aus, scannen sie bei der Übergabe und halten das Fahrzeug sauber.", nil},
		"too short to be compared": {"Pflege", nil},
	} {
		findings, err := o.desk.Validate(o.ctx, posting.Input{Content: text("Neu (m/w/d)", c.words)})
		check(t, err)

		titles, shares := twinsOf(findings)
		if !slices.Equal(titles, c.want) || slices.ContainsFunc(shares, func(share int) bool { return share < 90 }) {
			t.Errorf("%s: like %q, by %v per cent", name, titles, shares)
		}
	}
}

func TestAnAdIsNotItsOwnTwin(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := "job-1"
	content := advert(func(c *posting.Content) { c.Description = longText })
	made, _, err := o.desk.PutByExternalID(o.ctx, id, posting.Input{Publish: true, Content: content})
	check(t, err)

	again := o.replace(made.ID, posting.Input{Publish: true, Content: content})
	checked, err := o.desk.Validate(o.ctx, posting.Input{ExternalID: &id, Content: content})
	check(t, err)

	for name, findings := range map[string][]posting.Finding{"saved again": again.Findings, "checked under its external id": checked} {
		if titles, _ := twinsOf(findings); titles != nil {
			t.Errorf("%s: like %q", name, titles)
		}
	}
}
