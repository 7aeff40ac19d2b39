package credential

import (
	"maps"
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
	c.removeAged()
	found, ok := c.kept[account]
	if !ok {
		return KeyPair{}, false
	}
	if found.certificate != certificate {
		delete(c.kept, account)
		return KeyPair{}, false
	}
	return found.pair, true
}

// put keeps an account's opened certificate, and forgets the oldest if there are too many. It also sees to it that the certificate is forgotten
// in time when nobody asks for it again.
func (c *cache) put(account, certificate uuid.UUID, pair KeyPair) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removeAged()
	delete(c.kept, account)
	if len(c.kept) >= maxOpened {
		c.removeOldest()
	}
	c.kept[account] = entry{certificate: certificate, pair: pair, at: c.now()}
	time.AfterFunc(maxAge, c.sweep)
}

// sweep forgets what is too old.
func (c *cache) sweep() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.removeAged()
}

func (c *cache) removeAged() {
	now := c.now()
	maps.DeleteFunc(c.kept, func(_ uuid.UUID, kept entry) bool { return now.Sub(kept.at) >= maxAge })
}

func (c *cache) removeOldest() {
	oldest, at := uuid.Nil, c.now()
	for account, kept := range c.kept {
		if oldest == uuid.Nil || kept.at.Before(at) {
			oldest, at = account, kept.at
		}
	}
	delete(c.kept, oldest)
}

// drop forgets an account's opened certificate.
func (c *cache) drop(account uuid.UUID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.kept, account)
}
