package hrbaxml_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml/xmllint"
)

// ourXSD is the schema that is generated from the table.
const ourXSD = "xsd/stellwerk-p82.xsd"

// schemas returns our XSD and, where it lies beside the repository, the BA's own, which is not ours to pass on.
func schemas() []string {
	const baXSD = "../../../shared/ba/xsd/HRBAXML_JobPosting.xsd"
	if _, err := os.Stat(baXSD); err != nil {
		return []string{ourXSD}
	}
	return []string{ourXSD, baXSD}
}

// lint lets libxml2 judge documents and returns which of them it takes, and what it said about each.
func lint(t *testing.T, xsd string, documents [][]byte) (valid []bool, said []string) {
	t.Helper()
	valid, said, err := xmllint.Judge(t.Context(), t.TempDir(), xsd, documents)
	if err != nil {
		t.Fatal(err)
	}
	return valid, said
}

func TestWrittenFilesAreValidUnderLibxml2(t *testing.T) {
	t.Parallel()
	documents := [][]byte{
		writeFile(t, hrbaxml.P82(), nil),
		writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{minimalAd()}),
		writeFile(t, hrbaxml.P82(), nil, "99001-OLD-S", "99001-OLDER-S"),
	}
	for variant := range variants {
		documents = append(documents, writeFile(t, hrbaxml.P82(), []hrbaxml.Ad{fullAd(hrbaxml.P82(), variant), minimalAd()}, "99001-OLD-S"))
	}
	for _, xsd := range schemas() {
		valid, said := lint(t, xsd, documents)
		for i := range documents {
			if !valid[i] {
				t.Errorf("%s refuses document %d: %s", filepath.Base(xsd), i, said[i])
			}
		}
	}
}

// TestEveryElementAndCodeIsWritten reads the files of these tests with a parser that knows no schema, and looks for what is missing.
func TestEveryElementAndCodeIsWritten(t *testing.T) {
	t.Parallel()
	for _, release := range hrbaxml.Releases() {
		written := map[string]map[string]bool{}
		for variant := range variants {
			collectValues(t, writeFile(t, release, []hrbaxml.Ad{fullAd(release, variant)}, "99001-OLD-S"), written)
		}
		var full bytes.Buffer
		w, err := hrbaxml.NewWriter(&full, release, hrbaxml.Header{SupplierID: "V000123400", Timestamp: someTime, Load: hrbaxml.Full})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		collectValues(t, full.Bytes(), written)
		var count struct{ elements, found, codes, foundCodes int }
		for e := range release.Elements {
			count.elements++
			values, found := written[e.Path]
			switch {
			case found:
				count.found++
			case e.ID != hrbaxml.HeaderPdfPreviewOnly: // it is known and never sent
				t.Errorf("%s: %s is never written", release.Name(), e.Path)
			}
			for _, c := range e.Value.Codes {
				count.codes++
				switch {
				case values[c.Value]:
					count.foundCodes++
				case e.ID != hrbaxml.HeaderPdfPreviewOnly:
					t.Errorf("%s: %s with %s (%s) is never written", release.Name(), e.Path, c.Value, c.Means)
				}
			}
		}
		t.Logf("%s: %d of %d elements and %d of %d codes are written", release.Name(), count.found, count.elements, count.foundCodes, count.codes)
	}
}

// collectValues notes each path of a document with the texts that stand there.
func collectValues(t *testing.T, document []byte, written map[string]map[string]bool) {
	t.Helper()
	tokens := xml.NewDecoder(bytes.NewReader(document))
	var path, text string
	for {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path, text = path+"/"+token.Name.Local, ""
			if written[path] == nil {
				written[path] = map[string]bool{}
			}
		case xml.CharData:
			text += string(token)
		case xml.EndElement:
			written[path][text] = true
			path, text = path[:strings.LastIndexByte(path, '/')], ""
		}
	}
}

// TestOurXSDLoads tells a broken schema from a refused document.
func TestOurXSDLoads(t *testing.T) {
	t.Parallel()
	out, err := exec.CommandContext(t.Context(), "xmllint", "--noout", "--schema", ourXSD, ourXSD).CombinedOutput()
	failure, ran := errors.AsType[*exec.ExitError](err)
	if !ran || failure.ExitCode() != 3 { // 3 says that the document, which is no ad, does not fit; 5 that the schema is broken.
		t.Errorf("xmllint: %v\n%s", err, out)
	}
}
