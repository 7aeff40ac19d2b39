package text_test

import (
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

func TestFormatFillsPlaceholdersInEachLanguage(t *testing.T) {
	t.Parallel()
	words := text.Text{DE: "{n} Zeichen in {field}", EN: "{n} characters in {field}"}
	args := map[string]string{"n": "74", "field": "title"}

	if got := words.Format(text.German, args); got != "74 Zeichen in title" {
		t.Errorf("German: %q", got)
	}
	if got := words.Format(text.English, args); got != "74 characters in title" {
		t.Errorf("English: %q", got)
	}
}

func TestFormatLeavesAForgottenArgumentVisible(t *testing.T) {
	t.Parallel()
	words := text.Text{DE: "{n}", EN: "{n} of {max}"}

	if got := words.Format(text.English, map[string]string{"n": "{max}"}); got != "{max} of {max}" {
		t.Errorf("got %q; values must not be expanded again", got)
	}
}
