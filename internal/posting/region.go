package posting

import "github.com/stellwerk-hr/stellwerk/internal/hrbaxml"

// regions are the VAM codes of the German Länder, 1 to 16 in the order of their names.
var regions = []code[Region]{
	{"DE-BW", "1"}, {"DE-BY", "2"}, {"DE-BE", "3"}, {"DE-BB", "4"}, {"DE-HB", "5"}, {"DE-HH", "6"}, {"DE-HE", "7"}, {"DE-MV", "8"},
	{"DE-NI", "9"}, {"DE-NW", "10"}, {"DE-RP", "11"}, {"DE-SL", "12"}, {"DE-SN", "13"}, {"DE-ST", "14"}, {"DE-SH", "15"}, {"DE-TH", "16"},
}

func regionField(id hrbaxml.ID, pointer string, where at[Region]) field {
	return codeField(id, pointer, regions, where)
}
