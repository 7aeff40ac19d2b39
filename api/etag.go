package api

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/database"
)

// The headers of conditional requests, RFC 9110.
const (
	headerETag        = "ETag"
	headerIfMatch     = "If-Match"
	headerIfNoneMatch = "If-None-Match"
)

// unversioned is the version of what callers do not change: its tag names its looks only.
const unversioned = 0

// tagDigest is how many bytes of the answer's hash a tag has: enough to tell the states of one resource apart.
const tagDigest = 8

// tagOf is the ETag of a resource: its version, by which If-Match is decided, and a hash of how it looks, by which If-None-Match is. A posting
// changes its looks without a new version, when the BA answers or the day turns; an edit that was begun before that is not stale.
func tagOf(version int64, shown any) string {
	raw, err := json.Marshal(shown)
	if err != nil {
		raw = nil // the answer itself, which is written next, fails for the same reason
	}
	sum := sha256.Sum256(raw)
	tag := "-" + hex.EncodeToString(sum[:tagDigest])
	if version != unversioned {
		tag = strconv.FormatInt(version, 10) + tag
	}
	return `"` + tag + `"`
}

// entityTag is one tag of a list. Proxies that compress make a tag weak; what it says is still the same.
var entityTag = regexp.MustCompile(`(?:W/)?"([\x21\x23-\x7E]*)"`)

// expected reads If-Match.
func expected(match string) database.Expect {
	if match == "*" {
		return database.ExpectThere()
	}
	versions := []int64{} // a tag that is not ours names no version
	for _, tag := range entityTag.FindAllStringSubmatch(match, -1) {
		before, _, _ := strings.Cut(tag[1], "-")
		if version, err := strconv.ParseInt(before, 10, 64); err == nil {
			versions = append(versions, version)
		}
	}
	return database.ExpectVersion(versions...)
}

// expectedIfSaid reads an If-Match that may be missing.
func expectedIfSaid(match *string) database.Expect {
	if match == nil {
		return database.Expect{}
	}
	return expected(*match)
}

// answerUnlessKnown leaves an answer out that the caller has already: 304 instead.
func answerUnlessKnown(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		known := c.Request().Header.Get(headerIfNoneMatch)
		if known != "" && isRead(c.Request().Method) {
			c.Response().Writer = &unlessKnown{ResponseWriter: c.Response().Writer, known: known}
		}
		return next(c)
	}
}

// unlessKnown drops the body of an answer whose tag the caller knows.
type unlessKnown struct {
	http.ResponseWriter
	known   string
	dropped bool
}

// WriteHeader writes the status, or 304.
func (w *unlessKnown) WriteHeader(status int) {
	if status == http.StatusOK && knows(w.known, w.Header().Get(headerETag)) {
		w.dropped, status = true, http.StatusNotModified
		w.Header().Del(echo.HeaderContentType)
		w.Header().Del(echo.HeaderContentLength)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write writes a part of the body, unless it is dropped.
func (w *unlessKnown) Write(part []byte) (int, error) {
	if w.dropped {
		return len(part), nil
	}
	return w.ResponseWriter.Write(part)
}

// Unwrap returns the writer below, for http.ResponseController.
func (w *unlessKnown) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// knows reports whether a list of tags, or *, names a tag.
func knows(list, tag string) bool {
	if tag == "" {
		return false
	}
	if strings.TrimSpace(list) == "*" {
		return true
	}
	for _, known := range entityTag.FindAllString(list, -1) {
		if strings.TrimPrefix(known, "W/") == tag {
			return true
		}
	}
	return false
}
