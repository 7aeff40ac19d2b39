// Package config reads the program's configuration from STELLWERK_ variables. Every variable VAR can also be given as VAR_FILE, the
// name of a file that holds the value: that is how secrets are handed to a process.
package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"reflect"
	"slices"
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

	MetricsListen  string `env:"METRICS_LISTEN" doc:"Where serve and work answer /metrics, /livez and /readyz, such as 127.0.0.1:9090; nowhere when it is not set. It asks for no token, so it is for the operator's network only."`
	TrustedProxies string `env:"TRUSTED_PROXIES" doc:"The proxies in front of serve, as networks with commas between: 10.0.0.0/8, ::1/128. Only they are believed when they say whose request they hand on, and that it came over TLS."`
	CORSOrigins    string `env:"CORS_ORIGINS" doc:"The origins of web pages whose scripts may call the API, with commas between: https://app.example. None when it is not set."`
	RateToken      int    `env:"RATE_TOKEN" envDefault:"3000" doc:"Requests a minute with one token, on one process; 0 for any number."`
	RateTenant     int    `env:"RATE_TENANT" envDefault:"6000" doc:"Requests a minute for one tenant with all its tokens, on one process; 0 for any number. Those of the operator do not count."`
	RatePublishing int    `env:"RATE_PUBLISHING" envDefault:"1200" doc:"Requests a minute that write one tenant's postings, on one process; 0 for any number."`
	RateAddress    int    `env:"RATE_ADDRESS" envDefault:"300" doc:"Requests a minute without a valid token from one address, on one process; 0 for any number."`

	BAURL       string `env:"BA_URL" envDefault:"https://hrbaxml.arbeitsagentur.de/" doc:"The BA's file host, or a simulator."`
	BACAFile    string `env:"BA_CA_FILE" doc:"PEM file with authorities that are trusted for that host besides the system's and those of the .p12 files."`
	BATLSMax    string `env:"BA_TLS_MAX" envDefault:"1.3" doc:"The highest TLS version offered to that host: 1.2 or 1.3; 1.2 if it asks for certificates per directory."`
	BAPace      string `env:"BA_PACE" envDefault:"ba" doc:"How often its answers are looked for: ba, first after ten minutes, or simulator, which answers within seconds."`
	Secrets     string `env:"SECRETS" doc:"Where certificates are kept: vault, or file, the sealed folder. Must be set; nothing is guessed."`
	SecretDir   string `env:"SECRET_DIR" doc:"The sealed folder."`
	SecretKey   string `env:"SECRET_KEY_FILE" doc:"The age key file that opens the sealed folder. Keep it apart from the folder and its backups."`
	Vault       string `env:"VAULT_ADDRESS" doc:"Vault's URL, with https. VAULT_ variables without STELLWERK_ are not read."`
	VaultCAFile string `env:"VAULT_CA_FILE" doc:"PEM file with the only authorities that are trusted for Vault; the system's when it is not set."`
	VaultNS     string `env:"VAULT_NAMESPACE" doc:"The namespace, where Vault has them."`
	VaultMount  string `env:"VAULT_MOUNT" envDefault:"secret" doc:"Where Vault's KV engine of version 2 is mounted."`
	VaultLogin  string `env:"VAULT_LOGIN_MOUNT" envDefault:"approle" doc:"Where Vault's AppRole login is mounted."`
	VaultRole   string `env:"VAULT_ROLE_ID" doc:"The AppRole that this process logs in with: serve and work have one each, see docs/vault.md."`
	VaultSecret Secret `env:"VAULT_SECRET_ID" doc:"That AppRole's secret id."`
	VaultWait   int    `env:"VAULT_TIMEOUT" envDefault:"5" doc:"How many seconds one call of Vault may take."`
	RawDays     int    `env:"RAW_DAYS" envDefault:"90" doc:"For how many days files to the BA and its answers are kept as they were; later only digest, size and result are."`
	Mail        string `env:"MAIL" envDefault:"none" doc:"How mails are sent: smtp, folder, which only keeps them as .eml files, or none."`
	MailFrom    string `env:"MAIL_FROM" doc:"The sender of mails: an address, or Name <address>."`
	MailDir     string `env:"MAIL_DIR" doc:"The folder of .eml files."`
	SMTPHost    string `env:"SMTP_HOST" doc:"The SMTP server that takes the mails."`
	SMTPPort    int    `env:"SMTP_PORT" envDefault:"587" doc:"Its port: 587 for starttls, 465 for tls."`
	SMTPTLS     string `env:"SMTP_TLS" envDefault:"starttls" doc:"starttls, which must succeed, tls from the first byte, or plain, only to this very machine."`
	SMTPUser    string `env:"SMTP_USER" doc:"Who logs in there; nobody does when it is not set."`
	SMTPSecret  Secret `env:"SMTP_PASSWORD" doc:"The password of that user."`
	SMTPWait    int    `env:"SMTP_TIMEOUT" envDefault:"30" doc:"How many seconds one step of the conversation with that server may take."`
	Operator    string `env:"OPERATOR_EMAIL" doc:"Who gets alarms, such as that the BA has not answered a file for a day; nobody when it is not set."`
	Workers     int    `env:"WORKERS" envDefault:"16" doc:"How many jobs one work process runs at once."`
	LogLevel    string `env:"LOG_LEVEL" envDefault:"info" doc:"debug, info, warn or error."`
}

