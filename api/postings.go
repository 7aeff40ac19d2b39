package api

import (
	"context"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// ListPostings answers a page of the tenant's postings.
func (s *server) ListPostings(ctx context.Context, r ListPostingsRequestObject) (ListPostingsResponseObject, error) {
	page, err := pageOf(ctx, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	page.Newest = newest(r.Params.Order)
	found, next, err := s.postings.List(ctx, posting.Filter{
		AtBA: posting.AtBA(orNone(r.Params.AtBa)), Change: posting.Change(orNone(r.Params.Change)), AccountID: orNone(r.Params.AccountID),
		HiringOrganisationID: orNone(r.Params.HiringOrganisationID), Publish: r.Params.Publish, EmploymentType: orNone(r.Params.EmploymentType),
		Text: orNone(r.Params.Q), UpdatedSince: orNone(r.Params.UpdatedSince),
	}, page)
	if err != nil {
		return nil, err
	}
	show := func(v posting.View) PostingSummary { return showSummary(v, languageOf(ctx)) }
	return ListPostings200JSONResponse{
		Body: PostingList{Items: each(found, show), Next: next}, Headers: ListPostings200ResponseHeaders{Link: nextLink(ctx, next)},
	}, nil
}

// CreatePosting saves a new posting.
func (s *server) CreatePosting(ctx context.Context, r CreatePostingRequestObject) (CreatePostingResponseObject, error) {
	view, err := s.postings.Create(ctx, postingInput(*r.Body))
	if err != nil {
		return nil, err
	}
	return CreatePosting201JSONResponse{showPosting(view, languageOf(ctx))}, nil
}

// ValidatePosting checks a posting and saves nothing.
func (s *server) ValidatePosting(ctx context.Context, r ValidatePostingRequestObject) (ValidatePostingResponseObject, error) {
	findings, err := s.postings.Validate(ctx, postingInput(*r.Body))
	if err != nil {
		return nil, err
	}
	return ValidatePosting200JSONResponse{
		Publishable: len(posting.Blocking(findings)) == 0,
		Findings:    each(findings, func(f posting.Finding) Finding { return showFinding(f, languageOf(ctx)) }),
	}, nil
}

// PreviewPosting answers what would be sent of a posting.
func (s *server) PreviewPosting(ctx context.Context, r PreviewPostingRequestObject) (PreviewPostingResponseObject, error) {
	shown, err := s.postings.Preview(ctx, r.PostingID)
	if err != nil {
		return nil, err
	}
	return PreviewPosting200JSONResponse{
		Action: PostingPreviewAction(shown.Action), Wanted: shown.Wanted, XML: string(shown.XML),
		Changes: each(shown.Changes, func(c posting.Changed) PostingChange {
			return PostingChange{Path: c.Path, Pointer: optional(c.Pointer), Before: optional(c.Before), After: optional(c.After)}
		}),
	}, nil
}

// GetPosting answers one posting.
func (s *server) GetPosting(ctx context.Context, r GetPostingRequestObject) (GetPostingResponseObject, error) {
	view, err := s.postings.Get(ctx, r.PostingID)
	if err != nil {
		return nil, err
	}
	return GetPosting200JSONResponse{showPosting(view, languageOf(ctx))}, nil
}

// ReplacePosting saves a posting's content and wish anew.
func (s *server) ReplacePosting(ctx context.Context, r ReplacePostingRequestObject) (ReplacePostingResponseObject, error) {
	view, err := s.postings.Expecting(expected(r.Params.IfMatch)).Replace(ctx, r.PostingID, postingInput(*r.Body))
	if err != nil {
		return nil, err
	}
	return ReplacePosting200JSONResponse{showPosting(view, languageOf(ctx))}, nil
}

// WithdrawPosting takes back the wish to publish.
func (s *server) WithdrawPosting(ctx context.Context, r WithdrawPostingRequestObject) (WithdrawPostingResponseObject, error) {
	view, err := s.postings.Expecting(expectedIfSaid(r.Params.IfMatch)).Withdraw(ctx, r.PostingID)
	if err != nil {
		return nil, err
	}
	return WithdrawPosting200JSONResponse{showPosting(view, languageOf(ctx))}, nil
}

// GetPostingByExternalID answers the posting with an id of the caller's software.
func (s *server) GetPostingByExternalID(
	ctx context.Context, r GetPostingByExternalIDRequestObject,
) (GetPostingByExternalIDResponseObject, error) {
	view, err := s.postings.GetByExternalID(ctx, r.ExternalID)
	if err != nil {
		return nil, err
	}
	return GetPostingByExternalID200JSONResponse{showPosting(view, languageOf(ctx))}, nil
}

// PutPostingByExternalID creates or replaces the posting with an id of the caller's software.
func (s *server) PutPostingByExternalID(
	ctx context.Context, r PutPostingByExternalIDRequestObject,
) (PutPostingByExternalIDResponseObject, error) {
	expect := expectedIfSaid(r.Params.IfMatch)
	if r.Params.IfNoneMatch != nil { // the contract lets only * in
		expect = database.ExpectAbsent()
	}
	view, created, err := s.postings.Expecting(expect).PutByExternalID(ctx, r.ExternalID, postingInput(*r.Body))
	if err != nil {
		return nil, err
	}
	shown := showPosting(view, languageOf(ctx))
	if created {
		return PutPostingByExternalID201JSONResponse{
			Body: shown.Body, Headers: PutPostingByExternalID201ResponseHeaders(shown.Headers),
		}, nil
	}
	return PutPostingByExternalID200JSONResponse{shown}, nil
}

// ListPostingEvents answers what happened to a posting.
func (s *server) ListPostingEvents(ctx context.Context, r ListPostingEventsRequestObject) (ListPostingEventsResponseObject, error) {
	if _, err := s.postings.Get(ctx, r.PostingID); err != nil {
		return nil, err
	}
	found, err := event.History(ctx, s.db, r.PostingID)
	if err != nil {
		return nil, err
	}
	shown, err := showEvents(found)
	if err != nil {
		return nil, err
	}
	return ListPostingEvents200JSONResponse{Items: shown}, nil
}

func postingInput(body PostingInput) posting.Input {
	return posting.Input{
		ExternalID: body.ExternalID, AccountID: body.AccountID, HiringOrganisationID: body.HiringOrganisationID,
		Publish: body.Publish, Content: body.Content,
	}
}

func showPosting(v posting.View, lang text.Language) PostingNowJSONResponse {
	summary := showSummary(v, lang)
	shown := Posting{
		ID: summary.ID, ExternalID: summary.ExternalID, AccountID: summary.AccountID, HiringOrganisationID: summary.HiringOrganisationID,
		Publish: summary.Publish, Title: summary.Title, EmploymentType: summary.EmploymentType, Status: summary.Status,
		CreatedAt: summary.CreatedAt, UpdatedAt: summary.UpdatedAt,
		Content:  v.Content,
		Findings: each(v.Findings, func(f posting.Finding) Finding { return showFinding(f, lang) }),
	}
	return PostingNowJSONResponse{Body: shown, Headers: PostingNowResponseHeaders{ETag: tagOf(v.Version, shown)}}
}

func showSummary(v posting.View, lang text.Language) PostingSummary {
	next := v.Next(v.Account)
	return PostingSummary{
		ID: v.ID, ExternalID: v.ExternalID, AccountID: v.AccountID, HiringOrganisationID: v.HiringOrganisationID, Publish: v.Publish,
		Title: v.Title, EmploymentType: v.EmploymentType, CreatedAt: v.CreatedAt.UTC(), UpdatedAt: v.UpdatedAt.UTC(),
		Status: PostingStatus{
			AtBa: AtBA(v.AtBA), LiveRevision: v.LiveRevision, Change: Change(v.Change), ChangeSince: v.ChangeSince.UTC(),
			LatestRevision: v.LatestRevision, Reference: v.Reference, PublicURL: v.PublicURL(), PublicURLExpected: v.PublicURLExpected(), Refusal: showRefusal(v.Refusal, lang),
			Next: NextStep{Code: next.Code, Text: next.Text.In(lang)},
		},
	}
}

func showRefusal(r *posting.Refusal, lang text.Language) *Refusal {
	if r == nil {
		return nil
	}
	return &Refusal{Revision: r.Revision, At: r.At.UTC(), Answers: showAnswers(r.Answers, lang)}
}

func showAnswers(answers []posting.Answer, lang text.Language) []Answer {
	return each(answers, func(a posting.Answer) Answer {
		explanation, fix, pointer := a.Explanation()
		return Answer{Code: a.Code, Text: a.Text, Explanation: explanation.In(lang), Fix: fix.In(lang), Pointer: optional(pointer)}
	})
}

func showFinding(f posting.Finding, lang text.Language) Finding {
	return Finding{
		Code: f.Code, Severity: FindingSeverity(f.Severity), Pointer: f.Pointer,
		Text: f.Text.Format(lang, f.Args), Fix: f.Fix.Format(lang, f.Args),
	}
}
