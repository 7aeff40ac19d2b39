package secret

import (
	"testing"
	"time"
)

// clocked returns a breaker and its clock.
func clocked() (*breaker, *time.Time) {
	now := time.Date(2026, 11, 26, 9, 30, 0, 0, time.UTC)
	return &breaker{now: func() time.Time { return now }}, &now
}

// ask enters a breaker, which must let the caller through, and returns whether it is the one that probes.
func ask(t *testing.T, b *breaker) (probes bool) {
	t.Helper()
	probes, err := b.enter()
	if err != nil {
		t.Fatal(err)
	}
	return probes
}

func TestOneOutageThatManySeeAtOnceCountsAsOne(t *testing.T) {
	t.Parallel()
	b, now := clocked()
	const callers = 8
	for range callers {
		ask(t, b)
	}

	for range callers {
		b.leave(false, Unreachable, false)
	}

	*now = now.Add(breakerWait - time.Millisecond)
	if _, err := b.enter(); err == nil {
		t.Error("the store is asked before the first wait is over")
	}
	*now = now.Add(time.Millisecond)
	if !ask(t, b) {
		t.Error("whoever asks after the first wait does not probe")
	}
}

func TestOnlyOneCallerProbes(t *testing.T) {
	t.Parallel()
	b, now := clocked()
	for range breakerOutages + 1 {
		ask(t, b)
	}
	for range breakerOutages {
		b.leave(false, Unreachable, false)
	}
	*now = now.Add(breakerWait)
	ask(t, b)

	b.leave(false, Unreachable, false) // the last of those from before
	_, whileProbing := b.enter()
	b.leave(true, Unreachable, false)
	*now = now.Add(breakerWait)
	_, early := b.enter()
	*now = now.Add(breakerWait)

	if whileProbing == nil || early == nil {
		t.Errorf("beside the one that probes: %v, before the second wait is over: %v", whileProbing, early)
	}
	if !ask(t, b) {
		t.Error("nobody probes after the second wait")
	}
}

func TestAnAnswerClosesWhoeverGotIt(t *testing.T) {
	t.Parallel()
	b, _ := clocked()
	for range breakerOutages + 1 {
		ask(t, b)
	}
	for range breakerOutages {
		b.leave(false, Unreachable, false)
	}

	since := b.leave(false, nil, false)

	if !since.IsZero() || ask(t, b) {
		t.Errorf("it is still open, since %v", since)
	}
}

func TestAProbeThatItsCallerBrokeOffIsTakenUpByTheNext(t *testing.T) {
	t.Parallel()
	b, now := clocked()
	for range breakerOutages {
		ask(t, b)
		b.leave(false, Unreachable, false)
	}
	*now = now.Add(breakerWait)

	b.leave(ask(t, b), Unreachable, true)

	if !ask(t, b) {
		t.Error("the next caller does not probe")
	}
}
