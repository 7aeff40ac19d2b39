package posting_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/testhouse"
)

// office is a tenant's desk, its account and its default hiring organisation.
type office struct {
	*testhouse.House
	t            *testing.T
	ctx          context.Context
	desk         *posting.Desk
	account      uuid.UUID
	organisation uuid.UUID
	// woken counts how often an account was given something to do.
	woken *atomic.Int64
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{House: testhouse.New(t), t: t, woken: new(atomic.Int64)}
	o.desk = posting.NewDesk(o.DB, o.Clock.Now, o.Berlin, func(database.Tx, uuid.UUID) error {
		o.woken.Add(1)
		return nil
	})
	return o.next("V000123400", "99001", "A123A12345")
}

// next is the office of another tenant in the same house.
func (o *office) next(supplier, alliance, kundennummer string) *office {
	o.t.Helper()
	other := *o
	_, other.ctx = o.Tenant(o.t, "Muster "+supplier)
	account, err := tenant.NewDirectory(o.DB, o.Clock.Now).CreateAccount(other.ctx, tenant.AccountInput{
		Name: "Muster", SupplierID: &supplier, AllianceNumber: &alliance,
	})
	check(o.t, err)
	other.account = account.ID
	other.organisation = other.branch(kundennummer)
	return &other
}

func (o *office) branch(kundennummer string) uuid.UUID {
	o.t.Helper()
	made, err := tenant.NewDirectory(o.DB, o.Clock.Now).CreateOrganisation(o.ctx, o.account, tenant.OrganisationInput{
		Name: "Haus", Town: "Nürnberg", Kundennummer: kundennummer,
	})
	check(o.t, err)
	return made.ID
}

// advert is an ad without findings, with changes.
func advert(changes ...func(*posting.Content)) posting.Content {
	insured := true
	c := posting.Content{
		EmploymentType: posting.SkilledWorker, Occupation: posting.Occupation{ID: 134833}, Title: "Pflegefachkraft (m/w/d)",
		Description: "Sie pflegen und begleiten unsere Bewohnerinnen und Bewohner in einem festen Wohnbereich.",
		Places:      []posting.Place{{Country: "DE", PostalCode: "90402", Town: "Nürnberg", Region: "DE-BY"}},
		Openings:    1, Start: posting.Start{Immediately: true}, SocialInsurance: &insured,
		Apply: posting.Apply{Ways: []posting.ApplyWay{posting.ApplyByEmail}}, Contact: &posting.Contact{Company: "Muster Pflege gGmbH"},
	}
	c.Contact.Salutation, c.Contact.FamilyName, c.Contact.Email = posting.Ms, "Beispiel", "jobs@muster-pflege.example"
	for _, change := range changes {
		change(&c)
	}
	return c
}

// hopeless breaks two rules and a limit.
func hopeless(c *posting.Content) { c.Title, c.Openings, c.Places = "", 5000, nil }

func (o *office) create(in posting.Input) posting.View {
	o.t.Helper()
	made, err := o.desk.Create(o.ctx, in)
	check(o.t, err)
	return made
}

func (o *office) replace(id uuid.UUID, in posting.Input) posting.View {
	o.t.Helper()
	saved, err := o.desk.Replace(o.ctx, id, in)
	check(o.t, err)
	return saved
}

// count counts the tenant's rows of a model.
func (o *office) count(model any) int64 {
	o.t.Helper()
	var n int64
	check(o.t, o.DB.InTx(o.ctx, func(tx database.Tx) error { return tx.Of(model).Count(&n).Error }))
	return n
}

// edit changes a posting as an answer of the BA would.
func (o *office) edit(p posting.Posting, change func(*posting.Posting)) {
	o.t.Helper()
	change(&p)
	p.Settle(o.Clock.Now(), calendar.On(o.Clock.Now(), o.Berlin))
	check(o.t, o.DB.InTx(o.ctx, func(tx database.Tx) error { return tx.Rewrite(&p) }))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestANewPostingTakesTheDefaultsAndWakesItsAccount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)

	made := o.create(posting.Input{Publish: true, Content: advert()})
	read, err := o.desk.Get(o.ctx, made.ID)
	check(t, err)

	if read.AccountID != o.account || read.HiringOrganisationID != o.organisation || read.Change != posting.ChangeWaiting {
		t.Errorf("read %+v", read.Posting)
	}
	if read.Content.Title != "Pflegefachkraft (m/w/d)" || read.LatestRevision != 1 || read.Version != 1 || len(posting.Blocking(read.Findings)) > 0 {
		t.Errorf("read %+v", read)
	}
	if o.woken.Load() != 1 {
		t.Errorf("the account was woken %d times", o.woken.Load())
	}
}

