package testdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// ErrNoPrograms is returned, with what to do, where a private cluster is wanted and no PostgreSQL is installed.
var ErrNoPrograms = fmt.Errorf("the programs of PostgreSQL %d or newer were not found: set DATABASE_URL, or install them "+
	"(Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17)", MinMajor)

// programs is one installation of PostgreSQL.
type programs struct {
	// dir holds initdb, pg_ctl and postgres.
	dir string
	// version is as the server prints it, such as 15.18.
	version string
}

// findPrograms returns the first installation that is new enough: the one on PATH, the one pg_config knows, then the newest in
// the places where Debian, Red Hat and Homebrew keep them beside each other, off PATH.
func findPrograms(ctx context.Context) (programs, error) {
	var dirs []string
	if found, err := exec.LookPath("initdb"); err == nil {
		dirs = append(dirs, filepath.Dir(found))
	}
	if out, err := exec.CommandContext(ctx, "pg_config", "--bindir").Output(); err == nil {
		dirs = append(dirs, strings.TrimSpace(string(out)))
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
	} {
		dirs = append(dirs, newestFirst(pattern)...)
	}
	for _, dir := range dirs {
		if version, err := serverVersion(ctx, dir); err == nil {
			return programs{dir: dir, version: version}, nil
		}
	}
	return programs{}, ErrNoPrograms
}

// serverVersion returns the version of the installation in dir; an error when it is incomplete or too old.
func serverVersion(ctx context.Context, dir string) (string, error) {
	for _, program := range []string{"initdb", "pg_ctl"} {
		if _, err := os.Stat(filepath.Join(dir, program)); err != nil {
			return "", fmt.Errorf("look for %s: %w", program, err)
		}
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return "", fmt.Errorf("ask postgres for its version: %w", err)
	}
	return parseVersion(string(out))
}

var versionNumber = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// parseVersion reads the answer of `postgres --version` and returns an error when it is older than MinMajor.
func parseVersion(answer string) (string, error) {
	match := versionNumber.FindStringSubmatch(answer)
	if match == nil {
		return "", errors.New("postgres did not tell its version")
	}
	if major, err := strconv.Atoi(match[2]); err != nil || major < MinMajor {
		return "", fmt.Errorf("PostgreSQL %s is older than %d", match[1], MinMajor)
	}
	return match[1], nil
}

var digits = regexp.MustCompile(`\d+`)

// newestFirst returns the folders that match the pattern, in which * stands for a version, those of the highest first: 17 before 9.6.
func newestFirst(pattern string) []string {
	dirs, _ := filepath.Glob(pattern) // fails on a malformed pattern only
	star := strings.Index(pattern, "*")
	major := func(dir string) int {
		number, _ := strconv.Atoi(digits.FindString(dir[star:]))
		return number
	}
	slices.SortFunc(dirs, func(a, b string) int { return major(b) - major(a) })
	return dirs
}
