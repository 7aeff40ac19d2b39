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

func notificationsInput(body Notifications) notice.Input {
	return notice.Input{Emails: body.Emails, Mode: notice.Mode(body.Mode), Language: text.Language(body.Language)}
}

func showNotifications(s notice.Setting) Notifications {
	return Notifications{Emails: s.Emails, Mode: NotificationsMode(s.Mode), Language: NotificationsLanguage(s.Language)}
}
