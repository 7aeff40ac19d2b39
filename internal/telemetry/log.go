// Package telemetry is how the program tells what it does: lines of a log that carry the ids of request and tenant, figures for
// Prometheus on a port of their own, and traces for OpenTelemetry. What is told never holds a secret or a person's data: ids, names of
// operations, states and times.
package telemetry

import (
	"context"
	"io"
	"log/slog"

	"go.opentelemetry.io/otel/trace"

	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

type requestKey struct{}

// WithRequest returns a context in which one request is answered, under the id by which people name it.
func WithRequest(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestKey{}, id)
}

// RequestID returns the id of the request that the context belongs to; empty when there is none.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// NewLogger returns a logger that writes lines of JSON, each with the ids that its context knows.
func NewLogger(to io.Writer, level slog.Level) *slog.Logger {
	return slog.New(WithIDs(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level})))
}

// WithIDs returns a handler that adds to every line what its context knows: request_id, tenant_id and trace_id.
func WithIDs(handler slog.Handler) slog.Handler { return ids{handler} }

type ids struct{ slog.Handler }

// Handle adds the ids and passes the line on.
func (h ids) Handle(ctx context.Context, line slog.Record) error {
	if request := RequestID(ctx); request != "" {
		line.AddAttrs(slog.String("request_id", request))
	}
	if tenant, err := scope.Tenant(ctx); err == nil {
		line.AddAttrs(slog.String("tenant_id", tenant.String()))
	}
	if span := trace.SpanContextFromContext(ctx); span.HasTraceID() {
		line.AddAttrs(slog.String("trace_id", span.TraceID().String()))
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs keeps the ids.
func (h ids) WithAttrs(attrs []slog.Attr) slog.Handler { return ids{h.Handler.WithAttrs(attrs)} }

// WithGroup keeps the ids, which then stand in the group.
func (h ids) WithGroup(name string) slog.Handler { return ids{h.Handler.WithGroup(name)} }
