package p12

import (
	"context"
	"sync"
)

// slots hands out turns: a few at a time, and one per tenant.
type slots struct {
	free chan struct{}

	mu sync.Mutex
	// busy holds, for each tenant that has a turn or waits for a free one, a channel that is closed when it is over.
	busy map[string]chan struct{}
}

func newSlots(n int) *slots {
	return &slots{free: make(chan struct{}, n), busy: map[string]chan struct{}{}}
}

// acquire waits for the tenant's turn. The tenant comes first: whoever waits behind their own other file takes nobody else's place.
func (s *slots) acquire(ctx context.Context, tenant string) error {
	for {
		over, mine := s.enter(tenant)
		if mine {
			break
		}
		select {
		case <-over:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	select {
	case s.free <- struct{}{}:
		return nil
	case <-ctx.Done():
		s.leave(tenant)
		return context.Cause(ctx)
	}
}

// release ends the tenant's turn.
func (s *slots) release(tenant string) {
	<-s.free
	s.leave(tenant)
}

// enter marks the tenant as busy, or returns the channel that tells when it no longer is.
func (s *slots) enter(tenant string) (over <-chan struct{}, mine bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if over, busy := s.busy[tenant]; busy {
		return over, false
	}
	s.busy[tenant] = make(chan struct{})
	return nil, true
}

func (s *slots) leave(tenant string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.busy[tenant])
	delete(s.busy, tenant)
}
