package telemetry

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// service is the name in traces unless OTEL_SERVICE_NAME says another.
const service = "stellwerk"

// Traces is where spans go. The zero value keeps none.
type Traces struct{ exporting *sdktrace.TracerProvider }

// OpenTraces returns traces that are sent to where the standard OTEL_ variables say, over OTLP with HTTP and protobuf; without them none
// are made. The exporter reads the other OTEL_ variables, such as OTEL_TRACES_SAMPLER, by itself. Close it.
func OpenTraces(ctx context.Context, environ []string) (Traces, error) {
	wanted, err := tracesWanted(environ)
	if !wanted || err != nil {
		return Traces{}, err
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return Traces{}, fmt.Errorf("open traces: %w", err)
	}
	made, err := tracesTo(ctx, sdktrace.WithBatcher(exporter))
	if err != nil {
		return Traces{}, errors.Join(err, exporter.Shutdown(ctx))
	}
	return made, nil
}

// tracesTo makes traces that end in one kind of processor.
func tracesTo(ctx context.Context, processor sdktrace.TracerProviderOption) (Traces, error) {
	about, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithAttributes(attribute.String("service.name", service)), resource.WithFromEnv())
	if err != nil {
		return Traces{}, fmt.Errorf("open traces: OTEL_RESOURCE_ATTRIBUTES: %w", err)
	}
	return Traces{exporting: sdktrace.NewTracerProvider(processor, sdktrace.WithResource(about))}, nil
}

// On reports whether spans go anywhere.
func (t Traces) On() bool { return t.exporting != nil }

// Provider makes tracers, for libraries.
func (t Traces) Provider() trace.TracerProvider {
	if t.exporting == nil {
		return noop.NewTracerProvider()
	}
	return t.exporting
}

// Close sends what is still here.
func (t Traces) Close(ctx context.Context) error {
	if t.exporting == nil {
		return nil
	}
	if err := t.exporting.Shutdown(ctx); err != nil {
		return fmt.Errorf("send the last traces: %w", err)
	}
	return nil
}

// tracesWanted reports whether the OTEL_ variables ask for traces. What they ask for and we cannot do is an error, for silence would look
// like a system without requests.
func tracesWanted(environ []string) (bool, error) {
	values := map[string]string{}
	for _, pair := range environ {
		if name, value, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "OTEL_") {
			values[name] = strings.TrimSpace(value)
		}
	}
	if strings.EqualFold(values["OTEL_SDK_DISABLED"], "true") {
		return false, nil
	}
	switch values["OTEL_TRACES_EXPORTER"] {
	case "none":
		return false, nil
	case "":
		if values["OTEL_EXPORTER_OTLP_ENDPOINT"] == "" && values["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] == "" {
			return false, nil
		}
	case "otlp":
	default:
		return false, errors.New("OTEL_TRACES_EXPORTER must be otlp or none")
	}
	for _, name := range []string{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"} {
		if protocol := values[name]; protocol != "" && protocol != "http/protobuf" {
			return false, errors.New(name + " must be http/protobuf")
		}
	}
	return true, nil
}
