package posting_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
)

func TestWhatBelongsToAnotherTenantIsMissing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	other := o.next("V000567800", "99002", "B456B67890")
	theirs, err := other.desk.Create(other.ctx, posting.Input{Publish: true, Content: advert()})
	check(t, err)
	nobody := uuid.New()

	for name, attempt := range map[string]func() error{
		"create under their account": func() error {
			_, err := o.desk.Create(o.ctx, posting.Input{Content: advert(), AccountID: &other.account})
			return err
		},
		"create under an unknown account": func() error {
			_, err := o.desk.Create(o.ctx, posting.Input{Content: advert(), AccountID: &nobody})
			return err
		},
		"create under their organisation": func() error {
			_, err := o.desk.Create(o.ctx, posting.Input{Content: advert(), HiringOrganisationID: &other.organisation})
			return err
		},
		"create under an unknown organisation": func() error {
			_, err := o.desk.Create(o.ctx, posting.Input{Content: advert(), HiringOrganisationID: &nobody})
			return err
		},
		"read":     func() error { _, err := o.desk.Get(o.ctx, theirs.ID); return err },
		"withdraw": func() error { _, err := o.desk.Withdraw(o.ctx, theirs.ID); return err },
		"replace": func() error {
			_, err := o.desk.Replace(o.ctx, theirs.ID, posting.Input{Content: advert()})
			return err
		},
		"read by an unknown external id": func() error { _, err := o.desk.GetByExternalID(o.ctx, "job-1"); return err },
	} {
		if err := attempt(); !fault.Has(err, fault.Missing) && !unknownReference(err) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if o.count(&posting.Posting{}) != 0 {
		t.Error("something was saved")
	}
	if read, err := other.desk.Get(other.ctx, theirs.ID); err != nil || read.Version != 1 || !read.Publish {
		t.Errorf("their posting is %+v, %v", read.Posting, err)
	}
}

func TestAnOrganisationOfAnotherAccountIsMissing(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	second := *o
	account, err := tenant.NewDirectory(o.DB, o.Clock.Now).CreateAccount(o.ctx, tenant.AccountInput{Name: "Zweites Konto"})
	check(t, err)
	second.account = account.ID
	elsewhere := second.branch("B456B67890")

	_, err = o.desk.Create(o.ctx, posting.Input{Content: advert(), HiringOrganisationID: &elsewhere})
	if !unknownReference(err) {
		t.Errorf("got %v", err)
	}
	made, err := o.desk.Create(o.ctx, posting.Input{Content: advert(), AccountID: &account.ID})
	check(t, err)

	if made.AccountID != account.ID || made.HiringOrganisationID != elsewhere {
		t.Errorf("made %+v", made.Posting)
	}
}

func TestAPostingNeedsAnAccountAndAnOrganisation(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	directory := tenant.NewDirectory(o.DB, o.Clock.Now)
	bare := *o
	_, bare.ctx = o.Tenant(t, "Neu GmbH")

	_, err := bare.desk.Create(bare.ctx, posting.Input{Content: advert()})
	if !fault.Has(err, tenant.MissingDefault) {
		t.Errorf("without account: %v", err)
	}
	_, err = directory.CreateAccount(bare.ctx, tenant.AccountInput{Name: "Neu"})
	check(t, err)
	_, err = bare.desk.Create(bare.ctx, posting.Input{Content: advert()})

	if !fault.Has(err, tenant.MissingDefault) {
		t.Errorf("without organisation: %v", err)
	}
}

func TestWhatAPostingIsKnownByStays(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	one, two, free := "job-1", "job-2", "job-3"
	first := o.create(posting.Input{Publish: true, Content: advert(), ExternalID: &one})
	o.create(posting.Input{Content: advert(), ExternalID: &two})
	unnamed := o.create(posting.Input{Content: advert()})
	account, err := tenant.NewDirectory(o.DB, o.Clock.Now).CreateAccount(o.ctx, tenant.AccountInput{Name: "Zweites Konto"})
	check(t, err)

	for name, test := range map[string]struct {
		attempt func() error
		want    *fault.Code
	}{
		"a taken external id": {func() error {
			_, err := o.desk.Create(o.ctx, posting.Input{Content: advert(), ExternalID: &two})
			return err
		}, posting.ExternalIDTaken},
		"another external id": {func() error {
			_, err := o.desk.Replace(o.ctx, first.ID, posting.Input{Content: advert(), ExternalID: &free})
			return err
		}, posting.ExternalIDDiffers},
		"an external id where there was none": {func() error {
			_, err := o.desk.Replace(o.ctx, unnamed.ID, posting.Input{Content: advert(), ExternalID: &free})
			return err
		}, posting.ExternalIDDiffers},
		"two external ids": {func() error {
			_, _, err := o.desk.PutByExternalID(o.ctx, one, posting.Input{Content: advert(), ExternalID: &two})
			return err
		}, posting.ExternalIDDiffers},
		"another account": {func() error {
			_, err := o.desk.Replace(o.ctx, first.ID, posting.Input{Content: advert(), AccountID: &account.ID})
			return err
		}, posting.AccountFixed},
	} {
		if err := test.attempt(); !complains(err, test.want) {
			t.Errorf("%s: got %v, want %s", name, err, test.want.Name)
		}
	}
	same, err := o.desk.Replace(o.ctx, first.ID, posting.Input{Publish: true, Content: advert(), ExternalID: &one, AccountID: &o.account})
	check(t, err)
	if same.Version != 1 {
		t.Errorf("version %d", same.Version)
	}
}

