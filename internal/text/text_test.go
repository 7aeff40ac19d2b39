package text_test

import (
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

func TestFormatFillsPlaceholdersInEachLanguage(t *testing.T) {
	t.Parallel()
	words := text.Text{DE: "{n} Zeichen in {field}", EN: "{n} characters in {field}"}
	args := map[string]any{"n": 74, "field": text.Text{DE: "Titel", EN: "title"}}

	if got := words.Format(text.German, args); got != "74 Zeichen in Titel" {
		t.Errorf("German: %q", got)
	}
	if got := words.Format(text.English, args); got != "74 characters in title" {
		t.Errorf("English: %q", got)
	}
}

func TestFormatLeavesAForgottenArgumentVisible(t *testing.T) {
	t.Parallel()
	words := text.Text{DE: "{n}", EN: "{n} of {max}"}

	if got := words.Format(text.English, map[string]any{"n": "{max}"}); got != "{max} of {max}" {
		t.Errorf("got %q; values must not be expanded again", got)
	}
}
