package config

import (
	"reflect"
	"strings"
)

// Setting is one variable, for documentation.
type Setting struct {
	Name    string
	Default string
	Doc     string
}

//go:generate go run ./gen ../../docs/configuration.md

// Settings lists every variable in the order of the documentation.
func Settings() []Setting {
	fields := reflect.VisibleFields(reflect.TypeFor[Config]())
	settings := make([]Setting, len(fields))
	for i, field := range fields {
		settings[i] = Setting{
			Name: Prefix + field.Tag.Get("env"), Default: field.Tag.Get("envDefault"), Doc: field.Tag.Get("doc"),
		}
	}
	return settings
}

// Markdown is docs/configuration.md.
func Markdown() string {
	var b strings.Builder
	b.WriteString("<!-- Generated from internal/config by `make generate`; do not edit. -->\n\n# Configuration\n\n" +
		"`serve` and `work` read these variables when they start and refuse to start when one is wrong. Each can also be given as\n" +
		"`…_FILE`, the name of a file that holds the value. `demo` and `dev` need none and refuse to start when one is set.\n" +
		"Traces follow the `OTEL_` variables: see [operation.md](operation.md).\n\n" +
		"| variable | default | meaning |\n|---|---|---|\n")
	for _, s := range Settings() {
		fallback := ""
		if s.Default != "" {
			fallback = "`" + s.Default + "`"
		}
		b.WriteString("| `" + s.Name + "` | " + fallback + " | " + s.Doc + " |\n")
	}
	return b.String()
}
