package secret

import (
	"errors"
	"sync"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

// When a breaker opens, and for how long: after so many outages in a row, for the first wait, then for twice as long each time the store is
// still away, up to the longest.
const (
	breakerOutages     = 3
	breakerWait        = 5 * time.Second
	breakerLongestWait = 40 * time.Second
)

// errOpen is the cause of an outage that was not found out anew.
var errOpen = errors.New("not asked, since it failed a moment ago")

// breaker keeps a store that is away from being asked by everybody all the time: once it has failed some times in a row, callers get its last
// outage at once, and only now and then one of them asks it again. It is safe for concurrent use.
type breaker struct {
	now func() time.Time

	mu sync.Mutex
	// since is when the store began to fail; zero while it works.
	since   time.Time
	outages int
	last    *fault.Code
	// closedUntil is when the next caller may ask; asking is that one of them probes it.
	closedUntil time.Time
	asking      bool
}

// enter returns nil for a caller who may ask the store, and the outage for one who may not. Whoever may must call leave, and say whether they
// are the one who probes a store that was away.
func (b *breaker) enter() (probes bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.isOpen() {
		return false, nil
	}
	if b.asking || b.now().Before(b.closedUntil) {
		return false, occurs(b.last, b.since, errOpen)
	}
	b.asking = true
	return true, nil
}

// leave takes note of how asking ended: with an outage, by the caller's own end, or with an answer of the store. It returns since when the
// store fails.
func (b *breaker) leave(probes bool, outage *fault.Code, callerLeft bool) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if probes {
		b.asking = false
	}
	switch {
	case callerLeft:
		return b.since
	case outage == nil:
		b.since, b.outages = time.Time{}, 0
		return b.since
	}
	now := b.now()
	if b.since.IsZero() {
		b.since = now
	}
	b.last = outage
	switch {
	case outage == Denied:
		b.outages = 0 // it works, and other paths may be allowed
	case probes, !b.isOpen():
		b.fail(now)
	}
	// Whoever had asked before it opened only says late what is known.
	return b.since
}

func (b *breaker) isOpen() bool { return b.outages >= breakerOutages }

// fail counts an outage, and opens the breaker when there were enough.
func (b *breaker) fail(now time.Time) {
	b.outages++
	if over := b.outages - breakerOutages; over >= 0 {
		wait := breakerLongestWait
		if over < 3 {
			wait = breakerWait << over
		}
		b.closedUntil = now.Add(wait)
	}
}
