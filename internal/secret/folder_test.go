package secret_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/secret/secrettest"
)

func TestFolderKeepsTheContract(t *testing.T) {
	t.Parallel()
	secrettest.Contract(t, func(t *testing.T) secret.Store {
		t.Helper()
		return openFolder(t, t.TempDir(), newKeyFile(t))
	})
}

func newKeyFile(t *testing.T) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "key")
	if err := secret.GenerateKeyFile(name); err != nil {
		t.Fatal(err)
	}
	return name
}

func openFolder(t *testing.T, dir, keyFile string) *secret.Folder {
	t.Helper()
	folder, err := secret.OpenFolder(dir, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = folder.Close() })
	return folder
}

func put(t *testing.T, store secret.Store, path, value string) {
	t.Helper()
	if err := store.Put(t.Context(), path, secret.New([]byte(value))); err != nil {
		t.Fatal(err)
	}
}

func TestFolderIsSeenByOtherProcesses(t *testing.T) {
	t.Parallel()
	dir, key := t.TempDir(), newKeyFile(t)
	put(t, openFolder(t, dir, key), "a/b", "value")

	got, err := openFolder(t, dir, key).Get(t.Context(), "a/b")

	if err != nil || string(got.Reveal()) != "value" {
		t.Errorf("got %d bytes, %v", len(got.Reveal()), err)
	}
}

func TestFolderShowsNothingAndOpensToItsOwnerOnly(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	dir := filepath.Join(parent, "new", "secrets")
	const value = "4711-geheim"
	put(t, openFolder(t, dir, newKeyFile(t)), "tenants/a/certificates/b", value)

	files := 0
	err := filepath.WalkDir(filepath.Join(parent, "new"), func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the mode %v", name, info.Mode())
		}
		if entry.IsDir() {
			return nil
		}
		files++
		content, err := os.ReadFile(name)
		if bytes.Contains(content, []byte(value)) {
			t.Errorf("%s shows the secret", name)
		}
		return err
	})
	if err != nil || files != 1 {
		t.Errorf("there are %d files, %v; want the sealed one and nothing temporary", files, err)
	}
}

func TestFolderNoticesWhatWasDoneToItsFiles(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(t *testing.T, file string){
		"a flipped bit":  func(t *testing.T, file string) { change(t, file, func(b []byte) []byte { b[len(b)-1] ^= 1; return b }) },
		"a cut end":      func(t *testing.T, file string) { change(t, file, func(b []byte) []byte { return b[:len(b)-1] }) },
		"more at end":    func(t *testing.T, file string) { change(t, file, func(b []byte) []byte { return append(b, 0) }) },
		"no content":     func(t *testing.T, file string) { change(t, file, func([]byte) []byte { return nil }) },
		"the plain text": func(t *testing.T, file string) { change(t, file, func([]byte) []byte { return []byte("a/b\nvalue") }) },
		"another's file": func(t *testing.T, file string) {
			if err := os.Rename(filepath.Join(filepath.Dir(file), "other.age"), file); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			folder := openFolder(t, dir, newKeyFile(t))
			put(t, folder, "a/b", "value")
			put(t, folder, "a/other", "value")

			tamper(t, filepath.Join(dir, "a", "b.age"))

			if _, err := folder.Get(t.Context(), "a/b"); !errors.Is(err, secret.ErrUnreadable) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func change(t *testing.T, file string, by func([]byte) []byte) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, by(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFolderNeedsItsKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, openFolder(t, dir, newKeyFile(t)), "a/b", "value")

	if _, err := openFolder(t, dir, newKeyFile(t)).Get(t.Context(), "a/b"); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("got %v", err)
	}
}

func TestFolderOpensWithOlderKeysToo(t *testing.T) {
	t.Parallel()
	dir, oldKey, newKey := t.TempDir(), newKeyFile(t), newKeyFile(t)
	put(t, openFolder(t, dir, oldKey), "old", "value")
	old, err := os.ReadFile(oldKey)
	if err != nil {
		t.Fatal(err)
	}
	change(t, newKey, func(b []byte) []byte { return append(b, old...) })

	both := openFolder(t, dir, newKey)
	put(t, both, "new", "value")

	if _, err := both.Get(t.Context(), "old"); err != nil {
		t.Errorf("the old secret: %v", err)
	}
	if _, err := openFolder(t, dir, oldKey).Get(t.Context(), "new"); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("the old key opens the new secret: %v", err)
	}
}

func TestFolderSweepsWhatACrashLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder := openFolder(t, dir, newKeyFile(t))
	put(t, folder, "a/b", "value")
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	leftover, fresh := filepath.Join(dir, ".tmp", "KILLED"), filepath.Join(dir, ".tmp", "WRITING")
	for name, modified := range map[string]time.Time{leftover: now.Add(-2 * time.Hour), fresh: now} {
		if err := os.WriteFile(name, []byte("half a fi"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, modified, modified); err != nil {
			t.Fatal(err)
		}
	}

	if err := folder.Sweep(t.Context(), now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}

	if _, err := os.Stat(leftover); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the leftover is still there: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("a file that is being written was removed: %v", err)
	}
	if got, err := folder.List(t.Context(), "a"); err != nil || len(got) != 1 {
		t.Errorf("the secrets are %q, %v", got, err)
	}
}

func TestFolderDoesNotFollowLinksOutOfItself(t *testing.T) {
	t.Parallel()
	dir, outside, key := t.TempDir(), t.TempDir(), newKeyFile(t)
	folder := openFolder(t, dir, key)
	if err := os.Symlink(outside, filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}

	if err := folder.Put(t.Context(), "a/b", secret.New([]byte("value"))); err == nil {
		t.Error("a secret was written outside the folder")
	}
}

func TestGenerateKeyFileNeverReplacesAKey(t *testing.T) {
	t.Parallel()
	name := newKeyFile(t)
	before, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}

	if err := secret.GenerateKeyFile(name); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v", err)
	}

	after, err := os.ReadFile(name)
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the key was changed, %v", err)
	}
}

func TestOpenFolderNeverQuotesAKeyFile(t *testing.T) {
	t.Parallel()
	key, err := os.ReadFile(newKeyFile(t))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(key)), "\n")
	line := lines[len(lines)-1]
	for name, content := range map[string]string{
		"a key with a slip": line[:len(line)-1] + "?", "a key in small letters": strings.ToLower(line[:30]), "nothing": "",
	} {
		file := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}

		_, err := secret.OpenFolder(t.TempDir(), file)

		if err == nil || strings.Contains(err.Error(), line[20:40]) || strings.Contains(err.Error(), strings.ToLower(line[15:30])) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := secret.OpenFolder(t.TempDir(), filepath.Join(t.TempDir(), "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing key file: %v", err)
	}
}

func TestCertificatePathIsAPath(t *testing.T) {
	t.Parallel()
	path := secret.CertificatePath(uuid.Nil, uuid.Max)

	if err := secret.CheckPath(path); err != nil || path != "tenants/"+uuid.Nil.String()+"/certificates/"+uuid.Max.String() {
		t.Errorf("%s: %v", path, err)
	}
}
