package posting

// Apprentice is what only apprenticeships and dual studies have.
type Apprentice struct {
	// Education tells an apprenticeship from dual study. It and Course are sent only in releases of the interface that know them.
	Education Education `json:"education,omitempty"`
	// Course is the catalogue's id of the course of dual study.
	Course *int `json:"course,omitempty"`
	// NotAuthorised says that the employer may not train in this occupation itself (EducationAuthorisation 0).
	NotAuthorised bool `json:"not_authorised,omitempty"`
	// Housing tells whether the employer offers a place to live.
	Housing *bool `json:"housing,omitempty"`
	// DegreeMatch says how the required school education is meant (EduDegreeRequired).
	DegreeMatch DegreeMatch `json:"degree_match,omitempty"`
	Grades      *Grades     `json:"grades,omitempty"`
}

// Education tells the kinds of apprenticeship apart (EducationType, after P82).
type Education string

// The kinds of apprenticeship.
const (
	EducationApprenticeship Education = "apprenticeship"
	EducationDualStudy      Education = "dual_study"
)

// DegreeMatch says how a required school education is meant.
type DegreeMatch string

// The matches.
const (
	DegreeExactly DegreeMatch = "exactly"
	DegreeAtLeast DegreeMatch = "at_least"
)

// Grades are the school grades that are wanted, 1 (best) to 6 (School).
type Grades struct {
	German  *int `json:"german,omitempty"`
	English *int `json:"english,omitempty"`
	Maths   *int `json:"maths,omitempty"`
	// Others names further subjects, at most 1,000 characters.
	Others string `json:"others,omitempty"`
}

// ArtistTerms is what only ads for artists have.
type ArtistTerms struct {
	DailyRate DailyRate `json:"daily_rate,omitempty"`
}

// DailyRate is a span of euros a day (DailyRate).
type DailyRate string

// The daily rates.
const (
	RateUpTo49   DailyRate = "up_to_49"
	RateUpTo199  DailyRate = "50_to_199"
	RateUpTo299  DailyRate = "200_to_299"
	RateUpTo499  DailyRate = "300_to_499"
	RateUpTo749  DailyRate = "500_to_749"
	RateUpTo999  DailyRate = "750_to_999"
	RateUpTo1499 DailyRate = "1000_to_1499"
	RateUpTo1999 DailyRate = "1500_to_1999"
	RateUpTo2999 DailyRate = "2000_to_2999"
	RateUpTo3999 DailyRate = "3000_to_3999"
	RateUpTo4999 DailyRate = "4000_to_4999"
	RateUpTo5999 DailyRate = "5000_to_5999"
	RateUpTo6999 DailyRate = "6000_to_6999"
	RateUpTo7999 DailyRate = "7000_to_7999"
	RateUpTo8999 DailyRate = "8000_to_8999"
	RateUpTo10k  DailyRate = "9000_to_10000"
	RateOver10k  DailyRate = "over_10000"
)

// Management is the responsibility that goes with the work (Leadership) and the experience in it that is wanted (ManagementQualifs).
type Management struct {
	Position   ManagementPosition   `json:"position,omitempty"`
	Field      ManagementField      `json:"field,omitempty"`
	Authority  ManagementAuthority  `json:"authority,omitempty"`
	Experience ManagementExperience `json:"experience,omitempty"`
	Budget     ManagementBudget     `json:"budget,omitempty"`
	Employees  ManagementEmployees  `json:"employees,omitempty"`
}

// ManagementPosition is the level of a position (Leadership).
type ManagementPosition string

// The positions.
const (
	PositionNone       ManagementPosition = "none"
	PositionAny        ManagementPosition = "all_levels"
	PositionTeam       ManagementPosition = "team"
	PositionDepartment ManagementPosition = "department"
	PositionExecutive  ManagementPosition = "executive"
	PositionStaff      ManagementPosition = "staff"
)

// ManagementField is a field of leadership (LeadershipType).
type ManagementField string

// The fields.
const (
	FieldTechnical  ManagementField = "technical"
	FieldCommercial ManagementField = "commercial"
	FieldBoth       ManagementField = "both"
)

// ManagementAuthority is a power of attorney (Authority).
type ManagementAuthority string

// The authorities, by their German legal names.
const (
	Handlungsvollmacht ManagementAuthority = "handlungsvollmacht"
	Prokura            ManagementAuthority = "prokura"
	Generalvollmacht   ManagementAuthority = "generalvollmacht"
)

// ManagementExperience is how long somebody has led (LeadershipEx).
type ManagementExperience string

// The spans of experience.
const (
	ExperienceUpTo2 ManagementExperience = "up_to_2_years"
	ExperienceUpTo5 ManagementExperience = "2_to_5_years"
	ExperienceOver5 ManagementExperience = "over_5_years"
)

// ManagementBudget is responsibility for a budget, millions of euros a year (BudgetResp).
type ManagementBudget string

// The budgets.
const (
	BudgetUpTo1m  ManagementBudget = "up_to_1m"
	BudgetUpTo9m  ManagementBudget = "1m_to_9m"
	BudgetUpTo49m ManagementBudget = "10m_to_49m"
	BudgetFrom50m ManagementBudget = "from_50m"
)

// ManagementEmployees is responsibility for people (EmployeeResp).
type ManagementEmployees string

// The numbers of people.
const (
	EmployeesUpTo9   ManagementEmployees = "up_to_9"
	EmployeesUpTo49  ManagementEmployees = "10_to_49"
	EmployeesUpTo499 ManagementEmployees = "50_to_499"
	EmployeesFrom500 ManagementEmployees = "from_500"
)
