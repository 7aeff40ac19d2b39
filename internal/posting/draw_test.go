package posting

import (
	"reflect"
	"slices"

	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// drawContent draws any content that the schema permits, in the form in which it is read back: no empty groups, no "immediately".
func drawContent(t *rapid.T) Content {
	c := Content{
		EmploymentType: drawWord(t, "type", offerTypes), Staffing: drawMaybe(t, "staffing", staffings),
		Occupation: drawOccupation(t), Title: drawLine(t, 60), Description: drawText(t, 640), InternalReference: drawLine(t, 30),
		URL: drawURL(t), Anonymous: rapid.Bool().Draw(t, "anonymous"), PlacementOrder: rapid.Bool().Draw(t, "placement"),
		AlternativeOccupations: drawList(t, 2, drawOccupation),
		Places:                 append([]Place{drawPlace(t)}, drawList(t, 9, drawPlace)...),
		Openings:               rapid.IntRange(1, 999).Draw(t, "openings"), Start: Start{On: drawDay(t)}, LatestStart: drawOptional(t, drawDay),
		SocialInsurance: drawOptional(t, drawBool), MiniJob: drawOptional(t, drawBool),
		Publication: Publication{From: new(drawDay(t)), Until: new(drawDay(t))},
		WorkingTime: drawGroup(t, drawWorkingTime), Contract: drawGroup(t, drawContract), Pay: drawGroup(t, drawPay),
		Apprenticeship: drawGroup(t, drawApprentice), Artist: drawGroup(t, drawArtist), Management: drawGroup(t, drawManagement),
		Requirements: drawGroup(t, drawRequirements), Apply: drawApply(t), Contact: drawGroup(t, drawContact),
		Employer: drawGroup(t, drawEmployer),
	}
	if c.EmploymentType == Apprenticeship && rapid.Bool().Draw(t, "not authorised") {
		in(&c.Apprenticeship, true).NotAuthorised = true
	}
	return c
}

func drawWord[E ~string](t *rapid.T, label string, book []code[E]) E {
	return rapid.SampledFrom(book).Draw(t, label).word
}

func drawMaybe[E ~string](t *rapid.T, label string, book []code[E]) E {
	if !rapid.Bool().Draw(t, label+"?") {
		return ""
	}
	return drawWord(t, label, book)
}

func drawWords[E ~string](t *rapid.T, most int, book []code[E]) []E {
	drawn := rapid.SliceOfNDistinct(rapid.SampledFrom(book), 0, most, func(c code[E]) E { return c.word }).Draw(t, "words")
	var words []E
	for _, c := range drawn {
		words = append(words, c.word)
	}
	return words
}

func drawOptional[T any](t *rapid.T, draw func(*rapid.T) T) *T {
	if !rapid.Bool().Draw(t, "there?") {
		return nil
	}
	return new(draw(t))
}

// drawGroup draws an optional group; one without any value is as if it was missing.
func drawGroup[T any](t *rapid.T, draw func(*rapid.T) T) *T {
	group := drawOptional(t, draw)
	if group == nil || reflect.ValueOf(*group).IsZero() {
		return nil
	}
	return group
}

func drawList[T any](t *rapid.T, most int, draw func(*rapid.T) T) []T {
	var list []T
	for range rapid.IntRange(0, most).Draw(t, "length") {
		list = append(list, draw(t))
	}
	return list
}

func drawBool(t *rapid.T) bool { return rapid.Bool().Draw(t, "bool") }

// drawDay draws a day from the day of sending on: earlier ones become it.
func drawDay(t *rapid.T) calendar.Date {
	return testDay.AddDays(rapid.IntRange(0, 700).Draw(t, "days"))
}

// letters are what texts are made of; markup and entities are the business of PlainText's own tests.
var letters = []rune("abcXYZ äöüÄÖÜß 0123 .,:;-+()/*'\"€–<>&!?@# é漢😀")

// drawLine draws a line of at most n characters, which may be empty.
func drawLine(t *rapid.T, n int) string {
	drawn := rapid.SliceOfN(rapid.SampledFrom(letters), 0, n).Draw(t, "line")
	return singleLine(string(drawn))
}

// drawName draws a line that is not empty.
func drawName(t *rapid.T, n int) string { return "N" + drawLine(t, n-1) }

// drawText draws a text of at most n characters and several lines, which may be empty.
func drawText(t *rapid.T, n int) string {
	drawn := rapid.SliceOfN(rapid.SampledFrom(slices.Concat(letters, []rune("\n\n"))), 0, n).Draw(t, "text")
	return PlainText(string(drawn))
}

func drawURL(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "https://example.org/", "http://jobs.example.org/4711?a=b&copy=ä&lt;=1"}).Draw(t, "url")
}

