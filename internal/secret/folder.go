package secret

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"filippo.io/age"
)

// The layout of a Folder: one sealed file per secret at its path, and a directory for files that are being written.
const (
	sealedSuffix = ".age"
	temporaryDir = ".tmp"
	dirMode      = 0o700
	fileMode     = 0o600
)

// sealedOverhead is more than age and the path add to a secret.
const sealedOverhead = 64 << 10

// Folder is a Store in a directory: one file per secret, sealed with age, and bound to its path, so that exchanged files are noticed.
// The directory's file system must know hard links.
type Folder struct {
	root *os.Root
	keys []*age.X25519Identity
}

var _ Store = (*Folder)(nil)

// OpenFolder opens the store in dir, which is made if it is missing, with the key in keyFile.
func OpenFolder(dir, keyFile string) (*Folder, error) {
	keys, err := readKeyFile(keyFile)
	if err != nil {
		return nil, fmt.Errorf("open secret folder: %w", err)
	}
	if err := os.MkdirAll(dir, dirMode); err != nil {
		return nil, fmt.Errorf("open secret folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open secret folder: %w", err)
	}
	folder := &Folder{root: root, keys: keys}
	if err := folder.makeDir(temporaryDir); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("open secret folder: %w", err)
	}
	return folder, nil
}

// Close ends the use of the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Put seals a secret into a new file. The file gets its name only when it is whole and on the disk, by a link, which unlike a
// rename never replaces one that is there.
func (f *Folder) Put(ctx context.Context, at string, s Secret) error {
	if err := errors.Join(CheckPath(at), Check(s)); err != nil {
		return fmt.Errorf("put secret: %w", err)
	}
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("put secret %s: %w", at, err)
	}
	sealed, err := f.seal(at, s)
	if err != nil {
		return fmt.Errorf("put secret %s: seal: %w", at, err)
	}
	if err := f.makeDir(path.Dir(at)); err != nil {
		return fmt.Errorf("put secret %s: %w", at, err)
	}
	temporary := path.Join(temporaryDir, rand.Text())
	defer func() { _ = f.root.Remove(temporary) }()
	if err := f.writeFile(temporary, sealed); err != nil {
		return fmt.Errorf("put secret %s: %w", at, err)
	}
	if err := f.root.Link(temporary, at+sealedSuffix); err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = ErrExists
		}
		return fmt.Errorf("put secret %s: %w", at, err)
	}
	if err := f.syncDir(path.Dir(at)); err != nil {
		return fmt.Errorf("put secret %s: %w", at, err)
	}
	return nil
}

// Get opens a secret.
func (f *Folder) Get(ctx context.Context, at string) (Secret, error) {
	if err := errors.Join(CheckPath(at), context.Cause(ctx)); err != nil {
		return Secret{}, fmt.Errorf("get secret: %w", err)
	}
	file, err := f.root.Open(at + sealedSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return Secret{}, fmt.Errorf("get secret %s: %w", at, ErrNotFound)
	}
	if err != nil {
		return Secret{}, fmt.Errorf("get secret %s: %w", at, err)
	}
	defer func() { _ = file.Close() }()
	sealed, err := io.ReadAll(io.LimitReader(file, MaxBytes+sealedOverhead))
	if err != nil {
		return Secret{}, fmt.Errorf("get secret %s: %w", at, err)
	}
	s, err := f.unseal(at, sealed)
	if err != nil {
		return Secret{}, fmt.Errorf("get secret %s: %w", at, err)
	}
	return s, nil
}

// Delete removes a secret's file.
func (f *Folder) Delete(ctx context.Context, at string) error {
	if err := errors.Join(CheckPath(at), context.Cause(ctx)); err != nil {
		return fmt.Errorf("delete secret: %w", err)
	}
	err := f.root.Remove(at + sealedSuffix)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = f.syncDir(path.Dir(at))
	}
	if err != nil {
		return fmt.Errorf("delete secret %s: %w", at, err)
	}
	return nil
}

// List walks the directory of a path.
func (f *Folder) List(ctx context.Context, below string) ([]string, error) {
	if err := errors.Join(CheckPath(below), context.Cause(ctx)); err != nil {
		return nil, fmt.Errorf("list secrets: %w", err)
	}
	var found []string
	err := fs.WalkDir(f.root.FS(), below, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err := errors.Join(err, context.Cause(ctx)); err != nil {
			return err
		}
		if at, ok := strings.CutSuffix(name, sealedSuffix); ok && entry.Type().IsRegular() && CheckPath(at) == nil {
			found = append(found, at)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list secrets below %s: %w", below, err)
	}
	slices.Sort(found)
	return found, nil
}

// Sweep removes files that were begun before the given time and never finished, because the process was killed. They are no
// secrets of the store: List and Get do not know them.
func (f *Folder) Sweep(ctx context.Context, before time.Time) error {
	entries, err := fs.ReadDir(f.root.FS(), temporaryDir)
	if err != nil {
		return fmt.Errorf("sweep secret folder: %w", err)
	}
	for _, entry := range entries {
		if err := context.Cause(ctx); err != nil {
			return fmt.Errorf("sweep secret folder: %w", err)
		}
		info, err := entry.Info()
		if err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = f.root.Remove(path.Join(temporaryDir, entry.Name()))
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("sweep secret folder: %w", err)
		}
	}
	return nil
}

// seal encrypts the path and the secret for the first key.
func (f *Folder) seal(at string, s Secret) ([]byte, error) {
	var sealed bytes.Buffer
	writer, err := age.Encrypt(&sealed, f.keys[0].Recipient())
	if err != nil {
		return nil, err
	}
	if _, err := writer.Write(slices.Concat([]byte(at+"\n"), s.Reveal())); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return sealed.Bytes(), nil
}

// unseal is the reverse of seal. What age says about a broken file is passed on; it knows nothing of the content.
func (f *Folder) unseal(at string, sealed []byte) (Secret, error) {
	var keys []age.Identity
	for _, key := range f.keys {
		keys = append(keys, key)
	}
	reader, err := age.Decrypt(bytes.NewReader(sealed), keys...)
	if err != nil {
		return Secret{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	opened, err := io.ReadAll(reader)
	if err != nil {
		return Secret{}, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	value, ok := bytes.CutPrefix(opened, []byte(at+"\n"))
	if !ok {
		return Secret{}, fmt.Errorf("%w: the file belongs to another path", ErrUnreadable)
	}
	return New(value), nil
}

// makeDir makes a directory with its parents, so that they survive a loss of power. Directories that are there are written to the
// disk too: another process may have made them a moment ago.
func (f *Folder) makeDir(dir string) error {
	if err := f.root.MkdirAll(dir, dirMode); err != nil {
		return err
	}
	for parent := dir; parent != "."; {
		parent = path.Dir(parent)
		if err := f.syncDir(parent); err != nil {
			return err
		}
	}
	return nil
}

func (f *Folder) writeFile(name string, content []byte) error {
	file, err := f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	return errors.Join(err, file.Sync(), file.Close())
}

func (f *Folder) syncDir(dir string) error {
	file, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}
