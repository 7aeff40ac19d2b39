// Package config reads the program's configuration from STELLWERK_ variables. Every variable VAR can also be given as VAR_FILE, the
// name of a file that holds the value: that is how secrets are handed to a process.
package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/caarlos0/env/v11"
)

// Prefix begins the name of every variable.
const Prefix = "STELLWERK_"

// maxValueFile bounds a file that holds a value, in bytes.
const maxValueFile = 64 << 10

// Secret is a value that is used and never printed.
type Secret string

// Reveal returns the value.
func (s Secret) Reveal() string { return string(s) }

// String hides the value.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[redacted]"
}

// GoString hides the value.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the value.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the value.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Config is the configuration of serve, work and migrate. The doc tags are the table in docs/configuration.md.
type Config struct {
	DatabaseURL Secret `env:"DATABASE_URL" doc:"The database, as the program's own role: no superuser, no owner of tables."`
	MigrateURL  Secret `env:"MIGRATE_DATABASE_URL" doc:"The database, as the role that owns the tables. Only migrate uses it."`
	Connections int32  `env:"DATABASE_CONNECTIONS" envDefault:"20" doc:"How many connections to the database one process opens at most."`
	Listen      string `env:"LISTEN" envDefault:"127.0.0.1:8080" doc:"Where serve answers the API. TLS is the business of a proxy in front of it."`
	BAURL       string `env:"BA_URL" envDefault:"https://hrbaxml.arbeitsagentur.de/" doc:"The BA's file host, or a simulator."`
	BACAFile    string `env:"BA_CA_FILE" doc:"PEM file with authorities that are trusted for that host besides the system's and those of the .p12 files."`
	BATLSMax    string `env:"BA_TLS_MAX" envDefault:"1.3" doc:"The highest TLS version offered to that host: 1.2 or 1.3; 1.2 if it asks for certificates per directory."`
	Secrets     string `env:"SECRETS" doc:"Where certificates are kept: file, the sealed folder. Must be set; nothing is guessed."`
	SecretDir   string `env:"SECRET_DIR" doc:"The sealed folder."`
	SecretKey   string `env:"SECRET_KEY_FILE" doc:"The age key file that opens the sealed folder. Keep it apart from the folder and its backups."`
	Workers     int    `env:"WORKERS" envDefault:"16" doc:"How many jobs one work process runs at once."`
	LogLevel    string `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error."`
}

// Need is a part of the configuration that a command cannot do without.
type Need uint8

// The needs.
const (
	Database Need = iota
	Migration
	SecretStore
	BA
)

// Read reads the configuration from variables of the form NAME=value and checks it. needs says what must be there. The error names
// every variable that is wrong, and never a value.
func Read(environ []string, needs ...Need) (Config, error) {
	values, err := resolve(environ)
	if err != nil {
		return Config{}, err
	}
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Environment: values, Prefix: Prefix}); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	if err := c.check(needs); err != nil {
		return Config{}, fmt.Errorf("configuration: %w", err)
	}
	return c, nil
}

// resolve reads the files behind variables that end in _FILE, unless the variable is itself the name of a setting.
func resolve(environ []string) (map[string]string, error) {
	known := map[string]bool{}
	for _, s := range Settings() {
		known[s.Name] = true
	}
	values := map[string]string{}
	var failed []error
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		target := strings.TrimSuffix(name, "_FILE")
		if target == name || known[name] || !known[target] {
			values[name] = value
			continue
		}
		content, err := readValue(value)
		if err != nil {
			failed = append(failed, fmt.Errorf("configuration: %s: %w", name, err))
			continue
		}
		values[target] = content
	}
	return values, errors.Join(failed...)
}

func readValue(name string) (string, error) {
	file, err := os.Open(name) //nolint:gosec // the operator names the file
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxValueFile))
	return strings.TrimSpace(string(content)), err
}

func (c *Config) check(needs []Need) error {
	var wrong []error
	complain := func(ok bool, name, must string) {
		if !ok {
			wrong = append(wrong, fmt.Errorf("%s%s %s", Prefix, name, must))
		}
	}
	for _, need := range needs {
		switch need {
		case Database:
			complain(c.DatabaseURL != "", "DATABASE_URL", "is not set")
		case Migration:
			complain(c.MigrateURL != "", "MIGRATE_DATABASE_URL", "is not set")
		case SecretStore:
			complain(c.Secrets == "file", "SECRETS", "must be file")
			complain(c.SecretDir != "", "SECRET_DIR", "is not set")
			complain(c.SecretKey != "", "SECRET_KEY_FILE", "is not set")
		case BA:
			complain(c.MaxTLS() != 0, "BA_TLS_MAX", "must be 1.2 or 1.3")
		}
	}
	_, err := c.Level()
	complain(err == nil, "LOG_LEVEL", "must be debug, info, warn or error")
	complain(c.Workers >= 1, "WORKERS", "must be at least 1")
	complain(c.Connections >= 2, "DATABASE_CONNECTIONS", "must be at least 2")
	return errors.Join(wrong...)
}

// MaxTLS returns the highest TLS version for the BA's host, as crypto/tls numbers it; 0 for one that does not exist.
func (c *Config) MaxTLS() uint16 {
	return map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}[c.BATLSMax]
}

// Level returns the log level.
func (c *Config) Level() (slog.Level, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(c.LogLevel))
	return level, err
}
