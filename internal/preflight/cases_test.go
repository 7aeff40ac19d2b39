package preflight_test

import (
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
)

// casesOfRule are the ads of one rule.
type casesOfRule struct{ pass, breaks []ruleCase }

// ruleCases are the cases of all rules that can be judged here, by the BA's code. What must come out follows from the BA's list, not from the code.
func ruleCases(t *testing.T) map[string]casesOfRule {
	t.Helper()
	all := map[string]casesOfRule{}
	for prefix, group := range map[string]map[string]casesOfRule{
		"FLR_DataStore_": storeCases(), "FLR_Stellverw_": {"868": boxCases()}, "FLR_JCValid_": identityCases(),
	} {
		for number, cases := range group {
			all[prefix+number] = cases
		}
	}
	for _, group := range []map[string]casesOfRule{
		dateCases(), addressCases(), contactCases(), occupationCases(), workCases(), payCases(), requirementCases(), skillCases(t),
	} {
		for number, cases := range group {
			all["FLR_JCValid_"+number] = cases
		}
	}
	return all
}

func storeCases() map[string]casesOfRule {
	return map[string]casesOfRule{
		"110": {
			pass: []ruleCase{
				ok("the BA never had it").knowing(has(preflight.CopyNever)), ok("nobody knows"), ok("an update", anUpdate).knowing(has(preflight.CopyLive)),
			},
			breaks: []ruleCase{ok("the BA has it").knowing(has(preflight.CopyLive))},
		},
		"120": {
			pass: []ruleCase{ok("as new", anUpdate, set(hrbaxml.PostDetailLastModificationDate, "2026-11-24T09:00:00+01:00")).knowing(has(preflight.CopyLive))},
			breaks: []ruleCase{
				ok("a second older", anUpdate, set(hrbaxml.PostDetailLastModificationDate, "2026-11-24T08:59:59+01:00")).knowing(has(preflight.CopyLive)),
				ok("an older deletion", set(hrbaxml.PostDetailAction, "3"), set(hrbaxml.PostDetailLastModificationDate, "2026-11-23T08:59:59+01:00")).
					knowing(has(preflight.CopyLive)),
			},
		},
		"130": {
			pass: []ruleCase{ok("the BA has it", anUpdate).knowing(has(preflight.CopyLive)), ok("nobody knows", anUpdate)},
			breaks: []ruleCase{
				ok("never there", anUpdate).knowing(has(preflight.CopyNever)), ok("gone", anUpdate).knowing(has(preflight.CopyGone)),
				ok("deletion of what is gone", set(hrbaxml.PostDetailAction, "3")).knowing(has(preflight.CopyGone)),
			},
		},
	}
}

func boxCases() casesOfRule {
	return casesOfRule{
		pass: []ruleCase{ok("a PO box alone", drop(hrbaxml.PostedByContactPostalAddressStreetName), set(hrbaxml.PostedByContactPostalAddressPostOfficeBox, "4711"))},
		breaks: []ruleCase{
			ok("both of the contact", set(hrbaxml.PostedByContactPostalAddressPostOfficeBox, "4711")),
			ok("both of the employer", set(hrbaxml.HiringOrgContactPostalAddressCountryCode, "DE"), set(hrbaxml.HiringOrgContactPostalAddressPostalCode, "90402"),
				set(hrbaxml.HiringOrgContactPostalAddressRegion, "2"), set(hrbaxml.HiringOrgContactPostalAddressMunicipality, "Nürnberg"),
				set(hrbaxml.HiringOrgContactPostalAddressStreetName, "Am Weg 1"), set(hrbaxml.HiringOrgContactPostalAddressPostOfficeBox, "12")),
		},
	}
}

