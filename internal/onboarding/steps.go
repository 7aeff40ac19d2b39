package onboarding

import (
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// words are a step's name and what to do while it is not done.
type words struct{ title, hint text.Text }

var stepWords = map[Step]words{
	Registered: {
		text.Text{DE: "Bei der BA registriert", EN: "Registered with the BA"},
		text.Text{
			DE: "Registrieren Sie das Unternehmen auf arbeitsagentur.de, sofern es noch kein Arbeitgeberkonto hat; die PIN kommt per Brief. Prüfen Sie dabei die hinterlegte Anschrift.",
			EN: "Register the company at arbeitsagentur.de unless it has an employer account; the PIN comes by letter. Check the postal address on file.",
		},
	},
	Betreut: {
		text.Text{DE: "Vom Arbeitgeber-Service betreut", EN: "Looked after by the local employer service (betreut)"},
		text.Text{
			DE: "Bitten Sie den Arbeitgeber-Service telefonisch, das Konto in VerBIS als betreut zu führen, und vermerken Sie, wer es zugesagt hat.",
			EN: "Ask the local employer service by phone to mark the account as betreut in VerBIS, and note who confirmed it.",
		},
	},
	ContractRequested: {
		text.Text{DE: "Kooperationsvertrag angefordert", EN: "Cooperation contract requested"},
		text.Text{
			DE: "Fordern Sie den Kooperationsvertrag per E-Mail bei zentrale.VAM-AccountMgmt@arbeitsagentur.de an.",
			EN: "Ask zentrale.VAM-AccountMgmt@arbeitsagentur.de by e-mail for the cooperation contract.",
		},
	},
	ContractSigned: {
		text.Text{DE: "Kooperationsvertrag unterschrieben", EN: "Cooperation contract signed"},
		text.Text{DE: "Unterschreiben Sie den Vertrag und senden Sie ihn zurück.", EN: "Sign the contract and send it back."},
	},
	CredentialsReceived: {
		text.Text{DE: "Zugangsdaten erhalten", EN: "Credentials received"},
		text.Text{
			DE: "Tragen Sie Supplier-ID und Allianzpartnernummer aus der Zertifikats-E-Mail ein und laden Sie die .p12-Datei mit der PIN aus dem Brief hoch.",
			EN: "Enter Supplier-ID and alliance number from the certificate e-mail, and upload the .p12 file with the PIN of the letter.",
		},
	},
	Active: {
		text.Text{DE: "Aktiv", EN: "Active"},
		text.Text{DE: "Der Betreiber aktiviert das Konto, sobald alle Schritte erledigt sind.", EN: "The operator activates the account once every step is done."},
	},
}

// status makes a step's status; the hint is dropped when it is done.
func status(step Step, done bool) Status {
	s := Status{Step: step, Title: stepWords[step].title, Done: done}
	if !done {
		s.Hint = stepWords[step].hint
	}
	return s
}

// noted is a step that somebody did outside and noted.
func noted(step Step, notes []note) Status {
	for _, n := range notes {
		if n.Step == step {
			s := status(step, true)
			day := calendar.On(n.DoneOn, time.UTC)
			s.DoneOn, s.DoneBy = &day, n.DoneBy
			return s
		}
	}
	return status(step, false)
}

// betreut is done when every hiring organisation is; without one there is nothing to look after.
func betreut(organisations []tenant.HiringOrganisation) Status {
	var missing []text.Text
	for _, o := range organisations {
		if !o.Betreut() {
			name := o.Name + " (" + o.Kundennummer + ")"
			missing = append(missing, text.Text{DE: name, EN: name})
		}
	}
	if len(organisations) == 0 {
		missing = []text.Text{{DE: "eine Einstellungsorganisation mit Kundennummer", EN: "a hiring organisation with its Kundennummer"}}
	}
	s := status(Betreut, len(missing) == 0)
	s.Missing = missing
	return s
}

func credentials(account tenant.Account, hasCertificate bool) Status {
	var missing []text.Text
	if account.SupplierID == nil {
		missing = append(missing, text.Text{DE: "Supplier-ID", EN: "Supplier-ID"})
	}
	if account.AllianceNumber == nil {
		missing = append(missing, text.Text{DE: "Allianzpartnernummer", EN: "Allianzpartnernummer (alliance number)"})
	}
	if !hasCertificate {
		missing = append(missing, text.Text{DE: "ein gültiges Zertifikat mit PIN", EN: "a valid certificate with its PIN"})
	}
	s := status(CredentialsReceived, len(missing) == 0)
	s.Missing = missing
	return s
}

func active(account tenant.Account) Status { return status(Active, account.Active()) }
