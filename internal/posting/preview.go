package posting

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// PreviewAction is what the next file would do with a posting.
type PreviewAction string

// The actions of a preview.
const (
	PreviewInsert PreviewAction = "insert"
	PreviewUpdate PreviewAction = "update"
	// PreviewReplace deletes the ad and, once that is settled, inserts it under a new reference: the BA lets neither its employment type (175)
	// nor its Kundennummer (186) change.
	PreviewReplace PreviewAction = "replace"
	PreviewDelete  PreviewAction = "delete"
	// PreviewNothing means that the BA has the ad as it is.
	PreviewNothing PreviewAction = "none"
)

// Preview is what would be sent of a posting today, and what that would change at the BA.
type Preview struct {
	Action PreviewAction
	// Wanted reports whether the ad is to be published now. Of a draft the preview shows what publishing it would send.
	Wanted bool
	// XML is a file that holds this ad alone. The BA's numbers that the account does not have yet are zeros in it, as is a reference not drawn
	// yet, which that of an ad to be replaced is too.
	XML []byte
	// Changes are the elements that differ from what the BA confirmed last; empty when it has nothing.
	Changes []Changed
}

// Changed is an element that differs.
type Changed struct {
	// Path leads to it from the ad. Pointer is its field in a request's body, empty for what comes from elsewhere.
	Path    string
	Pointer string
	// Before and After are its texts, empty for none.
	Before, After string
}

// Preview shows what would be sent of a posting today. Nothing is sent and nothing is saved. It returns fault.Missing.
func (d *Desk) Preview(ctx context.Context, id uuid.UUID) (Preview, error) {
	var shown Preview
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		var p Posting
		if err := tx.Of(&Posting{}).Where("id = ?", id).Take(&p).Error; err != nil {
			return err
		}
		account, err := tenant.AccountByID(tx, p.AccountID)
		if err != nil {
			return err
		}
		organisation, err := tenant.OrganisationFor(tx, account.ID, &p.HiringOrganisationID)
		if err != nil {
			return err
		}
		latest, err := ContentOf(tx, p.ID, p.LatestRevision)
		if err != nil {
			return err
		}
		live, err := liveAd(tx, &p)
		if err != nil {
			return err
		}
		shown, err = d.preview(p, account, organisation, &latest, live)
		return err
	})
	return shown, database.OrMissing("preview posting", err)
}

// confirmed is an ad as the BA confirmed it last.
type confirmed struct {
	Content
	kundennummer string
}

// liveAd returns what the BA has of a posting; nil when it has nothing. Under which Kundennummer stands in the table of copies, which
// settling the BA's answers (internal/transfer) keeps.
func liveAd(tx database.Tx, p *Posting) (*confirmed, error) {
	if p.AtBA != AtBALive || p.LiveRevision == nil {
		return nil, nil
	}
	content, err := ContentOf(tx, p.ID, *p.LiveRevision)
	if err != nil {
		return nil, err
	}
	found := confirmed{Content: content}
	err = tx.Raw("SELECT kundennummer FROM copies WHERE tenant_id = ? AND posting_id = ? ORDER BY id DESC LIMIT 1", tx.Tenant, p.ID).Scan(&found.kundennummer).Error
	if err != nil {
		return nil, fmt.Errorf("read the Kundennummer at the BA: %w", err)
	}
	return &found, nil
}

// preview compares what is wanted with what is live, nil for nothing.
func (d *Desk) preview(p Posting, account tenant.Account, organisation tenant.HiringOrganisation, latest *Content, live *confirmed) (Preview, error) {
	release, ok := hrbaxml.ReleaseByName(account.SchemaRelease)
	if !ok {
		return Preview{}, fmt.Errorf("account %s follows the unknown schema release %q", account.ID, account.SchemaRelease)
	}
	envelope := Envelope{
		Release: release, Reference: reference(p, account), Action: Insert, SupplierID: noSupplier, SupplierName: account.Name,
		Kundennummer: organisation.Kundennummer, Employer: organisation.Name, Modified: d.now().In(d.berlin), Today: d.today(),
	}
	if account.SupplierID != nil {
		envelope.SupplierID = *account.SupplierID
	}
	shown := Preview{Wanted: p.Wanted(d.today()), Action: PreviewInsert}
	switch {
	case !shown.Wanted && p.present():
		shown.Action = PreviewDelete
	case live != nil && (live.EmploymentType != latest.EmploymentType || live.kundennummer != organisation.Kundennummer):
		shown.Action, shown.Changes = PreviewReplace, differences(live.encoded(envelope), encoded(latest, envelope))
		envelope.Reference = newReference(account)
	case live != nil:
		envelope.Action = Update
		shown.Action, shown.Changes = PreviewUpdate, differences(live.encoded(envelope), encoded(latest, envelope))
		if len(shown.Changes) == 0 {
			shown.Action = PreviewNothing
		}
	}
	var err error
	shown.XML, err = d.singleFile(encoded(latest, envelope), shown.Action == PreviewDelete, envelope)
	return shown, err
}

