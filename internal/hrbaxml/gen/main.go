// Command gen writes what follows from the schema table of package hrbaxml: the constants of its IDs, the XSD and the field
// reference. It runs in the folder of the package, by go generate.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

// run writes all generated files below the folder of package hrbaxml.
func run(folder string) error {
	for name, content := range files() {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(path, content, 0o644); err != nil {
			return fmt.Errorf("write generated file: %w", err)
		}
	}
	return nil
}

// files returns the generated files by their path, relative to the folder of package hrbaxml.
func files() map[string][]byte {
	return map[string][]byte{
		"ids.gen.go":                     constants(hrbaxml.Next()),
		"xsd/stellwerk-p82.xsd":          schema(hrbaxml.P82()),
		"../../docs/hr-ba-xml-fields.md": reference(hrbaxml.Next(), hrbaxml.P82()),
	}
}
