package fault

import "github.com/stellwerk-hr/stellwerk/internal/text"

// Codes that every domain raises.
var (
	// Missing means that a thing does not exist, or not for this caller: the two are never told apart.
	Missing = &Code{
		Name: "not_found", Kind: NotFound,
		Title:  text.Text{DE: "Nicht gefunden", EN: "Not found"},
		Detail: text.Text{DE: "Unter dieser Adresse gibt es nichts, worauf Sie Zugriff haben.", EN: "There is nothing here that you can reach."},
		Hint: text.Text{
			DE: "Prüfen Sie die Kennung in der Adresse und zu welchem Mandanten Ihr Token gehört.",
			EN: "Check the id in the URL, and which tenant your token belongs to.",
		},
	}
	// InvalidInput gathers the complaints about one input; they stand in its Parts.
	InvalidInput = &Code{
		Name: "invalid_input", Kind: Invalid,
		Title:  text.Text{DE: "Angaben sind nicht gültig", EN: "The input is not valid"},
		Detail: text.Text{DE: "Einzelne Angaben sind nicht gültig; es wurde nichts gespeichert.", EN: "Some values are not valid; nothing was saved."},
		Hint:   text.Text{DE: "Berichtigen Sie die Angaben unter „errors“.", EN: "Correct the values listed in `errors`."},
	}
)

// Common lists the codes of this package for documentation and tests.
func Common() []*Code { return []*Code{Missing, InvalidInput} }
