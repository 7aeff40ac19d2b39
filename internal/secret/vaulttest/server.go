package vaulttest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// patience bounds everything that a test waits for; what it waits for normally takes a moment.
const patience = 2 * time.Minute

// Server is a running Vault of one test's own, with a KV v2 engine at the mount "secret" and a proxy with TLS in front.
type Server struct {
	*Proxy
	dir   string
	hello hello

	mu      sync.Mutex
	process *exec.Cmd
	stdin   io.Closer
}

// hello is what vaultdev says when it answers.
type hello struct {
	Address   string `json:"address"`
	Token     string `json:"token"`
	UnsealKey string `json:"unseal_key"`
}

// Mount is where the KV v2 engine of a new Server is.
const Mount = "secret"

// off is the variable that, set to "off", skips the tests that need a Vault, for machines on which building one takes too long.
const off = "STELLWERK_TEST_VAULT"

// Start starts a Vault that ends with the test.
func Start(t *testing.T) *Server {
	t.Helper()
	if os.Getenv(off) == "off" {
		t.Skip("needs a Vault, and " + off + " is off")
	}
	s := &Server{dir: t.TempDir()}
	s.start(t)
	t.Cleanup(s.stop)
	s.Proxy = newProxy(t, s.hello.Address)
	s.Do(t, http.MethodPost, "sys/mounts/"+Mount, map[string]any{"type": "kv", "options": map[string]any{"version": "2"}})
	s.Do(t, http.MethodPost, "sys/auth/approle", map[string]any{"type": "approle"})
	s.awaitMount(t, Mount)
	return s
}

// start starts the program, at its old address if it had one.
func (s *Server) start(t *testing.T) {
	t.Helper()
	program, err := Build(t.Context(), t.Output())
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:0"
	if s.hello.Address != "" {
		address = strings.TrimPrefix(s.hello.Address, "http://")
	}
	process := exec.CommandContext(context.WithoutCancel(t.Context()), program, "-addr", address, "-dir", s.dir)
	process.Stderr = t.Output()
	stdin, err := process.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.hello)
	}
	if err != nil {
		_ = process.Process.Kill()
		t.Fatalf("vaultdev did not start: %v, %v", err, process.Wait())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.process, s.stdin = process, stdin
}

func (s *Server) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return
	}
	_ = s.process.Process.Kill()
	_ = s.stdin.Close()
	_ = s.process.Wait()
	s.process = nil
}

// Dir is the folder in which Vault keeps what it has encrypted.
func (s *Server) Dir() string { return s.dir }

// Kill ends Vault at once, as a crash does. Restart starts it again, at the same address and with the same secrets.
func (s *Server) Kill() { s.stop() }

// Restart starts a killed Vault again.
func (s *Server) Restart(t *testing.T) {
	t.Helper()
	s.start(t)
	s.awaitMount(t, Mount)
}

// Seal seals Vault.
func (s *Server) Seal(t *testing.T) {
	t.Helper()
	s.Do(t, http.MethodPut, "sys/seal", nil)
}

// Unseal unseals it.
func (s *Server) Unseal(t *testing.T) {
	t.Helper()
	s.Do(t, http.MethodPut, "sys/unseal", map[string]any{"key": s.hello.UnsealKey})
	s.awaitMount(t, Mount)
}

// NewMount mounts another KV v2 engine and returns its path.
func (s *Server) NewMount(t *testing.T, name string) string {
	t.Helper()
	s.Do(t, http.MethodPost, "sys/mounts/"+name, map[string]any{"type": "kv", "options": map[string]any{"version": "2"}})
	s.awaitMount(t, name)
	return name
}

// awaitMount waits until an engine is there: for some moments after its making it answers that it is being upgraded.
func (s *Server) awaitMount(t *testing.T, mount string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		status, said := s.ask(t, http.MethodGet, mount+"/config", nil)
		if status == http.StatusOK {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("the mount %s is not ready: %d %s", mount, status, said)
		}
	}
}

// Role is what a program logs in with.
type Role struct{ RoleID, SecretID string }

// NewRole writes a policy (HCL) and makes an AppRole that has it. More of the role's settings may be given, such as token_ttl.
func (s *Server) NewRole(t *testing.T, name, policy string, settings map[string]any) Role {
	t.Helper()
	s.SetPolicy(t, name, policy)
	role := map[string]any{"token_policies": []string{name}}
	maps.Copy(role, settings)
	at := "auth/approle/role/" + name
	s.Do(t, http.MethodPost, at, role)
	id, _ := s.Do(t, http.MethodGet, at+"/role-id", nil)["role_id"].(string)
	secret, _ := s.Do(t, http.MethodPost, at+"/secret-id", map[string]any{})["secret_id"].(string)
	return Role{RoleID: id, SecretID: secret}
}

// SetPolicy writes a policy, or writes it anew.
func (s *Server) SetPolicy(t *testing.T, name, policy string) {
	t.Helper()
	s.Do(t, http.MethodPut, "sys/policies/acl/"+name, map[string]any{"policy": policy})
}

// RevokeTokens revokes every token that an AppRole has handed out.
func (s *Server) RevokeTokens(t *testing.T) {
	t.Helper()
	s.Do(t, http.MethodPut, "sys/leases/revoke-force/auth/approle", nil)
}

// Do asks Vault itself as root, without the proxy, and returns the answer's data. An answer that is no success fails the test.
func (s *Server) Do(t *testing.T, method, path string, body map[string]any) map[string]any {
	t.Helper()
	status, said := s.ask(t, method, path, body)
	if status >= http.StatusMultipleChoices {
		t.Fatalf("%s %s: %d %s", method, path, status, said)
	}
	var answer struct {
		Data map[string]any `json:"data"`
	}
	if len(said) > 0 {
		if err := json.Unmarshal(said, &answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer.Data
}

func (s *Server) ask(t *testing.T, method, path string, body map[string]any) (int, []byte) {
	t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, s.hello.Address+"/v1/"+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("X-Vault-Token", s.hello.Token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	said, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, said
}
