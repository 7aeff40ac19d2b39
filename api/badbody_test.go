package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// canary is what bad values are made of: no answer and no log may repeat it.
const canary = "Kanarien vogel"

// mistake is one mistake in a body, and where the answer must point.
type mistake struct {
	name    string
	body    any
	pointer string
}

// mistakes makes every mistake that a schema knows of, one at a time, in a good value. Fields that the value does not have get a wrong type
// only; lists and objects in it are entered.
func mistakes(schema *openapi3.Schema, good any, at string) []mistake {
	var found []mistake
	add := func(name string, body any, pointer string) { found = append(found, mistake{name, body, pointer}) }
	switch {
	case schema.Type.Is(openapi3.TypeObject):
		object, _ := good.(map[string]any)
		add("an unknown field", with(object, canary, canary), at+"/"+canary)
		for _, name := range schema.Required {
			add("without "+name, without(object, name), at+"/"+name)
		}
		for _, name := range slices.Sorted(maps.Keys(schema.Properties)) {
			inner := schema.Properties[name].Value
			for _, bad := range wrong(inner) {
				add(name+" "+bad.name, with(object, name, bad.body), at+"/"+name+bad.pointer)
			}
			if value, ok := object[name]; ok {
				for _, deeper := range mistakes(inner, value, at+"/"+name) {
					add(name+": "+deeper.name, with(object, name, deeper.body), deeper.pointer)
				}
			}
		}
	case schema.Type.Is(openapi3.TypeArray):
		list, _ := good.([]any)
		if len(list) == 0 {
			break
		}
		for _, deeper := range mistakes(schema.Items.Value, list[0], at+"/0") {
			add("first: "+deeper.name, append([]any{deeper.body}, list[1:]...), deeper.pointer)
		}
		for _, bad := range wrong(schema.Items.Value) {
			add("first "+bad.name, append([]any{bad.body}, list[1:]...), at+"/0"+bad.pointer)
		}
		if schema.UniqueItems {
			add("twice the same", append([]any{list[0]}, list...), at)
		}
	}
	return found
}

// wrong makes values that a schema refuses.
func wrong(schema *openapi3.Schema) []mistake {
	found := []mistake{{name: "is null"}}
	add := func(name string, value any) { found = append(found, mistake{name: name, body: value}) }
	switch {
	case schema.Type.Is(openapi3.TypeString):
		add("is a number", 42)
		add("is an object", map[string]any{canary: canary})
		add("holds NUL", canary+"\x00")
		if schema.MaxLength != nil {
			add("is too long", strings.Repeat("ß", int(*schema.MaxLength)+1))
		}
		if schema.MinLength > 0 {
			add("is empty", "")
		}
		if len(schema.Enum) > 0 || schema.Pattern != "" || schema.Format != "" {
			wrong := canary
			if schema.Pattern == `\S` {
				wrong = "\t  "
			}
			add("has the wrong form", wrong)
		}
		switch schema.Format {
		case "date", "immediately-or-date":
			add("is a day that does not exist", "2026-02-30")
			add("is a time", "2026-02-28T08:00:00Z")
		case "date-time":
			add("is a day that does not exist", "2026-02-30T08:00:00Z")
			add("is a day", "2026-02-28")
		}
	case schema.Type.Is(openapi3.TypeInteger), schema.Type.Is(openapi3.TypeNumber):
		add("is a text", canary)
		add("is a truth", true)
		if schema.Max != nil {
			add("is too large", *schema.Max+1)
		}
		if schema.Min != nil {
			add("is too small", *schema.Min-1)
		}
		if schema.Type.Is(openapi3.TypeInteger) {
			add("is a fraction", 1.5)
		}
	case schema.Type.Is(openapi3.TypeBoolean):
		add("is a text", canary)
		add("is a number", 1)
	case schema.Type.Is(openapi3.TypeArray):
		add("is a text", canary)
		add("is an object", map[string]any{})
		if schema.MaxItems != nil {
			add("has too many items", slices.Repeat([]any{canary}, int(*schema.MaxItems)+1))
		}
		if schema.MinItems > 0 {
			add("has no item", []any{})
		}
	case schema.Type.Is(openapi3.TypeObject):
		add("is a text", canary)
		add("is a list", []any{})
	}
	return found
}

func with(object map[string]any, name string, value any) map[string]any {
	changed := maps.Clone(object)
	if changed == nil {
		changed = map[string]any{}
	}
	changed[name] = value
	return changed
}

