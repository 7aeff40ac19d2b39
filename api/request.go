package api

import (
	"context"
	"net/http"
	"net/url"
	"regexp"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"
	"golang.org/x/text/language"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

type requestKey struct{}

// request is what every handler may need to know of the request that it answers.
type request struct {
	id   string
	lang text.Language
	url  *url.URL
}

// spoken are the languages of answers; the first one is for everybody else.
var spoken = language.NewMatcher([]language.Tag{language.English, language.German})

// identify gives the request its id and its language.
func identify(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := request{id: requestIDFor(c.Request()), lang: text.English, url: c.Request().URL}
		_, index := language.MatchStrings(spoken, c.Request().Header.Get("Accept-Language"))
		if index == 1 {
			r.lang = text.German
		}
		header := c.Response().Header()
		header.Set(echo.HeaderXRequestID, r.id)
		header.Set("Content-Language", string(r.lang))
		header.Set(echo.HeaderVary, "Accept-Language")
		header.Set(echo.HeaderXContentTypeOptions, "nosniff")
		header.Set("Cache-Control", "no-store")
		c.SetRequest(c.Request().WithContext(context.WithValue(c.Request().Context(), requestKey{}, r)))
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

// requestID returns the id by which people name a request when they ask for help.
func requestID(ctx context.Context) string {
	r, _ := ctx.Value(requestKey{}).(request)
	return r.id
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
