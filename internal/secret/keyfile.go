package secret

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"filippo.io/age"
)

// maxKeyFile bounds how much of a key file is read, in bytes.
const maxKeyFile = 64 << 10

// GenerateKeyFile writes a new key for a Folder to a new file that only its owner can read. A file that is there is never touched:
// without its key a folder is lost.
func GenerateKeyFile(name string) error {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return fmt.Errorf("make key: %w", err)
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, fileMode)
	if err != nil {
		return fmt.Errorf("make key file: %w", err)
	}
	_, err = fmt.Fprintf(file, "# Key of Stellwerk's secret folder. Keep a copy in a safe place: without it the folder is lost.\n%s\n", key)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	if err := errors.Join(dir.Sync(), dir.Close()); err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	return nil
}

// readKeyFile reads the keys in a file: the first one seals, all of them open, so that a key can be replaced.
func readKeyFile(name string) ([]*age.X25519Identity, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	defer func() { _ = file.Close() }()
	identities, err := age.ParseIdentities(io.LimitReader(file, maxKeyFile))
	if err != nil {
		// The parser's error may quote a line, and the line is a key.
		return nil, fmt.Errorf("read key file %s: it holds no age key", name)
	}
	var keys []*age.X25519Identity
	for _, identity := range identities {
		key, ok := identity.(*age.X25519Identity)
		if !ok {
			return nil, fmt.Errorf("read key file %s: a %T is not an X25519 key", name, identity)
		}
		keys = append(keys, key)
	}
	return keys, nil
}
