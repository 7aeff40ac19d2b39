package posting

import (
	"slices"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// TestRulesJudgeWhatIsSent: markup and blanks are gone from a file, so they do not count before.
func TestRulesJudgeWhatIsSent(t *testing.T) {
	t.Parallel()
	place := Place{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY"}
	for _, tt := range []struct {
		name, code, pointer string
		content             Content
	}{
		{"a text of markup", "FLR_JCValid_166", "/content/description", Content{Description: "<p>Kurz</p><p>&nbsp;</p><br/><br/><br/><br/>"}},
		{"a title of nothing", "missing", "/content/title", Content{Title: "&shy;"}},
		{"a contact of blanks", "FLR_JCValid_044", "/content/apply/ways/0", Content{
			Apply: Apply{Ways: []ApplyWay{ApplyByEmail}}, Contact: &Contact{Person: Person{Email: "  "}},
		}},
		{"a place twice but for a blank", "FLR_JCValid_064", "/content/places/1", Content{
			Places: []Place{place, {Country: "DE", PostalCode: "90402", Town: "Nürnberg ", Region: "DE-BY"}},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()

			found := Check(&tt.content, testDay, hrbaxml.P82())

			if !slices.ContainsFunc(found, func(f Finding) bool { return f.Code == tt.code && f.Pointer == tt.pointer }) {
				t.Errorf("found %+v, want %s at %s", found, tt.code, tt.pointer)
			}
		})
	}
}
