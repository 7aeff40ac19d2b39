package telemetry_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"

	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
)

func TestEveryLineCarriesTheIDsOfItsContext(t *testing.T) {
	t.Parallel()
	tenant := uuid.New()
	span := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1, 2}, SpanID: trace.SpanID{3}})
	whole := telemetry.WithRequest(scope.WithTenant(trace.ContextWithSpanContext(t.Context(), span), tenant), "r-1")
	for name, test := range map[string]struct {
		ctx  context.Context
		want map[string]string
	}{
		"a request of a tenant, traced": {whole, map[string]string{
			"request_id": "r-1", "tenant_id": tenant.String(), "trace_id": "01020000000000000000000000000000",
		}},
		"nothing is known": {t.Context(), map[string]string{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var written bytes.Buffer
			log := telemetry.NewLogger(&written, slog.LevelInfo).With("part", "x")

			log.InfoContext(test.ctx, "hello")
			log.DebugContext(test.ctx, "not this")

			var line map[string]any
			if err := json.Unmarshal(written.Bytes(), &line); err != nil {
				t.Fatalf("not one line of JSON: %v\n%s", err, &written)
			}
			for _, id := range []string{"request_id", "tenant_id", "trace_id"} {
				if got, _ := line[id].(string); got != test.want[id] {
					t.Errorf("%s is %q, want %q", id, got, test.want[id])
				}
			}
			if line["part"] != "x" || line["msg"] != "hello" {
				t.Errorf("line %v", line)
			}
		})
	}
}

