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
	return GetNotifications200JSONResponse(showNotifications(found)), nil
}

// PutNotifications says who of the tenant is told what happens, and how.
func (s *server) PutNotifications(ctx context.Context, r PutNotificationsRequestObject) (PutNotificationsResponseObject, error) {
	saved, err := s.notices.Put(ctx, notificationsInput(*r.Body))
	if err != nil {
		return nil, err
	}
	return PutNotifications200JSONResponse(showNotifications(saved)), nil
}

// GetOrganisationNotifications answers who is told of a hiring organisation's ads.
func (s *server) GetOrganisationNotifications(
	ctx context.Context, r GetOrganisationNotificationsRequestObject,
) (GetOrganisationNotificationsResponseObject, error) {
	found, own, err := s.notices.GetOf(ctx, r.AccountID, r.OrganisationID)
	if err != nil {
		return nil, err
	}
	return GetOrganisationNotifications200JSONResponse(showOrganisationNotifications(found, own)), nil
}

// PutOrganisationNotifications says who is told of a hiring organisation's ads.
func (s *server) PutOrganisationNotifications(
	ctx context.Context, r PutOrganisationNotificationsRequestObject,
) (PutOrganisationNotificationsResponseObject, error) {
	saved, err := s.notices.PutOf(ctx, r.AccountID, r.OrganisationID, notificationsInput(*r.Body))
	if err != nil {
		return nil, err
	}
	return PutOrganisationNotifications200JSONResponse(showOrganisationNotifications(saved, true)), nil
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
