package hrbaxml

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
)

// FileKind is the first letter of a file's name.
type FileKind byte

// The kinds of file.
const (
	// DataFile carries ads to the BA.
	DataFile FileKind = 'D'
	// ErrorFile is the BA's feedback to a data file.
	ErrorFile FileKind = 'E'
)

// stampLayout is the form of the time in a file's name.
const stampLayout = "2006-01-02_15-04-05"

// FileName is the name of a file of job ads or of its feedback, such as DSV000123400_2026-11-24_09-30-00.xml. A file under any
// other name is never processed by the BA, and nobody is told.
type FileName struct {
	Kind FileKind
	// Supplier is the PartnerId: V for an employer, P for a job board, K for a municipal job centre, and nine digits.
	Supplier string
	// Stamp is the wall clock in Germany to the second, held in UTC so that it names one text only; see WallClock.
	Stamp time.Time
	// Flag is the optional F (full load), D (delta) or - (neither) after the stamp.
	Flag string
	// Segment is the optional number of a part of a delivery, such as 001C or 002E; it needs a Flag.
	Segment string
	// Upper says that the extension is in capitals.
	Upper bool
}

// fileNameForm is the BA's grammar: kind, S for job ads, PartnerId, date, time, optional flag with optional segment, extension.
const fileNameForm = `^([DE])S([PVK][0-9]{9})_([0-9]{4}-[0-9]{2}-[0-9]{2}_[0-9]{2}-[0-9]{2}-[0-9]{2})(?:_([-FD])([0-9]{3}[CE])?)?\.(xml|XML)$`

// WallClock returns what the clock on a German wall shows at t, to the second, held in UTC. An hour in October has every
// reading twice: whoever needs unique names must count on from the last one.
func WallClock(t time.Time, berlin *time.Location) time.Time {
	t = t.In(berlin)
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// String returns the name. It is what ParseFileName reads.
func (n FileName) String() string {
	name := n.stem()
	if n.Flag != "" {
		name += "_" + n.Flag + n.Segment
	}
	if n.Upper {
		return name + ".XML"
	}
	return name + ".xml"
}

func (n FileName) stem() string {
	return string(rune(n.Kind)) + "S" + n.Supplier + "_" + n.Stamp.Format(stampLayout)
}

// ParseFileName reads a name strictly, as the BA does. It fails on anything that the BA would leave unprocessed.
func ParseFileName(name string) (FileName, error) {
	parts := fileNameExpr().FindStringSubmatch(name)
	if parts == nil {
		return FileName{}, fmt.Errorf("%q is not a file name of HR-BA-XML", name)
	}
	stamp, err := time.Parse(stampLayout, parts[3])
	if err != nil {
		return FileName{}, fmt.Errorf("file name %q has no time that exists: %w", name, err)
	}
	parsed := FileName{
		Kind: FileKind(parts[1][0]), Supplier: parts[2], Stamp: stamp,
		Flag: parts[4], Segment: parts[5], Upper: parts[6] == "XML",
	}
	return parsed, nil
}

// AnsweredBy reports whether the name is that of a feedback file to this upload: ES, the PartnerId and the upload's own stamp,
// then any tail. The BA may answer one upload with several files.
func (n FileName) AnsweredBy(name string) bool {
	n.Kind = ErrorFile
	tail, found := strings.CutPrefix(name, n.stem())
	return found && (tail == "" || tail[0] < '0' || tail[0] > '9')
}

var fileNameExpr = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(fileNameForm) })
