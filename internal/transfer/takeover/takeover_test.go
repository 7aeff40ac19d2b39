package takeover

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
	"github.com/stellwerk-hr/stellwerk/internal/scope"
	"github.com/stellwerk-hr/stellwerk/internal/tenant"
	"github.com/stellwerk-hr/stellwerk/internal/text"
	"github.com/stellwerk-hr/stellwerk/internal/transfer"
)

func TestAnAdOfAFileBecomesALivePosting(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ends := h.today().AddDays(30)
	later := h.Clock.Now().Add(time.Hour).Truncate(time.Second)
	file := h.file(former{
		reference: "99001-2025-0815-S", modified: later, change: func(c *posting.Content) { c.Publication.Until = &ends },
	})

	result := h.take(file)

	if got := outcomes(result); got != "taken" || result.Items[0].Title != "Pflegefachkraft (m/w/d)" || *result.Items[0].EndsOn != ends {
		t.Fatalf("%s: %+v", got, result.Items)
	}
	view, err := h.desk.Get(h.ctx, *result.Items[0].PostingID)
	check(t, err)
	if !view.Publish || view.AtBA != posting.AtBALive || view.Change != posting.ChangeNone || *view.Reference != "99001-2025-0815-S" {
		t.Errorf("the posting is %+v", view.Posting)
	}
	want := advert(func(c *posting.Content) {
		today := h.today()
		c.Publication.From, c.Publication.Until, c.Start = &today, &ends, posting.Start{On: today}
	})
	if diff := cmp.Diff(want, view.Content); diff != "" {
		t.Errorf("its content differs:\n%s", diff)
	}
	have := h.copies()[0]
	if have.State != transfer.CopyLive || *have.ConfirmedRevision != 1 || have.ConfirmedAt == nil || !have.LastModified.Equal(later) ||
		calendar.On(*have.EndsOn, time.UTC) != ends {
		t.Errorf("the copy is %+v", have)
	}
	if h.woken[h.account] != 1 {
		t.Errorf("the account was woken %d times", h.woken[h.account])
	}
}

func TestTheSameFileAgainChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := h.file(former{reference: "99001-1-S"}, former{reference: "99001-2-S"}, former{reference: "13635-1-S"})
	first := h.take(file)
	before := h.rows()

	again := h.take(file)

	if got := outcomes(first) + "; " + outcomes(again); got != "taken, taken, foreign; known, known, foreign" {
		t.Errorf("%s", got)
	}
	if *again.Items[0].PostingID != *first.Items[0].PostingID {
		t.Error("the known reference is another posting's")
	}
	if after := h.rows(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestADryRunShowsAllAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := h.file(former{reference: "99001-1-S"}, former{reference: "13635-1-S"}, former{reference: "99001-2-S", number: "B456B67890"})
	before := h.rows()

	dry, err := h.door.File(h.ctx, h.account, file, true)
	check(t, err)

	if got := outcomes(dry); got != "taken, foreign, refused kundennummer_unknown" || !dry.DryRun || dry.Items[0].PostingID != nil {
		t.Errorf("%s: %+v", got, dry.Items)
	}
	if after := h.rows(); after != before {
		t.Errorf("%s became %s", before, after)
	}
	if done := h.take(file); outcomes(done) != outcomes(dry) {
		t.Errorf("the dry run said %s and it became %s", outcomes(dry), outcomes(done))
	}
}

func TestSingleAdsAreRefusedAndTheOthersTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	yesterday, tomorrow := h.today().AddDays(-1), h.today().AddDays(1)
	file := h.file(
		former{reference: "99001-1-S"},
		former{reference: "99001-1-S"},
		former{reference: "99001-2"},
		former{reference: "99001-3-S", number: "B456B67890"},
		former{reference: "99001-4-S", change: func(c *posting.Content) { c.Publication.From = &tomorrow }},
		former{reference: "99001-5-S", change: func(c *posting.Content) { c.Publication.Until = &yesterday }},
		former{reference: "99001-6-S", change: func(c *posting.Content) { c.Openings = 5_000_000 }},
		former{reference: "99001-7-S", action: posting.Delete},
	)

	result := h.take(file)

	want := "taken, refused reference_repeated, refused reference_malformed, refused kundennummer_unknown, refused ad_not_yet_public, over, " +
		"refused ad_unreadable, over"
	if got := outcomes(result); got != want {
		t.Fatalf("%s\nwant %s", got, want)
	}
	if reason := fmt.Sprint(result.Items[6].Problem.Args["reason"]); !strings.Contains(reason, "NumberToFill") {
		t.Errorf("the unreadable ad is explained by %q", reason)
	}
	if found := h.copies(); len(found) != 1 {
		t.Errorf("%d copies", len(found))
	}
	if result.Items[0].Line == 0 || result.Items[1].Line <= result.Items[0].Line {
		t.Errorf("the lines are %d and %d", result.Items[0].Line, result.Items[1].Line)
	}
}

