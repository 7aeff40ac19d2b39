package posting_test

import (
	"testing"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

var (
	statusNow = time.Date(2026, 11, 24, 8, 30, 0, 0, time.UTC)
	statusDay = calendar.On(statusNow, time.UTC)
)

// ad makes a posting that is to be published, of revision 2, with changes.
func ad(changes ...func(*posting.Posting)) posting.Posting {
	p := posting.Posting{Publish: true, AtBA: posting.AtBANone, LatestRevision: 2}
	for _, change := range changes {
		change(&p)
	}
	return p
}

func standing(state posting.AtBA, live int) func(*posting.Posting) {
	return func(p *posting.Posting) {
		p.AtBA = state
		if live > 0 {
			p.LiveRevision = &live
		}
	}
}

func draft(p *posting.Posting) { p.Publish = false }

func flying(a posting.Action) func(*posting.Posting) {
	return func(p *posting.Posting) { p.InFlight = &a }
}

func refusedAt(rev int) func(*posting.Posting) {
	return func(p *posting.Posting) { p.Refusal = &posting.Refusal{Revision: rev} }
}

func fromDay(days int) func(*posting.Posting) {
	return func(p *posting.Posting) { p.PublishFrom = dayColumn(days) }
}

func untilDay(days int) func(*posting.Posting) {
	return func(p *posting.Posting) { p.PublishUntil = dayColumn(days) }
}

func dayColumn(days int) *time.Time { return new(statusDay.AddDays(days).Start(time.UTC)) }

// TestBothAxes goes through the states of a posting: what is on its way follows from all else, and what comes next from both.
func TestBothAxes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ad     posting.Posting
		change posting.Change
		next   string
	}{
		"a draft":                                 {ad(draft), posting.ChangeDraft, "publish"},
		"a draft with dates":                      {ad(draft, fromDay(3), untilDay(9)), posting.ChangeDraft, "publish"},
		"new":                                     {ad(), posting.ChangeWaiting, "next_file"},
		"new, in flight":                          {ad(flying(posting.Insert)), posting.ChangeSent, "answer"},
		"new, in flight, unclear":                 {ad(standing(posting.AtBAUnknown, 0), flying(posting.Insert)), posting.ChangeSent, "answer"},
		"new, refused":                            {ad(refusedAt(2)), posting.ChangeRefused, "correct"},
		"new, corrected":                          {ad(refusedAt(1)), posting.ChangeWaiting, "next_file"},
		"new, withdrawn in flight":                {ad(draft, flying(posting.Insert)), posting.ChangeWithdrawing, "answer"},
		"new, scheduled for tomorrow":             {ad(fromDay(1)), posting.ChangeScheduled, "scheduled"},
		"new, scheduled for today":                {ad(fromDay(0)), posting.ChangeWaiting, "next_file"},
		"new, on its last day":                    {ad(untilDay(0)), posting.ChangeWaiting, "next_file"},
		"new, its last day has passed":            {ad(untilDay(-1)), posting.ChangeNone, "none"},
		"live":                                    {ad(standing(posting.AtBALive, 2)), posting.ChangeNone, "none"},
		"live, changed":                           {ad(standing(posting.AtBALive, 1)), posting.ChangeWaiting, "next_file"},
		"live, change in flight":                  {ad(standing(posting.AtBALive, 1), flying(posting.Update)), posting.ChangeSent, "answer"},
		"live, change refused":                    {ad(standing(posting.AtBALive, 1), refusedAt(2)), posting.ChangeRefused, "correct"},
		"live, renewal refused":                   {ad(standing(posting.AtBALive, 2), refusedAt(2)), posting.ChangeRefused, "correct"},
		"live, changed after a refusal":           {ad(standing(posting.AtBALive, 1), refusedAt(1)), posting.ChangeWaiting, "next_file"},
		"live, deletion refused, wanted again":    {ad(standing(posting.AtBALive, 2), refusedAt(0)), posting.ChangeNone, "none"},
		"live, renewed":                           {ad(standing(posting.AtBALive, 2), flying(posting.Update)), posting.ChangeSent, "answer"},
		"live, withdrawn":                         {ad(draft, standing(posting.AtBALive, 2)), posting.ChangeWithdrawing, "next_file"},
		"live, withdrawn, in flight":              {ad(draft, standing(posting.AtBALive, 2), flying(posting.Delete)), posting.ChangeWithdrawing, "answer"},
		"live, withdrawn while a change was sent": {ad(draft, standing(posting.AtBALive, 1), flying(posting.Update)), posting.ChangeWithdrawing, "answer"},
		"live, withdrawn, unclear":                {ad(draft, standing(posting.AtBAUnknown, 2), flying(posting.Delete)), posting.ChangeWithdrawing, "answer"},
		"live, wanted again while being deleted":  {ad(standing(posting.AtBALive, 2), flying(posting.Delete)), posting.ChangeWithdrawing, "answer"},
		"live, its last day has passed":           {ad(standing(posting.AtBALive, 2), untilDay(-1)), posting.ChangeWithdrawing, "next_file"},
		"live, put off until tomorrow":            {ad(standing(posting.AtBALive, 1), fromDay(1)), posting.ChangeWithdrawing, "next_file"},
		"ended, put off until tomorrow":           {ad(standing(posting.AtBAEnded, 1), fromDay(1)), posting.ChangeScheduled, "scheduled"},
		"ended":                                   {ad(draft, standing(posting.AtBAEnded, 2)), posting.ChangeNone, "none"},
		"ended by its last day":                   {ad(standing(posting.AtBAEnded, 2), untilDay(-1)), posting.ChangeNone, "none"},
		"ended, wanted again as it was":           {ad(standing(posting.AtBAEnded, 2)), posting.ChangeWaiting, "next_file"},
		"ended, refused as it is wanted again":    {ad(standing(posting.AtBAEnded, 1), refusedAt(2)), posting.ChangeRefused, "correct"},
		"spent reference":                         {ad(standing(posting.AtBANone, 2)), posting.ChangeWaiting, "next_file"},
		"locked, its change refused":              {ad(standing(posting.AtBALocked, 1), refusedAt(2)), posting.ChangeRefused, "decide"},
		"locked, changed":                         {ad(standing(posting.AtBALocked, 1)), posting.ChangeRefused, "decide"},
		"locked, withdrawn":                       {ad(draft, standing(posting.AtBALocked, 1)), posting.ChangeWithdrawing, "next_file"},
		"locked, withdrawn, in flight":            {ad(draft, standing(posting.AtBALocked, 1), flying(posting.Delete)), posting.ChangeWithdrawing, "answer"},
		"removed":                                 {ad(standing(posting.AtBARemoved, 2)), posting.ChangeNone, "decide"},
		"removed, withdrawn":                      {ad(draft, standing(posting.AtBARemoved, 2)), posting.ChangeNone, "decide"},
		"removed, saved with a change":            {ad(standing(posting.AtBARemoved, 1)), posting.ChangeWaiting, "next_file"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := test.ad

			p.Settle(statusNow, statusDay)

			if p.Change != test.change || !p.ChangeSince.Equal(statusNow) {
				t.Errorf("the change is %s since %v, want %s", p.Change, p.ChangeSince, test.change)
			}
			next := p.Next(posting.AccountState{Active: true})
			if next.Code != test.next || next.Text.Empty() {
				t.Errorf("next is %+v, want %s", next, test.next)
			}
		})
	}
}