func identityCases() map[string]casesOfRule {
	return map[string]casesOfRule{
		"139": {
			pass:   []ruleCase{ok("never used").knowing(has(preflight.CopyNever))},
			breaks: []ruleCase{ok("used and deleted").knowing(has(preflight.CopyGone))},
		},
		"175": {
			pass:   []ruleCase{ok("the same", anUpdate).knowing(has(preflight.CopyLive)), ok("nobody knows", anUpdate, aJob)},
			breaks: []ruleCase{ok("another", anUpdate, aJob).knowing(has(preflight.CopyLive))},
		},
		"186": {
			pass:   []ruleCase{ok("the same", anUpdate).knowing(has(preflight.CopyLive))},
			breaks: []ruleCase{ok("another", anUpdate, set(hrbaxml.HiringOrgID, "B456B67890")).knowing(has(preflight.CopyLive))},
		},
		"174": {
			pass:   []ruleCase{ok("first sent", payInternally)},
			breaks: []ruleCase{ok("changed", payInternally, anUpdate)},
		},
		"085": {
			pass:   []ruleCase{ok("many hyphens", set(hrbaxml.PostingID, "99001-0A-1B-S"))},
			breaks: []ruleCase{ok("nothing between", set(hrbaxml.PostingID, "99001--S")), ok("no middle", set(hrbaxml.PostingID, "99001-S"))},
		},
		"086": {
			pass: []ruleCase{ok("ours").knowing(alliance), ok("nobody knows ours", set(hrbaxml.PostingID, "77777-0A1B2C-S"))},
			breaks: []ruleCase{
				ok("another's", set(hrbaxml.PostingID, "77777-0A1B2C-S")).knowing(alliance),
				ok("longer", set(hrbaxml.PostingID, "990011-0A1B2C-S")).knowing(alliance),
			},
		},
		"087": {
			pass:   []ruleCase{ok("ends in -S")},
			breaks: []ruleCase{ok("ends in -B", set(hrbaxml.PostingID, "99001-0A1B2C-B")), ok("ends in -s", set(hrbaxml.PostingID, "99001-0A1B2C-s"))},
		},
		"188": {
			pass:   []ruleCase{ok("the file's")},
			breaks: []ruleCase{ok("another's", set(hrbaxml.PostDetailSupplierID, "V000999900"))},
		},
		"066": {
			pass: []ruleCase{ok("an employer's"), ok("a board needs none", set(hrbaxml.PostDetailSupplierID, "P000132700"), drop(hrbaxml.HiringOrgID)).
				knowing(func(f *preflight.Facts) { f.Supplier = "" })},
			breaks: []ruleCase{ok("an employer's without", drop(hrbaxml.HiringOrgID))},
		},
		"038": {
			pass:   []ruleCase{ok("published"), ok("not published", set(hrbaxml.PostDetailStatus, "3"))},
			breaks: []ruleCase{ok("of an export", set(hrbaxml.PostDetailStatus, "6"))},
		},
	}
}

