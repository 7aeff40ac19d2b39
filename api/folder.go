package api

import (
	"bytes"
	"context"
	"encoding/hex"
	"mime"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// ListForeignAnswers answers what the BA said in an account's folder to files of somebody else.
func (s *server) ListForeignAnswers(ctx context.Context, r ListForeignAnswersRequestObject) (ListForeignAnswersResponseObject, error) {
	found, err := s.transfers.ForeignAnswers(ctx, r.AccountID)
	if err != nil {
		return nil, err
	}
	show := func(a transfer.ForeignAnswer) ForeignAnswer {
		return ForeignAnswer{FileName: a.Name, SeenAt: a.SeenAt.UTC()}
	}
	return ListForeignAnswers200JSONResponse{Items: each(found, show)}, nil
}

// ListStatistics answers which workbooks of the BA about an account are kept.
func (s *server) ListStatistics(ctx context.Context, r ListStatisticsRequestObject) (ListStatisticsResponseObject, error) {
	found, err := s.transfers.Statistics(ctx, r.AccountID)
	if err != nil {
		return nil, err
	}
	show := func(f transfer.StatisticsFile) StatisticsFile {
		return StatisticsFile{Name: f.Name, Sha256: hex.EncodeToString(f.Digest), Size: f.Size, FetchedAt: f.FetchedAt.UTC()}
	}
	return ListStatistics200JSONResponse{Items: each(found, show)}, nil
}

// GetStatistics answers one workbook of the BA.
func (s *server) GetStatistics(ctx context.Context, r GetStatisticsRequestObject) (GetStatisticsResponseObject, error) {
	var digest []byte
	if r.Params.Sha256 != nil {
		var err error
		if digest, err = hex.DecodeString(*r.Params.Sha256); err != nil {
			return nil, fault.Missing.Because(err, nil)
		}
	}
	found, err := s.transfers.StatisticsFile(ctx, r.AccountID, r.Name, digest)
	if err != nil {
		return nil, err
	}
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": found.Name})
	return GetStatistics200ApplicationVndOpenxmlformatsOfficedocumentSpreadsheetmlSheetResponse{
		Body: bytes.NewReader(found.Content), ContentLength: int64(len(found.Content)),
		Headers: GetStatistics200ResponseHeaders{ContentDisposition: &disposition},
	}, nil
}
