package ba

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
)

// MaxFile is the limit that callers give Download for feedback files: 64 MiB.
const MaxFile = 64 << 20

// Download returns a file from the employer's directory by the name that List gave. A file of more than limit bytes is an error of
// ClassTooLarge.
func (s *Session) Download(ctx context.Context, name string, limit int64) ([]byte, error) {
	at, err := s.fileURL(name)
	if err != nil {
		return nil, fmt.Errorf("download from the BA: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.client.transferTimeout)
	defer cancel()
	got, err := s.fetch(ctx, http.MethodGet, at, limit)
	if err != nil {
		return nil, fmt.Errorf("download %s from the BA: %w", name, err)
	}
	return got.body, nil
}

// Delete removes a file from the employer's directory. A file that is not there (any more) is no error. Whether the BA lets partners
// delete is documented both ways, so a refusal is to be expected.
func (s *Session) Delete(ctx context.Context, name string) error {
	at, err := s.fileURL(name)
	if err != nil {
		return fmt.Errorf("delete at the BA: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.client.pageTimeout)
	defer cancel()
	_, err = s.fetch(ctx, http.MethodDelete, at, maxPageBytes)
	if failure, ok := errors.AsType[*Error](err); ok && failure.Status == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete %s at the BA: %w", name, err)
	}
	return nil
}

func (s *Session) fileURL(name string) (*url.URL, error) {
	if !validName(name) {
		return nil, fmt.Errorf("%q cannot be a file name", name)
	}
	return s.directory(s.PathMode()).JoinPath(url.PathEscape(name)), nil
}

// Probe fetches the listing, which changes nothing at the BA, and finds the path mode: the one in use first, then the other one if
// the host answers 403 or 404 or shows only other partners' files. The session uses what was found from then on. When neither
// works, the error is that of the mode in use.
func (s *Session) Probe(ctx context.Context) (PathMode, error) {
	first, second := PathPlain, PathPrefixed
	if s.PathMode() == PathPrefixed {
		first, second = second, first
	}
	_, err := s.list(ctx, first)
	if err == nil {
		s.mode.Store(first)
		return first, nil
	}
	if wrongPath(err) {
		if _, secondErr := s.list(ctx, second); secondErr == nil {
			s.mode.Store(second)
			return second, nil
		}
	}
	return s.PathMode(), fmt.Errorf("probe the BA's directory: %w", err)
}

// wrongPath reports whether an error may come from asking in the wrong path mode.
func wrongPath(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	return failure.Class == ClassForeignListing || failure.Status == http.StatusForbidden || failure.Status == http.StatusNotFound
}
