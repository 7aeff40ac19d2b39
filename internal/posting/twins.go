package posting

import (
	"database/sql/driver"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/stellwerk-hr/stellwerk/internal/database"
	"github.com/stellwerk-hr/stellwerk/internal/text"
)

// How texts are compared. A text is its runs of three words. The least hash of all runs under one of many hash functions is the same in two texts
// as often as runs are (MinHash); five such hashes together make a mark. Texts that have nine runs in ten in common share at least one of twelve
// marks with a probability of 99.6 %, and those that have half in common with one of a few per cent; the few ads that share most marks are compared
// whole. So a text costs as much as it is long, however many ads there are beside it.
const (
	runWords    = 3
	marksOfText = 12
	hashesEach  = 5
	// twinPerCent is how much of two texts must be equal for the BA to take them for one.
	twinPerCent = 90
	// mostRuns bounds the runs of one text: the BA takes 4,000 characters, which are fewer.
	mostRuns = 2000
	// mostTwins bounds the ads that are compared whole, and maxTwinsTold those that are told.
	mostTwins    = 20
	maxTwinsTold = 3
)

// marks are the marks of a text, kept beside a posting as a PostgreSQL array of bigint.
type marks []int64

// GormDataType is the column's type.
func (marks) GormDataType() string { return "bigint[]" }

// Value writes the marks as PostgreSQL writes an array.
func (m marks) Value() (driver.Value, error) {
	words := make([]string, len(m))
	for i, mark := range m {
		words[i] = strconv.FormatInt(mark, 10)
	}
	return "{" + strings.Join(words, ",") + "}", nil
}

// Scan reads them.
func (m *marks) Scan(raw any) error {
	var s string
	switch raw := raw.(type) {
	case nil:
	case string:
		s = raw
	case []byte:
		s = string(raw)
	default:
		return fmt.Errorf("%T are no marks of a text", raw)
	}
	*m = nil
	for word := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune("{}, ", r) }) {
		mark, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return fmt.Errorf("read the marks of a text: %w", err)
		}
		*m = append(*m, mark)
	}
	return nil
}

// runsOf returns the hashes of a text's runs of words, without those of capitals, signs and layout.
func runsOf(s string) map[uint64]bool {
	runs := map[uint64]bool{}
	var last [runWords]string
	n := 0
	for word := range strings.FieldsFuncSeq(strings.ToLower(s), notLetter) {
		copy(last[:], last[1:])
		last[runWords-1] = word
		if n++; n >= runWords {
			runs[hashOf(last)] = true
		}
		if len(runs) == mostRuns {
			break
		}
	}
	return runs
}

// hashOf hashes a run of words, in the same way in every process (FNV-1a).
func hashOf(words [runWords]string) uint64 {
	const (
		offset = 14695981039346656037
		prime  = 1099511628211
	)
	hash := uint64(offset)
	for _, word := range words {
		for i := range len(word) {
			hash = (hash ^ uint64(word[i])) * prime
		}
		hash = (hash ^ ' ') * prime
	}
	return hash
}

// mix makes another hash function of one, by its number (SplitMix64).
func mix(hash uint64, number int) uint64 {
	hash += uint64(number+1) * 0x9E3779B97F4A7C15 //nolint:gosec // numbers are small and not negative
	hash = (hash ^ hash>>30) * 0xBF58476D1CE4E5B9
	hash = (hash ^ hash>>27) * 0x94D049BB133111EB
	return hash ^ hash>>31
}

// marksOf makes the marks of a text; none for one that is too short for a run.
func marksOf(s string) marks {
	runs := runsOf(s)
	if len(runs) == 0 {
		return nil
	}
	var least [marksOfText * hashesEach]uint64
	for i := range least {
		least[i] = math.MaxUint64
	}
	for run := range runs {
		for i := range least {
			least[i] = min(least[i], mix(run, i))
		}
	}
	all := make(marks, marksOfText)
	for i := range all {
		mark := uint64(i)
		for _, hash := range least[i*hashesEach : (i+1)*hashesEach] {
			mark = mix(mark^hash, i)
		}
		all[i] = int64(mark)
	}
	return all
}

// alike returns how many per cent of the runs of the longer text stand in the other too.
func alike(a, b map[uint64]bool) int {
	both := 0
	for run := range a {
		if b[run] {
			both++
		}
	}
	return both * 100 / max(len(a), len(b), 1)
}

// warnTwins finds ads of the tenant that are to be at the BA, or are, and whose text is nearly the same: the BA blocks one of the two.
func warnTwins(tx database.Tx, self uuid.UUID, c *Content) ([]Finding, error) {
	own := PlainText(c.Description)
	mine := marksOf(own)
	if mine == nil {
		return nil, nil
	}
	list, _ := mine.Value()
	var found []Posting
	err := tx.Of(&Posting{}).Where("id <> ? AND (publish OR at_ba IN ('live', 'locked', 'unknown')) AND text_marks && ?::bigint[]", self, list).
		Clauses(clause.OrderBy{Expression: clause.Expr{
			SQL: "cardinality(ARRAY(SELECT unnest(text_marks) INTERSECT SELECT unnest(?::bigint[]))) DESC, id DESC", Vars: []any{list},
		}}).Limit(mostTwins).Find(&found).Error
	if err != nil {
		return nil, fmt.Errorf("look for equal ads: %w", err)
	}
	runs := runsOf(own)
	var warnings []Finding
	for _, other := range found {
		content, err := ContentOf(tx, other.ID, other.LatestRevision)
		if err != nil {
			return nil, err
		}
		equal := alike(runs, runsOf(PlainText(content.Description)))
		if equal < twinPerCent || len(warnings) == maxTwinsTold {
			continue
		}
		twin := warning("near_duplicate", "/description",
			text.Text{DE: "Der Text ist zu {equal} % der von „{title}“. Ab etwa 90 % sperrt die BA eine der beiden Anzeigen.", EN: "{equal} % of the text is that of “{title}”. From about 90 % on the BA blocks one of the two ads."},
			text.Text{
				DE: "Nennen Sie weitere Orte in derselben Anzeige, oder schreiben Sie jeder einen eigenen Text.",
				EN: "Name further places in the same ad, or give each a text of its own.",
			})
		twin.Args = map[string]any{"equal": equal, "title": other.Title}
		warnings = append(warnings, twin)
	}
	return warnings, nil
}