func TestTracesAreMadeWhereTheVariablesAskForThem(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		environ []string
		on      bool
		wrong   string
	}{
		"nothing is set":              {nil, false, ""},
		"an endpoint":                 {[]string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318"}, true, ""},
		"an endpoint for traces":      {[]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://127.0.0.1:4318/v1/traces"}, true, ""},
		"the exporter by name":        {[]string{"OTEL_TRACES_EXPORTER=otlp"}, true, ""},
		"none by name":                {[]string{"OTEL_TRACES_EXPORTER=none", "OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318"}, false, ""},
		"switched off":                {[]string{"OTEL_SDK_DISABLED=true", "OTEL_TRACES_EXPORTER=otlp"}, false, ""},
		"an exporter we do not have":  {[]string{"OTEL_TRACES_EXPORTER=zipkin"}, false, "OTEL_TRACES_EXPORTER"},
		"a protocol we do not have":   {[]string{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_PROTOCOL=grpc"}, false, "OTEL_EXPORTER_OTLP_PROTOCOL"},
		"only how it would be":        {[]string{"OTEL_EXPORTER_OTLP_PROTOCOL=grpc", "OTEL_SERVICE_NAME=x"}, false, ""},
		"the protocol that there is":  {[]string{"OTEL_TRACES_EXPORTER=otlp", "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"}, true, ""},
		"another program's variables": {[]string{"HOTEL_TRACES_EXPORTER=otlp"}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			traces, err := telemetry.OpenTraces(t.Context(), test.environ)
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || traces.On() != test.on {
				t.Fatalf("on: %t, %v", traces.On(), err)
			}
			_, span := traces.Provider().Tracer("test").Start(t.Context(), "work")
			if span.IsRecording() != test.on {
				t.Errorf("recording: %t", span.IsRecording())
			}
			if err := traces.Close(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// figures are what /metrics answers.
func figures(t *testing.T, handler http.Handler) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", http.NoBody))
	if recorder.Code != http.StatusOK {
		t.Fatalf("status %d", recorder.Code)
	}
	return recorder.Body.String()
}

func TestNothingIsClaimedThatNobodyMeasured(t *testing.T) {
	t.Parallel()
	fresh, serving, idle := telemetry.NewMetrics(), telemetry.NewMetrics(), telemetry.NewMetrics()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	serving.SetPulse(telemetry.Pulse{At: now})
	idle.SetPulse(telemetry.Pulse{At: now})
	idle.SetCensus(telemetry.Census{At: now, Ends: []time.Time{now.Add(36 * time.Hour)}})
	idle.SetCensus(telemetry.Census{At: now}) // the last certificate was revoked
	pulse := []string{"stellwerk_ba_out 0", "stellwerk_accounts_due_oldest_seconds 0", "stellwerk_pulse_timestamp_seconds 1."}
	census := []string{"stellwerk_tenants 0", "stellwerk_census_timestamp_seconds 1.", `stellwerk_certificates_ending{days="14"} 0`}
	for name, test := range map[string]struct {
		metrics *telemetry.Metrics
		want    []string
	}{
		"nothing was read yet":          {fresh, nil},
		"a process that does not count": {serving, pulse},
		"a count without a certificate": {idle, slices.Concat(pulse, census)},
	} {
		got := figures(t, test.metrics.Handler())

		for _, figure := range slices.Concat(pulse, census) {
			claim, _, _ := strings.Cut(figure, " ")
			if wanted := slices.Contains(test.want, figure); wanted != strings.Contains(got, "\n"+claim+" ") || wanted && !strings.Contains(got, figure) {
				t.Errorf("%s: %s wanted: %t", name, figure, wanted)
			}
		}
		if strings.Contains(got, "stellwerk_certificate_days_left_min") {
			t.Errorf("%s: days are left of no certificate", name)
		}
	}
}

func TestFiguresSayWhatWasTold(t *testing.T) {
	t.Parallel()
	m := telemetry.NewMetrics()
	now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

	m.Request("listTenants", http.StatusOK, 3*time.Millisecond)
	m.Request("", http.StatusNotFound, time.Millisecond)
	m.Limited("token")
	m.Call("upload", "ok", 2*time.Second)
	m.Answered(20 * time.Minute)
	m.SetPulse(telemetry.Pulse{
		At: now, Jobs: map[string]int{"available": 7}, JobAge: map[string]time.Duration{"available": 90 * time.Second},
		Due: 3, Claimed: 2, Late: time.Minute, Out: true,
	})
	m.SetCensus(telemetry.Census{At: now, Tenants: 9, Ads: map[telemetry.AdState]int{{AtBA: "live", Change: "none"}: 1}})
	m.SetCensus(telemetry.Census{
		At: now, Tenants: 10, Ads: map[telemetry.AdState]int{{AtBA: "none", Change: "waiting"}: 4},
		Ends: []time.Time{now.Add(36 * time.Hour), now.Add(-time.Hour), now.Add(400 * 24 * time.Hour)},
	})

	got := figures(t, m.Handler())
	for _, want := range []string{
		`stellwerk_http_request_duration_seconds_bucket{operation="listTenants",status="200",le="0.005"} 1`,
		`stellwerk_http_request_duration_seconds_count{operation="none",status="404"} 1`,
		`stellwerk_http_requests_limited_total{policy="token"} 1`,
		`stellwerk_ba_call_duration_seconds_bucket{call="upload",outcome="ok",le="2.5"} 1`,
		`stellwerk_ba_answer_seconds_bucket{le="1800"} 1`,
		`stellwerk_jobs{state="available"} 7`, `stellwerk_jobs_oldest_seconds{state="available"} 90`,
		`stellwerk_accounts_due{claimed="false"} 3`, `stellwerk_accounts_due{claimed="true"} 2`, `stellwerk_accounts_due_oldest_seconds 60`,
		`stellwerk_ba_out 1`, `stellwerk_tenants 10`, `stellwerk_ads{at_ba="none",change="waiting"} 4`,
		`stellwerk_certificates_ending{days="0"} 1`, `stellwerk_certificates_ending{days="7"} 2`, `stellwerk_certificates_ending{days="90"} 2`,
		`stellwerk_certificate_days_left_min -0.041666666666666664`, `stellwerk_census_timestamp_seconds 1.7956944e+09`, `go_goroutines`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("not there: %s", want)
		}
	}
	if strings.Contains(got, `at_ba="live"`) {
		t.Error("what was counted before is still there")
	}
}

func TestProbesTellWhetherRequestsCanBeServed(t *testing.T) {
	t.Parallel()
	for path, want := range map[string][2]int{"/livez": {200, 200}, "/readyz": {200, 503}, "/metrics": {200, 200}, "/": {404, 404}} {
		for i, ready := range []error{nil, errors.New("away")} {
			handler := telemetry.Probes(telemetry.NewMetrics(), func(context.Context) error { return ready })
			recorder := httptest.NewRecorder()
			handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody))
			if recorder.Code != want[i] {
				t.Errorf("%s, %v: status %d", path, ready, recorder.Code)
			}
		}
	}
}
