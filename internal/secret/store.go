package secret

import (
	"context"
	"errors"
	"fmt"
	"regexp"
)

// MaxBytes is the largest secret that a store takes: 512 KiB, which in base64 still fits into one entry of Vault's own storage.
const MaxBytes = 512 << 10

// The errors that every Store tells apart. All others mean that the store itself failed.
var (
	// ErrNotFound means that there is no secret at the path.
	ErrNotFound = errors.New("no such secret")
	// ErrExists means that there already is a secret at the path; it stays as it is.
	ErrExists = errors.New("the secret exists")
	// ErrUnreadable means that there is a secret and it cannot be opened: it was sealed with another key, or tampered with.
	ErrUnreadable = errors.New("the secret cannot be opened")
	// ErrInvalid means that the path or the secret can never be stored: a mistake of ours.
	ErrInvalid = errors.New("invalid secret or path")
)

// Store keeps secrets by path. A path is one to eight parts joined by slashes; a part is 1 to 64 letters, digits, hyphens and
// underscores. All methods are safe for concurrent use, also from several processes.
type Store interface {
	// Put creates a secret. It is never changed afterwards: a second Put is ErrExists. When Put returns nil, the secret survives a
	// loss of power; when it returns another error, the secret may exist or not.
	Put(ctx context.Context, path string, s Secret) error
	// Get returns a secret: ErrNotFound or ErrUnreadable if it cannot.
	Get(ctx context.Context, path string) (Secret, error)
	// Delete destroys a secret for good. One that is not there is no error.
	Delete(ctx context.Context, path string) error
	// List returns the paths of all secrets below a path, sorted.
	List(ctx context.Context, path string) ([]string, error)
}

// CertificatePath returns the path of a tenant's certificate.
func CertificatePath(tenant, certificate fmt.Stringer) string {
	return "tenants/" + tenant.String() + "/certificates/" + certificate.String()
}

var validPath = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}(/[A-Za-z0-9_-]{1,64}){0,7}$`)

// CheckPath returns ErrInvalid for a path that no Store takes.
func CheckPath(path string) error {
	if !validPath.MatchString(path) {
		return fmt.Errorf("%w: path %q", ErrInvalid, path)
	}
	return nil
}

// Check returns ErrInvalid for a secret that no Store takes: an empty one, or one of more than MaxBytes.
func Check(s Secret) error {
	if n := len(s.Reveal()); n == 0 || n > MaxBytes {
		return fmt.Errorf("%w: it has %d bytes", ErrInvalid, n)
	}
	return nil
}
