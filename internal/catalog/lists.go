package catalog

import (
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Region is an entry of the BA's list of regions (VAM): the German Länder and parts of other European countries.
type Region struct {
	// Key is ours: ISO 3166-2 for the German Länder, such as DE-BY; the country and the name in ASCII for the others, such as AT-wien;
	// OTHER for every region that is not in the list. It never changes.
	Key string
	// Code is the BA's number.
	Code int
	// Name is the BA's name, mostly in the region's own language.
	Name string
	// Country is the region's country, ISO 3166-1 alpha-2; empty for OTHER.
	Country string
}

// OtherRegion is the key of the region for all places that the list does not name.
const OtherRegion = "OTHER"

// Country is a country that the BA knows.
type Country struct {
	// Code is ISO 3166-1 alpha-2. The BA's list is an old one: it still has CS and lacks the countries that came after it.
	Code   string
	NameDE string
	NameEN string
}

// SoftSkill is a personal strength that an ad may ask for.
type SoftSkill struct {
	// Key is ours, English in snake_case. It never changes.
	Key string
	// Code is the BA's number, 1 to 20.
	Code int
	Name text.Text
}

// Entry is a language, licence or driving licence of the BA's catalogue of skills.
type Entry struct {
	ID int
	// Key is ours and never changes. Driving licences that many know have one, mostly their class: B, C1E, forklift. It is empty for
	// all others.
	Key string
	// Name is the BA's, in German.
	Name string
}

// Regions returns all regions by their code.
func Regions() []Region { return slices.Clone(regions()) }

// Countries returns all countries by their code.
func Countries() []Country { return slices.Clone(countries()) }

// SoftSkills returns all soft skills by their code.
func SoftSkills() []SoftSkill { return slices.Clone(softSkills()) }

// Languages returns all languages by their id (group K 11 of the skills).
func Languages() []Entry { return slices.Clone(languages()) }

// Licences returns all licences that are not for driving, by their id (group K 14 of the skills).
func Licences() []Entry { return slices.Clone(licences()) }

// DrivingLicences returns all driving licences by their id (group K 1400 of the skills).
func DrivingLicences() []Entry { return slices.Clone(drivingLicences()) }
