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
	if !validName(name) {
		return nil, fmt.Errorf("download from the BA: %q cannot be a file name", name)
	}
	var got answer
	err := s.anew(ctx, func() error {
		ctx, cancel := context.WithTimeout(ctx, s.client.transferTimeout)
		defer cancel()
		ctx, over := s.client.watch(ctx, "download")
		var err error
		got, err = s.fetch(ctx, http.MethodGet, s.fileURL(name), limit)
		over(ClassOf(err))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("download %s from the BA: %w", name, err)
	}
	return got.body, nil
}

// Delete removes a file from the employer's directory. A file that is not there (any more) is no error. Whether the BA lets partners
// delete is documented both ways, so a refusal is to be expected.
func (s *Session) Delete(ctx context.Context, name string) error {
	if !validName(name) {
		return fmt.Errorf("delete at the BA: %q cannot be a file name", name)
	}
	ctx, cancel := context.WithTimeout(ctx, s.client.pageTimeout)
	defer cancel()
	ctx, over := s.client.watch(ctx, "delete")
	_, err := s.fetch(ctx, http.MethodDelete, s.fileURL(name), maxPageBytes)
	over(ClassOf(err))
	if failure, ok := errors.AsType[*Error](err); ok && failure.Status == http.StatusNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("delete %s at the BA: %w", name, err)
	}
	return nil
}

// fileURL returns the address of a file whose name is valid.
func (s *Session) fileURL(name string) *url.URL {
	return s.directory(s.PathMode()).JoinPath(url.PathEscape(name))
}

// Probe finds the path mode by fetching the listing, which changes nothing at the BA: the mode in use first, then the other one, as List
// does. The session uses what was found from then on. When neither works, the error is that of the mode in use.
func (s *Session) Probe(ctx context.Context) (PathMode, error) {
	if _, err := s.listEither(ctx); err != nil {
		return s.PathMode(), fmt.Errorf("probe the BA's directory: %w", err)
	}
	return s.PathMode(), nil
}

// listEither fetches the listing in the path mode in use, and in the other one if the host answers 403 or 404 or shows only other
// partners' files. The mode that works is in use from then on.
func (s *Session) listEither(ctx context.Context) ([]Entry, error) {
	mode := s.PathMode()
	if mode == PathUnknown {
		mode = PathPlain
	}
	entries, err := s.list(ctx, mode)
	if wrongPath(err) {
		other := PathPrefixed
		if mode == PathPrefixed {
			other = PathPlain
		}
		if found, otherErr := s.list(ctx, other); otherErr == nil {
			entries, err, mode = found, nil, other
		}
	}
	if err != nil {
		return nil, err
	}
	s.mode.Store(mode)
	return entries, nil
}

// anew does something in the employer's directory, and once more if it failed as it does in the wrong path mode and the other mode is
// found to be the right one.
func (s *Session) anew(ctx context.Context, do func() error) error {
	at := s.directory(s.PathMode())
	err := do()
	if !wrongPath(err) {
		return err
	}
	mode, probeErr := s.Probe(ctx)
	if probeErr != nil || *s.directory(mode) == *at {
		return err
	}
	return do()
}

// wrongPath reports whether an error may come from asking in the wrong path mode.
func wrongPath(err error) bool {
	failure, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	return failure.Class == ClassForeignListing || failure.Status == http.StatusForbidden || failure.Status == http.StatusNotFound
}
