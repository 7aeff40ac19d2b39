package api

import (
	"errors"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// formats are the string formats of the contract, checked for real: 31 February is no date.
var formats = map[string]openapi3.StringFormatValidator{
	"uuid": openapi3.NewCallbackValidator(checkID),
	"date": openapi3.NewCallbackValidator(checkDate),
	"immediately-or-date": openapi3.NewCallbackValidator(func(s string) error {
		if s == "immediately" {
			return nil
		}
		return checkDate(s)
	}),
	"date-time": openapi3.NewCallbackValidator(func(s string) error {
		_, err := parseTime(s)
		return err
	}),
}

// idLength is the length of an id as answers write it.
const idLength = 36

// checkID takes ids in the one form in which answers write them; Go's reader would take others too.
func checkID(s string) error {
	if len(s) != idLength {
		return errNoID
	}
	return uuid.Validate(s)
}

var errNoID = errors.New("no id")

func checkDate(s string) error {
	_, err := calendar.Parse(s)
	return err
}

// validate checks every request against the contract before a handler sees it. Complaints never repeat the values.
func (s *server) validate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		op := s.contract.operations.of(c)
		if op == nil {
			return next(c)
		}
		if !acceptsAny(c.Request().Header, op.offers) {
			return notAcceptable.New(fault.Args{"offered": strings.Join(op.offers, ", ")})
		}
		if err := checkParameters(c, op); err != nil {
			return err
		}
		if op.hasBody() {
			if err := checkMedia(c.Request(), op); err != nil {
				return err
			}
			c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, op.maxBody)
		}
		var err error
		switch {
		case op.items != nil:
			err = checkOneByOne(c, op)
		case op.body != nil:
			err = checkBody(c.Request(), op.body)
		}
		if err != nil {
			return err
		}
		return next(c)
	}
}

// checkParameters validates path, query and headers. An id in the path that is no id names nothing: 404.
func checkParameters(c echo.Context, op *operation) error {
	inPath, err := pathParameters(c)
	if err != nil {
		return err
	}
	query, parts := readQuery(c.Request().URL.RawQuery, op)
	parts = append(parts, refusedConditions(c.Request(), op)...)
	for _, parameter := range op.parameters {
		if parameter.In == openapi3.ParameterInPath {
			part := checkParameter(parameter, "{"+parameter.Name+"}", inPath[parameter.Name])
			if part != nil && parameter.Schema.Value.Format == "uuid" {
				return fault.Missing.New(nil)
			}
			parts = append(parts, part)
			continue
		}
		place, values := "?"+parameter.Name, query[parameter.Name]
		if parameter.In == openapi3.ParameterInHeader {
			place, values = parameter.Name, c.Request().Header.Values(parameter.Name)
		}
		if len(values) == 0 && parameter.Required && parameter.Name == headerIfMatch {
			return versionRequired.New(nil)
		}
		switch len(values) {
		case 0:
			if parameter.Required {
				parts = append(parts, missingValue.At(place, nil))
			}
		case 1:
			parts = append(parts, checkParameter(parameter, place, values[0]))
		default: // nobody could tell which one is meant
			parts = append(parts, repeatedValue.At(place, nil))
		}
	}
	return fault.Collect(invalidParameter, slices.DeleteFunc(parts, func(part *fault.Error) bool { return part == nil }))
}

// longestName bounds the names that a complaint repeats.
const longestName = 64

// readQuery reads the query. What is not there is complained about and not passed over, or a slip of the pen would turn a dry run into a real
// one, and a filter into all there is.
func readQuery(raw string, op *operation) (url.Values, []*fault.Error) {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return nil, []*fault.Error{wrongForm.At("?", fault.Args{"expected": "name=value&name=value"})}
	}
	var parts []*fault.Error
	for _, name := range slices.Sorted(maps.Keys(query)) {
		known := slices.ContainsFunc(op.parameters, func(p *openapi3.Parameter) bool { return p.In == openapi3.ParameterInQuery && p.Name == name })
		switch {
		case known || len(parts) >= maxComplaints:
		case len(name) > longestName || !utf8.ValidString(name) || strings.ContainsRune(name, 0):
			parts = append(parts, unknownParameter.At("?", nil))
		default:
			parts = append(parts, unknownParameter.At("?"+name, nil))
		}
	}
	return query, parts
}

