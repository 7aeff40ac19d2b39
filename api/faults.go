package api

import (
	"github.com/stellwerk-hr/stellwerk/internal/ba"
	"github.com/stellwerk-hr/stellwerk/internal/credential"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/idempotency"
	"github.com/stellwerk-hr/stellwerk/internal/identity"
	"github.com/stellwerk-hr/stellwerk/internal/notice"
	"github.com/stellwerk-hr/stellwerk/internal/onboarding"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/secret"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
	"github.com/stellwerk-hr/stellwerk/internal/transfer/takeover"
)

// What can be wrong with a request before any domain sees it.
var (
	internalError = &fault.Code{
		Name: "internal_error", Kind: fault.Internal,
		Title:  text.Text{DE: "Interner Fehler", EN: "Internal error"},
		Detail: text.Text{DE: "Bei uns ist etwas schiefgegangen.", EN: "Something went wrong on our side."},
		Hint:   text.Text{DE: "Versuchen Sie es erneut. Bleibt es dabei, nennen Sie dem Support die „request_id“.", EN: "Try again. If it goes on, tell support the `request_id`."},
	}
	unavailable = &fault.Code{
		Name: "unavailable", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Zurzeit nicht erreichbar", EN: "Not available now"},
		Detail: text.Text{DE: "Etwas, das diese Anfrage braucht, ist gerade nicht erreichbar.", EN: "Something that this request needs cannot be reached now."},
		Hint:   text.Text{DE: "Versuchen Sie es gleich noch einmal.", EN: "Try again in a moment."},
	}
	methodNotAllowed = &fault.Code{
		Name: "method_not_allowed", Kind: fault.MethodNotAllowed,
		Title:  text.Text{DE: "Methode nicht erlaubt", EN: "Method not allowed"},
		Detail: text.Text{DE: "Unter dieser Adresse gibt es etwas, aber nicht mit dieser Methode.", EN: "There is something here, but not for this method."},
		Hint:   text.Text{DE: "Erlaubte Methoden stehen im Kopf „Allow“ und im Vertrag unter /openapi.json.", EN: "The allowed methods stand in the `Allow` header, and in the contract at /openapi.json."},
	}
	notAcceptable = &fault.Code{
		Name: "not_acceptable", Kind: fault.NotAcceptable,
		Title:  text.Text{DE: "Kein annehmbarer Inhaltstyp", EN: "No acceptable content type"},
		Detail: text.Text{DE: "Diese Operation antwortet mit „{offered}“.", EN: "This operation answers with `{offered}`."},
		Hint:   text.Text{DE: "Lassen Sie „Accept“ weg, oder nennen Sie darin einen dieser Typen.", EN: "Leave `Accept` out, or name one of these types in it."},
	}
	unsupportedMedia = &fault.Code{
		Name: "unsupported_media_type", Kind: fault.UnsupportedMedia,
		Title:  text.Text{DE: "Nicht unterstützter Inhaltstyp", EN: "Unsupported content type"},
		Detail: text.Text{DE: "Diese Operation nimmt „{expected}“.", EN: "This operation takes `{expected}`."},
		Hint:   text.Text{DE: "Setzen Sie „Content-Type“ entsprechend.", EN: "Set `Content-Type` accordingly."},
	}
	bodyTooLarge = &fault.Code{
		Name: "body_too_large", Kind: fault.TooLarge,
		Title:  text.Text{DE: "Anfrage ist zu groß", EN: "The request's body is too large"},
		Detail: text.Text{DE: "Eine Anfrage hat höchstens {max} Byte.", EN: "A body has at most {max} bytes."},
		Hint:   text.Text{DE: "Senden Sie weniger auf einmal.", EN: "Send less at once."},
	}
	malformedBody = &fault.Code{
		Name: "malformed_body", Kind: fault.Malformed,
		Title:  text.Text{DE: "Anfrage ist nicht lesbar", EN: "The request's body cannot be read"},
		Detail: text.Text{DE: "Die Anfrage ist kein gültiges JSON (Byte {offset}).", EN: "The body is not valid JSON (byte {offset})."},
		Hint:   text.Text{DE: "Senden Sie genau ein JSON-Objekt, UTF-8.", EN: "Send exactly one JSON object, UTF-8."},
	}
	malformedForm = &fault.Code{
		Name: "malformed_form", Kind: fault.Malformed,
		Title:  text.Text{DE: "Formular ist nicht lesbar", EN: "The form cannot be read"},
		Detail: text.Text{DE: "Die Anfrage ist kein gültiges multipart/form-data.", EN: "The body is not valid multipart/form-data."},
		Hint:   text.Text{DE: "Senden Sie die Felder „file“ und „pin“, etwa mit curl -F.", EN: "Send the fields `file` and `pin`, for instance with curl -F."},
	}
	invalidParameter = &fault.Code{
		Name: "invalid_parameter", Kind: fault.Malformed,
		Title:  text.Text{DE: "Parameter ist nicht gültig", EN: "A parameter is not valid"},
		Detail: text.Text{DE: "Ein Parameter der Adresse oder des Kopfes ist nicht gültig.", EN: "A parameter of the URL, or a header, is not valid."},
		Hint:   text.Text{DE: "Berichtigen Sie die Angaben unter „errors“.", EN: "Correct the values listed in `errors`."},
	}
)

