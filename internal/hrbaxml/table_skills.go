package hrbaxml

// requirements is what applicants should bring.
func requirements() decl {
	return group("JobPositionRequirements", optional, "What applicants should bring.",
		group("QualificationsRequired", optional, "Qualifications.",
			education(),
			management(),
			group("LanguageQualifs", optional, "Languages.",
				group("Language", repeated, "One language.",
					field("LanguageName", once, catalogID, "Id of the language in the BA's skills catalogue."),
					field("LanguageLevel", once, coded(
						code("0", "not required"), code("1", "basic"), code("2", "advanced"), code("3", "fluent"), code("4", "mandatory"),
					), "Level of the language."),
				),
			).flat(),
			group("ProfessionalTrainingQualifs", optional, "Vocational training.",
				field("AdditionalInformation", optional, text(0, 200), "Anything else about training."),
				group("ProfessionalTraining", atMost(10), "One training.",
					group("Title", once, "The occupation of the training.", occupationFields()...),
				).as("ProfessionalTraining"),
			),
			group("Licences", optional, "Licences and certificates of the BA's catalogue.",
				group("Licence", repeated, "One licence.",
					field("LicenceName", once, catalogID, "Id of the licence in the BA's skills catalogue."),
					field("LicenceLevel", once, desired(), "How much it matters."),
				),
			).flat(),
			group("CertificationQualifs", optional, "Certificates in words.",
				group("Certification", oneUpTo(20), "One certificate.",
					field("CertificationName", once, text(1, 100), "Name of the certificate."),
					field("Description", optional, text(0, 255), "More about it."),
				),
			).flat(),
			skills(),
			mobility(),
		).flat(),
		field("ProfessionalExperience", optional, coded(code("1", "entry level"), code("2", "experienced")), "Experience in the occupation."),
		field("TravelRequired", optional, coded(code("1", "no"), code("2", "sometimes"), code("3", "without restriction")), "Readiness to travel."),
		field("Handicap", optional, coded(
			code("1", "for severely disabled people and their equals only"), code("2", "for everybody"),
		), "Whether the job is for severely disabled people."),
	).flat()
}

func desired() Value { return coded(code("1", "desirable"), code("2", "mandatory")) }

func education() decl {
	return group("EducationQualifs", optional, "School and university.",
		field("EduDegree", optional, coded(
			code("1", "none"), code("2", "Hauptschule"), code("3", "Mittlere Reife"), code("4", "Fachhochschulreife"), code("5", "Fachabitur"),
			code("6", "Abitur"), code("7", "university of applied sciences"), exported("8", "no meaning"), code("9", "university"),
			exported("10", "no meaning"), code("11", "special school"), code("12", "qualified Hauptschule"),
			code("13", "left after class 11, 12 or 13"), code("14", "university without a degree"), code("15", "not relevant"),
		), "Final examination."),
		field("EduDegreeRequired", optional, coded(code("1", "exactly"), code("2", "at least")), "How EduDegree is meant; apprenticeships only."),
		group("School", optional, "School marks, 1 is best; apprenticeships only.",
			field("SubjectGerman", optional, number(1, 6), "Lowest mark in German."),
			field("SubjectEnglish", optional, number(1, 6), "Lowest mark in English."),
			field("SubjectMaths", optional, number(1, 6), "Lowest mark in mathematics."),
			field("OtherSubjects", optional, text(0, 1000), "Further subjects."),
		).as("School"),
	).flat()
}

func management() decl {
	return group("ManagementQualifs", optional, "Experience in management.",
		field("LeadershipType", optional, coded(code("1", "technical"), code("2", "commercial"), code("3", "both")), "Kind of leadership."),
		field("Authority", optional, coded(code("1", "Handlungsvollmacht"), code("2", "Prokura"), code("3", "Generalvollmacht")), "Power to act for the company."),
		field("LeadershipEx", optional, coded(code("1", "up to 2 years"), code("2", "2 to 5 years"), code("3", "more than 5 years")), "Experience in leadership."),
		field("BudgetResp", optional, coded(
			code("1", "up to 1 million EUR a year"), code("2", "1 to 9 million EUR a year"), code("3", "10 to 49 million EUR a year"), code("4", "50 million EUR a year and more"),
		), "Responsibility for a budget."),
		field("EmployeeResp", optional, coded(
			code("1", "up to 9 people"), code("2", "10 to 49 people"), code("3", "50 to 499 people"), code("4", "500 people and more"),
		), "Responsibility for people."),
	).stemmed("Management")
}

func skills() decl {
	return group("SkillQualifs", optional, "Skills.",
		group("HardSkill", anyTimes, "One professional skill.",
			field("SkillName", once, catalogID, "Id of the skill in the BA's skills catalogue."),
			field("SkillLevel", once, coded(code("1", "basic"), code("2", "advanced"), code("3", "expert"), code("4", "mandatory")), "Level of the skill."),
		),
		group("SoftSkill", atMost(5), "One personal strength.",
			field("SkillName", once, coded(
				code("1", "analysis and problem solving"), code("2", "quick grasp"), code("3", "decision making"), code("4", "holistic thinking"),
				code("5", "organisation"), code("6", "resilience"), code("7", "initiative"), code("8", "motivation"), code("9", "independent work"),
				code("10", "goal orientation"), code("11", "empathy"), code("12", "leadership"), code("13", "communication"),
				code("14", "customer orientation"), code("15", "teamwork"), code("16", "flexibility"), code("17", "creativity"),
				code("18", "willingness to learn"), code("19", "care and precision"), code("20", "reliability"),
			), "The strength."),
		),
	).flat()
}

func mobility() decl {
	return group("Mobility", optional, "Driving licences and vehicles.",
		group("DrivingLicence", anyTimes, "One driving licence.",
			field("DrivingLicenceName", once, catalogID, "Id of the class in the BA's skills catalogue."),
			field("DrivingLicenceRequired", once, desired(), "How much it matters."),
		),
		group("Vehicle", optional, "Vehicles that applicants must have.",
			field("Car", optional, yesNo("no", "yes"), "A car."),
			field("Motorcycle", optional, yesNo("no", "yes"), "A motorcycle."),
			field("Truck", optional, yesNo("no", "yes"), "A lorry."),
			field("Omnibus", optional, yesNo("no", "yes"), "A bus."),
		),
	).flat()
}