// complains reports whether err is of a code, or lists it.
func complains(err error, code *fault.Code) bool {
	found, ok := errors.AsType[*fault.Error](err)
	return ok && (found.Code == code || slices.ContainsFunc(found.Parts, func(part *fault.Error) bool { return part.Code == code }))
}

func TestListsAreFilteredAndPaged(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.create(posting.Input{Content: advert()})
	waiting := o.create(posting.Input{Publish: true, Content: advert()})
	live := o.create(posting.Input{Publish: true, Content: advert()})
	o.edit(live.Posting, func(p *posting.Posting) { p.AtBA, p.LiveRevision = posting.AtBALive, new(1) })
	list := func(filter posting.Filter, size int) ([]posting.View, *string) {
		t.Helper()
		page, err := database.NewPage("postings", nil, &size)
		check(t, err)
		found, next, err := o.desk.List(o.ctx, filter, page)
		check(t, err)
		return found, next
	}

	all, _ := list(posting.Filter{}, 10)
	first, next := list(posting.Filter{}, 2)
	atBA, _ := list(posting.Filter{AtBA: posting.AtBALive}, 10)
	change, _ := list(posting.Filter{Change: posting.ChangeWaiting}, 10)

	if len(all) != 3 || len(first) != 2 || next == nil {
		t.Errorf("%d, then a page of %d", len(all), len(first))
	}
	if len(atBA) != 1 || atBA[0].ID != live.ID || len(change) != 1 || change[0].ID != waiting.ID {
		t.Errorf("live %d, waiting %d", len(atBA), len(change))
	}
	if change[0].Account.Active {
		t.Error("the account was never activated")
	}
}

func TestElementsPointToWhatTheyComeFrom(t *testing.T) {
	t.Parallel()
	const position = "/HRBAXMLJobPositionPosting/Data/JobPositionPosting[3]/JobPositionInformation/"
	for _, test := range []struct {
		id   hrbaxml.ID
		path string
		want string
	}{
		{hrbaxml.JobPositionTitleDescription, position + "JobPositionTitleDescription", "/title"},
		{hrbaxml.LocationPostalCode, position + "JobPositionDescription/JobPositionLocation/Location[2]/PostalCode", "/places/1/postal_code"},
		{hrbaxml.LocationPostalCode, position + "JobPositionDescription/JobPositionLocation/Location/PostalCode", "/places/0/postal_code"},
		{hrbaxml.HiringOrgID, "/HRBAXMLJobPositionPosting/Data/JobPositionPosting[3]/HiringOrg/HiringOrgId", ""},
	} {
		got, ok := posting.Pointer(test.id, test.path)

		if got != test.want || ok != (test.want != "") {
			t.Errorf("%s points to %q, want %q", test.path, got, test.want)
		}
	}
}

func TestAPostingStaysWithItsOrganisationWhenTheDefaultChanges(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	created := o.create(posting.Input{Publish: true, Content: advert()})
	branch := o.branch("B456B67890")
	_, err := tenant.NewDirectory(o.DB, o.Clock.Now).UpdateOrganisation(o.ctx, o.account, branch, tenant.OrganisationInput{
		Name: "Filiale", Town: "Fürth", Kundennummer: "B456B67890", Default: true,
	})
	check(t, err)

	again, err := o.desk.Replace(o.ctx, created.ID, posting.Input{Publish: true, Content: advert()})
	check(t, err)
	moved, err := o.desk.Replace(o.ctx, created.ID, posting.Input{Publish: true, Content: advert(), HiringOrganisationID: &branch})
	check(t, err)

	if again.HiringOrganisationID != o.organisation || again.LatestRevision != 1 {
		t.Errorf("moved without being asked: %+v", again.Posting)
	}
	if moved.HiringOrganisationID != branch || moved.LatestRevision != 2 {
		t.Errorf("not moved when asked: %+v", moved.Posting)
	}
}

// unknownReference reports whether an error complains about nothing but an id that the tenant does not have.
func unknownReference(err error) bool {
	found, ok := errors.AsType[*fault.Error](err)
	return ok && len(found.Parts) == 1 && found.Parts[0].Code == posting.UnknownReference
}
