// Package fault is the one kind of error that people and programs are meant to read: a kind, a code with its words in German and
// English, and the arguments of this occurrence. It knows neither HTTP nor the database; the boundary makes answers of it.
package fault

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Kind says what sort of failure a fault is, and so how a caller should go on.
type Kind uint8

// The kinds of fault.
const (
	// Internal is a failure of ours; its details are for the log only.
	Internal Kind = iota
	// Invalid means the input is wrong; the same input never succeeds.
	Invalid
	// Malformed means the input could not even be read.
	Malformed
	// Unauthenticated means that nobody, or nobody known, is asking.
	Unauthenticated
	// Forbidden means the caller is known and may not do this.
	Forbidden
	// NotFound means the thing does not exist, or not for this caller.
	NotFound
	// Gone means that the thing was there and is no more.
	Gone
	// MethodNotAllowed means the thing exists and cannot be used so.
	MethodNotAllowed
	// Conflict means the request contradicts the present state.
	Conflict
	// Stale means that the caller decided on an old version.
	Stale
	// VersionRequired means that the caller must say which version it decided on.
	VersionRequired
	// TooLarge means the input exceeds a limit on its size.
	TooLarge
	// NotAcceptable means the caller understands no content type that it could be answered in.
	NotAcceptable
	// UnsupportedMedia means the input has a content type that is not understood.
	UnsupportedMedia
	// TooMany means the caller asks too often.
	TooMany
	// Unavailable means something that is needed cannot be reached now; trying again later may succeed.
	Unavailable
)

// Code is one thing that can go wrong, with the words that explain it. Codes are package variables of the domain that raises
// them; the words may hold {placeholders} that the arguments of an occurrence fill.
type Code struct {
	// Name is lower snake_case and part of the API: it never changes its meaning.
	Name string
	Kind Kind
	// Title names the problem without particulars.
	Title text.Text
	// Detail says what is wrong in this occurrence.
	Detail text.Text
	// Hint says what to do about it.
	Hint text.Text
}

// Args are the values that fill the placeholders of a Code's words: strings, numbers, or a text.Text of their own. They must never
// hold a secret.
type Args map[string]any

// New makes an error of the code.
func (c *Code) New(args Args) *Error { return &Error{Code: c, Args: args} }

// Because makes an error of the code that was caused by another one. The cause is for logs; people do not see it.
func (c *Code) Because(cause error, args Args) *Error {
	return &Error{Code: c, Args: args, Cause: cause}
}

// At makes an error of the code about one place of the input, named by a JSON Pointer (RFC 6901) into the request's body.
func (c *Code) At(pointer string, args Args) *Error {
	return &Error{Code: c, Args: args, Pointer: pointer}
}

// Error is one occurrence of a Code.
type Error struct {
	Code    *Code
	Args    Args
	Pointer string
	// Parts are the single complaints when there are several, each with its own Pointer.
	Parts []*Error
	Cause error
}

// Error names the code and the arguments, for logs.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code.Name)
	if e.Pointer != "" {
		fmt.Fprintf(&b, " at %s", e.Pointer)
	}
	for _, name := range slices.Sorted(maps.Keys(e.Args)) {
		fmt.Fprintf(&b, " %s=%q", name, fmt.Sprint(e.Args[name]))
	}
	for _, part := range e.Parts {
		fmt.Fprintf(&b, "; %s", part.Error())
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Has reports whether err is, or wraps, a fault of this code.
func Has(err error, code *Code) bool {
	found, ok := errors.AsType[*Error](err)
	return ok && found.Code == code
}

// KindOf returns the kind of the fault in err, and Internal for every other error.
func KindOf(err error) Kind {
	if found, ok := errors.AsType[*Error](err); ok {
		return found.Code.Kind
	}
	return Internal
}

// Collect joins complaints about one input into a single fault of the given code; nil when there are none.
func Collect(code *Code, parts []*Error) error {
	if len(parts) == 0 {
		return nil
	}
	return &Error{Code: code, Parts: parts}
}
