package tenant

import (
	"regexp"
	"strings"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Number is one of the numbers that the BA gives an employer. Recruiters mix them up, since letters, mails and other products call
// them by different names; a value is therefore recognised by its form, whatever field it was typed into.
type Number string

// The numbers.
const (
	// SupplierID is the PartnerId of the employer: V and nine digits (HR-BA-XML Header/SupplierId).
	SupplierID Number = "supplier_id"
	// AllianceNumber is the Allianzpartnernummer, about five digits, the first part of every reference.
	AllianceNumber Number = "alliance_number"
	// Kundennummer is the Arbeitgebernummer of an employer or branch, ten characters like A123A12345 (HiringOrgId).
	Kundennummer Number = "kundennummer"
)

var forms = map[Number]*regexp.Regexp{
	SupplierID: regexp.MustCompile(`^V[0-9]{9}$`),
	// Eight digits are what fits: a reference has at most 27 characters, of which "-", 16 free ones and "-S" are ours.
	AllianceNumber: regexp.MustCompile(`^[0-9]{1,8}$`),
	// The letters that the BA's schema allows in each of the two places.
	Kundennummer: regexp.MustCompile(`^[A-CE-HJ-NP-Z][0-9]{3}[A-HJ-NP-Y][0-9]{5}$`),
}

// otherPartner is the PartnerId of somebody who is not an employer.
var otherPartner = regexp.MustCompile(`^[APK][0-9]{9}$`)

var names = map[Number]text.Text{
	SupplierID:     {DE: "Supplier-ID", EN: "Supplier-ID"},
	AllianceNumber: {DE: "Allianzpartnernummer", EN: "Allianzpartnernummer (alliance number)"},
	Kundennummer:   {DE: "Kundennummer", EN: "Kundennummer (customer number)"},
}

var whereabouts = map[Number]text.Text{
	SupplierID: {
		DE: "Die Supplier-ID steht in der E-Mail der BA, mit der das Zertifikat kam: ein V und neun Ziffern, etwa V000123400.",
		EN: "The Supplier-ID is in the BA's e-mail that brought the certificate: a V and nine digits, such as V000123400.",
	},
	AllianceNumber: {
		DE: "Die Allianzpartnernummer steht in der E-Mail der BA, mit der das Zertifikat kam: nur Ziffern, meist fünf.",
		EN: "The Allianzpartnernummer is in the BA's e-mail that brought the certificate: digits only, mostly five.",
	},
	Kundennummer: {
		DE: "Die Kundennummer steht im Kooperationsvertrag, auf jedem Brief der Agentur und online unter „Unsere Daten“: " +
			"zehn Zeichen wie A123A12345.",
		EN: "The Kundennummer is in the cooperation contract, on every letter of the agency and online under “Unsere Daten”: " +
			"ten characters such as A123A12345.",
	},
}

// ReadNumber reads what somebody typed, or copied from a mail, into the field at pointer: blanks and small letters do not matter. It
// returns the number as it is kept. What is not the number that the field takes is NumberMisplaced when it is one of the others,
// SupplierNotEmployer when it is the PartnerId of a job board or municipal carrier, and NumberMalformed else.
func ReadNumber(pointer string, want Number, typed string) (string, *fault.Error) {
	value := strings.ToUpper(strings.Join(strings.Fields(typed), ""))
	if forms[want].MatchString(value) {
		return value, nil
	}
	for _, other := range []Number{SupplierID, Kundennummer, AllianceNumber} {
		if forms[other].MatchString(value) {
			return "", NumberMisplaced.At(pointer, fault.Args{"field": names[want], "other": names[other], "where": whereabouts[want]})
		}
	}
	if want == SupplierID && otherPartner.MatchString(value) {
		return "", SupplierNotEmployer.At(pointer, nil)
	}
	return "", NumberMalformed.At(pointer, fault.Args{"field": names[want], "where": whereabouts[want]})
}
