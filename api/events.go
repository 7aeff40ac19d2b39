package api

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// ListEvents answers a part of a tenant's feed.
func (s *server) ListEvents(ctx context.Context, r ListEventsRequestObject) (ListEventsResponseObject, error) {
	shown, err := s.feed(ctx, feedQuery(r.Params))
	if err != nil {
		return nil, err
	}
	return ListEvents200JSONResponse{Body: shown, Headers: ListEvents200ResponseHeaders{Link: nextLink(ctx, &shown.Next)}}, nil
}

// ListAllEvents answers a part of the feed of all tenants that the caller reaches.
func (s *server) ListAllEvents(ctx context.Context, r ListAllEventsRequestObject) (ListAllEventsResponseObject, error) {
	if caller := scope.CallerOf(ctx); caller.Kind == scope.TenantToken {
		ctx = scope.WithTenant(ctx, caller.Tenant)
	}
	shown, err := s.feed(ctx, feedQuery(r.Params))
	if err != nil {
		return nil, err
	}
	return ListAllEvents200JSONResponse{Body: shown, Headers: ListAllEvents200ResponseHeaders{Link: nextLink(ctx, &shown.Next)}}, nil
}

// feedQuery is what both operations are asked.
type feedQuery ListEventsParams

// feed reads a part of the feed of the context's tenant, or of all for the operator.
func (s *server) feed(ctx context.Context, q feedQuery) (EventFeed, error) {
	place, err := event.ReadPlace(q.Cursor)
	if err != nil {
		return EventFeed{}, err
	}
	filter, err := q.filter()
	if err != nil {
		return EventFeed{}, err
	}
	page, err := pageOf(ctx, nil, q.Limit)
	if err != nil {
		return EventFeed{}, err
	}
	read := event.Feed
	if _, err := scope.Tenant(ctx); err != nil && scope.CallerOf(ctx).Kind == scope.Operator {
		read = event.FeedOfAll
	}
	part, err := read(ctx, s.db, filter, place, page.Limit)
	if err != nil {
		return EventFeed{}, err
	}
	items, err := showEvents(part.Events)
	return EventFeed{Items: items, Next: part.Next.String(), More: part.More}, err
}

func (q feedQuery) filter() (event.Filter, error) {
	var filter event.Filter
	if q.Kind != nil {
		filter.Kinds = strings.Split(*q.Kind, ",")
	}
	for _, kind := range filter.Kinds {
		if !event.IsKind(kind) {
			known := fault.Args{"expected": list(event.Kinds())}
			return filter, fault.Collect(invalidParameter, []*fault.Error{unknownValue.At("?kind", known)})
		}
	}
	filter.Subject, filter.Since = orNone(q.SubjectID), orNone(q.Since)
	return filter, nil
}

func showEvents(found []event.Event) ([]Event, error) {
	shown := make([]Event, len(found))
	for i, e := range found {
		shown[i] = Event{ID: e.ID, TenantID: e.TenantID, Kind: string(e.Kind), SubjectID: e.SubjectID, At: e.At.UTC(), Caller: e.Caller}
		if err := json.Unmarshal(e.Data, &shown[i].Data); err != nil {
			return nil, fmt.Errorf("read event %s: %w", e.ID, err)
		}
	}
	return shown, nil
}
