package posting

import (
	"bytes"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml"
	"github.com/stellwerk-hr/stellwerk/internal/hrbaxml/xmllint"
)

// ourXSD is generated from the schema table; baXSD is the BA's own, which is not ours to pass on and may lie beside the repository.
const (
	ourXSD = "../hrbaxml/xsd/stellwerk-p82.xsd"
	baXSD  = "../../../shared/ba/xsd/HRBAXML_JobPosting.xsd"
)

// TestAnyContentBecomesAFileThatLibxml2Takes draws contents, writes each into a file of its own, and lets libxml2 judge all of them at once.
func TestAnyContentBecomesAFileThatLibxml2Takes(t *testing.T) {
	t.Parallel()
	var files [][]byte
	rapid.Check(t, func(t *rapid.T) {
		content := drawContent(t)
		file, err := fileOf(&content, hrbaxml.P82())
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	})
	judgeByLibxml2(t, files)
}

// judgeByLibxml2 complains about every file that libxml2 refuses, by our schema and by the BA's where that is there.
func judgeByLibxml2(t *testing.T, files [][]byte) {
	t.Helper()
	schemas := []string{ourXSD}
	if _, err := os.Stat(baXSD); err == nil {
		schemas = append(schemas, baXSD)
	}
	for _, xsd := range schemas {
		valid, said, err := xmllint.Judge(t.Context(), t.TempDir(), xsd, files)
		if err != nil {
			t.Fatal(err)
		}
		for i, file := range files {
			if !valid[i] {
				t.Errorf("%s refuses it: %s\n%s", xsd, said[i], file)
			}
		}
	}
	t.Logf("%d files under %d schemas", len(files), len(schemas))
}

// fileOf writes a content into a file as its only ad.
func fileOf(content *Content, release *hrbaxml.Release) ([]byte, error) {
	var ad hrbaxml.Ad
	Encode(&ad, content, sampleEnvelope(testDay, release))
	var file bytes.Buffer
	header := hrbaxml.Header{SupplierID: "V000000000", Timestamp: testDay.Start(time.UTC), Amount: 1, Load: hrbaxml.Delta}
	writer, err := hrbaxml.NewWriter(&file, release, header)
	if err != nil {
		return nil, err
	}
	if err := writer.WriteAd(ad); err != nil {
		return nil, err
	}
	if err := writer.Close(); err != nil {
		return nil, err
	}
	return file.Bytes(), nil
}
