package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// PutPostings creates or replaces many postings, each by itself.
func (s *server) PutPostings(ctx context.Context, r PutPostingsRequestObject) (PutPostingsResponseObject, error) {
	results := make([]PostingBulkResult, len(r.Body.Items))
	var inputs []posting.Input
	var places []int
	seen := map[string]bool{}
	for i, raw := range r.Body.Items {
		in, err := s.bulkItem(ctx, i, raw, seen)
		if err != nil {
			results[i] = s.refused(ctx, i, in.ExternalID, err)
			continue
		}
		inputs, places = append(inputs, in), append(places, i)
	}
	outcomes, err := s.postings.PutAll(ctx, inputs, isTrue(r.Body.DryRun))
	if err != nil {
		return nil, err
	}
	for n, outcome := range outcomes {
		i, id := places[n], inputs[n].ExternalID
		if outcome.Err != nil {
			results[i] = s.refused(ctx, i, id, outcome.Err)
			continue
		}
		results[i] = saved(ctx, i, outcome, isTrue(r.Body.DryRun))
	}
	answer := PostingBulkAnswer{Items: results}
	for _, result := range results {
		if result.Outcome == PostingBulkResultOutcomeRefused {
			answer.Refused++
		} else {
			answer.Saved++
		}
	}
	return PutPostings200JSONResponse(answer), nil
}

// bulkItem reads one item. It returns what is wrong with it by the contract, or that its external id stood in an earlier one; then only the
// external id of what it returns counts, nil for one that is none.
func (s *server) bulkItem(ctx context.Context, number int, raw json.RawMessage, seen map[string]bool) (posting.Input, error) {
	if err := refusalOf(ctx, number); err != nil {
		return posting.Input{ExternalID: s.externalIDIn(raw)}, err
	}
	var body PostingInput
	if err := json.Unmarshal(raw, &body); err != nil {
		return posting.Input{}, fmt.Errorf("read an item that was checked: %w", err)
	}
	in := postingInput(body)
	if seen[*in.ExternalID] {
		return in, invalid(repeatedValue.At("/external_id", nil))
	}
	seen[*in.ExternalID] = true
	return in, nil
}

// externalIDIn finds the external id of an item that may be anything.
func (s *server) externalIDIn(raw json.RawMessage) *string {
	var item struct {
		ExternalID string `json:"external_id"`
	}
	schema := s.contract.operations["POST /v1/tenants/:tenant_id/postings/bulk"].items.Properties["external_id"].Value
	if err := json.Unmarshal(raw, &item); err != nil || visit(schema, item.ExternalID) != nil {
		return nil
	}
	return &item.ExternalID
}

func (s *server) refused(ctx context.Context, number int, externalID *string, err error) PostingBulkResult {
	problem := s.problem(ctx, "an item of putPostings", err)
	return PostingBulkResult{Index: number, Status: problem.Status, Outcome: PostingBulkResultOutcomeRefused, ExternalID: externalID, Problem: &problem}
}

// saved shows a posting that was saved, or would have been. What was only tried has no id yet if it is new, and no new version.
func saved(ctx context.Context, number int, outcome posting.Outcome, tried bool) PostingBulkResult {
	shown := showPosting(outcome.View, languageOf(ctx))
	result := PostingBulkResult{
		Index: number, Status: http.StatusOK, Outcome: PostingBulkResultOutcomeUnchanged, ExternalID: shown.Body.ExternalID, Findings: &shown.Body.Findings,
	}
	switch {
	case outcome.Created:
		result.Status, result.Outcome = http.StatusCreated, PostingBulkResultOutcomeCreated
	case outcome.Changed:
		result.Outcome = PostingBulkResultOutcomeReplaced
	}
	if !tried || !outcome.Created {
		result.ID = &shown.Body.ID
	}
	if !tried || !outcome.Changed {
		result.Etag = &shown.Headers.ETag
	}
	return result
}
