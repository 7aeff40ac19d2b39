package database

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gorm.io/gorm/logger"
)

// queryLog writes slow statements to the log, with placeholders instead of values: values may be personal data. Failures are
// returned to the caller, who handles them once; logging them here too would be twice.
type queryLog struct {
	log  *slog.Logger
	slow time.Duration
}

// LogMode keeps the one mode there is.
func (l queryLog) LogMode(logger.LogLevel) logger.Interface { return l }

// Info drops GORM's own notices.
func (queryLog) Info(context.Context, string, ...any) {}

// Warn passes GORM's own warnings on.
func (l queryLog) Warn(ctx context.Context, message string, _ ...any) {
	l.log.WarnContext(ctx, "gorm: "+message)
}

// Error passes GORM's own errors on, without their values.
func (l queryLog) Error(ctx context.Context, message string, _ ...any) {
	l.log.ErrorContext(ctx, "gorm: "+message)
}

// Trace logs a statement that took long.
func (l queryLog) Trace(ctx context.Context, begin time.Time, query func() (string, int64), err error) {
	took := time.Since(begin)
	if took < l.slow || errors.Is(err, context.Canceled) {
		return
	}
	statement, rows := query()
	l.log.WarnContext(ctx, "slow statement", "statement", statement, "rows", rows, "took", took)
}

// ParamsFilter keeps the values out of the statement.
func (queryLog) ParamsFilter(_ context.Context, statement string, _ ...any) (string, []any) {
	return statement, nil
}
