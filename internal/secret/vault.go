package secret

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"
)

// VaultOptions says where a Vault is and who asks it. Nothing is taken from VAULT_ variables.
type VaultOptions struct {
	// Address is its URL: https, or http on loopback only.
	Address string
	// CAFile is a PEM file with the only authorities that are trusted for that address; empty means those of the system.
	CAFile string
	// Namespace is Vault Enterprise's; empty is the root.
	Namespace string
	// Mount is the path of a KV engine of version 2.
	Mount string
	// RoleMount is the path of the AppRole login; RoleID and SecretID are what logs in there.
	RoleMount string
	RoleID    string
	SecretID  Secret
	// Timeout bounds each single call; zero is 5 seconds.
	Timeout time.Duration
	Now     func() time.Time
}

const (
	defaultVaultTimeout = 5 * time.Second
	// maxListed bounds the folders that one List reads.
	maxListed = 1_000_000
)

// The fields of a secret in Vault.
const (
	fieldPath  = "path"
	fieldValue = "value"
)

// Vault is a Store in a HashiCorp Vault: one KV v2 secret of one version for each secret, bound to its path, so that exchanged secrets are
// noticed. It logs in when it is first needed, so that Vault need not be there when the program starts. Beside the errors of a Store its
// methods return the faults of Faults, which may pass by themselves.
type Vault struct {
	client  *api.Client
	kv      *api.KVv2
	mount   string
	timeout time.Duration
	login   *login
	breaker *breaker
}

var _ Store = (*Vault)(nil)

// OpenVault returns the store; it does not ask Vault yet. Close it.
func OpenVault(o VaultOptions) (*Vault, error) {
	if o.Timeout == 0 {
		o.Timeout = defaultVaultTimeout
	}
	client, err := newVaultClient(o)
	if err != nil {
		return nil, fmt.Errorf("open Vault: %w", err)
	}
	mount := strings.Trim(o.Mount, "/")
	return &Vault{
		client: client, kv: client.KVv2(mount), mount: mount, timeout: o.Timeout,
		login: newLogin(client, o), breaker: &breaker{now: o.Now},
	}, nil
}

// newVaultClient returns a client that never retries, proxies or reads its environment.
func newVaultClient(o VaultOptions) (*api.Client, error) {
	roots, err := readRoots(o.CAFile)
	if err != nil {
		return nil, err
	}
	client, err := api.NewClient(&api.Config{
		Address: o.Address,
		Timeout: o.Timeout,
		HttpClient: &http.Client{
			Transport: &http.Transport{
				TLSClientConfig:     &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
				TLSHandshakeTimeout: o.Timeout,
				ForceAttemptHTTP2:   true,
				MaxIdleConnsPerHost: 16,
				IdleConnTimeout:     time.Minute,
			},
			// The client itself follows the one redirect that Vault's standby nodes answer with.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	})
	if err != nil {
		return nil, err
	}
	client.ClearToken()
	client.SetHeaders(http.Header{api.RequestHeaderName: []string{"true"}})
	if o.Namespace != "" {
		client.SetNamespace(o.Namespace)
	}
	return client, nil
}

// readRoots reads a PEM file of authorities; nil, which is the system's, for no file.
func readRoots(name string) (*x509.CertPool, error) {
	if name == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read certificate authorities: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(raw) {
		return nil, fmt.Errorf("read certificate authorities: %s holds no PEM certificate", name)
	}
	return roots, nil
}

// Close ends the login, if Vault can be reached.
func (v *Vault) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), v.timeout)
	defer cancel()
	return v.login.end(ctx)
}

// Put creates a secret by check-and-set: its version 0 must be the newest.
func (v *Vault) Put(ctx context.Context, at string, s Secret) error {
	if err := errors.Join(CheckPath(at), Check(s)); err != nil {
		return fmt.Errorf("put secret: %w", err)
	}
	content := map[string]any{fieldPath: at, fieldValue: base64.StdEncoding.EncodeToString(s.Reveal())}
	err := v.call(ctx, func(ctx context.Context) error {
		_, err := v.kv.Put(ctx, at, content, api.WithCheckAndSet(0))
		return v.existing(ctx, at, err)
	})
	if err != nil {
		return fmt.Errorf("put secret %s: %w", at, err)
	}
	return nil
}

// existing makes ErrExists of Vault's answers that mean it. Whoever may create and not update is told no more than "denied", and asks what
// they may do: who may create is denied only because there is a secret.
func (v *Vault) existing(ctx context.Context, at string, err error) error {
	answer, ok := errors.AsType[*api.ResponseError](err)
	switch {
	case !ok:
		return err
	case said(answer, "check-and-set parameter did not match"):
		return ErrExists
	case answer.StatusCode != http.StatusForbidden:
		return err
	}
	may, asked := v.client.Sys().CapabilitiesSelfWithContext(ctx, v.mount+"/data/"+at)
	if asked == nil && slices.Contains(may, "create") && !slices.Contains(may, "update") {
		return ErrExists
	}
	return err
}

// Get reads a secret.
func (v *Vault) Get(ctx context.Context, at string) (Secret, error) {
	if err := CheckPath(at); err != nil {
		return Secret{}, fmt.Errorf("get secret: %w", err)
	}
	var found Secret
	err := v.call(ctx, func(ctx context.Context) error {
		answer, err := v.read(ctx, v.client.Logical().ReadRawWithContext, "data/"+at)
		if err == nil {
			found, err = unwrap(at, answer)
		}
		return err
	})
	if err != nil {
		return Secret{}, fmt.Errorf("get secret %s: %w", at, err)
	}
	return found, nil
}

