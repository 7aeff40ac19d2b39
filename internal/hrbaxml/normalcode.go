package hrbaxml

import (
	"fmt"
	"strings"
)

// codeFamilies are the middles of the BA's codes whose numbers have three digits.
var codeFamilies = []string{"JCValid", "DataStore", "Stellverw", "ValidFlam"}

// NormalCode brings a code of the BA into its present form. Older systems print APPS_JCValid_033 for FLR_JCValid_033, and people
// shorten it to JCValid_033 or 033. A code that fits no known form is returned as it is, without white space.
func NormalCode(code string) string {
	code = strings.TrimSpace(code)
	body := trimPrefixFold(trimPrefixFold(code, "FLR_"), "APPS_")
	if strings.EqualFold(body, "XML_Structure") {
		return CodeStructure
	}
	if n := paddedNumber(body); n != "" {
		return "FLR_JCValid_" + n
	}
	for _, family := range codeFamilies {
		if n := paddedNumber(trimPrefixFold(body, family+"_")); n != "" && len(body) > len(family) {
			return "FLR_" + family + "_" + n
		}
	}
	return code
}

func trimPrefixFold(s, prefix string) string {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):]
	}
	return s
}

// paddedNumber returns one to three digits as three, and nothing for any other text.
func paddedNumber(s string) string {
	if len(s) == 0 || len(s) > 3 || strings.Trim(s, "0123456789") != "" {
		return ""
	}
	return fmt.Sprintf("%03s", s)
}