// The values of BAPace.
const (
	PaceBA        = "ba"
	PaceSimulator = "simulator"
)

// The values of Secrets.
const (
	SecretsFile  = "file"
	SecretsVault = "vault"
)

// The values of Mail.
const (
	MailSMTP   = "smtp"
	MailFolder = "folder"
	MailNone   = "none"
)

// baDomain is where the BA itself is, whom nobody asks every second.
const baDomain = ".arbeitsagentur.de"

// The bounds of RawDays: the BA keeps its answers for two weeks, and ten years is longer than any duty to keep records.
const (
	minRawDays = 14
	maxRawDays = 3650
)

// Need is a part of the configuration that a command cannot do without.
type Need uint8

// The needs.
const (
	Database Need = iota
	Migration
	SecretStore
	BA
	Mails
)

// Read reads the configuration from variables of the form NAME=value and checks it. needs says what must be there. A variable that is
// empty counts as one that is not set. The error names every variable that is wrong, and never a value.
func Read(environ []string, needs ...Need) (Config, error) {
	var wrong complaints
	values := resolve(environ, &wrong)
	var c Config
	if err := env.ParseWithOptions(&c, env.Options{Environment: values, Prefix: Prefix}); err != nil {
		wrong.numbers(err)
	}
	c.check(needs, &wrong)
	if wrong.errs != nil {
		return Config{}, fmt.Errorf("configuration: %w", errors.Join(wrong.errs...))
	}
	return c, nil
}

// complaints gathers what is wrong, one complaint for each setting.
type complaints struct {
	about map[string]bool
	errs  []error
}

// add says that a variable, which gives the value of a setting, is wrong. Both are full names.
func (c *complaints) add(setting, variable, must string) {
	if c.about[setting] {
		return
	}
	if c.about == nil {
		c.about = map[string]bool{}
	}
	c.about[setting] = true
	c.errs = append(c.errs, errors.New(variable+" "+must))
}

// numbers takes up the parser's errors, whose words repeat the value and name a field of Config. Only numbers can fail to parse.
func (c *complaints) numbers(err error) {
	all, ok := errors.AsType[env.AggregateError](err)
	if !ok {
		c.errs = append(c.errs, err)
		return
	}
	for _, one := range all.Errors {
		failed, ok := errors.AsType[env.ParseError](one)
		if !ok {
			c.errs = append(c.errs, one)
			continue
		}
		field, _ := reflect.TypeFor[Config]().FieldByName(failed.Name)
		name := Prefix + field.Tag.Get("env")
		c.add(name, name, "must be a whole number, and not a huge one")
	}
}

