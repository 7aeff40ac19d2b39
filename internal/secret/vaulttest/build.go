// Package vaulttest starts a real Vault core for tests: the program vaultdev, a module of its own, built once for each of its versions and
// kept in the repository's folder .cache. In front of it stands a proxy that speaks TLS and fails when it is told to.
package vaulttest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
)

// source is where the program stands below the repository's top folder.
const source = "internal/secret/vaultdev"

// Build returns the path of the program, and builds it if this version of it has not been built yet, which takes some minutes and is said on
// log. Several processes may call it at once.
func Build(ctx context.Context, log io.Writer) (string, error) {
	top, err := topFolder()
	if err != nil {
		return "", fmt.Errorf("build vaultdev: %w", err)
	}
	version, err := versionOf(filepath.Join(top, source))
	if err != nil {
		return "", fmt.Errorf("build vaultdev: %w", err)
	}
	dir := filepath.Join(top, ".cache", "vaultdev")
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return "", fmt.Errorf("build vaultdev: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return "", fmt.Errorf("build vaultdev: %w", err)
	}
	defer func() { _ = lock.Close() }() // which unlocks it
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("build vaultdev: %w", err)
	}
	program := filepath.Join(dir, version)
	if _, err := os.Stat(program); err == nil {
		return program, nil
	}
	_, _ = fmt.Fprintln(log, "building a Vault to test against, this once; it takes some minutes")
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", program+".new", ".")
	build.Dir = filepath.Join(top, source)
	if said, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build vaultdev: %w\n%s", err, said)
	}
	if err := os.Rename(program+".new", program); err != nil {
		return "", fmt.Errorf("build vaultdev: %w", err)
	}
	return program, nil
}

// topFolder finds the folder of the module that we stand in.
func topFolder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, source, "go.mod")); err == nil {
			return dir, nil
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", errors.New("no folder above holds " + source)
		}
		dir = above
	}
}

// versionOf names what a build depends on: the source, the versions of the modules, and Go's own.
func versionOf(dir string) (string, error) {
	sum := sha256.New()
	_, _ = io.WriteString(sum, runtime.Version())
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprintf(sum, "\n%s %d\n%s", name, len(content), content)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}
