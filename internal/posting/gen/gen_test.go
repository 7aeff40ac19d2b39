package main

import (
	"bytes"
	"os"
	"testing"
)

func TestThePageIsCurrent(t *testing.T) {
	t.Parallel()
	got, err := os.ReadFile("../" + target)
	if err != nil || !bytes.Equal(got, page()) {
		t.Errorf("docs/ba-rules.md is stale: run go generate ./internal/posting (%v)", err)
	}
}
