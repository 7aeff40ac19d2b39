package preflight

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
)

// MaxBytes is the size of the largest file that is read.
const MaxBytes = 64 << 20

// maxFindings is how many findings a Report tells; further ones are counted.
const maxFindings = 1000

// maxReference is the length in bytes of the longest id of an ad: 27 characters of up to four bytes.
const maxReference = 27 * 4

// The codes of findings that are no rules of the BA's list.
const (
	// CodeFileName means that the BA would leave a file of that name unprocessed.
	CodeFileName = "file_name"
	// CodeDuplicate means that one ad stands in the file twice.
	CodeDuplicate = "duplicate_reference"
)

// ErrTooLarge is the error of a file that is larger than MaxBytes.
var ErrTooLarge = fmt.Errorf("the file is larger than %d MiB", MaxBytes>>20)

// Finding is one thing in a file that the BA refuses, or may refuse.
type Finding struct {
	// Code is the BA's, or one of this package's.
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	// Path leads to the element, with the position of elements that may repeat; / for the file as a whole.
	Path string `json:"path"`
	// Line counts from 1.
	Line    int    `json:"line"`
	Message string `json:"message"`
}

// Report is what File found.
type Report struct {
	// Findings are in the order of the file, errors before warnings, at most 1,000 of each sort: of structure and of rules.
	Findings []Finding
	// Errors and Warnings count all findings, told or not; of one ad at most 10 breaches of a rule are looked for, and at most 100 in all.
	Errors, Warnings int
	// Cut says that reading stopped early because of too many faults of structure.
	Cut bool
	// Ads and Deletions count the records of the file.
	Ads, Deletions int
}

// Valid reports whether the file has no error.
func (r *Report) Valid() bool { return r.Errors == 0 }

// File judges a file of release P82 of HR-BA-XML under its name, without folders: its structure, then by the rules each ad whose
// structure is right. Facts.Supplier need not be set, it follows from the name or the head of the file. The error is that of reading
// it, or ErrTooLarge.
func File(file io.Reader, name string, facts Facts) (Report, error) {
	i := inspector{exam: exam{facts: facts}, seen: map[string]int{}}
	i.name(name)
	return i.read(file, hrbaxml.Limits{MaxBytes: MaxBytes, MaxViolations: maxFindings})
}

// wholeFile is the path of what is about no element.
const wholeFile = "/"

// inspector takes the records of a file as they are read.
type inspector struct {
	// exam is one for all ads, which keeps its memory.
	exam   exam
	report Report
	// named is the PartnerId in the file's name; empty when the name has none.
	named string
	// ads and deletions count the records so far.
	ads, deletions int
	// seen has the line at which each ad's id came first.
	seen map[string]int
}

// read judges the file.
func (i *inspector) read(file io.Reader, limits hrbaxml.Limits) (Report, error) {
	read, err := hrbaxml.Read(file, hrbaxml.P82(), limits, hrbaxml.Visitor{Header: i.header, Ad: i.ad, Delete: i.deletion})
	if err != nil {
		return Report{}, err
	}
	for _, v := range read.Violations {
		if v.Reason == hrbaxml.FileTooLarge {
			return Report{}, ErrTooLarge
		}
		i.report.Findings = append(i.report.Findings, Finding{
			Code: v.Code(), Severity: Error, Path: cmp.Or(v.Path, wholeFile), Line: v.Line, Message: v.Message(),
		})
		i.report.Errors++
	}
	slices.SortStableFunc(i.report.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Severity, b.Severity))
	})
	i.report.Cut, i.report.Ads, i.report.Deletions = read.Cut, read.Ads, read.Deletions
	return i.report, nil
}

func (i *inspector) add(f Finding) {
	if f.Severity == Error {
		i.report.Errors++
	} else {
		i.report.Warnings++
	}
	if len(i.report.Findings) < maxFindings {
		i.report.Findings = append(i.report.Findings, f)
	}
}

// name judges the file's name: under a wrong one the BA leaves a file unprocessed and tells nobody.
func (i *inspector) name(name string) {
	parsed, err := hrbaxml.ParseFileName(name)
	if err == nil && parsed.Kind != hrbaxml.DataFile {
		err = fmt.Errorf("%q is the name of a feedback file", name)
	}
	if err != nil {
		i.add(Finding{
			Code: CodeFileName, Severity: Warning, Path: wholeFile, Line: 1,
			Message: fmt.Sprintf("the BA would leave the file unprocessed: %v; a right one is DSV000123400_2026-11-24_09-30-00.xml", err),
		})
		return
	}
	i.named, i.exam.facts.Supplier = parsed.Supplier, parsed.Supplier
}

// header compares the deliverer in the head of the file with that in its name.
func (i *inspector) header(header hrbaxml.Header, supplierLine int) error {
	if i.named == "" {
		i.exam.facts.Supplier = header.SupplierID
		return nil
	}
	if header.SupplierID != i.named && supplierLine > 0 {
		i.add(Finding{
			Code: CodeSupplier, Severity: Error, Path: hrbaxml.HeaderSupplierID.Path(), Line: supplierLine,
			Message: fmt.Sprintf("the file is from %q, by its name from %s", header.SupplierID, i.named),
		})
	}
	return nil
}

func (i *inspector) ad(record hrbaxml.AdRecord) error {
	i.ads++
	x := &i.exam
	x.nth = i.ads
	x.begin(record.Ad)
	at := x.place(hrbaxml.PostingID)
	i.repeated(x.get(hrbaxml.PostingID), path(record.Ad, i.ads, hrbaxml.PostingID, at), lineOf(record, at))
	if !record.Valid {
		return nil
	}
	for _, b := range x.judge() {
		i.add(Finding{Code: b.Rule.Code, Severity: b.Severity, Path: b.Path, Line: lineOf(record, b.Index), Message: b.Message()})
	}
	return nil
}

// lineOf returns the line of a node, or of the ad for -1.
func lineOf(record hrbaxml.AdRecord, index int) int {
	if index < 0 {
		return record.Line
	}
	return record.Lines[index]
}

func (i *inspector) deletion(id string, line int) error {
	i.deletions++
	i.repeated(id, hrbaxml.DeleteEntry.Path()+position(i.deletions), line)
	return nil
}

// repeated warns of an ad that stands in the file for the second time: nobody knows in which order the BA takes the two.
func (i *inspector) repeated(id, path string, line int) {
	if id == "" || len(id) > maxReference {
		return
	}
	first, found := i.seen[id]
	if !found {
		i.seen[id] = line
		return
	}
	i.add(Finding{
		Code: CodeDuplicate, Severity: Warning, Path: path, Line: line,
		Message: fmt.Sprintf("the ad %q stands in the file before, on line %d", id, first),
	})
}
