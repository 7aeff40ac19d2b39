package transfer

import (
	"slices"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// headlines are the words for what people are told of an ad. What is not here is told nobody by mail.
var headlines = map[event.Kind]text.Text{
	event.PostingRefused:     {DE: "Abgelehnt", EN: "Refused"},
	event.PostingLocked:      {DE: "Von der BA gesperrt", EN: "Locked by the BA"},
	event.PostingRemoved:     {DE: "Von der BA entfernt", EN: "Removed by the BA"},
	event.PostingChangedByBA: {DE: "Von der BA geändert, Ihre Änderung abgelehnt", EN: "Changed by the BA, your change was refused"},
}

// The labels of what helps to find an ad or a file elsewhere.
var (
	externalIDLabel = text.Text{DE: "Ihre Kennung", EN: "Your id"}
	referenceLabel  = text.Text{DE: "Referenz bei der BA", EN: "Reference at the BA"}
	supplierLabel   = text.Text{DE: "Supplier-ID", EN: "Supplier-ID"}
)

// aboutPosting is what people are told of an ad: what happened, why, and what to do, in the words of the API.
func aboutPosting(p posting.Posting, kind event.Kind, at *Copy, answers []posting.Answer) notice.Notice {
	about := notice.About{Headline: headlines[kind], Subject: p.Title, Next: p.Next(posting.AccountState{Active: true}).Text}
	if p.ExternalID != nil {
		about.Marks = append(about.Marks, notice.Mark{Label: externalIDLabel, Value: *p.ExternalID})
	}
	if at.FirstSentAt != nil {
		about.Marks = append(about.Marks, notice.Mark{Label: referenceLabel, Value: at.Reference})
	}
	for _, a := range answers {
		why, fix, _ := a.Explanation()
		about.Reasons = append(about.Reasons, notice.Reason{Code: a.Code, Words: a.Text, Why: why, Fix: fix})
	}
	return notice.Notice{Kind: kind, Organisation: &p.HiringOrganisationID, About: about}
}

// tellPeople notes what people are to be told of the ad once the whole file is settled.
func (s *settling) tellPeople(kind event.Kind) {
	// What happens next follows from what the ad will be when it is saved.
	saved := *s.posting
	saved.Settle(s.now, s.today())
	s.seen.tell = append(s.seen.tell, aboutPosting(saved, kind, s.copy, s.answers))
}

// isNews says that a refusal is not the one that was told before: what the BA refuses is tried again from time to time.
func isNews(refusal posting.Refusal, told *posting.Refusal) bool {
	return told == nil || told.Revision != refusal.Revision || !slices.Equal(told.Answers, refusal.Answers)
}

// organisationOf finds the hiring organisation of a Kundennummer; nil for none, which stands for the whole account.
func (r *run) organisationOf(tx database.Tx, kundennummer string) (*uuid.UUID, error) {
	organisations, err := tenant.OrganisationsOf(tx, r.account.ID)
	if err != nil {
		return nil, err
	}
	for _, each := range organisations {
		if each.Kundennummer == kundennummer {
			return &each.ID, nil
		}
	}
	return nil, nil
}

// aboutAccount is what people are told of the account. organisation is the hiring organisation that it concerns; nil for the whole account.
func (r *run) aboutAccount(kind event.Kind, cause *fault.Error, organisation *uuid.UUID) notice.Notice {
	about := notice.About{
		Headline: both(cause.Code.Title, cause.Args), Subject: r.account.Name,
		Reasons: []notice.Reason{{Why: both(cause.Code.Detail, cause.Args), Fix: both(cause.Code.Hint, cause.Args)}},
	}
	if r.account.SupplierID != nil {
		about.Marks = append(about.Marks, notice.Mark{Label: supplierLabel, Value: *r.account.SupplierID})
	}
	return notice.Notice{Kind: kind, Organisation: organisation, About: about}
}

// both fills the placeholders of both languages.
func both(words text.Text, args fault.Args) text.Text {
	return text.Text{DE: words.Format(text.German, args), EN: words.Format(text.English, args)}
}

// tellOfTrouble tells the account's people what keeps it from sending, unless that may pass by itself.
func (r *run) tellOfTrouble(tx database.Tx, cause *fault.Error) error {
	if cause.Code.Kind == fault.Unavailable {
		return nil
	}
	return r.outbox.Put(tx, []notice.Notice{r.aboutAccount(event.AccountTrouble, cause, nil)})
}
