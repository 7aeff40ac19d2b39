package preflight

import (
	"slices"
	"strings"
	"sync"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Rule is one reason for which the BA refuses an ad, a file, or all ads of an account, with what it means and what to do. A Rule never
// changes, nor do its slices.
type Rule struct {
	// Code is the BA's, in the spelling FLR_….
	Code string
	// Topic is the part of an ad that the rule is about.
	Topic Topic
	// Level says what the rule refuses.
	Level Level
	// Condition says when the BA refuses, in its own names of elements.
	Condition string
	// Elements are the elements that the rule looks at, the one that a person would change first.
	Elements []hrbaxml.ID
	// Explanation says what is wrong and Fix what to do, for people who write ads.
	Explanation text.Text
	Fix         text.Text
	// Offline says whether the rule can be judged outside the BA.
	Offline Offline
	// Outcome says what a refusal by this rule means for the ad.
	Outcome Outcome
	// check refuses the ad wherever it breaks the rule; nil when only the BA can tell.
	check func(*exam)
	// dummies says that the rule also holds for an ad with Action 3, which deletes and may otherwise hold dummy values.
	dummies bool
}

// Topic groups the rules.
type Topic string

// The topics, in the order of the BA's list.
const (
	LifeCycle    Topic = "life_cycle"
	Dates        Topic = "dates"
	Addresses    Topic = "addresses"
	Occupations  Topic = "occupations"
	Terms        Topic = "terms"
	Requirements Topic = "requirements"
	Structure    Topic = "structure"
)

// Level says what a rule refuses.
type Level string

// The levels.
const (
	// OfAd rules refuse one ad.
	OfAd Level = "ad"
	// OfAccount rules refuse every ad of a BA account or a hiring organisation, whatever is in it.
	OfAccount Level = "account"
	// OfFile rules refuse a file whole.
	OfFile Level = "file"
)

// Offline says how far a rule can be judged outside the BA.
type Offline string

// How far.
const (
	// Fully means that everything the rule needs is at hand: the ad, the day, the built-in lists, what we sent before.
	Fully Offline = "yes"
	// Partly means that some breaches are found, and others known to the BA alone or to those who have its whole catalogue.
	Partly Offline = "partly"
	// Never means that only the BA can tell.
	Never Offline = "no"
)

// Outcome says what a refusal means for the ad.
type Outcome string

// The outcomes.
const (
	// ToCorrect: what the BA has stays as it was, and the ad goes again once it was corrected and saved.
	ToCorrect Outcome = "correct"
	// Heals: nobody need do anything, the next file puts it right.
	Heals Outcome = "heals"
	// ToDecide: the BA changed or removed the ad, and a person decides what shall be.
	ToDecide Outcome = "decide"
	// Locked: the BA has closed the ad, and it can only be withdrawn.
	Locked Outcome = "locked"
	// Holds: every ad of the account meets the same refusal until its cause is mended.
	Holds Outcome = "account"
	// WholeFile: nothing of the file was taken.
	WholeFile Outcome = "file"
)

// outcomeWords say what each outcome means.
var outcomeWords = map[Outcome]text.Text{
	ToCorrect: say("Bei der BA bleibt alles, wie es war. Berichtigt und gespeichert geht die Anzeige mit der nächsten Datei noch einmal.",
		"At the BA everything stays as it was. Corrected and saved, the ad goes again with the next file."),
	Heals: say("Stellwerk behebt das mit der nächsten Datei selbst.", "Stellwerk puts this right by itself with the next file."),
	ToDecide: say("Stellwerk überschreibt die BA nicht. Sie entscheiden, wie die Anzeige stehen soll.",
		"Stellwerk does not overrule the BA. You decide how the ad is to stand."),
	Locked: say("Die Anzeige ist bei der BA gesperrt. Sie kann nur noch zurückgezogen werden.",
		"The ad is locked at the BA. It can only be withdrawn."),
	Holds: say("Der Grund liegt beim Konto: Bis er behoben ist, träfe jede Anzeige dieselbe Ablehnung.",
		"The reason lies with the account: until it is mended every ad would meet the same refusal."),
	WholeFile: say("Die BA hat nichts aus der Datei übernommen; alle ihre Anzeigen stehen wie vorher.",
		"The BA took nothing of the file; all its ads stand as before."),
}

// Words say what the outcome means, for people.
func (o Outcome) Words() text.Text { return outcomeWords[o] }

// topicWords are the names of the topics.
var topicWords = map[Topic]text.Text{
	LifeCycle:    say("Lebenslauf der Anzeige, Kennungen, Konto", "Life cycle, ids and account"),
	Dates:        say("Termine", "Dates"),
	Addresses:    say("Orte, Anschriften, Kontakt und Bewerbung", "Places, addresses, contact and applications"),
	Occupations:  say("Beruf und Art der Stelle", "Occupation and type of employment"),
	Terms:        say("Arbeitszeit, Vertrag, Bezahlung", "Working time, contract, pay"),
	Requirements: say("Anzeigentext und Anforderungen", "Text and requirements"),
	Structure:    say("Aufbau der Datei", "Structure of the file"),
}

// Words name the topic for people.
func (t Topic) Words() text.Text { return topicWords[t] }

// Topics returns all topics in their order.
func Topics() []Topic {
	return []Topic{LifeCycle, Dates, Addresses, Occupations, Terms, Requirements, Structure}
}

// rules are all rules in the order of the BA's groups, which is also the order in which they are applied.
var rules = sync.OnceValue(func() []*Rule {
	var all []*Rule
	for _, group := range []struct {
		topic Topic
		rules []Rule
	}{
		{LifeCycle, lifeCycleRules},
		{Dates, dateRules},
		{Addresses, slices.Concat(addressRules, contactRules)},
		{Occupations, occupationRules},
		{Terms, slices.Concat(workRules, payRules)},
		{Requirements, requirementRules},
		{Structure, structureRules},
	} {
		for _, declared := range group.rules {
			rule := &declared
			rule.Topic = group.topic
			if rule.Level == "" {
				rule.Level = OfAd
			}
			if rule.Offline == "" {
				rule.Offline = Fully
			}
			if rule.Outcome == "" {
				rule.Outcome = ToCorrect
			}
			all = append(all, rule)
		}
	}
	return all
})

// checks are the rules that can be applied.
var checks = sync.OnceValue(func() []*Rule {
	return slices.DeleteFunc(slices.Clone(rules()), func(r *Rule) bool { return r.check == nil })
})

var rulesByCode = sync.OnceValue(func() map[string]*Rule {
	byCode := make(map[string]*Rule, len(rules()))
	for _, rule := range rules() {
		byCode[rule.Code] = rule
	}
	return byCode
})

// Rules returns the 103 documented rules and, last, the schema (FLR_XML_Structure).
func Rules() []*Rule { return slices.Clone(rules()) }

// ByCode finds a rule by the BA's code; an old prefix (APPS_) means the same. It reports false for a code that nobody documented.
func ByCode(code string) (*Rule, bool) {
	rule, found := rulesByCode()[Code(code)]
	return rule, found
}

// Code returns a code in its present spelling: the BA's older documents print APPS_ where newer ones have FLR_. What is neither stays.
func Code(code string) string {
	if rest, old := strings.CutPrefix(code, "APPS_"); old {
		return "FLR_" + rest
	}
	return code
}

func say(de, en string) text.Text { return text.Text{DE: de, EN: en} }
