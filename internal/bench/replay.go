package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// statement is what one request sent to the database.
type statement struct {
	sql  string
	args []any
}

// recorder hears the statements of the program. What it has recorded is sent again without the program, so that the program is measured
// beside the very same work for the database, whatever that is at the time.
type recorder struct {
	mu   sync.Mutex
	on   bool
	said []statement
}

// TraceQueryStart records a statement.
func (r *recorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.on {
		r.said = append(r.said, statement{sql: data.SQL, args: slices.Clone(data.Args)})
	}
	return ctx
}

// TraceQueryEnd hears nothing new.
func (*recorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// record returns what do makes the program say to the database.
func (r *recorder) record(do func() error) ([]statement, error) {
	r.mu.Lock()
	r.on, r.said = true, nil
	r.mu.Unlock()
	err := do()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = false
	return r.said, err
}

// ofTenant returns those transactions that work for a tenant: without the look-up of the token and of the tenant.
func ofTenant(said []statement) []statement {
	var found, current []statement
	for _, s := range said {
		current = append(current, s)
		word, _, _ := strings.Cut(strings.ToLower(s.sql), " ")
		if word != "commit" && word != "rollback" {
			continue
		}
		if slices.ContainsFunc(current, func(s statement) bool { return strings.Contains(s.sql, "app.tenant_id") }) {
			found = append(found, current...)
		}
		current = nil
	}
	return found
}

// anyID is an id within a value.
var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// renewed returns a value with other ids in it.
func renewed(value any, instead func(id string) string) any {
	switch value := value.(type) {
	case string:
		return anyID.ReplaceAllStringFunc(value, instead)
	case []byte:
		return []byte(anyID.ReplaceAllStringFunc(string(value), instead))
	case uuid.UUID:
		return uuid.MustParse(instead(value.String()))
	case *uuid.UUID:
		if value != nil {
			return uuid.MustParse(instead(value.String()))
		}
	}
	return value
}

// replay sends recorded statements of one customer again for another, with ids that are as new as they were then.
func replay(ctx context.Context, conn *pgx.Conn, said []statement, of, to customer) error {
	ids := map[string]string{
		of.Tenant.String(): to.Tenant.String(), of.Account.String(): to.Account.String(), of.Organisation.String(): to.Organisation.String(),
	}
	instead := func(id string) string {
		if ids[id] == "" {
			ids[id] = uuid.Must(uuid.NewV7()).String()
		}
		return ids[id]
	}
	for _, s := range said {
		args := make([]any, len(s.args))
		for i, arg := range s.args {
			args[i] = renewed(arg, instead)
		}
		rows, err := conn.Query(ctx, s.sql, args...)
		if err != nil {
			return fmt.Errorf("%s: %w", s.sql, err)
		}
		for rows.Next() {
			if _, err := rows.Values(); err != nil {
				return err
			}
		}
		if err := rows.Err(); err != nil {
			return fmt.Errorf("%s: %w", s.sql, err)
		}
	}
	return nil
}
