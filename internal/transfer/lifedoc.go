package transfer

import (
	"fmt"
	"strings"
	"time"
)

//go:generate go run ./gen ../../docs/ad-life.md

// LifeMarkdown is docs/ad-life.md: the tables by which this package works, as a page.
func LifeMarkdown() string {
	var b strings.Builder
	b.WriteString(`<!-- Generated from internal/transfer by ` + "`make generate`" + `; do not edit. -->

# The life of an ad

What the next file does with an ad follows from two things: what its tenant wants today, and the copy, which is what we know that the BA has under
the ad's newest reference. The first line that holds decides; when none holds, nothing is sent. The planner runs this very table, and its tests walk
through it.

| copy | if | the next file |
|---|---|---|
`)
	for _, rule := range lifeRules() {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", rule.have, rule.when, rule.then)
	}
	b.WriteString(`
An ad is wanted from the first day of its publication to its last, in Germany, while ` + "`publish`" + ` is true. A revision that the BA refused is not sent again
as it is. A deletion, or an update that says nothing new, rests for a while after the BA refused one, since nobody can correct it.

From an ad that the BA locked the way on is a new posting with the same content: it is an ad of its own, under a reference of its own.

## What holds a step back

| what | holds | until |
|---|---|---|
| the ad stands in a file that is not answered | every step of the ad | the answer, or a person gives the file up |
| the hiring organisation is not betreut | inserts and updates under it | somebody notes that it is |
| the BA refuses all ads of a Kundennummer (049, 066, 187) | inserts, updates; with 049 deletions too | a probe, one ad, is accepted; it is noted as betreut; no ad waits |
| the same | deletions of wanted live ads that are to appear anew under it: nothing could follow | the same, by another ad |
| the BA refuses all ads of the account (086, 168, 188) | every step of the account | a probe, one ad, is accepted |
`)
	fmt.Fprintf(&b, "| %d or more wanted ads, and more than %d %% of the live ones, would be deleted to appear anew | those deletions | "+
		"a person approves them, or the cause is taken back |\n", guardCount, guardPercent)
	b.WriteString(`| no file was answered since the account was activated or its numbers changed | all but one ad | the answer to that ad's file |
| the BA refused a file of several ads as a whole | all but half as many ads as that file had | a file is not refused as a whole: each time twice as many go |

## What the BA's refusal of a step means

| step | code | what we make of it |
|---|---|---|
| insert | 110 | we sent this reference before: the BA has our ad, which is live, and is updated; otherwise the ad goes under a new reference |
| insert | 139 | we sent this reference before: the BA took the ad away, the recruiter decides; otherwise the ad goes under a new reference |
| update | 130 | the ad was live, so the BA took it away: removed, the recruiter decides; if it never was confirmed it goes under a new reference |
| update | 062, 107 | locked: nothing more is sent but a deletion |
| update | 120 | the BA's staff changed the ad: sent once more where there is no placement order; otherwise the recruiter decides |
| insert, update | 147 | the day changed before the BA worked on the file: sent once more with the day's dates |
| deletion | 130 | gone, as wished; if it was to appear anew, the BA took it away before, and the recruiter decides |
| any | 049, 066, 086, 168, 187, 188 | nothing is wrong with the ad: it waits, see above |
| any, beside others in its file | none of its own, while ` + "`FLR_XML_Structure`" + `, or a message that names no ad of the file, refuses all | ` +
		`it waits and goes in a smaller file; an insert or deletion counts as given up unanswered |
| any | every other | refused: the recruiter corrects it; what the BA had before, it still has |

## When we look and try again

`)
	writePace(&b, DefaultPace())
	return b.String()
}

// writePace writes the tables of waits, with the time that has passed beside each.
func writePace(b *strings.Builder, p Pace) {
	table := func(what string, waits ...time.Duration) {
		var passed time.Duration
		for i, wait := range waits {
			passed += wait
			last := ""
			if i == len(waits)-1 {
				last = ", and so on"
			}
			fmt.Fprintf(b, "| %s | %s | %s%s |\n", what, wait, passed, last)
		}
	}
	b.WriteString("| what | wait | since the beginning |\n|---|---|---|\n")
	for i, at := range append(p.Polls, p.Polls[len(p.Polls)-1]+p.PollEvery) {
		wait := at
		if i > 0 {
			wait = at - p.poll(i-1)
		}
		fmt.Fprintf(b, "| look for the BA's answer to a file | %s | %s |\n", wait, at)
	}
	table("what may pass by itself: the host, the network, the secret store", p.Retries...)
	table("what somebody must mend: a certificate, a file that was rejected; another certificate or an activation ends the wait, a saved ad does not", p.Stuck)
	table("a probe while the BA refuses all ads", p.Probes...)
	fmt.Fprintf(b, "| a deletion that the BA refused | %s | |\n| an update that says nothing new, and was refused | %s | |\n", holdDeletion, holdRenewal)
	fmt.Fprintf(b, "| the next file, while one is unanswered (at most %d are) | %s of the BA's working time, %d to %d o'clock | |\n", maxUnanswered, p.Overtake, opens, closes)
	fmt.Fprintf(b, "| an alarm that a file is unanswered | %s | |\n", p.Alarm)
	fmt.Fprintf(b, "\nWhen %d accounts fail to reach the BA and none gets through in between, the BA is out for everybody: one account after another tries it, "+
		"with the same waits, and the others rest. Each comes back at its own second within %s.\n", breaks, outageSpread)
}
