package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

func TestEveryKindOfFaultHasAStatusOfItsOwnAndNoOther(t *testing.T) {
	t.Parallel()
	kinds := kindsOfFault(t)
	seen := map[int]bool{}
	for kind := range kinds {
		status := statuses[fault.Kind(kind)]
		if http.StatusText(status) == "" || status < 400 || seen[status] {
			t.Errorf("kind %d has status %d", kind, status)
		}
		seen[status] = true
	}
	if len(statuses) != kinds {
		t.Errorf("there are %d kinds and %d statuses", kinds, len(statuses))
	}
}

// kindsOfFault counts the kinds of fault in their source.
func kindsOfFault(t *testing.T) int {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../internal/fault/fault.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, declaration := range file.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		first, ok := group.Specs[0].(*ast.ValueSpec)
		if kind, named := first.Type.(*ast.Ident); ok && named && kind.Name == "Kind" {
			return len(group.Specs)
		}
	}
	t.Fatal("the kinds of fault are not where they were")
	return 0
}

var placeholders = regexp.MustCompile(`\{[^}]*\}`)

func TestEveryFaultIsNamedOnceAndSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, code := range faults() {
		if seen[code.Name] {
			t.Errorf("%s stands for two faults", code.Name)
		}
		seen[code.Name] = true
		for part, words := range map[string]text.Text{"title": code.Title, "detail": code.Detail, "hint": code.Hint} {
			if words.Empty() {
				t.Errorf("%s: a language of the %s is missing", code.Name, part)
			}
			german, english := placeholders.FindAllString(words.DE, -1), placeholders.FindAllString(words.EN, -1)
			slices.Sort(german)
			slices.Sort(english)
			if !slices.Equal(slices.Compact(german), slices.Compact(english)) {
				t.Errorf("%s: the %s fills %q in German and %q in English", code.Name, part, german, english)
			}
		}
	}
}

func TestEveryFaultInTheSourceIsExplained(t *testing.T) {
	t.Parallel()
	explained := map[string]bool{}
	for _, code := range faults() {
		explained[code.Name] = true
	}
	named := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && path != ".." && strings.HasPrefix(entry.Name(), ".") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".gen.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(source), `internal/fault"`) && !strings.Contains(string(source), "package fault") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, name := range faultsIn(file) {
			named[name] = true
			if !explained[name] {
				t.Errorf("%s: %s is not among the faults that are explained", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name := range explained {
		if !named[name] {
			t.Errorf("%s is explained and was not found in the source: this test does not see all", name)
		}
	}
}

// faultsIn are the names of the faults that a file makes: of literals of fault.Code, whose name is written out, and of what makes one.
func faultsIn(file *ast.File) []string {
	var found []string
	name := func(value ast.Expr) {
		if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if words, err := strconv.Unquote(literal.Value); err == nil {
				found = append(found, words)
			}
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.CompositeLit: // also those within a map, whose type is not written at each
			var hasKind bool
			var named ast.Expr
			for _, element := range node.Elts {
				pair, ok := element.(*ast.KeyValueExpr)
				if !ok {
					continue
				}
				key, _ := pair.Key.(*ast.Ident)
				switch {
				case key == nil:
				case key.Name == "Name":
					named = pair.Value
				case key.Name == "Kind":
					hasKind = true
				}
			}
			if hasKind && named != nil {
				name(named)
			}
		case *ast.CallExpr:
			// The functions that make a fault, and how many arguments they take.
			makers := map[string]int{"complaint": 3, "outage": 3, "problem": 4}
			if called, ok := node.Fun.(*ast.Ident); ok && makers[called.Name] == len(node.Args) && len(node.Args) > 0 {
				name(node.Args[0])
			}
		}
		return true
	})
	return found
}