func TestPublishingWhatTheBAWouldRefuseSavesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)

	_, err := o.desk.Create(o.ctx, posting.Input{Publish: true, Content: advert(hopeless)})
	refused, ok := errors.AsType[*fault.Error](err)

	if !ok || refused.Code != posting.NotPublishable || fault.KindOf(err) != fault.Invalid || len(refused.Parts) < 3 {
		t.Fatalf("got %v", err)
	}
	var pointers []string
	for _, part := range refused.Parts {
		pointers = append(pointers, part.Pointer)
	}
	for _, want := range []string{"/content/title", "/content/openings", "/content/places"} {
		if !slices.Contains(pointers, want) {
			t.Errorf("nothing is said about %s but about %v", want, pointers)
		}
	}
	if o.count(&posting.Posting{}) != 0 || o.count(&posting.Revision{}) != 0 || o.woken.Load() != 0 {
		t.Error("something was saved")
	}
}

func TestPublishingARefusedChangeLeavesTheAdAsItWas(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	made := o.create(posting.Input{Publish: true, Content: advert()})

	_, err := o.desk.Replace(o.ctx, made.ID, posting.Input{Publish: true, Content: advert(hopeless)})

	if !fault.Has(err, posting.NotPublishable) {
		t.Fatalf("got %v", err)
	}
	if read, _ := o.desk.Get(o.ctx, made.ID); read.LatestRevision != 1 || read.Content.Openings != 1 {
		t.Errorf("read %+v", read)
	}
}

func TestADraftIsSavedWithItsFindings(t *testing.T) {
	t.Parallel()
	o := newOffice(t)

	made := o.create(posting.Input{Content: advert(hopeless)})
	read, err := o.desk.Get(o.ctx, made.ID)
	check(t, err)

	if made.Change != posting.ChangeDraft || len(made.Findings) < 3 || len(read.Findings) != len(made.Findings) {
		t.Errorf("made %s with %d findings, read %d", made.Change, len(made.Findings), len(read.Findings))
	}
}

func TestEverySaveIsARevisionUnlessNothingChanged(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	full := func(c *posting.Content) {
		c.WorkingTime = &posting.WorkingTime{Models: []posting.WorkingTimeModel{posting.FullTime}}
	}
	made := o.create(posting.Input{Publish: true, Content: advert(full)})
	woken := o.woken.Load()

	same := o.replace(made.ID, posting.Input{Publish: true, Content: advert(full)})
	empty := o.replace(made.ID, posting.Input{Publish: true, Content: advert(full, func(c *posting.Content) {
		c.AlternativeOccupations = []posting.Occupation{} // as a caller writes "none"
	})})
	if same.Version != 1 || empty.Version != 1 || o.woken.Load() != woken {
		t.Errorf("versions %d and %d, woken %d times", same.Version, empty.Version, o.woken.Load()-woken)
	}
	o.Clock.Add(1)
	changed := o.replace(made.ID, posting.Input{Publish: true, Content: advert()})
	branch := o.branch("B456B67890")
	moved := o.replace(made.ID, posting.Input{Publish: true, Content: advert(), HiringOrganisationID: &branch})

	if changed.LatestRevision != 2 || moved.LatestRevision != 3 || moved.HiringOrganisationID != branch {
		t.Errorf("revisions %d and %d", changed.LatestRevision, moved.LatestRevision)
	}
	check(t, o.DB.InTx(o.ctx, func(tx database.Tx) error {
		for number, models := range map[int]bool{1: true, 2: false, 3: false} {
			content, err := posting.ContentOf(tx, made.ID, number)
			if err != nil {
				return err
			}
			if (content.WorkingTime != nil) != models {
				t.Errorf("revision %d is %+v", number, content)
			}
		}
		_, err := posting.ContentOf(tx, made.ID, 4)
		if err == nil {
			t.Error("there is a fourth revision")
		}
		return nil
	}))
	var revision posting.Revision
	check(t, o.DB.InTx(o.ctx, func(tx database.Tx) error { return tx.Of(&revision).Where("number = 3").Take(&revision).Error }))
	if revision.CreatedBy != "Muster V000123400's software" {
		t.Errorf("the revision is by %q", revision.CreatedBy)
	}
}

func TestWithdrawingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	made := o.create(posting.Input{Publish: true, Content: advert()})
	o.edit(made.Posting, func(p *posting.Posting) { p.AtBA, p.LiveRevision = posting.AtBALive, new(1) })

	first, err := o.desk.Withdraw(o.ctx, made.ID)
	check(t, err)
	second, err := o.desk.Withdraw(o.ctx, made.ID)
	check(t, err)

	if first.Change != posting.ChangeWithdrawing || first.Publish || first.Version != 2 || second.Version != 2 {
		t.Errorf("%s at version %d, then %d", first.Change, first.Version, second.Version)
	}
	if o.woken.Load() != 2 {
		t.Errorf("woken %d times", o.woken.Load())
	}
}

func TestSavingARefusedAdAsItIsTriesAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	made := o.create(posting.Input{Publish: true, Content: advert()})
	o.edit(made.Posting, func(p *posting.Posting) {
		p.Refusal = &posting.Refusal{Revision: 1, Answers: []posting.Answer{{Code: "FLR_JCValid_066"}}}
	})
	if read, _ := o.desk.Get(o.ctx, made.ID); read.Change != posting.ChangeRefused {
		t.Fatalf("the ad is %s", read.Change)
	}

	again := o.replace(made.ID, posting.Input{Publish: true, Content: advert()})

	if again.Change != posting.ChangeWaiting || again.Refusal != nil || again.LatestRevision != 1 || o.woken.Load() != 2 {
		t.Errorf("got %s, refusal %v, revision %d", again.Change, again.Refusal, again.LatestRevision)
	}
}

func TestWhatTheBARemovedIsPublishedAnewAfterItWasWithdrawn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	made := o.create(posting.Input{Publish: true, Content: advert()})
	o.edit(made.Posting, func(p *posting.Posting) { p.AtBA, p.LiveRevision = posting.AtBARemoved, new(1) })

	same := o.replace(made.ID, posting.Input{Publish: true, Content: advert()})
	_, err := o.desk.Withdraw(o.ctx, made.ID)
	check(t, err)
	anew := o.replace(made.ID, posting.Input{Publish: true, Content: advert()})

	if same.Change != posting.ChangeNone || anew.Change != posting.ChangeWaiting || anew.LatestRevision != 2 {
		t.Errorf("%s, then %s at revision %d", same.Change, anew.Change, anew.LatestRevision)
	}
}

func TestPutByExternalID(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	other := o.next("V000567800", "99002", "B456B67890")
	id := "job-1"

	first, created, err := o.desk.PutByExternalID(o.ctx, id, posting.Input{Publish: true, Content: advert()})
	check(t, err)
	second, createdAgain, err := o.desk.PutByExternalID(o.ctx, id, posting.Input{Publish: true, Content: advert(hasOpenings(2))})
	check(t, err)
	theirs, createdThere, err := other.desk.PutByExternalID(other.ctx, id, posting.Input{Publish: true, Content: advert()})
	check(t, err)
	read, err := o.desk.GetByExternalID(o.ctx, id)
	check(t, err)

	if !created || createdAgain || !createdThere || second.ID != first.ID || theirs.ID == first.ID || read.Content.Openings != 2 {
		t.Errorf("created %v %v %v, read %d openings", created, createdAgain, createdThere, read.Content.Openings)
	}
}

func hasOpenings(n int) func(*posting.Content) { return func(c *posting.Content) { c.Openings = n } }

func TestRacingPutsByExternalIDMakeOnePosting(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	const callers = 8
	var created atomic.Int64
	failed := make([]error, callers)

	var all sync.WaitGroup
	for i := range callers {
		all.Go(func() {
			_, made, err := o.desk.PutByExternalID(o.ctx, "job-1", posting.Input{Publish: true, Content: advert(hasOpenings(i + 1))})
			if made {
				created.Add(1)
			}
			failed[i] = err
		})
	}
	all.Wait()

	if err := errors.Join(failed...); err != nil {
		t.Fatal(err)
	}
	read, err := o.desk.GetByExternalID(o.ctx, "job-1")
	check(t, err)
	if created.Load() != 1 || o.count(&posting.Posting{}) != 1 || read.LatestRevision != callers {
		t.Errorf("%d were created, %d revisions", created.Load(), read.LatestRevision)
	}
}

func TestRacingSavesOfOnePostingAllCount(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	made := o.create(posting.Input{Publish: true, Content: advert()})
	failed := make([]error, 6)

	var all sync.WaitGroup
	for i := range failed {
		all.Go(func() {
			_, failed[i] = o.desk.Replace(o.ctx, made.ID, posting.Input{Publish: true, Content: advert(func(c *posting.Content) { c.Title = fmt.Sprintf("Stelle %d", i) })})
		})
	}
	all.Wait()

	check(t, errors.Join(failed...))
	if read, _ := o.desk.Get(o.ctx, made.ID); read.LatestRevision != 7 || read.Version != 7 {
		t.Errorf("revision %d, version %d", read.LatestRevision, read.Version)
	}
}
