package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// maxComplaints bounds the complaints about one body: whoever has more will read the first ones.
const maxComplaints = 100

// checkBody reads a JSON body and checks it.
func checkBody(r *http.Request, schema *openapi3.Schema) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return bodyFault(err)
	}
	value, complaints, err := readJSON(raw, maxComplaints)
	if err != nil {
		return err
	}
	if err := fault.Collect(fault.InvalidInput, complaints); err != nil {
		return err
	}
	if err := checkValue(value, schema); err != nil {
		return err
	}
	return handOver(r, value)
}

// handOver gives the handler what was checked and nothing else: written anew, so that no second reader can understand the caller's bytes in
// another way.
func handOver(r *http.Request, value any) error {
	checked, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the checked body: %w", err)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(checked)), int64(len(checked))
	r.Header.Set(echo.HeaderContentType, jsonType)
	return nil
}

// readJSON reads one JSON value. It is stricter than Go: bytes that are no UTF-8 are refused, and it complains, at most so often, about a name
// that stands twice in an object, about the character NUL, which the database cannot store, about halves of surrogate pairs and about numbers
// that are too large, instead of changing them silently.
func readJSON(raw []byte, most int) (value any, complaints []*fault.Error, err error) {
	if at := firstInvalid(raw); at >= 0 {
		return nil, nil, malformedBody.New(fault.Args{"offset": at})
	}
	err = json.Unmarshal(raw, &value)
	if _, tooLarge := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !tooLarge {
		return nil, nil, bodyFault(err)
	}
	w := walk{raw: raw, tokens: json.NewDecoder(bytes.NewReader(raw)), most: most}
	w.tokens.UseNumber()
	if err := w.value(); err != nil {
		return nil, nil, bodyFault(err)
	}
	return value, w.complaints, nil
}

// firstInvalid is where the first byte stands that is no UTF-8; -1 when all are.
func firstInvalid(raw []byte) int {
	for at := 0; at < len(raw); {
		char, size := utf8.DecodeRune(raw[at:])
		if char == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}

// bodyFault tells what is wrong with a body that cannot be read.
func bodyFault(err error) error {
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return bodyTooLarge.New(fault.Args{"max": large.Limit})
	}
	var offset int64
	if broken, ok := errors.AsType[*json.SyntaxError](err); ok {
		offset = broken.Offset
	}
	return malformedBody.Because(err, fault.Args{"offset": offset})
}

// walk goes through the tokens of valid JSON and complains about what a map would hide.
type walk struct {
	raw    []byte
	tokens *json.Decoder
	// path are the names and numbers that lead to where the walk is.
	path       []string
	complaints []*fault.Error
	most       int
}

// value walks over one value.
func (w *walk) value() error {
	begin := w.tokens.InputOffset()
	token, err := w.tokens.Token()
	if err != nil {
		return err
	}
	switch token := token.(type) {
	case string:
		if strings.ContainsRune(token, 0) || hasHalfPair(w.raw[begin:w.tokens.InputOffset()]) {
			w.complain(forbiddenCharacter)
		}
	case json.Number:
		if _, err := token.Float64(); err != nil {
			w.complain(numberTooLarge)
		}
	case json.Delim:
		if err := w.members(token); err != nil {
			return err
		}
		_, err = w.tokens.Token() // the end of the object or list
	}
	return err
}

// hasHalfPair reports whether a string, as it is written in JSON, has one half of a surrogate pair without the other: no character, for which
// Go would write another one.
func hasHalfPair(written []byte) bool {
	for {
		at := bytes.IndexByte(written, '\\')
		if at < 0 || at+1 >= len(written) {
			return false
		}
		unit, ok := escapedUnit(written[at:])
		switch {
		case !ok:
			written = written[at+2:]
		case !utf16.IsSurrogate(unit):
			written = written[at+escapeLength:]
		default:
			second, _ := escapedUnit(written[at+escapeLength:])
			if utf16.DecodeRune(unit, second) == utf8.RuneError {
				return true
			}
			written = written[at+2*escapeLength:]
		}
	}
}

// escapeLength is how long an escaped UTF-16 unit is: \u and four digits.
const escapeLength = 6

// escapedUnit reads the escaped UTF-16 unit with which a text begins.
func escapedUnit(written []byte) (rune, bool) {
	if len(written) < escapeLength || written[0] != '\\' || written[1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(written[2:escapeLength]), 16, 16)
	return rune(unit), err == nil
}

// members walks over what an object or a list holds.
func (w *walk) members(kind json.Delim) error {
	seen := map[string]bool{}
	for i := 0; w.tokens.More(); i++ {
		name, broken := strconv.Itoa(i), false
		if kind == '{' {
			begin := w.tokens.InputOffset()
			token, err := w.tokens.Token()
			if err != nil {
				return err
			}
			name, _ = token.(string)
			broken = hasHalfPair(w.raw[begin:w.tokens.InputOffset()])
		}
		w.path = append(w.path, name)
		if broken {
			w.complain(forbiddenCharacter)
		}
		if seen[name] {
			w.complain(repeatedValue)
		}
		seen[name] = true
		if err := w.value(); err != nil {
			return err
		}
		w.path = w.path[:len(w.path)-1]
	}
	return nil
}

// complain notes a complaint about where the walk is.
func (w *walk) complain(code *fault.Code) {
	if len(w.complaints) < w.most {
		w.complaints = append(w.complaints, code.At(pointer(w.path), nil))
	}
}

// escapes is how names are written in a JSON Pointer.
var escapes = strings.NewReplacer("~", "~0", "/", "~1")

// pointer is the JSON Pointer of a place.
func pointer(path []string) string {
	var b strings.Builder
	for _, name := range path {
		b.WriteByte('/')
		b.WriteString(escapes.Replace(name))
	}
	return b.String()
}
