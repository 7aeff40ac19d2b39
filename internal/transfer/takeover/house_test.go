package takeover

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

const (
	supplier     = "V000123400"
	alliance     = "99001"
	kundennummer = "A123A12345"
)

// house is a house with one employer, whose ads another system has sent until now.
type house struct {
	*testhouse.House
	t    *testing.T
	desk *posting.Desk
	door *Door
	// woken counts how often each account was woken.
	woken   map[uuid.UUID]int
	ctx     context.Context
	tenant  uuid.UUID
	account uuid.UUID
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{House: testhouse.New(t), t: t, woken: map[uuid.UUID]int{}}
	wake := func(_ database.Tx, account uuid.UUID) error { h.woken[account]++; return nil }
	h.desk = posting.NewDesk(h.DB, h.Clock.Now, h.Berlin, wake)
	h.door = NewDoor(h.DB, h.desk, h.Clock.Now, h.Berlin, wake)
	h.employ("Muster Pflege gGmbH", supplier)
	return h
}

// employ makes a tenant with an account the one that the house works for.
func (h *house) employ(name, supplierID string) {
	h.t.Helper()
	h.tenant, h.ctx = h.Tenant(h.t, name)
	h.account = h.addAccount(supplierID)
}

// addAccount adds an account with a hiring organisation to the tenant.
func (h *house) addAccount(supplierID string) uuid.UUID {
	h.t.Helper()
	directory, number, supplierNumber := tenant.NewDirectory(h.DB, h.Clock.Now), alliance, supplierID
	made, err := directory.CreateAccount(h.ctx, tenant.AccountInput{Name: "Konto " + supplierID, SupplierID: &supplierNumber, AllianceNumber: &number})
	check(h.t, err)
	_, err = directory.CreateOrganisation(h.ctx, made.ID, tenant.OrganisationInput{Name: "Haus Nord", Town: "Nürnberg", Kundennummer: kundennummer})
	check(h.t, err)
	return made.ID
}

// former is one ad as the former system sent it.
type former struct {
	reference string
	action    posting.Action
	number    string
	change    func(*posting.Content)
	modified  time.Time
}

func advert(change func(*posting.Content)) posting.Content {
	insured := true
	c := posting.Content{
		EmploymentType: posting.SkilledWorker, Occupation: posting.Occupation{ID: 134833}, Title: "Pflegefachkraft (m/w/d)",
		Description: "Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.",
		Places:      []posting.Place{{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY"}},
		Openings:    1, Start: posting.Start{Immediately: true}, SocialInsurance: &insured,
		Apply: posting.Apply{Ways: []posting.ApplyWay{posting.ApplyByEmail}}, Contact: &posting.Contact{Company: "Muster Pflege gGmbH"},
	}
	c.Contact.Salutation, c.Contact.FamilyName, c.Contact.Email = posting.Ms, "Beispiel", "jobs@muster-pflege.example"
	if change != nil {
		change(&c)
	}
	return c
}

// file is what the former system sent.
func (h *house) file(ads ...former) []byte {
	h.t.Helper()
	return h.fileFrom(supplier, ads...)
}

func (h *house) fileFrom(supplierID string, ads ...former) []byte {
	h.t.Helper()
	var out bytes.Buffer
	w, err := hrbaxml.NewWriter(&out, hrbaxml.P82(), hrbaxml.Header{SupplierID: supplierID, Timestamp: h.Clock.Now(), Amount: len(ads), Load: hrbaxml.Full})
	check(h.t, err)
	for _, a := range ads {
		if a.action == posting.Delete {
			check(h.t, w.Delete(a.reference))
			continue
		}
		content := advert(a.change)
		if a.number == "" {
			a.number = kundennummer
		}
		if a.modified.IsZero() {
			a.modified = h.Clock.Now()
		}
		var ad hrbaxml.Ad
		posting.Encode(&ad, &content, posting.Envelope{
			Reference: a.reference, Action: posting.Insert, SupplierID: supplierID, SupplierName: "Vorgänger", Kundennummer: a.number,
			Employer: "Haus Nord", Modified: a.modified, Today: h.today(),
		})
		check(h.t, w.WriteAd(ad))
	}
	check(h.t, w.Close())
	return out.Bytes()
}

func (h *house) today() calendar.Date { return calendar.On(h.Clock.Now(), h.Berlin) }

// take takes a file over.
func (h *house) take(file []byte) Result {
	h.t.Helper()
	result, err := h.door.File(h.ctx, h.account, file, false)
	check(h.t, err)
	return result
}

// join takes references over.
func (h *house) join(claims ...Claim) Result {
	h.t.Helper()
	result, err := h.door.References(h.ctx, h.account, claims, false)
	check(h.t, err)
	return result
}

// claim is one of a skilled worker's ad.
func claim(reference, externalID string) Claim {
	c := Claim{Reference: reference, Kundennummer: kundennummer, EmploymentType: posting.SkilledWorker}
	if externalID != "" {
		c.ExternalID = &externalID
	}
	return c
}

// draft saves a draft with an id of the caller's software.
func (h *house) draft(externalID string, change func(*posting.Content)) uuid.UUID {
	h.t.Helper()
	made, err := h.desk.Create(h.ctx, posting.Input{ExternalID: &externalID, AccountID: &h.account, Content: advert(change)})
	check(h.t, err)
	return made.ID
}

// copies are the tenant's copies in the order of their references.
func (h *house) copies() []transfer.Copy {
	h.t.Helper()
	var found []transfer.Copy
	check(h.t, h.DB.InTx(h.ctx, func(tx database.Tx) error { return tx.Of(&transfer.Copy{}).Order("reference").Find(&found).Error }))
	return found
}

// rows counts what the tenant has of everything that a take-over writes.
func (h *house) rows() string {
	h.t.Helper()
	var counts []string
	check(h.t, h.DB.InTx(h.ctx, func(tx database.Tx) error {
		for _, table := range []string{"postings", "posting_revisions", "copies", "foreign_references", "events"} {
			var n int64
			if err := tx.Table(table).Where("tenant_id = ?", tx.Tenant).Count(&n).Error; err != nil {
				return err
			}
			counts = append(counts, fmt.Sprintf("%d %s", n, table))
		}
		return nil
	}))
	return strings.Join(counts, ", ")
}

// outcomes are what became of each reference, with the code of what was wrong.
func outcomes(r Result) string {
	words := make([]string, len(r.Items))
	for i, item := range r.Items {
		words[i] = string(item.Outcome)
		if item.Problem != nil {
			words[i] += " " + item.Problem.Code.Name
		}
	}
	return strings.Join(words, ", ")
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
