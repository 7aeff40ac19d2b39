package secret

import (
	"context"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// resumes is the advice where the operator has to mend the store.
var resumes = text.Text{
	DE: "Es ist nichts verloren. Was zu senden ist, wartet und geht von selbst weiter, sobald der Betreiber den Speicher wieder freigegeben hat.",
	EN: "Nothing is lost. What is to be sent waits, and goes on by itself once the operator has made the store available again.",
}

// The faults of a store that cannot be used now, all of the kind Unavailable: what needs the store waits and is tried again. Their argument
// {since} is when the store last began to fail, as this process sees it.
var (
	// Unreachable means that nobody answers at the store's address, or somebody who cannot prove to be the store.
	Unreachable = outage("secret_store_unreachable",
		text.Text{DE: "Geheimnisspeicher nicht erreichbar", EN: "The secret store cannot be reached"},
		text.Text{DE: "Der Speicher für Zertifikate ist seit {since} nicht erreichbar.", EN: "The store for certificates cannot be reached since {since}."})
	// Slow means that the store did not answer in time.
	Slow = outage("secret_store_slow",
		text.Text{DE: "Geheimnisspeicher antwortet zu langsam", EN: "The secret store is too slow"},
		text.Text{DE: "Der Speicher für Zertifikate antwortet seit {since} nicht rechtzeitig.", EN: "The store for certificates does not answer in time since {since}."})
	// Sealed means that Vault waits for somebody to unseal it, as after each of its starts.
	Sealed = outage("secret_store_sealed",
		text.Text{DE: "Geheimnisspeicher ist versiegelt", EN: "The secret store is sealed"},
		text.Text{DE: "Der Speicher für Zertifikate (Vault) ist seit {since} versiegelt.", EN: "The store for certificates (Vault) is sealed since {since}."})
	// Failing means that the store answers with failures of its own.
	Failing = outage("secret_store_failing",
		text.Text{DE: "Geheimnisspeicher ist gestört", EN: "The secret store fails"},
		text.Text{DE: "Der Speicher für Zertifikate meldet seit {since} Fehler.", EN: "The store for certificates reports failures since {since}."})
	// LoginRefused means that the store does not know our AppRole, or refuses its secret id.
	LoginRefused = outage("secret_store_login_refused",
		text.Text{DE: "Anmeldung am Geheimnisspeicher abgelehnt", EN: "The secret store refuses our login"},
		text.Text{DE: "Der Speicher für Zertifikate lehnt seit {since} die Anmeldung von Stellwerk ab.", EN: "The store for certificates refuses Stellwerk's login since {since}."})
	// Denied means that we are logged in and may not do this: a policy is missing, or the store has no such mount.
	Denied = outage("secret_store_denied",
		text.Text{DE: "Zugriff auf den Geheimnisspeicher verweigert", EN: "The secret store denies access"},
		text.Text{DE: "Der Speicher für Zertifikate verweigert seit {since} den Zugriff: Eine Berechtigung fehlt.", EN: "The store for certificates denies access since {since}: a permission is missing."})
)

func outage(name string, title, detail text.Text) *fault.Code {
	return &fault.Code{Name: name, Kind: fault.Unavailable, Title: title, Detail: detail, Hint: resumes}
}

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code {
	return []*fault.Code{Unreachable, Slow, Sealed, Failing, LoginRefused, Denied}
}

// OutageOf returns the fault of a store that cannot be used now; nil for every other error.
func OutageOf(err error) *fault.Error {
	found, ok := errors.AsType[*fault.Error](err)
	if ok && slices.Contains(Faults(), found.Code) {
		return found
	}
	return nil
}

// occurs makes the fault of one occurrence.
func occurs(code *fault.Code, since time.Time, cause error) *fault.Error {
	return code.Because(cause, fault.Args{"since": since.UTC().Format("2006-01-02 15:04 MST")})
}

// errLate is the cause of a call's context that took too long.
var errLate = errors.New("no answer in time")

// loginError is an error of a login.
type loginError struct{ cause error }

// Error says where it happened.
func (e loginError) Error() string { return "log in: " + e.cause.Error() }

// Unwrap returns the cause.
func (e loginError) Unwrap() error { return e.cause }

// outageCode names the outage behind what Vault answered, or did not answer; nil when the store itself is in order.
func outageCode(err error) *fault.Code {
	_, atLogin := errors.AsType[loginError](err)
	answered, ok := errors.AsType[*api.ResponseError](err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errLate), isTimeout(err):
		return Slow
	case !ok:
		return unanswered(err)
	case answered.StatusCode == http.StatusServiceUnavailable && said(answered, "sealed"):
		return Sealed
	case answered.StatusCode >= http.StatusInternalServerError, answered.StatusCode == http.StatusTooManyRequests, said(answered, "Upgrading from non-versioned"):
		return Failing
	case atLogin:
		return LoginRefused
	case answered.StatusCode == http.StatusForbidden, answered.StatusCode == http.StatusNotFound:
		return Denied
	}
	return nil
}

// unanswered names the outage when no answer came. What is wrong with an answer or the secret in it is none.
func unanswered(err error) *fault.Code {
	if errors.Is(err, ErrNotFound) || errors.Is(err, ErrUnreadable) || errors.Is(err, ErrExists) || errors.Is(err, ErrInvalid) {
		return nil
	}
	return Unreachable
}

func isTimeout(err error) bool {
	late, ok := errors.AsType[net.Error](err)
	return errors.Is(err, context.DeadlineExceeded) || ok && late.Timeout()
}

// said reports whether one of Vault's messages contains a phrase.
func said(answer *api.ResponseError, phrase string) bool {
	return strings.Contains(strings.Join(answer.Errors, "\n"), phrase)
}