// refusedConditions complains about conditions that an operation which changes something does not look at: whoever sends one relies on it.
func refusedConditions(r *http.Request, op *operation) []*fault.Error {
	if isRead(r.Method) {
		return nil
	}
	var parts []*fault.Error
	for _, name := range []string{headerIfMatch, headerIfNoneMatch, "If-Modified-Since", "If-Unmodified-Since"} {
		known := slices.ContainsFunc(op.parameters, func(p *openapi3.Parameter) bool { return p.In == openapi3.ParameterInHeader && p.Name == name })
		if !known && r.Header.Get(name) != "" {
			parts = append(parts, conditionNotTaken.At(name, nil))
		}
	}
	return parts
}

// checkParameter validates one parameter, a text, a whole number, true or false; nil when nothing is wrong.
func checkParameter(parameter *openapi3.Parameter, place, raw string) *fault.Error {
	schema := parameter.Schema.Value
	if !utf8.ValidString(raw) || strings.ContainsRune(raw, 0) {
		return forbiddenCharacter.At(place, nil)
	}
	var value any = raw
	if schema.Type.Is(openapi3.TypeInteger) {
		number, err := strconv.Atoi(raw)
		if err != nil {
			return wrongType.At(place, fault.Args{"expected": typeWords(schema)})
		}
		value = number
	}
	if schema.Type.Is(openapi3.TypeBoolean) {
		if raw != "true" && raw != "false" {
			return wrongType.At(place, fault.Args{"expected": typeWords(schema)})
		}
		return nil
	}
	err := visit(schema, value)
	if err == nil {
		return nil
	}
	if broken, ok := errors.AsType[*openapi3.SchemaError](err); ok {
		return complaintOf(broken, place)
	}
	return wrongForm.At(place, fault.Args{"expected": expectation(schema)})
}

// pathParameters are the values in the path, as the handler will see them: with what stands escaped in the URL put back.
func pathParameters(c echo.Context) (map[string]string, error) {
	params := make(map[string]string, len(c.ParamNames()))
	for i, name := range c.ParamNames() {
		value := c.ParamValues()[i]
		if c.Request().URL.RawPath != "" {
			var err error
			if value, err = url.PathUnescape(value); err != nil {
				return nil, fault.Missing.Because(err, nil)
			}
		}
		params[name] = value
	}
	return params, nil
}

func checkMedia(r *http.Request, op *operation) error {
	media, params, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	encoding, charset := r.Header.Get(echo.HeaderContentEncoding), params["charset"]
	switch {
	case err != nil || media != op.mediaType():
		return unsupportedMedia.New(fault.Args{"expected": op.mediaType()})
	case encoding != "" && !strings.EqualFold(encoding, "identity"):
		return unsupportedMedia.New(fault.Args{"expected": op.mediaType() + ", Content-Encoding: identity"})
	case charset != "" && !strings.EqualFold(charset, "utf-8"):
		return unsupportedMedia.New(fault.Args{"expected": op.mediaType() + "; charset=utf-8"})
	case op.multipart && params["boundary"] == "":
		return malformedForm.New(nil)
	}
	return nil
}

// checkValue checks a value of a body against its schema.
func checkValue(value any, schema *openapi3.Schema) error {
	err := visit(schema, value, openapi3.MultiErrors())
	if err == nil {
		return nil
	}
	var parts []*fault.Error
	taken := map[string]bool{}
	for _, single := range flatten(err) {
		broken, ok := errors.AsType[*openapi3.SchemaError](single)
		if !ok {
			return malformedBody.Because(single, fault.Args{"offset": 0})
		}
		// An object with many unknown fields has an error for each, and all of them say the same.
		place := pointer(broken.JSONPointer())
		if key := broken.SchemaField + place; !taken[key] {
			taken[key] = true
			parts = append(parts, complaintsOf(broken, place)...)
		}
		if len(parts) >= maxComplaints {
			parts = parts[:maxComplaints]
			break
		}
	}
	return fault.Collect(fault.InvalidInput, parts)
}

func visit(schema *openapi3.Schema, value any, more ...openapi3.SchemaValidationOption) error {
	return schema.VisitJSON(value, append(more, openapi3.VisitAsRequest(), openapi3.WithStringFormatValidators(formats))...)
}

// flatten takes nested lists of errors apart.
func flatten(err error) []error {
	list, ok := err.(openapi3.MultiError) //nolint:errorlint // only the list itself is taken apart, not errors that wrap one
	if !ok {
		return []error{err}
	}
	var single []error
	for _, one := range list {
		single = append(single, flatten(one)...)
	}
	return single
}
