package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// collector takes in the traces of programs, as they send them.
type collector struct {
	url  string
	mu   sync.Mutex
	sent bytes.Buffer
}

func newCollector(t *testing.T) *collector {
	t.Helper()
	c := &collector{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.sent.Write(body)
	}))
	t.Cleanup(server.Close)
	c.url = server.URL
	return c
}

// variables lead a program's traces here, soon after they were made.
func (c *collector) variables() []string {
	return []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + c.url, "OTEL_BSP_SCHEDULE_DELAY=50"}
}

func (c *collector) all() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent.String()
}

func TestTracesGoWhereTheVariablesSayAndHoldNoSecret(t *testing.T) {
	t.Parallel()
	traces := newCollector(t)
	s := newServed(t, traces.variables()...)
	const trace = "4bf92f3577b34da6a3ce929d0e0e4736"
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/v1/tenants?limit=7", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Traceparent", "00-"+trace+"-00f067aa0ba902b7-01")
	request.Header.Set("Authorization", "Bearer "+s.token)

	answer, err := (&http.Client{Timeout: patience}).Do(request)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v, %v", answer, err)
	}
	_ = answer.Body.Close()

	id, err := hex.DecodeString(trace)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patience); !strings.Contains(traces.all(), "listTenants"); time.Sleep(lookEvery) {
		if time.Now().After(deadline) {
			t.Fatalf("the request's span was not sent; got %q", traces.all())
		}
	}
	sent := traces.all()
	if !strings.Contains(sent, string(id)) || !strings.Contains(sent, `FROM "tenants"`) {
		t.Error("the caller's trace is not continued down to the statements")
	}
	for _, secret := range []string{s.token, s.token[len("swk_live_"):], "Bearer"} {
		if strings.Contains(sent, secret) {
			t.Errorf("%q was sent", secret)
		}
	}
}

func TestAWorkerAnswersItsFigures(t *testing.T) {
	t.Parallel()
	house := testhouse.New(t)
	house.Tenant(t, "Muster Pflege gGmbH")
	house.Tenant(t, "Holzbau Beispiel GmbH")
	worker := observe(newRun(t, append(configuration(t, house.URLs.AppURL), "STELLWERK_BA_URL=https://127.0.0.1:1/", "STELLWERK_METRICS_LISTEN=127.0.0.1:0"), "work"))
	var said struct{ Address string }
	if err := json.Unmarshal([]byte(worker.until(`"answering figures"`)), &said); err != nil {
		t.Fatal(err)
	}
	worker.readAside()
	base := "http://" + said.Address
	if live, ready := read(t, base+"/livez"), read(t, base+"/readyz"); live != "ok\n" || ready != "ok\n" {
		t.Errorf("live: %q, ready: %q", live, ready)
	}
	wanted := []string{
		"stellwerk_tenants 2\n", "stellwerk_ba_out 0\n", `stellwerk_accounts_due{claimed="false"} 0`, "stellwerk_census_timestamp_seconds 1.",
		"stellwerk_pulse_timestamp_seconds 1.",
	}
	var figures string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		figures = read(t, base+"/metrics")
		if !slices.ContainsFunc(wanted, func(want string) bool { return !strings.Contains(figures, want) }) {
			break
		}
	}
	for _, want := range wanted {
		if !strings.Contains(figures, want) {
			t.Errorf("not there: %s", want)
		}
	}
	if code := worker.signal(syscall.SIGTERM); code != cli.ExitOK {
		t.Errorf("work ended with %d:\n%s", code, &worker.said)
	}
}

func TestTheEndWaitsForWhatIsInFlight(t *testing.T) {
	t.Parallel()
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	begun, ended := make(chan struct{}), make(chan error, 1)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(begun)
		<-ctx.Done()
		_, _ = io.WriteString(w, "whole")
	})
	go func() { ended <- serveHTTP(ctx, "serving", handler, listener, slog.New(slog.DiscardHandler)) }()
	answered := make(chan string, 1)
	go func() {
		defer close(answered)
		answered <- read(t, "http://"+listener.Addr().String())
	}()

	<-begun
	stop()

	if got := <-answered; got != "whole" {
		t.Errorf("answered %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