// resolve reads the files behind variables that end in _FILE, unless the variable is itself the name of a setting.
func resolve(environ []string, wrong *complaints) map[string]string {
	values := map[string]string{}
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		values[name] = value
	}
	settings := Settings()
	for _, s := range settings {
		variable := s.Name + "_FILE"
		isSetting := slices.ContainsFunc(settings, func(other Setting) bool { return other.Name == variable })
		if isSetting || values[variable] == "" {
			continue
		}
		if values[s.Name] != "" {
			wrong.add(s.Name, variable, "is set, and "+s.Name+" too: set one of them")
			continue
		}
		content, err := readValue(values[variable])
		if err != nil {
			wrong.add(s.Name, variable, "must name a file that can be read: "+err.Error())
			continue
		}
		values[s.Name] = content
	}
	return values
}

// readValue reads a file that holds a value. Its error does not repeat the file's name, since that may be a secret put into the wrong
// variable.
func readValue(name string) (string, error) {
	content, err := readFile(name)
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathErr.Err
	}
	if len(content) > maxValueFile {
		err = errors.New("it has more than 64 KiB")
	}
	return strings.TrimSpace(string(content)), err
}

func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxValueFile+1))
}

func (c *Config) check(needs []Need, wrong *complaints) {
	complain := func(ok bool, name, must string) {
		if !ok {
			wrong.add(Prefix+name, Prefix+name, must)
		}
	}
	for _, need := range needs {
		switch need {
		case Database:
			complain(c.DatabaseURL != "", "DATABASE_URL", "is not set")
		case Migration:
			complain(c.MigrateURL != "", "MIGRATE_DATABASE_URL", "is not set")
		case SecretStore:
			c.checkSecretStore(complain)
		case Mails:
			c.checkMails(complain)
		case BA:
			complain(c.MaxTLS() != 0, "BA_TLS_MAX", "must be 1.2 or 1.3")
			complain(c.BAPace == PaceBA || c.BAPace == PaceSimulator, "BA_PACE", "must be ba or simulator")
			complain(c.BAPace != PaceSimulator || !c.isBA(), "BA_PACE", "must be ba while BA_URL is the BA itself")
		}
	}
	c.checkEdge(complain)
	_, err := c.Level()
	complain(err == nil, "LOG_LEVEL", "must be debug, info, warn or error")
	complain(c.RawDays >= minRawDays && c.RawDays <= maxRawDays, "RAW_DAYS", "must be 14 to 3650")
	complain(c.Workers >= 1, "WORKERS", "must be at least 1")
	complain(c.Connections >= 2, "DATABASE_CONNECTIONS", "must be at least 2")
}

// checkSecretStore complains about what the chosen store lacks.
func (c *Config) checkSecretStore(complain func(ok bool, name, must string)) {
	switch c.Secrets {
	case SecretsFile:
		complain(c.SecretDir != "", "SECRET_DIR", "is not set")
		complain(c.SecretKey != "", "SECRET_KEY_FILE", "is not set")
	case SecretsVault:
		complain(isSafe(c.Vault), "VAULT_ADDRESS", "must be a URL that begins with https://, or with http:// on this very machine")
		complain(c.VaultMount != "", "VAULT_MOUNT", "is not set")
		complain(c.VaultLogin != "", "VAULT_LOGIN_MOUNT", "is not set")
		complain(c.VaultRole != "", "VAULT_ROLE_ID", "is not set")
		complain(c.VaultSecret != "", "VAULT_SECRET_ID", "is not set")
		complain(c.VaultWait >= 1 && c.VaultWait <= 60, "VAULT_TIMEOUT", "must be 1 to 60")
	default:
		complain(false, "SECRETS", "must be vault or file")
	}
}

// isSafe reports whether nobody on the way to an address can listen.
func isSafe(raw string) bool {
	address, err := url.Parse(raw)
	if err != nil || address.Host == "" {
		return false
	}
	return address.Scheme == "https" || address.Scheme == "http" && net.ParseIP(address.Hostname()).IsLoopback()
}

// isBA reports whether BAURL is a host of the BA itself.
func (c *Config) isBA() bool {
	address, err := url.Parse(c.BAURL)
	return err == nil && strings.HasSuffix(strings.ToLower(address.Hostname()), baDomain)
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
