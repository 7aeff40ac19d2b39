package api_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
)

func underKey(key string) map[string]string { return map[string]string{"Idempotency-Key": key} }

func TestEveryPostTakesAKeyOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	for _, op := range readContract(t).operations() {
		if op.method != http.MethodPost {
			continue
		}
		takes := slices.ContainsFunc(op.parameters, func(p *openapi3.ParameterRef) bool { return p.Value.Name == "Idempotency-Key" })
		ignores := op.Extensions["x-idempotency-key"] == "ignored"
		if takes == ignores && op.OperationID != "uploadCertificate" {
			t.Errorf("%s: takes a key: %t, ignores it: %t", op.OperationID, takes, ignores)
		}
		if !takes && !strings.Contains(op.Description, "Idempotency-Key") {
			t.Errorf("%s does not say what becomes of a key", op.OperationID)
		}
	}
}

func TestEveryPostUnderAKeyHappensOnceAndIsAnsweredAlike(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	asked := 0
	for _, op := range h.contract.operations() {
		if !slices.ContainsFunc(op.parameters, func(p *openapi3.ParameterRef) bool { return p.Value.Name == "Idempotency-Key" }) {
			continue
		}
		asked++
		request := op.ask(t, h.operator, known).with(underKey("key-" + op.OperationID))
		switch op.OperationID { // what the furnished tenant has already
		case "createAccount":
			request.body = object{"name": "Zweitkonto"}
		case "createHiringOrganisation":
			request.body = object{"name": "Zweigstelle", "town": "Ulm", "kundennummer": "B123B12345"}
		}
		first := h.do(t, request)
		before := h.dump(t)
		second := h.do(t, request.with(map[string]string{"Accept-Language": "de"}))

		if first.status >= 300 || first.header.Get("Idempotency-Replayed") != "" || second.header.Get("Idempotency-Replayed") != "true" {
			t.Errorf("%s: %d %s, then %d %s", op.OperationID, first.status, first.body, second.status, second.body)
		}
		if op.OperationID != "createToken" {
			if second.status != first.status || !bytes.Equal(second.body, first.body) || second.header.Get("ETag") != first.header.Get("ETag") {
				t.Errorf("%s: %s\nis answered again by\n%s", op.OperationID, first.body, second.body)
			}
			if second.header.Get("Content-Language") != "en" {
				t.Errorf("%s: the repeated answer is said to be in %q", op.OperationID, second.header.Get("Content-Language"))
			}
		}
		h.unchanged(t, before)
	}
	if asked < 5 {
		t.Errorf("only %d operations were asked", asked)
	}
}

func TestASecretIsShownOnceAndNotKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	request := ask{
		method: "POST", path: "/v1/tenants/" + known["tenant_id"] + "/tokens", token: h.operator,
		body: object{"name": "software", "scopes": []string{"postings:read"}}, header: underKey("a"),
	}
	first := h.want(t, http.StatusCreated, request)
	second := h.want(t, http.StatusOK, request)

	if second.text(t, "id") != first.text(t, "id") || second.get(t, "token") != nil || second.text(t, "withheld") == "" {
		t.Errorf("%s", second.body)
	}
	token := first.text(t, "token")
	for table, rows := range h.dump(t) {
		if strings.Contains(rows, token) || strings.Contains(rows, hex.EncodeToString([]byte(token))) {
			t.Errorf("%s keeps the token", table)
		}
	}
}

func TestAKeyIsForOneBodyOneTokenAndOneAddress(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"] + "/postings"
	request := ask{method: "POST", path: path, token: h.operator, body: ad("Altenpfleger (m/w/d)", false), header: underKey("a")}
	h.want(t, http.StatusCreated, request)
	reordered := request
	reordered.body = strings.Replace(string(mustJSON(t, request.body)), "{", "{\n ", 1)
	another := request
	another.body = ad("Pflegehelfer (m/w/d)", false)
	byAnother := request
	byAnother.token = h.tenantToken(t, uuid.MustParse(known["tenant_id"]))
	elsewhere := ask{method: "POST", path: "/v1/tenants", token: h.operator, body: object{"name": "Neu GmbH"}, header: underKey("a")}

	if got := h.want(t, http.StatusCreated, reordered); got.header.Get("Idempotency-Replayed") != "true" {
		t.Error("the same JSON, written otherwise, is taken for another body")
	}
	if got := h.want(t, http.StatusUnprocessableEntity, another); got.text(t, "code") != "idempotency_key_reused" {
		t.Errorf("%s", got.body)
	}
	for name, a := range map[string]ask{"another token": byAnother, "another address": elsewhere} {
		if got := h.want(t, http.StatusCreated, a); got.header.Get("Idempotency-Replayed") != "" {
			t.Errorf("%s: the answer is repeated", name)
		}
	}
}

