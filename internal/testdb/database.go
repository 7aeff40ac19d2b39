package testdb

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"regexp"

	"github.com/jackc/pgx/v5"
)

// Database is one database and the two roles that use it.
type Database struct {
	// OwnerURL connects as the role that owns the database and makes its tables: STELLWERK_MIGRATE_DATABASE_URL.
	OwnerURL string
	// AppURL connects as the role of the program, which may connect and nothing more until a migration grants it rights. It is no
	// superuser, owns nothing and cannot get round row-level security: STELLWERK_DATABASE_URL.
	AppURL string
}

// databaseName is what NewDatabase takes: with what is put around it, it fits into PostgreSQL's 63 bytes.
var databaseName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,29}$`)

// NewDatabase creates an empty database with an owner's and a program's role of its own. The name (lower case letters, digits and
// _, at most 30) must be new on this Cluster; the server sees it with a prefix that no other run has. drop drops all three; Close
// does so too.
func (c *Cluster) NewDatabase(ctx context.Context, name string) (db Database, drop func(context.Context) error, err error) {
	if !databaseName.MatchString(name) {
		return Database{}, nil, fmt.Errorf("create database: %q is no name for one", name)
	}
	pair := c.roles(name)
	full := c.fullName(name)
	drop = func(ctx context.Context) error {
		return c.asAdmin(ctx, func(admin *pgx.Conn) error {
			return errors.Join(dropDatabase(ctx, admin, full), dropRole(ctx, admin, pair.app), dropRole(ctx, admin, pair.owner))
		})
	}
	err = c.asAdmin(ctx, func(admin *pgx.Conn) error {
		if err := c.createRoles(ctx, admin, pair); err != nil {
			return err
		}
		return c.createEmpty(ctx, admin, full, pair)
	})
	if err != nil {
		return Database{}, nil, err
	}
	return c.urls(full, pair), drop, nil
}

// rolePair names the two roles of a database.
type rolePair struct{ owner, app string }

func (c *Cluster) roles(name string) rolePair {
	full := c.fullName(name)
	return rolePair{owner: full + "_owner", app: full + "_app"}
}

func (c *Cluster) fullName(name string) string { return namePrefix + c.run + "_" + name }

// urls returns the addresses of a database for both roles.
func (c *Cluster) urls(database string, pair rolePair) Database {
	as := func(role string) string {
		address := *c.admin
		address.User = url.UserPassword(role, c.password(role))
		address.Path = "/" + database
		query := address.Query()
		for _, name := range []string{"user", "password", "dbname"} {
			query.Del(name)
		}
		address.RawQuery = encode(query)
		return address.String()
	}
	return Database{OwnerURL: as(pair.owner), AppURL: as(pair.app)}
}

// password derives a role's password from the administrator's URL, so that all processes of a run know it without telling each
// other, and nobody else does.
func (c *Cluster) password(role string) string {
	mac := hmac.New(sha256.New, []byte(c.admin.String()))
	mac.Write([]byte(role))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// createRoles creates both roles, with no right but to log in.
func (c *Cluster) createRoles(ctx context.Context, admin *pgx.Conn, pair rolePair) error {
	for _, role := range []string{pair.owner, pair.app} {
		// The administrator becomes a member, since only members of a role may give it databases and end its sessions, unless they
		// are superusers. The password is hexadecimal.
		err := execAll(ctx, admin,
			"CREATE ROLE "+quote(role)+" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '"+
				c.password(role)+"'",
			"GRANT "+quote(role)+" TO CURRENT_USER")
		if err != nil {
			return fmt.Errorf("create role %s: %w", role, err)
		}
	}
	return nil
}

// createEmpty creates an empty database in which PUBLIC, and so the program, may do nothing.
func (c *Cluster) createEmpty(ctx context.Context, admin *pgx.Conn, name string, pair rolePair) error {
	err := createDatabase(ctx, admin, name, pair, "TEMPLATE template0 ENCODING 'UTF8'")
	if err != nil {
		return err
	}
	owner, err := connect(ctx, c.urls(name, pair).OwnerURL)
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	err = execAll(ctx, owner, "REVOKE ALL ON SCHEMA public FROM PUBLIC")
	return errors.Join(err, owner.Close(ctx))
}

// createDatabase creates a database; how is the rest of the statement. The rights on the database itself do not come with a
// template and are set here.
func createDatabase(ctx context.Context, admin *pgx.Conn, name string, pair rolePair, how string) error {
	err := execAll(ctx, admin,
		"CREATE DATABASE "+quote(name)+" OWNER "+quote(pair.owner)+" "+how,
		"REVOKE ALL ON DATABASE "+quote(name)+" FROM PUBLIC",
		"GRANT CONNECT ON DATABASE "+quote(name)+" TO "+quote(pair.app))
	if err != nil {
		return fmt.Errorf("create database %s: %w", name, err)
	}
	return nil
}

// dropDatabase drops a database if it exists, and ends the sessions in it.
func dropDatabase(ctx context.Context, admin *pgx.Conn, name string) error {
	if err := execAll(ctx, admin, "DROP DATABASE IF EXISTS "+quote(name)+" WITH (FORCE)"); err != nil {
		return fmt.Errorf("drop database %s: %w", name, err)
	}
	return nil
}

func dropRole(ctx context.Context, admin *pgx.Conn, name string) error {
	if err := execAll(ctx, admin, "DROP ROLE IF EXISTS "+quote(name)); err != nil {
		return fmt.Errorf("drop role %s: %w", name, err)
	}
	return nil
}

// asAdmin runs do on a connection of its own that may create roles and databases. Nothing is pooled, so nothing needs closing when
// a test process ends.
func (c *Cluster) asAdmin(ctx context.Context, do func(admin *pgx.Conn) error) error {
	admin, err := c.connect(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(admin), admin.Close(ctx))
}

// execAll runs statements that take no parameters, each by itself.
func execAll(ctx context.Context, conn *pgx.Conn, statements ...string) error {
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
