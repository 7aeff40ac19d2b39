package basim

import (
	"cmp"
	"slices"
	"time"
)

// reportTime is how the reports write a time.
const reportTime = "2006-01-02 15:04:05"

// folder returns the files of one of the folders that every partner has beside its own files.
func (b *BA) folder(partnerID, name string) ([]File, error) {
	if name == folderShared {
		archive, err := b.catalogue()
		if err != nil {
			return nil, err
		}
		return []File{*archive}, nil
	}
	return b.reports(partnerID)
}

// reports are the two workbooks about a partner: what was refused, and which ads there are. The second is the only place where a partner
// sees what BA staff did to an ad.
func (b *BA) reports(partnerID string) ([]File, error) {
	refusals := [][]string{{"Datei", "Eingang", "Kennung", "Fehlercode", "Beschreibung"}}
	for _, u := range b.Uploads() {
		if u.Partner != partnerID {
			continue
		}
		for _, m := range u.Messages {
			refusals = append(refusals, []string{u.Name, b.local(u.Received), m.Reference, m.Code, m.Text})
		}
	}
	ads := [][]string{{"Kennung", "Status", "Titel", "Kundennummer", "Letzte Änderung", "Letzter Vorgang"}}
	for _, ad := range b.Ads() {
		if ad.Partner != partnerID {
			continue
		}
		last := ad.History[len(ad.History)-1]
		ads = append(ads, []string{ad.ID, string(ad.State), ad.Title(), ad.HiringOrg(), b.local(ad.Changed), last.What})
	}
	made := b.now().Truncate(time.Minute)
	var files []File
	for _, report := range []struct {
		name string
		rows [][]string
	}{
		{"Stellenangebote", ads}, {"Validierungsfehler", refusals},
	} {
		book, err := workbook(report.name, report.rows)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Partner: partnerID, Name: report.name + "_" + partnerID + ".xlsx", Modified: made, Body: book})
	}
	slices.SortFunc(files, func(x, y File) int { return cmp.Compare(x.Name, y.Name) })
	return files, nil
}

// local writes a time as it is in Germany.
func (b *BA) local(t time.Time) string { return t.In(b.zone).Format(reportTime) }
