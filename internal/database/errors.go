package database

import (
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Violates reports whether err is the violation of the named constraint or unique index.
func Violates(err error, constraint string) bool {
	pgErr, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pgErr.ConstraintName == constraint
}

// unreachableClasses are the classes of PostgreSQL's error codes that mean the server cannot serve now: connection lost, no resources,
// shutting down or starting up.
var unreachableClasses = []string{"08", "53", "57"}

// errClosed is what a transaction fails with after Close: the program is ending, and another one may serve.
var errClosed = errors.New("the database was closed")

// Unreachable reports whether err means that the database cannot be reached now, so that trying again later may succeed.
func Unreachable(err error) bool {
	if pgErr, ok := errors.AsType[*pgconn.PgError](err); ok {
		for _, class := range unreachableClasses {
			if strings.HasPrefix(pgErr.Code, class) {
				return true
			}
		}
		return false
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	return errors.Is(err, errClosed) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, driver.ErrBadConn)
}
