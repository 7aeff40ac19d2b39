package posting

import (
	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// jobFields say what the job is (JobPositionInformation up to JobPositionDescription).
func jobFields() []field {
	rows := occupationFields(hrbaxml.JobPositionTitleCode, "/occupation", of(func(c *Content) *Occupation { return &c.Occupation }))
	return append(rows,
		groupField(hrbaxml.AlternativeJobPositionTitle, "/alternative_occupations",
			of(func(c *Content) *[]Occupation { return &c.AlternativeOccupations }),
			func(pointer string, member at[Occupation]) []field {
				return occupationFields(hrbaxml.AlternativeJobPositionTitleCode, pointer, member)
			}),
		lineField(hrbaxml.JobPositionTitleDescription, "/title", of(func(c *Content) *string { return &c.Title })),
		codeField(hrbaxml.JobOfferType, "/employment_type", offerTypes, of(func(c *Content) *EmploymentType { return &c.EmploymentType })),
		boolField(hrbaxml.SocialInsurance, "/social_insurance", of(func(c *Content) **bool { return &c.SocialInsurance })),
		codeField(hrbaxml.EducationType, "/apprenticeship/education", educations, inside(apprenticeOf, func(a *Apprentice) *Education { return &a.Education })),
		intField(hrbaxml.Course, "/apprenticeship/course", inside(apprenticeOf, func(a *Apprentice) **int { return &a.Course })),
		textField(hrbaxml.Objective, "/description", of(func(c *Content) *string { return &c.Description })),
		authorisationField(),
	)
}

// authorisationField says that the employer may train, which only matters for apprenticeships; the schema demands an answer from all.
func authorisationField() field {
	return field{
		id: hrbaxml.EducationAuthorisation, pointer: "/apprenticeship/not_authorised",
		get: func(s *source, _ int) string {
			return yesNo(s.EmploymentType == Apprenticeship && (s.Apprenticeship == nil || !s.Apprenticeship.NotAuthorised))
		},
		set: func(c *Content, _ int, value string) error {
			// The employment type comes before it in the schema.
			if c.EmploymentType == Apprenticeship && value == "0" {
				in(&c.Apprenticeship, true).NotAuthorised = true
			}
			return nil
		},
	}
}

// descriptionFields are places, ways to apply, working time, contract and pay (JobPositionDescription).
func descriptionFields() []field {
	apply := of(func(c *Content) *Apply { return &c.Apply })
	return []field{
		groupField(hrbaxml.Location, "/places", of(func(c *Content) *[]Place { return &c.Places }), placeFields),
		listField(hrbaxml.KindOfApplication, "/apply/ways", applicationKinds, inside(apply, func(a *Apply) *[]ApplyWay { return &a.Ways })),
		dateField(hrbaxml.ApplicationStartDate, "/apply/from", inside(apply, func(a *Apply) **calendar.Date { return &a.From })),
		dateField(hrbaxml.ApplicationEndDate, "/apply/until", inside(apply, func(a *Apply) **calendar.Date { return &a.Until })),
		textField(hrbaxml.ApplicationEnclosuresRequired, "/apply/documents", inside(apply, func(a *Apply) *string { return &a.Documents })),
		codeField(hrbaxml.Leadership, "/management/position", positions, inside(managementOf, func(m *Management) *ManagementPosition { return &m.Position })),
		boolField(hrbaxml.MiniJob, "/mini_job", of(func(c *Content) **bool { return &c.MiniJob })),
		decimalField(hrbaxml.ScheduleHoursPerWeek, "/working_time/hours_per_week", inside(workingTimeOf, func(w *WorkingTime) **float64 { return &w.HoursPerWeek })),
		listField(hrbaxml.ScheduleWorkingPlan, "/working_time/models", workingPlans, inside(workingTimeOf, func(w *WorkingTime) *[]WorkingTimeModel { return &w.Models })),
		textField(hrbaxml.ScheduleSummaryText, "/working_time/note", inside(workingTimeOf, func(w *WorkingTime) *string { return &w.Note })),
		intField(hrbaxml.DurationTermLength, "/contract/months", inside(contractOf, func(k *Contract) **int { return &k.Months })),
		dateField(hrbaxml.DurationTermDate, "/contract/until", inside(contractOf, func(k *Contract) **calendar.Date { return &k.Until })),
		codeField(hrbaxml.DurationTemporaryOrRegular, "/contract/term", termCodes, inside(contractOf, func(k *Contract) *ContractTerm { return &k.Term })),
		boolField(hrbaxml.DurationTakeOver, "/contract/take_over", inside(contractOf, func(k *Contract) **bool { return &k.TakeOver })),
		lineField(hrbaxml.CompensationSalary, "/pay/text", inside(payOf, func(p *Pay) *string { return &p.Text })),
		codeField(hrbaxml.CompensationDailyRate, "/artist/daily_rate", dailyRates, inside(artistOf, func(a *ArtistTerms) *DailyRate { return &a.DailyRate })),
		derived(hrbaxml.CompensationEmployerPayscaleBound, func(s *source) string {
			// Missing means not bound, so only the other answer is given.
			if s.Pay == nil || s.Pay.CollectiveAgreement == "" {
				return ""
			}
			return "1"
		}),
		lineField(hrbaxml.CompensationCollectiveAgreement, "/pay/collective_agreement", inside(payOf, func(p *Pay) *string { return &p.CollectiveAgreement })),
		insertOnly(lineField(hrbaxml.CompensationInternalCompensation, "/pay/for_placement", inside(payOf, func(p *Pay) *string { return &p.ForPlacement }))),
		boolField(hrbaxml.Housing, "/apprenticeship/housing", inside(apprenticeOf, func(a *Apprentice) **bool { return &a.Housing })),
	}
}

// insertOnly leaves an element out of changes: the BA takes it only when an ad is first sent (174).
func insertOnly(f field) field {
	get := f.get
	f.get = func(s *source, i int) string {
		if s.Envelope.Action == Update {
			return ""
		}
		return get(s, i)
	}
	return f
}

func placeFields(pointer string, member at[Place]) []field {
	return []field{
		lineField(hrbaxml.LocationCountryCode, pointer+"/country", inside(member, func(p *Place) *string { return &p.Country })),
		lineField(hrbaxml.LocationPostalCode, pointer+"/postal_code", inside(member, func(p *Place) *string { return &p.PostalCode })),
		regionField(hrbaxml.LocationRegion, pointer+"/region", inside(member, func(p *Place) *Region { return &p.Region })),
		lineField(hrbaxml.LocationMunicipality, pointer+"/town", inside(member, func(p *Place) *string { return &p.Town })),
		lineField(hrbaxml.LocationDistrict, pointer+"/district", inside(member, func(p *Place) *string { return &p.District })),
		lineField(hrbaxml.LocationAddressLine, pointer+"/line", inside(member, func(p *Place) *string { return &p.Line })),
		lineField(hrbaxml.LocationStreetName, pointer+"/street", inside(member, func(p *Place) *string { return &p.Street })),
	}
}

// endFields are what follows the requirements (JobPositionInformation from NumberToFill on).
func endFields() []field {
	return []field{
		numberField(hrbaxml.NumberToFill, "/openings", of(func(c *Content) *int { return &c.Openings })),
		startField(),
		dateField(hrbaxml.AssignmentEndDate, "/latest_start", of(func(c *Content) **calendar.Date { return &c.LatestStart })),
		codeField(hrbaxml.EmploymentType, "/staffing", staffings, of(func(c *Content) *Staffing { return &c.Staffing })),
	}
}

// startField is the earliest start: "immediately" is the day of sending, and so is a day that has passed.
func startField() field {
	return notBefore(convert(hrbaxml.AssignmentStartDate, "/start", of(func(c *Content) *Start { return &c.Start }),
		func(s Start) string { return s.On.String() },
		func(s string) (Start, error) {
			day, err := calendar.Parse(s)
			return Start{On: day}, err
		}))
}
