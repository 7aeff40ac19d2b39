package tenant

import (
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// What can be wrong with tenants, accounts and hiring organisations.
var (
	NotOpen = &fault.Code{
		Name: "tenant_not_open", Kind: fault.Conflict,
		Title:  text.Text{DE: "Mandant ist nicht offen", EN: "Tenant is not open"},
		Detail: text.Text{DE: "Der Mandant ist {lifecycle}; es kann nichts geändert werden.", EN: "The tenant is {lifecycle}; nothing can be changed."},
		Hint:   text.Text{DE: "Wenden Sie sich an den Betreiber.", EN: "Ask the operator."},
	}
	NumberMalformed = &fault.Code{
		Name: "malformed_number", Kind: fault.Invalid,
		Title:  text.Text{DE: "Nummer hat nicht die richtige Form", EN: "The number has the wrong form"},
		Detail: text.Text{DE: "Das ist keine {field}.", EN: "This is not a valid {field}."},
		Hint:   text.Text{DE: "{where}", EN: "{where}"},
	}
	NumberMisplaced = &fault.Code{
		Name: "misplaced_number", Kind: fault.Invalid,
		Title:  text.Text{DE: "Nummer steht im falschen Feld", EN: "The number is in the wrong field"},
		Detail: text.Text{DE: "Hier gehört die {field} hin; das ist eine {other}.", EN: "This field takes the {field}; the value looks like the {other}."},
		Hint:   text.Text{DE: "Vermutlich sind zwei Nummern vertauscht. {where}", EN: "Two numbers are probably swapped. {where}"},
	}
	SupplierNotEmployer = &fault.Code{
		Name: "supplier_not_employer", Kind: fault.Invalid,
		Title: text.Text{DE: "Supplier-ID gehört keinem Arbeitgeber", EN: "The Supplier-ID is not an employer's"},
		Detail: text.Text{
			DE: "Die Supplier-ID eines Arbeitgebers beginnt mit V; mit P beginnen Jobbörsen, mit K kommunale Träger.",
			EN: "An employer's Supplier-ID starts with V; job boards have P, municipal carriers K.",
		},
		Hint: text.Text{
			DE: "Tragen Sie die Supplier-ID aus der Zertifikats-E-Mail des Arbeitgebers ein, nicht die Ihres Dienstleisters.",
			EN: "Enter the Supplier-ID of the employer's own certificate e-mail, not that of your service provider.",
		},
	}
	SupplierTaken = &fault.Code{
		Name: "supplier_id_taken", Kind: fault.Conflict,
		Title:  text.Text{DE: "Supplier-ID ist schon vergeben", EN: "The Supplier-ID is taken"},
		Detail: text.Text{DE: "Diese Supplier-ID ist hier bereits einem BA-Konto zugeordnet.", EN: "This Supplier-ID already belongs to a BA account here."},
		Hint: text.Text{
			DE: "Prüfen Sie die Nummer. Stimmt sie, so klärt der Betreiber, welches Konto sie führt.",
			EN: "Check the number. If it is right, the operator can find out which account holds it.",
		},
	}
	KundennummerTaken = &fault.Code{
		Name: "kundennummer_taken", Kind: fault.Conflict,
		Title:  text.Text{DE: "Kundennummer ist schon eingetragen", EN: "The Kundennummer is already entered"},
		Detail: text.Text{DE: "Dieses BA-Konto hat schon eine Einstellungsorganisation mit dieser Kundennummer.", EN: "This BA account already has a hiring organisation with this Kundennummer."},
		Hint:   text.Text{DE: "Ändern Sie die vorhandene, statt eine zweite anzulegen.", EN: "Change the one that is there instead of adding a second."},
	}
	KundennummerFixed = &fault.Code{
		Name: "kundennummer_fixed", Kind: fault.Conflict,
		Title:  text.Text{DE: "Kundennummer bleibt", EN: "The Kundennummer stays"},
		Detail: text.Text{DE: "Sobald das BA-Konto aktiv ist oder eine Datei geschrieben hat, behält eine Einstellungsorganisation ihre Kundennummer.", EN: "Once the BA account is active or has written a file, a hiring organisation keeps its Kundennummer."},
		Hint: text.Text{
			DE: "Legen Sie für eine andere Kundennummer eine weitere Einstellungsorganisation an.",
			EN: "Add another hiring organisation for another Kundennummer.",
		},
	}
	NumbersInUse = &fault.Code{
		Name: "numbers_in_use", Kind: fault.Conflict,
		Title: text.Text{DE: "Nummern sind in Gebrauch", EN: "The numbers are in use"},
		Detail: text.Text{
			DE: "Unter diesen Nummern ist das Konto aktiv oder wurden schon Dateien geschrieben.",
			EN: "The account is active, or files have been written, under these numbers.",
		},
		Hint: text.Text{
			DE: "Legen Sie für andere Nummern ein weiteres BA-Konto an.",
			EN: "Add another BA account for other numbers.",
		},
	}
	MissingDefault = &fault.Code{
		Name: "missing_default", Kind: fault.Conflict,
		Title:  text.Text{DE: "Es gibt keinen Standard", EN: "There is no default"},
		Detail: text.Text{DE: "Nicht angegeben: {what}. Einen Standard gibt es nicht.", EN: "No {what} is named, and there is no default."},
		Hint:   text.Text{DE: "Legen Sie zuerst einen Eintrag an, oder nennen Sie ihn in der Anfrage.", EN: "Create one first, or name one in the request."},
	}
)

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code {
	return []*fault.Code{
		NotOpen, NumberMalformed, NumberMisplaced, SupplierNotEmployer, SupplierTaken, KundennummerTaken,
		KundennummerFixed, NumbersInUse, MissingDefault,
	}
}