func TestARefusedRequestLeavesItsKeyFree(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	request := ask{
		method: "POST", path: "/v1/tenants/" + known["tenant_id"] + "/postings", token: h.operator,
		body: with(ad("Altenpfleger (m/w/d)", false), "external_id", "REQ-4711"), header: underKey("a"),
	}
	before := h.dump(t)

	taken := h.want(t, http.StatusConflict, request)

	if taken.text(t, "code") != "external_id_taken" {
		t.Errorf("%s", taken.body)
	}
	h.unchanged(t, before)
	request.body = with(ad("Altenpfleger (m/w/d)", false), "external_id", "REQ-4712")
	h.want(t, http.StatusCreated, request)
}

func TestAKeyThatCannotBeOneIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	body, header := form(t, map[string]string{"file": "no certificate", "pin": "12345678"})
	base := "/v1/tenants/" + known["tenant_id"]
	before := h.dump(t)
	certificate := ask{method: "POST", path: base + "/ba-accounts/" + known["account_id"] + "/certificates", token: h.operator, body: body, header: header}
	bad := map[string]ask{"a key where none is taken": certificate.with(underKey("a"))}
	for name, key := range map[string]string{"a blank in it": "a b", "too long": strings.Repeat("a", 256), "not ASCII": "schlüssel"} {
		bad[name] = ask{method: "POST", path: base + "/postings", token: h.operator, body: ad("Altenpfleger (m/w/d)", false), header: underKey(key)}
	}
	for name, a := range bad {
		got := h.want(t, http.StatusBadRequest, a)

		if !slices.Equal(got.pointers(t), []string{"Idempotency-Key"}) {
			t.Errorf("%s: %s", name, got.body)
		}
	}
	h.unchanged(t, before)
}

// TestTwoHundredIdenticalPostsCreateOnePosting goes over HTTP, as the callers do: each repeats its request while it is told to.
func TestTwoHundredIdenticalPostsCreateOnePosting(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	server := httptest.NewServer(h.handler)
	t.Cleanup(server.Close)
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxConnsPerHost: 64}}
	t.Cleanup(client.CloseIdleConnections)
	raw := mustJSON(t, ad("Altenpfleger (m/w/d)", true))
	post := func() (status int, replayed bool, body string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/tenants/"+known["tenant_id"]+"/postings", bytes.NewReader(raw))
		if err != nil {
			t.Error(err)
			return 0, false, ""
		}
		request.Header.Set("Authorization", "Bearer "+h.operator)
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Idempotency-Key", "one-posting")
		response, err := client.Do(request)
		if err != nil {
			t.Error(err)
			return 0, false, ""
		}
		defer response.Body.Close()
		all, err := io.ReadAll(response.Body)
		if err != nil {
			t.Error(err)
		}
		return response.StatusCode, response.Header.Get("Idempotency-Replayed") == "true", string(all)
	}
	const callers = 200
	var mu sync.Mutex
	bodies, originals, busy := map[string]int{}, 0, 0
	var running sync.WaitGroup
	for range callers {
		running.Go(func() {
			status, replayed, body := post()
			for status == http.StatusConflict || status == http.StatusServiceUnavailable {
				mu.Lock()
				busy++
				mu.Unlock()
				status, replayed, body = post()
			}
			mu.Lock()
			defer mu.Unlock()
			if status != http.StatusCreated {
				t.Errorf("%d %s", status, body)
			}
			bodies[body]++
			if !replayed {
				originals++
			}
		})
	}
	running.Wait()

	list := h.want(t, http.StatusOK, ask{method: "GET", path: "/v1/tenants/" + known["tenant_id"] + "/postings", token: h.operator})
	items, _ := list.get(t, "items").([]any)
	if len(bodies) != 1 || originals != 1 || len(items) != 2 { // one was there before
		t.Errorf("%d different answers, %d of them original, %d postings", len(bodies), originals, len(items))
	}
	t.Logf("%d callers; told %d times that the request is running", callers, busy)
}

func mustJSON(t *testing.T, value any) []byte {
	t.Helper()
	raw, err := json.Marshal(value)
	check(t, err)
	return raw
}
