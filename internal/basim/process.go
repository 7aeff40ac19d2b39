package basim

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
)

// The codes that concern a whole file.
const (
	codeStructure = "FLR_XML_Structure"
	codeEmptyFile = "FLR_JCValid_090"
)

// action is what a record of a file asks for; the values are those of PostDetail/Action.
type action int

const (
	insert action = 1
	update action = 2
	remove action = 3
)

// record is one ad or delete entry of a file.
type record struct {
	id     string
	action action
	// posting is nil for a delete entry.
	posting *Element
}

// process judges an upload, applies what it accepts and schedules the feedback. The time decides about "today".
func (b *BA) process(u *Upload, at time.Time) {
	u.State = UploadProcessed
	document, complaints, err := b.read(u.Body)
	u.Messages = complaints
	if err != nil {
		u.Messages = []Message{wholeFile(err)}
	} else {
		b.apply(u, document, at)
	}
	b.answer(u, at)
}

// wholeFile is the complaint about a file of which nothing is applied.
func wholeFile(err error) Message {
	if errors.Is(err, errBlank) {
		return Message{Code: codeEmptyFile, Text: "Die Datei ist leer."}
	}
	return Message{Code: codeStructure, Text: "Die Datei entspricht nicht dem Schema und wurde nicht verarbeitet: " + err.Error()}
}

// read parses a file and checks its structure. An error is about the whole file. Complaints are about ads of unsound structure, which the
// returned document does not have any more; there are none unless the settings judge ads one by one.
func (b *BA) read(body []byte) (*Element, []Message, error) {
	document, err := parse(body)
	if err != nil {
		return nil, nil, err
	}
	schema, ok := b.schemas[b.settings.Release]
	if !ok {
		schema = b.schemas[""]
	}
	var complaints []Message
	if b.settings.StructureByAd {
		complaints = schema.sift(document)
	}
	if err := schema.check(document); err != nil {
		return nil, nil, err
	}
	if document.Get("Header/PdfPreviewOnly") == "1" {
		return nil, nil, errors.New("mit PdfPreviewOnly 1 wird nichts übernommen")
	}
	return document, complaints, b.checkFile(document)
}

// sift takes the ads of unsound structure out of a document and says what is wrong with each.
func (s schema) sift(document *Element) []Message {
	var complaints []Message
	for _, data := range document.All("Data") {
		data.Children = slices.DeleteFunc(data.Children, func(e *Element) bool {
			if e.Name != nameAd {
				return false
			}
			err := s.element(e, s.ad)
			if err != nil {
				complaints = append(complaints, Message{
					Code: codeStructure, Reference: e.Get("JobPositionPostingId"),
					Text: "Das Stellenangebot entspricht nicht dem Schema und wurde nicht verarbeitet: " + err.Error(),
				})
			}
			return err != nil
		})
	}
	return complaints
}

// checkFile applies the rules about a whole file that the settings know.
func (b *BA) checkFile(document *Element) error {
	all := records(document)
	if most := b.settings.MaxRecords; most > 0 && len(all) > most {
		return fmt.Errorf("die Datei enthält %d Datensätze, erlaubt sind %d", len(all), most)
	}
	if b.settings.CheckAmount {
		if err := checkAmount(document, len(all)); err != nil {
			return err
		}
	}
	if !b.settings.OneHiringOrg {
		return nil
	}
	first := ""
	for _, org := range document.All("Data/" + nameAd + "/HiringOrg/HiringOrgId") {
		number := strings.TrimSpace(org.Text)
		if first != "" && number != first {
			return fmt.Errorf("die Datei enthält Stellenangebote der Kundennummern %s und %s", first, number)
		}
		first = number
	}
	return nil
}

// checkAmount compares the header's number of records with those that are there.
func checkAmount(document *Element, present int) error {
	announced, _ := strconv.Atoi(document.Get("Header/Amount"))
	if announced != present {
		return fmt.Errorf("als Amount sind %d Datensätze angegeben, die Datei enthält %d", announced, present)
	}
	return nil
}

// records lists what a file of sound structure asks for, in its order.
func records(document *Element) []record {
	var all []record
	for _, posting := range document.All("Data/" + nameAd) {
		wanted, _ := strconv.Atoi(posting.Get("PostDetail/Action"))
		all = append(all, record{id: posting.Get("JobPositionPostingId"), action: action(wanted), posting: posting})
	}
	for _, entry := range document.All("Data/DeleteEntry") {
		all = append(all, record{id: entry.Get("EntryId"), action: remove})
	}
	return all
}

// apply judges the records one after the other, so that a later one meets what an earlier one did.
func (b *BA) apply(u *Upload, document *Element, at time.Time) {
	partner, ok := b.partners[u.Partner]
	if !ok {
		return
	}
	all := records(document)
	u.Records = len(all)
	present := make(map[string]bool, len(all))
	for _, rec := range all {
		present[b.fold(rec.id)] = true
		t := &trial{
			record:   rec,
			partner:  partner,
			supplier: document.Get("Header/SupplierId"),
			ad:       b.find(partner.ID, rec.id),
			now:      at,
			today:    calendar.On(at, b.zone),
			zone:     b.zone,
			places:   b.places,
			settings: b.settings,
		}
		t.judge()
		if len(t.messages) == 0 {
			b.carryOut(t, u.Name)
		}
		u.Messages = append(u.Messages, t.messages...)
	}
	if document.Get("Header/TypeOfLoad") == "F" && b.settings.FullLoadDeletesMissing {
		b.removeMissing(u, present, at)
	}
}

// find returns what the BA has, or had, under an id of a partner; nil if it never had anything.
func (b *BA) find(partnerID, id string) *Ad {
	if ad, ok := b.ads[adKey{partnerID, id}]; ok || !b.settings.IgnoreIDCase {
		return ad
	}
	for key, ad := range b.ads {
		if key.partner == partnerID && strings.EqualFold(key.id, id) {
			return ad
		}
	}
	return nil
}

// fold is equal for ids that mean the same ad.
func (b *BA) fold(id string) string {
	if b.settings.IgnoreIDCase {
		return strings.ToUpper(id)
	}
	return id
}

// carryOut does what an accepted record asks for. The ad takes the date that its sender gave it.
func (b *BA) carryOut(t *trial, file string) {
	ad := t.ad
	if ad == nil {
		ad = &Ad{Partner: t.partner.ID, ID: t.id}
		b.ads[adKey{ad.Partner, ad.ID}] = ad
	}
	ad.Changed = t.modified()
	switch t.action {
	case insert:
		ad.State, ad.DeletionPlanned, ad.Content = AdLive, false, t.posting
		ad.record(t.now, eventInserted, file)
	case update:
		ad.Content = t.posting
		ad.record(t.now, eventUpdated, file)
	case remove:
		ad.State = AdRemoved
		ad.record(t.now, eventDeleted, file)
	}
}

// removeMissing deletes the partner's ads that a full load does not name.
func (b *BA) removeMissing(u *Upload, present map[string]bool, at time.Time) {
	for key, ad := range b.ads {
		if key.partner != u.Partner || present[b.fold(key.id)] || ad.State == AdRemoved {
			continue
		}
		ad.State, ad.Changed = AdRemoved, at
		ad.record(at, eventNotInFull, u.Name)
	}
}
