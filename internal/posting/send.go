package posting

import (
	"github.com/stellwerk-hr/stellwerk/internal/catalog"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/preflight"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// Sending is what is known of an ad on the day on which its file is written.
type Sending struct {
	Envelope Envelope
	// Alliance is the account's Allianzpartnernummer; empty when it is not known.
	Alliance string
	// Live is what the BA has under the reference; nil when it has nothing, or nobody knows.
	Live *Live
}

// Live is what the BA has of an ad and never lets change (175, 186).
type Live struct {
	EmploymentType EmploymentType
	Kundennummer   string
}

// CheckForSending applies schema and rules once more to an ad that is about to be written into a file, with the day, the action and what the
// BA has: a check that passed when the ad was saved may fail by now. It answers as the BA would, in German; nothing for an ad that may go.
func CheckForSending(ad hrbaxml.Ad, s Sending) []Answer {
	release := s.Envelope.Release
	if release == nil {
		release = hrbaxml.P82()
	}
	var answers []Answer
	for _, violation := range hrbaxml.CheckAd(ad, release) {
		answers = append(answers, Answer{Code: violation.Code(), Text: violation.Error()})
	}
	if answers != nil {
		return answers
	}
	facts := preflight.Facts{Today: s.Envelope.Today, Catalog: catalog.BuiltIn(), Supplier: s.Envelope.SupplierID, Alliance: s.Alliance}
	if s.Live != nil {
		facts.Copy = preflight.Copy{State: preflight.CopyLive, JobOfferType: toBA(offerTypes, s.Live.EmploymentType), HiringOrgID: s.Live.Kundennummer}
	}
	for _, b := range preflight.Ad(ad, facts) {
		if b.Severity == Error {
			answers = append(answers, Answer{Code: b.Rule.Code, Text: b.Text.In(text.German)})
		}
	}
	return answers
}
