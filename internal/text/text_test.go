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

func TestEveryOtherLanguageIsAnsweredInEnglish(t *testing.T) {
	t.Parallel()
	words := text.Text{DE: "Gleis", EN: "track"}
	for lang, want := range map[text.Language]string{text.German: "Gleis", text.English: "track", "fr": "track", "": "track"} {
		if got := words.In(lang); got != want {
			t.Errorf("%q: %s", lang, got)
		}
	}
}

func TestATextLacksALanguage(t *testing.T) {
	t.Parallel()
	for words, want := range map[text.Text]bool{{}: true, {DE: "Gleis"}: true, {EN: "track"}: true, {DE: "Gleis", EN: "track"}: false} {
		if got := words.Empty(); got != want {
			t.Errorf("%+v: %t", words, got)
		}
	}
}
