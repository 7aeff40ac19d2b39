package api

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// complaintsOf says in our words what is wrong with one value of a body, which stands at the given place.
func complaintsOf(broken *openapi3.SchemaError, place string) []*fault.Error {
	object, ok := broken.Value.(map[string]any)
	if broken.SchemaField != "properties" || !ok {
		return []*fault.Error{complaintOf(broken, place)}
	}
	// The error is about the object; what is meant are those of its fields that the schema does not have.
	var unknown []*fault.Error
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if broken.Schema.Properties[name] == nil {
			unknown = append(unknown, unknownField.At(place+pointer([]string{name}), nil))
		}
	}
	return unknown
}

// complaintOf says in our words which demand of the contract a value does not meet.
func complaintOf(broken *openapi3.SchemaError, place string) *fault.Error {
	schema := broken.Schema
	switch broken.SchemaField {
	case "required":
		return missingValue.At(place, nil)
	case "properties", "additionalProperties":
		return unknownField.At(place, nil)
	case "enum":
		return unknownValue.At(place, fault.Args{"expected": list(schema.Enum)})
	case "maxLength":
		return tooLong.At(place, fault.Args{"limit": *schema.MaxLength})
	case "maxItems":
		return tooLong.At(place, fault.Args{"limit": *schema.MaxItems})
	case "minLength":
		return tooShort.At(place, fault.Args{"limit": schema.MinLength})
	case "minItems":
		return tooShort.At(place, fault.Args{"limit": schema.MinItems})
	case "minimum", "maximum":
		return outOfRange.At(place, fault.Args{"limit": interval(schema)})
	case "uniqueItems":
		return repeatedValue.At(place, nil)
	case "pattern":
		if schema.Pattern == visible {
			return tooShort.At(place, fault.Args{"limit": 1})
		}
		return wrongForm.At(place, fault.Args{"expected": expectation(schema)})
	case "type", "nullable":
		return wrongType.At(place, fault.Args{"expected": typeWords(schema)})
	default:
		return wrongForm.At(place, fault.Args{"expected": expectation(schema)})
	}
}

// visible is the pattern of names: something that can be seen.
const visible = `\S`

// typeNames are the words for JSON's types.
var typeNames = map[string]text.Text{
	openapi3.TypeString:  {DE: "ein Text", EN: "a text"},
	openapi3.TypeInteger: {DE: "eine ganze Zahl", EN: "a whole number"},
	openapi3.TypeNumber:  {DE: "eine Zahl", EN: "a number"},
	openapi3.TypeBoolean: {DE: "true oder false", EN: "true or false"},
	openapi3.TypeArray:   {DE: "eine Liste", EN: "a list"},
	openapi3.TypeObject:  {DE: "ein Objekt", EN: "an object"},
}

// typeWords names the type that a schema wants.
func typeWords(schema *openapi3.Schema) any {
	if schema.Type != nil && len(schema.Type.Slice()) == 1 {
		if words, ok := typeNames[schema.Type.Slice()[0]]; ok {
			return words
		}
	}
	return expectation(schema)
}

// expectation names what a schema wants, in words that are the same in every language.
func expectation(schema *openapi3.Schema) string {
	form, _ := schema.Extensions["x-form"].(string)
	switch {
	case form != "":
		return form
	case schema.Format == "immediately-or-date":
		return "immediately, YYYY-MM-DD"
	case schema.Pattern != "":
		return schema.Pattern
	case schema.Format == "date":
		return "YYYY-MM-DD"
	case schema.Format == "date-time":
		return "RFC 3339, 2026-11-24T08:00:00Z"
	case schema.Format != "":
		return schema.Format
	case schema.Type != nil:
		return strings.Join(schema.Type.Slice(), ", ")
	default:
		return "JSON"
	}
}

func list[T any](values []T) string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = fmt.Sprint(value)
	}
	return strings.Join(words, ", ")
}

func interval(schema *openapi3.Schema) string {
	switch {
	case schema.Min == nil:
		return "≤ " + number(*schema.Max)
	case schema.Max == nil:
		return "≥ " + number(*schema.Min)
	default:
		return number(*schema.Min) + "–" + number(*schema.Max)
	}
}

// number writes a limit without an exponent.
func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func parseTime(s string) (time.Time, error) { return time.Parse(time.RFC3339Nano, s) }
