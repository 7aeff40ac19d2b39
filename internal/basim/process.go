package basim

import (
	"errors"
	"fmt"
	"strconv"
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
	document, complaint := b.read(u.Body)
	if complaint == nil {
		b.apply(u, document, at)
	} else {
		u.Messages = []Message{*complaint}
	}
	b.answer(u, at)
}

// read parses a file and checks its structure. A complaint is about the whole file: none of it is applied.
func (b *BA) read(body []byte) (*Element, *Message) {
	document, err := parse(body)
	if errors.Is(err, errBlank) {
		return nil, &Message{Code: codeEmptyFile, Text: "Die Datei ist leer."}
	}
	if err == nil {
		err = b.schema.check(document)
	}
	if err == nil && document.Get("Header/PdfPreviewOnly") == "1" {
		err = errors.New("mit PdfPreviewOnly 1 wird nichts übernommen")
	}
	if err == nil && b.settings.CheckAmount {
		err = checkAmount(document)
	}
	if err != nil {
		return nil, &Message{Code: codeStructure, Text: "Die Datei entspricht nicht dem Schema und wurde nicht verarbeitet: " + err.Error()}
	}
	return document, nil
}

// checkAmount compares the header's number of records with those that are there.
func checkAmount(document *Element) error {
	announced, _ := strconv.Atoi(document.Get("Header/Amount"))
	if present := len(records(document)); announced != present {
		return fmt.Errorf("als Amount sind %d Datensätze angegeben, die Datei enthält %d", announced, present)
	}
	return nil
}

// records lists what a file of sound structure asks for, in its order.
func records(document *Element) []record {
	var all []record
	for _, posting := range document.All("Data/JobPositionPosting") {
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
		present[rec.id] = true
		t := &trial{
			record:   rec,
			partner:  partner,
			supplier: document.Get("Header/SupplierId"),
			ad:       b.ads[adKey{partner.ID, rec.id}],
			now:      at,
			today:    calendar.On(at, b.zone),
			zone:     b.zone,
			places:   b.places,
			anyPlace: b.settings.AnyPlace,
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
		if key.partner != u.Partner || present[key.id] || ad.State == AdRemoved {
			continue
		}
		ad.State, ad.Changed = AdRemoved, at
		ad.record(at, eventNotInFull, u.Name)
	}
}
