package transfer

import (
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/calendar"
	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// verdict is what the BA says of one ad.
type verdict struct {
	// own name the ad, whole count against every ad of the file.
	own, whole []posting.Answer
	// shared says that the file held other ads as well.
	shared bool
	// seen collects what is said of the account.
	seen *verdicts
	// wrote is the day for which the file was written.
	wrote calendar.Date
	// late says that the file was decided without this.
	late bool
}

// tellsMoreThan says that the BA says something of the ad beside what it said before.
func (v verdict) tellsMoreThan(before []posting.Answer) bool {
	return slices.ContainsFunc(slices.Concat(v.whole, v.own), func(a posting.Answer) bool { return !slices.Contains(before, a) })
}

// sortMessages tells apart what the BA says about the whole file and about single ads. A message that names no ad, or none of the file,
// counts against all of them: no ad is called live that the BA may have refused. What was said twice is kept once.
func sortMessages(messages []hrbaxml.Message, rows []Item) (whole []posting.Answer, single map[string][]posting.Answer) {
	single = make(map[string][]posting.Answer, len(rows))
	for _, item := range rows {
		single[item.Reference] = nil
	}
	for _, m := range messages {
		answer := posting.Answer{Code: m.Code, Text: m.Text}
		if m.Code == "" {
			answer.Code = m.Original
		}
		said, ours := single[m.Reference]
		switch {
		case !ours || m.WholeFile():
			whole = appendNew(whole, answer)
		default:
			single[m.Reference] = appendNew(said, answer)
		}
	}
	return whole, single
}

func appendNew(answers []posting.Answer, answer posting.Answer) []posting.Answer {
	if slices.Contains(answers, answer) {
		return answers
	}
	return append(answers, answer)
}

// tellsOfStructure says that the BA could not read the file at all.
func tellsOfStructure(whole []posting.Answer) bool {
	return slices.ContainsFunc(whole, func(a posting.Answer) bool { return a.Code == hrbaxml.CodeStructure })
}

// suspect lets an ad wait of which the BA says nothing, while it refused its file as a whole: the ad to blame is found in smaller files, and
// refused when it goes alone. Nobody knows whether the BA took the others.
func (s *settling) suspect() {
	s.seen.suspects = true
	if s.item.Action != posting.Update {
		s.copy.Doubt, s.posting.AtBA = &s.item.Action, posting.AtBAUnknown
	}
}

// resize lets the next file of the account be smaller while ads are suspected, and larger again once the BA takes files as such.
func (r *run) resize(tx database.Tx, t *Transfer, whole []posting.Answer, seen *verdicts) error {
	switch {
	case seen.suspects:
		return r.narrow(tx, t)
	case len(whole) > len(ofAccount(whole)):
		return nil
	default:
		return r.widen(tx)
	}
}
