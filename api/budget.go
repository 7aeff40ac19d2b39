package api

import (
	"crypto/sha256"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// rateLimited means that a budget is used up; its Retry-After says when a request is answered again.
var rateLimited = &fault.Code{
	Name: "rate_limited", Kind: fault.TooMany,
	Title:  text.Text{DE: "Zu viele Anfragen", EN: "Too many requests"},
	Detail: text.Text{DE: "Das Budget „{policy}“ von {quota} Anfragen je Minute ist verbraucht.", EN: "The budget `{policy}` of {quota} requests a minute is used up."},
	Hint: text.Text{
		DE: "Warten Sie so lange, wie „Retry-After“ sagt. „RateLimit“ zeigt mit jeder Antwort, was noch frei ist.",
		EN: "Wait as long as `Retry-After` says. `RateLimit` shows with every answer what is left.",
	},
}

// Budgets are how many requests a minute one process answers; zero is any number. A budget that was not used for a minute is full, and may
// be spent at once.
type Budgets struct {
	// Token is for one token.
	Token int
	// Tenant is for one tenant with all tokens but the operator's, and Publishing for those of its requests that write postings.
	Tenant, Publishing int
	// Address is for requests without a valid token from one client's address; of IPv6 the network of 64 bits counts.
	Address int
}

// window is what budgets are counted in.
const window = time.Minute

// maxBuckets bounds how many tokens, tenants or addresses are remembered for one policy; the one that was not seen for longest is forgotten,
// and begins with a full budget.
const maxBuckets = 50_000

// policy is one budget for many: a bucket for each.
type policy[K comparable] struct {
	name    string
	quota   int
	buckets *lru.Cache[K, *rate.Limiter]
}

func newPolicy[K comparable](name string, quota int) (*policy[K], error) {
	buckets, err := lru.New[K, *rate.Limiter](maxBuckets)
	if err != nil {
		return nil, fmt.Errorf("make budget %s: %w", name, err)
	}
	return &policy[K]{name: name, quota: quota, buckets: buckets}, nil
}

// bucket returns the bucket of one of them, full when it is new.
func (p *policy[K]) bucket(of K) *rate.Limiter {
	if found, ok := p.buckets.Get(of); ok {
		return found
	}
	made := rate.NewLimiter(rate.Limit(float64(p.quota)/window.Seconds()), p.quota)
	if earlier, ok, _ := p.buckets.PeekOrAdd(of, made); ok {
		return earlier
	}
	return made
}

// knows reports whether there is a bucket for one of them.
func (p *policy[K]) knows(one K) bool { return p.buckets.Contains(one) }

// has reports whether one of them has budget left, and takes nothing.
func (p *policy[K]) has(one K, now time.Time) bool {
	return p.quota == 0 || !p.knows(one) || p.bucket(one).TokensAt(now) >= 1
}

// take spends one request, and says how the budget stands then. A request that is not granted costs it nothing.
func (p *policy[K]) take(of K, now time.Time) standing {
	bucket := p.bucket(of)
	granted := bucket.AllowN(now, 1)
	return standing{policy: p.name, quota: p.quota, left: max(0, bucket.TokensAt(now)), granted: granted}
}

// standing is how one budget stands.
type standing struct {
	policy  string
	quota   int
	left    float64
	granted bool
}

// reset is in how many seconds the budget is full again.
func (s standing) reset() int {
	return int(math.Ceil((float64(s.quota) - s.left) / float64(s.quota) * window.Seconds()))
}

// retry is in how many seconds one request is granted again.
func (s standing) retry() int {
	return max(1, int(math.Ceil((1-s.left)/float64(s.quota)*window.Seconds())))
}

// fault is the problem of a request that is not granted.
func (s standing) fault() error {
	return rateLimited.New(fault.Args{"policy": s.policy, "quota": s.quota})
}

// tell writes how budgets stand into the fields of draft-ietf-httpapi-ratelimit-headers: RateLimit-Policy has for each its quota and window
// in seconds, RateLimit what remains and in how many seconds it is full.
func tell(header http.Header, standings []standing) {
	policies, limits := make([]string, len(standings)), make([]string, len(standings))
	for i, s := range standings {
		policies[i] = fmt.Sprintf("%q;q=%d;w=%d", s.policy, s.quota, int(window.Seconds()))
		limits[i] = fmt.Sprintf("%q;r=%d;t=%d", s.policy, int(s.left), s.reset())
		if !s.granted {
			header.Set("Retry-After", fmt.Sprint(s.retry()))
		}
	}
	if len(standings) > 0 {
		header.Set("RateLimit-Policy", strings.Join(policies, ", "))
		header.Set("RateLimit", strings.Join(limits, ", "))
	}
}

// shown is what remains of a token that a request shows: enough to know it again, and no way back.
type shown [sha256.Size]byte

// meter meters requests by all budgets.
type meter struct {
	now func() time.Time
	// refused hears of each request that was refused.
	refused    func(policy string)
	token      *policy[shown]
	tenant     *policy[uuid.UUID]
	publishing *policy[uuid.UUID]
	address    *policy[netip.Prefix]
}

func newMeter(e Edge) (*meter, error) {
	b, m := e.Budgets, &meter{now: e.Now, refused: e.Metrics.Limited}
	var err error
	if m.token, err = newPolicy[shown]("token", b.Token); err != nil {
		return nil, err
	}
	if m.tenant, err = newPolicy[uuid.UUID]("tenant", b.Tenant); err != nil {
		return nil, err
	}
	if m.publishing, err = newPolicy[uuid.UUID]("publishing", b.Publishing); err != nil {
		return nil, err
	}
	m.address, err = newPolicy[netip.Prefix]("address", b.Address)
	return m, err
}

// network is what counts as one client: an address of IPv4, or the 64 bits of IPv6 that one customer of a provider has.
func network(ip string) netip.Prefix {
	address, err := netip.ParseAddr(ip)
	if err != nil {
		return netip.Prefix{} // all whom nobody can tell apart
	}
	address = address.Unmap().WithZone("")
	bits := 64
	if address.Is4() {
		bits = 32
	}
	return netip.PrefixFrom(address, bits).Masked()
}
