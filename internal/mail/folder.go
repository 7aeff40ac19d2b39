package mail

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Folder keeps mails as files that every mail program opens, and sends none.
type Folder struct{ dir, from string }

// NewFolder returns a folder that keeps mails of the given sender. The folder is made if it is not there.
func NewFolder(dir, from string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open mail folder: %w", err)
	}
	return &Folder{dir: dir, from: from}, nil
}

// Send writes the mail into the folder, named by its id: one that comes twice is there once.
func (f *Folder) Send(_ context.Context, m Message) ([]string, error) {
	if err := f.keep(m); err != nil {
		return m.To, fmt.Errorf("keep mail %s: %w", m.ID, err)
	}
	return nil, nil
}

func (f *Folder) keep(m Message) error {
	written, err := m.write(f.from, m.To)
	if err != nil {
		return err
	}
	// Nobody finds half a mail: it gets its name when it is whole.
	file, err := os.CreateTemp(f.dir, ".writing-*")
	if err != nil {
		return err
	}
	_, err = written.WriteTo(file)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(file.Name(), filepath.Join(f.dir, m.ID.String()+".eml"))
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return err
}
