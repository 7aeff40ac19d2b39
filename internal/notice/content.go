package notice

import (
	"fmt"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// maxListed is how many notices a mail spells out: more is read elsewhere than in a mail.
const maxListed = 50

// content is what a mail says.
type content struct {
	owner string
	// rows are the first of total notices.
	rows   []row
	total  int
	digest bool
	// operator says that the mail goes to the operator and not to the tenant's people.
	operator bool
	lang     text.Language
	berlin   *time.Location
}

// The words of mails.
var (
	subjectOne    = text.Text{DE: "{headline}: {subject}", EN: "{headline}: {subject}"}
	subjectMany   = text.Text{DE: "{count} Meldungen zu Ihren Stellenanzeigen", EN: "{count} messages about your job ads"}
	subjectDigest = text.Text{DE: "Ihre Stellenanzeigen: {count} Meldungen", EN: "Your job ads: {count} messages"}
	greeting      = text.Text{DE: "Guten Tag,", EN: "Hello,"}
	opening       = text.Text{
		DE: "das ist bei der Bundesagentur für Arbeit (BA) geschehen und betrifft {owner}:",
		EN: "this happened at the Bundesagentur für Arbeit (BA) and concerns {owner}:",
	}
	wordsOfBA = text.Text{DE: "Die BA sagt ({code}): „{words}“", EN: "The BA says ({code}): “{words}”"}
	whyLabel  = text.Text{DE: "Das heißt: {why}", EN: "That means: {why}"}
	fixLabel  = text.Text{DE: "Was zu tun ist: {fix}", EN: "What to do: {fix}"}
	nextLabel = text.Text{DE: "Wie es weitergeht: {next}", EN: "What happens next: {next}"}
	moreLine  = text.Text{
		DE: "Und {count} weitere Meldungen; alle stehen bei den Anzeigen selbst.",
		EN: "And {count} more messages; all of them stand with the ads themselves.",
	}
	closingLine = text.Text{
		DE: "Sie bekommen diese Mail, weil Ihre Adresse in den Benachrichtigungen von {owner} steht. Auf Antworten hierauf reagiert niemand.",
		EN: "You get this mail because your address stands in the notifications of {owner}. Nobody reads answers to it.",
	}
	closingAlarm = text.Text{
		DE: "Sie bekommen diese Mail, weil Sie Stellwerk betreiben.",
		EN: "You get this mail because you run Stellwerk.",
	}
)

// maxSubject is how long a subject is, in characters: mail programs show no more.
const maxSubject = 120

func (c content) subject() string {
	words := subjectMany
	args := map[string]any{"count": c.total}
	switch {
	case c.digest && c.total > 1:
		words = subjectDigest
	case c.total == 1 && len(c.rows) == 1:
		words, args = subjectOne, map[string]any{"headline": c.rows[0].About.Headline, "subject": c.rows[0].About.Subject}
	}
	line := []rune(strings.Join(strings.Fields(words.Format(c.lang, args)), " "))
	if len(line) > maxSubject {
		line = append(line[:maxSubject-1], '…')
	}
	return string(line)
}

func (c content) body() string {
	var b strings.Builder
	about := map[string]any{"owner": c.owner}
	fmt.Fprintf(&b, "%s\n\n%s\n", greeting.In(c.lang), opening.Format(c.lang, about))
	for i := range c.rows {
		b.WriteString("\n")
		c.notice(&b, &c.rows[i])
	}
	if more := c.total - len(c.rows); more > 0 {
		fmt.Fprintf(&b, "\n%s\n", moreLine.Format(c.lang, map[string]any{"count": more}))
	}
	ending := closingLine
	if c.operator {
		ending = closingAlarm
	}
	fmt.Fprintf(&b, "\n-- \n%s\n", ending.Format(c.lang, about))
	return b.String()
}

// notice writes one notice.
func (c content) notice(b *strings.Builder, r *row) {
	fmt.Fprintf(b, "%s: %s\n", r.About.Headline.In(c.lang), r.About.Subject)
	fmt.Fprintf(b, "  %s\n", r.At.In(c.berlin).Format("02.01.2006 15:04"))
	for _, m := range r.About.Marks {
		fmt.Fprintf(b, "  %s: %s\n", m.Label.In(c.lang), m.Value)
	}
	for _, reason := range r.About.Reasons {
		b.WriteString("\n")
		if reason.Code != "" {
			fmt.Fprintf(b, "  %s\n", wordsOfBA.Format(c.lang, map[string]any{"code": reason.Code, "words": reason.Words}))
		}
		fmt.Fprintf(b, "  %s\n", whyLabel.Format(c.lang, map[string]any{"why": reason.Why}))
		fmt.Fprintf(b, "  %s\n", fixLabel.Format(c.lang, map[string]any{"fix": reason.Fix}))
	}
	if !r.About.Next.Empty() {
		fmt.Fprintf(b, "\n  %s\n", nextLabel.Format(c.lang, map[string]any{"next": r.About.Next}))
	}
}