// versionRequired is answered when a request would replace something unseen.
var versionRequired = &fault.Code{
	Name: "version_required", Kind: fault.VersionRequired,
	Title:  text.Text{DE: "Version fehlt", EN: "Version is missing"},
	Detail: text.Text{DE: "Diese Anfrage ersetzt etwas und sagt nicht, wie es war, als Sie es gelesen haben.", EN: "This request replaces something, and does not say what it was when you read it."},
	Hint:   text.Text{DE: "Senden Sie das „ETag“ der letzten Antwort als „If-Match“, oder „If-Match: *“, um zu ersetzen, was immer da ist.", EN: "Send the `ETag` of the last answer as `If-Match`, or `If-Match: *` to replace whatever is there."},
}

// What can be wrong with one value of a request, by the contract.
var (
	keyNotTaken = complaint("idempotency_key_not_taken",
		text.Text{DE: "Diese Operation nimmt keinen Schlüssel, weil nichts von der Anfrage aufbewahrt wird.", EN: "This operation takes no key, since nothing of the request is kept."},
		text.Text{DE: "Lassen Sie „Idempotency-Key“ weg.", EN: "Leave `Idempotency-Key` out."})
	conditionNotTaken = complaint("condition_not_taken",
		text.Text{DE: "Diese Operation prüft diese Bedingung nicht.", EN: "This operation does not look at this condition."},
		text.Text{DE: "Lassen Sie die Kopfzeile weg.", EN: "Leave the header out."})
	unknownParameter = complaint("unknown_parameter",
		text.Text{DE: "Diesen Parameter gibt es hier nicht.", EN: "There is no such parameter here."},
		text.Text{DE: "Prüfen Sie die Schreibweise, oder lassen Sie ihn weg.", EN: "Check its spelling, or leave it out."})
	missingValue = complaint("missing_value",
		text.Text{DE: "Die Angabe fehlt.", EN: "The value is missing."},
		text.Text{DE: "Ergänzen Sie sie.", EN: "Add it."})
	unknownField = complaint("unknown_field",
		text.Text{DE: "Dieses Feld gibt es hier nicht.", EN: "There is no such field here."},
		text.Text{DE: "Prüfen Sie die Schreibweise, oder lassen Sie es weg.", EN: "Check its spelling, or leave it out."})
	wrongType = complaint("wrong_type",
		text.Text{DE: "Die Angabe hat den falschen Typ.", EN: "The value has the wrong type."},
		text.Text{DE: "Erwartet wird: {expected}.", EN: "Expected is: {expected}."})
	unknownValue = complaint("unknown_value",
		text.Text{DE: "Diesen Wert gibt es hier nicht.", EN: "There is no such value here."},
		text.Text{DE: "Möglich sind: {expected}.", EN: "Possible are: {expected}."})
	tooLong = complaint("too_long",
		text.Text{DE: "Die Angabe ist zu lang.", EN: "The value is too long."},
		text.Text{DE: "Höchstens {limit}.", EN: "At most {limit}."})
	tooShort = complaint("too_short",
		text.Text{DE: "Die Angabe ist zu kurz oder leer.", EN: "The value is too short or empty."},
		text.Text{DE: "Mindestens {limit}.", EN: "At least {limit}."})
	numberTooLarge = complaint("number_too_large",
		text.Text{DE: "Diese Zahl ist größer, als irgendeine sein darf.", EN: "This number is larger than any may be."},
		text.Text{DE: "Berichtigen Sie sie.", EN: "Correct it."})
	outOfRange = complaint("out_of_range",
		text.Text{DE: "Die Zahl liegt außerhalb des Erlaubten.", EN: "The number is out of range."},
		text.Text{DE: "Erlaubt: {limit}.", EN: "Allowed: {limit}."})
	wrongForm = complaint("wrong_form",
		text.Text{DE: "Die Angabe hat nicht die richtige Form.", EN: "The value has the wrong form."},
		text.Text{DE: "Erwartet wird: {expected}.", EN: "Expected is: {expected}."})
	forbiddenCharacter = complaint("forbidden_character",
		text.Text{DE: "Der Text enthält das Zeichen NUL oder ist kein UTF-8; so kann er nicht gespeichert werden.", EN: "The text holds the character NUL or is not UTF-8; so it cannot be stored."},
		text.Text{DE: "Nehmen Sie das Zeichen heraus; oft stammt es aus einer Zwischenablage.", EN: "Take the character out; it often comes from a clipboard."})
	repeatedValue = complaint("repeated_value",
		text.Text{DE: "Ein Wert steht doppelt da.", EN: "A value stands there twice."},
		text.Text{DE: "Nennen Sie jeden Wert einmal.", EN: "Name each value once."})
)

func complaint(name string, detail, hint text.Text) *fault.Code {
	return &fault.Code{Name: name, Kind: fault.Invalid, Title: detail, Detail: detail, Hint: hint}
}

// faults lists every code that an answer can carry.
func faults() []*fault.Code {
	own := []*fault.Code{
		internalError, unavailable, methodNotAllowed, notAcceptable, unsupportedMedia, bodyTooLarge, malformedBody, malformedForm, invalidParameter,
		rateLimited,
		missingValue, unknownField, wrongType, unknownValue, tooLong, tooShort, outOfRange, numberTooLarge, wrongForm,
		forbiddenCharacter, repeatedValue, keyNotTaken, conditionNotTaken, unknownParameter, versionRequired,
		database.BadCursor, database.Stale, database.Exists,
	}
	for _, more := range [][]*fault.Code{
		fault.Common(), idempotency.Faults(), identity.Faults(), tenant.Faults(), onboarding.Faults(), credential.Faults(), secret.Faults(), posting.Faults(),
		transfer.Faults(), takeover.Faults(), ba.Faults(), notice.Faults(),
	} {
		own = append(own, more...)
	}
	return own
}
