// Package api is the HTTP boundary: it turns requests into calls of the domain and what comes back into answers, by the contract in
// openapi/openapi.yaml. It is the only package that knows Echo, HTTP status codes and problem+json.
package api

import (
	"fmt"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/idempotency"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
	"github.com/stellwerk-hr/stellwerk/internal/transfer/takeover"
)

// Doors are the doors of the domain that requests go through.
type Doors struct {
	DB           *database.DB
	Tenants      *tenant.Directory
	Tokens       *identity.Tokens
	Roads        *onboarding.Roads
	Certificates *credential.Keeper
	Postings     *posting.Desk
	Transfers    *transfer.Ledger
	Decisions    *transfer.Decisions
	TakeOvers    *takeover.Door
	Edge         Edge
	Keys         *idempotency.Keys
	Notices      *notice.Settings
}

// server answers the operations of the contract.
type server struct {
	db           *database.DB
	tenants      *tenant.Directory
	tokens       *identity.Tokens
	roads        *onboarding.Roads
	certificates *credential.Keeper
	postings     *posting.Desk
	transfers    *transfer.Ledger
	decisions    *transfer.Decisions
	keys         *idempotency.Keys
	notices      *notice.Settings
	takeOvers    *takeover.Door
	log          *slog.Logger
	contract     *contract
	codes        map[string]*fault.Code
	edge         Edge
	meter        *meter
}

var _ StrictServerInterface = (*server)(nil)

// New returns the handler of the whole API.
func New(doors Doors, log *slog.Logger) (http.Handler, error) {
	contract, err := readContract()
	if err != nil {
		return nil, err
	}
	s := &server{
		db: doors.DB, tenants: doors.Tenants, tokens: doors.Tokens, roads: doors.Roads, certificates: doors.Certificates,
		postings: doors.Postings, transfers: doors.Transfers, decisions: doors.Decisions, keys: doors.Keys, notices: doors.Notices, takeOvers: doors.TakeOvers,
		log: log, contract: contract, codes: map[string]*fault.Code{},
	}
	s.edge = doors.Edge.complete()
	if s.meter, err = newMeter(s.edge); err != nil {
		return nil, err
	}
	for _, code := range faults() {
		s.codes[code.Name] = code
	}
	router, err := s.router()
	if err != nil {
		return nil, err
	}
	return s.edge.traced(router), nil
}

func (s *server) router() (http.Handler, error) {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor = s.edge.clientAddress()
	e.HTTPErrorHandler = s.answerProblem
	e.Use(identify, s.edge.guard, s.observe, s.edge.cors())
	e.Use(middleware.RecoverWithConfig(middleware.RecoverConfig{DisableStackAll: true, LogErrorFunc: panicked}))
	e.Use(s.admit, s.validate, answerUnlessKnown, s.once)
	RegisterHandlers(routes{e}, NewStrictHandler(s, nil))
	return e, s.addDocs(routes{e})
}

// routes are Echo's, and one for HEAD beside each for GET, as HTTP demands.
type routes struct{ *echo.Echo }

// GET adds a route for GET and HEAD.
func (r routes) GET(path string, handle echo.HandlerFunc, around ...echo.MiddlewareFunc) *echo.Route {
	r.HEAD(path, handle, around...)
	return r.Echo.GET(path, handle, around...)
}

// panicked makes an error of a panic, with the place where it happened; answerProblem logs it.
func panicked(_ echo.Context, err error, stack []byte) error {
	return fmt.Errorf("panic: %w\n%s", err, stack)
}
