package api

import (
	"context"

	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// GetNotifications answers who of the tenant is told what happens, and how.
func (s *server) GetNotifications(ctx context.Context, _ GetNotificationsRequestObject) (GetNotificationsResponseObject, error) {
	found, err := s.notices.Get(ctx)
	if err != nil {
		return nil, err
	}
	shown := showNotifications(found)
	return GetNotifications200JSONResponse{Body: shown, Headers: GetNotifications200ResponseHeaders{ETag: tagOf(found.Version(), shown)}}, nil
}

// PutNotifications says who of the tenant is told what happens, and how.
func (s *server) PutNotifications(ctx context.Context, r PutNotificationsRequestObject) (PutNotificationsResponseObject, error) {
	saved, err := s.notices.Expecting(expectedIfSaid(r.Params.IfMatch)).Put(ctx, notificationsInput(*r.Body))
	if err != nil {
		return nil, err
	}
	shown := showNotifications(saved)
	return PutNotifications200JSONResponse{Body: shown, Headers: PutNotifications200ResponseHeaders{ETag: tagOf(saved.Version(), shown)}}, nil
}

// GetOrganisationNotifications answers who is told of a hiring organisation's ads.
func (s *server) GetOrganisationNotifications(
	ctx context.Context, r GetOrganisationNotificationsRequestObject,
) (GetOrganisationNotificationsResponseObject, error) {
	found, own, err := s.notices.GetOf(ctx, r.AccountID, r.OrganisationID)
	if err != nil {
		return nil, err
	}
	shown := showOrganisationNotifications(found, own)
	return GetOrganisationNotifications200JSONResponse{
		Body: shown, Headers: GetOrganisationNotifications200ResponseHeaders{ETag: tagOf(versionOf(found, own), shown)},
	}, nil
}

// PutOrganisationNotifications says who is told of a hiring organisation's ads.
func (s *server) PutOrganisationNotifications(
	ctx context.Context, r PutOrganisationNotificationsRequestObject,
) (PutOrganisationNotificationsResponseObject, error) {
	notices := s.notices.Expecting(expectedIfSaid(r.Params.IfMatch))
	saved, err := notices.PutOf(ctx, r.AccountID, r.OrganisationID, notificationsInput(*r.Body))
	if err != nil {
		return nil, err
	}
	shown := showOrganisationNotifications(saved, true)
	return PutOrganisationNotifications200JSONResponse{
		Body: shown, Headers: PutOrganisationNotifications200ResponseHeaders{ETag: tagOf(saved.Version(), shown)},
	}, nil
}

// DeleteOrganisationNotifications lets the tenant's setting hold for a hiring organisation.
func (s *server) DeleteOrganisationNotifications(
	ctx context.Context, r DeleteOrganisationNotificationsRequestObject,
) (DeleteOrganisationNotificationsResponseObject, error) {
	if err := s.notices.RemoveOf(ctx, r.AccountID, r.OrganisationID); err != nil {
		return nil, err
	}
	return DeleteOrganisationNotifications204Response{}, nil
}

// versionOf is the version of an organisation's own setting, also while it has none and the tenant's holds.
func versionOf(found notice.Setting, own bool) int64 {
	if !own {
		return notice.Setting{}.Version()
	}
	return found.Version()
}

func notificationsInput(body Notifications) notice.Input {
	return notice.Input{Emails: body.Emails, Mode: notice.Mode(body.Mode), Language: text.Language(body.Language)}
}

func showNotifications(s notice.Setting) Notifications {
	return Notifications{Emails: s.Emails, Mode: NotificationsMode(s.Mode), Language: NotificationsLanguage(s.Language)}
}

func showOrganisationNotifications(s notice.Setting, own bool) OrganisationNotifications {
	return OrganisationNotifications{
		Emails: s.Emails, Mode: OrganisationNotificationsMode(s.Mode), Language: OrganisationNotificationsLanguage(s.Language), Own: own,
	}
}
