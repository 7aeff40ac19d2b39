package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/openapi"
)

// contract is the contract as tests read it: from the file, and not by the code that they test.
type contract struct {
	document *openapi3.T
	router   routers.Router
}

var loadContract = sync.OnceValues(func() (*contract, error) {
	document, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		return nil, err
	}
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.RegisteredBodyDecoder("text/plain"))
	router, err := legacy.NewRouter(document)
	return &contract{document: document, router: router}, err
})

func readContract(t *testing.T) *contract {
	t.Helper()
	found, err := loadContract()
	check(t, err)
	return found
}

// formats are stricter than the contract's own: every time is in UTC.
var formats = map[string]openapi3.StringFormatValidator{
	"uuid": openapi3.NewCallbackValidator(uuid.Validate),
	"date": openapi3.NewCallbackValidator(func(s string) error {
		_, err := time.Parse(time.DateOnly, s)
		return err
	}),
	"date-time": openapi3.NewCallbackValidator(func(s string) error {
		if !strings.HasSuffix(s, "Z") {
			return errors.New("not in UTC")
		}
		_, err := time.Parse(time.RFC3339Nano, s)
		return err
	}),
}

// methods are those that a contract can describe.
var methods = []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"}

// isPage reports whether a path is one for people or language models, which is no operation of the contract.
func isPage(path string) bool {
	return path == "/llms.txt" || path == "/docs" || strings.HasPrefix(path, "/docs/")
}

// check tells how an answer differs from what the contract says.
func (c *contract) check(request *http.Request, got answer) error {
	if got.header.Get("X-Request-Id") == "" {
		return errors.New("the answer has no X-Request-Id")
	}
	if got.status >= http.StatusBadRequest {
		if err := c.checkProblem(got); err != nil {
			return err
		}
	}
	if !slices.Contains(methods, request.Method) { // the router of the tests panics
		return nil
	}
	route, params, err := c.router.FindRoute(request)
	if err != nil { // no operation: the router's own answer, or a page
		if isPage(request.URL.Path) && got.status == http.StatusOK {
			return nil
		}
		limited := got.status == http.StatusTooManyRequests
		if !limited && request.Method != http.MethodOptions && got.status != http.StatusNotFound && got.status != http.StatusMethodNotAllowed {
			return fmt.Errorf("there is no such operation: %w", err)
		}
		return nil
	}
	options := &openapi3filter.Options{
		IncludeResponseStatus: true, MultiError: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{openapi3.WithStringFormatValidators(formats), openapi3.EnableFormatValidation()},
	}
	input := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: request, PathParams: params, Route: route, Options: options},
		Status:                 got.status, Header: got.header, Options: options,
	}
	input.SetBodyBytes(got.body)
	return openapi3filter.ValidateResponse(request.Context(), input)
}

// checkProblem tells how an error differs from RFC 9457 as we use it.
func (c *contract) checkProblem(got answer) error {
	if media := got.header.Get("Content-Type"); media != "application/problem+json" {
		return fmt.Errorf("the content type is %q", media)
	}
	var value any
	if err := json.Unmarshal(got.body, &value); err != nil {
		return err
	}
	if err := c.document.Components.Schemas["Problem"].Value.VisitJSON(value, openapi3.MultiErrors()); err != nil {
		return err
	}
	var problem struct {
		Type, Title, Detail, Hint, Code string
		Status                          int
		RequestID                       string `json:"request_id"`
	}
	if err := json.Unmarshal(got.body, &problem); err != nil {
		return err
	}
	switch {
	case problem.Status != got.status:
		return fmt.Errorf("the body says status %d", problem.Status)
	case problem.Type != "/problems/"+problem.Code:
		return fmt.Errorf("the type is %q and the code %q", problem.Type, problem.Code)
	case problem.RequestID != got.header.Get("X-Request-Id"):
		return errors.New("the request has two ids")
	case problem.Title == "" || problem.Detail == "" || problem.Hint == "":
		return errors.New("words are missing")
	case strings.ContainsAny(problem.Title+problem.Detail+problem.Hint, "{}"):
		return errors.New("a placeholder was not filled")
	}
	return nil
}

