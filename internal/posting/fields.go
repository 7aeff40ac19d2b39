package posting

import (
	"strconv"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// The BA's codes for our words. An unknown word becomes no text, and the schema check then names the field.
var (
	offerTypes = map[EmploymentType]string{
		Job: "1", SelfEmployed: "2", Apprenticeship: "4", Internship: "34", SkilledWorker: "36", Manager: "37", Helper: "38", Artist: "40",
	}
	workingPlans = map[WorkingTimeModel]string{
		FullTime: "1", PartTimeShift: "3", Weekend: "4", Night: "5", PartTimeMorning: "7", PartTimeAfternoon: "8",
		PartTimeEvening: "9", PartTimeFlexible: "10", HomeOffice: "11", Shift: "12",
	}
	applicationKinds = map[ApplyWay]string{
		ApplyByPhone: "1", ApplyByPost: "2", ApplyByEmail: "3", ApplyInPerson: "4", ApplyByForm: "5", ApplyOnline: "6", ApplyAtBA: "8",
	}
	termCodes   = map[ContractTerm]string{FixedTerm: "1", Permanent: "2", EitherTerm: "3"}
	salutations = map[Salutation]string{Mr: "1", Ms: "2", MrOrMs: "3"}
	// regionCodes are the VAM codes of the German Länder, 1 to 16 in the order of their names.
	regionCodes = map[Region]string{
		"DE-BW": "1", "DE-BY": "2", "DE-BE": "3", "DE-BB": "4", "DE-HB": "5", "DE-HH": "6", "DE-HE": "7", "DE-MV": "8",
		"DE-NI": "9", "DE-NW": "10", "DE-RP": "11", "DE-SL": "12", "DE-SN": "13", "DE-ST": "14", "DE-SH": "15", "DE-TH": "16",
	}
)

// Fixed values of every ad.
const (
	statusPublished  = "1" // PostDetail/Status: published under the employer's name
	supplierEmployer = "5" // SupplierIndustrie: the deliverer is the employer itself
	publishOnly      = "0" // SupervisionDesired: no placement order
	// personnel is the family name that the BA accepts for an office, where the schema demands a name and none was given.
	personnel = "Personalabteilung"
)

// stamp is the form of LastModificationDate.
const stamp = "2006-01-02T15:04:05-07:00"

// adFields are the elements of an ad in the order of the schema, with the part of the content that each comes from: the one mapping
// between our model and HR-BA-XML (JobPositionPosting, release P82).
var adFields = []field{
	{id: hrbaxml.PostingID, value: func(s *source, _ int) string { return s.Reference }},
	{id: hrbaxml.HiringOrgName, value: func(s *source, _ int) string { return s.Employer }},
	{id: hrbaxml.HiringOrgID, value: func(s *source, _ int) string { return s.Kundennummer }},
	{id: hrbaxml.HiringOrgContactFamilyName, value: func(*source, int) string { return personnel }},

	{id: hrbaxml.PostDetailStartDate, pointer: "/publication/from", value: func(s *source, _ int) string {
		return notBefore(s.Today, s.Publication.From)
	}},
	{id: hrbaxml.PostDetailEndDate, pointer: "/publication/until", value: func(s *source, _ int) string {
		return EndsOn(s.Content, s.Today).String()
	}},
	{id: hrbaxml.PostDetailLastModificationDate, value: func(s *source, _ int) string { return s.Modified.Format(stamp) }},
	{id: hrbaxml.PostDetailStatus, value: func(*source, int) string { return statusPublished }},
	{id: hrbaxml.PostDetailAction, value: func(s *source, _ int) string {
		return map[Action]string{Insert: "1", Update: "2"}[s.Action]
	}},
	{id: hrbaxml.PostDetailSupplierID, value: func(s *source, _ int) string { return s.SupplierID }},
	{id: hrbaxml.PostDetailSupplierName, value: func(s *source, _ int) string { return s.SupplierName }},
	{id: hrbaxml.PostDetailSupplierIndustrie, value: func(*source, int) string { return supplierEmployer }},

	{id: hrbaxml.PostedByContactCompany, pointer: "/contact/company", value: func(s *source, _ int) string { return s.contact.Company }},
	{id: hrbaxml.PostedByContactSalutation, pointer: "/contact/salutation", value: func(s *source, _ int) string {
		return salutations[s.contact.Salutation]
	}},
	{id: hrbaxml.PostedByContactGivenName, pointer: "/contact/given_name", value: func(s *source, _ int) string { return s.contact.GivenName }},
	{id: hrbaxml.PostedByContactFamilyName, pointer: "/contact/family_name", value: func(s *source, _ int) string { return s.contact.FamilyName }},
	{id: hrbaxml.PostedByContactPositionTitle, pointer: "/contact/position", value: func(s *source, _ int) string { return s.contact.Position }},
	{id: hrbaxml.PostedByContactPostalAddressCountryCode, pointer: "/contact/address/country", value: address(func(a *Address) string { return a.Country })},
	{id: hrbaxml.PostedByContactPostalAddressPostalCode, pointer: "/contact/address/postal_code", value: address(func(a *Address) string { return a.PostalCode })},
	{id: hrbaxml.PostedByContactPostalAddressRegion, pointer: "/contact/address/region", value: address(func(a *Address) string { return regionCodes[a.Region] })},
	{id: hrbaxml.PostedByContactPostalAddressMunicipality, pointer: "/contact/address/town", value: address(func(a *Address) string { return a.Town })},
	{id: hrbaxml.PostedByContactPostalAddressStreetName, pointer: "/contact/address/street", value: address(func(a *Address) string { return a.Street })},
	{id: hrbaxml.PostedByContactVoiceNumberIntlCode, pointer: "/contact/phone/country", value: phone(func(p *Phone) string { return p.Country })},
	{id: hrbaxml.PostedByContactVoiceNumberAreaCode, pointer: "/contact/phone/area", value: phone(func(p *Phone) string { return p.Area })},
	{id: hrbaxml.PostedByContactVoiceNumberTelNumber, pointer: "/contact/phone/number", value: phone(func(p *Phone) string { return p.Number })},
	{id: hrbaxml.PostedByContactEMail, pointer: "/contact/email", value: func(s *source, _ int) string { return s.contact.Email }},
	{id: hrbaxml.PostedByContactJobContactWebSite, pointer: "/apply/url", value: func(s *source, _ int) string { return s.Apply.URL }},
	{id: hrbaxml.PostDetailSupervisionDesired, value: func(*source, int) string { return publishOnly }},

	{id: hrbaxml.JobPositionTitleCode, pointer: "/occupation/id", value: func(s *source, _ int) string { return strconv.Itoa(s.Occupation.ID) }},
	{id: hrbaxml.JobPositionTitleDescription, pointer: "/title", value: func(s *source, _ int) string { return s.Title }},
	{id: hrbaxml.JobOfferType, pointer: "/employment_type", value: func(s *source, _ int) string { return offerTypes[s.EmploymentType] }},
	{id: hrbaxml.SocialInsurance, pointer: "/social_insurance", value: func(s *source, _ int) string { return yesNo(s.SocialInsurance) }},
	{id: hrbaxml.Objective, pointer: "/description", value: func(s *source, _ int) string { return s.Description }},
	{id: hrbaxml.EducationAuthorisation, value: func(s *source, _ int) string {
		authorised := s.EmploymentType == Apprenticeship
		return yesNo(&authorised)
	}},
	{id: hrbaxml.Location, pointer: "/places/*", count: func(s *source) int { return len(s.Places) }, fields: []field{
		{id: hrbaxml.LocationCountryCode, pointer: "/places/*/country", value: place(func(p Place) string { return p.Country })},
		{id: hrbaxml.LocationPostalCode, pointer: "/places/*/postal_code", value: place(func(p Place) string { return p.PostalCode })},
		{id: hrbaxml.LocationRegion, pointer: "/places/*/region", value: place(func(p Place) string { return regionCodes[p.Region] })},
		{id: hrbaxml.LocationMunicipality, pointer: "/places/*/town", value: place(func(p Place) string { return p.Town })},
		{id: hrbaxml.LocationDistrict, pointer: "/places/*/district", value: place(func(p Place) string { return p.District })},
		{id: hrbaxml.LocationStreetName, pointer: "/places/*/street", value: place(func(p Place) string { return p.Street })},
	}},
	{id: hrbaxml.KindOfApplication, pointer: "/apply/ways/*", count: func(s *source) int { return len(s.Apply.Ways) }, value: func(s *source, i int) string {
		return applicationKinds[s.Apply.Ways[i]]
	}},
	{id: hrbaxml.ApplicationEnclosuresRequired, pointer: "/apply/documents", value: func(s *source, _ int) string { return s.Apply.Documents }},
	{id: hrbaxml.ScheduleHoursPerWeek, pointer: "/working_time/hours_per_week", value: schedule(func(w *WorkingTime) string {
		if w.HoursPerWeek == nil {
			return ""
		}
		return strconv.FormatFloat(*w.HoursPerWeek, 'f', -1, 64)
	})},
	{
		id: hrbaxml.ScheduleWorkingPlan, pointer: "/working_time/models/*",
		count: func(s *source) int {
			if s.WorkingTime == nil {
				return 0
			}
			return len(s.WorkingTime.Models)
		},
		value: func(s *source, i int) string { return workingPlans[s.WorkingTime.Models[i]] },
	},
	{id: hrbaxml.ScheduleSummaryText, pointer: "/working_time/note", value: schedule(func(w *WorkingTime) string { return w.Note })},
	{id: hrbaxml.DurationTermLength, pointer: "/contract/months", value: contract(func(c *Contract) string {
		if c.Months == nil {
			return ""
		}
		return strconv.Itoa(*c.Months)
	})},
	{id: hrbaxml.DurationTermDate, pointer: "/contract/until", value: contract(func(c *Contract) string {
		if c.Until == nil {
			return ""
		}
		return c.Until.String()
	})},
	{id: hrbaxml.DurationTemporaryOrRegular, pointer: "/contract/term", value: contract(func(c *Contract) string { return termCodes[c.Term] })},
	{id: hrbaxml.DurationTakeOver, pointer: "/contract/take_over", value: contract(func(c *Contract) string { return yesNo(c.TakeOver) })},
	{id: hrbaxml.CompensationSalary, pointer: "/pay/text", value: pay(func(p *Pay) string { return p.Text })},
	{id: hrbaxml.CompensationEmployerPayscaleBound, value: pay(func(p *Pay) string {
		bound := p.CollectiveAgreement != ""
		return yesNo(&bound)
	})},
	{id: hrbaxml.CompensationCollectiveAgreement, pointer: "/pay/collective_agreement", value: pay(func(p *Pay) string { return p.CollectiveAgreement })},

	{id: hrbaxml.NumberToFill, pointer: "/openings", value: func(s *source, _ int) string { return strconv.Itoa(s.Openings) }},
	{id: hrbaxml.AssignmentStartDate, pointer: "/start", value: func(s *source, _ int) string {
		if s.Start.Immediately {
			return s.Today.String()
		}
		return notBefore(s.Today, &s.Start.On)
	}},
}

// notBefore returns the wanted day, or today where it has passed or none is wanted: the BA refuses passed days.
func notBefore(today calendar.Date, wanted *calendar.Date) string {
	if wanted == nil || wanted.Before(today) {
		return today.String()
	}
	return wanted.String()
}

func yesNo(answer *bool) string {
	switch {
	case answer == nil:
		return ""
	case *answer:
		return "1"
	default:
		return "0"
	}
}

func place(get func(Place) string) func(*source, int) string {
	return func(s *source, i int) string { return get(s.Places[i]) }
}

// part makes the value of an optional group's field: empty where the group is missing.
func part[T any](of func(*source) *T, get func(*T) string) func(*source, int) string {
	return func(s *source, _ int) string {
		group := of(s)
		if group == nil {
			return ""
		}
		return get(group)
	}
}

func address(get func(*Address) string) func(*source, int) string {
	return part(func(s *source) *Address { return s.contact.Address }, get)
}

func phone(get func(*Phone) string) func(*source, int) string {
	return part(func(s *source) *Phone { return s.contact.Phone }, get)
}

func schedule(get func(*WorkingTime) string) func(*source, int) string {
	return part(func(s *source) *WorkingTime { return s.WorkingTime }, get)
}

func contract(get func(*Contract) string) func(*source, int) string {
	return part(func(s *source) *Contract { return s.Contract }, get)
}

func pay(get func(*Pay) string) func(*source, int) string {
	return part(func(s *source) *Pay { return s.Pay }, get)
}
