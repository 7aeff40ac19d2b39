// Package takeover takes ads over that another system has published at the BA, so that what Stellwerk does first with each of them is a
// change or a deletion and never a second insert.
package takeover

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/event"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

// The bounds of what is taken over at once.
const (
	MaxBytes   = 20 << 20
	MaxRecords = 1000
)

// Outcome says what became of one reference.
type Outcome string

// The outcomes.
const (
	// Taken means that a new posting was made of the ad in the file.
	Taken Outcome = "taken"
	// Joined means that the reference became that of a posting which was there.
	Joined Outcome = "joined"
	// Known means that the reference was taken over before, or is ours anyway.
	Known Outcome = "known"
	// Foreign means that the ad is under another partner's prefix: its provider must withdraw it.
	Foreign Outcome = "foreign"
	// Over means that the file deletes the ad, or that its last day has passed: there is nothing to take over.
	Over Outcome = "over"
	// Refused means that the ad was not taken over; the item's Problem says why.
	Refused Outcome = "refused"
)

// Claim is what a caller says of one ad at the BA.
type Claim struct {
	Reference      string
	Kundennummer   string
	EmploymentType posting.EmploymentType
	// ExternalID names the posting that the ad becomes; nil only for ads under another partner's prefix.
	ExternalID *string
}

// Item is what became of one reference.
type Item struct {
	Reference string
	// Line is where the ad stands in the file; zero for one of a list.
	Line    int
	Outcome Outcome
	// PostingID is nil where no posting has the reference, and for one that a dry run only would make.
	PostingID *uuid.UUID
	Title     string
	// EndsOn is the ad's last day at the BA, nil where the file does not say.
	EndsOn  *calendar.Date
	Problem *fault.Error
}

// Result is what became of all of them, in their order.
type Result struct {
	DryRun bool
	Items  []Item
}

// Count returns how many references had an outcome.
func (r Result) Count(outcome Outcome) int {
	n := 0
	for _, item := range r.Items {
		if item.Outcome == outcome {
			n++
		}
	}
	return n
}

// Door is where ads come in from other systems.
type Door struct {
	db     *database.DB
	desk   *posting.Desk
	now    func() time.Time
	berlin *time.Location
	wake   func(tx database.Tx, account uuid.UUID) error
}

// NewDoor returns the door in a database. wake is called in the transaction that changes what an account has to send.
func NewDoor(
	db *database.DB, desk *posting.Desk, now func() time.Time, berlin *time.Location, wake func(tx database.Tx, account uuid.UUID) error,
) *Door {
	return &Door{db: db, desk: desk, now: now, berlin: berlin, wake: wake}
}

// File takes over the ads of another system's HR-BA-XML file, of at most MaxBytes and MaxRecords records: each becomes a posting with the
// content of the file, as the BA has it. The same file again changes nothing. A dry run changes nothing either and shows what would happen. It
// returns fault.Missing for an unknown account, NumbersMissing, FileUnreadable and TooMany; what is wrong with single ads stands in the result.
func (d *Door) File(ctx context.Context, account uuid.UUID, content []byte, dryRun bool) (Result, error) {
	found, err := readFile(content)
	if err != nil {
		return Result{}, err
	}
	return d.take(ctx, account, found, dryRun)
}

// References takes over ads of which only references are known: each becomes that of the posting with the external id, whose content goes to
// the BA as a change. It returns what File returns.
func (d *Door) References(ctx context.Context, account uuid.UUID, claims []Claim, dryRun bool) (Result, error) {
	if len(claims) > MaxRecords {
		return Result{}, TooMany.New(fault.Args{"max": MaxRecords})
	}
	found := contents{records: make([]record, len(claims))}
	for i, claim := range claims {
		found.records[i] = record{Claim: claim}
	}
	return d.take(ctx, account, found, dryRun)
}

// errDryRun ends the transaction of a dry run.
var errDryRun = errors.New("dry run")

// take does everything in one transaction, which a dry run takes back: so both always come to the same result.
func (d *Door) take(ctx context.Context, account uuid.UUID, found contents, dryRun bool) (Result, error) {
	result := Result{DryRun: dryRun}
	err := d.db.InTx(ctx, func(tx database.Tx) error {
		// The planner locks the account too, so nothing is planned meanwhile.
		var owner tenant.Account
		if err := database.ForUpdate(tx.Of(&owner)).Where("id = ?", account).Take(&owner).Error; err != nil {
			return err
		}
		if owner.SupplierID == nil || owner.AllianceNumber == nil {
			return NumbersMissing.New(nil)
		}
		t := taking{Door: d, tx: tx, account: owner, today: calendar.On(d.now(), d.berlin), supplier: found.supplier}
		if err := t.prepare(found.records); err != nil {
			return err
		}
		for _, r := range found.records {
			item, err := t.one(r)
			if err != nil {
				return fmt.Errorf("take over %s: %w", r.Reference, err)
			}
			result.Items = append(result.Items, item)
		}
		if err := t.finish(result); err != nil {
			return err
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		return result.withoutNew(), nil
	}
	return result, database.OrMissing("take ads over", err)
}

// withoutNew leaves out the ids of postings that a dry run took back.
func (r Result) withoutNew() Result {
	for i := range r.Items {
		if r.Items[i].Outcome == Taken {
			r.Items[i].PostingID = nil
		}
	}
	return r
}

// finish tells what was taken over, and wakes the account, if anything was.
func (t *taking) finish(result Result) error {
	counts := map[string]any{}
	for _, outcome := range []Outcome{Taken, Joined} {
		if n := result.Count(outcome); n > 0 {
			counts[string(outcome)] = n
		}
	}
	if t.listed > 0 {
		counts[string(Foreign)] = t.listed
	}
	if len(counts) == 0 {
		return nil
	}
	if err := event.Append(t.tx, t.now(), event.AccountTakenOver, t.account.ID, counts); err != nil {
		return err
	}
	return t.wake(t.tx, t.account.ID)
}
