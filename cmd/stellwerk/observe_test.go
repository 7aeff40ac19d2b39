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
	"syscall"
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/cli"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

func TestTracesGoWhereTheVariablesSayAndHoldNoSecret(t *testing.T) {
	t.Parallel()
	bodies := make(chan []byte, 100)
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		bodies <- body
	}))
	t.Cleanup(collector.Close)
	s := newServed(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_BSP_SCHEDULE_DELAY=50")
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
	var sent bytes.Buffer
	deadline := time.After(patience)
	for !bytes.Contains(sent.Bytes(), []byte("listTenants")) {
		select {
		case body := <-bodies:
			sent.Write(body)
		case <-deadline:
			t.Fatalf("the request's span was not sent; got %q", sent.Bytes())
		}
	}
	if !bytes.Contains(sent.Bytes(), id) || !bytes.Contains(sent.Bytes(), []byte(`FROM "tenants"`)) {
		t.Error("the caller's trace is not continued down to the statements")
	}
	for _, secret := range []string{s.token, s.token[len("swk_live_"):], "Bearer"} {
		if bytes.Contains(sent.Bytes(), []byte(secret)) {
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
