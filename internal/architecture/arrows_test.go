// Package architecture_test keeps the house in its shape: which package may import which, and which libraries stay where they are.
package architecture_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/stellwerk-hr/stellwerk/"

// The layers, outermost first: a package may import packages of its own layer where the tables below allow it, and of every layer
// after its own.
var (
	// leaves know nothing of the business. They may import each other, which cannot become a circle.
	leaves = []string{
		"internal/calendar", "internal/cli", "internal/config", "internal/database", "internal/fault", "internal/jobs", "internal/mail",
		"internal/scope", "internal/secret", "internal/telemetry", "internal/text",
	}
	// domains maps each domain package to the other domains that it may import. What has to go the other way is a function that
	// cmd passes in.
	domains = map[string][]string{
		"internal/audit":       nil,
		"internal/catalog":     {"internal/audit", "internal/event"},
		"internal/credential":  {"internal/audit", "internal/event", "internal/tenant"},
		"internal/event":       nil,
		"internal/idempotency": nil,
		"internal/identity":    {"internal/audit", "internal/event"},
		"internal/notice":      {"internal/event", "internal/tenant"},
		"internal/preflight":   {"internal/catalog"},
		"internal/onboarding":  {"internal/audit", "internal/event", "internal/credential", "internal/tenant"},
		"internal/posting":     {"internal/audit", "internal/event", "internal/catalog", "internal/preflight", "internal/tenant"},
		"internal/tenant":      {"internal/audit", "internal/event"},
		"internal/transfer":    {"internal/audit", "internal/event", "internal/credential", "internal/notice", "internal/posting", "internal/tenant"},
	}
	// others are the packages with a place of their own, and all that each may import.
	others = map[string][]string{
		"client":                       nil,
		"internal/ba":                  {"internal/config", "internal/fault", "internal/text"},
		"internal/basim":               {"internal/basim/renegotiation", "internal/calendar", "internal/hrbaxml"},
		"internal/basim/renegotiation": nil,
		"internal/hrbaxml":             {"internal/calendar", "internal/text"},
		"internal/hrbaxml/gen":         {"internal/hrbaxml"},
		"internal/hrbaxml/xmllint":     nil,
		"internal/architecture":        nil,
		"internal/config/gen":          {"internal/config"},
		"internal/suite":               {"internal/secret/vaulttest", "internal/testdb"},
		"internal/testdb":              nil,
		"internal/bench": {
			"api", "internal/ba", "internal/basim", "internal/calendar", "internal/credential", "internal/credential/p12", "internal/database",
			"internal/hrbaxml", "internal/identity", "internal/jobs", "internal/onboarding", "internal/posting", "internal/scope", "internal/secret",
			"internal/tenant", "internal/testdb", "internal/transfer", "migrations",
		},
		"internal/testhouse": {
			"internal/calendar", "internal/database", "internal/scope", "internal/tenant", "internal/testdb", "migrations",
		},
		"internal/figures": {
			"internal/credential", "internal/database", "internal/jobs", "internal/posting", "internal/scope", "internal/telemetry", "internal/tenant",
			"internal/transfer",
		},
		"internal/web": nil,
		"migrations":   nil,
		"openapi":      nil,
	}
	// shared are the packages of others that the domains, and all above them, may import.
	shared = []string{"internal/ba", "internal/hrbaxml"}
)

// mayImport reports whether the arrows allow one package of the module to import another; known is false when the importing
// package has no place in the tables.
func mayImport(from, to string) (may, known bool) {
	below := isLeaf(to) || slices.Contains(shared, to)
	switch {
	case from == "cmd/basim":
		return to == "internal/basim" || isLeaf(to), true
	case strings.HasPrefix(from, "cmd/"):
		return to != "internal/basim" && to != "internal/suite", true
	case top(from) == "api":
		return below || isDomain(to) || to == "openapi" || to == "internal/web" || top(to) == "api", true
	case isDomain(from):
		return below || top(from) == top(to) || slices.Contains(domains[top(from)], top(to)), true
	case isLeaf(from):
		return isLeaf(to), true
	default:
		allowed, found := others[from]
		return slices.Contains(allowed, to), found
	}
}

