package jobs

import (
	"fmt"
	"time"

	"github.com/riverqueue/river/rivertype"
	"gorm.io/gorm"
)

// Waiting is how many jobs are in one state.
type Waiting struct {
	// State is River's word: available for what could run at once, running, or retryable for what failed and will be tried again.
	State string
	Jobs  int
	// Oldest is since when the oldest of them has been so: due, or at work; for retryable it is when the first is due.
	Oldest time.Time
}

// Unfinished counts, in a platform transaction, the jobs that are not done. Jobs that lie in the future for another reason are not counted.
func Unfinished(tx *gorm.DB) ([]Waiting, error) {
	var found []Waiting
	err := tx.Raw(`
		SELECT state::text AS state, count(*) AS jobs, min(CASE WHEN state = 'running' THEN attempted_at ELSE scheduled_at END) AS oldest
		FROM river_job WHERE state IN (?, ?, ?) GROUP BY state`,
		rivertype.JobStateAvailable, rivertype.JobStateRunning, rivertype.JobStateRetryable).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("count jobs: %w", err)
	}
	return found, nil
}