// encoded returns the ad as it would stand in a file of today.
func (c *confirmed) encoded(envelope Envelope) hrbaxml.Ad {
	envelope.Kundennummer = c.kundennummer
	return encoded(&c.Content, envelope)
}

func encoded(content *Content, envelope Envelope) hrbaxml.Ad {
	var ad hrbaxml.Ad
	Encode(&ad, content, envelope)
	return ad
}

// What stands in a preview for numbers that are not known yet.
const (
	noSupplier  = "V000000000"
	noReference = "0000000000000000"
)

// reference returns the ad's id at the BA, or one that is not drawn yet.
func reference(p Posting, account tenant.Account) string {
	if p.Reference != nil {
		return *p.Reference
	}
	return newReference(account)
}

// newReference returns an id of zeros in the form of the account's.
func newReference(account tenant.Account) string {
	alliance := "00000"
	if account.AllianceNumber != nil {
		alliance = *account.AllianceNumber
	}
	return alliance + "-" + noReference + "-S"
}

// singleFile writes a file of one ad, or of its deletion.
func (d *Desk) singleFile(ad hrbaxml.Ad, gone bool, envelope Envelope) ([]byte, error) {
	var out bytes.Buffer
	writer, err := hrbaxml.NewWriter(&out, envelope.Release, hrbaxml.Header{
		SupplierID: envelope.SupplierID, Timestamp: d.now().In(d.berlin), Amount: 1, Load: hrbaxml.Delta,
	})
	if err != nil {
		return nil, fmt.Errorf("begin file: %w", err)
	}
	if gone {
		err = writer.Delete(envelope.Reference)
	} else {
		err = writer.WriteAd(ad)
	}
	if err != nil {
		return nil, fmt.Errorf("write posting: %w", err)
	}
	if err := writer.Close(); err != nil {
		return nil, fmt.Errorf("end file: %w", err)
	}
	return out.Bytes(), nil
}

// placed is a value of an ad with its path.
type placed struct {
	id   hrbaxml.ID
	path string
	text string
}

// differences compares two ads element by element, in the order of the schema.
func differences(before, after hrbaxml.Ad) []Changed {
	was, is := placedValues(before), placedValues(after)
	texts := make(map[string]string, len(was))
	for _, value := range was {
		texts[value.path] = value.text
	}
	type difference struct {
		id hrbaxml.ID
		Changed
	}
	var found []difference
	add := func(v placed, before, after string) {
		pointer, ok := Pointer(v.id, v.path)
		if ok {
			pointer = inBody + pointer
		}
		_, path, _ := strings.Cut(v.path, hrbaxml.Posting.Path())
		found = append(found, difference{v.id, Changed{Path: path, Pointer: pointer, Before: before, After: after}})
	}
	for _, value := range is {
		text, there := texts[value.path]
		delete(texts, value.path)
		if !there || text != value.text {
			add(value, text, value.text)
		}
	}
	for _, value := range was {
		if text, left := texts[value.path]; left {
			add(value, text, "")
		}
	}
	slices.SortStableFunc(found, func(a, b difference) int { return cmp.Compare(a.id, b.id) })
	changes := make([]Changed, len(found))
	for i, f := range found {
		changes[i] = f.Changed
	}
	return changes
}

// placedValues gives every value of an ad its path, with the position of what repeats.
func placedValues(ad hrbaxml.Ad) []placed {
	counts := map[hrbaxml.ID]int{}
	var values []placed
	for _, node := range ad {
		element := hrbaxml.Next().Element(node.ID)
		if element == nil {
			continue
		}
		if element.Repeats() {
			counts[node.ID]++
		}
		if element.IsGroup() {
			continue
		}
		var path string
		for e := element; e != nil; e = hrbaxml.Next().Element(e.Parent) {
			step := "/" + e.Name
			if n := counts[e.ID]; n > 0 {
				step += "[" + strconv.Itoa(n) + "]"
			}
			path = step + path
		}
		values = append(values, placed{node.ID, path, node.Text})
	}
	return values
}
