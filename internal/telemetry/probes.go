package telemetry

import (
	"context"
	"net/http"
	"time"
)

// readyTimeout bounds a look at whether the process is ready.
const readyTimeout = 2 * time.Second

// Probes answers, on a port that only the operator reaches, whether the process lives, whether it is ready, and its figures.
func Probes(metrics *Metrics, ready func(ctx context.Context) error) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics.Handler())
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok\n") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		if ready(ctx) != nil {
			say(w, http.StatusServiceUnavailable, "not ready: the process ends, or the database cannot be reached\n")
			return
		}
		say(w, http.StatusOK, "ok\n")
	})
	return mux
}

func say(w http.ResponseWriter, status int, words string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(words)) // a prober that has gone
}
