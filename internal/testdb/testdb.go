// Package testdb gives PostgreSQL to tests, the demo and the development server without any set-up. It uses the server that
// DATABASE_URL names, or else makes a private, throwaway cluster from the machine's own PostgreSQL programs.
//
// A private cluster ends with the process that started it, also when that is killed. On someone else's server everything has a name
// that begins with stellwerk_ and the run; Close drops it, and the next start drops what was not closed.
package testdb

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// MinMajor is the oldest major version of PostgreSQL that Stellwerk runs on.
const MinMajor = 15

// The variables that hand one cluster down to the processes of a test run; see Cluster.Environ.
const (
	envURL = "STELLWERK_TEST_DATABASE_URL"
	envRun = "STELLWERK_TEST_RUN"
)

// namePrefix begins the name of every role and database that this package makes; eight hexadecimal digits of the run follow.
const namePrefix = "stellwerk_"

// connectTimeout bounds one attempt to connect.
const connectTimeout = 10 * time.Second

// Options say how StartCluster starts a cluster.
type Options struct {
	// Durable makes a private cluster write through to the disk, as a production server does. Tests do without: it is slow, and a
	// power cut ends them anyway.
	Durable bool
	// Private makes a private cluster even where DATABASE_URL names a server, for who wants to restart it. It needs PostgreSQL's programs.
	Private bool
	// Log is told in one line which PostgreSQL is used. Nil means silence.
	Log io.Writer
}

// Cluster is a PostgreSQL server on which roles and databases can be made.
type Cluster struct {
	// admin is the URL of a role that may create roles and databases.
	admin *url.URL
	// run keeps the names of this cluster's user apart from those of others on the same server: eight hexadecimal digits.
	run string
	// server is the private cluster; nil when the server is someone else's.
	server *server
	// claim is a connection to someone else's server, whose lock says that the run is alive; nil on a private cluster.
	claim *pgx.Conn
	// origin says in words which PostgreSQL this is.
	origin string
}

// StartCluster connects to the server at DATABASE_URL, whose role must be allowed to create roles and databases, and without that
// variable starts a private cluster. It returns when the server answers. The cluster lives until Close, or until this process
// ends in whatever way; ctx bounds the start only.
func StartCluster(ctx context.Context, options Options) (*Cluster, error) {
	c, err := startCluster(ctx, options)
	if err == nil && options.Log != nil {
		_, _ = fmt.Fprintln(options.Log, c.origin)
	}
	return c, err
}

func startCluster(ctx context.Context, options Options) (*Cluster, error) {
	if address := os.Getenv("DATABASE_URL"); address != "" && !options.Private {
		c, err := useServer(ctx, address, newRun())
		if err != nil {
			return nil, fmt.Errorf("DATABASE_URL: %w", err)
		}
		return c, nil
	}
	server, err := startServer(ctx, options.Durable)
	if err != nil {
		return nil, fmt.Errorf("start a private PostgreSQL: %w", err)
	}
	origin := fmt.Sprintf("PostgreSQL %s, private and throwaway, in %s", server.programs.version, server.dir)
	return &Cluster{admin: server.url(), run: newRun(), server: server, origin: origin}, nil
}

// useServer makes a Cluster of a server that someone else runs, after throwing away what killed runs left there.
func useServer(ctx context.Context, address, run string) (*Cluster, error) {
	admin, err := parseURL(address)
	if err != nil {
		return nil, err
	}
	c := &Cluster{admin: admin, run: run}
	if c.claim, err = c.connect(ctx); err != nil {
		return nil, err
	}
	version, err := checkRights(ctx, c.claim)
	if err == nil {
		err = claimRun(ctx, c.claim, run)
	}
	if err == nil {
		err = sweepRuns(ctx, c.claim)
	}
	if err != nil {
		return nil, errors.Join(err, c.claim.Close(ctx))
	}
	c.origin = fmt.Sprintf("PostgreSQL %s from DATABASE_URL", version)
	return c, nil
}

// joinCluster returns the cluster that a parent process handed down with Environ; false when there is none.
func joinCluster() (*Cluster, bool, error) {
	address, run := os.Getenv(envURL), os.Getenv(envRun)
	if address == "" || run == "" {
		return nil, false, nil
	}
	admin, err := parseURL(address)
	if err != nil {
		return nil, true, fmt.Errorf("%s: %w", envURL, err)
	}
	return &Cluster{admin: admin, run: run}, true, nil
}

// Environ returns the variables, as NAME=value, with which a child process and its children use this cluster in New instead of
// starting one each.
func (c *Cluster) Environ() []string {
	return []string{envURL + "=" + c.admin.String(), envRun + "=" + c.run}
}

// Restart ends a private cluster at once, as a power cut does, and starts it again on the same address; it returns when the server
// answers. What was committed is still there, provided that the cluster is Durable.
func (c *Cluster) Restart(ctx context.Context) error {
	if c.server == nil {
		return errors.New("restart PostgreSQL: the server is someone else's")
	}
	if err := c.server.restart(ctx); err != nil {
		return fmt.Errorf("restart PostgreSQL: %w", err)
	}
	return nil
}

// Close ends a private cluster and removes its folder; on someone else's server it drops the roles and databases of this Cluster.
func (c *Cluster) Close() error {
	if c.server != nil {
		return c.server.close()
	}
	if c.claim == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := dropRun(ctx, c.claim, c.run)
	return errors.Join(err, c.claim.Close(ctx))
}

// connect opens a connection that may create roles and databases.
func (c *Cluster) connect(ctx context.Context) (*pgx.Conn, error) {
	return connect(ctx, c.admin.String())
}

func connect(ctx context.Context, address string) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return nil, fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return conn, nil
}

// parseURL reads a PostgreSQL URL. Its error does not repeat the URL, which may hold a password.
func parseURL(address string) (*url.URL, error) {
	parsed, err := url.Parse(address)
	if err != nil || (parsed.Scheme != "postgres" && parsed.Scheme != "postgresql") {
		return nil, errors.New("not a URL of the form postgres://role:password@host:5432/database")
	}
	return parsed, nil
}

// encode writes a URL's query as PostgreSQL's clients read it: they take + for itself and not for a space.
func encode(query url.Values) string {
	return strings.ReplaceAll(query.Encode(), "+", "%20")
}

// newRun makes the eight digits that name a run.
func newRun() string {
	var digits [4]byte
	_, _ = rand.Read(digits[:]) // never fails, says its documentation
	return hex.EncodeToString(digits[:])
}