func without(object map[string]any, name string) map[string]any {
	changed := maps.Clone(object)
	delete(changed, name)
	return changed
}

func TestEveryMistakeInABodyIsNamedAtItsPlaceAndNothingIsSaved(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	before := h.dump(t)
	walked := map[*openapi3.Schema]bool{}
	asked := 0
	for _, op := range h.contract.operations() {
		good := op.example()
		if good == nil {
			continue
		}
		schema := op.RequestBody.Value.Content["application/json"].Schema.Value
		for i, bad := range mistakes(schema, good, "") {
			// Operations that share a body share its depths.
			if walked[schema] && strings.Count(bad.pointer, "/") > 1 {
				continue
			}
			request := op.ask(t, h.operator, known)
			request.body = bad.body
			title := "The input is not valid"
			if i%2 == 1 {
				request = request.with(map[string]string{"Accept-Language": "de-AT, en;q=0.5"})
				title = "Angaben sind nicht gültig"
			}

			got := h.do(t, request)

			if within, ok := strings.CutPrefix(bad.pointer, "/items/0"); ok && op.oneByOne() && got.status == http.StatusOK {
				got, bad.pointer = got.problemOfItem(t), within
			}
			asked++
			if got.status != http.StatusUnprocessableEntity || got.text(t, "title") != title || !slices.Contains(got.pointers(t), bad.pointer) {
				t.Errorf("%s: %s: want a complaint about %s\n%d %s", op.OperationID, bad.name, bad.pointer, got.status, got.body)
			}
			if answer := strings.ReplaceAll(string(got.body), "/"+canary, ""); strings.Contains(answer, canary) {
				t.Errorf("%s: %s: the value is repeated\n%s", op.OperationID, bad.name, got.body)
			}
		}
		walked[schema] = true
	}
	fmt.Printf("proof: bodies with one mistake, each named at its place: %d\n", asked)
	if asked < 300 {
		t.Errorf("only %d mistakes were made", asked)
	}
	h.unchanged(t, before)
	if strings.Contains(h.log.String(), canary) {
		t.Errorf("the log repeats values\n%s", h.log.String())
	}
}

func TestABodyThatCannotBeReadIsRefusedWhole(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	before, asked := h.dump(t), 0
	var fields []string
	for i := range 5_000 {
		fields = append(fields, fmt.Sprintf(`"%d": 1`, i))
	}
	many := "{" + strings.Join(fields, ",") + "}"
	for _, op := range h.contract.operations() {
		example := op.example()
		if example == nil {
			continue
		}
		raw, err := json.Marshal(example)
		check(t, err)
		good := string(raw)
		deep := strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000)
		for name, test := range map[string]struct {
			body   string
			status int
			code   string
			header map[string]string
		}{
			"empty":                   {"", 400, "malformed_body", nil},
			"not JSON":                {canary, 400, "malformed_body", nil},
			"half":                    {good[:len(good)/2], 400, "malformed_body", nil},
			"trailing garbage":        {good + canary, 400, "malformed_body", nil},
			"two objects":             {good + good, 400, "malformed_body", nil},
			"a byte order mark":       {"\ufeff" + good, 400, "malformed_body", nil},
			"UTF-16":                  {"{\x00}\x00", 400, "malformed_body", nil},
			"not UTF-8":               {strings.Replace(good, ":", ":\"\xff\",\"x\":", 1), 400, "malformed_body", nil},
			"a number beyond all":     {strings.Replace(good, "{", `{"x":1e999,`, 1), 422, "invalid_input", nil},
			"half a surrogate pair":   {strings.Replace(good, "{", `{"x":"a\ud800b",`, 1), 422, "invalid_input", nil},
			"deep nesting":            {deep, 400, "malformed_body", nil},
			"nesting to the limit":    {strings.Repeat(`{"a":`, 9_000) + "1" + strings.Repeat("}", 9_000), 422, "invalid_input", nil},
			"null":                    {"null", 422, "invalid_input", nil},
			"a list":                  {"[" + good + "]", 422, "invalid_input", nil},
			"a text":                  {`"` + canary + `"`, 422, "invalid_input", nil},
			"too large":               {good + strings.Repeat(" ", op.maxBody()), 413, "body_too_large", nil},
			"another type":            {good, 415, "unsupported_media_type", map[string]string{"Content-Type": "application/xml"}},
			"a form":                  {good, 415, "unsupported_media_type", map[string]string{"Content-Type": "application/x-www-form-urlencoded"}},
			"no type":                 {good, 415, "unsupported_media_type", map[string]string{"Content-Type": ""}},
			"a type that is none":     {good, 415, "unsupported_media_type", map[string]string{"Content-Type": "application/json; ="}},
			"a compressed body":       {"\x1f\x8b\x08", 415, "unsupported_media_type", map[string]string{"Content-Encoding": "gzip"}},
			"another charset":         {good, 415, "unsupported_media_type", map[string]string{"Content-Type": "application/json; charset=iso-8859-1"}},
			"fields by the thousands": {many, 422, "invalid_input", nil},
		} {
			request := op.ask(t, h.operator, known)
			request = request.with(test.header)
			request.body = test.body
			asked++

			got := h.do(t, request)

			if got.status != test.status || got.text(t, "code") != test.code {
				t.Errorf("%s: %s: %d %s", op.OperationID, name, got.status, got.body)
			}
			if strings.Contains(string(got.body), canary) || len(got.body) > 32<<10 {
				t.Errorf("%s: %s: the answer repeats too much: %.1000s", op.OperationID, name, got.body)
			}
		}
	}
	fmt.Printf("proof: bodies that cannot be read or taken: %d\n", asked)
	h.unchanged(t, before)
}

func TestANameThatStandsTwiceIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	before := h.dump(t)
	path := "/v1/tenants/" + known["tenant_id"]

	outside := h.want(t, http.StatusUnprocessableEntity, ask{
		method: "PUT", path: path, token: h.operator, body: `{"name": "A", "lifecycle": "open", "name": "B"}`, header: whateverIsThere,
	})
	inside := h.want(t, http.StatusUnprocessableEntity, ask{
		method: "POST", path: path + "/postings", token: h.operator,
		body: `{"publish": false, "content": {"title": "A", "apply": {"ways": [], "ways": ["email"]}}}`,
	})

	if got := outside.pointers(t); !slices.Equal(got, []string{"/name"}) {
		t.Errorf("outside: %q", got)
	}
	if got := inside.pointers(t); !slices.Equal(got, []string{"/content/apply/ways"}) {
		t.Errorf("inside: %q", got)
	}
	h.unchanged(t, before)
}

func TestNoDomainRepeatsAValueThatItRefuses(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	base := "/v1/tenants/" + known["tenant_id"]
	before := h.dump(t)
	for _, request := range []ask{
		{method: "POST", path: base + "/tokens", body: object{"name": "software", "scopes": []string{canary}}},
		{method: "POST", path: base + "/ba-accounts", body: object{"name": "Zweitkonto", "supplier_id": canary, "alliance_number": canary}},
		{method: "POST", path: base + "/ba-accounts/" + known["account_id"] + "/hiring-organisations", body: object{"name": "A", "town": "B", "kundennummer": canary}},
		{method: "POST", path: base + "/postings", body: with(ad(strings.Repeat(canary, 10), true), "external_id", "REQ-2")},
	} {
		request.token = h.operator
		got := h.want(t, http.StatusUnprocessableEntity, request)

		if strings.Contains(string(got.body), canary) {
			t.Errorf("%s: %s", request.path, got.body)
		}
	}
	h.unchanged(t, before)
}

func TestWhatIsOnlyWrittenUnusuallyIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	known := h.furnish(t)
	path := "/v1/tenants/" + known["tenant_id"]
	body := ad("Pflegefachkraft (m/w/d)", false)
	content, _ := body["content"].(object)
	content["openings"] = json.RawMessage("1.2e1")

	for name, header := range map[string]string{
		"capitals": "Application/JSON", "a character set": `application/json; charset="utf-8"`, "spaces": " application/json ;charset=UTF-8",
	} {
		got := h.do(t, ask{method: "POST", path: path + "/postings", token: h.operator, body: body, header: map[string]string{"Content-Type": header}})

		if got.status != http.StatusCreated || got.get(t, "content", "openings") != 12.0 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	escaped := h.want(t, http.StatusOK, ask{method: "GET", path: path + "/postings/by-external-id/REQ%2D4711", token: h.operator})
	if escaped.text(t, "external_id") != "REQ-4711" {
		t.Errorf("the escaped id names %s", escaped.body)
	}
}
