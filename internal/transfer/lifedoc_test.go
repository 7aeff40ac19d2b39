package transfer

import (
	"os"
	"strings"
	"testing"
)

func TestTheDocumentedLifeOfAnAdIsTheOneThatRuns(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/ad-life.md")
	check(t, err)

	if string(page) != LifeMarkdown() {
		t.Error("docs/ad-life.md is stale: run `go generate ./internal/transfer`")
	}
	for _, rule := range lifeRules() {
		if rule.when == "" || rule.then == "" || strings.ContainsAny(rule.when+rule.then, "|\n") {
			t.Errorf("the line of %s cannot be shown: %q, %q", rule.have, rule.when, rule.then)
		}
	}
}