func isLeaf(path string) bool { return slices.Contains(leaves, top(path)) }

func isDomain(path string) bool {
	_, found := domains[top(path)]
	return found
}

// top returns the package of the tables that a package is or lies below: internal/credential for internal/credential/p12.
func top(path string) string {
	parts := strings.Split(path, "/")
	if parts[0] == "internal" && len(parts) > 2 {
		return parts[0] + "/" + parts[1]
	}
	if parts[0] == "api" {
		return "api"
	}
	return path
}

// pkg is what `go list` tells about a package; tests are left out, which may import what they like.
type pkg struct {
	Dir        string
	ImportPath string
	Imports    []string
	Deps       []string
}

// path returns the package's place in the repository.
func (p pkg) path() string { return strings.TrimPrefix(p.ImportPath, module) }

func listPackages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=Dir,ImportPath,Imports,Deps", module+"...")
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, &complaints)
	}
	var packages []pkg
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		switch err := decoder.Decode(&p); {
		case errors.Is(err, io.EOF):
			return packages
		case err != nil:
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
		// The test cache of `go test` only notices what the test itself has looked at.
		for _, dir := range []string{p.Dir, filepath.Dir(p.Dir)} {
			if _, err := os.ReadDir(dir); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestArrowsPointOneWay(t *testing.T) {
	t.Parallel()
	for _, p := range listPackages(t) {
		if _, known := mayImport(p.path(), ""); !known {
			t.Errorf("%s has no place yet: say in the tables of this test what it may import", p.path())
			continue
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module)
			if may, _ := mayImport(p.path(), to); ours && !may {
				t.Errorf("%s must not import %s", p.path(), to)
			}
		}
	}
}

func TestNoProgramThatIsShippedLinksTheSimulator(t *testing.T) {
	t.Parallel()
	allowed := []string{"cmd/basim", "internal/bench"} // its own program, and a tool that measures
	for _, p := range listPackages(t) {
		if !slices.Contains(allowed, p.path()) && slices.Contains(p.Deps, module+"internal/basim") {
			t.Errorf("%s links the simulator", p.path())
		}
	}
}

func TestLibrariesStayWhereTheyBelong(t *testing.T) {
	t.Parallel()
	for _, rule := range []struct {
		library string
		allowed func(path string) bool
		why     string
	}{
		{
			"github.com/labstack/echo", func(path string) bool { return top(path) == "api" || path == "cmd/stellwerk" },
			"only the HTTP boundary knows Echo",
		},
		{
			"gorm.io", func(path string) bool {
				return isDomain(path) || path == "internal/database" || path == "internal/jobs" || path == "internal/figures"
			},
			"queries belong to the domain",
		},
		{
			"github.com/hashicorp/vault", func(path string) bool { return top(path) == "internal/secret" },
			"the secret store hides what it is made of",
		},
		{
			"github.com/wneessen/go-mail", func(path string) bool { return path == "internal/mail" },
			"mails go out in one place",
		},
		{
			"software.sslmate.com/src/go-pkcs12", func(path string) bool { return top(path) == "internal/credential" || path == "internal/basim" },
			".p12 files are opened in one place, and made by the simulator",
		},
		{
			"testing", func(path string) bool { return strings.HasSuffix(path, "test") || path == "internal/testhouse" },
			"only packages for tests, named so, know the test framework",
		},
	} {
		for _, p := range listPackages(t) {
			for _, imported := range p.Imports {
				if (imported == rule.library || strings.HasPrefix(imported, rule.library+"/")) && !rule.allowed(p.path()) {
					t.Errorf("%s must not import %s: %s", p.path(), imported, rule.why)
				}
			}
		}
	}
}

func TestTheDocumentPackageIsPure(t *testing.T) {
	t.Parallel()
	forbidden := []string{"net", "net/http", "database/sql", "os/exec", "github.com/jackc/pgx/v5"}
	for _, p := range listPackages(t) {
		if p.path() != "internal/hrbaxml" {
			continue
		}
		for _, library := range forbidden {
			if slices.Contains(p.Deps, library) {
				t.Errorf("internal/hrbaxml reaches %s", library)
			}
		}
	}
}
