package posting

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Rule is one reason for which the BA refuses an ad, a file or an account, with what it means and what to do. Rules that need nothing
// but the ad can be checked before anything is sent; the others are explained when the BA answers with them.
type Rule struct {
	// Code is the BA's, in the spelling FLR_….
	Code string
	// Pointer is the field of the content that the rule is mostly about; empty when it is none.
	Pointer string
	// Explanation says what is wrong and Fix what to do.
	Explanation text.Text
	Fix         text.Text
	// breaks reports whether the content breaks the rule on a day; nil when only the BA can tell.
	breaks func(c *Content, today calendar.Date) bool
}

// The BA's limits in the rules.
const (
	minDescription  = 30 // characters after trimming (166)
	publicationSpan = 2  // years that an end or a start may lie ahead (082, 147)
	contractSpan    = 10 // years that the end of a fixed term may lie ahead (068)
)

// mailAddress is the form of an e-mail address, as loose as the BA's own check must be (048).
var mailAddress = regexp.MustCompile(`^[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]+$`)

// needInsurance are the types that must tell whether social insurance applies (123).
var needInsurance = []EmploymentType{Job, Internship, SkilledWorker, Manager, Helper, Artist}

// RuleByCode finds what is known about one of the BA's codes; false for an unknown one.
func RuleByCode(code string) (Rule, bool) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Code == code })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

// Rules returns every rule that Stellwerk knows, in the order of the BA's groups.
func Rules() []Rule { return slices.Clone(rules) }

func has(c *Content, way ApplyWay) bool { return slices.Contains(c.Apply.Ways, way) }

func contactOf(c *Content) Contact {
	if c.Contact == nil {
		return Contact{}
	}
	return *c.Contact
}

func named(c Contact) bool { return c.FamilyName != "" && c.Salutation != "" }

// postal reports whether the contact can get a letter.
func postal(c Contact) bool {
	return c.Company != "" && c.Address != nil && c.Address.Street != "" && c.Address.PostalCode != "" && c.Address.Town != ""
}

// lacksContact tells whether a way to apply lacks its part of the contact (044).
func lacksContact(c *Content) bool {
	contact := contactOf(c)
	switch {
	case has(c, ApplyByPhone) && (contact.Phone == nil || !named(contact)),
		has(c, ApplyByPost) && !postal(contact),
		has(c, ApplyByEmail) && contact.Email == "",
		has(c, ApplyInPerson) && !(postal(contact) && named(contact)),
		has(c, ApplyByForm) && !(named(contact) && (postal(contact) || contact.Phone != nil || contact.Email != "")),
		has(c, ApplyOnline) && c.Apply.URL == "":
		return true
	}
	return false
}

func badURL(raw string) bool {
	if raw == "" {
		return false
	}
	parsed, err := url.Parse(raw)
	return err != nil || !slices.Contains([]string{"http", "https", "ftp"}, parsed.Scheme) || !strings.Contains(parsed.Host, ".")
}

// badTerm tells whether term and length of a contract contradict each other (032).
func badTerm(c *Content) bool {
	contract := c.Contract
	if contract == nil {
		return false
	}
	if contract.Term == FixedTerm {
		return (contract.Months == nil) == (contract.Until == nil)
	}
	return contract.Months != nil || contract.Until != nil || contract.TakeOver != nil
}

func samePlaceTwice(c *Content) bool {
	for i, one := range c.Places {
		if slices.ContainsFunc(c.Places[:i], func(other Place) bool {
			one.District, other.District = "", ""
			return one == other
		}) {
			return true
		}
	}
	return false
}

func incompletePlace(p Place) bool {
	return p.Country == "DE" && (p.PostalCode == "" || p.Town == "" || p.Region == "")
}

func shortDescription(c *Content) bool {
	return utf8.RuneCountInString(strings.TrimSpace(c.Description)) < minDescription
}
