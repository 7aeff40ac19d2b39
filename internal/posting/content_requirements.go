package posting

// Requirements are what applicants should bring (JobPositionRequirements). Ids are those of the BA's catalogues.
type Requirements struct {
	SchoolEducation SchoolEducation `json:"school_education,omitempty"`
	Languages       []Language      `json:"languages,omitempty"`
	// Trainings are occupations of the kind training that applicants have completed, at most 10.
	Trainings []Occupation `json:"trainings,omitempty"`
	// TrainingNote says more about them, at most 200 characters.
	TrainingNote string    `json:"training_note,omitempty"`
	Licences     []Licence `json:"licences,omitempty"`
	// Certificates are free text, at most 20.
	Certificates []CertificateWanted `json:"certificates,omitempty"`
	Skills       []Skill             `json:"skills,omitempty"`
	// SoftSkills are at most 5.
	SoftSkills      []SoftSkill `json:"soft_skills,omitempty"`
	DrivingLicences []Licence   `json:"driving_licences,omitempty"`
	// Vehicles are those of their own that applicants need.
	Vehicles   []Vehicle  `json:"vehicles,omitempty"`
	Experience Experience `json:"experience,omitempty"`
	Travel     Travel     `json:"travel,omitempty"`
	Disability Disability `json:"disability,omitempty"`
}

// SchoolEducation is a school leaving certificate (EduDegree).
type SchoolEducation string

// The school leaving certificates, by their German names where English has none.
const (
	SchoolNone                 SchoolEducation = "none"
	SchoolHauptschule          SchoolEducation = "hauptschule"
	SchoolMittlereReife        SchoolEducation = "mittlere_reife"
	SchoolFachhochschulreife   SchoolEducation = "fachhochschulreife"
	SchoolFachabitur           SchoolEducation = "fachabitur"
	SchoolAbitur               SchoolEducation = "abitur"
	SchoolAppliedSciences      SchoolEducation = "applied_sciences_degree"
	SchoolUniversity           SchoolEducation = "university_degree"
	SchoolSpecial              SchoolEducation = "special_school"
	SchoolQualifiedHauptschule SchoolEducation = "qualified_hauptschule"
	SchoolLeftUpperClasses     SchoolEducation = "left_class_11_to_13"
	SchoolUniversityNoDegree   SchoolEducation = "university_without_degree"
	SchoolAny                  SchoolEducation = "any"
)

// Language is a language of the catalogue with its level.
type Language struct {
	ID    int           `json:"id"`
	Level LanguageLevel `json:"level"`
}

// LanguageLevel is how well a language is to be known (LanguageLevel).
type LanguageLevel string

// The levels of languages.
const (
	LanguageOptional  LanguageLevel = "not_required"
	LanguageBasic     LanguageLevel = "basic"
	LanguageAdvanced  LanguageLevel = "advanced"
	LanguageFluent    LanguageLevel = "fluent"
	LanguageMandatory LanguageLevel = "mandatory"
)

// Licence is a licence, or driving licence, of the catalogue.
type Licence struct {
	ID   int  `json:"id"`
	Need Need `json:"need"`
}

// Need says how much something is needed.
type Need string

// The needs.
const (
	Desirable Need = "desirable"
	Mandatory Need = "mandatory"
)

// CertificateWanted is a certificate in free text.
type CertificateWanted struct {
	// Name has 1 to 100 characters, Description at most 255.
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
}

// Skill is a skill of the catalogue with its level (HardSkill).
type Skill struct {
	ID    int        `json:"id"`
	Level SkillLevel `json:"level"`
}

// SkillLevel is how well a skill is to be mastered (SkillLevel).
type SkillLevel string

// The levels of skills.
const (
	SkillBasic     SkillLevel = "basic"
	SkillAdvanced  SkillLevel = "advanced"
	SkillExpert    SkillLevel = "expert"
	SkillMandatory SkillLevel = "mandatory"
)

// SoftSkill is a personal strength (SoftSkill).
type SoftSkill string

// The soft skills, in the order of the BA's numbers.
const (
	SoftAnalysis            SoftSkill = "analysis_problem_solving"
	SoftQuickGrasp          SoftSkill = "quick_grasp"
	SoftDecisionMaking      SoftSkill = "decision_making"
	SoftHolisticThinking    SoftSkill = "holistic_thinking"
	SoftOrganisation        SoftSkill = "organisation"
	SoftResilience          SoftSkill = "resilience"
	SoftInitiative          SoftSkill = "initiative"
	SoftMotivation          SoftSkill = "motivation"
	SoftIndependentWork     SoftSkill = "independent_work"
	SoftGoalOrientation     SoftSkill = "goal_orientation"
	SoftEmpathy             SoftSkill = "empathy"
	SoftLeadership          SoftSkill = "leadership"
	SoftCommunication       SoftSkill = "communication"
	SoftCustomerOrientation SoftSkill = "customer_orientation"
	SoftTeamwork            SoftSkill = "teamwork"
	SoftFlexibility         SoftSkill = "flexibility"
	SoftCreativity          SoftSkill = "creativity"
	SoftWillingnessToLearn  SoftSkill = "willingness_to_learn"
	SoftCare                SoftSkill = "care_precision"
	SoftReliability         SoftSkill = "reliability"
)

// Vehicle is a vehicle of one's own (Mobility/Vehicle).
type Vehicle string

// The vehicles.
const (
	Car        Vehicle = "car"
	Motorcycle Vehicle = "motorcycle"
	Truck      Vehicle = "truck"
	Bus        Vehicle = "bus"
)

// Experience is professional experience (ProfessionalExperience).
type Experience string

// The kinds of experience.
const (
	EntryLevel  Experience = "entry_level"
	Experienced Experience = "experienced"
)

// Travel is readiness to travel (TravelRequired).
type Travel string

// The kinds of travel.
const (
	TravelNone         Travel = "none"
	TravelSometimes    Travel = "sometimes"
	TravelUnrestricted Travel = "unrestricted"
)

// Disability says for whom a position is meant (Handicap).
type Disability string

// The kinds.
const (
	SeverelyDisabledOnly Disability = "severely_disabled_only"
	EverybodyWelcome     Disability = "everybody"
)