func dateCases() map[string]casesOfRule {
	const start, end, work, last, term = hrbaxml.PostDetailStartDate, hrbaxml.PostDetailEndDate, hrbaxml.AssignmentStartDate, hrbaxml.AssignmentEndDate, hrbaxml.DurationTermDate
	fixed := func(day string) edit { return all(fixedTerm, set(term, day)) }
	return map[string]casesOfRule{
		"080": {
			pass:   []ruleCase{ok("on one day", set(start, "2027-01-23"))},
			breaks: []ruleCase{ok("before", set(start, "2027-01-24"))},
		},
		"081": {
			pass:   []ruleCase{ok("today", set(end, "2026-11-24")), ok("today, with an offset", set(end, "2026-11-24+14:00"))},
			breaks: []ruleCase{ok("yesterday", set(start, "2026-11-01"), set(end, "2026-11-23"))},
		},
		"082": {
			pass:   []ruleCase{ok("in two years", set(end, "2028-11-24"))},
			breaks: []ruleCase{ok("a day later", set(end, "2028-11-25"))},
		},
		"083": {
			pass:   []ruleCase{ok("on the latest day", set(last, "2027-01-23"))},
			breaks: []ruleCase{ok("a day after it", set(last, "2027-01-22"))},
		},
		"146": {
			pass:   []ruleCase{ok("not published", set(hrbaxml.PostDetailStatus, "3"), drop(start, end))},
			breaks: []ruleCase{ok("published", drop(start, end))},
		},
		"148": {
			pass:   []ruleCase{ok("no end either", set(hrbaxml.PostDetailStatus, "3"), drop(start, end))},
			breaks: []ruleCase{ok("an end alone", set(hrbaxml.PostDetailStatus, "3"), drop(start))},
		},
		"147": {
			pass:   []ruleCase{ok("today", set(work, "2026-11-24")), ok("in two years", set(work, "2028-11-24"))},
			breaks: []ruleCase{ok("yesterday", set(work, "2026-11-23")), ok("after two years", set(work, "2028-11-25"))},
		},
		"182": {
			pass:   []ruleCase{ok("today", drop(end), set(last, "2026-11-24")), ok("in two years", set(last, "2028-11-24"))},
			breaks: []ruleCase{ok("yesterday", drop(end), set(last, "2026-11-23")), ok("after two years", set(last, "2028-11-25"))},
		},
		"119": {
			pass:   []ruleCase{ok("a job", set(last, "2027-06-01")), ok("an apprenticeship without", anApprentice)},
			breaks: []ruleCase{ok("an apprenticeship", anApprentice, set(last, "2027-06-01"))},
		},
		"068": {
			pass:   []ruleCase{ok("in ten years", fixed("2036-11-24"))},
			breaks: []ruleCase{ok("a day later", fixed("2036-11-25"))},
		},
		"096": {
			pass:   []ruleCase{ok("on the latest day", fixed("2027-06-01"), set(last, "2027-06-01"))},
			breaks: []ruleCase{ok("a day before it", fixed("2027-05-31"), set(last, "2027-06-01"))},
		},
		"153": {
			pass:   []ruleCase{ok("on the first day", fixed("2026-12-24"))},
			breaks: []ruleCase{ok("a day before it", fixed("2026-12-23"))},
		},
		"120": {
			pass:   []ruleCase{ok("in 50 years", set(hrbaxml.ApplicationEndDate, "2076-11-24"))},
			breaks: []ruleCase{ok("a day later", set(hrbaxml.ApplicationEndDate, "2076-11-25")), ok("a year of six digits", set(hrbaxml.ApplicationEndDate, "202600-01-01"))},
		},
		"121": {
			pass: []ruleCase{ok("100 years back", set(start, "1926-11-24"))},
			breaks: []ruleCase{
				ok("a day earlier", set(start, "1926-11-23")), ok("before Christ", set(hrbaxml.PostDetailLastModificationDate, "-0044-03-15T12:00:00Z")),
			},
		},
	}
}

