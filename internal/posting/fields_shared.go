package posting

import "github.com/stellwerk-hr/stellwerk/internal/hrbaxml"

// nameFields are a person's names. first is the element of the salutation; the others follow it in the order of the schema.
func nameFields(first hrbaxml.ID, pointer string, person at[Person]) []field {
	return []field{
		codeField(first, pointer+"/salutation", salutations, inside(person, func(p *Person) *Salutation { return &p.Salutation })),
		lineField(first+1, pointer+"/academic_title", inside(person, func(p *Person) *string { return &p.AcademicTitle })),
		lineField(first+2, pointer+"/given_name", inside(person, func(p *Person) *string { return &p.GivenName })),
		lineField(first+3, pointer+"/name_prefix", inside(person, func(p *Person) *string { return &p.NamePrefix })),
		lineField(first+4, pointer+"/family_name", inside(person, func(p *Person) *string { return &p.FamilyName })),
		lineField(first+5, pointer+"/position", inside(person, func(p *Person) *string { return &p.Position })),
	}
}

// personPhones are the first elements of a person's three numbers.
type personPhones struct{ voice, mobile, fax hrbaxml.ID }

// phoneFields are a person's telephone numbers (TelType): country, area and number, in this order.
func phoneFields(ids personPhones, pointer string, person at[Person]) []field {
	var rows []field
	for _, kind := range []struct {
		first hrbaxml.ID
		name  string
		get   func(*Person) **Phone
	}{
		{ids.voice, "/phone", func(p *Person) **Phone { return &p.Phone }},
		{ids.mobile, "/mobile", func(p *Person) **Phone { return &p.Mobile }},
		{ids.fax, "/fax", func(p *Person) **Phone { return &p.Fax }},
	} {
		number := optional(person, kind.get)
		rows = append(rows,
			lineField(kind.first, pointer+kind.name+"/country", inside(number, func(n *Phone) *string { return &n.Country })),
			lineField(kind.first+1, pointer+kind.name+"/area", inside(number, func(n *Phone) *string { return &n.Area })),
			lineField(kind.first+2, pointer+kind.name+"/number", inside(number, func(n *Phone) *string { return &n.Number })),
		)
	}
	return rows
}

// addressFields are a postal address (AddressType). first is the element of the country; the others follow it in the order of the schema.
func addressFields(first hrbaxml.ID, pointer string, address at[Address]) []field {
	return []field{
		lineField(first, pointer+"/country", inside(address, func(a *Address) *string { return &a.Country })),
		lineField(first+1, pointer+"/postal_code", inside(address, func(a *Address) *string { return &a.PostalCode })),
		regionField(first+2, pointer+"/region", inside(address, func(a *Address) *Region { return &a.Region })),
		lineField(first+3, pointer+"/town", inside(address, func(a *Address) *string { return &a.Town })),
		lineField(first+4, pointer+"/district", inside(address, func(a *Address) *string { return &a.District })),
		lineField(first+5, pointer+"/line", inside(address, func(a *Address) *string { return &a.Line })),
		lineField(first+6, pointer+"/street", inside(address, func(a *Address) *string { return &a.Street })),
		lineField(first+7, pointer+"/post_office_box", inside(address, func(a *Address) *string { return &a.PostOfficeBox })),
	}
}

// occupationFields are an occupation of the catalogue. code is the element of its id; the degree's follows it.
func occupationFields(code hrbaxml.ID, pointer string, occupation at[Occupation]) []field {
	return []field{
		numberField(code, pointer+"/id", inside(occupation, func(o *Occupation) *int { return &o.ID })),
		codeField(code+1, pointer+"/degree", degrees, inside(occupation, func(o *Occupation) *Degree { return &o.Degree })),
	}
}
