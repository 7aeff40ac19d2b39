// Package credential keeps the client certificates by which the BA knows an employer. What a certificate is lies in the database; the
// certificate itself, its key and its PIN lie in the secret store and nowhere else.
package credential

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/credential/p12"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// State says what a certificate is used for.
type State string

// The states of a certificate. Only Active is used; an account has at most one Active and one Next.
const (
	// Pending means that the secret store has not confirmed it yet.
	Pending State = "pending"
	// Next waits for its time to begin.
	Next   State = "next"
	Active State = "active"
	// Retired was replaced by a newer one.
	Retired State = "retired"
	// Revoked is not used any more, and its secret is destroyed.
	Revoked State = "revoked"
)

// Certificate is what may be known of a certificate. It is immutable but for its state.
type Certificate struct {
	ID        uuid.UUID
	TenantID  uuid.UUID
	AccountID uuid.UUID
	State     State
	// Subject and Issuer are distinguished names as text.
	Subject string
	Issuer  string
	// Serial is hexadecimal.
	Serial string
	// Fingerprint is the SHA-256 of the certificate, hexadecimal.
	Fingerprint string
	NotBefore   time.Time
	NotAfter    time.Time
	CreatedAt   time.Time `gorm:"autoCreateTime:false"`
	CreatedBy   string
	UpdatedAt   time.Time `gorm:"autoUpdateTime:false"`
}

// Describe tells what may be known of an opened file.
func Describe(opened *p12.Opened) Certificate {
	sum := sha256.Sum256(opened.Leaf.Raw)
	return Certificate{
		Subject: p12.Name(opened.Leaf.Subject), Issuer: p12.Name(opened.Leaf.Issuer), Serial: opened.Leaf.SerialNumber.Text(16),
		Fingerprint: hex.EncodeToString(sum[:]), NotBefore: opened.Leaf.NotBefore, NotAfter: opened.Leaf.NotAfter,
	}
}

// What can be wrong with certificates, beside what package p12 finds in a file.
var (
	None = &fault.Code{
		Name: "no_usable_certificate", Kind: fault.Conflict,
		Title:  text.Text{DE: "Kein gültiges Zertifikat", EN: "No valid certificate"},
		Detail: text.Text{DE: "Das BA-Konto hat kein Zertifikat, das jetzt gilt.", EN: "The BA account has no certificate that is valid now."},
		Hint: text.Text{
			DE: "Laden Sie die .p12-Datei der BA mit ihrer PIN hoch. Kam keine, fragen Sie beim Account-Management der BA danach.",
			EN: "Upload the BA's .p12 file with its PIN. If none came, ask the BA's account management for it.",
		},
	}
	Known = &fault.Code{
		Name: "certificate_known", Kind: fault.Conflict,
		Title:  text.Text{DE: "Zertifikat liegt schon vor", EN: "The certificate is already here"},
		Detail: text.Text{DE: "Genau dieses Zertifikat ist für das BA-Konto schon hinterlegt.", EN: "This very certificate is already stored for the BA account."},
		Hint:   text.Text{DE: "Nichts zu tun. Ein neues hat die BA mit einer eigenen E-Mail geschickt.", EN: "Nothing to do. A new one came with an e-mail of its own from the BA."},
	}
	StoreUnavailable = &fault.Code{
		Name: "secret_store_unavailable", Kind: fault.Unavailable,
		Title:  text.Text{DE: "Geheimnisspeicher nicht erreichbar", EN: "The secret store cannot be reached"},
		Detail: text.Text{DE: "Der Speicher für Zertifikate antwortet nicht; es wurde nichts gespeichert.", EN: "The store for certificates does not answer; nothing was stored."},
		Hint:   text.Text{DE: "Versuchen Sie es in einigen Minuten erneut.", EN: "Try again in a few minutes."},
	}
	Lost = &fault.Code{
		Name: "certificate_lost", Kind: fault.Conflict,
		Title:  text.Text{DE: "Zertifikat ist nicht lesbar", EN: "The certificate cannot be read"},
		Detail: text.Text{DE: "Das hinterlegte Zertifikat fehlt im Geheimnisspeicher oder lässt sich nicht öffnen.", EN: "The stored certificate is missing from the secret store, or cannot be opened."},
		Hint:   text.Text{DE: "Widerrufen Sie es und laden Sie die .p12-Datei noch einmal hoch.", EN: "Revoke it, and upload the .p12 file again."},
	}
)

// Faults lists the codes of this package and of p12 for documentation and tests.
func Faults() []*fault.Code {
	return append(p12.Codes(), None, Known, StoreUnavailable, Lost)
}
