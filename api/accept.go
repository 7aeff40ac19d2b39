package api

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// acceptsAny reports whether a request accepts at least one of the content types, by the rules of RFC 9110: the most exact range decides, and a
// weight of 0 excludes. A header that cannot be read accepts everything, and so does none.
func acceptsAny(header http.Header, offers []string) bool {
	ranges := acceptedRanges(header)
	if len(ranges) == 0 || len(offers) == 0 {
		return true
	}
	for _, offer := range offers {
		kind, _, _ := strings.Cut(offer, "/")
		for _, name := range []string{offer, kind + "/*", "*/*"} {
			weight, named := ranges[name]
			if named && weight > 0 {
				return true
			}
			if named {
				break
			}
		}
	}
	return false
}

// acceptedRanges are the ranges of media types that a request accepts, with their weights. Parameters of types are passed over.
func acceptedRanges(header http.Header) map[string]float64 {
	found := map[string]float64{}
	for part := range strings.SplitSeq(strings.Join(header.Values(echo.HeaderAccept), ","), ",") {
		media, params, err := mime.ParseMediaType(part)
		if err != nil || !strings.Contains(media, "/") {
			continue
		}
		weight := 1.0
		if given, err := strconv.ParseFloat(params["q"], 64); err == nil {
			weight = given
		}
		found[media] = max(found[media], weight)
	}
	return found
}