func TestAReferenceJoinsThePostingThatIsNamed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := h.draft("REQ-1", nil)

	result := h.join(claim("99001-1-S", "REQ-1"))
	again := h.join(claim("99001-1-S", "REQ-1"))

	if got := outcomes(result) + "; " + outcomes(again); got != "joined; known" || *result.Items[0].PostingID != id {
		t.Fatalf("%s: %+v", got, result.Items)
	}
	view, err := h.desk.Get(h.ctx, id)
	check(t, err)
	if !view.Publish || view.AtBA != posting.AtBALive || view.Change != posting.ChangeWaiting || *view.Reference != "99001-1-S" {
		t.Errorf("the posting is %+v", view.Posting)
	}
	if have := h.copies()[0]; have.State != transfer.CopyLive || *have.ConfirmedRevision != 0 || have.PostingID != id {
		t.Errorf("the copy is %+v", have)
	}
}

func TestAPostingFromAFileGetsItsExternalIDFromAList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	taken := h.take(h.file(former{reference: "99001-1-S"}))

	named := h.join(claim("99001-1-S", "REQ-1"))
	another := h.join(claim("99001-1-S", "REQ-2"))

	if got := outcomes(named) + "; " + outcomes(another); got != "joined; refused reference_other_posting" {
		t.Errorf("%s", got)
	}
	view, err := h.desk.GetByExternalID(h.ctx, "REQ-1")
	check(t, err)
	if view.ID != *taken.Items[0].PostingID || view.Change != posting.ChangeNone || len(h.copies()) != 1 {
		t.Errorf("REQ-1 is %+v", view.Posting)
	}
}

func TestReferencesThatCannotJoinAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	tomorrow := h.today().AddDays(1)
	h.draft("good", nil)
	h.draft("untitled", func(c *posting.Content) { c.Title = "" })
	h.draft("tomorrow", func(c *posting.Content) { c.Publication.From = &tomorrow })
	h.draft("helper", func(c *posting.Content) { c.EmploymentType, c.Occupation.ID = posting.Helper, 14641 })
	other := h.addAccount("V000567800")
	h.account, other = other, h.account
	h.draft("elsewhere", nil)
	h.account = other
	before := len(h.copies())

	result := h.join(
		claim("99001-1-S", "good"), claim("99001-2-S", "good"), claim("99001-3-S", "untitled"), claim("99001-4-S", "tomorrow"),
		claim("99001-5-S", "helper"), claim("99001-6-S", "elsewhere"), claim("99001-7-S", "nobody"), claim("99001-8-S", ""), claim("13635-1-S", ""),
	)

	want := "joined, refused take_over_posting_has_ad, refused posting_not_publishable, refused posting_not_due, refused take_over_posting_differs, " +
		"refused reference_other_account, refused take_over_posting_missing, refused take_over_posting_missing, foreign"
	if got := outcomes(result); got != want {
		t.Fatalf("%s\nwant %s", got, want)
	}
	if parts := result.Items[2].Problem.Parts; len(parts) == 0 {
		t.Error("it is not said what is wrong with the untitled one")
	}
	if made := len(h.copies()) - before; made != 1 {
		t.Errorf("%d copies were made", made)
	}
	for _, refused := range []string{"untitled", "tomorrow", "helper"} {
		view, err := h.desk.GetByExternalID(h.ctx, refused)
		check(t, err)
		if view.Publish || view.Reference != nil || view.Change != posting.ChangeDraft {
			t.Errorf("%s is half saved: %+v", refused, view.Posting)
		}
	}
}

// TestAnotherTenantsReferenceIsNotTakenOver: only the database knows of it, and nothing about it is told.
func TestAnotherTenantsReferenceIsNotTakenOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.take(h.file(former{reference: "99001-1-S"}))
	owner := h.ctx
	h.employ("Holzbau Beispiel GmbH", "V000567800")
	h.draft("REQ-1", nil)
	before := h.rows()

	file := h.take(h.fileFrom("V000567800", former{reference: "99001-1-S"}))
	list := h.join(claim("99001-1-S", "REQ-1"))

	if got := outcomes(file) + "; " + outcomes(list); got != "refused reference_taken; refused reference_taken" || file.Items[0].PostingID != nil {
		t.Errorf("%s", got)
	}
	if after := h.rows(); after != before {
		t.Errorf("%s became %s", before, after)
	}
	h.ctx = owner
	if found := h.copies(); len(found) != 1 {
		t.Errorf("the owner has %d copies", len(found))
	}
}

