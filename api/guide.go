package api

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// guideMethods are in the order in which the guide lists what can be done at one address.
var guideMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// guide is /llms.txt: a short guide to the API, made from the contract and the list of problems, so that it says what they say.
func (s *server) guide() string {
	var b strings.Builder
	about, rest, _ := strings.Cut(strings.TrimSpace(s.contract.document.Info.Description), "\n\n")
	fmt.Fprintf(&b, "# %s\n\n> %s\n\n%s\n", s.contract.document.Info.Title, inOneLine(about), rest)
	b.WriteString("\nThe whole contract, with schemas and examples: [OpenAPI](/openapi.json). For people: [/docs](/docs).\n")
	if token := s.contract.document.Components.SecuritySchemes["token"]; token != nil {
		fmt.Fprintf(&b, "\nAuthentication: the header `Authorization: Bearer TOKEN`. %s\n", inOneLine(token.Value.Description))
	}
	for _, tag := range s.contract.document.Tags {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n", tag.Name, inOneLine(tag.Description))
		for _, path := range slices.Sorted(maps.Keys(s.contract.document.Paths.Map())) {
			writeOperations(&b, path, s.contract.document.Paths.Value(path), tag.Name)
		}
	}
	b.WriteString("\n## Problems\n\nEvery error has a `code`, and its `type` is a page that explains it.\n\n")
	for _, name := range slices.Sorted(maps.Keys(s.codes)) {
		fmt.Fprintf(&b, "- [%s](/problems/%s): %s\n", name, name, s.codes[name].Title.EN)
	}
	return b.String()
}

// writeOperations writes what can be done at one address and belongs to a tag.
func writeOperations(b *strings.Builder, path string, item *openapi3.PathItem, tag string) {
	for _, method := range guideMethods {
		op := item.GetOperation(method)
		if op == nil || !slices.Contains(op.Tags, tag) {
			continue
		}
		scope, _ := op.Extensions["x-scope"].(string)
		needs := "scope `" + scope + "`"
		if scope == noScope {
			needs = "no token"
		}
		fmt.Fprintf(b, "- `%s %s` (%s, %s): %s. %s\n", method, path, op.OperationID, needs, op.Summary, inOneLine(op.Description))
	}
}

// inOneLine joins lines that were broken for reading.
func inOneLine(words string) string { return strings.Join(strings.Fields(words), " ") }
