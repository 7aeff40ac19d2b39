package fault_test

import (
	"regexp"
	"slices"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

var (
	codeName    = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	placeholder = regexp.MustCompile(`\{[^}]*\}`)
)

// basics are the codes of the packages that everything else stands on.
func basics() []*fault.Code {
	return slices.Concat(fault.Common(), []*fault.Code{database.BadCursor}, tenant.Faults(), identity.Faults(), onboarding.Faults(), credential.Faults(), secret.Faults())
}

func TestEveryCodeSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	for _, code := range basics() {
		for part, words := range map[string]text.Text{"title": code.Title, "detail": code.Detail, "hint": code.Hint} {
			if words.Empty() {
				t.Errorf("%s: a language of the %s is missing", code.Name, part)
			}
			if de, en := placeholders(words.DE), placeholders(words.EN); !slices.Equal(de, en) {
				t.Errorf("%s: the %s has %q in German and %q in English", code.Name, part, de, en)
			}
		}
	}
}

func TestCodesAreNamedOnceAndInSnakeCase(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, code := range basics() {
		if !codeName.MatchString(code.Name) {
			t.Errorf("%q is no name for a code", code.Name)
		}
		if seen[code.Name] {
			t.Errorf("%s stands there twice", code.Name)
		}
		seen[code.Name] = true
	}
}

// placeholders returns each placeholder once.
func placeholders(words string) []string {
	return slices.Compact(slices.Sorted(slices.Values(placeholder.FindAllString(words, -1))))
}
