package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/config"
)

const (
	url    = "postgres://stellwerk:geheim-4711@db.example/stellwerk"
	needDB = "STELLWERK_DATABASE_URL=" + url
)

// file writes a file that holds a value and returns its name.
func file(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "value")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestDefaultsHoldWhereNothingIsSaid(t *testing.T) {
	t.Parallel()
	c, err := config.Read([]string{"PATH=/bin", "STELLWERK_LISTEN=", "STELLWERK_WORKERS="}, config.BA)
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:8080" || c.Workers != 16 || c.Connections != 20 || c.BAURL != "https://hrbaxml.arbeitsagentur.de/" {
		t.Errorf("got %+v", c)
	}
	if level, err := c.Level(); err != nil || level != slog.LevelInfo {
		t.Errorf("log level %s, %v", level, err)
	}
}

func TestValuesAreRead(t *testing.T) {
	t.Parallel()
	c, err := config.Read([]string{
		needDB, "STELLWERK_MIGRATE_DATABASE_URL=postgres://owner@db.example/x?sslmode=require&a=b", "STELLWERK_WORKERS=4",
		"STELLWERK_SECRETS=file", "STELLWERK_SECRET_DIR=/var/lib/secrets", "STELLWERK_SECRET_KEY_FILE=/etc/key", "STELLWERK_LOG_LEVEL=debug",
	}, config.Database, config.Migration, config.SecretStore, config.BA)
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL.Reveal() != url || c.MigrateURL.Reveal() != "postgres://owner@db.example/x?sslmode=require&a=b" || c.Workers != 4 {
		t.Errorf("got %s, %s, %d", c.DatabaseURL.Reveal(), c.MigrateURL.Reveal(), c.Workers)
	}
	if c.SecretKey != "/etc/key" {
		t.Errorf("STELLWERK_SECRET_KEY_FILE is a setting of its own, and became %q", c.SecretKey)
	}
}

func TestAValueCanStandInAFile(t *testing.T) {
	t.Parallel()
	keyFile := file(t, "/etc/key\n")
	c, err := config.Read([]string{
		"STELLWERK_DATABASE_URL_FILE=" + file(t, url+"\n"), "STELLWERK_WORKERS_FILE=" + file(t, "3"),
		"STELLWERK_SECRET_KEY_FILE_FILE=" + keyFile, "STELLWERK_LISTEN_FILE=",
	}, config.Database)
	if err != nil {
		t.Fatal(err)
	}
	if c.DatabaseURL.Reveal() != url || c.Workers != 3 || c.SecretKey != "/etc/key" || c.Listen != "127.0.0.1:8080" {
		t.Errorf("got %s, %d, %s, %s", c.DatabaseURL.Reveal(), c.Workers, c.SecretKey, c.Listen)
	}
}

