package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// formats are the string formats of the contract, checked for real: 31 February is no date.
var formats = map[string]openapi3.StringFormatValidator{
	"uuid": openapi3.NewCallbackValidator(func(s string) error { return uuid.Validate(s) }),
	"date": openapi3.NewCallbackValidator(func(s string) error {
		_, err := calendar.Parse(s)
		return err
	}),
	"date-time": openapi3.NewCallbackValidator(func(s string) error {
		_, err := parseTime(s)
		return err
	}),
}

// validate checks every request against the contract before a handler sees it. Complaints never repeat the values.
func (s *server) validate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		op := s.operations[c.Request().Method+" "+c.Path()]
		if op == nil {
			return next(c)
		}
		if err := checkParameters(c, op); err != nil {
			return err
		}
		if op.hasBody() {
			if err := checkMedia(c.Request(), op); err != nil {
				return err
			}
			c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxBody)
		}
		if op.body != nil {
			if err := checkBody(c.Request(), op.body); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// checkParameters validates path and query. An id in the path that is no id names nothing: 404.
func checkParameters(c echo.Context, op *operation) error {
	params := make(map[string]string, len(c.ParamNames()))
	for i, name := range c.ParamNames() {
		params[name] = c.ParamValues()[i]
	}
	err := openapi3filter.ValidateRequest(c.Request().Context(), &openapi3filter.RequestValidationInput{
		Request: c.Request(), PathParams: params, Route: op.route,
		Options: &openapi3filter.Options{
			ExcludeRequestBody: true, MultiError: true, SkipSettingDefaults: true,
			AuthenticationFunc:      openapi3filter.NoopAuthenticationFunc,
			SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(formats)},
		},
	})
	if err == nil {
		return nil
	}
	var parts []*fault.Error
	for _, single := range flatten(err) {
		wrong, ok := errors.AsType[*openapi3filter.RequestError](single)
		if !ok || wrong.Parameter == nil {
			return invalidParameter.Because(single, nil)
		}
		if wrong.Parameter.In == openapi3.ParameterInPath && wrong.Parameter.Schema.Value.Format == "uuid" {
			return fault.Missing.New(nil)
		}
		parts = append(parts, parameterComplaint(wrong))
	}
	return fault.Collect(invalidParameter, parts)
}

func parameterComplaint(wrong *openapi3filter.RequestError) *fault.Error {
	place := "?" + wrong.Parameter.Name
	if wrong.Parameter.In == openapi3.ParameterInPath {
		place = "{" + wrong.Parameter.Name + "}"
	}
	if broken, ok := errors.AsType[*openapi3.SchemaError](wrong.Err); ok {
		return complaintOf(broken, place)
	}
	return wrongType.At(place, fault.Args{"expected": expectation(wrong.Parameter.Schema.Value)})
}

func checkMedia(r *http.Request, op *operation) error {
	media, _, err := mime.ParseMediaType(r.Header.Get(echo.HeaderContentType))
	if err != nil || media != op.mediaType() {
		return unsupportedMedia.New(fault.Args{"expected": op.mediaType()})
	}
	return nil
}

// checkBody reads a JSON body, checks it, and puts it back for the handler.
func checkBody(r *http.Request, schema *openapi3.Schema) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return bodyFault(err)
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		return bodyFault(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(raw))
	err = schema.VisitJSON(value, openapi3.MultiErrors(), openapi3.VisitAsRequest(), openapi3.WithStringFormatValidators(formats),
		openapi3.EnableFormatValidation())
	if err == nil {
		return nil
	}
	var parts []*fault.Error
	for _, single := range flatten(err) {
		broken, ok := errors.AsType[*openapi3.SchemaError](single)
		if !ok {
			return malformedBody.Because(single, fault.Args{"offset": 0})
		}
		parts = append(parts, complaintOf(broken, pointer(broken)))
	}
	return fault.Collect(fault.InvalidInput, parts)
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

// pointer is the JSON Pointer of what a schema error is about.
func pointer(broken *openapi3.SchemaError) string {
	var b strings.Builder
	for _, key := range broken.JSONPointer() {
		b.WriteByte('/')
		b.WriteString(strings.NewReplacer("~", "~0", "/", "~1").Replace(key))
	}
	return b.String()
}
