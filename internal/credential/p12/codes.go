package p12

import (
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// askBA is the advice where only the BA can help.
var askBA = text.Text{
	DE: "Nehmen Sie die Datei so, wie die BA sie per E-Mail geschickt hat. Hilft das nicht, fordern Sie bei Zentrale.VAM-AccountMgmt@arbeitsagentur.de ein neues Zertifikat an.",
	EN: "Use the file exactly as the BA sent it by e-mail. If that does not help, ask Zentrale.VAM-AccountMgmt@arbeitsagentur.de for a new certificate.",
}

// original is the advice where the file was changed on its way.
var original = text.Text{
	DE: "Speichern Sie den Anhang der E-Mail der BA noch einmal und laden Sie genau diese Datei hoch (Zertifikat-….p12).",
	EN: "Save the attachment of the BA's e-mail once more and upload exactly that file (Zertifikat-….p12).",
}

// The codes of files that cannot be used.
var (
	// Empty means that the file has no content.
	Empty = &fault.Code{
		Name: "empty", Kind: fault.Invalid,
		Title:  text.Text{DE: "Die Zertifikatsdatei ist leer", EN: "The certificate file is empty"},
		Detail: text.Text{DE: "Die Datei enthält kein einziges Byte.", EN: "The file does not contain a single byte."},
		Hint:   original,
	}
	// TooLarge means that the file has more than MaxFile bytes.
	TooLarge = &fault.Code{
		Name: "too_large", Kind: fault.TooLarge,
		Title:  text.Text{DE: "Die Zertifikatsdatei ist zu groß", EN: "The certificate file is too large"},
		Detail: text.Text{DE: "Die Datei hat mehr als 64 KiB. Zertifikate der BA haben etwa 5 KiB.", EN: "The file has more than 64 KiB. The BA's certificates have about 5 KiB."},
		Hint:   original,
	}
	// NotP12 means that the file is something else.
	NotP12 = &fault.Code{
		Name: "not_p12", Kind: fault.Invalid,
		Title:  text.Text{DE: "Das ist keine .p12-Datei", EN: "This is not a .p12 file"},
		Detail: text.Text{DE: "Die Datei hat nicht den Aufbau einer PKCS#12-Datei, wie immer sie heißt.", EN: "The file is not built like a PKCS#12 file, whatever its name is."},
		Hint:   text.Text{DE: "Laden Sie die Datei Zertifikat-….p12 aus der E-Mail der BA hoch, keine .cer, .pem, .zip oder .jks.", EN: "Upload the file Zertifikat-….p12 from the BA's e-mail, not a .cer, .pem, .zip or .jks."},
	}
	// Corrupt means that the file is a .p12 that was damaged.
	Corrupt = &fault.Code{
		Name: "corrupt", Kind: fault.Invalid,
		Title:  text.Text{DE: "Die .p12-Datei ist beschädigt", EN: "The .p12 file is damaged"},
		Detail: text.Text{DE: "Die Datei beginnt wie eine .p12-Datei, lässt sich aber nicht lesen: Sie ist unvollständig oder wurde verändert.", EN: "The file begins like a .p12 file and cannot be read: it is incomplete or was changed."},
		Hint:   original,
	}
	// WrongPIN means that the PIN does not open the file.
	WrongPIN = &fault.Code{
		Name: "wrong_pin", Kind: fault.Invalid,
		Title:  text.Text{DE: "Die PIN passt nicht zur Datei", EN: "The PIN does not open the file"},
		Detail: text.Text{DE: "Die Zertifikatsdatei lässt sich mit dieser PIN nicht öffnen.", EN: "The certificate file cannot be opened with this PIN."},
		Hint: text.Text{
			DE: "Gemeint ist die PIN aus dem Brief der BA zum Zertifikat, nicht die PIN des Briefs zur Registrierung. Nach einer Verlängerung gilt die PIN des ersten Briefs weiter. " +
				"Wurde die Datei aus Windows neu exportiert, gilt das dabei gewählte Kennwort.",
			EN: "The PIN of the BA's letter about the certificate is meant, not the one of the registration letter. After a renewal the PIN of the first letter stays valid. " +
				"If the file was exported again from Windows, the password chosen there applies.",
		},
	}
	// NoKey means that the file has certificates only.
	NoKey = &fault.Code{
		Name: "no_key", Kind: fault.Invalid,
		Title:  text.Text{DE: "In der Datei fehlt der private Schlüssel", EN: "The file lacks the private key"},
		Detail: text.Text{DE: "Die Datei enthält Zertifikate, aber keinen privaten Schlüssel. Damit kann sich niemand bei der BA ausweisen.", EN: "The file holds certificates and no private key. Nobody can prove their identity to the BA with it."},
		Hint: text.Text{
			DE: "Nehmen Sie die Datei aus der E-Mail der BA. Bei einem Export aus Windows muss „Privaten Schlüssel exportieren“ gewählt sein.",
			EN: "Use the file from the BA's e-mail. When exporting from Windows, choose to export the private key.",
		},
	}
	// NoCertificate means that the file has a key only.
	NoCertificate = &fault.Code{
		Name: "no_certificate", Kind: fault.Invalid,
		Title:  text.Text{DE: "In der Datei fehlt das Zertifikat", EN: "The file lacks the certificate"},
		Detail: text.Text{DE: "Die Datei enthält kein Zertifikat.", EN: "The file holds no certificate."},
		Hint:   askBA,
	}
	// KeyMismatch means that none of the certificates belongs to the key.
	KeyMismatch = &fault.Code{
		Name: "key_mismatch", Kind: fault.Invalid,
		Title:  text.Text{DE: "Schlüssel und Zertifikat passen nicht zusammen", EN: "Key and certificate do not belong together"},
		Detail: text.Text{DE: "Keines der Zertifikate in der Datei gehört zum privaten Schlüssel der Datei.", EN: "None of the certificates in the file belongs to the file's private key."},
		Hint:   askBA,
	}
	// Expired means that the certificate is no longer valid.
	Expired = &fault.Code{
		Name: "expired", Kind: fault.Invalid,
		Title:  text.Text{DE: "Das Zertifikat ist abgelaufen", EN: "The certificate has expired"},
		Detail: text.Text{DE: "Das Zertifikat galt bis {not_after}.", EN: "The certificate was valid until {not_after}."},
		Hint: text.Text{
			DE: "Die BA schickt etwa vier Wochen vor dem Ablauf ein neues Zertifikat per E-Mail; die PIN bleibt dieselbe. Fehlt es, fordern Sie es bei Zentrale.VAM-AccountMgmt@arbeitsagentur.de an.",
			EN: "The BA sends a new certificate by e-mail about four weeks before the end; the PIN stays the same. If it is missing, ask Zentrale.VAM-AccountMgmt@arbeitsagentur.de for it.",
		},
	}
	// NotYetValid means that the certificate is not valid yet.
	NotYetValid = &fault.Code{
		Name: "not_yet_valid", Kind: fault.Invalid,
		Title:  text.Text{DE: "Das Zertifikat gilt noch nicht", EN: "The certificate is not valid yet"},
		Detail: text.Text{DE: "Das Zertifikat gilt erst ab {not_before}.", EN: "The certificate is valid only from {not_before}."},
		Hint:   text.Text{DE: "Laden Sie es ruhig schon hoch: Stellwerk benutzt es von diesem Tag an.", EN: "Upload it all the same: Stellwerk uses it from that day on."},
	}
	// HostileIterations means that opening the file would take too much work.
	HostileIterations = &fault.Code{
		Name: "hostile_iterations", Kind: fault.Invalid,
		Title:  text.Text{DE: "Das Öffnen der Datei dauert zu lange", EN: "Opening the file takes too long"},
		Detail: text.Text{DE: "Die Datei verlangt so viele Rechenschritte, dass sie nicht geöffnet wird.", EN: "The file asks for so much computation that it is not opened."},
		Hint:   askBA,
	}
	// UnsupportedEncryption means that the file is in order, and encrypted or put together in a way that is not understood.
	UnsupportedEncryption = &fault.Code{
		Name: "unsupported_encryption", Kind: fault.Invalid,
		Title: text.Text{DE: "Diese Art von .p12-Datei wird nicht unterstützt", EN: "This kind of .p12 file is not supported"},
		Detail: text.Text{
			DE: "Die Datei ist in Ordnung, aber ungewöhnlich: Sie oder ihre Prüfsumme ist auf eine seltene Art verschlüsselt oder aufgebaut, " +
				"oder ihr Schlüssel ist von einer seltenen Art.",
			EN: "The file is in order, but unusual: it or its check sum is encrypted or put together in a rare way, or its key is of a rare kind.",
		},
		Hint: askBA,
	}
	// BEREncoding means that the file is written in BER instead of DER, as programs of the NSS family do, and cannot be read to its end or
	// is so inside what is sealed, too.
	BEREncoding = &fault.Code{
		Name: "ber_encoding", Kind: fault.Invalid,
		Title:  text.Text{DE: "Die .p12-Datei ist in der Kodierung BER geschrieben und unlesbar", EN: "The .p12 file is written in the encoding BER and cannot be read"},
		Detail: text.Text{DE: "Die Datei wurde vermutlich aus einem Browser neu exportiert und ist unvollständig, oder sie lässt sich in dieser Form nicht lesen.", EN: "The file was probably exported again from a browser and is incomplete, or cannot be read in this form."},
		Hint:   original,
	}
	// WeakKey means that the key is too short to prove anything.
	WeakKey = &fault.Code{
		Name: "weak_key", Kind: fault.Invalid,
		Title:  text.Text{DE: "Der Schlüssel ist zu schwach", EN: "The key is too weak"},
		Detail: text.Text{DE: "Der Schlüssel des Zertifikats ({key}) ist kürzer als erlaubt: RSA hat mindestens 2048 Bit, eine elliptische Kurve 256.", EN: "The certificate's key ({key}) is shorter than allowed: RSA has at least 2048 bits, an elliptic curve 256."},
		Hint:   askBA,
	}
	// WrongKeyUsage means that the certificate is made for something else than proving one's identity to a server.
	WrongKeyUsage = &fault.Code{
		Name: "wrong_key_usage", Kind: fault.Invalid,
		Title:  text.Text{DE: "Das Zertifikat ist für etwas anderes bestimmt", EN: "The certificate is meant for something else"},
		Detail: text.Text{DE: "Mit diesem Zertifikat darf man sich nicht bei einem Server ausweisen; es ist etwa für E-Mails, für einen Server oder als Aussteller gedacht.", EN: "This certificate must not be used to prove an identity to a server; it is meant for e-mails, for a server, or as an authority."},
		Hint:   original,
	}
	// WrongIssuer means that the certificate cannot be the BA's: it issued itself, or the authority in the file did not sign it.
	WrongIssuer = &fault.Code{
		Name: "wrong_issuer", Kind: fault.Invalid,
		Title:  text.Text{DE: "Das Zertifikat stammt nicht von der BA", EN: "The certificate is not the BA's"},
		Detail: text.Text{DE: "Aussteller ist „{issuer}“. Das Zertifikat ist selbst ausgestellt, oder seine Unterschrift passt nicht zum Aussteller in der Datei.", EN: "The issuer is “{issuer}”. The certificate is self-issued, or its signature does not fit the issuer in the file."},
		Hint: text.Text{
			DE: "Zertifikate anderer Stellen, etwa von ELSTER oder selbst erzeugte, nimmt die BA nicht an. Laden Sie die Datei Zertifikat-….p12 aus der E-Mail der BA hoch.",
			EN: "The BA does not take certificates of others, such as ELSTER's or those you made yourself. Upload the file Zertifikat-….p12 from the BA's e-mail.",
		},
	}
)

// Codes lists the codes of this package for documentation and tests.
func Codes() []*fault.Code {
	return []*fault.Code{
		Empty, TooLarge, NotP12, Corrupt, WrongPIN, NoKey, NoCertificate, KeyMismatch, Expired, NotYetValid, HostileIterations,
		UnsupportedEncryption, BEREncoding, WeakKey, WrongKeyUsage, WrongIssuer,
	}
}
