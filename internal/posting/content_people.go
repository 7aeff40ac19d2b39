package posting

import "github.com/stellwerk-hr/stellwerk/internal/calendar"

// Apply says how people apply (Application).
type Apply struct {
	// Ways are the accepted ways, at least one; each needs its part of the contact.
	Ways []ApplyWay `json:"ways"`
	// URL is the page of the online application, needed by ApplyOnline (JobContactWebSite).
	URL string `json:"url,omitempty"`
	// From and Until bound the time of application.
	From  *calendar.Date `json:"from,omitempty"`
	Until *calendar.Date `json:"until,omitempty"`
	// Documents lists what to send, at most 255 characters.
	Documents string `json:"documents,omitempty"`
	// Interview tells when and where people come who apply in person; only where that is the one way to apply.
	Interview *Interview `json:"interview,omitempty"`
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

// Interview is an appointment for applying in person (InterviewContact, InterviewLocation, Interview).
type Interview struct {
	Person *Person         `json:"person,omitempty"`
	Place  *InterviewPlace `json:"place,omitempty"`
	Date   *calendar.Date  `json:"date,omitempty"`
	// Time is a wall clock time, HH:MM.
	Time string `json:"time,omitempty"`
	Room string `json:"room,omitempty"`
	Note string `json:"note,omitempty"`
}

// InterviewPlace is where an interview takes place.
type InterviewPlace struct {
	// Name is the house or company.
	Name       string `json:"name,omitempty"`
	Country    string `json:"country,omitempty"`
	PostalCode string `json:"postal_code,omitempty"`
	Town       string `json:"town,omitempty"`
	Region     Region `json:"region,omitempty"`
	District   string `json:"district,omitempty"`
	Line       string `json:"line,omitempty"`
	Street     string `json:"street,omitempty"`
}

// Person is somebody with a name and ways to be reached.
type Person struct {
	Salutation Salutation `json:"salutation,omitempty"`
	// AcademicTitle is such as "Dr.", at most 15 characters.
	AcademicTitle string `json:"academic_title,omitempty"`
	GivenName     string `json:"given_name,omitempty"`
	// NamePrefix stands between the names, such as "von".
	NamePrefix string `json:"name_prefix,omitempty"`
	FamilyName string `json:"family_name,omitempty"`
	Position   string `json:"position,omitempty"`
	Phone      *Phone `json:"phone,omitempty"`
	Mobile     *Phone `json:"mobile,omitempty"`
	Fax        *Phone `json:"fax,omitempty"`
	Email      string `json:"email,omitempty"`
}

// Contact is the person or office that applicants turn to (PostedBy/Contact).
type Contact struct {
	Company string `json:"company,omitempty"`
	Person
	Address *Address `json:"address,omitempty"`
}

// Salutation is how a contact is addressed.
type Salutation string

// The salutations.
const (
	Mr     Salutation = "mr"
	Ms     Salutation = "ms"
	MrOrMs Salutation = "mr_or_ms"
)

// Phone is a telephone number in its parts, digits only (TelType).
type Phone struct {
	// Country is the country's code with a plus, such as +49.
	Country string `json:"country"`
	// Area is the area code without leading zero, such as 911.
	Area string `json:"area"`
	// Number is the rest, with the extension.
	Number string `json:"number"`
}

// Address is a postal address (AddressType): a street or a post office box.
type Address struct {
	Street        string `json:"street,omitempty"`
	PostOfficeBox string `json:"post_office_box,omitempty"`
	// Line is an addition to the address, such as a building.
	Line       string `json:"line,omitempty"`
	PostalCode string `json:"postal_code"`
	Town       string `json:"town"`
	District   string `json:"district,omitempty"`
	Region     Region `json:"region"`
	Country    string `json:"country"`
}

// EmployerDetail is what an ad says of the employer itself (HiringOrg). For employers that deliver their own ads the BA shows its own
// record instead; what is said here is for the BA's staff.
type EmployerDetail struct {
	// ProfileURL is a page about the employer, Homepage its web site.
	ProfileURL string       `json:"profile_url,omitempty"`
	Homepage   string       `json:"homepage,omitempty"`
	Size       EmployerSize `json:"size,omitempty"`
	// Industry is a code of the classification WZ 2008, such as 87.10.0.
	Industry string   `json:"industry,omitempty"`
	Person   *Person  `json:"person,omitempty"`
	Address  *Address `json:"address,omitempty"`
}

// EmployerSize is how many people an employer has (HiringOrgSize).
type EmployerSize string

// The sizes.
const (
	SizeUpTo5    EmployerSize = "up_to_5"
	SizeUpTo50   EmployerSize = "6_to_50"
	SizeUpTo500  EmployerSize = "51_to_500"
	SizeUpTo5000 EmployerSize = "501_to_5000"
	SizeUpTo50k  EmployerSize = "5001_to_50000"
	SizeOver50k  EmployerSize = "over_50000"
)
