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
	Occupation     Occupation     `json:"occupation"`
	// Title is the ad's headline; the BA takes 60 characters.
	Title string `json:"title"`
	// Description is the ad's text, plain with line breaks; the BA takes 30 to 4,000 characters.
	Description string `json:"description"`
	// Places are where the work is done, 1 to 10.
	Places []Place `json:"places"`
	// Openings is how many people are wanted, 1 to 999, and not fewer than there are places.
	Openings int   `json:"openings"`
	Start    Start `json:"start"`
	// SocialInsurance tells whether the work is subject to social insurance contributions. The BA needs it for every type but
	// self-employment and apprenticeships.
	SocialInsurance *bool        `json:"social_insurance,omitempty"`
	Publication     Publication  `json:"publication,omitzero"`
	WorkingTime     *WorkingTime `json:"working_time,omitempty"`
	Contract        *Contract    `json:"contract,omitempty"`
	Pay             *Pay         `json:"pay,omitempty"`
	Apply           Apply        `json:"apply"`
	Contact         *Contact     `json:"contact,omitempty"`
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

// Occupation names an entry of the BA's catalogue of occupations.
type Occupation struct {
	// ID is the catalogue's id, 3 to 7 digits (TitleCode); not the number of the occupation's classification (KldB).
	ID int `json:"id"`
}

// Place is one place of work.
type Place struct {
	// Country is an ISO 3166-1 alpha-2 code, such as DE.
	Country    string `json:"country"`
	PostalCode string `json:"postal_code,omitempty"`
	Town       string `json:"town,omitempty"`
	// Region is the German Land as ISO 3166-2, such as DE-BY.
	Region   Region `json:"region,omitempty"`
	District string `json:"district,omitempty"`
	// Street is the street with its number.
	Street string `json:"street,omitempty"`
}

// Region is a German Land as ISO 3166-2, such as DE-BY for Bavaria.
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
}

// Apply says how people apply (Application).
type Apply struct {
	// Ways are the accepted ways, at least one; each needs its part of the contact.
	Ways []ApplyWay `json:"ways"`
	// URL is the page of the online application, needed by ApplyOnline (JobContactWebSite).
	URL string `json:"url,omitempty"`
	// Documents lists what to send, at most 255 characters.
	Documents string `json:"documents,omitempty"`
}

// ApplyWay is a way to apply (KindOfApplication).
type ApplyWay string

// The ways to apply.
const (
	ApplyByPhone  ApplyWay = "phone"
	ApplyByPost   ApplyWay = "post"
	ApplyByEmail  ApplyWay = "email"
	ApplyInPerson ApplyWay = "in_person"
	ApplyByForm   ApplyWay = "own_form"
	ApplyOnline   ApplyWay = "online"
	ApplyAtBA     ApplyWay = "arbeitsagentur"
)

// Contact is the person or office that applicants turn to (PostedBy/Contact).
type Contact struct {
	Company    string     `json:"company,omitempty"`
	Salutation Salutation `json:"salutation,omitempty"`
	GivenName  string     `json:"given_name,omitempty"`
	FamilyName string     `json:"family_name,omitempty"`
	Position   string     `json:"position,omitempty"`
	Email      string     `json:"email,omitempty"`
	Phone      *Phone     `json:"phone,omitempty"`
	Address    *Address   `json:"address,omitempty"`
}

// Salutation is how a contact is addressed.
type Salutation string

// The salutations.
const (
	Mr     Salutation = "mr"
	Ms     Salutation = "ms"
	MrOrMs Salutation = "mr_or_ms"
)

// Phone is a telephone number in its parts, digits only.
type Phone struct {
	// Country is the country's code with a plus, such as +49.
	Country string `json:"country"`
	// Area is the area code without leading zero, such as 911.
	Area string `json:"area"`
	// Number is the rest, with the extension.
	Number string `json:"number"`
}

// Address is a postal address in Germany (AddressType).
type Address struct {
	Street     string `json:"street,omitempty"`
	PostalCode string `json:"postal_code"`
	Town       string `json:"town"`
	Region     Region `json:"region"`
	Country    string `json:"country"`
}