func addressCases() map[string]casesOfRule {
	abroad := func(edits ...edit) edit {
		return all(append([]edit{noPlaces(), place("AT", "", "", "Wien")}, edits...)...)
	}
	street := func(words string) ruleCase {
		return ok(words, set(hrbaxml.PostedByContactPostalAddressStreetName, words))
	}
	interview := func(edits ...edit) edit {
		return all(append([]edit{
			ways("4"), set(hrbaxml.InterviewLocationCountryCode, "DE"), set(hrbaxml.InterviewLocationPostalCode, "90402"),
			set(hrbaxml.InterviewLocationRegion, "2"), set(hrbaxml.InterviewLocationMunicipality, "Nürnberg"), set(hrbaxml.InterviewLocationStreetName, "Am Weg 1"),
		}, edits...)...)
	}
	return map[string]casesOfRule{
		"010": {
			pass: []ruleCase{
				ok("Vienna", noPlaces(), place("AT", "1010", "190", "Wien")), ok("another region", noPlaces(), place("FR", "75001", "17", "Paris")),
				ok("small letters", noPlaces(), place("de", "90402", "2", "Nürnberg")),
			},
			breaks: []ruleCase{
				ok("Bavaria in France", noPlaces(), place("FR", "75001", "2", "Paris")),
				ok("of the contact", set(hrbaxml.PostedByContactPostalAddressCountryCode, "AT")),
			},
		},
		"033": {
			pass: []ruleCase{ok("whole"), ok("abroad without a postal code", abroad())},
			breaks: []ruleCase{
				ok("no town", noPlaces(), place("DE", "90402", "2", "")), ok("no postal code", noPlaces(), place("DE", "", "2", "Nürnberg")),
				ok("no region", noPlaces(), place("DE", "90402", "", "Nürnberg")), ok("four digits", noPlaces(), place("DE", "9040", "2", "Nürnberg")),
				ok("a range", noPlaces(), place("DE", "90402-90499", "2", "Nürnberg")), ok("of the contact", drop(hrbaxml.PostedByContactPostalAddressPostalCode)),
			},
		},
		"177": {
			pass:   []ruleCase{ok("Sweden", noPlaces(), place("se", "11120", "", "Stockholm"))},
			breaks: []ruleCase{ok("nowhere", noPlaces(), place("XX", "1", "", "Nirgends"))},
		},
		"034": {
			pass: []ruleCase{
				street("Straße des 17. Juni 135"), street("1. Mai-Straße 4"), street("Q 7, 24"), street("12-Apostel-Weg 3"), street("Dr.-Müller-Str. 1"),
				street("Aalweg 2"), street("3er Weg"),
			},
			breaks: []ruleCase{
				street("ßtraße 1"), street("1/2 Weg"), street("17"), street("Am  Weg 1"), street("Am Weg -- 1"), street("Musterstr."), street("Musterweg-"),
				street("Am .Weg 1"), street("aaaweg 1"), street(" "),
			},
		},
		"063": {
			pass:   []ruleCase{ok("two of each", anotherPlace, set(hrbaxml.NumberToFill, "2"))},
			breaks: []ruleCase{ok("two places and one opening", anotherPlace)},
		},
		"064": {
			pass: []ruleCase{ok("two places", anotherPlace, set(hrbaxml.NumberToFill, "2"))},
			breaks: []ruleCase{
				ok("the same twice", theSamePlace, set(hrbaxml.NumberToFill, "2")), ok("two of three", anotherPlace, theSamePlace, set(hrbaxml.NumberToFill, "3")),
				ok("but for a blank", place("de", "90402 ", "2", "Nürnberg"), set(hrbaxml.NumberToFill, "2")),
			},
		},
		"067": {
			pass: []ruleCase{ok("a whole place", aStreet), ok("abroad without a street", abroad()), ok("an interview", interview())},
			breaks: []ruleCase{
				ok("abroad with a street", abroad(set(hrbaxml.LocationStreetName, "Ring 1"))), ok("an interview", interview(drop(hrbaxml.InterviewLocationMunicipality))),
				ok("of the employer", set(hrbaxml.HiringOrgContactPostalAddressCountryCode, "DE"), set(hrbaxml.HiringOrgContactPostalAddressRegion, "2"),
					set(hrbaxml.HiringOrgContactPostalAddressDistrict, "Altstadt")),
			},
		},
		"184": {
			pass:   []ruleCase{ok("one")},
			breaks: []ruleCase{ok("none", noPlaces()).beyondSchema()},
		},
	}
}

