package posting_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// live makes a posting whose first revision the BA has, under the Kundennummer.
func (o *office) live(content posting.Content, kundennummer string) posting.Posting {
	o.t.Helper()
	made := o.create(posting.Input{Publish: true, Content: content}).Posting
	ref := "99001-0A1B2C3D4E5F6G7H-S"
	o.edit(made, func(p *posting.Posting) { p.AtBA, p.LiveRevision, p.Reference = posting.AtBALive, new(1), &ref })
	check(o.t, o.DB.InTx(o.ctx, func(tx database.Tx) error {
		return tx.Exec(`INSERT INTO copies (id, tenant_id, posting_id, account_id, reference, kundennummer, employment_type, state, created_at, updated_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, 'live', now(), now())`, uuid.New(), tx.Tenant, made.ID, o.account, ref, kundennummer, content.EmploymentType).Error
	}))
	return made
}

func (o *office) preview(id uuid.UUID) posting.Preview {
	o.t.Helper()
	shown, err := o.desk.Preview(o.ctx, id)
	check(o.t, err)
	return shown
}

func TestAPreviewShowsWhatTheNextFileDoes(t *testing.T) {
	t.Parallel()
	const reference, undrawn = "99001-0A1B2C3D4E5F6G7H-S", "99001-0000000000000000-S"
	for name, c := range map[string]struct {
		// save changes the ad that is live; nil leaves it.
		save func(o *office, p posting.Posting)
		// under is the Kundennummer that the ad has at the BA.
		under    string
		want     posting.PreviewAction
		holds    []string
		pointers []string
	}{
		"unchanged": {nil, "A123A12345", posting.PreviewNothing, []string{reference}, nil},
		"another title": {func(o *office, p posting.Posting) {
			o.replace(p.ID, posting.Input{Publish: true, Content: advert(func(c *posting.Content) { c.Title = "Stationsleitung (m/w/d)" })})
		}, "A123A12345", posting.PreviewUpdate, []string{reference, "<Action>2<", "Stationsleitung"}, []string{"/content/title"}},
		"another type": {func(o *office, p posting.Posting) {
			o.replace(p.ID, posting.Input{Publish: true, Content: advert(func(c *posting.Content) { c.EmploymentType = posting.Job })})
		}, "A123A12345", posting.PreviewReplace, []string{undrawn, "<Action>1<", "<JobOfferType>1<"}, []string{"/content/employment_type"}},
		"another Kundennummer": {nil, "B456B67890", posting.PreviewReplace, []string{undrawn, "<Action>1<", "<HiringOrgId>A123A12345<"}, []string{""}},
		"withdrawn": {func(o *office, p posting.Posting) {
			_, err := o.desk.Withdraw(o.ctx, p.ID)
			check(o.t, err)
		}, "A123A12345", posting.PreviewDelete, []string{"<EntryId>" + reference + "<"}, nil},
		"withdrawn, and another Kundennummer": {func(o *office, p posting.Posting) {
			_, err := o.desk.Withdraw(o.ctx, p.ID)
			check(o.t, err)
		}, "B456B67890", posting.PreviewDelete, []string{"<EntryId>" + reference + "<"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			p := o.live(advert(), c.under)
			if c.save != nil {
				c.save(o, p)
			}

			shown := o.preview(p.ID)

			var pointers []string
			for _, change := range shown.Changes {
				pointers = append(pointers, change.Pointer)
			}
			if shown.Action != c.want || !slices.Equal(pointers, c.pointers) {
				t.Errorf("%s with changes at %q", shown.Action, pointers)
			}
			for _, part := range c.holds {
				if !strings.Contains(string(shown.XML), part) {
					t.Errorf("no %s in\n%s", part, shown.XML)
				}
			}
		})
	}
}

func TestAPreviewOfADraftShowsWhatPublishingItWouldSend(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	draft := o.create(posting.Input{Content: advert()})
	later := calendar.On(o.Clock.Now(), o.Berlin).AddDays(20)
	scheduled := o.create(posting.Input{Publish: true, Content: advert(func(c *posting.Content) { c.Publication.From = &later })})

	for name, id := range map[string]uuid.UUID{"a draft": draft.ID, "a scheduled ad": scheduled.ID} {
		shown := o.preview(id)

		if shown.Action != posting.PreviewInsert || shown.Wanted || len(shown.Changes) > 0 || !strings.Contains(string(shown.XML), "<Action>1<") {
			t.Errorf("%s: %+v", name, shown)
		}
	}
}
