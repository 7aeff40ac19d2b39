package posting

import (
	"fmt"
	"slices"
	"sync"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// Fixed values of every ad.
const (
	statusPublished = "1" // PostDetail/Status: under the employer's name
	statusAnonymous = "2" // PostDetail/Status: without it
	supplierOwn     = "5" // SupplierIndustrie: the deliverer is the employer itself
	// personnel is the family name that the BA accepts for an office, where the schema demands a name and none was given.
	personnel = "Personalabteilung"
	// stamp is the form of LastModificationDate.
	stamp = "2006-01-02T15:04:05-07:00"
)

// adFields are the elements of an ad in the order of the schema, each with the part of the content that it comes from: the one mapping
// between our model and HR-BA-XML (JobPositionPosting).
var adFields = sync.OnceValue(func() []field {
	return slices.Concat(headFields(), postDetailFields(), jobFields(), descriptionFields(), requirementFields(), endFields())
})

// The optional groups of a content.
func employerOf(c *Content, _ int, grow bool) *EmployerDetail { return in(&c.Employer, grow) }
func contactPlace(c *Content, _ int, grow bool) *Contact      { return in(&c.Contact, grow) }
func workingTimeOf(c *Content, _ int, grow bool) *WorkingTime { return in(&c.WorkingTime, grow) }
func contractOf(c *Content, _ int, grow bool) *Contract       { return in(&c.Contract, grow) }
func payOf(c *Content, _ int, grow bool) *Pay                 { return in(&c.Pay, grow) }
func apprenticeOf(c *Content, _ int, grow bool) *Apprentice   { return in(&c.Apprenticeship, grow) }
func artistOf(c *Content, _ int, grow bool) *ArtistTerms      { return in(&c.Artist, grow) }
func managementOf(c *Content, _ int, grow bool) *Management   { return in(&c.Management, grow) }
func requirementsOf(c *Content, _ int, grow bool) *Requirements {
	return in(&c.Requirements, grow)
}
func interviewOf(c *Content, _ int, grow bool) *Interview { return in(&c.Apply.Interview, grow) }

// of makes the place of a value that every content has.
func of[T any](get func(*Content) *T) at[T] {
	return func(c *Content, _ int, _ bool) *T { return get(c) }
}

// optional makes the place of an optional group inside another group.
func optional[G, T any](group at[G], get func(*G) **T) at[T] {
	return func(c *Content, i int, grow bool) *T {
		if found := group(c, i, grow); found != nil {
			return in(get(found), grow)
		}
		return nil
	}
}

// headFields are the ad's id and the employer (HiringOrg).
func headFields() []field {
	person := optional(employerOf, func(e *EmployerDetail) **Person { return &e.Person })
	rows := []field{
		derived(hrbaxml.PostingID, func(s *source) string { return s.Envelope.Reference }),
		lineField(hrbaxml.Boxnumber, "/internal_reference", of(func(c *Content) *string { return &c.InternalReference })),
		derived(hrbaxml.HiringOrgName, func(s *source) string { return s.Envelope.Employer }),
		derived(hrbaxml.HiringOrgID, func(s *source) string { return s.Envelope.Kundennummer }),
		addressField(hrbaxml.HiringOrgProfileWebSite, "/employer/profile_url", inside(employerOf, func(e *EmployerDetail) *string { return &e.ProfileURL })),
		codeField(hrbaxml.HiringOrgSize, "/employer/size", sizes, inside(employerOf, func(e *EmployerDetail) *EmployerSize { return &e.Size })),
		lineField(hrbaxml.HiringOrgIndustryNAICS, "/employer/industry", inside(employerOf, func(e *EmployerDetail) *string { return &e.Industry })),
	}
	names := nameFields(hrbaxml.HiringOrgContactSalutation, "/employer/person", person)
	rows = append(rows, withOffice(names)...)
	rows = append(rows, addressFields(hrbaxml.HiringOrgContactPostalAddressCountryCode, "/employer/address",
		optional(employerOf, func(e *EmployerDetail) **Address { return &e.Address }))...)
	rows = append(rows, phoneFields(personPhones{
		hrbaxml.HiringOrgContactVoiceNumberIntlCode, hrbaxml.HiringOrgContactMobilNumberIntlCode, hrbaxml.HiringOrgContactFaxNumberIntlCode,
	}, "/employer/person", person)...)
	return append(rows,
		addressField(hrbaxml.HiringOrgContactEMail, "/employer/person/email", inside(person, func(p *Person) *string { return &p.Email })),
		addressField(hrbaxml.HiringOrgContactGeneralWebSite, "/employer/homepage", inside(employerOf, func(e *EmployerDetail) *string { return &e.Homepage })),
	)
}

// withOffice gives the employer's contact the name of an office where it has none: the schema demands a family name.
func withOffice(names []field) []field {
	for i, f := range names {
		if f.id != hrbaxml.HiringOrgContactFamilyName {
			continue
		}
		names[i].get = func(s *source, n int) string {
			if name := f.get(s, n); name != "" {
				return name
			}
			return personnel
		}
		names[i].set = func(c *Content, n int, value string) error {
			if value == personnel {
				return nil
			}
			return f.set(c, n, value)
		}
	}
	return names
}

// postDetailFields say when and how the ad is published, and whom applicants turn to (PostDetail).
func postDetailFields() []field {
	person := inside(contactPlace, func(k *Contact) *Person { return &k.Person })
	rows := []field{
		notBefore(dateField(hrbaxml.PostDetailStartDate, "/publication/from", of(func(c *Content) **calendar.Date { return &c.Publication.From }))),
		endDateField(),
		derived(hrbaxml.PostDetailLastModificationDate, func(s *source) string { return s.Envelope.Modified.Format(stamp) }),
		convert(hrbaxml.PostDetailStatus, "/anonymous", of(func(c *Content) *bool { return &c.Anonymous }),
			func(anonymous bool) string {
				if anonymous {
					return statusAnonymous
				}
				return statusPublished
			}, readStatus),
		derived(hrbaxml.PostDetailAction, func(s *source) string { return map[Action]string{Insert: "1", Update: "2"}[s.Envelope.Action] }),
		derived(hrbaxml.PostDetailSupplierID, func(s *source) string { return s.Envelope.SupplierID }),
		derived(hrbaxml.PostDetailSupplierName, func(s *source) string { return s.Envelope.SupplierName }),
		derived(hrbaxml.PostDetailSupplierIndustrie, func(*source) string { return supplierOwn }),
		addressField(hrbaxml.PostDetailInternetReference, "/url", of(func(c *Content) *string { return &c.URL })),
		lineField(hrbaxml.PostedByContactCompany, "/contact/company", inside(contactPlace, func(k *Contact) *string { return &k.Company })),
	}
	rows = append(rows, nameFields(hrbaxml.PostedByContactSalutation, "/contact", person)...)
	rows = append(rows, addressFields(hrbaxml.PostedByContactPostalAddressCountryCode, "/contact/address",
		optional(contactPlace, func(k *Contact) **Address { return &k.Address }))...)
	rows = append(rows, phoneFields(personPhones{
		hrbaxml.PostedByContactVoiceNumberIntlCode, hrbaxml.PostedByContactMobilNumberIntlCode, hrbaxml.PostedByContactFaxNumberIntlCode,
	}, "/contact", person)...)
	rows = append(rows,
		addressField(hrbaxml.PostedByContactEMail, "/contact/email", inside(person, func(p *Person) *string { return &p.Email })),
		addressField(hrbaxml.PostedByContactJobContactWebSite, "/apply/url", of(func(c *Content) *string { return &c.Apply.URL })),
	)
	rows = append(rows, interviewFields()...)
	return append(rows,
		flagField(hrbaxml.PostDetailSupervisionDesired, "/placement_order", "0", of(func(c *Content) *bool { return &c.PlacementOrder })))
}

// readStatus tells whether an ad is anonymous. An ad that is not published, or that only the BA exports so, is none that can be sent again.
func readStatus(s string) (bool, error) {
	if s != statusPublished && s != statusAnonymous {
		return false, fmt.Errorf("status %q is not published", s)
	}
	return s == statusAnonymous, nil
}

// notBefore makes a day in the past today: the BA refuses passed days, and a file is written for the day on which it goes.
func notBefore(f field) field {
	get := f.get
	f.get = func(s *source, i int) string {
		today := s.Envelope.Today.String()
		// Dates of the form YYYY-MM-DD are in the order of their letters.
		return max(get(s, i), today)
	}
	return f
}

func endDateField() field {
	f := dateField(hrbaxml.PostDetailEndDate, "/publication/until", of(func(c *Content) **calendar.Date { return &c.Publication.Until }))
	f.get = func(s *source, _ int) string { return EndsOn(s.Content, s.Envelope.Today).String() }
	return f
}

func interviewFields() []field {
	person := optional(interviewOf, func(v *Interview) **Person { return &v.Person })
	place := optional(interviewOf, func(v *Interview) **InterviewPlace { return &v.Place })
	line := func(id hrbaxml.ID, name string, part func(*InterviewPlace) *string) field {
		return lineField(id, "/apply/interview/place/"+name, inside(place, part))
	}
	rows := nameFields(hrbaxml.InterviewContactSalutation, "/apply/interview/person", person)
	rows = append(rows, phoneFields(personPhones{
		hrbaxml.InterviewContactVoiceNumberIntlCode, hrbaxml.InterviewContactMobilNumberIntlCode, hrbaxml.InterviewContactFaxNumberIntlCode,
	}, "/apply/interview/person", person)...)
	return append(rows,
		addressField(hrbaxml.InterviewContactEMail, "/apply/interview/person/email", inside(person, func(p *Person) *string { return &p.Email })),
		line(hrbaxml.InterviewLocationName, "name", func(p *InterviewPlace) *string { return &p.Name }),
		line(hrbaxml.InterviewLocationCountryCode, "country", func(p *InterviewPlace) *string { return &p.Country }),
		line(hrbaxml.InterviewLocationPostalCode, "postal_code", func(p *InterviewPlace) *string { return &p.PostalCode }),
		regionField(hrbaxml.InterviewLocationRegion, "/apply/interview/place/region", inside(place, func(p *InterviewPlace) *Region { return &p.Region })),
		line(hrbaxml.InterviewLocationMunicipality, "town", func(p *InterviewPlace) *string { return &p.Town }),
		line(hrbaxml.InterviewLocationDistrict, "district", func(p *InterviewPlace) *string { return &p.District }),
		line(hrbaxml.InterviewLocationAddressLine, "line", func(p *InterviewPlace) *string { return &p.Line }),
		line(hrbaxml.InterviewLocationStreetName, "street", func(p *InterviewPlace) *string { return &p.Street }),
		dateField(hrbaxml.InterviewDate, "/apply/interview/date", inside(interviewOf, func(v *Interview) **calendar.Date { return &v.Date })),
		lineField(hrbaxml.InterviewTime, "/apply/interview/time", inside(interviewOf, func(v *Interview) *string { return &v.Time })),
		lineField(hrbaxml.InterviewRoomNumber, "/apply/interview/room", inside(interviewOf, func(v *Interview) *string { return &v.Room })),
		textField(hrbaxml.InterviewAdditionalInformation, "/apply/interview/note", inside(interviewOf, func(v *Interview) *string { return &v.Note })),
	)
}