func drawOccupation(t *rapid.T) Occupation {
	return Occupation{ID: rapid.IntRange(100, 9_999_999).Draw(t, "id"), Degree: drawMaybe(t, "degree", degrees)}
}

func drawRegion(t *rapid.T) Region {
	return Region(rapid.SampledFrom([]string{"DE-BY", "DE-HH", "DE-TH"}).Draw(t, "region"))
}

func drawPlace(t *rapid.T) Place {
	return Place{
		Country: "DE", PostalCode: "90402", Town: drawName(t, 35), Region: drawRegion(t), District: drawLine(t, 40), Line: drawLine(t, 30),
		Street: drawLine(t, 45),
	}
}

func drawWorkingTime(t *rapid.T) WorkingTime {
	return WorkingTime{
		HoursPerWeek: drawOptional(t, func(t *rapid.T) float64 { return float64(rapid.IntRange(100, 4800).Draw(t, "hours")) / 100 }),
		Models:       drawWords(t, 5, workingPlans), Note: drawText(t, 255),
	}
}

func drawContract(t *rapid.T) Contract {
	return Contract{
		Term: drawWord(t, "term", termCodes), Months: drawOptional(t, func(t *rapid.T) int { return rapid.IntRange(1, 120).Draw(t, "months") }),
		Until: drawOptional(t, drawDay), TakeOver: drawOptional(t, drawBool),
	}
}

func drawPay(t *rapid.T) Pay {
	return Pay{Text: drawLine(t, 100), CollectiveAgreement: drawLine(t, 100), ForPlacement: drawLine(t, 100)}
}

func drawApprentice(t *rapid.T) Apprentice {
	grade := func(t *rapid.T) int { return rapid.IntRange(1, 6).Draw(t, "grade") }
	return Apprentice{
		Education: drawMaybe(t, "education", educations), Course: drawOptional(t, func(t *rapid.T) int { return drawOccupation(t).ID }),
		Housing: drawOptional(t, drawBool), DegreeMatch: drawMaybe(t, "match", degreeMatches),
		Grades: drawGroup(t, func(t *rapid.T) Grades {
			return Grades{
				German: drawOptional(t, grade), English: drawOptional(t, grade), Maths: drawOptional(t, grade), Others: drawText(t, 200),
			}
		}),
	}
}

func drawArtist(t *rapid.T) ArtistTerms {
	return ArtistTerms{DailyRate: drawMaybe(t, "rate", dailyRates)}
}

func drawManagement(t *rapid.T) Management {
	return Management{
		Position: drawMaybe(t, "position", positions), Field: drawMaybe(t, "field", managementFields),
		Authority: drawMaybe(t, "authority", authorities), Experience: drawMaybe(t, "experience", leadershipSpans),
		Budget: drawMaybe(t, "budget", budgets), Employees: drawMaybe(t, "employees", employeeNumbers),
	}
}

