package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// problemType is the content type of RFC 9457.
const problemType = "application/problem+json"

// statuses is the one table between kinds of fault and HTTP.
var statuses = map[fault.Kind]int{
	fault.Internal:         http.StatusInternalServerError,
	fault.Invalid:          http.StatusUnprocessableEntity,
	fault.Malformed:        http.StatusBadRequest,
	fault.Unauthenticated:  http.StatusUnauthorized,
	fault.Forbidden:        http.StatusForbidden,
	fault.NotFound:         http.StatusNotFound,
	fault.Gone:             http.StatusGone,
	fault.MethodNotAllowed: http.StatusMethodNotAllowed,
	fault.Conflict:         http.StatusConflict,
	fault.Stale:            http.StatusPreconditionFailed,
	fault.VersionRequired:  http.StatusPreconditionRequired,
	fault.TooLarge:         http.StatusRequestEntityTooLarge,
	fault.NotAcceptable:    http.StatusNotAcceptable,
	fault.UnsupportedMedia: http.StatusUnsupportedMediaType,
	fault.TooMany:          http.StatusTooManyRequests,
	fault.Unavailable:      http.StatusServiceUnavailable,
}

// answerProblem is the one place where an error becomes an answer. Errors that are no faults are logged once, here, and answered blandly.
func (s *server) answerProblem(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	ctx := c.Request().Context()
	problem := s.problem(ctx, c.Path(), err)
	if problem.Status == http.StatusUnauthorized {
		c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="stellwerk"`)
	}
	body, err := json.Marshal(problem)
	if err == nil {
		err = c.Blob(problem.Status, problemType, body)
	}
	if err != nil {
		s.log.WarnContext(ctx, "problem not answered", "error", err)
	}
}

// problem makes the answer to an error; a failure of ours is logged here, once.
func (s *server) problem(ctx context.Context, operation string, err error) Problem {
	found := asFault(err)
	switch {
	case found.Code.Kind == fault.Internal:
		s.log.ErrorContext(ctx, "request failed", "operation", operation, "error", err)
	case found.Cause != nil && found.Code.Kind == fault.Unavailable:
		s.log.WarnContext(ctx, "request not served", "operation", operation, "error", err)
	}
	return problemOf(found, statuses[found.Code.Kind], languageOf(ctx), requestID(ctx))
}

// asFault finds the fault in an error. The router's own errors become faults of ours; a database that is away is no failure of ours.
func asFault(err error) *fault.Error {
	if found, ok := errors.AsType[*fault.Error](err); ok {
		return found
	}
	if routed, ok := errors.AsType[*echo.HTTPError](err); ok {
		switch routed.Code {
		case http.StatusNotFound:
			return fault.Missing.New(nil)
		case http.StatusMethodNotAllowed:
			return methodNotAllowed.New(nil)
		case http.StatusBadRequest:
			// The binder of the generated code: the contract was checked before, so this is a form that only Go refuses.
			return malformedBody.Because(routed, fault.Args{"offset": 0})
		}
	}
	// A caller who went away has broken off what the request was doing.
	if database.Unreachable(err) || errors.Is(err, context.Canceled) {
		return unavailable.Because(err, nil)
	}
	return internalError.Because(err, nil)
}

func problemOf(found *fault.Error, status int, lang text.Language, request string) Problem {
	code := found.Code
	problem := Problem{
		Type:      "/problems/" + code.Name,
		Title:     code.Title.Format(lang, found.Args),
		Status:    status,
		Detail:    code.Detail.Format(lang, found.Args),
		Hint:      code.Hint.Format(lang, found.Args),
		Code:      code.Name,
		RequestID: request,
	}
	parts := found.Parts
	if found.Pointer != "" {
		parts = append(parts, found)
	}
	if len(parts) == 0 {
		return problem
	}
	complaints := make([]ProblemPart, len(parts))
	for i, part := range parts {
		complaints[i] = ProblemPart{
			Pointer: part.Pointer, Code: part.Code.Name,
			Detail: part.Code.Detail.Format(lang, part.Args), Hint: part.Code.Hint.Format(lang, part.Args),
		}
	}
	problem.Errors = &complaints
	return problem
}
