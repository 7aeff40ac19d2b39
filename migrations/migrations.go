// Package migrations holds the database's schema as goose migrations, embedded in the program.
package migrations

import "embed"

// Files are the migrations, named NNNNN_what.sql and run in that order.
//
//go:embed *.sql
var Files embed.FS
