package hrbaxml

// jobInformation is the job itself.
func jobInformation() decl {
	return group("JobPositionInformation", once, "The job.",
		occupation("JobPositionTitle", once, "The occupation."),
		occupation("AlternativeJobPositionTitle", atMost(2), "A further occupation that suits the job; not for apprenticeships."),
		field("JobPositionTitleDescription", optional, text(0, 60), "Title of the ad."),
		field("JobOfferType", once, coded(
			code("1", "job"), code("2", "self-employed work"), code("4", "apprenticeship or dual study"), code("34", "internship or trainee post"),
			code("36", "skilled worker"), code("37", "manager"), code("38", "helper"), code("40", "artist"),
		), "Kind of employment; it can never be changed."),
		field("SocialInsurance", optional, yesNo("not subject to social insurance", "subject to social insurance"), "Social insurance; needed for most kinds of employment."),
		field("EducationType", optional, yesNo("apprenticeship", "dual study"), "Kind of training; only for JobOfferType 4.").later(),
		field("DegreeType", optional, Value{Kind: Integer}, "Degree of a dual study; its codes are not known.").later().unsent(),
		field("Course", optional, titleCode, "Course of a dual study, an occupation of the BA's catalogue; its place is assumed.").later(),
		field("Objective", optional, text(0, 4000), "Text of the ad, plain with line breaks; at least 30 characters."),
		field("EducationAuthorisation", once, yesNo("no", "yes"), "Whether the employer may train in the occupation; 0 unless JobOfferType is 4."),
		jobDescription(),
		requirements(),
		field("NumberToFill", once, number(0, 999), "Openings; at least as many as places of work."),
		field("AssignmentStartDate", once, date, "Earliest first day of work."),
		field("AssignmentEndDate", optional, date, "Latest first day of work, not the end of the contract."),
		field("EmploymentType", optional, coded(
			code("0", "neither"), code("1", "temporary agency work"), code("2", "private placement"),
		), "Staffing business; its place is assumed.").later(),
	).flat()
}

func occupation(name string, n occurs, doc string) decl {
	return group(name, n, doc, occupationFields()...)
}

func occupationFields() []decl {
	return []decl{
		field("TitleCode", once, titleCode, "Id of the occupation in the BA's catalogue, not its KldB code."),
		field("Degree", optional, coded(
			code("1", "not relevant"), code("2", "bachelor of a Berufsakademie"), code("3", "bachelor of a university of applied sciences"),
			code("4", "bachelor of a university"), code("5", "diploma of a Berufsakademie"), code("6", "diploma of a university of applied sciences"),
			code("7", "diploma of a university"), code("8", "church examination or licentiate"), code("9", "Magister"),
			code("10", "master of a university of applied sciences"), code("11", "master of a university"), code("12", "doctorate"),
			code("13", "state examination"),
		), "Degree, for academic occupations."),
	}
}

// jobDescription is where, when and for what pay the work is done.
func jobDescription() decl {
	return group("JobPositionDescription", once, "Places, ways to apply, working time, contract and pay.",
		group("JobPositionLocation", once, "The places of work.",
			group("Location", oneUpTo(10), "One place of work.",
				field("CountryCode", once, country, "Country, ISO 3166-1 alpha-2."),
				field("PostalCode", optional, text(1, 15), "Postal code."),
				field("Region", optional, region, "Region, a VAM code."),
				field("Municipality", optional, text(1, 35), "Town, spelled as the BA's address base spells it."),
				field("District", optional, text(0, 40), "Part of the town."),
				field("AddressLine", optional, text(0, 30), "Further details of the address."),
				field("StreetName", optional, text(0, 45), "Street and house number."),
			),
		).flat(),
		group("Application", optional, "How to apply.",
			field("KindOfApplication", anyTimes, coded(
				code("1", "by phone"), code("2", "by post"), code("3", "by e-mail"), code("4", "in person"),
				code("5", "with the company's own forms"), code("6", "on a web site"), code("8", "on arbeitsagentur.de"),
			), "A way to apply; each needs its part of the contact.").as("KindOfApplication"),
			field("ApplicationStartDate", optional, date, "First day to apply."),
			field("ApplicationEndDate", optional, date, "Last day to apply."),
			field("EnclosuresRequired", optional, text(0, 255), "Documents to enclose."),
		),
		field("Leadership", optional, coded(
			code("1", "none"), code("2", "all levels"), code("3", "lead of a team, project or group"),
			code("4", "head of a department or division"), code("5", "executive or head of a plant"), code("6", "staff function"),
		), "Responsibility for others."),
		field("MiniJob", optional, yesNo("no", "yes"), "Marginal employment."),
		group("Classification", optional, "Working time and contract.", schedule(), duration()).flat(),
		compensation(),
		field("Housing", optional, yesNo("no", "yes"), "Housing is provided; apprenticeships only."),
	).flat()
}

func schedule() decl {
	return group("Schedule", optional, "Working time.",
		field("HoursPerWeek", optional, Value{Kind: Decimal, Ranges: []Range{{1, 48}}, Fraction: 2}, "Hours a week, with a decimal point."),
		field("WorkingPlan", anyTimes, coded(
			code("1", "full time"), code("3", "part time in shifts"), code("4", "weekends"), code("5", "nights"), code("7", "part time, mornings"),
			code("8", "part time, afternoons"), code("9", "part time, evenings"), code("10", "part time, flexible"), code("11", "working from home"), code("12", "shifts"),
		), "A form of working time."),
		field("SummaryText", optional, text(0, 255), "Working time in words."),
	)
}

func duration() decl {
	return group("Duration", optional, "Duration of the contract.",
		field("TermLength", optional, number(1, 120), "Months of a fixed term."),
		field("TermDate", optional, date, "Last day of a fixed term."),
		field("TemporaryOrRegular", optional, coded(code("1", "fixed term"), code("2", "permanent"), code("3", "either")), "Whether the contract ends."),
		field("TakeOver", optional, yesNo("no", "yes"), "A permanent contract may follow."),
	)
}

func compensation() decl {
	return group("CompensationDescription", optional, "Pay.",
		field("Salary", optional, text(0, 100), "Pay in words, shown to applicants."),
		field("DailyRate", optional, coded(
			code("1", "up to 49 EUR"), code("2", "50 to 199 EUR"), code("3", "200 to 299 EUR"), code("4", "300 to 499 EUR"), code("5", "500 to 749 EUR"),
			code("6", "750 to 999 EUR"), code("7", "1,000 to 1,499 EUR"), code("8", "1,500 to 1,999 EUR"), code("9", "2,000 to 2,999 EUR"),
			code("10", "3,000 to 3,999 EUR"), code("11", "4,000 to 4,999 EUR"), code("12", "5,000 to 5,999 EUR"), code("13", "6,000 to 6,999 EUR"),
			code("14", "7,000 to 7,999 EUR"), code("15", "8,000 to 8,999 EUR"), code("16", "9,000 to 10,000 EUR"), code("17", "more than 10,000 EUR"),
		), "Pay for a day, artists only."),
		field("EmployerPayscaleBound", optional, yesNo("no", "yes"), "The employer is bound by a collective agreement."),
		field("CollectiveAgreement", optional, text(0, 100), "The collective agreement."),
		field("InternalCompensation", optional, text(0, 100), "Pay in words, for the BA's staff only."),
	).stemmed("Compensation")
}
