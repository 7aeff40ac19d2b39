package hrbaxml_test

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// xsdNode is any element of an XML Schema.
type xsdNode struct {
	XMLName  xml.Name
	Name     string    `xml:"name,attr"`
	Type     string    `xml:"type,attr"`
	Base     string    `xml:"base,attr"`
	Value    string    `xml:"value,attr"`
	Location string    `xml:"schemaLocation,attr"`
	Min      string    `xml:"minOccurs,attr"`
	Max      string    `xml:"maxOccurs,attr"`
	Nodes    []xsdNode `xml:",any"`
}

// readXSD returns the global declarations of a schema and of what it includes.
func readXSD(t *testing.T, path string) map[string]xsdNode {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var root xsdNode
	if err := xml.Unmarshal(raw, &root); err != nil {
		t.Fatal(err)
	}
	globals := map[string]xsdNode{}
	for _, n := range root.Nodes {
		if n.XMLName.Local == "include" {
			maps.Copy(globals, readXSD(t, filepath.Join(filepath.Dir(path), n.Location)))
		}
		globals[n.XMLName.Local+" "+n.Name] = n
	}
	return globals
}

// outline describes every element below the node by its path.
func outline(globals map[string]xsdNode, n xsdNode, path string, into *[]string) {
	for _, child := range n.Nodes {
		switch child.XMLName.Local {
		case "complexType", "sequence":
			outline(globals, child, path, into)
		case "element":
			here := path + "/" + child.Name
			definition := child
			if named, ok := globals["complexType "+child.Type]; ok {
				definition = named
			} else if named, ok := globals["simpleType "+child.Type]; ok {
				definition = xsdNode{Nodes: []xsdNode{named}}
			}
			*into = append(*into, fmt.Sprintf("%s %s..%s %s", here, cmp.Or(child.Min, "1"), cmp.Or(child.Max, "1"), describe(definition)))
			outline(globals, definition, here, into)
		}
	}
}

// facets are what a simple type demands, in a form that does not depend on how it is written.
type facets struct {
	base, minLength, maxLength, fraction string
	patterned                            bool
	numbers                              []int64
	texts                                []string
	digits                               int
}

func describe(n xsdNode) string {
	f := facets{base: n.Type}
	f.collect(n)
	slices.Sort(f.texts)
	return f.String()
}

func (f facets) String() string {
	slices.Sort(f.numbers)
	bounds := ""
	if len(f.numbers) > 0 {
		bounds = fmt.Sprintf("%d numbers from %d to %d", len(f.numbers), f.numbers[0], f.numbers[len(f.numbers)-1])
	}
	return fmt.Sprintf("%s length %s-%s pattern %v fraction %s digits %d %s %v", f.base, f.minLength, f.maxLength, f.patterned, f.fraction, f.digits, bounds, f.texts)
}

func (f *facets) collect(n xsdNode) {
	least, most := "", ""
	for _, child := range n.Nodes {
		switch child.XMLName.Local {
		case "simpleType", "union":
			f.collect(child)
		case "restriction":
			f.base = child.Base
			f.collect(child)
		case "minLength":
			f.minLength = strings.TrimPrefix(child.Value, "0")
		case "maxLength":
			f.maxLength = child.Value
		case "pattern":
			f.patterned = true
		case "fractionDigits":
			f.fraction = child.Value
		case "totalDigits":
			f.digits, _ = strconv.Atoi(child.Value)
		case "minInclusive":
			least = child.Value
		case "maxInclusive":
			most = child.Value
		case "enumeration":
			if number, err := strconv.ParseInt(child.Value, 10, 64); err == nil {
				f.numbers = append(f.numbers, number)
			} else {
				f.texts = append(f.texts, child.Value)
			}
		}
	}
	f.interval(least, most)
}

// interval adds the numbers between two bounds. An upper bound of nines alone is a number of digits.
func (f *facets) interval(least, most string) {
	if least == "" && most != "" && strings.Trim(most, "9") == "" {
		f.digits = len(most)
		return
	}
	from, _ := strconv.ParseInt(least, 10, 64)
	to, err := strconv.ParseInt(most, 10, 64)
	for n := from; err == nil && n <= to; n++ {
		f.numbers = append(f.numbers, n)
	}
}

// tableOutline describes the schema table in the same words.
func tableOutline(release *hrbaxml.Release) []string {
	var out []string
	for e := range release.Elements {
		most := strconv.Itoa(e.Max)
		if e.Max == hrbaxml.Many {
			most = "unbounded"
		}
		out = append(out, fmt.Sprintf("%s %d..%s %s", e.Path, e.Min, most, valueFacets(e.Value)))
	}
	return out
}

func valueFacets(v hrbaxml.Value) facets {
	f := facets{
		base: map[hrbaxml.Kind]string{
			hrbaxml.Text: "xs:string", hrbaxml.Integer: "xs:integer", hrbaxml.Decimal: "xs:decimal", hrbaxml.Date: "xs:date", hrbaxml.DateTime: "xs:dateTime",
		}[v.Kind],
		minLength: strings.TrimPrefix(strconv.Itoa(v.MinLength), "0"), maxLength: strings.TrimPrefix(strconv.Itoa(v.MaxLength), "0"),
		fraction: strings.TrimPrefix(strconv.Itoa(v.Fraction), "0"), patterned: v.Pattern != "", digits: v.Digits,
	}
	for _, c := range v.Codes {
		if number, err := strconv.ParseInt(c.Value, 10, 64); err == nil {
			f.numbers = append(f.numbers, number)
		} else {
			f.texts = append(f.texts, c.Value)
		}
	}
	for _, in := range v.Ranges {
		for n := in.Min; n <= in.Max; n++ {
			f.numbers = append(f.numbers, n)
		}
	}
	slices.Sort(f.texts)
	return f
}

// settled removes from both outlines what is written differently on purpose.
var settled = strings.NewReplacer(
	// The pattern of a country alone says that it has two letters; the table says it too.
	"CountryCode 1..1 xs:string length 1-2", "CountryCode 1..1 xs:string length 2-2",
	"CountryCode 0..1 xs:string length 1-2", "CountryCode 0..1 xs:string length 2-2",
	// The copy of the BA's schema that libxml2 can load has one digit less than the original.
	"digits 24", "digits 25",
	// A number of digits is not negative; the BA's schema forgets to say so.
	"xs:nonNegativeInteger", "xs:integer",
)

func TestSchemasSayWhatTheTableSays(t *testing.T) {
	t.Parallel()
	want := tableOutline(hrbaxml.P82())
	for _, xsd := range schemas() {
		globals := readXSD(t, xsd)
		var got []string
		outline(globals, xsdNode{Nodes: []xsdNode{globals["element HRBAXMLJobPositionPosting"]}}, "", &got)
		for i := range max(len(got), len(want)) {
			theirs, ours := "nothing", "nothing"
			if i < len(got) {
				theirs = settled.Replace(got[i])
			}
			if i < len(want) {
				ours = settled.Replace(want[i])
			}
			if theirs != ours {
				t.Fatalf("%s says\n%s\nthe table says\n%s", xsd, theirs, ours)
			}
		}
		t.Logf("%s: %d elements agree", filepath.Base(xsd), len(got))
	}
}
