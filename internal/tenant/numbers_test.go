package tenant_test

import (
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

func TestEveryNumberInEveryField(t *testing.T) {
	t.Parallel()
	examples := map[tenant.Number]string{tenant.SupplierID: "V000123400", tenant.AllianceNumber: "99001", tenant.Kundennummer: "A123A12345"}
	words := map[tenant.Number]string{tenant.SupplierID: "Supplier-ID", tenant.AllianceNumber: "Allianzpartnernummer", tenant.Kundennummer: "Kundennummer"}
	for field := range examples {
		for is, example := range examples {
			got, complaint := tenant.ReadNumber("/field", field, example)
			if field == is {
				if complaint != nil || got != example {
					t.Errorf("%s in its own field: %q, %v", example, got, complaint)
				}
				continue
			}
			if complaint == nil || complaint.Code != tenant.NumberMisplaced || complaint.Pointer != "/field" || got != "" {
				t.Errorf("%s for %s: %q, %v", example, field, got, complaint)
				continue
			}
			for _, lang := range []text.Language{text.German, text.English} {
				said := complaint.Code.Detail.Format(lang, complaint.Args) + complaint.Code.Hint.Format(lang, complaint.Args)
				if !strings.Contains(said, words[field]) || !strings.Contains(said, words[is]) || strings.ContainsAny(said, "{}") {
					t.Errorf("%s for %s: said is %q", example, field, said)
				}
			}
		}
	}
}

func TestNumbersAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		field       tenant.Number
		typed, want string
	}{
		{tenant.SupplierID, " V000123400\n", "V000123400"},
		{tenant.SupplierID, "v000 123 400", "V000123400"},
		{tenant.SupplierID, "\u00a0V000123400", "V000123400"}, // a mail's hard space
		{tenant.AllianceNumber, "\t99001 ", "99001"},
		{tenant.AllianceNumber, "1", "1"},
		{tenant.AllianceNumber, "12345678", "12345678"},
		{tenant.Kundennummer, "a123a12345", "A123A12345"},
		{tenant.Kundennummer, "A123 A12345", "A123A12345"},
	} {
		if got, complaint := tenant.ReadNumber("/x", test.field, test.typed); complaint != nil || got != test.want {
			t.Errorf("%q: %q, %v", test.typed, got, complaint)
		}
	}
}

func TestWhatIsNoSuchNumberIsSaid(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		field tenant.Number
		value string
		want  *fault.Code
	}{
		{tenant.SupplierID, "P000123400", tenant.SupplierNotEmployer}, // a job board
		{tenant.SupplierID, "p000123400", tenant.SupplierNotEmployer},
		{tenant.SupplierID, "K000123400", tenant.SupplierNotEmployer}, // a municipal carrier
		{tenant.SupplierID, "X000123400", tenant.NumberMalformed},
		{tenant.SupplierID, "V00012340", tenant.NumberMalformed},
		{tenant.SupplierID, "V0001234000", tenant.NumberMalformed},
		{tenant.SupplierID, "V00012340O", tenant.NumberMalformed},
		{tenant.SupplierID, "", tenant.NumberMalformed},
		{tenant.SupplierID, " a123a12345", tenant.NumberMisplaced},
		{tenant.AllianceNumber, "123456789", tenant.NumberMalformed},
		{tenant.AllianceNumber, "-1", tenant.NumberMalformed},
		{tenant.AllianceNumber, "٣٣٣", tenant.NumberMalformed}, // digits, but not ours
		{tenant.AllianceNumber, "99001-abc-S", tenant.NumberMalformed},
		{tenant.AllianceNumber, "P000123400", tenant.NumberMalformed},
		{tenant.AllianceNumber, "v000123400", tenant.NumberMisplaced},
		{tenant.Kundennummer, "A123A1234", tenant.NumberMalformed},
		{tenant.Kundennummer, "D123A12345", tenant.NumberMalformed}, // a letter that the BA does not use there
		{tenant.Kundennummer, "A123Z12345", tenant.NumberMalformed},
		{tenant.Kundennummer, "A123A12345A", tenant.NumberMalformed},
		{tenant.Kundennummer, " 99001 ", tenant.NumberMisplaced},
	} {
		if got, complaint := tenant.ReadNumber("/x", test.field, test.value); complaint == nil || complaint.Code != test.want || got != "" {
			t.Errorf("%q as %s: %q, %v; want %s", test.value, test.field, got, complaint, test.want.Name)
		}
	}
}
