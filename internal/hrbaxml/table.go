package hrbaxml

// The table of HR-BA-XML: release P82 of the BA's schema (VerBIS PRV 18.2, spring 2018), in its order, and what is known to have
// been added since (marked later). The files table_*.go hold the parts of an ad.

// document is the whole file.
func document() decl {
	return group("HRBAXMLJobPositionPosting", once, "A file of job ads for one partner.",
		header(),
		group("Data", once, "The ads of the file, then the deletions.",
			posting(),
			group("DeleteEntry", anyTimes, "Takes one ad off the portal.",
				field("EntryId", once, text(1, 27), "The id under which the ad was sent.").as("DeleteEntryID"),
			),
		).as("FileData").flat(),
	).as("File").flat()
}

func header() decl {
	return group("Header", once, "Who delivers, when and how much.",
		field("SupplierId", once, supplier, "The deliverer's PartnerId at the BA; employers have a V."),
		field("Timestamp", once, dateTime, "When the file was made; written with its offset from UTC."),
		field("Amount", once, Value{Kind: Integer}, "The number of records in the file: ads and deletions."),
		field("TypeOfLoad", once, Value{Kind: Text, Codes: []Code{
			code("F", "complete stock"), code("D", "changes since the last delivery"),
		}}, "Whether the file is a full load or a delta; Stellwerk always sends deltas."),
		field("PdfPreviewOnly", optional, yesNo("publish", "preview only, presumably"),
			"Known from later software only; its effect is not documented.").later().unsent(),
	).as("FileHeader").stemmed("Header")
}

// posting is one ad.
func posting() decl {
	return group("JobPositionPosting", anyTimes, "One job ad, or with Action 3 its deletion.",
		field("JobPositionPostingId", once, text(1, 27),
			"The ad's id at the BA: the employer's alliance number, a free part and S, joined by hyphens; never used twice.").as("PostingID"),
		field("Boxnumber", optional, text(1, 30), "The employer's own reference, shown to the BA's staff."),
		hiringOrg(),
		postDetail(),
		jobInformation(),
		group("BAInternalInformation", optional, "The BA's own notes, exported to municipal job centres.",
			field("InternalInformation", optional, text(0, 255), "A note."),
			field("MaximumPlacementSuggestions", optional, number(0, 9999), "How many candidates may be proposed."),
			field("PlacementSuggestionsIssued", optional, number(0, 9999), "How many candidates were proposed."),
			field("MatchingStrategy", optional, number(1, 8), "The way in which candidates are matched."),
		).byBA(),
	).as("Posting").flat()
}

// address is the postal address of a contact. Region is required here and optional in a place of work.
func address() decl {
	return group("PostalAddress", optional, "Postal address.",
		field("CountryCode", once, country, "Country, ISO 3166-1 alpha-2."),
		field("PostalCode", optional, text(0, 15), "Postal code."),
		field("Region", once, region, "Region, a VAM code: 1 to 16 are the German states, 17 is any other."),
		field("Municipality", optional, text(0, 35), "Town, spelled as the BA's address base spells it."),
		field("District", optional, text(0, 40), "Part of the town."),
		field("AddressLine", optional, text(0, 30), "Further details of the address."),
		field("StreetName", optional, text(0, 45), "Street and house number; excludes a PO box."),
		field("PostOfficeBox", optional, text(0, 30), "PO box; excludes a street."),
	)
}

// phone is a number in three parts. The parts are numbers in the schema, so leading zeros carry no meaning.
func phone(name, doc string) decl {
	return group(name, optional, doc,
		field("IntlCode", once, Value{Kind: Text, MinLength: 1, MaxLength: 6, Pattern: `\+[0-9]+|00[0-9]+`},
			"Country calling code such as +49; the BA's rules take the form with + only."),
		field("AreaCode", once, digits(14), "Area code, without the leading zero."),
		field("TelNumber", once, digits(25), "Subscriber number."),
	)
}

func phones() []decl {
	return []decl{
		phone("VoiceNumber", "Telephone."), phone("MobilNumber", "Mobile phone; the BA spells it without an e."), phone("FaxNumber", "Fax."),
	}
}

func salutation() decl {
	return field("Salutation", optional, coded(code("1", "Mr"), code("2", "Ms"), code("3", "Mr or Ms")), "How to address the person.")
}