// operations are the operations of the contract in the order of their names.
func (c *contract) operations() []operation {
	var found []operation
	for path, item := range c.document.Paths.Map() {
		for method, described := range item.Operations() {
			found = append(found, operation{
				Operation: described, method: method, path: path, parameters: slices.Concat(item.Parameters, described.Parameters),
			})
		}
	}
	slices.SortFunc(found, func(a, b operation) int { return strings.Compare(a.OperationID, b.OperationID) })
	return found
}

// operation is an operation as the contract describes it.
type operation struct {
	*openapi3.Operation
	method, path string
	parameters   openapi3.Parameters
}

func (o operation) scope() string  { words, _ := o.Extensions["x-scope"].(string); return words }
func (o operation) tenant() string { words, _ := o.Extensions["x-tenant"].(string); return words }

// offers are the content types of the operation's successful answers.
func (o operation) offers() []string {
	var found []string
	for status, response := range o.Responses.Map() {
		if strings.HasPrefix(status, "2") {
			found = slices.AppendSeq(found, maps.Keys(response.Value.Content))
		}
	}
	return found
}

// oneByOne reports whether the items of the body are judged one by one.
func (o operation) oneByOne() bool { return o.Extensions["x-one-by-one"] != nil }

// maxBody is how many bytes a body may have.
func (o operation) maxBody() int {
	if size, ok := o.Extensions["x-max-body"].(float64); ok {
		return int(size)
	}
	return 1 << 20
}

// knows reports whether every id in the operation's path is known.
func (o operation) knows(ids map[string]string) bool {
	return !slices.ContainsFunc(o.parameters, func(parameter *openapi3.ParameterRef) bool {
		return parameter.Value.Schema.Value.Format == "uuid" && ids[parameter.Value.Name] == ""
	})
}

// ask makes a good request of an operation, with the given values in its path and otherwise examples.
func (o operation) ask(t *testing.T, token string, values map[string]string) ask {
	t.Helper()
	made := ask{method: o.method, path: o.path, token: token}
	for _, parameter := range o.parameters {
		if parameter.Value.In == openapi3.ParameterInHeader && parameter.Value.Required {
			made = made.with(map[string]string{parameter.Value.Name: valueFor(parameter.Value, values)})
		}
		if parameter.Value.In == openapi3.ParameterInPath {
			made.path = strings.ReplaceAll(made.path, "{"+parameter.Value.Name+"}", valueFor(parameter.Value, values))
		}
	}
	switch {
	case o.RequestBody == nil:
	case o.RequestBody.Value.Content["application/json"] != nil:
		made.body = o.example()
	case o.RequestBody.Value.Content["application/xml"] != nil:
		made.body = o.RequestBody.Value.Content["application/xml"].Example
		made.header = map[string]string{"Content-Type": "application/xml"}
	default:
		var header map[string]string
		made.body, header = form(t, map[string]string{"file": "no certificate", "pin": "12345678"})
		made = made.with(header)
	}
	return made
}

// example is the example of a JSON body, nil without one.
func (o operation) example() any {
	if o.RequestBody == nil || o.RequestBody.Value.Content["application/json"] == nil {
		return nil
	}
	return o.RequestBody.Value.Content["application/json"].Example
}

func valueFor(parameter *openapi3.Parameter, values map[string]string) string {
	schema := parameter.Schema.Value
	switch {
	case values[parameter.Name] != "":
		return values[parameter.Name]
	case parameter.Example != nil:
		return parameter.Example.(string) //nolint:forcetypeassert,errcheck // every parameter of a path is a text
	case len(schema.Enum) > 0:
		return schema.Enum[0].(string) //nolint:forcetypeassert,errcheck // every parameter of a path is a text
	default:
		return uuid.NewString()
	}
}
