package api

import (
	"context"

	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// GetOnboarding answers how far an account is on its road.
func (s *server) GetOnboarding(ctx context.Context, r GetOnboardingRequestObject) (GetOnboardingResponseObject, error) {
	road, err := s.roads.Of(ctx, r.AccountID)
	if err != nil {
		return nil, err
	}
	shown := showRoad(road, languageOf(ctx))
	return GetOnboarding200JSONResponse{Body: shown, Headers: GetOnboarding200ResponseHeaders{ETag: tagOf(unversioned, shown)}}, nil
}

// NoteOnboardingStep notes that a step of the road was done.
func (s *server) NoteOnboardingStep(ctx context.Context, r NoteOnboardingStepRequestObject) (NoteOnboardingStepResponseObject, error) {
	road, err := s.roads.Note(ctx, r.AccountID, onboarding.Step(r.Step), r.Body.DoneOn, r.Body.DoneBy)
	if err != nil {
		return nil, err
	}
	return NoteOnboardingStep200JSONResponse(showRoad(road, languageOf(ctx))), nil
}

// ActivateAccount lets an account's ads be sent.
func (s *server) ActivateAccount(ctx context.Context, r ActivateAccountRequestObject) (ActivateAccountResponseObject, error) {
	road, err := s.roads.Activate(ctx, r.AccountID)
	if err != nil {
		return nil, err
	}
	return ActivateAccount200JSONResponse(showRoad(road, languageOf(ctx))), nil
}

// DeactivateAccount stops new files of an account.
func (s *server) DeactivateAccount(ctx context.Context, r DeactivateAccountRequestObject) (DeactivateAccountResponseObject, error) {
	road, err := s.roads.Deactivate(ctx, r.AccountID)
	if err != nil {
		return nil, err
	}
	return DeactivateAccount200JSONResponse(showRoad(road, languageOf(ctx))), nil
}

func showRoad(road onboarding.Road, lang text.Language) Onboarding {
	return Onboarding{
		Active: road.ActiveSince != nil, ActiveSince: utc(road.ActiveSince),
		Steps: each(road.Steps, func(s onboarding.Status) OnboardingStep { return showStep(s, lang) }),
	}
}

func showStep(s onboarding.Status, lang text.Language) OnboardingStep {
	shown := OnboardingStep{
		Step: OnboardingStepStep(s.Step), Title: s.Title.In(lang), Done: s.Done, DoneOn: s.DoneOn, DoneBy: optional(s.DoneBy),
		Hint: optional(s.Hint.In(lang)),
	}
	if len(s.Missing) > 0 {
		missing := each(s.Missing, func(t text.Text) string { return t.In(lang) })
		shown.Missing = &missing
	}
	return shown
}
