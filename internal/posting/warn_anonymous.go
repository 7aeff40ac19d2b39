package posting

import (
	"strings"
	"unicode"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// legalForms are the words of company names that name nobody.
var legalForms = " gmbh ggmbh mbh ag kg ohg ug se eg ev e.v. co kgaa gbr e.k. inc ltd und & gruppe group holding die der das haftungsbeschränkt "

// shortestName is the least number of letters of a name that is looked for: shorter ones stand in other words too.
const shortestName = 4

// warnAnonymous finds the employer's name in an ad that is to hide it: in what applicants read, and in addresses of the web and of mail.
func warnAnonymous(c *Content, ad hrbaxml.Ad, employer []string) []Finding {
	if !c.Anonymous {
		return nil
	}
	names := employer
	if c.Contact != nil {
		names = append([]string{c.Contact.Company}, names...)
	}
	var found []Finding
	for _, id := range []hrbaxml.ID{
		hrbaxml.JobPositionTitleDescription, hrbaxml.Objective, hrbaxml.PostDetailInternetReference, hrbaxml.PostedByContactEMail,
		hrbaxml.PostedByContactJobContactWebSite,
	} {
		letters := lettersOf(ad.Get(id))
		for _, name := range names {
			if core := coreOf(name); len([]rune(core)) >= shortestName && strings.Contains(letters, core) {
				said := warning("anonymous_names_employer", pointerOf(id, ""),
					text.Text{DE: "Die Anzeige ist anonym, und hier steht der Name „{name}“.", EN: "The ad is anonymous, and the name “{name}” stands here."},
					text.Text{DE: "Nehmen Sie den Namen heraus, oder veröffentlichen Sie die Anzeige unter ihm.", EN: "Take the name out, or publish the ad under it."})
				said.Args = map[string]any{"name": name}
				found = append(found, said)
				break
			}
		}
	}
	return found
}

// coreOf returns the letters of a company's name without its legal form.
func coreOf(name string) string {
	var core strings.Builder
	for word := range strings.FieldsSeq(strings.ToLower(name)) {
		if !strings.Contains(legalForms, " "+strings.Trim(word, "(),")+" ") {
			core.WriteString(lettersOf(word))
		}
	}
	return core.String()
}

// lettersOf returns the letters and digits of a text in lower case, umlauts as addresses spell them.
func lettersOf(s string) string {
	var out strings.Builder
	for _, r := range s {
		switch r = unicode.ToLower(r); {
		case r == 'ä':
			out.WriteString("ae")
		case r == 'ö':
			out.WriteString("oe")
		case r == 'ü':
			out.WriteString("ue")
		case r == 'ß':
			out.WriteString("ss")
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			out.WriteRune(r)
		}
	}
	return out.String()
}
