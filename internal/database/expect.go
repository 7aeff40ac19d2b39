package database

import (
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// What an Expect is not met by.
var (
	// Stale is answered when a row has another version than the caller decided on, or none any more.
	Stale = &fault.Code{
		Name: "stale_version", Kind: fault.Stale,
		Title:  text.Text{DE: "Inzwischen geändert", EN: "Changed meanwhile"},
		Detail: text.Text{DE: "Was Sie ändern wollen, ist nicht mehr so, wie Sie es gelesen haben; es wurde nichts gespeichert.", EN: "What you want to change is no longer as you read it; nothing was saved."},
		Hint:   text.Text{DE: "Lesen Sie es neu, übertragen Sie Ihre Änderung, und senden Sie das neue „ETag“ als „If-Match“.", EN: "Read it again, apply your change to it, and send the new `ETag` as `If-Match`."},
	}
	// Exists is answered when a row is there and the caller wanted to create it only.
	Exists = &fault.Code{
		Name: "exists_already", Kind: fault.Stale,
		Title:  text.Text{DE: "Gibt es schon", EN: "Exists already"},
		Detail: text.Text{DE: "Mit „If-None-Match: *“ wird nur angelegt, was es noch nicht gibt; es wurde nichts gespeichert.", EN: "With `If-None-Match: *` only what does not exist is created; nothing was saved."},
		Hint:   text.Text{DE: "Lassen Sie „If-None-Match“ weg, um es zu ersetzen.", EN: "Leave `If-None-Match` out to replace it."},
	}
)

// Expect is what a caller knew of a row when it decided to change it. The zero value expects nothing. It is checked in the transaction that
// holds the row, so that of two callers who decided on the same version only one succeeds.
type Expect struct {
	versions []int64
	there    bool
	absent   bool
}

// ExpectVersion expects the row to have one of the versions.
func ExpectVersion(versions ...int64) Expect { return Expect{versions: versions, there: true} }

// ExpectThere expects the row to be there, whatever its version.
func ExpectThere() Expect { return Expect{there: true} }

// ExpectAbsent expects that there is no such row.
func ExpectAbsent() Expect { return Expect{absent: true} }

// Met returns Stale or Exists unless a row of this version is what was expected. The row must be locked.
func (e Expect) Met(version int64) error {
	switch {
	case e.absent:
		return Exists.New(nil)
	case e.versions != nil && !slices.Contains(e.versions, version):
		return Stale.New(nil)
	default:
		return nil
	}
}

// MetByNone returns Stale if a row was expected to be there.
func (e Expect) MetByNone() error {
	if e.there {
		return Stale.New(nil)
	}
	return nil
}