func contactCases() map[string]casesOfRule {
	mail := func(address string) ruleCase { return ok(address, set(hrbaxml.PostedByContactEMail, address)) }
	code := func(code string) ruleCase { return ok(code, set(hrbaxml.PostedByContactVoiceNumberIntlCode, code)) }
	site := func(address string) ruleCase {
		return ok(address, set(hrbaxml.PostedByContactJobContactWebSite, address))
	}
	by := func(kind string, without ...hrbaxml.ID) ruleCase {
		return ok("by "+kind, ways(kind), drop(without...))
	}
	const (
		company, salutation, family = hrbaxml.PostedByContactCompany, hrbaxml.PostedByContactSalutation, hrbaxml.PostedByContactFamilyName
		street, voice               = hrbaxml.PostedByContactPostalAddressStreetName, hrbaxml.PostedByContactVoiceNumberTelNumber
	)
	phone := []hrbaxml.ID{hrbaxml.PostedByContactVoiceNumberIntlCode, hrbaxml.PostedByContactVoiceNumberAreaCode, voice}
	anonymous := set(hrbaxml.PostDetailStatus, "2")
	return map[string]casesOfRule{
		"035": {
			pass:   []ruleCase{ok("von der", set(hrbaxml.PostedByContactNamePrefix, "von der")), ok("Zu", set(hrbaxml.HiringOrgContactNamePrefix, "Zu"))},
			breaks: []ruleCase{ok("a title", set(hrbaxml.PostedByContactNamePrefix, "Dr.")), ok("of the interview", ways("4"), set(hrbaxml.InterviewContactNamePrefix, "Herr"))},
		},
		"048": {
			pass: []ruleCase{mail("j.o_b+s-4711@mail.xn--mller-kva.example"), mail("a@b.de")},
			breaks: []ruleCase{
				mail("jobs.example.org"), mail("jobs @example.org"), mail("a@example.org;b@example.org"), mail("jobs..now@example.org"), mail("jobs@example"),
				mail(".jobs@example.org"), mail("jobs@-example.org"), mail("jobs@example.o"), mail("jobs@@example.org"),
			},
		},
		"097": {
			pass:   []ruleCase{code("+423"), code("+1")},
			breaks: []ruleCase{code("0049"), code("+999"), code("+4")},
		},
		"108": {
			pass: []ruleCase{site("http://jobs.example.org"), site("https://jobs.example.org/a?b=c#d"), site("https://müller.example/")},
			breaks: []ruleCase{
				site("www.example.org/apply"), site("https://intranet/apply"), site("javascript:alert(1)"),
				ok("of the ad", set(hrbaxml.PostDetailInternetReference, "https://intranet/4711")),
			},
		},
		"044": {
			pass: []ruleCase{
				by("1"), by("2"), by("3"), by("4"), by("5"), by("6"), by("8", company, hrbaxml.PostedByContactEMail),
				ok("a mobile number", ways("1"), drop(phone...), set(hrbaxml.PostedByContactMobilNumberIntlCode, "+49"),
					set(hrbaxml.PostedByContactMobilNumberAreaCode, "151"), set(hrbaxml.PostedByContactMobilNumberTelNumber, "1")),
				ok("a PO box", ways("2"), drop(street), set(hrbaxml.PostedByContactPostalAddressPostOfficeBox, "4711")), by("5", phone...),
			},
			breaks: []ruleCase{
				by("1", phone...), by("1", family), by("1", salutation), by("2", company), by("2", street), by("3", hrbaxml.PostedByContactEMail),
				by("4", salutation), by("4", street),
				by("5", family), by("6", hrbaxml.PostedByContactJobContactWebSite), ok("one of two", ways("3", "1"), drop(phone...)),
				ok("a PO box in person", ways("4"), drop(street), set(hrbaxml.PostedByContactPostalAddressPostOfficeBox, "4711")),
			},
		},
		"054": {
			pass:   []ruleCase{ok("a whole contact", supervised), ok("not supervised", drop(company))},
			breaks: []ruleCase{ok("no company", supervised, drop(company)), ok("no street", supervised, drop(street))},
		},
		"138": {
			pass:   []ruleCase{ok("through the BA", anonymous, ways("8")), ok("supervised", anonymous, supervised), ok("not anonymous")},
			breaks: []ruleCase{ok("by mail", anonymous), ok("both", anonymous, ways("3", "8")), ok("in no way", anonymous, ways())},
		},
		"144": {
			pass: []ruleCase{ok("in person", ways("4"), set(hrbaxml.InterviewDate, "2026-12-01"))},
			breaks: []ruleCase{
				ok("by mail", set(hrbaxml.InterviewDate, "2026-12-01")), ok("both", ways("3", "4"), set(hrbaxml.InterviewTime, "09:30")),
				ok("a person", set(hrbaxml.InterviewContactFamilyName, "Beispiel")), ok("a place", set(hrbaxml.InterviewLocationName, "Haus 1")),
			},
		},
		"051": {
			pass: []ruleCase{ok("with a number", set(hrbaxml.HiringOrgName, "***")), board("Muster 24")},
			breaks: []ruleCase{
				board("---"), board("Muster* GmbH"), board("1 € Laden"),
			},
		},
	}
}

// board is an ad of a job board, which needs no Kundennummer.
func board(name string) ruleCase {
	return ok(name, set(hrbaxml.HiringOrgName, name), set(hrbaxml.PostDetailSupplierID, "P000132700"), drop(hrbaxml.HiringOrgID)).
		knowing(func(f *preflight.Facts) { f.Supplier = "P000132700" })
}
