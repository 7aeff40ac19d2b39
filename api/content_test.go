package api_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// twin compares a Go type with the schema that is to describe it.
type twin struct {
	t *testing.T
	// words are the constants of each type of package posting.
	words map[string][]string
}

func TestTheContentAndItsSchemaAreTheSame(t *testing.T) {
	t.Parallel()
	schema := readContract(t).document.Components.Schemas["PostingContent"].Value

	twin{t, constants(t, "../internal/posting")}.compare("content", reflect.TypeFor[posting.Content](), schema)
}

func (w twin) compare(at string, of reflect.Type, schema *openapi3.Schema) {
	w.t.Helper()
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	want := map[reflect.Kind]string{
		reflect.Struct: "object", reflect.Slice: "array", reflect.String: "string", reflect.Int: "integer", reflect.Float64: "number", reflect.Bool: "boolean",
	}[of.Kind()]
	if written := of == reflect.TypeFor[calendar.Date]() || of == reflect.TypeFor[posting.Start](); written {
		want = "string"
	}
	if !schema.Type.Is(want) {
		w.t.Errorf("%s is %s in Go and %v in the schema", at, of, schema.Type)
		return
	}
	switch {
	case want == "object":
		w.fields(at, of, schema)
	case want == "array":
		w.compare(at+"/*", of.Elem(), schema.Items.Value)
	case of == reflect.TypeFor[calendar.Date]() && schema.Format != "date":
		w.t.Errorf("%s is a date and its format %q", at, schema.Format)
	case of.Kind() == reflect.String:
		var words []string
		for _, word := range schema.Enum {
			words = append(words, word.(string)) //nolint:forcetypeassert,errcheck // the schema is one of texts
		}
		if got := slices.Sorted(slices.Values(words)); !slices.Equal(got, w.words[of.Name()]) {
			w.t.Errorf("%s: the schema knows %q and Go %q", at, got, w.words[of.Name()])
		}
	}
}

// fields compares the fields of a struct with the properties of an object.
func (w twin) fields(at string, of reflect.Type, schema *openapi3.Schema) {
	w.t.Helper()
	var names, required []string
	for _, field := range reflect.VisibleFields(of) {
		tag := field.Tag.Get("json")
		if !field.IsExported() || tag == "-" || (field.Anonymous && tag == "") {
			continue
		}
		name, options, _ := strings.Cut(tag, ",")
		names = append(names, name)
		if !strings.Contains(options, "omit") {
			required = append(required, name)
		}
		if inner := schema.Properties[name]; inner != nil {
			w.compare(at+"/"+name, field.Type, inner.Value)
		}
	}
	if described := slices.Sorted(maps.Keys(schema.Properties)); !slices.Equal(described, slices.Sorted(slices.Values(names))) {
		w.t.Errorf("%s has the fields %q in Go and %q in the schema", at, names, described)
	}
	if described := slices.Sorted(slices.Values(schema.Required)); !slices.Equal(described, slices.Sorted(slices.Values(required))) {
		w.t.Errorf("%s: Go always writes %q and the schema requires %q", at, required, described)
	}
	if schema.AdditionalProperties.Has == nil || *schema.AdditionalProperties.Has {
		w.t.Errorf("%s: the schema allows unknown fields", at)
	}
}

// constants are the values of the string constants of a package, sorted, by the name of their type.
func constants(t *testing.T, folder string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, file := range parseFolder(t, folder) {
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok {
				return true
			}
			kind, ok := spec.Type.(*ast.Ident)
			if !ok {
				return true
			}
			for _, value := range spec.Values {
				if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					word, err := strconv.Unquote(literal.Value)
					check(t, err)
					found[kind.Name] = append(found[kind.Name], word)
				}
			}
			return true
		})
	}
	for name := range found {
		slices.Sort(found[name])
	}
	return found
}

// parseFolder reads the Go files of a folder, without tests.
func parseFolder(t *testing.T, folder string) []*ast.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	check(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		check(t, err)
		files = append(files, file)
	}
	return files
}

// position is a number within a JSON Pointer.
var position = regexp.MustCompile(`/[0-9]+(/|$)`)

func TestEveryLimitOfTheBAIsThatOfItsSchema(t *testing.T) {
	t.Parallel()
	limits := map[string]int{}
	for element := range hrbaxml.P82().Elements {
		pointer, ok := posting.Pointer(element.ID, element.Path)
		if ok && element.Value.MaxLength > 0 {
			limits[position.ReplaceAllString(pointer, "/*$1")] = element.Value.MaxLength
		}
	}
	documented, fixed := map[string]int{}, map[string]bool{}
	collectLimits(documented, fixed, "", readContract(t).document.Components.Schemas["PostingContent"].Value)

	for place, limit := range documented {
		if limits[place] != limit {
			t.Errorf("%s: the contract says %d and the BA's schema %d", place, limit, limits[place])
		}
	}
	for place, limit := range limits {
		if documented[place] == 0 && !fixed[place] {
			t.Errorf("%s: the contract does not say that the BA takes %d characters", place, limit)
		}
	}
	if len(documented) < 40 {
		t.Errorf("only %d limits are documented", len(documented))
	}
}

// collectLimits gathers what x-ba-max-length says, and which fields have a pattern instead, by places in the content.
func collectLimits(limits map[string]int, fixed map[string]bool, at string, schema *openapi3.Schema) {
	if limit, ok := schema.Extensions["x-ba-max-length"].(float64); ok {
		limits[at] = int(limit)
	}
	fixed[at] = schema.Pattern != ""
	for name, inner := range schema.Properties {
		collectLimits(limits, fixed, at+"/"+name, inner.Value)
	}
	if schema.Items != nil {
		collectLimits(limits, fixed, at+"/*", schema.Items.Value)
	}
}
