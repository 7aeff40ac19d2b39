// Package text holds the words that people read, in German and English, so that no sentence exists in one language only.
package text

import (
	"fmt"
	"strings"
)

// Language is a language that Stellwerk speaks to people in.
type Language string

// The languages of every Text.
const (
	German  Language = "de"
	English Language = "en"
)

// Text is one sentence or label in both languages. It may hold placeholders such as {name}, which Format fills.
type Text struct {
	DE string
	EN string
}

// In returns the words in one language; anything but German is answered in English.
func (t Text) In(lang Language) string {
	if lang == German {
		return t.DE
	}
	return t.EN
}

// Format returns the words in one language with each {name} replaced by args["name"]; an argument that is itself a Text is put in
// the same language. An unknown placeholder stays as it is, so that a forgotten argument is seen and not hidden.
func (t Text) Format(lang Language, args map[string]any) string {
	words := t.In(lang)
	if len(args) == 0 || !strings.Contains(words, "{") {
		return words
	}
	pairs := make([]string, 0, 2*len(args))
	for name, value := range args {
		if words, ok := value.(Text); ok {
			value = words.In(lang)
		}
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(value))
	}
	return strings.NewReplacer(pairs...).Replace(words)
}

// Empty reports whether a language is missing.
func (t Text) Empty() bool { return t.DE == "" || t.EN == "" }
