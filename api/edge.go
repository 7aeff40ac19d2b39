package api

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	metricnoop "go.opentelemetry.io/otel/metric/noop"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/telemetry"
)

// Edge is how the boundary meets the outside. Its zero value believes no proxy, lets no web page in, limits nobody, and keeps its figures
// to itself.
type Edge struct {
	// Proxies are the networks of those in front of us whom we believe when they say whose request they hand on.
	Proxies []netip.Prefix
	// Origins are the web pages whose scripts may call.
	Origins []string
	Budgets Budgets
	Metrics *telemetry.Metrics
	Traces  telemetry.Traces
	// Now is the clock of budgets and of how long requests take; nil is the real one.
	Now func() time.Time
}

// complete returns the edge with what its zero value leaves out.
func (e Edge) complete() Edge {
	if e.Metrics == nil {
		e.Metrics = telemetry.NewMetrics()
	}
	if e.Now == nil {
		e.Now = time.Now
	}
	return e
}

// clientAddress tells a client's address. Each proxy adds to X-Forwarded-For whom it has seen, so that the last address which is not one
// of our proxies is the client's; what stands before it anybody may have written.
func (e Edge) clientAddress() echo.IPExtractor {
	if len(e.Proxies) == 0 {
		return echo.ExtractIPDirect()
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, network := range e.Proxies {
		trust = append(trust, echo.TrustIPRange(&net.IPNet{
			IP: network.Addr().AsSlice(), Mask: net.CIDRMask(network.Bits(), network.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trust...)
}

// overTLS reports whether a client's connection was encrypted: up to us, or up to a proxy that we believe.
func (e Edge) overTLS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	believed := slices.ContainsFunc(e.Proxies, func(network netip.Prefix) bool { return network.Contains(peer.Addr().Unmap()) })
	return believed && r.Header.Get(echo.HeaderXForwardedProto) == "https"
}

// The policies of what a browser may do with an answer: nothing with data; pages say more themselves.
const (
	dataPolicy = "default-src 'none'; frame-ancestors 'none'"
	hstsPolicy = "max-age=31536000"
)

// guard writes the headers that keep browsers from doing with an answer what nobody wants.
func (e Edge) guard(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Response().Header()
		header.Set(echo.HeaderXContentTypeOptions, "nosniff")
		header.Set(echo.HeaderContentSecurityPolicy, dataPolicy)
		header.Set(echo.HeaderReferrerPolicy, "no-referrer")
		if e.overTLS(c.Request()) {
			header.Set(echo.HeaderStrictTransportSecurity, hstsPolicy)
		}
		return next(c)
	}
}

// preflightAge is for how many seconds a browser remembers what it may do.
const preflightAge = 600

// cors lets the scripts of named web pages call, and nobody else's. There are no cookies, so there are no credentials to allow.
func (e Edge) cors() echo.MiddlewareFunc {
	if len(e.Origins) == 0 {
		return func(next echo.HandlerFunc) echo.HandlerFunc { return next }
	}
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOrigins: e.Origins,
		AllowMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowHeaders: []string{
			"Accept", "Accept-Language", "Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "Traceparent", "Tracestate",
			"X-Request-Id",
		},
		ExposeHeaders: []string{
			"Content-Disposition", "Content-Language", "Deprecation", "ETag", "Idempotency-Replayed", "Link", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "Sunset",
			"WWW-Authenticate", "X-Request-Id",
		},
		MaxAge: preflightAge,
	})
}

// traced makes a span of every request, which continues the trace that traceparent names.
func (e Edge) traced(handler http.Handler) http.Handler {
	if !e.Traces.On() {
		return handler
	}
	return otelhttp.NewHandler(handler, "request", otelhttp.WithTracerProvider(e.Traces.Provider()),
		otelhttp.WithMeterProvider(metricnoop.NewMeterProvider()), otelhttp.WithPropagators(propagation.TraceContext{}))
}

// observe answers an error, and tells of each request once, when it is answered: in the log, in the figures and in the trace. Of its
// address only the pattern is told, never what stood in its place.
func (s *server) observe(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		begun := s.edge.Now()
		if err := next(c); err != nil {
			c.Error(err)
		}
		took, status, name := s.edge.Now().Sub(begun), c.Response().Status, ""
		if op := s.contract.operations.of(c); op != nil {
			name = op.id
		}
		s.edge.Metrics.Request(name, status, took)
		ctx := c.Request().Context()
		span := trace.SpanFromContext(ctx)
		if name != "" {
			span.SetName(name)
		}
		span.SetAttributes(attribute.String("http.route", c.Path()), attribute.String("request_id", requestID(ctx)))
		s.log.InfoContext(ctx, "request", "method", c.Request().Method, "route", c.Path(), "operation", name, "status", status,
			"bytes", c.Response().Size, "took_ms", float64(took.Microseconds())/1000, "client", c.RealIP(), "caller", callerID(scope.CallerOf(ctx)))
		return nil
	}
}

// callerID names a caller in the log, by the id of its token.
func callerID(caller scope.Caller) string {
	if caller.Kind == scope.System {
		return "nobody"
	}
	return caller.Token.String()
}
