package transfer

import (
	"bytes"
	"compress/gzip"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
)

// packed is a file that lies compressed in the database and is plain in the program.
type packed []byte

var (
	_ sql.Scanner   = (*packed)(nil)
	_ driver.Valuer = packed(nil)
)

// maxUnpacked bounds a file that is taken out of the database: the largest that is ever put in is an answer of the BA.
const maxUnpacked = 65 << 20

// gzipMagic is how every compressed file begins, and no XML.
var gzipMagic = []byte{0x1f, 0x8b}

// Value compresses the file.
func (p packed) Value() (driver.Value, error) {
	if p == nil {
		return nil, nil
	}
	var out bytes.Buffer
	writer := gzip.NewWriter(&out)
	if _, err := writer.Write(p); err != nil {
		return nil, fmt.Errorf("compress file: %w", err)
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("compress file: %w", err)
	}
	return out.Bytes(), nil
}

// Scan decompresses the file. One that was stored before files were compressed is taken as it is.
func (p *packed) Scan(stored any) error {
	raw, ok := stored.([]byte)
	switch {
	case stored == nil:
		*p = nil
		return nil
	case !ok:
		return fmt.Errorf("read file: the column holds %T", stored)
	case !bytes.HasPrefix(raw, gzipMagic):
		*p = bytes.Clone(raw)
		return nil
	}
	reader, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("decompress file: %w", err)
	}
	plain, err := io.ReadAll(io.LimitReader(reader, maxUnpacked))
	if err != nil {
		return fmt.Errorf("decompress file: %w", err)
	}
	*p = plain
	return nil
}