func drawRequirements(t *rapid.T) Requirements {
	id := func(t *rapid.T) int { return rapid.IntRange(100, 999_999).Draw(t, "id") }
	licence := func(t *rapid.T) Licence { return Licence{ID: id(t), Need: drawWord(t, "need", needs)} }
	r := Requirements{
		SchoolEducation: drawMaybe(t, "school", schoolEducations), Trainings: drawList(t, 10, drawOccupation), TrainingNote: drawText(t, 200),
		Languages: drawList(t, 3, func(t *rapid.T) Language { return Language{ID: id(t), Level: drawWord(t, "level", languageLevels)} }),
		Licences:  drawList(t, 3, licence), DrivingLicences: drawList(t, 3, licence),
		Certificates: drawList(t, 3, func(t *rapid.T) CertificateWanted {
			return CertificateWanted{Name: drawName(t, 100), Description: drawText(t, 255)}
		}),
		Skills:     drawList(t, 3, func(t *rapid.T) Skill { return Skill{ID: id(t), Level: drawWord(t, "level", skillLevels)} }),
		SoftSkills: drawWords(t, 5, softSkills),
		Experience: drawMaybe(t, "experience", experiences), Travel: drawMaybe(t, "travel", travels),
		Disability: drawMaybe(t, "disability", disabilities),
	}
	for _, vehicle := range []Vehicle{Car, Motorcycle, Truck, Bus} {
		if drawBool(t) {
			r.Vehicles = append(r.Vehicles, vehicle)
		}
	}
	return r
}

func drawApply(t *rapid.T) Apply {
	return Apply{
		Ways: drawWords(t, 7, applicationKinds), URL: drawURL(t), From: drawOptional(t, drawDay), Until: drawOptional(t, drawDay),
		Documents: drawText(t, 255), Interview: drawGroup(t, drawInterview),
	}
}

func drawInterview(t *rapid.T) Interview {
	return Interview{
		Person: drawGroup(t, drawPerson), Date: drawOptional(t, drawDay), Time: rapid.SampledFrom([]string{"", "09:30"}).Draw(t, "time"),
		Room: drawLine(t, 25), Note: drawText(t, 100),
		Place: drawGroup(t, func(t *rapid.T) InterviewPlace {
			return InterviewPlace{
				Name: drawLine(t, 90), Country: "DE", PostalCode: "90402", Town: drawLine(t, 35), Region: drawRegion(t),
				District: drawLine(t, 40), Line: drawLine(t, 30), Street: drawLine(t, 45),
			}
		}),
	}
}

func drawPerson(t *rapid.T) Person {
	phone := func(t *rapid.T) Phone {
		digits := rapid.StringMatching(`[1-9][0-9]{1,8}`)
		return Phone{Country: "+49", Area: digits.Draw(t, "area"), Number: digits.Draw(t, "number")}
	}
	return Person{
		Salutation: drawMaybe(t, "salutation", salutations), AcademicTitle: drawLine(t, 15), GivenName: drawLine(t, 30),
		NamePrefix: drawLine(t, 30), FamilyName: drawName(t, 30), Position: drawLine(t, 40), Phone: drawOptional(t, phone),
		Mobile: drawOptional(t, phone), Fax: drawOptional(t, phone), Email: rapid.SampledFrom([]string{"", "jobs@example.org"}).Draw(t, "mail"),
	}
}

func drawAddress(t *rapid.T) Address {
	return Address{
		Street: drawLine(t, 45), PostOfficeBox: drawLine(t, 30), Line: drawLine(t, 30), PostalCode: "90402", Town: drawName(t, 35),
		District: drawLine(t, 40), Region: drawRegion(t), Country: "DE",
	}
}

func drawContact(t *rapid.T) Contact {
	return Contact{Company: drawLine(t, 90), Person: drawPerson(t), Address: drawOptional(t, drawAddress)}
}

func drawEmployer(t *rapid.T) EmployerDetail {
	return EmployerDetail{
		ProfileURL: drawURL(t), Homepage: drawURL(t), Size: drawMaybe(t, "size", sizes),
		Industry: rapid.SampledFrom([]string{"", "87.10.0", "78"}).Draw(t, "industry"),
		Person:   drawGroup(t, drawPerson), Address: drawOptional(t, drawAddress),
	}
}
