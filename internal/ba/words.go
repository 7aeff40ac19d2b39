package ba

import (
	"maps"
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Code returns the words of the class, in German and English. An unknown class is explained as an answer that makes no sense.
func (c Class) Code() *fault.Code {
	if code, ok := codes[c]; ok {
		return code
	}
	return codes[ClassGarbage]
}

// wait is the advice where nobody has to do anything.
var wait = text.Text{
	DE: "Es ist nichts zu tun: Stellwerk versucht es von selbst wieder. War eine Datei unterwegs, wartet es zuerst die Rückmeldung der BA ab.",
	EN: "Nothing needs to be done: Stellwerk tries again by itself. If a file was under way, it waits for the BA's feedback first.",
}

// newCertificate is the advice where only another certificate helps.
var newCertificate = text.Text{
	DE: "Laden Sie das aktuelle Zertifikat (.p12) hoch, das die BA per E-Mail geschickt hat. Fehlt es, fordern Sie es bei Zentrale.VAM-AccountMgmt@arbeitsagentur.de an.",
	EN: "Upload the current certificate (.p12) that the BA sent by e-mail. If it is missing, ask Zentrale.VAM-AccountMgmt@arbeitsagentur.de for it.",
}

// askOperator is the advice where the set-up of Stellwerk is to be looked at.
var askOperator = text.Text{
	DE: "Der Betreiber von Stellwerk muss die Verbindung zur BA prüfen (Adresse, Zertifizierungsstellen, TLS-Version).",
	EN: "The operator of Stellwerk must check the connection to the BA (address, certificate authorities, TLS version).",
}

// codes holds the words of every class.
var codes = map[Class]*fault.Code{
	ClassCertificateRefused: {
		Name: "ba_certificate_refused", Kind: fault.Conflict,
		Title:  text.Text{DE: "Die BA nimmt das Zertifikat nicht an", EN: "The BA does not accept the certificate"},
		Detail: text.Text{DE: "Der Server der BA hat das Zertifikat des Arbeitgebers beim Aufbau der Verbindung abgewiesen.", EN: "The BA's server rejected the employer's certificate while the connection was set up."},
		Hint:   newCertificate,
	},
	ClassCertificateExpired: {
		Name: "ba_certificate_expired", Kind: fault.Conflict,
		Title:  text.Text{DE: "Das Zertifikat ist abgelaufen", EN: "The certificate has expired"},
		Detail: text.Text{DE: "Der Server der BA hat das Zertifikat des Arbeitgebers als abgelaufen abgewiesen.", EN: "The BA's server rejected the employer's certificate because it has expired."},
		Hint:   newCertificate,
	},
	ClassCertificateRevoked: {
		Name: "ba_certificate_revoked", Kind: fault.Conflict,
		Title:  text.Text{DE: "Das Zertifikat ist gesperrt", EN: "The certificate was revoked"},
		Detail: text.Text{DE: "Der Server der BA hat das Zertifikat des Arbeitgebers als gesperrt abgewiesen.", EN: "The BA's server rejected the employer's certificate because it was revoked."},
		Hint:   newCertificate,
	},
	ClassServerCertificate: {
		Name: "ba_server_untrusted", Kind: fault.Internal,
		Title:  text.Text{DE: "Der Server der BA kann sich nicht ausweisen", EN: "The BA's server cannot prove its identity"},
		Detail: text.Text{DE: "Das Zertifikat des Servers ist abgelaufen, passt nicht zum Namen oder stammt von keiner bekannten Stelle. Es wurde nichts gesendet.", EN: "The server's certificate has expired, does not match its name or comes from no known authority. Nothing was sent."},
		Hint:   askOperator,
	},
	ClassTLS: {
		Name: "ba_tls_failed", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Keine verschlüsselte Verbindung zur BA", EN: "No encrypted connection to the BA"},
		Detail: text.Text{DE: "Der Server der BA und Stellwerk konnten sich nicht auf eine verschlüsselte Verbindung einigen.", EN: "The BA's server and Stellwerk could not agree on an encrypted connection."},
		Hint:   askOperator,
	},
	ClassDNS: {
		Name: "ba_unknown_host", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Der Server der BA ist nicht zu finden", EN: "The BA's server cannot be found"},
		Detail: text.Text{DE: "Zum Namen des Servers der BA gibt es gerade keine Adresse.", EN: "The name of the BA's server has no address at the moment."},
		Hint:   wait,
	},
	ClassConnectionRefused: {
		Name: "ba_unreachable", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Der Server der BA ist nicht erreichbar", EN: "The BA's server cannot be reached"},
		Detail: text.Text{DE: "Es kam keine Verbindung zum Server der BA zustande.", EN: "No connection to the BA's server could be opened."},
		Hint:   wait,
	},
	ClassConnectionCut: {
		Name: "ba_connection_cut", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Die Verbindung zur BA brach ab", EN: "The connection to the BA broke off"},
		Detail: text.Text{DE: "Die Verbindung endete, bevor die Antwort der BA vollständig war.", EN: "The connection ended before the BA's answer was complete."},
		Hint:   wait,
	},
	ClassHTTP4xx: {
		Name: "ba_request_refused", Kind: fault.Conflict,
		Title:  text.Text{DE: "Die BA verweigert den Zugriff", EN: "The BA denies access"},
		Detail: text.Text{DE: "Der Server der BA hat die Anfrage mit dem Status {status} abgewiesen.", EN: "The BA's server rejected the request with status {status}."},
		Hint:   text.Text{DE: "Prüfen Sie Supplier-ID und Zertifikat des BA-Kontos. Stimmen beide, wenden Sie sich an Zentrale.VAM-AccountMgmt@arbeitsagentur.de.", EN: "Check the Supplier-ID and the certificate of the BA account. If both are right, contact Zentrale.VAM-AccountMgmt@arbeitsagentur.de."},
	},
	ClassHTTP5xx: {
		Name: "ba_server_error", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Störung bei der BA", EN: "Disruption at the BA"},
		Detail: text.Text{DE: "Der Server der BA hat mit dem Status {status} geantwortet.", EN: "The BA's server answered with status {status}."},
		Hint:   wait,
	},
	ClassErrorPage: {
		Name: "ba_upload_refused", Kind: fault.Conflict,
		Title:  text.Text{DE: "Die BA hat die Datei nicht angenommen", EN: "The BA did not take the file"},
		Detail: text.Text{DE: "Auf die Übertragung kam die Fehlerseite der BA.", EN: "The upload was answered by the BA's error page."},
		Hint:   text.Text{DE: "Es wurde nichts veröffentlicht oder geändert. Der Betreiber von Stellwerk muss die Datei prüfen.", EN: "Nothing was published or changed. The operator of Stellwerk must look at the file."},
	},
	ClassGarbage: {
		Name: "ba_answer_unintelligible", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Unverständliche Antwort der BA", EN: "Unintelligible answer from the BA"},
		Detail: text.Text{DE: "Der Server der BA hat etwas anderes geantwortet als erwartet, zum Beispiel eine Wartungsseite.", EN: "The BA's server answered something else than expected, such as a maintenance page."},
		Hint:   wait,
	},
	ClassForeignListing: {
		Name: "ba_foreign_directory", Kind: fault.Conflict,
		Title:  text.Text{DE: "Zertifikat und Supplier-ID passen nicht zusammen", EN: "Certificate and Supplier-ID do not belong together"},
		Detail: text.Text{DE: "Mit diesem Zertifikat zeigt die BA nur Dateien eines anderen Partners.", EN: "With this certificate the BA shows only files of another partner."},
		Hint:   text.Text{DE: "Prüfen Sie, ob die Supplier-ID stimmt und das Zertifikat zu ihr gehört.", EN: "Check that the Supplier-ID is right and that the certificate belongs to it."},
	},
	ClassTimeoutBeforeBody: {
		Name: "ba_timeout", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Der Server der BA antwortet nicht", EN: "The BA's server does not answer"},
		Detail: text.Text{DE: "Die BA hat nicht rechtzeitig geantwortet. Es wurde keine Datei eingereicht.", EN: "The BA did not answer in time. No file was handed in."},
		Hint:   wait,
	},
	ClassTimeoutAfterBody: {
		Name: "ba_timeout_after_upload", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Die BA hat die Datei nicht rechtzeitig bestätigt", EN: "The BA did not confirm the file in time"},
		Detail: text.Text{DE: "Die Datei wurde ganz oder teilweise übertragen, die Antwort der BA blieb aus.", EN: "The file was transferred in whole or in part, and the BA's answer did not come."},
		Hint:   text.Text{DE: "Stellwerk wartet auf die Rückmeldung der BA, bevor es etwas erneut sendet.", EN: "Stellwerk waits for the BA's feedback before it sends anything again."},
	},
	ClassStopped: {
		Name: "ba_call_stopped", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Stellwerk hat die Verbindung unterbrochen", EN: "Stellwerk broke off the connection"},
		Detail: text.Text{DE: "Stellwerk wurde während der Verbindung zur BA beendet.", EN: "Stellwerk was stopped while it was connected to the BA."},
		Hint:   wait,
	},
	ClassElsewhere: {
		Name: "ba_led_elsewhere", Kind: fault.Internal,
		Title:  text.Text{DE: "Die BA verweist auf eine andere Adresse", EN: "The BA points to another address"},
		Detail: text.Text{DE: "Formular oder Weiterleitung der BA führen von der eingestellten Adresse weg. Stellwerk folgt dem nicht.", EN: "The BA's form or redirect leads away from the configured address. Stellwerk does not follow it."},
		Hint:   askOperator,
	},
	ClassTooLarge: {
		Name: "ba_answer_too_large", Kind: fault.Internal,
		Title:  text.Text{DE: "Die Antwort der BA ist zu groß", EN: "The BA's answer is too large"},
		Detail: text.Text{DE: "Eine Seite oder Datei der BA ist größer, als Stellwerk annimmt.", EN: "A page or file of the BA is larger than Stellwerk accepts."},
		Hint:   askOperator,
	},
}

// Faults lists the codes of all classes for documentation and tests.
func Faults() []*fault.Code { return slices.Collect(maps.Values(codes)) }
