package takeover

import (
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// What can be wrong with a take-over as a whole.
var (
	NumbersMissing = &fault.Code{
		Name: "account_numbers_missing", Kind: fault.Conflict,
		Title:  text.Text{DE: "Die Nummern des BA-Kontos fehlen", EN: "The account's numbers are missing"},
		Detail: text.Text{DE: "Ohne Supplier-ID und Allianzpartnernummer ist nicht zu erkennen, welche Anzeigen zu diesem Konto gehören.", EN: "Without Supplier-ID and alliance number nobody can tell which ads belong to this account."},
		Hint:   text.Text{DE: "Tragen Sie beide beim BA-Konto ein, dann übernehmen Sie erneut.", EN: "Enter both in the BA account, then take over again."},
	}
	FileUnreadable = &fault.Code{
		Name: "take_over_file_unreadable", Kind: fault.Invalid,
		Title:  text.Text{DE: "Die Datei ist nicht lesbar", EN: "The file cannot be read"},
		Detail: text.Text{DE: "Die Datei ist kein lesbares HR-BA-XML (Zeile {line}): {reason}.", EN: "The file is no HR-BA-XML that can be read (line {line}): {reason}."},
		Hint:   text.Text{DE: "Senden Sie die Datei so, wie das andere System sie der BA geschickt hat.", EN: "Send the file as the other system sent it to the BA."},
	}
	TooMany = &fault.Code{
		Name: "take_over_too_many", Kind: fault.TooLarge,
		Title:  text.Text{DE: "Zu viele Anzeigen auf einmal", EN: "Too many ads at once"},
		Detail: text.Text{DE: "Übernommen werden höchstens {max} Anzeigen auf einmal.", EN: "At most {max} ads are taken over at once."},
		Hint:   text.Text{DE: "Teilen Sie sie auf mehrere Dateien auf; die Reihenfolge spielt keine Rolle.", EN: "Split them over several files; their order does not matter."},
	}
	WithdrawalDiffers = &fault.Code{
		Name: "withdrawal_count_differs", Kind: fault.Conflict,
		Title:  text.Text{DE: "Es sind andere Anzeigen offen, als Sie bestätigen", EN: "Other ads are open than you confirm"},
		Detail: text.Text{DE: "Offen sind {count} Anzeigen unter den Nummern anderer Partner.", EN: "{count} ads under other partners' numbers are open."},
		Hint:   text.Text{DE: "Lesen Sie die Liste noch einmal und bestätigen Sie die Zahl, die sie nennt.", EN: "Read the list again and confirm the number that it names."},
	}
)

// What keeps a single ad from being taken over.
var (
	MalformedReference = problem("reference_malformed", fault.Invalid,
		text.Text{DE: "Die Referenz hat nicht die Form Nummer-Kennung-S mit höchstens 27 Zeichen.", EN: "The reference does not have the form number-id-S with at most 27 characters."},
		text.Text{DE: "Prüfen Sie sie in der Datei oder Liste des anderen Systems.", EN: "Check it in the other system's file or list."})
	Repeated = problem("reference_repeated", fault.Invalid,
		text.Text{DE: "Die Referenz steht mehrfach in der Datei oder Liste; das erste Vorkommen zählt.", EN: "The reference stands in the file or list more than once; the first one counts."},
		text.Text{DE: "Übernehmen Sie aus einer Datei, die den letzten Stand enthält.", EN: "Take over from a file that holds the last state."})
	Unreadable = problem("ad_unreadable", fault.Invalid,
		text.Text{DE: "Die Anzeige in der Datei ist nicht lesbar: {reason}", EN: "The ad in the file cannot be read: {reason}"},
		text.Text{DE: "Legen Sie sie als Entwurf mit „external_id“ an und übernehmen Sie ihre Referenz als Liste.", EN: "Save it as a draft with an `external_id`, and take its reference over in a list."})
	OtherSupplier = problem("supplier_differs", fault.Conflict,
		text.Text{DE: "Die Datei gehört zur Supplier-ID {found}, das BA-Konto hat {expected}.", EN: "The file belongs to the Supplier-ID {found}; the BA account has {expected}."},
		text.Text{DE: "Übernehmen Sie die Datei bei dem BA-Konto, zu dem sie gehört.", EN: "Take the file over with the BA account that it belongs to."})
	UnknownKundennummer = problem("kundennummer_unknown", fault.Conflict,
		text.Text{DE: "Das BA-Konto hat keine Einstellungsorganisation mit der Kundennummer „{kundennummer}“.", EN: "The BA account has no hiring organisation with the Kundennummer “{kundennummer}”."},
		text.Text{DE: "Legen Sie sie an, dann übernehmen Sie erneut.", EN: "Create it, then take over again."})
	NotYetPublic = problem("ad_not_yet_public", fault.Conflict,
		text.Text{DE: "Die Anzeige erscheint erst ab {from}.", EN: "The ad appears from {from} on only."},
		text.Text{DE: "Übernehmen Sie sie an diesem Tag oder danach.", EN: "Take it over on that day or later."})
	ReferenceTaken = problem("reference_taken", fault.Conflict,
		text.Text{DE: "Die Referenz ist in Stellwerk schon vergeben, aber nicht an Sie.", EN: "The reference is taken in Stellwerk already, and not by you."},
		text.Text{DE: "Prüfen Sie die Allianzpartnernummer des BA-Kontos; stimmt sie, hilft der Support.", EN: "Check the account's alliance number; if it is right, ask support."})
	OtherAccount = problem("reference_other_account", fault.Conflict,
		text.Text{DE: "Die Referenz oder die Anzeige gehört zu einem anderen BA-Konto.", EN: "The reference or the posting belongs to another BA account."},
		text.Text{DE: "Übernehmen Sie sie dort.", EN: "Take it over there."})
	OtherPosting = problem("reference_other_posting", fault.Conflict,
		text.Text{DE: "Die Referenz gehört schon zu einer anderen Anzeige: {posting}.", EN: "The reference already belongs to another posting: {posting}."},
		text.Text{DE: "Arbeiten Sie mit jener weiter, oder ziehen Sie sie zurück und veröffentlichen Sie diese neu.", EN: "Go on with that one, or withdraw it and publish this one anew."})
	PostingMissing = problem("take_over_posting_missing", fault.Conflict,
		text.Text{DE: "Es gibt keine Anzeige mit dieser externen Kennung.", EN: "There is no posting with this external id."},
		text.Text{DE: "Speichern Sie sie zuerst als Entwurf, oder übernehmen Sie aus der Datei des anderen Systems.", EN: "Save it as a draft first, or take over from the other system's file."})
	PostingDiffers = problem("take_over_posting_differs", fault.Conflict,
		text.Text{DE: "Die Anzeige hat eine andere Beschäftigungsart oder Kundennummer als die bei der BA; beides lässt die BA nicht ändern.", EN: "The posting has another employment type or Kundennummer than the ad at the BA, which lets neither be changed."},
		text.Text{DE: "Gleichen Sie die Anzeige an, oder lassen Sie die alte zurückziehen.", EN: "Make the posting the same, or have the old ad withdrawn."})
	PostingHasAd = problem("take_over_posting_has_ad", fault.Conflict,
		text.Text{DE: "Die Anzeige steht schon unter einer anderen Referenz bei der BA oder ist dorthin unterwegs.", EN: "The posting is at the BA under another reference, or on its way there."},
		text.Text{DE: "Ziehen Sie eine der beiden zurück.", EN: "Withdraw one of the two."})
)

func problem(name string, kind fault.Kind, detail, hint text.Text) *fault.Code {
	return &fault.Code{
		Name: name, Kind: kind, Title: text.Text{DE: "Die Anzeige wird nicht übernommen", EN: "The ad is not taken over"}, Detail: detail, Hint: hint,
	}
}

// Faults lists the codes of this package for documentation and tests.
func Faults() []*fault.Code {
	return []*fault.Code{
		NumbersMissing, FileUnreadable, TooMany, WithdrawalDiffers, MalformedReference, Repeated, Unreadable, OtherSupplier, UnknownKundennummer,
		NotYetPublic, ReferenceTaken, OtherAccount, OtherPosting, PostingMissing, PostingDiffers, PostingHasAd,
	}
}
