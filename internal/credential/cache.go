package credential

import (
	"sync"
	"time"

	"github.com/google/uuid"
)

// How many certificates stay opened at most, and for how long. An entry holds a key and its chain, some kilobytes.
const (
	maxOpened = 512
	maxAge    = 10 * time.Minute
)

// cache keeps opened certificates, one for each account, so that an account at work does not ask the secret store all the time. A certificate
// never changes under its id, so an entry is right as long as the account uses that id. It is safe for concurrent use.
type cache struct {
	now func() time.Time

	mu   sync.Mutex
	kept map[uuid.UUID]entry
}

// entry is the opened certificate of one account.
type entry struct {
	certificate uuid.UUID
	pair        KeyPair
	at          time.Time
}

func newCache(now func() time.Time) *cache {
	return &cache{now: now, kept: map[uuid.UUID]entry{}}
}

// get returns an account's opened certificate; another one than the account uses now is dropped.
func (c *cache) get(account, certificate uuid.UUID) (KeyPair, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.kept[account]
	if !ok {
		return KeyPair{}, false
	}
	if found.certificate != certificate || c.now().Sub(found.at) >= maxAge {
		delete(c.kept, account)
		return KeyPair{}, false
	}
	return found.pair, true
}

// put keeps an account's opened certificate; what is too old goes, and the oldest if there are too many.
func (c *cache) put(account, certificate uuid.UUID, pair KeyPair) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	delete(c.kept, account)
	oldest, at := uuid.Nil, now
	for one, found := range c.kept {
		switch {
		case now.Sub(found.at) >= maxAge:
			delete(c.kept, one)
		case oldest == uuid.Nil || found.at.Before(at):
			oldest, at = one, found.at
		}
	}
	if len(c.kept) >= maxOpened {
		delete(c.kept, oldest)
	}
	c.kept[account] = entry{certificate: certificate, pair: pair, at: now}
}

// drop forgets an account's opened certificate.
func (c *cache) drop(account uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, account)
}
