package transfer

import (
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// What can keep an account from sending, beside what the BA's host and the certificate say.
var (
	FileRejected = &fault.Code{
		Name: "file_rejected", Kind: fault.Conflict,
		Title:  text.Text{DE: "Die BA hat die Datei nicht angenommen", EN: "The BA did not take the file"},
		Detail: text.Text{DE: "Die Datei {file} wurde beim Hochladen abgewiesen.", EN: "The file {file} was rejected at the upload."},
		Hint:   text.Text{DE: "Stellwerk versucht es in einer Stunde mit einer neuen Datei. Bleibt es dabei, hilft der Support.", EN: "Stellwerk tries again with a new file in an hour. If it goes on, ask support."},
	}
	NoAnswer = &fault.Code{
		Name: "no_answer", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Die BA antwortet nicht", EN: "The BA does not answer"},
		Detail: text.Text{DE: "Auf die Datei {file} kam seit mehr als einem Tag keine Antwort.", EN: "There has been no answer to the file {file} for more than a day."},
		Hint: text.Text{
			DE: "Der Betreiber klärt mit der BA, ob die Datei verarbeitet wurde, und gibt sie auf, wenn keine Antwort mehr kommt. Solange ruhen ihre Anzeigen.",
			EN: "The operator asks the BA whether the file was processed, and gives it up if no answer will come. Its ads rest until then.",
		},
	}
	UploadUnclear = &fault.Code{
		Name: "upload_unclear", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Ungewiss, ob die BA die Datei hat", EN: "Not certain whether the BA has the file"},
		Detail: text.Text{DE: "Das Hochladen der Datei {file} endete ohne klare Antwort der BA.", EN: "The upload of the file {file} ended without a clear answer of the BA."},
		Hint: text.Text{
			DE: "Bis die Antwortdatei der BA es entscheidet, wird nichts daraus noch einmal gesendet, damit nichts doppelt erscheint. Kommt keine, kann der Betreiber die Datei aufgeben.",
			EN: "Until the BA's answer file decides it nothing of it is sent again, so that nothing appears twice. If none comes, the operator can give the file up.",
		},
	}
	AnswerUnread = &fault.Code{
		Name: "answer_unread", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Eine Antwort der BA lässt sich nicht herunterladen", EN: "An answer of the BA cannot be downloaded"},
		Detail: text.Text{DE: "Die BA gibt die Antwort auf die Datei {file} nicht heraus.", EN: "The BA does not hand out its answer to the file {file}."},
		Hint: text.Text{
			DE: "Stellwerk versucht es weiter und sendet inzwischen andere Anzeigen. Bleibt die Antwort einen Tag lang aus, erfährt es der Betreiber.",
			EN: "Stellwerk goes on trying, and sends other ads meanwhile. If the answer cannot be had for a day, the operator is told.",
		},
	}
	AccountRefused = &fault.Code{
		Name: "account_refused", Kind: fault.Conflict,
		Title:  text.Text{DE: "Die BA lehnt alle Anzeigen ab", EN: "The BA refuses all ads"},
		Detail: text.Text{DE: "Der Grund liegt nicht in den Anzeigen, sondern beim BA-Konto oder der Kundennummer {kundennummer}: {code}, „{words}“", EN: "The reason does not lie in the ads but with the BA account or the Kundennummer {kundennummer}: {code}, “{words}”"},
		Hint: text.Text{
			DE: "Klären Sie das mit der BA. Die Anzeigen warten; Stellwerk versucht es von Zeit zu Zeit mit einer einzigen und sendet die übrigen, sobald sie angenommen wird.",
			EN: "Clear it with the BA. The ads wait; from time to time Stellwerk tries a single one, and sends the others once it is accepted.",
		},
	}
	DeletionsHeld = &fault.Code{
		Name: "deletions_held", Kind: fault.Conflict,
		Title:  text.Text{DE: "Ungewöhnlich viele Löschungen warten auf Freigabe", EN: "Unusually many deletions wait for approval"},
		Detail: text.Text{DE: "{count} von {live} Anzeigen, die bei der BA stehen sollen, müssten gelöscht und neu veröffentlicht werden.", EN: "{count} of {live} ads that are to be at the BA would have to be deleted and published anew."},
		Hint: text.Text{
			DE: "Prüfen Sie, was sich geändert hat, etwa eine Kundennummer. Ist es gewollt, geben Sie die Löschungen frei; sonst nehmen Sie die Änderung zurück.",
			EN: "Look at what changed, a Kundennummer perhaps. If it is meant, approve the deletions; otherwise take the change back.",
		},
	}
)

// ForeignSender does not keep the account's files from going, but somebody else's may undo what they do.
var ForeignSender = &fault.Code{
	Name: "foreign_sender", Kind: fault.Conflict,
	Title:  text.Text{DE: "Ein anderes System sendet unter dieser Supplier-ID", EN: "Another system sends under this Supplier-ID"},
	Detail: text.Text{DE: "Im Ordner bei der BA liegen Antworten auf Dateien, die nicht von Stellwerk stammen: {files}.", EN: "The folder at the BA holds answers to files that Stellwerk did not send: {files}."},
	Hint: text.Text{
		DE: "Stellen Sie fest, welche Software noch mit diesem Zertifikat sendet, und schalten Sie sie ab: Zwei Systeme überschreiben einander die Anzeigen. Stellwerk sendet weiter und löscht dort nichts.",
		EN: "Find out which software still sends with this certificate, and turn it off: two systems overwrite each other's ads. Stellwerk goes on sending, and deletes nothing there.",
	},
}

// What can be wrong with a person's decision.
var (
	// NotWaiting is answered when a transfer is to be given up that does not wait for an answer.
	NotWaiting = &fault.Code{
		Name: "transfer_not_waiting", Kind: fault.Conflict,
		Title:  text.Text{DE: "Auf diese Datei wird nicht gewartet", EN: "Nobody waits for this file"},
		Detail: text.Text{DE: "Aufgegeben werden kann nur eine Datei, die gesendet oder deren Versand ungewiss ist und auf die die BA nicht geantwortet hat.", EN: "Only a file can be given up that was sent, or may have been, and that the BA has not answered."},
		Hint:   text.Text{DE: "Nichts zu tun.", EN: "Nothing to do."},
	}
	// NothingHeld is answered when deletions are to be approved and none are held, or not as many.
	NothingHeld = &fault.Code{
		Name: "no_deletions_held", Kind: fault.Conflict,
		Title:  text.Text{DE: "So viele Löschungen warten nicht auf Freigabe", EN: "Not that many deletions wait for approval"},
		Detail: text.Text{DE: "Auf Freigabe warten {count} Löschungen.", EN: "{count} deletions wait for approval."},
		Hint:   text.Text{DE: "Lesen Sie das BA-Konto noch einmal und geben Sie die Zahl frei, die es nennt.", EN: "Read the BA account again and approve the number that it names."},
	}
)

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code {
	return []*fault.Code{
		FileRejected, NoAnswer, UploadUnclear, AnswerUnread, HostOut, AccountRefused, DeletionsHeld, ForeignSender, NotWaiting, NothingHeld, RawDropped,
		WithdrawalOpen,
	}
}

// troubled notes what is wrong with the answer to a file, unless something worse is known of the file already.
func (t *Transfer) troubled(code *fault.Code) {
	if t.Trouble == nil {
		t.Trouble = troubleOf(code.New(fault.Args{"file": t.FileName}))
	}
}

// untroubled notes that this is not wrong with a file any more.
func (t *Transfer) untroubled(code *fault.Code) {
	if t.Trouble != nil && t.Trouble.Code == code.Name {
		t.Trouble = nil
	}
}

func troubleOf(f *fault.Error) *Trouble {
	return &Trouble{Code: f.Code.Name, Args: f.Args, Warning: f.Code == ForeignSender}
}
