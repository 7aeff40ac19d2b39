package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// moduleWith writes a module of its own that holds one test file, and returns its folder.
func moduleWith(t *testing.T, tests string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":       "module example.test/yard\n\ngo 1.26.0\n",
		"yard_test.go": "package yard\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nvar _ = os.Getenv\n\n" + tests,
		"empty/e.go":   "package empty\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// runIn runs the tests below dir and returns what was printed.
func runIn(t *testing.T, dir string, environ ...string) (summary, string, error) {
	t.Helper()
	var out strings.Builder
	sum, err := runTests(t.Context(), dir, &out, environ, []string{"./..."})
	return sum, out.String(), err
}

func TestAPassedPackageTakesOneLine(t *testing.T) {
	t.Parallel()
	dir := moduleWith(t, `
func TestSignal(t *testing.T) { t.Log("quiet"); t.Run("green", func(t *testing.T) {}) }
func TestPoints(t *testing.T) { println("quiet") }
`)
	sum, out, err := runIn(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(out, "\n"); lines != 1 || !strings.HasPrefix(out, "ok  \texample.test/yard\t") {
		t.Errorf("printed:\n%s", out)
	}
	if sum.tests != 2 || sum.packages != 1 || sum.failed != 0 || !slices.Equal(sum.untested, []string{"example.test/yard/empty"}) {
		t.Errorf("sum: %+v", sum)
	}
}

func TestWhatAProofCountedIsPrintedThoughItPasses(t *testing.T) {
	t.Parallel()
	dir := moduleWith(t, `
func TestSignals(t *testing.T) { os.Stdout.WriteString("quiet\nproof: 1,000 signals\n") }
`)

	_, out, err := runIn(t, dir)
	if err != nil {
		t.Fatal(err)
	}

	if lines := strings.Split(out, "\n"); lines[0] != "proof: 1,000 signals" || strings.Contains(out, "quiet") {
		t.Errorf("printed:\n%s", out)
	}
}

func TestAFailureIsPrintedWholeAndFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tests  string
		wanted []string
		failed int
	}{
		"test": {
			`func TestSignal(t *testing.T) { t.Run("red", func(t *testing.T) { t.Error("signal at danger") }) }`,
			[]string{"signal at danger", "--- FAIL: TestSignal/red", "FAIL\texample.test/yard"},
			1,
		},
		"panic":   {`func TestSignal(t *testing.T) { panic("derailed") }`, []string{"derailed", "goroutine"}, 1},
		"exit":    {`func TestSignal(t *testing.T) { println("shunting"); os.Exit(3) }`, []string{"shunting", "FAIL\texample.test/yard"}, 0},
		"compile": {`func TestSignal(t *testing.T) { undefined() }`, []string{"undefined: undefined", "[build failed]"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sum, out, err := runIn(t, moduleWith(t, c.tests))
			if err == nil {
				t.Error("the run passed")
			}
			for _, wanted := range c.wanted {
				if !strings.Contains(out, wanted) {
					t.Errorf("not printed: %q; printed:\n%s", wanted, out)
				}
			}
			if sum.failed != c.failed {
				t.Errorf("%d failed, want %d", sum.failed, c.failed)
			}
			if !slices.Equal(sum.broken, []string{"example.test/yard"}) {
				t.Errorf("failed packages: %q", sum.broken)
			}
		})
	}
}

func TestASkippedTestIsNamed(t *testing.T) {
	t.Parallel()
	dir := moduleWith(t, `
func TestSignal(t *testing.T) { t.Run("amber", func(t *testing.T) { t.Skip("no lamp") }) }
func TestPoints(t *testing.T) { t.SkipNow() }
`)
	sum, _, err := runIn(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"example.test/yard TestSignal/amber", "example.test/yard TestPoints"}; !slices.Equal(sum.skipped, want) {
		t.Errorf("skipped: %q, want %q", sum.skipped, want)
	}
}

func TestTheTestsSeeTheClustersVariables(t *testing.T) {
	t.Parallel()
	dir := moduleWith(t, `
func TestSignal(t *testing.T) { if os.Getenv("YARD") != "open" { t.Fatal("the variable is missing") } }
`)
	if _, out, err := runIn(t, dir, "YARD=open"); err != nil {
		t.Errorf("%v:\n%s", err, out)
	}
}
