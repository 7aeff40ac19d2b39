package testhouse

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Planted are secrets that a test has put in, by what they are, each in the looks by which it would be found where it does not belong.
type Planted map[string][]string

// Plant adds a secret.
func (p Planted) Plant(what string, value []byte) { p[what] = looks(value) }

// The part of a secret that is looked for: more is not needed to know it, and programs like to cut what they show.
const (
	longSecret = 48
	partLength = 24
)

// looks returns a secret itself and its middle in the usual encodings, wherever it stands in a longer text.
func looks(value []byte) []string {
	middle := value
	if len(value) > longSecret {
		middle = value[len(value)/2 : len(value)/2+partLength]
	}
	found := []string{
		string(value), string(middle), hex.EncodeToString(middle), strings.ToUpper(hex.EncodeToString(middle)), strings.Trim(fmt.Sprint(middle), "[]"),
	}
	for shift := range 3 {
		// In base64 three bytes become four characters, so what it looks like depends on where it begins. The ends depend on their neighbours.
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			encoded := encoding.EncodeToString(append(make([]byte, shift), middle...))
			found = append(found, encoded[4:len(encoded)-4])
		}
	}
	return found
}

// In returns which of the secrets stand in a text.
func (p Planted) In(text string) []string {
	var found []string
	for what, looks := range p {
		for i, look := range looks {
			if strings.Contains(text, look) {
				found = append(found, fmt.Sprintf("%s (look %d)", what, i))
			}
		}
	}
	return found
}

// ExpectNone fails the test when one of the secrets stands in a text.
func (p Planted) ExpectNone(t *testing.T, where, text string) {
	t.Helper()
	if found := p.In(text); len(found) > 0 {
		t.Errorf("in %s stand: %s", where, strings.Join(found, ", "))
	}
}

// ExpectNoneBelow fails the test when one of the secrets stands in a file below a folder, or in its name.
func (p Planted) ExpectNoneBelow(t *testing.T, folder string) {
	t.Helper()
	files := os.DirFS(folder)
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		p.ExpectNone(t, "the name of "+name, entry.Name())
		if !entry.Type().IsRegular() {
			return nil
		}
		content, err := fs.ReadFile(files, name)
		p.ExpectNone(t, name, string(content))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// Dump returns every row of every table, as COPY writes it and as the owner sees it.
func (h *House) Dump(t *testing.T) string {
	t.Helper()
	owner, err := pgx.Connect(t.Context(), h.URLs.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = owner.Close(context.WithoutCancel(t.Context())) }()
	rows, err := owner.Query(t.Context(), "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pgx.Identifier, error) {
		table := make(pgx.Identifier, 2)
		return table, row.Scan(&table[0], &table[1])
	})
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, table := range tables {
		if _, err := owner.PgConn().CopyTo(t.Context(), &all, "COPY "+table.Sanitize()+" TO STDOUT"); err != nil {
			t.Fatalf("dump %s: %v", table.Sanitize(), err)
		}
	}
	return all.String()
}
