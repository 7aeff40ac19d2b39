package inspect

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// contactRules are about the ways to reach people.
var contactRules = []rule{
	{code: "FLR_Stellverw_868", check: func(x *exam) {
		for _, address := range []struct{ street, box hrbaxml.ID }{
			{hrbaxml.HiringOrgContactPostalAddressStreetName, hrbaxml.HiringOrgContactPostalAddressPostOfficeBox},
			{hrbaxml.PostedByContactPostalAddressStreetName, hrbaxml.PostedByContactPostalAddressPostOfficeBox},
		} {
			if x.has(address.street) && x.has(address.box) {
				x.refuse(address.box, "an address has a street or a PO box, not both")
			}
		}
	}},
	{code: "FLR_JCValid_048", check: func(x *exam) {
		for i, address := range x.named("EMail") {
			if address != "" && !mailForm().MatchString(address) {
				x.refuseAt(i, "%q is not an e-mail address", address)
			}
		}
	}},
	{code: "FLR_JCValid_097", check: func(x *exam) {
		for i, code := range x.named("IntlCode") {
			if digits, plus := strings.CutPrefix(code, "+"); !plus || !callingCodeForm().MatchString(digits) {
				x.refuseAt(i, "%q is not the calling code of a country, such as +49", code)
			}
		}
	}},
	{code: "FLR_JCValid_108", check: func(x *exam) {
		for i, address := range x.all(hrbaxml.PostDetailInternetReference, hrbaxml.PostedByContactJobContactWebSite) {
			if address != "" && !isWebAddress(address) {
				x.refuseAt(i, "%q is not a complete web address", address)
			}
		}
	}},
}

// mailForm is one address as the mail servers of companies take it: no spaces, quotes or comments, dots between words only, and a
// domain with a top level.
var mailForm = sync.OnceValue(func() *regexp.Regexp {
	const (
		word  = `[A-Za-z0-9!#$%&'*+/=?^_{|}~\x60-]+`
		label = `[\p{L}0-9](?:[\p{L}0-9-]*[\p{L}0-9])?`
		last  = `\p{L}[\p{L}0-9-]*[\p{L}0-9]`
	)
	return regexp.MustCompile(`^` + word + `(?:\.` + word + `)*@(?:` + label + `\.)+` + last + `$`)
})

// callingCodeForm matches the calling codes of countries and territories, without the plus (ITU-T E.164, assigned codes).
var callingCodeForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:1|7|` +
		`2[07]|21[1-368]|22[0-9]|23[0-9]|24[0-9]|25[0-8]|26[0-9]|29[01789]|` +
		`3[0-469]|35[0-9]|37[0-8]|38[0-3]|38[5-79]|4[013-9]|42[013]|` +
		`5[1-8]|50[0-9]|59[0-9]|6[0-6]|67[02-9]|68[0-35-9]|69[0-2]|` +
		`8[1246]|85[02356]|88[06]|9[0-58]|96[0-8]|97[0-7]|99[2-68])$`)
})

func isWebAddress(s string) bool {
	parsed, err := url.Parse(s)
	return err == nil && slices.Contains([]string{"http", "https", "ftp"}, parsed.Scheme) &&
		strings.Contains(strings.Trim(parsed.Hostname(), "."), ".") && !strings.ContainsAny(parsed.Host, " _")
}
