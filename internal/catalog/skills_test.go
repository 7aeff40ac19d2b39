package catalog_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stellwerk-hr/stellwerk/internal/catalog"
)

// zipped returns an archive of one file.
func zipped(t *testing.T, name, content string) *bytes.Reader {
	t.Helper()
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	file, err := w.Create(name)
	if err == nil {
		_, err = file.Write([]byte(content))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(archive.Bytes())
}

func TestSkillsAreReadFromTheBAsArchive(t *testing.T) {
	t.Parallel()
	archive := zipped(t, "data/Kompetenzen.xml", `<?xml version="1.0" encoding="ISO-8859-1"?><kompetenzen>
  <kompmerkmal id="60101"><komp-parent>57343</komp-parent><bezeichnung>Blumenversand</bezeichnung><kurs-codenr/><suchw>1</suchw></kompmerkmal>
  <kompmerkmal id="60999"><komp-parent>57343</komp-parent><bezeichnung>Steptanz</bezeichnung><kuenstler>j</kuenstler></kompmerkmal>
</kompetenzen>`)

	skills, err := catalog.ReadSkills(archive, archive.Size())
	if err != nil {
		t.Fatal(err)
	}

	for id, want := range map[int]catalog.Skill{60101: {ID: 60101}, 60999: {ID: 60999, Artist: true}} {
		if got, ok := skills.Skill(id); !ok || got != want {
			t.Errorf("%d: got %+v, %t", id, got, ok)
		}
	}
	if got, ok := skills.Skill(1); ok {
		t.Errorf("found %+v", got)
	}
}

func TestNoSkillsAreReadFromWhatHasNone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file *bytes.Reader
		want string
	}{
		"no archive":    {bytes.NewReader([]byte("PK\x03\x04 and no more")), catalog.ErrNoSkills.Error()},
		"another file":  {zipped(t, "berufe.xml", "<a/>"), catalog.ErrNoSkills.Error()},
		"no XML":        {zipped(t, "kompetenzen.xml", "<kompetenzen>"), "kompetenzen.xml, line 1"},
		"id of letters": {zipped(t, "kompetenzen.xml", `<kompetenzen><kompmerkmal id="x"/></kompetenzen>`), "line 1"},
		"DOCTYPE":       {zipped(t, "kompetenzen.xml", `<!DOCTYPE a []><kompetenzen/>`), "DOCTYPE"},
	} {
		if _, err := catalog.ReadSkills(c.file, c.file.Size()); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
