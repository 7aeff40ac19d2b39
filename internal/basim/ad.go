package basim

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Ad is what the BA has under one id of one partner. A removed ad is remembered for ever: an employer can never use its id again.
type Ad struct {
	Partner string  `json:"partner"`
	ID      string  `json:"id"`
	State   AdState `json:"state"`
	// DeletionPlanned means that BA staff marked a supervised ad for deletion: no update any more (rule 107).
	DeletionPlanned bool `json:"deletion_planned,omitempty"`
	// Changed is the date of the BA's own record. An update or delete with an older LastModificationDate is refused.
	Changed time.Time `json:"changed"`
	// Content is the JobPositionPosting as it was last accepted.
	Content *Element `json:"content"`
	History []Event  `json:"history"`
}

// AdState is what became of an ad.
type AdState string

// The states of an ad.
const (
	AdLive AdState = "live"
	// AdLocked ads were deactivated by BA staff: they are not shown and take no update (rule 062), but a delete.
	AdLocked AdState = "locked"
	// AdRemoved ads were deleted by the partner or by BA staff.
	AdRemoved AdState = "removed"
)

// Event is one thing that happened to an ad.
type Event struct {
	At   time.Time `json:"at"`
	What string    `json:"what"`
	// File is the upload that did it, empty for BA staff.
	File string `json:"file,omitempty"`
}

// The things that uploads do to ads, as Event.What says them.
const (
	eventInserted  = "inserted"
	eventUpdated   = "updated"
	eventDeleted   = "deleted"
	eventNotInFull = "deleted: not in full load"
)

// Title returns the ad's title.
func (a Ad) Title() string {
	return a.Content.Get("JobPositionInformation/JobPositionTitleDescription")
}

// HiringOrg returns the Kundennummer that the ad hangs on.
func (a Ad) HiringOrg() string { return a.Content.Get("HiringOrg/HiringOrgId") }

// Act is something that BA staff does to an ad.
type Act string

// The acts of staff.
const (
	// ActChange edits the ad, so that the partner's older knowledge of it is refused (FLR_DataStore_120).
	ActChange Act = "change"
	// ActLock deactivates the ad, ActUnlock takes that back.
	ActLock   Act = "lock"
	ActUnlock Act = "unlock"
	// ActPlanDeletion marks the ad for deletion (rule 107).
	ActPlanDeletion Act = "plan-deletion"
	// ActRemove deletes the ad.
	ActRemove Act = "remove"
)

// Act lets BA staff do something to an ad that exists. Each act makes the BA's record newer than what the partner sent before, in
// whole seconds, as the partners' dates are.
func (b *BA) Act(partnerID, adID string, act Act) error {
	return b.staff(partnerID, adID, string(act), func(ad *Ad) error {
		switch act {
		case ActChange:
		case ActLock:
			ad.State = AdLocked
		case ActUnlock:
			ad.State = AdLive
		case ActPlanDeletion:
			ad.DeletionPlanned = true
		case ActRemove:
			ad.State = AdRemoved
		default:
			return fmt.Errorf("%q is not an act of staff", act)
		}
		return nil
	})
}

// Amend lets BA staff change the text of an element of an ad that exists, such as JobPositionInformation/Objective. It is an ActChange
// that can be seen.
func (b *BA) Amend(partnerID, adID, path, text string) error {
	return b.staff(partnerID, adID, string(ActChange)+" "+path, func(ad *Ad) error {
		// Others hold the content as it was.
		content := ad.Content.clone()
		found := content.All(path)
		if len(found) == 0 || len(found[0].Children) > 0 {
			return fmt.Errorf("ad %s has no text at %q", adID, path)
		}
		found[0].Text = text
		ad.Content = content
		return nil
	})
}

// staff lets BA staff change an ad that exists, and keeps a record of it.
func (b *BA) staff(partnerID, adID, what string, change func(*Ad) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	ad := b.find(partnerID, adID)
	if ad == nil || ad.State == AdRemoved {
		return fmt.Errorf("partner %s has no ad %s", partnerID, adID)
	}
	if err := change(ad); err != nil {
		return err
	}
	now := b.now()
	ad.Changed = later(now.Truncate(time.Second), ad.Changed.Add(time.Second))
	ad.record(now, "staff: "+what, "")
	return nil
}

// later returns the later of two times.
func later(x, y time.Time) time.Time {
	if x.After(y) {
		return x
	}
	return y
}

// Ads returns everything that was ever accepted, removed ads included, in the order of partner and id.
func (b *BA) Ads() []Ad { return b.adsOf(func(string) bool { return true }) }

// AdsOf returns everything that was ever accepted of one partner, as Ads does.
func (b *BA) AdsOf(partnerID string) []Ad {
	return b.adsOf(func(partner string) bool { return partner == partnerID })
}

func (b *BA) adsOf(which func(partner string) bool) []Ad {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	all := make([]Ad, 0, len(b.ads))
	for key, ad := range b.ads {
		if which(key.partner) {
			all = append(all, ad.clone())
		}
	}
	slices.SortFunc(all, func(x, y Ad) int { return cmp.Or(cmp.Compare(x.Partner, y.Partner), cmp.Compare(x.ID, y.ID)) })
	return all
}

// Ad returns one ad, if that id was ever accepted.
func (b *BA) Ad(partnerID, adID string) (Ad, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settle()
	ad := b.find(partnerID, adID)
	if ad == nil {
		return Ad{}, false
	}
	return ad.clone(), true
}

// clone returns a copy; the content is shared, since nothing ever changes it.
func (a *Ad) clone() Ad {
	c := *a
	c.History = slices.Clone(a.History)
	return c
}

func (a *Ad) record(at time.Time, what, file string) {
	a.History = append(a.History, Event{At: at, What: what, File: file})
}
