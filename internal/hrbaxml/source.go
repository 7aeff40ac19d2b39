package hrbaxml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// errTooLarge is the end of a file that exceeds Limits.MaxBytes.
var errTooLarge = errors.New("the file is too large")

// source feeds bytes to the XML decoder: bounded, without a byte order mark, and in UTF-8 once the declaration has named
// another encoding.
type source struct {
	from io.Reader
	buf  []byte
	// next and end bound what of buf is still to be read.
	next, end int
	// left is how many bytes may still be taken.
	left int64
	// err is the failure of from, which the XML decoder would hide.
	err error
	// marked says that a byte order mark was there.
	marked bool
	// decoder reads the bytes beyond ASCII in the encoding charset; nil for UTF-8. undecodable is a byte that it does not have.
	charset     string
	decoder     func(byte) (rune, bool)
	undecodable error
	// pending are bytes of a character that is partly delivered.
	pending []byte
	scratch [utf8.UTFMax]byte
}

func newSource(from io.Reader, limit int64) *source {
	return &source{from: from, buf: make([]byte, 64<<10), left: limit}
}

// begin passes over a byte order mark. It fails on UTF-16, which the BA does not take.
func (s *source) begin() error {
	for more := true; more && s.end < len(bomUTF8); {
		more = s.fill()
	}
	head := s.buf[s.next:s.end]
	if bytes.HasPrefix(head, bomUTF16LE) || bytes.HasPrefix(head, bomUTF16BE) {
		return errors.New("the file is UTF-16; UTF-8 is needed")
	}
	if bytes.HasPrefix(head, bomUTF8) {
		s.next += len(bomUTF8)
		s.marked = true
	}
	return nil
}

// fill reads more behind what is there, and reports whether there was more.
func (s *source) fill() bool {
	if s.err != nil {
		return false
	}
	if s.next == s.end {
		s.next, s.end = 0, 0
	}
	n, err := s.from.Read(s.buf[s.end:])
	if int64(n) > s.left {
		n, err = int(s.left), errTooLarge
	}
	s.end += n
	s.left -= int64(n)
	s.err = err
	return n > 0 || err == nil
}

// ReadByte makes a source an io.ByteReader, so that the decoder does not buffer again.
func (s *source) ReadByte() (byte, error) {
	if len(s.pending) > 0 {
		b := s.pending[0]
		s.pending = s.pending[1:]
		return b, nil
	}
	for s.next == s.end {
		if !s.fill() {
			return 0, s.err
		}
	}
	b := s.buf[s.next]
	s.next++
	if s.decoder != nil && b >= utf8.RuneSelf {
		r, ok := s.decoder(b)
		if !ok {
			s.undecodable = fmt.Errorf("the byte 0x%02X is no character of %s", b, excerpt(s.charset))
			return 0, s.undecodable
		}
		n := utf8.EncodeRune(s.scratch[:], r)
		s.pending = s.scratch[1:n]
		return s.scratch[0], nil
	}
	return b, nil
}

// Read makes a source an io.Reader; the decoder uses ReadByte.
func (s *source) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	return 1, nil
}

// decode switches to the encoding that the XML declaration names. Behind a byte order mark the file is UTF-8 whatever it says.
func (s *source) decode(charset string) error {
	var decoder func(byte) (rune, bool)
	switch strings.ToLower(charset) {
	case "", "utf-8", "utf8":
	case "us-ascii", "ascii":
		decoder = func(byte) (rune, bool) { return 0, false }
	case "iso-8859-1", "latin1":
		decoder = func(b byte) (rune, bool) { return fromLatin1(b), true }
	case "iso-8859-15", "latin-9":
		decoder = func(b byte) (rune, bool) { return fromLatin9(b), true }
	case "windows-1252", "cp1252":
		decoder = fromWindows1252
	default:
		return fmt.Errorf("the encoding %s is not supported; UTF-8 is needed", excerpt(charset))
	}
	if !s.marked {
		s.charset, s.decoder = charset, decoder
	}
	return nil
}
