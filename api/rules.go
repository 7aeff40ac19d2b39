package api

import (
	"context"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// ListBARules answers every rule by which the BA refuses.
func (*server) ListBARules(ctx context.Context, _ ListBARulesRequestObject) (ListBARulesResponseObject, error) {
	show := func(rule *preflight.Rule) BARule { return showRule(rule, languageOf(ctx)) }
	return ListBARules200JSONResponse{Items: each(preflight.Rules(), show)}, nil
}

// GetBARule answers the rule of one of the BA's codes.
func (*server) GetBARule(ctx context.Context, r GetBARuleRequestObject) (GetBARuleResponseObject, error) {
	rule, ok := preflight.ByCode(r.Code)
	if !ok {
		return nil, fault.Missing.New(nil)
	}
	return GetBARule200JSONResponse(showRule(rule, languageOf(ctx))), nil
}

func showRule(rule *preflight.Rule, lang text.Language) BARule {
	return BARule{
		Code: rule.Code, Topic: BARuleTopic(rule.Topic), Level: BARuleLevel(rule.Level), Condition: rule.Condition,
		Explanation: rule.Explanation.In(lang), Fix: rule.Fix.In(lang), Offline: BARuleOffline(rule.Offline),
		Outcome: BARuleOutcome(rule.Outcome), OutcomeText: rule.Outcome.Words().In(lang),
		Fields: append([]string{}, posting.RuleFields(rule)...), Elements: each(rule.Elements, elementPath),
	}
}

// elementPath is the path of an element from the ad, or from the root for what is outside of ads.
func elementPath(id hrbaxml.ID) string {
	return strings.TrimPrefix(id.Path(), hrbaxml.Posting.Path()+"/")
}
