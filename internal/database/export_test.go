package database

import (
	"log/slog"

	"gorm.io/gorm"
)

// LoggingAll returns the database with every statement counted as slow.
func (db *DB) LoggingAll(log *slog.Logger) *DB {
	return &DB{pool: db.pool, sql: db.sql, gorm: db.gorm.Session(&gorm.Session{Logger: queryLog{log: log}})}
}
