package basim

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Partner is one identity that delivers job ads: an employer, a job board or a municipal carrier, with its own agreement.
type Partner struct {
	// ID is the PartnerId or Supplier-ID: a kind (V employer, P job board, K municipal carrier) and nine digits.
	ID string `json:"id"`
	// Alliance is the Allianzpartnernummer, the first part of the id of every ad of this partner.
	Alliance string `json:"alliance"`
	Name     string `json:"name"`
	// NoAgreement means that there is no contract about job ads, so every ad is refused (rule 168).
	NoAgreement bool `json:"no_agreement"`
	// PrefixRequired means that several certificates went to this partner's e-mail address: only /daten/<PartnerId>/ works.
	PrefixRequired bool `json:"prefix_required"`
	// PIN opens the partner's .p12 files. A renewed file has the PIN of the first letter.
	PIN string `json:"pin"`
	// HiringOrgs are the employers and branches that ads can hang on.
	HiringOrgs []HiringOrg `json:"hiring_organisations"`
	// Certificates are all that were ever issued.
	Certificates []Certificate `json:"certificates"`
}

// HiringOrg is one Kundennummer at the BA.
type HiringOrg struct {
	// Number is the Kundennummer, such as A123A12345.
	Number string `json:"number"`
	Name   string `json:"name"`
	// NotSupervised means that no local employer service looks after it (it is not "betreut"), so its ads are refused (rule 066).
	NotSupervised bool `json:"not_supervised"`
	// Deactivated means that the BA closed the account: no update and no delete (rule 049).
	Deactivated bool `json:"deactivated"`
}

// Certificate is what the BA remembers of a certificate that it issued.
type Certificate struct {
	// Fingerprint is the SHA-256 of the certificate in hexadecimal digits.
	Fingerprint string    `json:"fingerprint"`
	NotBefore   time.Time `json:"not_before"`
	NotAfter    time.Time `json:"not_after"`
	// Revoked certificates are refused in the handshake.
	Revoked bool `json:"revoked"`
}

// Limits on what identifies a partner, as the interface's schema and the BA's letters know them.
var (
	partnerIDForm = regexp.MustCompile(`^[VPK][0-9]{9}$`)
	allianceForm  = regexp.MustCompile(`^[0-9A-Z]{1,10}$`)
	hiringOrgForm = regexp.MustCompile(`^[ABCEFGHJKLMNPQRSTUVWXYZ][0-9]{3}[ABCDEFGHJKLMNPQRSTUVWXY][0-9]{5}$`)
)

// isEmployer reports whether the partner delivers for itself; some rules hold for employers only.
func (p *Partner) isEmployer() bool { return strings.HasPrefix(p.ID, "V") }

// hiringOrg returns the partner's hiring organisation of that Kundennummer, nil if it has none.
func (p *Partner) hiringOrg(number string) *HiringOrg {
	for i := range p.HiringOrgs {
		if p.HiringOrgs[i].Number == number {
			return &p.HiringOrgs[i]
		}
	}
	return nil
}

// clone returns a copy that shares nothing with the original.
func (p *Partner) clone() Partner {
	c := *p
	c.HiringOrgs = slices.Clone(p.HiringOrgs)
	c.Certificates = slices.Clone(p.Certificates)
	return c
}

// Partners returns all partners, in the order of their ids.
func (b *BA) Partners() []Partner {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := make([]Partner, 0, len(b.partners))
	for _, p := range b.partners {
		all = append(all, p.clone())
	}
	slices.SortFunc(all, func(x, y Partner) int { return strings.Compare(x.ID, y.ID) })
	return all
}

// ChangePartner lets change edit a partner: its agreement, its hiring organisations, a revoked certificate. The change is kept only
// if what results is valid; the id cannot be changed.
func (b *BA) ChangePartner(id string, change func(*Partner)) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	known, ok := b.partners[id]
	if !ok {
		return fmt.Errorf("there is no partner %s", id)
	}
	b.settle()
	edited := known.clone()
	change(&edited)
	edited.ID = id
	if err := edited.validate(); err != nil {
		return fmt.Errorf("change partner %s: %w", id, err)
	}
	b.partners[id] = &edited
	return b.saveAccounts()
}

// SetHiringOrg adds a hiring organisation to a partner, or replaces the one of the same Kundennummer.
func (b *BA) SetHiringOrg(partnerID string, org HiringOrg) error {
	return b.ChangePartner(partnerID, func(p *Partner) { p.setHiringOrg(org) })
}

func (p *Partner) setHiringOrg(org HiringOrg) {
	if known := p.hiringOrg(org.Number); known != nil {
		*known = org
		return
	}
	p.HiringOrgs = append(p.HiringOrgs, org)
}

func (p *Partner) validate() error {
	if !partnerIDForm.MatchString(p.ID) {
		return fmt.Errorf("%q is no partner id: V, P or K and nine digits are wanted", p.ID)
	}
	if !allianceForm.MatchString(p.Alliance) {
		return fmt.Errorf("%q is no alliance number: 1 to 10 digits are wanted", p.Alliance)
	}
	for _, org := range p.HiringOrgs {
		if !hiringOrgForm.MatchString(org.Number) {
			return fmt.Errorf("%q is no Kundennummer: something like A123A12345 is wanted", org.Number)
		}
	}
	return nil
}

// partnerOf returns the partner that a certificate was issued to. A revoked or unknown certificate belongs to nobody.
func (b *BA) partnerOf(certificate *x509.Certificate) (Partner, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	wanted := fingerprint(certificate)
	for _, p := range b.partners {
		for _, c := range p.Certificates {
			if c.Fingerprint == wanted {
				return p.clone(), !c.Revoked
			}
		}
	}
	return Partner{}, false
}

func fingerprint(certificate *x509.Certificate) string {
	sum := sha256.Sum256(certificate.Raw)
	return hex.EncodeToString(sum[:])
}
