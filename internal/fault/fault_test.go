package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
)

var (
	tooLong = &fault.Code{Name: "too_long", Kind: fault.Invalid}
	taken   = &fault.Code{Name: "taken", Kind: fault.Conflict}
)

func TestAFaultIsFoundThroughEveryWrapping(t *testing.T) {
	t.Parallel()
	wrapped := fmt.Errorf("save posting: %w", fmt.Errorf("check: %w", taken.New(nil)))

	if !fault.Has(wrapped, taken) || fault.Has(wrapped, tooLong) {
		t.Error("Has does not find the code, or finds another")
	}
	if got := fault.KindOf(wrapped); got != fault.Conflict {
		t.Errorf("kind %d", got)
	}
}

func TestEveryOtherErrorIsInternal(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, io.EOF, errors.Join(io.EOF, io.ErrClosedPipe)} {
		if got := fault.KindOf(err); got != fault.Internal {
			t.Errorf("%v: kind %d", err, got)
		}
		if fault.Has(err, taken) {
			t.Errorf("%v has a code", err)
		}
	}
}

func TestTheCauseIsKeptForLogs(t *testing.T) {
	t.Parallel()
	err := taken.Because(io.EOF, fault.Args{"name": "Anna", "at": 3})

	if !errors.Is(err, io.EOF) {
		t.Error("the cause is gone")
	}
	if got, want := err.Error(), `taken at="3" name="Anna": EOF`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestComplaintsAreCollectedIntoOneFault(t *testing.T) {
	t.Parallel()
	parts := []*fault.Error{tooLong.At("/title", fault.Args{"max": 50}), taken.At("/places/0", nil)}

	err := fault.Collect(fault.InvalidInput, parts)

	if !fault.Has(err, fault.InvalidInput) {
		t.Fatalf("got %v", err)
	}
	if got, want := err.Error(), `invalid_input; too_long at /title max="50"; taken at /places/0`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNoComplaintsAreNoError(t *testing.T) {
	t.Parallel()
	if err := fault.Collect(fault.InvalidInput, nil); err != nil {
		t.Errorf("got %v", err)
	}
}
