package api

import (
	"context"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// GetLivez answers that the process lives.
func (*server) GetLivez(context.Context, GetLivezRequestObject) (GetLivezResponseObject, error) {
	return GetLivez200JSONResponse{Status: Ok}, nil
}

// GetReadyz answers whether the database can be reached.
func (s *server) GetReadyz(ctx context.Context, _ GetReadyzRequestObject) (GetReadyzResponseObject, error) {
	if err := s.db.Ping(ctx); err != nil {
		return nil, unavailable.Because(err, nil)
	}
	return GetReadyz200JSONResponse{Status: Ok}, nil
}

// GetContract answers the contract as JSON.
func (s *server) GetContract(context.Context, GetContractRequestObject) (GetContractResponseObject, error) {
	return GetContract200JSONResponse(s.contract.json), nil
}

// ExplainProblem answers what a problem's type means: a page for a browser, data for everybody else.
func (s *server) ExplainProblem(ctx context.Context, r ExplainProblemRequestObject) (ExplainProblemResponseObject, error) {
	code, ok := s.codes[r.Code]
	if !ok {
		return nil, fault.Missing.New(nil)
	}
	lang := languageOf(ctx)
	if wantsPage(ctx) {
		return problemPage{code: code, lang: lang}, nil
	}
	return ExplainProblem200JSONResponse{
		Code: code.Name, Title: code.Title.In(lang), Detail: code.Detail.In(lang), Hint: code.Hint.In(lang),
	}, nil
}
