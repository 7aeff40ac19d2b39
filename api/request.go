package api

import (
	"context"
	"net/http"
	"net/url"
	"regexp"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

type requestKey struct{}

// request is what every handler may need to know of the request that it answers.
type request struct {
	lang text.Language
	// page says that a person's browser asks, which shows pages better than data.
	page bool
	url  *url.URL
}

// spoken are the languages of answers; the first one is for everybody else.
var spoken = language.NewMatcher([]language.Tag{language.English, language.German})

// identify gives the request its id and its language.
func identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := requestIDFor(c.Request())
		r := request{lang: text.English, page: prefersPage(c.Request().Header), url: c.Request().URL}
		_, index := language.MatchStrings(spoken, c.Request().Header.Get("Accept-Language"))
		if index == 1 {
			r.lang = text.German
		}
		header := c.Response().Header()
		header.Set(echo.HeaderXRequestID, id)
		header.Set("Content-Language", string(r.lang))
		header.Set(echo.HeaderVary, "Accept-Language")
		header.Set("Cache-Control", "no-store")
		ctx := telemetry.WithRequest(c.Request().Context(), id)
		c.SetRequest(c.Request().WithContext(context.WithValue(ctx, requestKey{}, r)))
		return next(c)
	}
}

// callersID is the form of a caller's own request id: one that can do no harm in a log, and is not too short to tell requests apart.
var callersID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// requestIDFor returns the id that the caller gave the request, if it has the right form, or a new one.
func requestIDFor(r *http.Request) string {
	if given := r.Header.Values(echo.HeaderXRequestID); len(given) == 1 && callersID.MatchString(given[0]) {
		return given[0]
	}
	return uuid.NewString()
}

// languageOf returns the language in which a request is answered.
func languageOf(ctx context.Context) text.Language {
	r, _ := ctx.Value(requestKey{}).(request)
	return r.lang
}

// wantsPage reports whether a request is better answered with a page than with data.
func wantsPage(ctx context.Context) bool {
	r, _ := ctx.Value(requestKey{}).(request)
	return r.page
}

// requestID returns the id by which people name a request when they ask for help.
func requestID(ctx context.Context) string { return telemetry.RequestID(ctx) }

// prefersPage reports whether a request accepts HTML, and values it at least as high as JSON.
func prefersPage(header http.Header) bool {
	accepted := acceptedRanges(header)
	page := accepted[htmlType]
	return page > 0 && page >= max(accepted[jsonType], accepted[problemType])
}

// pageOf reads the page of a list that a request asks for. What list it is say the request's path, order and filters.
func pageOf(ctx context.Context, cursor *string, limit *int) (database.Page, error) {
	var list string
	if r, ok := ctx.Value(requestKey{}).(request); ok {
		query := r.url.Query()
		query.Del("cursor")
		query.Del("limit")
		list = r.url.Path + "?" + query.Encode()
	}
	return database.NewPage(list, cursor, limit)
}

// nextLink is the Link to the page that begins at a cursor; nil when there is none.
func nextLink(ctx context.Context, next *string) *string {
	r, ok := ctx.Value(requestKey{}).(request)
	if next == nil || !ok {
		return nil
	}
	query := r.url.Query()
	query.Set("cursor", *next)
	address := url.URL{Path: r.url.Path, RawPath: r.url.RawPath, RawQuery: query.Encode()}
	link := "<" + address.String() + `>; rel="next"`
	return &link
}
