package posting

// code pairs one of our words with the BA's code for it.
type code[E ~string] struct {
	word E
	ba   string
}

// toBA returns the BA's code for a word. An unknown word has none; the contract lets none in.
func toBA[E ~string](book []code[E], word E) string {
	for _, c := range book {
		if c.word == word {
			return c.ba
		}
	}
	return ""
}

// fromBA returns our word for one of the BA's codes.
func fromBA[E ~string](book []code[E], ba string) (E, bool) {
	for _, c := range book {
		if c.ba == ba {
			return c.word, true
		}
	}
	return "", false
}

// The BA's codes for our words, release P82; staffing and education are later ones.
var (
	offerTypes = []code[EmploymentType]{
		{Job, "1"},
		{SelfEmployed, "2"},
		{Apprenticeship, "4"},
		{Internship, "34"},
		{SkilledWorker, "36"},
		{Manager, "37"},
		{Helper, "38"},
		{Artist, "40"},
	}
	staffings  = []code[Staffing]{{NoStaffing, "0"}, {TempWork, "1"}, {PrivatePlacement, "2"}}
	educations = []code[Education]{{EducationApprenticeship, "0"}, {EducationDualStudy, "1"}}
	degrees    = []code[Degree]{
		{DegreeAny, "1"},
		{BachelorAcademy, "2"},
		{BachelorFH, "3"},
		{BachelorUni, "4"},
		{DiplomAcademy, "5"},
		{DiplomFH, "6"},
		{DiplomUni, "7"},
		{ChurchExam, "8"},
		{Magister, "9"},
		{MasterFH, "10"},
		{MasterUni, "11"},
		{Doctorate, "12"},
		{StateExam, "13"},
	}
	workingPlans = []code[WorkingTimeModel]{
		{FullTime, "1"},
		{PartTimeShift, "3"},
		{Weekend, "4"},
		{Night, "5"},
		{PartTimeMorning, "7"},
		{PartTimeAfternoon, "8"},
		{PartTimeEvening, "9"},
		{PartTimeFlexible, "10"},
		{HomeOffice, "11"},
		{Shift, "12"},
	}
	applicationKinds = []code[ApplyWay]{
		{ApplyByPhone, "1"},
		{ApplyByPost, "2"},
		{ApplyByEmail, "3"},
		{ApplyInPerson, "4"},
		{ApplyByForm, "5"},
		{ApplyOnline, "6"},
		{ApplyAtBA, "8"},
	}
	termCodes   = []code[ContractTerm]{{FixedTerm, "1"}, {Permanent, "2"}, {EitherTerm, "3"}}
	salutations = []code[Salutation]{{Mr, "1"}, {Ms, "2"}, {MrOrMs, "3"}}
	sizes       = []code[EmployerSize]{
		{SizeUpTo5, "1"}, {SizeUpTo50, "2"}, {SizeUpTo500, "3"}, {SizeUpTo5000, "4"}, {SizeUpTo50k, "5"}, {SizeOver50k, "6"},
	}
	dailyRates = []code[DailyRate]{
		{RateUpTo49, "1"},
		{RateUpTo199, "2"},
		{RateUpTo299, "3"},
		{RateUpTo499, "4"},
		{RateUpTo749, "5"},
		{RateUpTo999, "6"},
		{RateUpTo1499, "7"},
		{RateUpTo1999, "8"},
		{RateUpTo2999, "9"},
		{RateUpTo3999, "10"},
		{RateUpTo4999, "11"},
		{RateUpTo5999, "12"},
		{RateUpTo6999, "13"},
		{RateUpTo7999, "14"},
		{RateUpTo8999, "15"},
		{RateUpTo10k, "16"},
		{RateOver10k, "17"},
	}
	degreeMatches = []code[DegreeMatch]{{DegreeExactly, "1"}, {DegreeAtLeast, "2"}}
	positions     = []code[ManagementPosition]{
		{PositionNone, "1"},
		{PositionAny, "2"},
		{PositionTeam, "3"},
		{PositionDepartment, "4"},
		{PositionExecutive, "5"},
		{PositionStaff, "6"},
	}
	managementFields = []code[ManagementField]{{FieldTechnical, "1"}, {FieldCommercial, "2"}, {FieldBoth, "3"}}
	authorities      = []code[ManagementAuthority]{{Handlungsvollmacht, "1"}, {Prokura, "2"}, {Generalvollmacht, "3"}}
	leadershipSpans  = []code[ManagementExperience]{{ExperienceUpTo2, "1"}, {ExperienceUpTo5, "2"}, {ExperienceOver5, "3"}}
	budgets          = []code[ManagementBudget]{{BudgetUpTo1m, "1"}, {BudgetUpTo9m, "2"}, {BudgetUpTo49m, "3"}, {BudgetFrom50m, "4"}}
	employeeNumbers  = []code[ManagementEmployees]{
		{EmployeesUpTo9, "1"}, {EmployeesUpTo49, "2"}, {EmployeesUpTo499, "3"}, {EmployeesFrom500, "4"},
	}
	schoolEducations = []code[SchoolEducation]{
		{SchoolNone, "1"},
		{SchoolHauptschule, "2"},
		{SchoolMittlereReife, "3"},
		{SchoolFachhochschulreife, "4"},
		{SchoolFachabitur, "5"},
		{SchoolAbitur, "6"},
		{SchoolAppliedSciences, "7"},
		{SchoolUniversity, "9"},
		{SchoolSpecial, "11"},
		{SchoolQualifiedHauptschule, "12"},
		{SchoolLeftUpperClasses, "13"},
		{SchoolUniversityNoDegree, "14"},
		{SchoolAny, "15"},
	}
	languageLevels = []code[LanguageLevel]{
		{LanguageOptional, "0"}, {LanguageBasic, "1"}, {LanguageAdvanced, "2"}, {LanguageFluent, "3"}, {LanguageMandatory, "4"},
	}
	needs       = []code[Need]{{Desirable, "1"}, {Mandatory, "2"}}
	skillLevels = []code[SkillLevel]{{SkillBasic, "1"}, {SkillAdvanced, "2"}, {SkillExpert, "3"}, {SkillMandatory, "4"}}
	softSkills  = []code[SoftSkill]{
		{SoftAnalysis, "1"},
		{SoftQuickGrasp, "2"},
		{SoftDecisionMaking, "3"},
		{SoftHolisticThinking, "4"},
		{SoftOrganisation, "5"},
		{SoftResilience, "6"},
		{SoftInitiative, "7"},
		{SoftMotivation, "8"},
		{SoftIndependentWork, "9"},
		{SoftGoalOrientation, "10"},
		{SoftEmpathy, "11"},
		{SoftLeadership, "12"},
		{SoftCommunication, "13"},
		{SoftCustomerOrientation, "14"},
		{SoftTeamwork, "15"},
		{SoftFlexibility, "16"},
		{SoftCreativity, "17"},
		{SoftWillingnessToLearn, "18"},
		{SoftCare, "19"},
		{SoftReliability, "20"},
	}
	experiences  = []code[Experience]{{EntryLevel, "1"}, {Experienced, "2"}}
	travels      = []code[Travel]{{TravelNone, "1"}, {TravelSometimes, "2"}, {TravelUnrestricted, "3"}}
	disabilities = []code[Disability]{{SeverelyDisabledOnly, "1"}, {EverybodyWelcome, "2"}}
)
