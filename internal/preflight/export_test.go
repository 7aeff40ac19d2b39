package preflight

import (
	"io"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// FileUpTo is File with another limit for its size.
func FileUpTo(limit int64, file io.Reader, name string, facts Facts) (Report, error) {
	i := inspector{exam: exam{facts: facts}, seen: map[string]int{}}
	i.name(name)
	return i.read(file, hrbaxml.Limits{MaxBytes: limit, MaxViolations: maxFindings})
}
