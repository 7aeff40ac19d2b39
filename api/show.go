package api

import (
	"encoding/json"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

// each shows every item of a list; the answer is never null.
func each[From, To any](items []From, show func(From) To) []To {
	shown := make([]To, len(items))
	for i, item := range items {
		shown[i] = show(item)
	}
	return shown
}

// utc shows a time that may be missing, in UTC as the contract promises.
func utc(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	shown := t.UTC()
	return &shown
}

// orNone is a parameter, or the zero value when it was not given.
func orNone[T any](given *T) T {
	if given == nil {
		var none T
		return none
	}
	return *given
}

// newest reports whether a list is to begin with its newest.
func newest(order *ListOrder) bool { return orNone(order) == Newest }

// optional leaves an empty text out of an answer.
func optional[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	shown := string(s)
	return &shown
}

// trouble shows a fault that was kept, in the caller's language.
func (s *server) trouble(kept transfer.Trouble, since time.Time, lang text.Language) *Trouble {
	code, ok := s.codes[kept.Code]
	if !ok {
		// An older version of the program noted it; its name is all that is left.
		code = &fault.Code{Name: kept.Code, Title: internalError.Title, Detail: internalError.Detail, Hint: internalError.Hint}
	}
	return &Trouble{
		Code: code.Name, Title: code.Title.Format(lang, kept.Args), Detail: code.Detail.Format(lang, kept.Args),
		Hint: code.Hint.Format(lang, kept.Args), Since: since.UTC(), Warning: kept.Warning,
	}
}

// accountTrouble reads what an account's row keeps; nil when nothing keeps it from sending.
func accountTrouble(raw json.RawMessage) *transfer.Trouble {
	if raw == nil {
		return nil
	}
	var kept transfer.Trouble
	if err := json.Unmarshal(raw, &kept); err != nil {
		kept.Code = internalError.Name
	}
	return &kept
}
