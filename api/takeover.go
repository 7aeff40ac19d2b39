package api

import (
	"context"
	"errors"
	"io"
	"net/http"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
	"github.com/stellwerk-hr/stellwerk/internal/transfer/takeover"
)

// TakeOverFile takes over the ads of another system's file.
func (s *server) TakeOverFile(ctx context.Context, r TakeOverFileRequestObject) (TakeOverFileResponseObject, error) {
	// Whose account it is comes before what is in the file.
	if _, err := s.tenants.Account(ctx, r.AccountID); err != nil {
		return nil, err
	}
	// Read to its end before anything begins, so that a slow sender holds no transaction. The contract bounds it.
	file, err := io.ReadAll(r.Body)
	if err != nil {
		if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return nil, bodyTooLarge.New(fault.Args{"max": large.Limit})
		}
		return nil, malformedBody.Because(err, fault.Args{"offset": len(file)})
	}
	dry := r.Params.DryRun != nil && *r.Params.DryRun == TakeOverFileParamsDryRunTrue
	done, err := s.takeOvers.File(ctx, r.AccountID, file, dry)
	if err != nil {
		return nil, err
	}
	return TakeOverFile200JSONResponse(showTakeOver(done, languageOf(ctx))), nil
}

// TakeOverReferences takes over ads of which only references are known.
func (s *server) TakeOverReferences(
	ctx context.Context, r TakeOverReferencesRequestObject,
) (TakeOverReferencesResponseObject, error) {
	claims := each(r.Body.References, func(one TakeOverReference) takeover.Claim {
		return takeover.Claim{
			Reference: one.Reference, Kundennummer: one.Kundennummer, EmploymentType: one.EmploymentType,
			ExternalID: one.ExternalID,
		}
	})
	dry := r.Params.DryRun != nil && *r.Params.DryRun == TakeOverReferencesParamsDryRunTrue
	done, err := s.takeOvers.References(ctx, r.AccountID, claims, dry)
	if err != nil {
		return nil, err
	}
	return TakeOverReferences200JSONResponse(showTakeOver(done, languageOf(ctx))), nil
}

// ListForeignReferences answers a page of the ads that the former provider must withdraw.
func (s *server) ListForeignReferences(
	ctx context.Context, r ListForeignReferencesRequestObject,
) (ListForeignReferencesResponseObject, error) {
	page, err := pageOf(ctx, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	found, open, next, err := s.takeOvers.Foreign(ctx, r.AccountID, page)
	if err != nil {
		return nil, err
	}
	show := func(f transfer.ForeignReference) ForeignReference {
		return ForeignReference{
			Reference: f.Reference, Title: optional(f.Title), ListedAt: f.ListedAt.UTC(), ConfirmedAt: utc(f.ConfirmedAt), ConfirmedBy: f.ConfirmedBy,
		}
	}
	return ListForeignReferences200JSONResponse{
		Body:    ForeignReferenceList{Items: each(found, show), Open: open, Next: next},
		Headers: ListForeignReferences200ResponseHeaders{Link: nextLink(ctx, next)},
	}, nil
}

// ConfirmWithdrawal notes that the former provider has withdrawn its ads.
func (s *server) ConfirmWithdrawal(ctx context.Context, r ConfirmWithdrawalRequestObject) (ConfirmWithdrawalResponseObject, error) {
	if err := s.takeOvers.ConfirmWithdrawn(ctx, r.AccountID, r.Body.Count); err != nil {
		return nil, err
	}
	return ConfirmWithdrawal204Response{}, nil
}

func showTakeOver(done takeover.Result, lang text.Language) TakeOver {
	return TakeOver{
		DryRun: done.DryRun, Taken: done.Count(takeover.Taken), Joined: done.Count(takeover.Joined), Known: done.Count(takeover.Known),
		Foreign: done.Count(takeover.Foreign), Over: done.Count(takeover.Over), Refused: done.Count(takeover.Refused),
		Items: each(done.Items, func(i takeover.Item) TakeOverItem { return showTakeOverItem(i, lang) }),
	}
}

func showTakeOverItem(i takeover.Item, lang text.Language) TakeOverItem {
	shown := TakeOverItem{
		Reference: i.Reference, Outcome: TakeOverItemOutcome(i.Outcome), PostingID: i.PostingID, Title: optional(i.Title), EndsOn: i.EndsOn,
	}
	if i.Line > 0 {
		shown.Line = &i.Line
	}
	if p := i.Problem; p != nil {
		// Its words and parts are those of a problem; its status is of no meaning within an answer that succeeded.
		words := problemOf(p, http.StatusOK, lang, "")
		shown.Problem = &TakeOverProblem{Code: words.Code, Detail: words.Detail, Hint: words.Hint, Errors: words.Errors}
	}
	return shown
}
