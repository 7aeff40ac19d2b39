package ba

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// What is used where the upload page does not say: HR-BA-XML, Einweisungskonzept §7.6.2. A page without a form counts as the upload page
// only if its title says so; any other may be about maintenance.
const (
	fallbackAction = "upload.php"
	fallbackInput  = "upload"
	fallbackTitle  = "upload"
)

// maxFields bounds how many fields of a form are sent back.
const maxFields = 32

// field is one field of the upload form, in the order of the page.
type field struct {
	name  string
	value string
	// file marks the place of the file itself.
	file bool
}

// uploadForm is where and how a file is handed in.
type uploadForm struct {
	action *url.URL
	fields []field
}

// readForm finds the first form with a file input on the upload page at the given address, as a browser would fill it: hidden
// fields and a named submit button go along. On an upload page without such a form it falls back to what the BA documents.
func readForm(page *url.URL, root *html.Node) (uploadForm, error) {
	for node := range root.Descendants() {
		if node.DataAtom != atom.Form {
			continue
		}
		fields := readFields(node)
		if fields == nil {
			continue
		}
		action, _ := attribute(node, "action")
		target, err := page.Parse(strings.TrimSpace(action))
		if err != nil {
			return uploadForm{}, fmt.Errorf("read the form's action: %w", err)
		}
		target.Fragment = ""
		return uploadForm{action: target, fields: fields}, nil
	}
	if heading := title(root); !strings.Contains(strings.ToLower(heading), fallbackTitle) {
		return uploadForm{}, fmt.Errorf("there is no form that takes a file; the page's title is %q", heading)
	}
	target := page.ResolveReference(&url.URL{Path: fallbackAction})
	return uploadForm{action: target, fields: []field{{name: fallbackInput, file: true}}}, nil
}

// readFields returns what a form sends, and nil if it sends no file.
func readFields(form *html.Node) []field {
	var fields []field
	hasFile, hasSubmit := false, false
	for node := range form.Descendants() {
		if node.DataAtom != atom.Input && node.DataAtom != atom.Button || len(fields) == maxFields {
			continue
		}
		name, _ := attribute(node, "name")
		value, _ := attribute(node, "value")
		kind, _ := attribute(node, "type")
		kind = strings.ToLower(kind)
		if kind == "" && node.DataAtom == atom.Button {
			kind = "submit"
		}
		switch {
		case kind == "file" && !hasFile:
			if name == "" {
				name = fallbackInput
			}
			hasFile = true
			fields = append(fields, field{name: name, file: true})
		case kind == "hidden" && name != "":
			fields = append(fields, field{name: name, value: value})
		case kind == "submit" && name != "" && !hasSubmit:
			hasSubmit = true
			fields = append(fields, field{name: name, value: value})
		}
	}
	if !hasFile {
		return nil
	}
	return fields
}

// encode writes the filled form as multipart/form-data and returns it with its content type.
func (f uploadForm) encode(fileName string, file []byte) (body []byte, contentType string, err error) {
	var b bytes.Buffer
	writer := multipart.NewWriter(&b)
	for _, field := range f.fields {
		if !field.file {
			if err := writer.WriteField(field.name, field.value); err != nil {
				return nil, "", fmt.Errorf("write field: %w", err)
			}
			continue
		}
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", multipart.FileContentDisposition(field.name, fileName))
		header.Set("Content-Type", "text/xml")
		part, err := writer.CreatePart(header)
		if err != nil {
			return nil, "", fmt.Errorf("write file part: %w", err)
		}
		if _, err := part.Write(file); err != nil {
			return nil, "", fmt.Errorf("write file part: %w", err)
		}
	}
	if err := writer.Close(); err != nil {
		return nil, "", fmt.Errorf("end form: %w", err)
	}
	return b.Bytes(), writer.FormDataContentType(), nil
}
