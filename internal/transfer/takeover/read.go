package takeover

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/stellwerk-hr/stellwerk/internal/fault"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/posting"
)

// record is one ad to take over, with what a file says of it.
type record struct {
	Claim
	line int
	// place counts the ads of the file, from 1.
	place int
	title string
	// content is nil for one of a list.
	content *posting.Content
	// modified is the ad's time of change, zero when it is not known.
	modified time.Time
	// deleted says that the file deletes the ad.
	deleted bool
	problem *fault.Error
}

// contents are the records of a file, and the Supplier-ID that it was sent under; empty for a list.
type contents struct {
	supplier string
	records  []record
}

// maxViolations bounds what is noted of one file: enough for a few in every ad.
const maxViolations = 20 * MaxRecords

// fatal are the violations after which nothing more of a file can be trusted.
var fatal = []hrbaxml.Reason{
	hrbaxml.BlankFile, hrbaxml.FileTooLarge, hrbaxml.BadEncoding, hrbaxml.NotWellFormed, hrbaxml.HasDoctype, hrbaxml.TooDeep,
}

// readFile reads another system's file. It may follow any release of the interface that we know: the one that fits best is taken.
func readFile(file []byte) (contents, error) {
	var best contents
	fewest := -1
	for _, release := range hrbaxml.Releases() {
		found, violations, err := readAs(file, release)
		if err != nil {
			return contents{}, err
		}
		if fewest < 0 || violations < fewest {
			best, fewest = found, violations
		}
		if violations == 0 {
			break
		}
	}
	return best, nil
}

// readAs reads a file by one release, and counts what that does not permit.
func readAs(file []byte, release *hrbaxml.Release) (contents, int, error) {
	var found contents
	ads := 0
	add := func(r record) error {
		if len(found.records) == MaxRecords {
			return TooMany.New(fault.Args{"max": MaxRecords})
		}
		found.records = append(found.records, r)
		return nil
	}
	report, err := hrbaxml.Read(bytes.NewReader(file), release, hrbaxml.Limits{MaxBytes: MaxBytes, MaxViolations: maxViolations}, hrbaxml.Visitor{
		Header: func(header hrbaxml.Header, _ int) error {
			found.supplier = header.SupplierID
			return nil
		},
		Ad: func(ad hrbaxml.AdRecord) error {
			ads++
			r := recordOf(ad)
			r.place = ads
			return add(r)
		},
		Delete: func(reference string, line int) error {
			return add(record{Claim: Claim{Reference: reference}, line: line, deleted: true})
		},
	})
	if fault.Has(err, TooMany) {
		return contents{}, 0, err
	}
	if err != nil {
		return contents{}, 0, fmt.Errorf("read the file to take over: %w", err)
	}
	broken := slices.IndexFunc(report.Violations, func(v hrbaxml.Violation) bool { return slices.Contains(fatal, v.Reason) })
	if broken < 0 && report.Cut {
		broken = 0
	}
	if broken < 0 && len(found.records) == 0 {
		return contents{}, 0, FileUnreadable.New(fault.Args{"line": 1, "reason": "it holds no ad"})
	}
	if broken >= 0 {
		v := report.Violations[broken]
		return contents{}, 0, FileUnreadable.New(fault.Args{"line": v.Line, "reason": v.Message()})
	}
	for i := range found.records {
		r := &found.records[i]
		if r.problem == nil {
			continue
		}
		if v, ok := firstOf(report.Violations, r.place); ok {
			r.problem = Unreadable.New(fault.Args{"reason": v.Error()})
		}
	}
	return found, len(report.Violations), nil
}

// firstOf finds the first violation within an ad, by its place in the file.
func firstOf(violations []hrbaxml.Violation, place int) (hrbaxml.Violation, bool) {
	within := fmt.Sprintf("/JobPositionPosting[%d]", place)
	i := slices.IndexFunc(violations, func(v hrbaxml.Violation) bool { return strings.Contains(v.Path, within) })
	if i < 0 {
		return hrbaxml.Violation{}, false
	}
	return violations[i], true
}

// deletion is PostDetail/Action of an ad that is to be deleted.
const deletion = "3"

// recordOf reads one ad of a file. An ad that the schema does not permit is not guessed at.
func recordOf(ad hrbaxml.AdRecord) record {
	r := record{
		Claim: Claim{Reference: ad.Ad.Get(hrbaxml.PostingID), Kundennummer: ad.Ad.Get(hrbaxml.HiringOrgID)},
		line:  ad.Line, title: ad.Ad.Get(hrbaxml.JobPositionTitleDescription), deleted: ad.Ad.Get(hrbaxml.PostDetailAction) == deletion,
	}
	if r.deleted {
		return r
	}
	if !ad.Valid {
		r.problem = Unreadable.New(fault.Args{"reason": "the schema does not permit it"})
		return r
	}
	content, err := posting.Decode(ad.Ad)
	if err != nil {
		r.problem = Unreadable.Because(err, fault.Args{"reason": err.Error()})
		return r
	}
	r.content, r.EmploymentType = &content, content.EmploymentType
	// Without an offset, or unreadable, it is no time to rely on.
	r.modified, _ = time.Parse(time.RFC3339, ad.Ad.Get(hrbaxml.PostDetailLastModificationDate))
	return r
}
