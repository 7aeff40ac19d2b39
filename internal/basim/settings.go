package basim

import (
	"encoding"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Settings are how the BA behaves on ordinary days, in everything that its documents leave open or that changes over time. The zero
// value works at once and answers in the plainest form.
type Settings struct {
	// Delay is the time between an upload and its processing; 0 processes within the upload.
	Delay Duration `json:"delay"`
	// OfficeHours processes between 07:00 and 19:00 in Germany only.
	OfficeHours bool `json:"office_hours"`

	// Feedback is the shape of feedback files with messages.
	Feedback FeedbackShape `json:"feedback"`
	// Success is the shape of feedback files without messages.
	Success SuccessShape `json:"success"`
	// OldCodes writes APPS_ for FLR_, as older documents do.
	OldCodes bool `json:"old_codes"`
	// Latin1 sends pages and feedback in ISO-8859-1.
	Latin1 bool `json:"latin1"`
	// NoCharset leaves the charset of pages out of their header.
	NoCharset bool `json:"no_charset"`

	// ErrorStatus is the HTTP status of the ERROR page, 200 when 0.
	ErrorStatus int `json:"error_status"`
	// RefuseWrongNames answers a wrong file name with the ERROR page. Otherwise such a file is taken and never processed.
	RefuseWrongNames bool `json:"refuse_wrong_names"`
	// RefuseDelete answers every DELETE with 405.
	RefuseDelete bool `json:"refuse_delete"`
	// FormAction is the action of the upload form, relative to the form's page; upload.php when empty. Uploads are taken there.
	FormAction string `json:"form_action"`
	// FormField is the name of the form's file input; upload when empty.
	FormField string `json:"form_field"`
	// Unprefixed is what a partner that must use /daten/<PartnerId>/ finds without it.
	Unprefixed UnprefixedAnswer `json:"unprefixed"`

	// Release is the schema by which files are judged: P82, or next for P82 with the elements known from later software. Empty means next.
	Release string `json:"release"`
	// FullLoadDeletesMissing lets a full load (TypeOfLoad F) delete the partner's ads that are not in it.
	FullLoadDeletesMissing bool `json:"full_load_deletes_missing"`
	// StructureByAd refuses only the ad whose structure is wrong, not the whole file.
	StructureByAd bool `json:"structure_by_ad"`
	// CheckAmount refuses a file whose Amount is not its number of ads and delete entries.
	CheckAmount bool `json:"check_amount"`
	// MaxBytes refuses larger files with the ERROR page, UploadsPerDay every further file of a partner's day in Germany; MaxRecords
	// refuses a file with more ads and delete entries whole, in its feedback. 0 means no limit but the simulator's own, of 32 MiB.
	MaxRecords    int `json:"max_records"`
	MaxBytes      int `json:"max_bytes"`
	UploadsPerDay int `json:"uploads_per_day"`
	// OneHiringOrg refuses a file with ads of several Kundennummern whole.
	OneHiringOrg bool `json:"one_hiring_organisation"`
	// IgnoreIDCase takes ids that differ only in capital letters for the same.
	IgnoreIDCase bool `json:"ignore_id_case"`
	// AnyPlace accepts every German address with a town and a postal code of five digits, for loads of invented addresses.
	AnyPlace bool `json:"any_place"`
	// OffensiveWords are refused in an ad's title and text, in any case of letters. The BA's own list is not public.
	OffensiveWords []string `json:"offensive_words"`
	// RenewalRevokes lets a new certificate end the partner's older ones.
	RenewalRevokes bool `json:"renewal_revokes"`

	// ServerCertificate is what the file host shows for itself. It applies to new connections; idle ones are closed.
	ServerCertificate ServerCertificate `json:"server_certificate"`
	// ClientCertificate is when the file host asks for the partner's certificate. It applies to new connections; idle ones are closed.
	ClientCertificate ClientCertificate `json:"client_certificate"`
	// MinTLS and MaxTLS bound the versions of TLS that are spoken, 1.2 or 1.3; empty means 1.2 and what Options.MaxTLS says.
	MinTLS string `json:"min_tls"`
	MaxTLS string `json:"max_tls"`
}

// FeedbackShape is a form of the feedback file. The real one's root and namespace are not known in public.
type FeedbackShape string

// The feedback shapes.
const (
	FeedbackBare      FeedbackShape = ""          // no namespace, nothing but the messages
	FeedbackNamespace FeedbackShape = "namespace" // a default namespace on the root
	FeedbackPrefix    FeedbackShape = "prefix"    // a namespace whose prefix stands before every element
	FeedbackHeader    FeedbackShape = "header"    // a header with counts before the messages
	FeedbackExtra     FeedbackShape = "extra"     // further elements and attributes within each message and beside the list
)

// SuccessShape is a form of the feedback file of an upload in which everything was accepted.
type SuccessShape string

// The success shapes.
const (
	SuccessEmptyList SuccessShape = ""        // a list without messages
	SuccessNoList    SuccessShape = "no_list" // a root without list
	SuccessBlank     SuccessShape = "blank"   // nothing but a line break
	SuccessEmpty     SuccessShape = "empty"   // no byte
)

// UnprefixedAnswer is what a partner that must use /daten/<PartnerId>/ finds without it.
type UnprefixedAnswer string

// The answers without prefix.
const (
	UnprefixedForbidden UnprefixedAnswer = ""          // 403
	UnprefixedNotFound  UnprefixedAnswer = "not_found" // 404
	UnprefixedForeign   UnprefixedAnswer = "foreign"   // the directory of another partner, the first in the order of ids
)

// ServerCertificate is what the file host shows for itself.
type ServerCertificate string

// The server certificates.
const (
	ServerCertificateGood    ServerCertificate = ""           // valid, of the authority in every .p12
	ServerCertificateExpired ServerCertificate = "expired"    // expired in 2016
	ServerCertificateName    ServerCertificate = "wrong_name" // valid for another host
	ServerCertificateForeign ServerCertificate = "foreign"    // of an authority that is in no .p12
)

// ClientCertificate is when the file host asks for the partner's certificate.
type ClientCertificate string

// The moments of asking.
const (
	// ClientCertificateAtOnce asks in the handshake.
	ClientCertificateAtOnce ClientCertificate = ""
	// ClientCertificatePerDirectory asks when the path is known, as an Apache with client certificates per directory does: under TLS 1.2
	// by renegotiation, under TLS 1.3 not at all for clients without post-handshake authentication, which are answered 403.
	ClientCertificatePerDirectory ClientCertificate = "per_directory"
)

// validate refuses what no setting can be.
func (s Settings) validate() error {
	known := []bool{
		slices.Contains([]FeedbackShape{FeedbackBare, FeedbackNamespace, FeedbackPrefix, FeedbackHeader, FeedbackExtra}, s.Feedback),
		slices.Contains([]SuccessShape{SuccessEmptyList, SuccessNoList, SuccessBlank, SuccessEmpty}, s.Success),
		slices.Contains([]UnprefixedAnswer{UnprefixedForbidden, UnprefixedNotFound, UnprefixedForeign}, s.Unprefixed),
		slices.Contains([]string{"", "P82", "next"}, s.Release),
		slices.Contains([]ServerCertificate{
			ServerCertificateGood, ServerCertificateExpired, ServerCertificateName, ServerCertificateForeign,
		}, s.ServerCertificate),
		slices.Contains([]ClientCertificate{ClientCertificateAtOnce, ClientCertificatePerDirectory}, s.ClientCertificate),
		slices.Contains([]string{"", "1.2", "1.3"}, s.MinTLS),
		slices.Contains([]string{"", "1.2", "1.3"}, s.MaxTLS),
	}
	names := []string{"feedback", "success", "unprefixed", "release", "server_certificate", "client_certificate", "min_tls", "max_tls"}
	if i := slices.Index(known, false); i >= 0 {
		return fmt.Errorf("%s has no such value", names[i])
	}
	if s.ErrorStatus != 0 && (s.ErrorStatus < 200 || s.ErrorStatus > 599) {
		return fmt.Errorf("error_status %d is no status", s.ErrorStatus)
	}
	if min(s.MaxRecords, s.MaxBytes, s.UploadsPerDay) < 0 {
		return errors.New("max_records, max_bytes and uploads_per_day cannot be negative")
	}
	return nil
}

// Duration is a time.Duration that JSON shows as people write it, such as "500ms" or "1h30m".
type Duration time.Duration

// Both directions of JSON.
var (
	_ encoding.TextMarshaler   = Duration(0)
	_ encoding.TextUnmarshaler = (*Duration)(nil)
)

// MarshalText writes the duration in Go's notation.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads Go's notation and refuses negative durations.
func (d *Duration) UnmarshalText(raw []byte) error {
	parsed, err := time.ParseDuration(string(raw))
	if err != nil || parsed < 0 {
		return fmt.Errorf("%q is no duration such as 500ms or 1h", raw)
	}
	*d = Duration(parsed)
	return nil
}

// or returns the duration, or another one if it is zero.
func (d Duration) or(other time.Duration) time.Duration {
	if d == 0 {
		return other
	}
	return time.Duration(d)
}

// Settings returns how the BA behaves now.
func (b *BA) Settings() Settings {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.settings
}

// SetSettings changes how the BA behaves from now on. Uploads that already wait keep their time. A value that does not exist behaves
// like the default.
func (b *BA) SetSettings(s Settings) {
	b.mu.Lock()
	b.settle()
	was := b.settings
	b.settings = s
	changed := b.tlsChanged
	b.mu.Unlock()
	if changed != nil && (was.ServerCertificate != s.ServerCertificate || was.ClientCertificate != s.ClientCertificate ||
		was.MinTLS != s.MinTLS || was.MaxTLS != s.MaxTLS) {
		changed()
	}
}

// errorStatus returns the HTTP status of the ERROR page.
func (s Settings) errorStatus() int {
	if s.ErrorStatus == 0 {
		return http.StatusOK
	}
	return s.ErrorStatus
}

// due returns when something uploaded at t is processed.
func (s Settings) due(t time.Time, zone *time.Location) time.Time {
	t = t.Add(time.Duration(s.Delay))
	if !s.OfficeHours {
		return t
	}
	const opens, closes = 7, 19
	local := t.In(zone)
	year, month, day := local.Date()
	switch {
	case local.Hour() < opens:
		return time.Date(year, month, day, opens, 0, 0, 0, zone)
	case local.Hour() >= closes:
		return time.Date(year, month, day+1, opens, 0, 0, 0, zone)
	}
	return t
}
