package basim

// Place is a combination of postal code, town and region that the BA accepts as an address in Germany.
type Place struct {
	PostalCode string `json:"postal_code"`
	Town       string `json:"town"`
	// Region is the BA's number of the state: 1 to 16 in the alphabetical order of their German names.
	Region int `json:"region"`
}

// isGermanRegion reports whether a region's number belongs to one of the sixteen states.
func isGermanRegion(region int) bool { return region >= 1 && region <= 16 }

// atlas is the simulator's address base. The real one covers the country and is not public.
type atlas struct {
	places map[Place]bool
	// codes counts the postal codes of a town in a region.
	codes map[Place]int
}

func newAtlas(more []Place) atlas {
	a := atlas{places: map[Place]bool{}, codes: map[Place]int{}}
	for _, list := range [][]Place{builtinPlaces(), more} {
		for _, p := range list {
			if !a.places[p] {
				a.places[p] = true
				a.codes[Place{Town: p.Town, Region: p.Region}]++
			}
		}
	}
	return a
}

// knows reports whether the parts name a place. The postal code may be missing where a town has only one; without town and code the
// region, or the country, is the place.
func (a atlas) knows(postalCode, town string, region int) bool {
	switch {
	case postalCode == "" && town == "":
		return true
	case postalCode == "":
		return a.codes[Place{Town: town, Region: region}] == 1
	}
	return a.places[Place{PostalCode: postalCode, Town: town, Region: region}]
}

// builtinPlaces are some places in every state, spelled as the post spells them.
func builtinPlaces() []Place {
	return []Place{
		{"70173", "Stuttgart", 1},
		{"76133", "Karlsruhe", 1},
		{"79098", "Freiburg im Breisgau", 1},
		{"68159", "Mannheim", 1},
		{"69117", "Heidelberg", 1},
		{"89073", "Ulm", 1},
		{"80331", "München", 2},
		{"80333", "München", 2},
		{"81667", "München", 2},
		{"90402", "Nürnberg", 2},
		{"90403", "Nürnberg", 2},
		{"90478", "Nürnberg", 2},
		{"90762", "Fürth", 2},
		{"91052", "Erlangen", 2},
		{"86150", "Augsburg", 2},
		{"93047", "Regensburg", 2},
		{"97070", "Würzburg", 2},
		{"96047", "Bamberg", 2},
		{"10115", "Berlin", 3},
		{"10117", "Berlin", 3},
		{"10178", "Berlin", 3},
		{"10969", "Berlin", 3},
		{"12043", "Berlin", 3},
		{"14467", "Potsdam", 4},
		{"03046", "Cottbus", 4},
		{"28195", "Bremen", 5},
		{"27568", "Bremerhaven", 5},
		{"20095", "Hamburg", 6},
		{"20457", "Hamburg", 6},
		{"22765", "Hamburg", 6},
		{"60311", "Frankfurt am Main", 7},
		{"60329", "Frankfurt am Main", 7},
		{"65183", "Wiesbaden", 7},
		{"34117", "Kassel", 7},
		{"64283", "Darmstadt", 7},
		{"19053", "Schwerin", 8},
		{"18055", "Rostock", 8},
		{"30159", "Hannover", 9},
		{"38100", "Braunschweig", 9},
		{"26122", "Oldenburg", 9},
		{"37073", "Göttingen", 9},
		{"50667", "Köln", 10},
		{"50668", "Köln", 10},
		{"40213", "Düsseldorf", 10},
		{"44135", "Dortmund", 10},
		{"45127", "Essen", 10},
		{"33602", "Bielefeld", 10},
		{"48143", "Münster", 10},
		{"53111", "Bonn", 10},
		{"52062", "Aachen", 10},
		{"55116", "Mainz", 11},
		{"56068", "Koblenz", 11},
		{"54290", "Trier", 11},
		{"66111", "Saarbrücken", 12},
		{"01067", "Dresden", 13},
		{"04109", "Leipzig", 13},
		{"09111", "Chemnitz", 13},
		{"39104", "Magdeburg", 14},
		{"06108", "Halle (Saale)", 14},
		{"24103", "Kiel", 15},
		{"23552", "Lübeck", 15},
		{"99084", "Erfurt", 16},
		{"07743", "Jena", 16},
	}
}
