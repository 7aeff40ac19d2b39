package testdb

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestVersionIsReadFromThePostgresProgram(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		"postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n": "15.18",
		"postgres (PostgreSQL) 18beta1\n":                        "18beta1",
		"postgres (PostgreSQL) 14.9\n":                           "",
		"postgres (PostgreSQL) 9.6.24\n":                         "",
		"something else 17.0\n":                                  "",
	} {
		got, err := parseVersion(answer)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("parseVersion(%q) = %q, %v; want %q", answer, got, err, want)
		}
	}
}

func TestTheNewestInstallationComesFirst(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	for _, version := range []string{"9.6", "17", "15"} {
		if err := os.MkdirAll(filepath.Join(parent, version, "bin"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var found []string
	for _, dir := range newestFirst(filepath.Join(parent, "*", "bin")) {
		found = append(found, strings.TrimPrefix(dir, parent))
	}

	if want := []string{"/17/bin", "/15/bin", "/9.6/bin"}; !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
}

func TestABadURLIsNotRepeated(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"host=db password=s3cret", "mysql://root:s3cret@db/x", "postgres://a:s3cret@db:port/x"} {
		_, err := parseURL(address)
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("parseURL: %v", err)
		}
	}
}
