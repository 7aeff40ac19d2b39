package posting

import (
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// requirementFields are what applicants should bring (JobPositionRequirements).
func requirementFields() []field {
	return slices.Concat(schoolFields(), managementFieldRows(), qualificationFields(), mobilityFields(), []field{
		codeField(hrbaxml.ProfessionalExperience, "/requirements/experience", experiences,
			inside(requirementsOf, func(r *Requirements) *Experience { return &r.Experience })),
		codeField(hrbaxml.TravelRequired, "/requirements/travel", travels,
			inside(requirementsOf, func(r *Requirements) *Travel { return &r.Travel })),
		codeField(hrbaxml.Handicap, "/requirements/disability", disabilities,
			inside(requirementsOf, func(r *Requirements) *Disability { return &r.Disability })),
	})
}

func schoolFields() []field {
	grades := optional(apprenticeOf, func(a *Apprentice) **Grades { return &a.Grades })
	return []field{
		codeField(hrbaxml.EduDegree, "/requirements/school_education", schoolEducations,
			inside(requirementsOf, func(r *Requirements) *SchoolEducation { return &r.SchoolEducation })),
		codeField(hrbaxml.EduDegreeRequired, "/apprenticeship/degree_match", degreeMatches,
			inside(apprenticeOf, func(a *Apprentice) *DegreeMatch { return &a.DegreeMatch })),
		intField(hrbaxml.SchoolSubjectGerman, "/apprenticeship/grades/german", inside(grades, func(g *Grades) **int { return &g.German })),
		intField(hrbaxml.SchoolSubjectEnglish, "/apprenticeship/grades/english", inside(grades, func(g *Grades) **int { return &g.English })),
		intField(hrbaxml.SchoolSubjectMaths, "/apprenticeship/grades/maths", inside(grades, func(g *Grades) **int { return &g.Maths })),
		textField(hrbaxml.SchoolOtherSubjects, "/apprenticeship/grades/others", inside(grades, func(g *Grades) *string { return &g.Others })),
	}
}

func managementFieldRows() []field {
	return []field{
		codeField(hrbaxml.ManagementLeadershipType, "/management/field", managementFields,
			inside(managementOf, func(m *Management) *ManagementField { return &m.Field })),
		codeField(hrbaxml.ManagementAuthority, "/management/authority", authorities,
			inside(managementOf, func(m *Management) *ManagementAuthority { return &m.Authority })),
		codeField(hrbaxml.ManagementLeadershipEx, "/management/experience", leadershipSpans,
			inside(managementOf, func(m *Management) *ManagementExperience { return &m.Experience })),
		codeField(hrbaxml.ManagementBudgetResp, "/management/budget", budgets,
			inside(managementOf, func(m *Management) *ManagementBudget { return &m.Budget })),
		codeField(hrbaxml.ManagementEmployeeResp, "/management/employees", employeeNumbers,
			inside(managementOf, func(m *Management) *ManagementEmployees { return &m.Employees })),
	}
}

func qualificationFields() []field {
	return []field{
		groupField(hrbaxml.Language, "/requirements/languages", inside(requirementsOf, func(r *Requirements) *[]Language { return &r.Languages }),
			func(pointer string, member at[Language]) []field {
				return []field{
					numberField(hrbaxml.LanguageName, pointer+"/id", inside(member, func(l *Language) *int { return &l.ID })),
					codeField(hrbaxml.LanguageLevel, pointer+"/level", languageLevels, inside(member, func(l *Language) *LanguageLevel { return &l.Level })),
				}
			}),
		textField(hrbaxml.ProfessionalTrainingQualifsAdditionalInformation, "/requirements/training_note",
			inside(requirementsOf, func(r *Requirements) *string { return &r.TrainingNote })),
		groupField(hrbaxml.ProfessionalTraining, "/requirements/trainings",
			inside(requirementsOf, func(r *Requirements) *[]Occupation { return &r.Trainings }),
			func(pointer string, member at[Occupation]) []field {
				return occupationFields(hrbaxml.ProfessionalTrainingTitleCode, pointer, member)
			}),
		groupField(hrbaxml.Licence, "/requirements/licences", inside(requirementsOf, func(r *Requirements) *[]Licence { return &r.Licences }),
			licenceFields(hrbaxml.LicenceName)),
		groupField(hrbaxml.Certification, "/requirements/certificates",
			inside(requirementsOf, func(r *Requirements) *[]CertificateWanted { return &r.Certificates }),
			func(pointer string, member at[CertificateWanted]) []field {
				return []field{
					lineField(hrbaxml.CertificationName, pointer+"/name", inside(member, func(w *CertificateWanted) *string { return &w.Name })),
					textField(hrbaxml.CertificationDescription, pointer+"/description", inside(member, func(w *CertificateWanted) *string { return &w.Description })),
				}
			}),
		groupField(hrbaxml.HardSkill, "/requirements/skills", inside(requirementsOf, func(r *Requirements) *[]Skill { return &r.Skills }),
			func(pointer string, member at[Skill]) []field {
				return []field{
					numberField(hrbaxml.HardSkillName, pointer+"/id", inside(member, func(k *Skill) *int { return &k.ID })),
					codeField(hrbaxml.HardSkillLevel, pointer+"/level", skillLevels, inside(member, func(k *Skill) *SkillLevel { return &k.Level })),
				}
			}),
		groupField(hrbaxml.SoftSkill, "/requirements/soft_skills", inside(requirementsOf, func(r *Requirements) *[]SoftSkill { return &r.SoftSkills }),
			func(pointer string, member at[SoftSkill]) []field {
				return []field{codeField(hrbaxml.SoftSkillName, pointer, softSkills, member)}
			}),
	}
}

// licenceFields are a licence with its need. name is the element of its id; the need's follows it.
func licenceFields(name hrbaxml.ID) func(string, at[Licence]) []field {
	return func(pointer string, member at[Licence]) []field {
		return []field{
			numberField(name, pointer+"/id", inside(member, func(l *Licence) *int { return &l.ID })),
			codeField(name+1, pointer+"/need", needs, inside(member, func(l *Licence) *Need { return &l.Need })),
		}
	}
}

// mobilityFields are driving licences and vehicles.
func mobilityFields() []field {
	rows := []field{
		groupField(hrbaxml.DrivingLicence, "/requirements/driving_licences",
			inside(requirementsOf, func(r *Requirements) *[]Licence { return &r.DrivingLicences }), licenceFields(hrbaxml.DrivingLicenceName)),
	}
	for _, v := range []struct {
		id      hrbaxml.ID
		vehicle Vehicle
	}{
		{hrbaxml.VehicleCar, Car}, {hrbaxml.VehicleMotorcycle, Motorcycle}, {hrbaxml.VehicleTruck, Truck}, {hrbaxml.VehicleOmnibus, Bus},
	} {
		rows = append(rows, vehicleField(v.id, v.vehicle))
	}
	return rows
}

// vehicleField is a vehicle that applicants need; one that they do not need is left out.
func vehicleField(id hrbaxml.ID, vehicle Vehicle) field {
	return field{
		id: id, pointer: "/requirements/vehicles",
		get: func(s *source, _ int) string {
			if s.Requirements == nil || !slices.Contains(s.Requirements.Vehicles, vehicle) {
				return ""
			}
			return "1"
		},
		set: func(c *Content, _ int, value string) error {
			if value == "1" {
				wanted := in(&c.Requirements, true)
				wanted.Vehicles = append(wanted.Vehicles, vehicle)
			}
			return nil
		},
	}
}
