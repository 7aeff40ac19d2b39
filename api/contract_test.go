package api_test

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/stellwerk-hr/stellwerk/internal/identity"
)

func TestEveryOperationIsDescribedWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, op := range readContract(t).operations() {
		name := op.method + " " + op.path
		if op.OperationID == "" || seen[op.OperationID] {
			t.Errorf("%s: the operationId %q is missing or stands twice", name, op.OperationID)
		}
		seen[op.OperationID] = true
		if op.Summary == "" || strings.ContainsAny(op.Summary, "\n.") {
			t.Errorf("%s: the summary is not one line without a full stop: %q", name, op.Summary)
		}
		if op.Description == "" || len(op.Tags) != 1 {
			t.Errorf("%s: no description, or not one tag", name)
		}
		if scope := op.scope(); scope != "none" && !slices.Contains(identity.OperatorScopes(), scope) {
			t.Errorf("%s: identity knows no scope %q", name, scope)
		}
		if ofTenant := strings.Contains(op.path, "{tenant_id}"); ofTenant != (op.tenant() == "path") {
			t.Errorf("%s: x-tenant is %q", name, op.tenant())
		}
		if free := op.Security != nil && len(*op.Security) == 0; free != (op.scope() == "none") {
			t.Errorf("%s: security and x-scope contradict each other", name)
		}
		for _, parameter := range op.parameters {
			if parameter.Value.Description == "" {
				t.Errorf("%s: the parameter %s is not described", name, parameter.Value.Name)
			}
		}
	}
}

func TestEveryScopeIsOfUse(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, op := range readContract(t).operations() {
		used[op.scope()] = true
	}
	for _, scope := range identity.OperatorScopes() {
		if !used[scope] {
			t.Errorf("no operation needs %s", scope)
		}
	}
}

func TestEveryOperationSaysHowItCanFail(t *testing.T) {
	t.Parallel()
	for _, op := range readContract(t).operations() {
		if op.Responses.Status(http.StatusTooManyRequests) == nil {
			t.Errorf("%s: 429 is not documented", op.OperationID)
		}
		if op.scope() == "none" {
			continue
		}
		want := []int{
			http.StatusBadRequest, // any operation may be asked with a parameter that it does not have
			http.StatusUnauthorized, http.StatusForbidden, http.StatusNotAcceptable, http.StatusInternalServerError, http.StatusServiceUnavailable,
		}
		if op.tenant() == "path" {
			want = append(want, http.StatusNotFound)
		}
		if op.RequestBody != nil {
			want = append(want, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusUnprocessableEntity)
		}
		if op.method != http.MethodGet && slices.Contains(identity.TenantScopes(), op.scope()) {
			want = append(want, http.StatusConflict) // a suspended tenant
		}
		for _, status := range want {
			if op.Responses.Status(status) == nil {
				t.Errorf("%s: %d is not documented", op.OperationID, status)
			}
		}
	}
}

func TestEveryBodyHasAnExampleThatIsValid(t *testing.T) {
	t.Parallel()
	document := readContract(t).document
	check(t, document.Validate(t.Context(), openapi3.EnableExamplesValidation()))
	for _, op := range readContract(t).operations() {
		bodies := map[string]openapi3.Content{}
		if op.RequestBody != nil {
			bodies["request"] = op.RequestBody.Value.Content
		}
		for status, response := range op.Responses.Map() {
			bodies[status] = response.Value.Content
		}
		for body, content := range bodies {
			for media, described := range content {
				if described.Example == nil {
					t.Errorf("%s: %s: %s has no example", op.OperationID, body, media)
					continue
				}
				example, _ := described.Example.(map[string]any)
				if items, listed := example["items"].([]any); listed && len(items) == 0 {
					t.Errorf("%s: %s: the example lists nothing", op.OperationID, body)
				}
			}
		}
	}
}

func TestTheExamplesOfProblemsAreWhatIsAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for name, response := range h.contract.document.Components.Responses {
		described := response.Value.Content["application/problem+json"]
		if described == nil {
			continue
		}
		example, _ := described.Example.(map[string]any)
		kind, _ := example["type"].(string)
		got := h.want(t, http.StatusOK, ask{method: "GET", path: kind})
		for _, member := range []string{"code", "title", "hint"} {
			if got.get(t, member) != example[member] {
				t.Errorf("%s: %s is %q and the example says %q", name, member, got.get(t, member), example[member])
			}
		}
	}
}

func TestTheExamplesOfProblemsNameWhatTheirOperationTakesAndGives(t *testing.T) {
	t.Parallel()
	for _, op := range readContract(t).operations() {
		want := map[int]string{}
		if offers := op.offers(); len(offers) > 0 {
			want[http.StatusNotAcceptable] = offers[0]
		}
		if op.RequestBody != nil {
			want[http.StatusRequestEntityTooLarge] = fmt.Sprintf(" %d bytes", op.maxBody())
			want[http.StatusUnsupportedMediaType] = slices.Collect(maps.Keys(op.RequestBody.Value.Content))[0]
		}
		for status, words := range want {
			response := op.Responses.Status(status)
			if response == nil {
				continue // TestEveryOperationSaysHowItCanFail tells where one is missing
			}
			example, _ := response.Value.Content["application/problem+json"].Example.(map[string]any)
			if detail, _ := example["detail"].(string); !strings.Contains(detail, words) {
				t.Errorf("%s: %d: %q does not name %s", op.OperationID, status, detail, words)
			}
		}
	}
}

func TestTheServedContractIsTheContract(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	got := h.want(t, http.StatusOK, ask{method: "GET", path: "/openapi.json"})

	served, err := openapi3.NewLoader().LoadFromData(got.body)
	check(t, err)

	if len(served.Paths.Map()) != len(h.contract.document.Paths.Map()) || len(served.Components.Schemas) != len(h.contract.document.Components.Schemas) {
		t.Error("paths or schemas are missing")
	}
}
