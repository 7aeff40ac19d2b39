package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/openapi"
)

// noScope is what the contract says of operations that need no token.
const noScope = "none"

// operation is one operation of the contract, with what it demands of its callers.
type operation struct {
	// id is the operationId.
	id string
	// scope is what the caller's token must hold; empty for operations that need no token.
	scope string
	// ofTenant says that the operation works for the tenant in the path.
	ofTenant bool
	// parameters stand in path and query.
	parameters []*openapi3.Parameter
	// body is the schema of a JSON body; nil when the operation takes none.
	body *openapi3.Schema
	// offers are the content types that the operation answers with when it succeeds, sorted; none when it answers without a body.
	offers []string
	// key says what becomes of an Idempotency-Key.
	key keyUse
	// secrets are the members of the answer that are shown once and never kept.
	secrets []string
	// items is the schema of the body's single items, where each of them is checked by itself; body then takes whatever they are.
	items *openapi3.Schema
	// maxBody is how large a body may be, in bytes.
	maxBody int64
	// multipart says that the body is a form with files, which the handler reads itself.
	multipart bool
	// file says that the body is an XML file, which the handler reads itself.
	file bool
}

// keyUse says what an operation does with an Idempotency-Key.
type keyUse uint8

const (
	// keyIgnored means that repeating the request does no harm anyway.
	keyIgnored keyUse = iota
	// keyTaken means that a request with a key happens once.
	keyTaken
	// keyRefused means that nothing of the request may be kept, and that a key would promise in vain.
	keyRefused
)

// operations are the operations of the contract, by method and path in the router's spelling: "GET /v1/tenants/:tenant_id".
type operations map[string]*operation

// of returns the operation that a request asks for; nil when the contract has none. HEAD is GET without its body.
func (o operations) of(c echo.Context) *operation {
	method := c.Request().Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return o[method+" "+c.Path()]
}

// pathParameter is a parameter in a path of the contract.
var pathParameter = regexp.MustCompile(`\{([^}]+)\}`)

// contract is the embedded contract as it is used; nobody changes it.
type contract struct {
	document   *openapi3.T
	operations operations
	json       map[string]any
}

// readContract reads the embedded contract, which takes a while, once for all handlers of a process.
var readContract = sync.OnceValues(parseContract)

// parseContract fails unless every operation says its scope and its tenancy.
func parseContract() (*contract, error) {
	document, err := openapi3.NewLoader().LoadFromData(openapi.YAML)
	if err != nil {
		return nil, fmt.Errorf("read the contract: %w", err)
	}
	found := &contract{document: document, operations: operations{}}
	for path, item := range document.Paths.Map() {
		for method, described := range item.Operations() {
			op, err := readOperation(method, described)
			if err != nil {
				return nil, fmt.Errorf("contract: %s %s: %w", method, path, err)
			}
			for _, parameter := range slices.Concat(item.Parameters, described.Parameters) {
				op.parameters = append(op.parameters, parameter.Value)
				if parameter.Value.Name == headerIdempotencyKey {
					op.key = keyTaken
				}
			}
			found.operations[method+" "+pathParameter.ReplaceAllString(path, ":$1")] = op
		}
	}
	raw, err := document.MarshalJSON()
	if err == nil {
		err = json.Unmarshal(raw, &found.json)
	}
	if err != nil {
		return nil, fmt.Errorf("write the contract as JSON: %w", err)
	}
	return found, nil
}

func readOperation(method string, described *openapi3.Operation) (*operation, error) {
	op := &operation{id: described.OperationID, secrets: secretsOf(described), offers: offersOf(described)}
	if method == http.MethodPost && described.Extensions["x-idempotency-key"] != "ignored" {
		op.key = keyRefused
	}
	scopeName, _ := described.Extensions["x-scope"].(string)
	if scopeName == "" {
		return nil, fmt.Errorf("no x-scope")
	}
	if scopeName != noScope {
		op.scope = scopeName
	}
	switch described.Extensions["x-tenant"] {
	case "path":
		op.ofTenant = true
	case "none":
	default:
		return nil, fmt.Errorf("x-tenant must be path or none")
	}
	if described.RequestBody == nil {
		return op, nil
	}
	op.maxBody = usualBody
	if size, ok := described.Extensions["x-max-body"].(float64); ok {
		op.maxBody = int64(size)
	}
	content := described.RequestBody.Value.Content
	if media := content[jsonType]; media != nil {
		op.body = media.Schema.Value
	}
	if described.Extensions["x-one-by-one"] == itemsMember {
		op.body, op.items = apart(op.body)
	}
	op.multipart = content[multipartType] != nil
	op.file = content[xmlType] != nil
	return op, nil
}

// publishes reports whether the operation writes postings, and so what the BA gets.
func (op *operation) publishes() bool { return op.scope == "postings:write" }

// offersOf are the content types of an operation's successful answers.
func offersOf(described *openapi3.Operation) []string {
	found := map[string]bool{}
	for status, response := range described.Responses.Map() {
		if !strings.HasPrefix(status, "2") {
			continue
		}
		for media := range response.Value.Content {
			found[media] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// secretsOf are the members of an operation's answers that the contract marks as secret.
func secretsOf(described *openapi3.Operation) []string {
	var found []string
	for _, response := range described.Responses.Map() {
		media := response.Value.Content[jsonType]
		if media == nil {
			continue
		}
		for _, schema := range append(openapi3.SchemaRefs{media.Schema}, media.Schema.Value.AllOf...) {
			for name, property := range schema.Value.Properties {
				if property.Value.Extensions["x-secret"] == true {
					found = append(found, name)
				}
			}
		}
	}
	return found
}

// hasBody reports whether the operation takes a body at all.
func (op *operation) hasBody() bool { return op.body != nil || op.multipart || op.file }

// usualBody is how large a body may be, in bytes, where the contract says nothing else: a posting has some thousand.
const usualBody = 1 << 20

// The content types of requests.
const (
	jsonType      = "application/json"
	multipartType = "multipart/form-data"
	htmlType      = "text/html"
	xmlType       = "application/xml"
)

// mediaType is the content type that the operation takes.
func (op *operation) mediaType() string {
	switch {
	case op.multipart:
		return multipartType
	case op.file:
		return xmlType
	default:
		return jsonType
	}
}