func TestEveryWrongVariableIsNamedAndNoValueRepeated(t *testing.T) {
	t.Parallel()
	large := file(t, strings.Repeat("geheim-4711", 64<<10/8))
	for name, test := range map[string]struct {
		environ []string
		needs   []config.Need
		want    []string
	}{
		"what is needed and missing": {
			nil,
			[]config.Need{config.Database, config.Migration, config.SecretStore},
			[]string{
				"STELLWERK_DATABASE_URL is not set", "STELLWERK_MIGRATE_DATABASE_URL is not set", "STELLWERK_SECRETS must be vault or file",
			},
		},
		"a folder without anything": {
			[]string{"STELLWERK_SECRETS=file"},
			[]config.Need{config.SecretStore},
			[]string{"STELLWERK_SECRET_DIR is not set", "STELLWERK_SECRET_KEY_FILE is not set"},
		},
		"a Vault without anything": {
			[]string{"STELLWERK_SECRETS=vault", "STELLWERK_SECRET_DIR=/tmp"},
			[]config.Need{config.SecretStore},
			[]string{"STELLWERK_VAULT_ADDRESS must be a URL", "STELLWERK_VAULT_ROLE_ID is not set", "STELLWERK_VAULT_SECRET_ID is not set"},
		},
		"a Vault that everybody can overhear": {
			[]string{
				"STELLWERK_SECRETS=vault", "STELLWERK_VAULT_ADDRESS=http://vault.example:8200", "STELLWERK_VAULT_ROLE_ID=a",
				"STELLWERK_VAULT_SECRET_ID=geheim-4711", "STELLWERK_VAULT_TIMEOUT=0",
			},
			[]config.Need{config.SecretStore},
			[]string{"STELLWERK_VAULT_ADDRESS must be a URL that begins with https://", "STELLWERK_VAULT_TIMEOUT must be 1 to 60"},
		},
		"words where numbers belong, and the rest as well": {
			[]string{"STELLWERK_WORKERS=geheim-4711", "STELLWERK_DATABASE_CONNECTIONS=99999999999", "STELLWERK_LOG_LEVEL=geheim-4711", "STELLWERK_BA_TLS_MAX=geheim-4711"},
			[]config.Need{config.Database, config.BA},
			[]string{
				"STELLWERK_DATABASE_CONNECTIONS must be a whole number", "STELLWERK_WORKERS must be a whole number", "STELLWERK_DATABASE_URL is not set",
				"STELLWERK_BA_TLS_MAX must be 1.2 or 1.3", "STELLWERK_LOG_LEVEL must be debug",
			},
		},
		"numbers that are too small": {
			[]string{"STELLWERK_WORKERS=0", "STELLWERK_DATABASE_CONNECTIONS=1"},
			nil,
			[]string{"STELLWERK_WORKERS must be at least 1", "STELLWERK_DATABASE_CONNECTIONS must be at least 2"},
		},
		"what is said of callers": {
			[]string{
				"STELLWERK_TRUSTED_PROXIES=10.0.0.0/8, geheim-4711", "STELLWERK_CORS_ORIGINS=https://app.example/geheim-4711", "STELLWERK_RATE_TOKEN=-1",
				"STELLWERK_RATE_TENANT=4711000", "STELLWERK_RATE_ADDRESS=geheim-4711",
			},
			nil,
			[]string{
				"STELLWERK_TRUSTED_PROXIES must be networks", "STELLWERK_CORS_ORIGINS must be origins", "STELLWERK_RATE_TOKEN must be 0 to 1000000",
				"STELLWERK_RATE_TENANT must be 0 to 1000000", "STELLWERK_RATE_ADDRESS must be a whole number",
			},
		},
		"files that cannot be read": {
			[]string{"STELLWERK_DATABASE_URL_FILE=/nowhere/geheim-4711", "STELLWERK_WORKERS_FILE=" + filepath.Dir(large)},
			[]config.Need{config.Database},
			[]string{"STELLWERK_DATABASE_URL_FILE must name a file that can be read: no such file", "STELLWERK_WORKERS_FILE must name a file that can be read: is a directory"},
		},
		"a file that is too large": {
			[]string{"STELLWERK_DATABASE_URL_FILE=" + large},
			[]config.Need{config.Database},
			[]string{"STELLWERK_DATABASE_URL_FILE must name a file that can be read: it has more than 64 KiB"},
		},
		"a variable and its file": {
			[]string{needDB, "STELLWERK_DATABASE_URL_FILE=" + large},
			[]config.Need{config.Database},
			[]string{"STELLWERK_DATABASE_URL_FILE is set, and STELLWERK_DATABASE_URL too"},
		},
		"a store that does not exist": {
			[]string{"STELLWERK_SECRETS=geheim-4711", "STELLWERK_SECRET_DIR=a", "STELLWERK_SECRET_KEY_FILE=b"},
			[]config.Need{config.SecretStore},
			[]string{"STELLWERK_SECRETS must be vault or file"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := config.Read(test.environ, test.needs...)

			if err == nil || c != (config.Config{}) {
				t.Fatalf("it is read: %v", err)
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(test.want) {
				t.Errorf("%d complaints, want %d: %v", len(lines), len(test.want), err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("not said: %q; but\n%v", want, err)
				}
			}
			if strings.Contains(err.Error(), "4711") {
				t.Errorf("a value is repeated: %v", err)
			}
		})
	}
}

func TestAVaultIsConfiguredByItsOwnVariables(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://vault.example:8200", "http://127.0.0.1:8200", "http://[::1]:8200"} {
		c, err := config.Read([]string{
			"STELLWERK_SECRETS=vault", "STELLWERK_VAULT_ADDRESS=" + address, "STELLWERK_VAULT_ROLE_ID=role",
			"STELLWERK_VAULT_SECRET_ID_FILE=" + file(t, "geheim-4711\n"), "VAULT_ADDR=https://elsewhere.example",
		}, config.SecretStore)
		if err != nil {
			t.Fatal(err)
		}
		if c.Vault != address || c.VaultMount != "secret" || c.VaultLogin != "approle" || c.VaultSecret.Reveal() != "geheim-4711" || c.VaultWait != 5 {
			t.Errorf("got %+v", c)
		}
		if printed := fmt.Sprintf("%+v", c); strings.Contains(printed, "4711") {
			t.Errorf("printed as %s", printed)
		}
	}
}

func TestOnlyASimulatorIsAskedEverySecond(t *testing.T) {
	t.Parallel()
	_, err := config.Read([]string{"STELLWERK_BA_PACE=simulator"}, config.BA)
	if err == nil || !strings.Contains(err.Error(), "STELLWERK_BA_PACE") {
		t.Errorf("the BA itself would be asked every second: %v", err)
	}
	if _, err := config.Read([]string{"STELLWERK_BA_PACE=simulator", "STELLWERK_BA_URL=https://127.0.0.1:8443/"}, config.BA); err != nil {
		t.Error(err)
	}
}

func TestAConfigurationPrintsNoSecret(t *testing.T) {
	t.Parallel()
	c, err := config.Read([]string{needDB, "STELLWERK_MIGRATE_DATABASE_URL=" + url})
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("start", "config", c, "url", c.DatabaseURL)
	slog.New(slog.NewTextHandler(&logged, nil)).Info("start", "config", c, "url", c.DatabaseURL)

	for _, printed := range []string{fmt.Sprintf("%v %+v %#v %s %q", c, c, c, c.DatabaseURL, c.MigrateURL), string(encoded), logged.String()} {
		if strings.Contains(printed, "geheim") || !strings.Contains(printed, "[redacted]") {
			t.Errorf("printed as %s", printed)
		}
	}
}

func TestTheDocumentationIsFresh(t *testing.T) {
	t.Parallel()
	kept, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(kept) != config.Markdown() {
		t.Error("docs/configuration.md is stale: run make generate")
	}
	for _, setting := range config.Settings() {
		if setting.Doc == "" || !strings.HasPrefix(setting.Name, config.Prefix) {
			t.Errorf("%s is not documented", setting.Name)
		}
	}
}
