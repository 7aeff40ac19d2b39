// Package posting keeps job ads: their content in revisions, the wish to publish, and where each stands at the BA.
package posting

import (
	"encoding/json"
	"fmt"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// Content is everything that an employer says in one job ad, in the field's own words; it knows none of the BA's numbers. It is the
// only type of an ad's content: the API reads and writes it and the database keeps it as JSON, one per revision.
type Content struct {
	EmploymentType EmploymentType `json:"employment_type"`
	// Staffing marks ads of temporary employment agencies and private placement services.
	Staffing   Staffing   `json:"staffing,omitempty"`
	Occupation Occupation `json:"occupation"`
	// AlternativeOccupations are up to two more occupations that fit; none for apprenticeships.
	AlternativeOccupations []Occupation `json:"alternative_occupations,omitempty"`
	// Title is the ad's headline; the BA takes 60 characters.
	Title string `json:"title"`
	// Description is the ad's text, plain with line breaks, or HTML, which becomes plain text; the BA takes 30 to 4,000 characters.
	Description string `json:"description"`
	// InternalReference is the employer's own number, shown to the BA's staff (Boxnumber).
	InternalReference string `json:"internal_reference,omitempty"`
	// URL is the ad's page on the employer's own site (InternetReference).
	URL string `json:"url,omitempty"`
	// Anonymous hides the employer's name from applicants; the ad itself must not give it away either.
	Anonymous bool `json:"anonymous,omitempty"`
	// PlacementOrder asks the BA's local employer service to propose applicants (SupervisionDesired).
	PlacementOrder bool `json:"placement_order,omitempty"`
	// Places are where the work is done, 1 to 10.
	Places []Place `json:"places"`
	// Openings is how many people are wanted, 1 to 999, and not fewer than there are places.
	Openings int   `json:"openings"`
	Start    Start `json:"start"`
	// LatestStart is the last possible first day of work (AssignmentEndDate).
	LatestStart *calendar.Date `json:"latest_start,omitempty"`
	// SocialInsurance tells whether the work is subject to social insurance contributions. The BA needs it for every type but
	// self-employment and apprenticeships.
	SocialInsurance *bool `json:"social_insurance,omitempty"`
	// MiniJob marks marginal employment.
	MiniJob        *bool           `json:"mini_job,omitempty"`
	Publication    Publication     `json:"publication,omitzero"`
	WorkingTime    *WorkingTime    `json:"working_time,omitempty"`
	Contract       *Contract       `json:"contract,omitempty"`
	Pay            *Pay            `json:"pay,omitempty"`
	Apprenticeship *Apprentice     `json:"apprenticeship,omitempty"`
	Artist         *ArtistTerms    `json:"artist,omitempty"`
	Management     *Management     `json:"management,omitempty"`
	Requirements   *Requirements   `json:"requirements,omitempty"`
	Apply          Apply           `json:"apply"`
	Contact        *Contact        `json:"contact,omitempty"`
	Employer       *EmployerDetail `json:"employer,omitempty"`
}

// EmploymentType says what kind of work an ad offers (JobOfferType).
type EmploymentType string

// The employment types.
const (
	Job            EmploymentType = "job"
	SelfEmployed   EmploymentType = "self_employed"
	Apprenticeship EmploymentType = "apprenticeship"
	Internship     EmploymentType = "internship"
	SkilledWorker  EmploymentType = "skilled_worker"
	Manager        EmploymentType = "manager"
	Helper         EmploymentType = "helper"
	Artist         EmploymentType = "artist"
)

// Staffing says whether the employer lends or places workers. It is kept and checked, and sent only in releases of the interface that know
// it (EmploymentType, after P82).
type Staffing string

// The kinds of staffing.
const (
	NoStaffing       Staffing = "none"
	TempWork         Staffing = "temp_work"
	PrivatePlacement Staffing = "private_placement"
)

// Occupation names an entry of the BA's catalogue of occupations.
type Occupation struct {
	// ID is the catalogue's id, 3 to 7 digits (TitleCode); not the number of the occupation's classification (KldB).
	ID int `json:"id"`
	// Degree is the academic degree, for academic occupations only.
	Degree Degree `json:"degree,omitempty"`
}

// Degree is an academic degree (Degree). BA, FH and university are the kinds of institution that the BA tells apart.
type Degree string

// The degrees.
const (
	DegreeAny       Degree = "any"
	BachelorAcademy Degree = "bachelor_academy"
	BachelorFH      Degree = "bachelor_applied_sciences"
	BachelorUni     Degree = "bachelor_university"
	DiplomAcademy   Degree = "diplom_academy"
	DiplomFH        Degree = "diplom_applied_sciences"
	DiplomUni       Degree = "diplom_university"
	ChurchExam      Degree = "church_examination"
	Magister        Degree = "magister"
	MasterFH        Degree = "master_applied_sciences"
	MasterUni       Degree = "master_university"
	Doctorate       Degree = "doctorate"
	StateExam       Degree = "state_examination"
)

// Place is one place of work.
type Place struct {
	// Country is an ISO 3166-1 alpha-2 code, such as DE.
	Country    string `json:"country"`
	PostalCode string `json:"postal_code,omitempty"`
	Town       string `json:"town,omitempty"`
	// Region is a key of the catalogue of regions; a German Land is its ISO 3166-2 code, such as DE-BY.
	Region   Region `json:"region,omitempty"`
	District string `json:"district,omitempty"`
	// Line is an addition to the address, such as a building.
	Line string `json:"line,omitempty"`
	// Street is the street with its number.
	Street string `json:"street,omitempty"`
}

// Region is a key of the catalogue of regions, such as DE-BY for Bavaria or AT-wien for Vienna.
type Region string

// Start is the earliest first day of work: a date, or at once.
type Start struct {
	// Immediately means the day on which a file is sent.
	Immediately bool
	// On is the date otherwise.
	On calendar.Date
}

// immediately is how Start says "at once" in JSON.
const immediately = "immediately"

// MarshalJSON writes "immediately" or a date.
func (s Start) MarshalJSON() ([]byte, error) {
	if s.Immediately {
		return json.Marshal(immediately)
	}
	return json.Marshal(s.On)
}

// UnmarshalJSON reads "immediately" or a date.
func (s *Start) UnmarshalJSON(raw []byte) error {
	var words string
	if err := json.Unmarshal(raw, &words); err != nil {
		return fmt.Errorf("start must be %q or a date", immediately)
	}
	if words == immediately {
		*s = Start{Immediately: true}
		return nil
	}
	day, err := calendar.Parse(words)
	if err != nil {
		return fmt.Errorf("start must be %q or a date: %w", immediately, err)
	}
	*s = Start{On: day}
	return nil
}

// Publication says when the ad is to be seen.
type Publication struct {
	// From is the first day; without it the ad goes at once.
	From *calendar.Date `json:"from,omitempty"`
	// Until is the last day, at most two years ahead; without it the ad is renewed for as long as it is wanted.
	Until *calendar.Date `json:"until,omitempty"`
}

// WorkingTime says when and how much work is done (Classification/Schedule).
type WorkingTime struct {
	// HoursPerWeek is 1 to 48, with at most two decimals.
	HoursPerWeek *float64           `json:"hours_per_week,omitempty"`
	Models       []WorkingTimeModel `json:"models,omitempty"`
	// Note is free text, at most 255 characters.
	Note string `json:"note,omitempty"`
}

// WorkingTimeModel is a way of arranging working time (WorkingPlan).
type WorkingTimeModel string

// The working time models.
const (
	FullTime          WorkingTimeModel = "full_time"
	PartTimeShift     WorkingTimeModel = "part_time_shift"
	Weekend           WorkingTimeModel = "weekend"
	Night             WorkingTimeModel = "night"
	PartTimeMorning   WorkingTimeModel = "part_time_morning"
	PartTimeAfternoon WorkingTimeModel = "part_time_afternoon"
	PartTimeEvening   WorkingTimeModel = "part_time_evening"
	PartTimeFlexible  WorkingTimeModel = "part_time_flexible"
	HomeOffice        WorkingTimeModel = "home_office"
	Shift             WorkingTimeModel = "shift"
)

// Contract says how long the employment lasts (Classification/Duration).
type Contract struct {
	Term ContractTerm `json:"term"`
	// Months is the length of a fixed term, 1 to 120. A fixed term has either Months or Until.
	Months *int `json:"months,omitempty"`
	// Until is the last day of a fixed term, at most ten years ahead.
	Until *calendar.Date `json:"until,omitempty"`
	// TakeOver tells whether permanent employment may follow a fixed term.
	TakeOver *bool `json:"take_over,omitempty"`
}

// ContractTerm says whether employment ends by itself (TemporaryOrRegular).
type ContractTerm string

// The contract terms.
const (
	FixedTerm  ContractTerm = "fixed_term"
	Permanent  ContractTerm = "permanent"
	EitherTerm ContractTerm = "either"
)

// Pay says what is paid (CompensationDescription).
type Pay struct {
	// Text is shown to applicants, at most 100 characters, such as "3.600 bis 4.200 EUR brutto im Monat".
	Text string `json:"text,omitempty"`
	// CollectiveAgreement names the agreement that binds the pay, at most 100 characters, such as "TVöD-P".
	CollectiveAgreement string `json:"collective_agreement,omitempty"`
	// ForPlacement is told to the BA's staff only, with a placement order and no collective agreement (InternalCompensation).
	ForPlacement string `json:"for_placement,omitempty"`
}
