package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestGeneratedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	for name, want := range files() {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Errorf("read generated file: %v", err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./internal/hrbaxml", name)
		}
	}
}

func TestRunWritesEveryGeneratedFile(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "internal", "hrbaxml")

	if err := run(folder); err != nil {
		t.Fatal(err)
	}

	for name, want := range files() {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s was not written: %v", name, err)
		}
	}
}