func TestSettleKeepsSinceWhenNothingChanged(t *testing.T) {
	t.Parallel()
	p := ad()
	p.Settle(statusNow, statusDay)

	p.Settle(statusNow.Add(time.Hour), statusDay)
	if !p.ChangeSince.Equal(statusNow) {
		t.Errorf("waiting since %v", p.ChangeSince)
	}
	p.InFlight = new(posting.Insert)
	p.Settle(statusNow.Add(2*time.Hour), statusDay)

	if !p.ChangeSince.Equal(statusNow.Add(2 * time.Hour)) {
		t.Errorf("sent since %v", p.ChangeSince)
	}
}

func TestWhatWaitsSaysWhyTheAccountHoldsItUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ad      posting.Posting
		account posting.AccountState
		want    string
	}{
		"waiting, not active":             {ad(), posting.AccountState{}, "account_not_active"},
		"waiting, not active, in trouble": {ad(), posting.AccountState{InTrouble: true}, "account_not_active"},
		"waiting, in trouble":             {ad(), posting.AccountState{Active: true, InTrouble: true}, "account_in_trouble"},
		"to be withdrawn, not active":     {ad(draft, standing(posting.AtBALive, 2)), posting.AccountState{}, "account_not_active"},
		"being withdrawn, in trouble":     {ad(draft, standing(posting.AtBALive, 2), flying(posting.Delete)), posting.AccountState{Active: true, InTrouble: true}, "answer"},
		"sent, in trouble":                {ad(flying(posting.Insert)), posting.AccountState{Active: true, InTrouble: true}, "answer"},
		"live, not active":                {ad(standing(posting.AtBALive, 2)), posting.AccountState{}, "none"},
		"a draft, not active":             {ad(draft), posting.AccountState{}, "publish"},
		"refused, in trouble":             {ad(refusedAt(2)), posting.AccountState{Active: true, InTrouble: true}, "correct"},
	} {
		p := test.ad
		p.Settle(statusNow, statusDay)

		if next := p.Next(test.account); next.Code != test.want || next.Text.Empty() {
			t.Errorf("%s: next is %+v, want %s", name, next, test.want)
		}
	}
}

func TestAnswersAreExplained(t *testing.T) {
	t.Parallel()
	for code, wantPointer := range map[string]bool{"FLR_JCValid_033": true, "FLR_JCValid_168": false, "FLR_JCValid_999": false} {
		explanation, fix, pointer := posting.Answer{Code: code}.Explanation()

		if explanation.Empty() || fix.Empty() || (pointer != "") != wantPointer {
			t.Errorf("%s: %v, %v, %q", code, explanation, fix, pointer)
		}
	}
}

func TestThePublicAddressFollowsFromTheReference(t *testing.T) {
	t.Parallel()
	for reference, want := range map[string]string{
		"99001-1CXVZ5Y2M8QK4T7B-S": "99001-1CXVZ5Y2M8QK4T7B-S",
		"99001-2025-0815-S":        "99001-2025-0815-S",
		// Another system's, taken over: base64, and what would change the address.
		"99001-a+b/c=-S":  "99001-a+b%2Fc=-S",
		"99001-a?b#c%d-S": "99001-a%3Fb%23c%25d-S",
	} {
		p := posting.Posting{Reference: &reference}

		if got := p.PublicURL(); got == nil || *got != "https://www.arbeitsagentur.de/jobsuche/jobdetail/"+want {
			t.Errorf("%s: %v", reference, got)
		}
		if !*p.PublicURLExpected() {
			t.Errorf("%s: nobody has seen it", reference)
		}
	}
	if p := (posting.Posting{}); p.PublicURL() != nil || p.PublicURLExpected() != nil {
		t.Error("a posting without a reference has an address")
	}
}
