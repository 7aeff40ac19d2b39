package posting

import (
	"net/url"
	"slices"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// AtBA is what the BA has of a posting, as far as its answers say.
type AtBA string

// What the BA may have.
const (
	// AtBANone means that the BA never had the ad.
	AtBANone AtBA = "none"
	// AtBAUnknown means that a file is unanswered which may or may not have been taken.
	AtBAUnknown AtBA = "unknown"
	AtBALive    AtBA = "live"
	// AtBALocked means that the BA deactivated the ad: it can only be deleted.
	AtBALocked AtBA = "locked"
	// AtBARemoved means that the BA took the ad away.
	AtBARemoved AtBA = "removed"
	// AtBAEnded means that the ad was deleted as wished.
	AtBAEnded AtBA = "ended"
)

// Change is what is on its way for a posting.
type Change string

// The changes.
const (
	ChangeNone        Change = "none"
	ChangeDraft       Change = "draft"
	ChangeScheduled   Change = "scheduled"
	ChangeWaiting     Change = "waiting"
	ChangeSent        Change = "sent"
	ChangeRefused     Change = "refused"
	ChangeWithdrawing Change = "withdrawing"
)

// Wanted reports whether the ad is to be at the BA on a day.
func (p *Posting) Wanted(today calendar.Date) bool {
	return p.Publish && !p.ended(today) && !p.scheduled(today)
}

func (p *Posting) ended(today calendar.Date) bool {
	return p.PublishUntil != nil && dateOf(*p.PublishUntil).Before(today)
}

func (p *Posting) scheduled(today calendar.Date) bool {
	return p.PublishFrom != nil && dateOf(*p.PublishFrom).After(today)
}

// RefusedLatest reports whether the BA refused the newest revision, so that it is not sent again as it is.
func (p *Posting) RefusedLatest() bool {
	return p.Refusal != nil && p.Refusal.Revision == p.LatestRevision
}

// present reports whether the BA has, or may have, the ad.
func (p *Posting) present() bool {
	return p.AtBA == AtBALive || p.AtBA == AtBALocked || p.AtBA == AtBAUnknown
}

// Settle derives the change from everything else that is known of the posting, and notes when it became so. It is called after every
// change of the wish, of what the BA has, or of the day.
func (p *Posting) Settle(now time.Time, today calendar.Date) {
	change := p.derive(today)
	if change != p.Change {
		p.Change, p.ChangeSince = change, now
	}
}

func (p *Posting) derive(today calendar.Date) Change {
	switch {
	case !p.Publish || p.ended(today):
		return p.deriveUnwanted()
	case p.InFlight != nil && *p.InFlight == Delete:
		return ChangeWithdrawing
	case p.InFlight != nil:
		return ChangeSent
	case p.scheduled(today) && !p.present():
		return ChangeScheduled
	case p.scheduled(today):
		return ChangeWithdrawing
	case p.RefusedLatest():
		return ChangeRefused
	case p.LiveRevision != nil && *p.LiveRevision == p.LatestRevision && (p.AtBA == AtBALive || p.AtBA == AtBALocked || p.AtBA == AtBARemoved):
		return ChangeNone
	case p.AtBA == AtBALocked:
		return ChangeRefused
	default:
		return ChangeWaiting
	}
}

func (p *Posting) deriveUnwanted() Change {
	switch {
	case p.InFlight != nil || p.present():
		return ChangeWithdrawing
	case p.AtBA == AtBANone && !p.Publish:
		return ChangeDraft
	default:
		return ChangeNone
	}
}

// NextStep says what happens next with a posting, and who must act.
type NextStep struct {
	Code string
	Text text.Text
}

// AccountState is what a posting's next step depends on beside the posting itself.
type AccountState struct {
	Active    bool
	InTrouble bool
	// TenantNotOpen says that the tenant is suspended or closed, and NotBetreut that nobody confirmed the hiring organisation as betreut.
	TenantNotOpen bool
	NotBetreut    bool
}

// Next tells what happens next.
func (p *Posting) Next(account AccountState) NextStep {
	waits := p.Change == ChangeWaiting || p.Change == ChangeWithdrawing && p.InFlight == nil
	switch {
	case waits && account.TenantNotOpen:
		return NextStep{"tenant_not_open", text.Text{
			DE: "Der Mandant ist nicht offen; solange geht nichts an die BA.", EN: "The tenant is not open; nothing goes to the BA until it is.",
		}}
	case p.Change == ChangeWaiting && account.NotBetreut:
		return NextStep{"organisation_not_betreut", text.Text{DE: "Für die Einstellungsorganisation ist nicht vermerkt, dass sie betreut ist; ohne das lehnt die BA jede Anzeige ab.", EN: "Nobody has noted that the hiring organisation is betreut; without that the BA refuses every ad."}}
	case p.Change == ChangeRefused && p.refusedForAccount():
		return NextStep{"account_condition", text.Text{DE: "Der Grund liegt beim Konto, nicht in der Anzeige. Ist er behoben, speichern Sie die Anzeige unverändert noch einmal.", EN: "The reason lies with the account, not in the ad. Once it is mended, save the ad again as it is."}}
	case waits && !account.Active:
		return NextStep{"account_not_active", text.Text{DE: "Das BA-Konto ist noch nicht aktiv; danach geht die Anzeige von selbst.", EN: "The BA account is not active; the ad goes by itself once it is."}}
	case waits && account.InTrouble:
		return NextStep{"account_in_trouble", text.Text{DE: "Das BA-Konto hat eine Störung; die Anzeige geht, sobald sie behoben ist.", EN: "The BA account is in trouble; the ad goes once that is mended."}}
	}
	return nextSteps[p.key()]
}

// accountCodes are the BA's codes for conditions of the account, which no change of an ad can mend.
var accountCodes = []string{
	"FLR_JCValid_049", "FLR_JCValid_066", "FLR_JCValid_086", "FLR_JCValid_168", "FLR_JCValid_187", "FLR_JCValid_188",
}

func (p *Posting) refusedForAccount() bool {
	return p.Refusal != nil && slices.ContainsFunc(p.Refusal.Answers, func(a Answer) bool { return ConcernsAccount(a.Code) })
}

// ConcernsAccount reports whether a code of the BA tells of a condition of the account or the Kundennummer, under which every ad is refused.
func ConcernsAccount(code string) bool { return slices.Contains(accountCodes, code) }

// key names the state for which nextSteps has words.
func (p *Posting) key() string {
	switch {
	case p.AtBA == AtBALocked && p.Change != ChangeWithdrawing:
		return "locked"
	case p.AtBA == AtBARemoved && p.Change == ChangeNone:
		return "removed"
	case p.AtBA == AtBALive && p.Change == ChangeNone:
		return "live"
	case p.Change == ChangeWithdrawing && p.InFlight != nil:
		return string(ChangeSent)
	default:
		return string(p.Change)
	}
}

var nextSteps = map[string]NextStep{
	"locked": {"decide", text.Text{
		DE: "Die BA hat die Anzeige gesperrt. Klären Sie den Grund; zurückziehen können Sie sie jederzeit.",
		EN: "The BA has locked the ad. Clear the reason with it; you can withdraw the ad at any time.",
	}},
	"removed": {"decide", text.Text{
		DE: "Die BA hat die Anzeige entfernt. Speichern Sie sie geändert, wenn sie neu erscheinen soll.",
		EN: "The BA has removed the ad. Save it with a change if it is to appear anew.",
	}},
	"live":                    {"none", text.Text{DE: "Nichts zu tun: Die Anzeige steht bei der BA.", EN: "Nothing to do: the ad is at the BA."}},
	string(ChangeNone):        {"none", text.Text{DE: "Nichts zu tun: Die Anzeige ist beendet.", EN: "Nothing to do: the ad has ended."}},
	string(ChangeDraft):       {"publish", text.Text{DE: "Ein Entwurf. Speichern Sie mit „publish“: true, um ihn zu veröffentlichen.", EN: "A draft. Save it with `publish`: true to publish it."}},
	string(ChangeScheduled):   {"scheduled", text.Text{DE: "Die Anzeige geht am ersten Tag ihrer Veröffentlichung an die BA.", EN: "The ad goes to the BA on the first day of its publication."}},
	string(ChangeWaiting):     {"next_file", text.Text{DE: "Die Anzeige geht mit der nächsten Datei an die BA.", EN: "The ad goes to the BA with the next file."}},
	string(ChangeSent):        {"answer", text.Text{DE: "Die BA hat noch nicht geantwortet.", EN: "The BA has not answered yet."}},
	string(ChangeRefused):     {"correct", text.Text{DE: "Berichtigen Sie die Anzeige nach den Hinweisen und speichern Sie sie.", EN: "Correct the ad as the answers say, and save it."}},
	string(ChangeWithdrawing): {"next_file", text.Text{DE: "Die Anzeige wird mit der nächsten Datei bei der BA gelöscht.", EN: "The ad is deleted at the BA with the next file."}},
}

// PublicURL is where the ad appears on the BA's job portal, as its address follows from the reference; nil while it has none.
func (p *Posting) PublicURL() *string {
	if p.Reference == nil {
		return nil
	}
	// Ours need no escaping; those of another system may hold a slash.
	address := "https://www.arbeitsagentur.de/jobsuche/jobdetail/" + url.PathEscape(*p.Reference)
	return &address
}

// PublicURLExpected says that nobody has seen the ad under its public address, which is so for every one: the address follows from the
// reference, and Stellwerk does not look at the portal. It is nil while there is no address.
func (p *Posting) PublicURLExpected() *bool {
	if p.Reference == nil {
		return nil
	}
	return new(true)
}

// dateOf reads a date column, which arrives as midnight UTC.
func dateOf(t time.Time) calendar.Date { return calendar.On(t, time.UTC) }
