package api

import (
	"context"
	"io"
	"maps"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// itemsMember is the list in a body whose items are checked one by one, so that a bad one does not spoil the others.
const itemsMember = "items"

// apart parts a body's schema into one that takes any items, and the schema of an item.
func apart(body *openapi3.Schema) (whole, item *openapi3.Schema) {
	list := *body.Properties[itemsMember].Value
	item = list.Items.Value
	list.Items = openapi3.NewSchemaRef("", openapi3.NewSchema().WithNullable())
	outer := *body
	outer.Properties = maps.Clone(body.Properties)
	outer.Properties[itemsMember] = openapi3.NewSchemaRef("", &list)
	return &outer, item
}

type refusalsKey struct{}

// refusalOf is what is wrong with an item of the body, by the contract; nil when nothing is.
func refusalOf(ctx context.Context, item int) error {
	found, _ := ctx.Value(refusalsKey{}).(map[int]error)
	return found[item]
}

// checkOneByOne reads a JSON body with a list of items. What is wrong with single items is left to the handler; places in an item are told as
// if it stood alone.
func checkOneByOne(c echo.Context, op *operation) error {
	raw, err := io.ReadAll(c.Request().Body)
	if err != nil {
		return bodyFault(err)
	}
	// No complaint may be lost, since none of the items that it is about may be saved; the body's size bounds them.
	value, complaints, err := readJSON(raw, len(raw))
	if err != nil {
		return err
	}
	ofItem := map[int][]*fault.Error{}
	var ofWhole []*fault.Error
	for _, complaint := range complaints {
		if item, rest, ok := withinItem(complaint.Pointer); ok {
			complaint.Pointer = rest
			ofItem[item] = append(ofItem[item], complaint)
			continue
		}
		ofWhole = append(ofWhole, complaint)
	}
	if err := fault.Collect(fault.InvalidInput, ofWhole[:min(len(ofWhole), maxComplaints)]); err != nil {
		return err
	}
	if err := checkValue(value, op.body); err != nil {
		return err
	}
	refusals := map[int]error{}
	body, _ := value.(map[string]any)
	items, _ := body[itemsMember].([]any)
	for i, item := range items {
		parts := ofItem[i]
		err := fault.Collect(fault.InvalidInput, parts[:min(len(parts), maxComplaints)])
		if err == nil {
			err = checkValue(item, op.items)
		}
		if err != nil {
			refusals[i] = err
		}
	}
	r := c.Request()
	c.SetRequest(r.WithContext(context.WithValue(r.Context(), refusalsKey{}, refusals)))
	return handOver(c.Request(), value)
}

// withinItem takes a place in the body apart into an item's position and the place within the item.
func withinItem(place string) (item int, rest string, ok bool) {
	within, ok := strings.CutPrefix(place, "/"+itemsMember+"/")
	if !ok {
		return 0, "", false
	}
	number, rest, deeper := strings.Cut(within, "/")
	if deeper {
		rest = "/" + rest
	}
	item, err := strconv.Atoi(number)
	return item, rest, err == nil
}
