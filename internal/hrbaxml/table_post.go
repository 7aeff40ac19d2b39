package hrbaxml

// hiringOrg is the employer of an ad.
func hiringOrg() decl {
	contact := []decl{
		salutation(),
		field("Title", optional, text(0, 15), "Academic title."),
		field("GivenName", optional, text(0, 30), "Given name."),
		field("NamePrefix", optional, text(0, 30), "Prefix of the family name such as von; known prefixes only."),
		field("FamilyName", once, text(1, 30), "Family name, letters only; a department's name is accepted practice."),
		field("PositionTitle", optional, text(0, 40), "Position in the company."),
		address(),
	}
	contact = append(contact, phones()...)
	contact = append(contact,
		field("EMail", optional, text(0, 254), "E-mail address."),
		field("GeneralWebSite", optional, website, "Home page."),
	)
	return group("HiringOrg", once, "The employer. The BA takes everything but the id from its own record of an employer that delivers itself.",
		field("HiringOrgName", once, text(1, 90), "Name of the employer."),
		field("HiringOrgId", optional, Value{
			Kind: Text, MinLength: 10, MaxLength: 10,
			Pattern: `[ABCEFGHJKLMNPQRSTUVWXYZ][0-9]{3}[ABCDEFGHJKLMNPQRSTUVWXY][0-9]{5}`,
		}, "Kundennummer of the employer or branch; an employer that delivers itself must give it."),
		field("ProfileWebSite", optional, website, "The company's web site."),
		field("HiringOrgSize", optional, coded(
			code("1", "fewer than 6 people"), code("2", "6 to 50 people"), code("3", "51 to 500 people"),
			code("4", "501 to 5,000 people"), code("5", "5,001 to 50,000 people"), code("6", "more than 50,000 people"),
		), "Size of the company."),
		group("Industry", optional, "Line of business.",
			field("NAICS", optional, Value{Kind: Text, Pattern: `([0-9][0-9]?\.)*[0-9][0-9]?|[A-Z]`}, "Code of WZ 2008, such as 87.10.0."),
		),
		group("Contact", once, "The employer's general contact.", contact...),
	)
}

// postDetail is how and by whom an ad is published.
func postDetail() decl {
	return group("PostDetail", once, "Publication of the ad.",
		field("StartDate", optional, date, "First day on the portal; needed unless Status is 3."),
		field("EndDate", optional, date, "Last day on the portal; at most two years ahead."),
		field("LastModificationDate", once, dateTime, "When the ad was changed; older than the BA's own record is refused."),
		field("Status", once, coded(
			code("1", "published"), code("2", "published without the employer's name"), code("3", "not published"),
			exported("6", "state of an exported ad"), exported("7", "state of an exported ad"), exported("8", "state of an exported ad"),
		), "Whether and how the ad is shown."),
		field("Action", once, coded(code("1", "insert"), code("2", "update"), code("3", "delete")), "What to do with the ad."),
		field("SupplierId", once, supplier, "The deliverer's PartnerId, as in the header and in the file's name."),
		field("SupplierName", once, text(1, 45), "The deliverer's name."),
		field("SupplierIndustrie", optional, coded(
			code("1", "general job board"), code("2", "regional job board"), code("3", "job board of an occupation or industry"),
			code("4", "other special job board"), code("5", "employer"), code("6", "not documented"),
		), "What the deliverer is; the BA spells it with ie."),
		field("InternetReference", optional, website, "Address of the ad on the deliverer's site."),
		group("PostedBy", optional, "Whom applicants turn to.", postedByContact()).flat(),
		field("BASupervision", optional, yesNo("not supervised", "supervised"), "Whether the BA places candidates, in its exports.").byBA(),
		field("SupervisionDesired", optional, yesNo("publish only", "the BA is to place candidates"), "Placement order; missing means 0."),
		baContact(),
	)
}

func postedByContact() decl {
	children := []decl{
		field("Company", optional, text(0, 90), "Company."),
		salutation(),
		field("Title", optional, text(0, 15), "Academic title."),
		field("GivenName", optional, text(0, 30), "Given name."),
		field("NamePrefix", optional, Value{Kind: Text}, "Prefix of the family name such as von; known prefixes only."),
		field("FamilyName", optional, text(0, 30), "Family name."),
		field("PositionTitle", optional, text(0, 40), "Position in the company."),
		address(),
	}
	children = append(children, phones()...)
	children = append(children,
		field("EMail", optional, text(0, 254), "E-mail address."),
		field("JobContactWebSite", optional, text(0, 254), "Address of the page where people apply."),
		interviewContact(),
		group("InterviewLocation", optional, "Where interviews are held; only where people apply in person alone.",
			field("Location", optional, text(1, 90), "Name of the place.").as("InterviewLocationName"),
			field("CountryCode", optional, country, "Country, ISO 3166-1 alpha-2."),
			field("PostalCode", optional, text(1, 15), "Postal code."),
			field("Region", optional, region, "Region, a VAM code."),
			field("Municipality", optional, text(1, 35), "Town."),
			field("District", optional, text(0, 40), "Part of the town."),
			field("AddressLine", optional, text(0, 30), "Further details of the address."),
			field("StreetName", optional, text(1, 45), "Street and house number."),
		).as("InterviewLocation"),
		group("Interview", optional, "When interviews are held; only where people apply in person alone.",
			field("InterviewDate", optional, date, "Day."),
			field("InterviewTime", optional, Value{Kind: Text, MinLength: 5, MaxLength: 5, Pattern: `[0-9]{2}:[0-9]{2}`}, "Time of day, such as 14:30."),
			field("RoomNumber", optional, text(1, 25), "Room."),
			field("AdditionalInformation", optional, text(1, 100), "Anything else to know."),
		).as("Interview"),
	)
	return group("Contact", optional, "The contact shown to applicants; what it needs depends on the ways to apply.", children...).as("PostedByContact")
}

func interviewContact() decl {
	children := []decl{
		salutation(),
		field("Title", optional, text(0, 15), "Academic title."),
		field("GivenName", optional, text(1, 30), "Given name."),
		field("NamePrefix", optional, text(0, 30), "Prefix of the family name such as von."),
		field("FamilyName", optional, text(1, 30), "Family name."),
		field("PositionTitle", optional, text(1, 40), "Position in the company."),
	}
	children = append(children, phones()...)
	children = append(children, field("EMail", optional, text(1, 254), "E-mail address."))
	return group("InterviewContact", optional, "Who holds interviews; only where people apply in person alone.", children...).as("InterviewContact")
}

func baContact() decl {
	return group("BAContact", optional, "The BA's clerk in charge, in its exports.",
		field("Department", optional, text(0, 100), "Department."),
		salutation(),
		field("Title", optional, text(0, 15), "Academic title."),
		field("NamePrefix", optional, Value{Kind: Text}, "Prefix of the family name."),
		field("FamilyName", optional, text(0, 64), "Family name."),
		group("PostalAddress", optional, "Postal address of the agency.",
			field("CountryCode", once, country, "Country, ISO 3166-1 alpha-2."),
			field("PostalCode", once, text(1, 15), "Postal code."),
			field("Region", once, region, "Region, a VAM code."),
			field("Municipality", once, text(1, 35), "Town."),
			field("District", optional, text(0, 40), "Part of the town."),
			field("AddressLine", optional, text(0, 30), "Further details of the address."),
			field("StreetName", once, text(1, 45), "Street and house number."),
		),
		phone("VoiceNumber", "Telephone."),
		phone("FaxNumber", "Fax."),
		field("EMail", once, text(1, 254), "E-mail address."),
	).as("BAContact").byBA()
}
