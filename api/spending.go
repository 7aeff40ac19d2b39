package api

import (
	"crypto/sha256"
	"net/netip"
	"time"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"github.com/stellwerk-hr/stellwerk/internal/scope"
)

// spending is what one request spends of the budgets.
type spending struct {
	meter     *meter
	context   echo.Context
	now       time.Time
	address   netip.Prefix
	standings []standing
}

func (m *meter) begin(c echo.Context) *spending {
	return &spending{meter: m, context: c, now: m.now(), address: network(c.RealIP())}
}

// mayTry returns rateLimited when a token must not be looked up now: the address has no budget left, and the token was not good lately.
func (s *spending) mayTry(token string) error {
	if s.meter.token.knows(sha256.Sum256([]byte(token))) || s.meter.address.has(s.address, s.now) {
		return nil
	}
	return s.byAddress()
}

// byAddress spends of the address's budget. It returns rateLimited.
func (s *spending) byAddress() error { return spend(s, s.meter.address, s.address) }

// withToken spends of the budget of a good token, which is known from now on. It returns rateLimited.
func (s *spending) withToken(token string) error {
	known := sha256.Sum256([]byte(token))
	s.meter.token.bucket(known)
	return spend(s, s.meter.token, known)
}

// forTenant spends of a tenant's budgets, unless the operator asks, whom no tenant may lock out. It returns rateLimited.
func (s *spending) forTenant(caller scope.Caller, op *operation, tenant uuid.UUID) error {
	if caller.Kind == scope.Operator {
		return nil
	}
	if op.publishes() {
		if err := spend(s, s.meter.publishing, tenant); err != nil {
			return err
		}
	}
	return spend(s, s.meter.tenant, tenant)
}

// spend takes one request out of a bucket, and tells in the answer's header how all budgets of the request stand.
func spend[K comparable](s *spending, p *policy[K], of K) error {
	if p.quota == 0 {
		return nil
	}
	taken := p.take(of, s.now)
	s.standings = append(s.standings, taken)
	tell(s.context.Response().Header(), s.standings)
	if taken.granted {
		return nil
	}
	s.meter.refused(p.name)
	return taken.fault()
}
