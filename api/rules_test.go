package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

func TestTheBAsRulesAreExplainedInBothLanguages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	list := func(language string) answer {
		return h.want(t, http.StatusOK, ask{method: "GET", path: "/v1/ba-rules", header: map[string]string{"Accept-Language": language}})
	}
	german, english := list("de"), list("en")

	rules := 0
	for ; english.get(t, "items", rules) != nil; rules++ {
		if german.text(t, "items", rules, "code") != english.text(t, "items", rules, "code") {
			t.Fatalf("rule %d has another code in German", rules)
		}
		for _, words := range []string{"explanation", "fix", "outcome_text"} {
			if de, en := german.text(t, "items", rules, words), english.text(t, "items", rules, words); de == "" || en == "" || de == en {
				t.Errorf("%s: %s is %q and %q", english.text(t, "items", rules, "code"), words, de, en)
			}
		}
	}
	if rules != 104 { // the BA's 103 and the schema
		t.Errorf("there are %d rules", rules)
	}
}

func TestACodeOfTheBAIsExplained(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for code, language := range map[string]string{"FLR_JCValid_083": "de", "APPS_JCValid_083": "en"} {
		rule := h.want(t, http.StatusOK, ask{method: "GET", path: "/v1/ba-rules/" + code, header: map[string]string{"Accept-Language": language}})

		want := map[string]string{
			"de": "Die Veröffentlichung endet nach dem spätesten Arbeitsbeginn.", "en": "Publication ends after the latest first day of work.",
		}[language]
		if rule.text(t, "code") != "FLR_JCValid_083" || rule.text(t, "explanation") != want || rule.text(t, "fields", 0) != "/content/publication/until" ||
			rule.text(t, "elements", 0) != "PostDetail/EndDate" || rule.text(t, "level") != "ad" || rule.text(t, "offline") != "yes" {
			t.Errorf("%s: %s", code, rule.body)
		}
	}
	for _, code := range []string{"FLR_JCValid_031", "083", "nonsense"} {
		h.want(t, http.StatusNotFound, ask{method: "GET", path: "/v1/ba-rules/" + code})
	}
}

func TestAPostingIsCheckedWithoutSavingIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	before := h.dump(t)
	hopeless := ad(strings.Repeat("ä", 61), true)
	content, _ := hopeless["content"].(object)
	content["description"], content["openings"], content["start"] = "Sie passen in unser junges Team von Pflegenden.", 0, "2020-01-01"
	validate := func(body object, language string) answer {
		return h.want(t, http.StatusOK, ask{
			method: "POST", path: "/v1/tenants/" + known["tenant_id"] + "/postings/validate", token: h.operator, body: body,
			header: map[string]string{"Accept-Language": language},
		})
	}

	good, german, english := validate(ad("Pflegefachkraft (m/w/d)", true), "de"), validate(hopeless, "de"), validate(hopeless, "en")

	if good.get(t, "publishable") != true || german.get(t, "publishable") != false {
		t.Errorf("%s\n%s", good.body, german.body)
	}
	for pointer, want := range map[string][2]string{
		"/content/title":       {"Der Titel hat 61 Zeichen; die BA nimmt 60.", "The title has 61 characters; the BA takes 60."},
		"/content/openings":    {"Es ist keine offene Stelle angegeben.", "There is no opening."},
		"/content/description": {"„junges Team“ kann nach dem Gleichbehandlungsgesetz (AGG) als Benachteiligung wegen des Alters gelten.", "“junges Team” may count as discrimination by age under the Equal Treatment Act (AGG)."},
	} {
		if got := [2]string{found(t, german, pointer), found(t, english, pointer)}; got != want {
			t.Errorf("%s: %q", pointer, got)
		}
	}
	h.unchanged(t, before)
}

// found returns what the first finding about a field says.
func found(t *testing.T, checked answer, pointer string) string {
	t.Helper()
	for i := 0; checked.get(t, "findings", i) != nil; i++ {
		if checked.text(t, "findings", i, "pointer") == pointer {
			return checked.text(t, "findings", i, "text")
		}
	}
	return ""
}

// TestWhatWouldBeSentIsShownBeforehand follows one ad: what the next file would do with it is what the BA then has.
func TestWhatWouldBeSentIsShownBeforehand(t *testing.T) {
	t.Parallel()
	e := enrol(t)
	e.goTheRoad(t)
	e.handIn(t)
	e.activate(t)
	branch := e.want(t, 201, ask{method: "POST", path: e.base + e.account + "/hiring-organisations", token: e.software, body: object{
		"name": "Filiale", "town": "Fürth", "kundennummer": "B456B67890",
	}}).text(t, "id")
	first := ad("Pflegefachkraft (m/w/d)", true)
	made := e.want(t, 201, ask{method: "POST", path: e.base + "/postings", token: e.software, body: first})
	path := "/postings/" + made.text(t, "id")
	change := func(key string, value any) object {
		body := ad("Pflegefachkraft (m/w/d)", true)
		content, _ := body["content"].(object)
		content[key] = value
		return body
	}
	moved := ad("Pflegefachkraft (m/w/d)", true)
	moved["hiring_organisation_id"] = branch

	fresh := e.read(t, path+"/xml", e.software)
	e.advance(t)
	e.hear(t)
	sent := e.read(t, path+"/xml", e.software)

	if fresh.text(t, "action") != string(posting.PreviewInsert) || fresh.get(t, "wanted") != true || fresh.get(t, "changes", 0) != nil ||
		!strings.Contains(fresh.text(t, "xml"), "<JobPositionTitleDescription>Pflegefachkraft (m/w/d)<") {
		t.Errorf("%s", fresh.body)
	}
	if sent.text(t, "action") != string(posting.PreviewNothing) || sent.get(t, "changes", 0) != nil {
		t.Errorf("%s", sent.body)
	}
	for _, c := range []struct {
		name    string
		body    object
		action  posting.PreviewAction
		changes []string
	}{
		{"another title", change("title", "Stationsleitung (m/w/d)"), posting.PreviewUpdate, []string{"JobPositionTitleDescription"}},
		{"another type", change("employment_type", "job"), posting.PreviewReplace, []string{"JobOfferType"}},
		{"another Kundennummer", moved, posting.PreviewReplace, []string{"HiringOrgId"}},
		{"another title, with that Kundennummer", change("title", "Stationsleitung (m/w/d)"), posting.PreviewReplace, []string{"HiringOrgId", "JobPositionTitleDescription"}},
	} {
		e.want(t, http.StatusOK, ask{method: "PUT", path: e.base + path, token: e.software, body: c.body, header: whateverIsThere})
		shown := e.read(t, path+"/xml", e.software)

		var changed []string
		for i := 0; shown.get(t, "changes", i) != nil; i++ {
			where := shown.text(t, "changes", i, "path")
			changed = append(changed, where[strings.LastIndex(where, "/")+1:])
		}
		if shown.text(t, "action") != string(c.action) || !slices.Equal(changed, c.changes) {
			t.Errorf("%s: %s of %q", c.name, shown.text(t, "action"), changed)
		}
	}
}