func TestAFileUnderAnotherSupplierIDIsNotTakenOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	result := h.take(h.fileFrom("V000999900", former{reference: "99001-1-S"}, former{reference: "13635-1-S"}))

	if got := outcomes(result); got != "refused supplier_differs, foreign" {
		t.Errorf("%s", got)
	}
}

func TestAWholeFileIsRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	many := make([]former, MaxRecords+1)
	for i := range many {
		many[i] = former{reference: fmt.Sprintf("99001-%d-S", i), action: posting.Delete}
	}
	good := h.file(former{reference: "99001-1-S"}, former{reference: "99001-2-S"})
	before := h.rows()
	for name, test := range map[string]struct {
		file []byte
		want *fault.Code
	}{
		"nothing":        {nil, FileUnreadable},
		"no XML":         {[]byte("PK\x03\x04"), FileUnreadable},
		"half a file":    {good[:len(good)-400], FileUnreadable},
		"a doctype":      {bytes.Replace(good, []byte("?>"), []byte("?><!DOCTYPE x>"), 1), FileUnreadable},
		"another root":   {[]byte("<jobs><job/></jobs>"), FileUnreadable},
		"no ad":          {h.file(), FileUnreadable},
		"too many":       {h.file(many...), TooMany},
		"larger than it": {append(bytes.Clone(good), bytes.Repeat([]byte(" "), MaxBytes)...), FileUnreadable},
	} {
		_, err := h.door.File(h.ctx, h.account, test.file, false)

		if !fault.Has(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := h.rows(); after != before {
		t.Errorf("%s became %s", before, after)
	}
}

func TestAnAccountWithoutNumbersTakesNothingOver(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	file := h.file(former{reference: "99001-1-S"})
	made, err := tenant.NewDirectory(h.DB, h.Clock.Now).CreateAccount(h.ctx, tenant.AccountInput{Name: "Neu"})
	check(t, err)

	_, err = h.door.File(h.ctx, made.ID, file, false)
	if !fault.Has(err, NumbersMissing) {
		t.Errorf("%v", err)
	}
	_, stranger := h.Tenant(t, "Holzbau Beispiel GmbH")
	if _, err := h.door.File(stranger, h.account, file, false); !fault.Has(err, fault.Missing) {
		t.Errorf("another tenant's account: %v", err)
	}
}

func TestWithdrawnAdsAreConfirmedAsManyAsWereSeen(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.take(h.file(former{reference: "13635-1-S"}, former{reference: "13635-2-S"}))
	list := func() (found []transfer.ForeignReference, open int) {
		t.Helper()
		found, open, _, err := h.door.Foreign(h.ctx, h.account, database.Page{Limit: 10})
		check(t, err)
		return found, open
	}
	ctx := scope.WithCaller(h.ctx, scope.Caller{Name: "Erika Beispiel"})
	found, open := list()
	if open != 2 || len(found) != 2 || found[0].Title != "Pflegefachkraft (m/w/d)" {
		t.Fatalf("listed are %+v, %d open", found, open)
	}

	if err := h.door.ConfirmWithdrawn(ctx, h.account, 1); !fault.Has(err, WithdrawalDiffers) {
		t.Errorf("one of two: %v", err)
	}
	woken := h.woken[h.account]
	check(t, h.door.ConfirmWithdrawn(ctx, h.account, 2))
	check(t, h.door.ConfirmWithdrawn(ctx, h.account, 2))
	h.take(h.file(former{reference: "13635-1-S"}))

	found, open = list()
	if open != 0 || found[0].ConfirmedAt == nil || *found[0].ConfirmedBy != "Erika Beispiel" || h.woken[h.account] != woken+1 {
		t.Errorf("listed are %+v, %d open", found, open)
	}
	_, stranger := h.Tenant(t, "Holzbau Beispiel GmbH")
	if _, _, _, err := h.door.Foreign(stranger, h.account, database.Page{Limit: 10}); !fault.Has(err, fault.Missing) {
		t.Errorf("another tenant's list: %v", err)
	}
	if err := h.door.ConfirmWithdrawn(stranger, h.account, 2); !fault.Has(err, fault.Missing) {
		t.Errorf("another tenant's confirmation: %v", err)
	}
}

func TestEveryFaultHasWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, code := range Faults() {
		for _, words := range []text.Text{code.Title, code.Detail, code.Hint} {
			if words.Empty() {
				t.Errorf("%s lacks words in a language", code.Name)
			}
		}
	}
}