// unwrap finds the value in Vault's answer. A version that was deleted and not destroyed has no data.
func unwrap(at string, answer *api.Secret) (Secret, error) {
	data, ok := answer.Data["data"].(map[string]any)
	if !ok {
		return Secret{}, ErrNotFound
	}
	encoded, ok := data[fieldValue].(string)
	if !ok {
		return Secret{}, fmt.Errorf("%w: it has no value", ErrUnreadable)
	}
	value, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return Secret{}, fmt.Errorf("%w: its value is not base64", ErrUnreadable)
	}
	if data[fieldPath] != at {
		return Secret{}, fmt.Errorf("%w: it belongs to another path", ErrUnreadable)
	}
	return New(value), nil
}

// read asks for a path below the mount. A thing that is not there is ErrNotFound; a mount that is not there stays Vault's own error.
func (v *Vault) read(ctx context.Context, ask func(context.Context, string) (*api.Response, error), at string) (*api.Secret, error) {
	answer, err := ask(ctx, v.mount+"/"+at)
	if answer != nil {
		defer func() { _ = answer.Body.Close() }()
	}
	if refused, ok := errors.AsType[*api.ResponseError](err); ok && refused.StatusCode == http.StatusNotFound && len(refused.Errors) == 0 {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	found, err := api.ParseSecret(answer.Body)
	if err != nil {
		return nil, fmt.Errorf("read Vault's answer: %w", err)
	}
	if found == nil {
		return nil, ErrNotFound
	}
	return found, nil
}

// Delete destroys a secret with all its versions and what is known of them.
func (v *Vault) Delete(ctx context.Context, at string) error {
	if err := CheckPath(at); err != nil {
		return fmt.Errorf("delete secret: %w", err)
	}
	err := v.call(ctx, func(ctx context.Context) error { return v.kv.DeleteMetadata(ctx, at) })
	if err != nil {
		return fmt.Errorf("delete secret %s: %w", at, err)
	}
	return nil
}

// List reads folder by folder.
func (v *Vault) List(ctx context.Context, below string) ([]string, error) {
	if err := CheckPath(below); err != nil {
		return nil, fmt.Errorf("list secrets: %w", err)
	}
	var found []string
	folders := []string{below}
	for read := 0; len(folders) > 0; read++ {
		if read == maxListed {
			return nil, fmt.Errorf("list secrets below %s: there are more than %d folders", below, maxListed)
		}
		folder := folders[len(folders)-1]
		folders = folders[:len(folders)-1]
		names, err := v.names(ctx, folder)
		if err != nil {
			return nil, fmt.Errorf("list secrets below %s: %w", below, err)
		}
		for _, name := range names {
			at := folder + "/" + strings.TrimSuffix(name, "/")
			switch {
			case CheckPath(at) != nil: // not ours
			case strings.HasSuffix(name, "/"):
				folders = append(folders, at)
			default:
				found = append(found, at)
			}
		}
	}
	slices.Sort(found)
	return found, nil
}

// names returns what is in one folder; those of folders end in a slash.
func (v *Vault) names(ctx context.Context, folder string) ([]string, error) {
	var names []string
	err := v.call(ctx, func(ctx context.Context) error {
		answer, err := v.read(ctx, v.list, "metadata/"+folder)
		if err != nil {
			return err
		}
		keys, _ := answer.Data["keys"].([]any)
		for _, key := range keys {
			if name, ok := key.(string); ok {
				names = append(names, name)
			}
		}
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	return names, err
}

// list is the request that the client's Logical has no raw form of.
func (v *Vault) list(ctx context.Context, at string) (*api.Response, error) {
	request := v.client.NewRequest("LIST", "/v1/"+at)
	// As the client does it: LIST is no method of HTTP, and some proxies let only GET through.
	request.Method = http.MethodGet
	request.Params.Set("list", "true")
	return v.client.RawRequestWithContext(ctx, request) //nolint:staticcheck // deprecated in favour of helpers that hide what a 404 says
}

// call does one thing while the breaker allows it, logged in, and names the outage if it fails by one.
func (v *Vault) call(ctx context.Context, do func(context.Context) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	probes, err := v.breaker.enter()
	if err != nil {
		return err
	}
	err = v.loggedIn(ctx, do)
	left := err != nil && ctx.Err() != nil
	code := outageCode(err)
	since := v.breaker.leave(probes, code, left)
	switch {
	case left:
		return fmt.Errorf("%w: %w", context.Cause(ctx), err)
	case code != nil:
		return occurs(code, since, err)
	}
	return err
}

// loggedIn does one thing. When it is denied because the token was revoked, it logs in again and does it once more.
func (v *Vault) loggedIn(ctx context.Context, do func(context.Context) error) error {
	for again := false; ; again = true {
		token, err := v.login.ensure(ctx)
		if err != nil {
			return loginError{err}
		}
		err = v.timed(ctx, do)
		answer, ok := errors.AsType[*api.ResponseError](err)
		if again || !ok || answer.StatusCode != http.StatusForbidden || v.login.holds(ctx) {
			return err
		}
		v.login.drop(token)
	}
}

// timed bounds one call.
func (v *Vault) timed(ctx context.Context, do func(context.Context) error) error {
	return timed(ctx, v.timeout, do)
}

func timed(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	calling, cancel := context.WithTimeoutCause(ctx, limit, errLate)
	defer cancel()
	err := do(calling)
	if err != nil && errors.Is(context.Cause(calling), errLate) {
		return fmt.Errorf("%w: %w", errLate, err)
	}
	return err
}
