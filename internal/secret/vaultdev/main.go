// Command vaultdev runs a real Vault core with KV v2 and AppRole for tests, on loopback and over plain HTTP. It keeps its storage and
// its keys in one folder, so that it can be killed and started again, and unseals itself. It prints one line of JSON when it answers, and
// ends when its standard input does: it never outlives the test that started it.
package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	log "github.com/hashicorp/go-hclog"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/builtin/credential/approle"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/file"
	"github.com/hashicorp/vault/vault"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:0", "where to answer; loopback only")
	dir := flag.String("dir", "", "the folder that holds Vault's storage and its keys")
	flag.Parse()
	if err := run(*addr, *dir); err != nil {
		_, _ = fmt.Fprintf(os.Stderr, "vaultdev: %v\n", err)
		os.Exit(1)
	}
}

// hello is the line of JSON.
type hello struct {
	Address string `json:"address"`
	keys
}

// keys are what the first start leaves for those after it, and for the tests.
type keys struct {
	Token     string `json:"token"`
	UnsealKey string `json:"unseal_key"`
}

func run(addr, dir string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil || !net.ParseIP(host).IsLoopback() {
		return errors.New("-addr is no loopback address")
	}
	if dir == "" {
		return errors.New("-dir is missing")
	}
	ctx := context.Background()
	core, found, err := open(ctx, dir)
	if err != nil {
		return err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	answer := hello{Address: "http://" + listener.Addr().String(), keys: found}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		return err
	}
	server := &http.Server{
		Handler: vaulthttp.Handler.Handler(&vault.HandlerProperties{
			Core: core, ListenerConfig: &configutil.Listener{Address: addr, MaxRequestSize: vaulthttp.DefaultMaxRequestSize},
		}),
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		_ = server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// open makes a core over the folder, initialises it the first time, and unseals it.
func open(ctx context.Context, dir string) (*vault.Core, keys, error) {
	logger := log.New(&log.LoggerOptions{Level: log.Error, Output: os.Stderr})
	storage, err := file.NewFileBackend(map[string]string{"path": filepath.Join(dir, "storage")}, logger)
	if err != nil {
		return nil, keys{}, err
	}
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:           storage,
		DisableMlock:       true,
		Logger:             logger,
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory},
		CredentialBackends: map[string]logical.Factory{"approle": approle.Factory},
		BuiltinRegistry:    registry{},
	})
	if err != nil {
		return nil, keys{}, err
	}
	found, err := initialised(ctx, core, filepath.Join(dir, "keys.json"))
	if err != nil {
		return nil, keys{}, err
	}
	share, err := hex.DecodeString(found.UnsealKey)
	if err != nil {
		return nil, keys{}, err
	}
	if _, err := core.Unseal(share); err != nil {
		return nil, keys{}, err
	}
	return core, found, nil
}

// initialised returns the core's keys, which the first start makes and writes to a file.
func initialised(ctx context.Context, core *vault.Core, name string) (keys, error) {
	done, err := core.Initialized(ctx)
	if err != nil {
		return keys{}, err
	}
	var found keys
	if done {
		raw, err := os.ReadFile(name)
		if err != nil {
			return keys{}, err
		}
		err = json.Unmarshal(raw, &found)
		return found, err
	}
	made, err := core.Initialize(ctx, &vault.InitParams{
		BarrierConfig:  &vault.SealConfig{SecretShares: 1, SecretThreshold: 1},
		RecoveryConfig: &vault.SealConfig{SecretShares: 0, SecretThreshold: 0},
	})
	if err != nil {
		return keys{}, err
	}
	found = keys{Token: made.RootToken, UnsealKey: hex.EncodeToString(made.SecretShares[0])}
	raw, err := json.Marshal(found)
	if err != nil {
		return keys{}, err
	}
	return found, os.WriteFile(name, raw, 0o600)
}

// registry tells the core that the plugins above are built in.
type registry struct{}

// Contains knows the two plugins.
func (registry) Contains(name string, kind consts.PluginType) bool {
	return kind == consts.PluginTypeSecrets && name == "kv" || kind == consts.PluginTypeCredential && name == "approle"
}

// Get has no plugin that would have to be started.
func (registry) Get(string, consts.PluginType) (func() (any, error), bool) { return nil, false }

// Keys lists no plugins.
func (registry) Keys(consts.PluginType) []string { return nil }

// DeprecationStatus deprecates nothing.
func (registry) DeprecationStatus(string, consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, true
}

// IsBuiltinEntPlugin knows none.
func (registry) IsBuiltinEntPlugin(string, consts.PluginType) bool { return false }
