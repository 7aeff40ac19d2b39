package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"mime"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// ListTransfers answers a page of the tenant's transfers.
func (s *server) ListTransfers(ctx context.Context, r ListTransfersRequestObject) (ListTransfersResponseObject, error) {
	page, err := pageOf(ctx, r.Params.Cursor, r.Params.Limit)
	if err != nil {
		return nil, err
	}
	page.Newest = newest(r.Params.Order)
	if r.Params.AccountID != nil {
		page = page.Where("account_id", *r.Params.AccountID)
	}
	if r.Params.State != nil {
		page = page.Where("state", *r.Params.State)
	}
	if r.Params.UpdatedSince != nil {
		page = page.Since("updated_at", *r.Params.UpdatedSince)
	}
	found, next, err := s.transfers.List(ctx, page)
	if err != nil {
		return nil, err
	}
	show := func(t transfer.Transfer) Transfer { return s.showTransfer(t, languageOf(ctx)) }
	return ListTransfers200JSONResponse{
		Body: TransferList{Items: each(found, show), Next: next}, Headers: ListTransfers200ResponseHeaders{Link: nextLink(ctx, next)},
	}, nil
}

// GetTransfer answers one transfer with its items.
func (s *server) GetTransfer(ctx context.Context, r GetTransferRequestObject) (GetTransferResponseObject, error) {
	shown, err := s.transferDetail(ctx, r.TransferID)
	if err != nil {
		return nil, err
	}
	return GetTransfer200JSONResponse{Body: shown, Headers: GetTransfer200ResponseHeaders{ETag: tagOf(unversioned, shown)}}, nil
}

// GetTransferFile answers the file of a transfer as it is sent.
func (s *server) GetTransferFile(ctx context.Context, r GetTransferFileRequestObject) (GetTransferFileResponseObject, error) {
	found, err := s.transfers.File(ctx, r.TransferID)
	if err != nil {
		return nil, err
	}
	return GetTransferFile200ApplicationXMLResponse{
		Headers: GetTransferFile200ResponseHeaders{ContentDisposition: attachment(found.Name)},
		Body:    bytes.NewReader(found.Content), ContentLength: int64(len(found.Content)),
	}, nil
}

// ListTransferFeedback answers what is known of the BA's answers to a transfer.
func (s *server) ListTransferFeedback(ctx context.Context, r ListTransferFeedbackRequestObject) (ListTransferFeedbackResponseObject, error) {
	found, err := s.transfers.Answers(ctx, r.TransferID)
	if err != nil {
		return nil, err
	}
	return ListTransferFeedback200JSONResponse{Items: each(found, func(a transfer.AnswerFile) Feedback {
		return Feedback{Name: a.Name, Digest: hex.EncodeToString(a.Digest), Size: a.Size, ReadAt: a.ReadAt.UTC(), Kept: a.Kept}
	})}, nil
}

// GetTransferFeedback answers an answer of the BA as it came.
func (s *server) GetTransferFeedback(ctx context.Context, r GetTransferFeedbackRequestObject) (GetTransferFeedbackResponseObject, error) {
	digest, err := hex.DecodeString(r.Digest)
	if err != nil {
		return nil, fault.Missing.Because(err, nil)
	}
	found, err := s.transfers.Answer(ctx, r.TransferID, digest)
	if err != nil {
		return nil, err
	}
	return GetTransferFeedback200ApplicationXMLResponse{
		Headers: GetTransferFeedback200ResponseHeaders{ContentDisposition: attachment(found.Name)},
		Body:    bytes.NewReader(found.Content), ContentLength: int64(len(found.Content)),
	}, nil
}

// attachment names a file for who downloads it.
func attachment(name string) string {
	return mime.FormatMediaType("attachment", map[string]string{"filename": name})
}

// AbandonTransfer gives up waiting for the BA's answer to a file.
func (s *server) AbandonTransfer(ctx context.Context, r AbandonTransferRequestObject) (AbandonTransferResponseObject, error) {
	if err := s.decisions.Abandon(ctx, r.TransferID); err != nil {
		return nil, err
	}
	shown, err := s.transferDetail(ctx, r.TransferID)
	if err != nil {
		return nil, err
	}
	return AbandonTransfer200JSONResponse(shown), nil
}

func (s *server) transferDetail(ctx context.Context, id uuid.UUID) (TransferDetail, error) {
	found, items, err := s.transfers.Get(ctx, id)
	if err != nil {
		return TransferDetail{}, err
	}
	shown := s.showTransfer(found, languageOf(ctx))
	return TransferDetail{
		ID: shown.ID, AccountID: shown.AccountID, FileName: shown.FileName, FileDigest: shown.FileDigest, FileSize: shown.FileSize, State: shown.State,
		ItemCount: shown.ItemCount, WithoutDetails: shown.WithoutDetails, OvertakenAt: shown.OvertakenAt, Trouble: shown.Trouble,
		WrittenAt: shown.WrittenAt, SentAt: shown.SentAt, SettledAt: shown.SettledAt,
		Items: each(items, func(i transfer.Item) TransferItem { return showItem(i, languageOf(ctx)) }),
	}, nil
}

func (s *server) showTransfer(t transfer.Transfer, lang text.Language) Transfer {
	shown := Transfer{
		ID: t.ID, AccountID: t.AccountID, FileName: t.FileName, FileDigest: hex.EncodeToString(t.FileDigest), FileSize: t.FileSize,
		State: TransferState(t.State), ItemCount: t.Items, WithoutDetails: t.WithoutDetails, OvertakenAt: utc(t.OvertakenAt),
		WrittenAt: t.WrittenAt.UTC(), SentAt: utc(t.SentAt), SettledAt: utc(t.SettledAt),
	}
	if t.Trouble != nil {
		shown.Trouble = s.trouble(*t.Trouble, t.UpdatedAt, lang)
	}
	return shown
}

func showItem(i transfer.Item, lang text.Language) TransferItem {
	shown := TransferItem{
		PostingID: i.PostingID, Reference: i.Reference, Action: TransferItemAction(i.Action), Revision: i.Revision,
		Result: TransferItemResult(i.Result),
	}
	if len(i.Answers) > 0 {
		answers := showAnswers(i.Answers, lang)
		shown.Answers = &answers
	}
	return shown
}

// ApproveDeletions lets deletions go that were held for a person.
func (s *server) ApproveDeletions(ctx context.Context, r ApproveDeletionsRequestObject) (ApproveDeletionsResponseObject, error) {
	if err := s.decisions.Approve(ctx, r.AccountID, r.Body.Count); err != nil {
		return nil, err
	}
	account, err := s.tenants.Account(ctx, r.AccountID)
	if err != nil {
		return nil, err
	}
	shown := s.showAccount(account, languageOf(ctx))
	return ApproveDeletions200JSONResponse{Body: shown, Headers: ApproveDeletions200ResponseHeaders{ETag: tagOf(account.Version, shown)}}, nil
}
